"""MLflow and Optuna's mirror as dictionaries, with the behaviour that ours relies on. They fail when they are told to."""

from dataclasses import dataclass, field

from sweeper.errors import StoreError
from sweeper.tracking.layout import Row
from sweeper.tracking.projector import Described, Projector
from sweeper.tracking.reconcile import ChildRun, MirroredTrial, reconcile


@dataclass
class Run:
    name: str
    tags: dict[str, str]
    status: str = "RUNNING"
    rows: set[Row] = field(default_factory=set)
    params: dict[str, str] = field(default_factory=dict)
    data: set[str] = field(default_factory=set)
    tables: dict[str, dict] = field(default_factory=dict)
    ended: int | None = None


class Failing:
    """Counts calls; the one at which `fails` becomes 0 raises, after it did what it was to do if `late`."""

    def __init__(self, fails: int = -1, late: bool = False) -> None:
        self.fails, self.late, self.calls = fails, late, 0

    def __call__(self, work):
        self.calls += 1
        self.fails -= 1
        if self.fails == 0 and not self.late:
            raise StoreError("the store is away")
        done = work()
        if self.fails == 0:
            raise StoreError("the store is away")
        return done


class FakeMlflow:
    def __init__(self) -> None:
        self.runs: dict[str, Run] = {}
        self.guard = Failing()

    def begin(self, name, tags, started):
        run = f"run{len(self.runs)}"
        self.guard(lambda: self.runs.update({run: Run(name, dict(tags))}))
        return run

    def log(self, run, rows=(), params=None, tags=None):
        def work():
            found = self.runs[run]
            assert all(found.params.get(name, value) == value for name, value in (params or {}).items())
            found.rows |= set(rows)
            found.params |= params or {}
            found.tags |= tags or {}

        self.guard(work)

    def log_data(self, run, data):
        self.guard(lambda: self.runs[run].data.add(data.digest))

    def log_table(self, run, table, name):
        self.guard(lambda: self.runs[run].tables.update({name: table}))

    def set_status(self, run, status, ended=None):
        def work():
            self.runs[run].status, self.runs[run].ended = status, ended

        self.guard(work)

    def discard(self, run):
        self.guard(lambda: self.runs.pop(run))

    def trial_run(self, sweep_id, trial, repeat):
        """All runs here are of one sweep."""
        return next((child.run_id for child in self.children() if (child.trial, child.repeat) == (trial, repeat)), None)

    def children(self):
        found = []
        for name, run in self.runs.items():
            trial, repeat, state = (run.tags[f"sweeper.{tag}"] for tag in ("trial", "repeat", "state"))
            found.append(ChildRun(name, int(trial), int(repeat), run.status, state, 0))
        return found


class FakeMirror:
    def __init__(self) -> None:
        self.found: list = []
        self.guard = Failing()

    def trials(self):
        return [MirroredTrial(found.number, found.outcome.state.value, found.outcome.value) for found in self.found]

    def add(self, found, metric, distributions, attributes):
        assert attributes["mlflow_run_id"]
        self.guard(lambda: self.found.append(found))


class Descriptions:
    def __init__(self) -> None:
        self.forgotten: list[int] = []

    def of(self, trial):
        return Described({"units": 8}, {})

    def forget(self, number):
        self.forgotten.append(number)


class Kept:
    """The spools of a state that holds everything."""

    def __init__(self, state) -> None:
        self.state = state

    def epochs(self, identities):
        trials = {identity: self.state.trial(*identity) for identity in identities}
        return {identity: [trial.epochs[epoch] for epoch in sorted(trial.epochs)] for identity, trial in trials.items()}


def projector(state, mlflow, mirror, facts):
    return Projector(mlflow, mirror, facts, "parent", Descriptions(), Kept(state))


def mend(state, mlflow, mirror, facts):
    """What `resume` does before it goes on."""
    one = projector(state, mlflow, mirror, facts)
    actions = reconcile(state, mirror.trials(), mlflow.children(), facts.repeats)
    one.carry_out(actions, {trial.identity: trial for trial in state.trials}, 9)
    return one, actions
