import importlib
import importlib.util
import subprocess
import sys

import pytest

from sweeper.errors import InputError
from sweeper.executors.lean import OPTIONAL, absent, resolve_without

OTHER = "package_of_another"


@pytest.fixture
def other(tmp_path, monkeypatch):
    """A package, a module that cannot do without it (`needs`), and one that takes it where it is installed (`takes`)."""
    (tmp_path / f"{OTHER}.py").touch()
    (tmp_path / "needs.py").write_text(f"import {OTHER}\n\ndef main(channel, settings):\n    return {OTHER}\n")
    taking = f"try:\n    import {OTHER} as found\nexcept ImportError:\n    found = None\n"
    (tmp_path / "takes.py").write_text(f"{taking}\ndef main(channel, settings):\n    return found\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield OTHER
    for name in (OTHER, "needs", "takes"):
        sys.modules.pop(name, None)


def test_an_absent_package_is_not_found_until_it_is_present_again(other):
    with absent([other]):
        assert importlib.util.find_spec(other) is None
        with pytest.raises(ModuleNotFoundError):
            importlib.import_module(other)
        with pytest.raises(ModuleNotFoundError):
            importlib.import_module(f"{other}.part")
    assert importlib.import_module(other).__name__ == other


def test_what_is_imported_already_stays(other):
    there = importlib.import_module(other)
    with absent([other]):
        assert importlib.import_module(other) is there
    assert sys.modules[other] is there


def test_an_entry_is_imported_without_what_it_takes_where_it_is_installed(other):
    assert resolve_without("takes:main", [other])(None, None) is None
    assert importlib.import_module(other).__name__ == other


def test_an_entry_that_needs_it_gets_it_all_the_same(other):
    assert resolve_without("needs:main", [other])(None, None).__name__ == other


def test_an_entry_that_is_not_there_is_told(other):
    with pytest.raises(InputError, match=r"no\.such:main"):
        resolve_without("no.such:main", [other])


@pytest.mark.parametrize("backend", OPTIONAL)
def test_a_worker_starts_without_them_and_its_user_s_model_may_import_them(backend):
    """In a process of its own: here they are imported."""
    if backend == "jax":
        pytest.importorskip("jax")
    script = (
        "import sys\n"
        "from sweeper.executors.lean import OPTIONAL, resolve_without\n"
        f"resolve_without('sweeper.training.worker:main', OPTIONAL[{backend!r}])\n"
        f"print(sorted(set(OPTIONAL[{backend!r}]) & set(sys.modules)))\n"
        "import sklearn.tree, pandas\n"
        "print(sklearn.tree.DecisionTreeClassifier.__name__, pandas.DataFrame([[1]]).iloc[0, 0])\n"
    )
    environment = {"KERAS_BACKEND": backend, "CUDA_VISIBLE_DEVICES": "-1", "PYTHONPATH": ":".join(sys.path)}
    told = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert told.stdout.splitlines() == ["[]", "DecisionTreeClassifier 1"]
