"""A view reads few of the epochs; it shows what reading all of them shows."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from sweeper.records import DataInfo, Objective, Task
from sweeper.search.settings import Settings
from sweeper.search.view import SweepView, list_sweeps, open_sweep
from sweeper.tracking.home import Home, Status
from sweeper.tracking.reading import Spools
from tests.tracking import synthetic as made
from tests.tracking.test_reading import spooled

DATA = DataInfo("points", Task.CLASSIFICATION, (4,), 3, {"train": 8}, "", "")
GIVEN = Settings(
    name="a",
    id="id",
    created=1,
    source="a.yaml",
    folder=".",
    digest="",
    overrides=(),
    question="",
    compare=(),
    objective=Objective("val_loss", False),
    data=DATA,
    trials=4,
    epochs=3,
    time=None,
    until=None,
    seed=0,
    sampler="random",
    sampler_settings={},
    pruner=None,
    pruner_settings={},
    baseline=None,
    design="",
    ahead=2,
    workers=1,
    threads=1,
    device="cpu",
    backend="tensorflow",
    executor="local",
    versions={},
    git_commit="",
    tracking_uri="",
    storage="",
    study_name="a",
)


def swept(place, records, repeats: int) -> Home:
    """A home with one sweep of these records."""
    home = Home.at(place)
    home.check_writable()
    folder = home.sweep("a")
    folder.create()
    replace(GIVEN, repeats=repeats, status=Status.FINISHED).save(folder)
    spooled(folder.spool, records)
    return home


def shown(view: SweepView):
    return [replace(trial, history={}) for trial in view.trials], view.best and view.best.number, view.counts, view.programs


@settings(max_examples=40)
@given(made.histories(repeats=3), st.integers(1, 3), st.randoms(use_true_random=False))
def test_it_shows_what_reading_everything_shows(tmp_path_factory, records, repeats, random):
    random.shuffle(records)
    home = swept(tmp_path_factory.mktemp("home"), records, repeats)
    view = open_sweep(home.folder)
    whole = Spools.outline
    try:
        Spools.outline = Spools.state
        everything = open_sweep(home.folder)
    finally:
        Spools.outline = whole
    assert shown(view) == shown(everything)
    for trial in everything.trials:
        one = view.trial(trial.number)
        assert one.history == trial.history
        assert one.curves == trial.curves
    [listed] = list_sweeps(home.folder).sweeps
    assert listed.counts == view.counts
    assert view.trial(99) is None
