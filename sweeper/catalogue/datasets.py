"""Data sets: scikit-learn's and Keras's own, the user's files, and functions of the user's."""

from sweeper.catalogue.declaration import REQUIRED, Enters, Entry, Flag, Names, Number, Parameter, Sizes, Text, Word
from sweeper.records import Task

LARGE = "large"
"""Marks data sets that may be larger than memory: their rows are kept on disk from the first on."""

_LOADERS = "sweeper.data.sources"
_COUNT = Number(integer=True, low=1)
_SHARE = Number(low=0.0, high=1.0, open_high=True)


def _host(name: str, takes: object, default: object, says: str, *, optional: bool = False, instead_of: str = "") -> Parameter:
    return Parameter(name, takes, default, says, optional=optional, enters=Enters.HOST, instead_of=instead_of)  # type: ignore[arg-type]


SPLIT = (
    _host("validation", Number(low=0.0, high=1.0, open_low=True, open_high=True), 0.2, "share of all rows to validate on"),
    _host("test", _SHARE, 0.2, "share of all rows kept for one last look; 0 for none"),
    _host("train_rows", _COUNT, None, "train on so many rows only (overfitting made easy)", optional=True),
    _host(
        "standardize", Flag(), True, "shift and scale inputs, and numbers to predict, by the training part's mean and deviation"
    ),
    _host("label_noise", Number(low=0.0, high=1.0), 0.0, "share of the training rows whose class is drawn at random"),
    _host("split_seed", Number(integer=True, low=0), 0, "another split"),
    _host(
        "folds",
        Number(integer=True, low=2),
        None,
        "cross-validation: every configuration is trained so many times, and every row outside the test part validates once",
        optional=True,
        instead_of="validation",
    ),
    _host(
        "stream",
        Word(("auto", "always", "never")),
        "auto",
        "leave the prepared rows on disk and read them in chunks; auto: where they would fill much of the memory",
    ),
)
_TASK = _host("task", Word(("classification", "regression")), None, "overrules what the target looks like", optional=True)
_TABLE = (
    _host("target", Text("a column"), REQUIRED, "the column to predict"),
    _host("drop", Names("columns"), None, "columns to leave out, such as ids", optional=True),
    _host("group", Text("a column"), None, "rows that share this column's value stay in one part", optional=True),
    _TASK,
)


def _bundled(name: str, says: str, rank: int, task: Task) -> Entry:
    return Entry(name, says, SPLIT, f"{_LOADERS}.bundled:{name}", ranks=(rank,), tasks=(task,), marks=frozenset({"bundled"}))


def _downloaded(name: str, says: str, rank: int, task: Task, *extra: Parameter) -> Entry:
    return Entry(
        name,
        f"{says} (Keras downloads it once)",
        (*extra, *SPLIT),
        f"{_LOADERS}.downloaded:{name}",
        ranks=(rank,),
        tasks=(task,),
    )


_CLASSES, _REGRESSION = Task.CLASSIFICATION, Task.REGRESSION
_WORDS = _host("words", _COUNT, 1000, "the most frequent words, as one column each")

DATASETS = (
    _bundled("digits", "1,797 pictures of handwritten digits, 8 by 8 pixels, 10 classes", 3, _CLASSES),
    _bundled("wine", "178 wines by 13 measurements, 3 classes", 1, _CLASSES),
    _bundled("breast_cancer", "569 tumours by 30 measurements, 2 classes", 1, _CLASSES),
    _bundled("iris", "150 flowers by 4 measurements, 3 classes", 1, _CLASSES),
    _bundled("diabetes", "442 patients by 10 measurements: progress of the disease after a year", 1, _REGRESSION),
    Entry("csv", "your own CSV file with a target column", (_host("file", Text("a file"), REQUIRED, "its path, counted from the space's file"), *_TABLE, *SPLIT),
          f"{_LOADERS}.tables:csv", ranks=(1,), tasks=(_CLASSES, _REGRESSION)),
    Entry("parquet", "your own Parquet file with a target column", (_host("file", Text("a file"), REQUIRED, "its path, counted from the space's file"), *_TABLE, *SPLIT),
          f"{_LOADERS}.tables:parquet", ranks=(1,), tasks=(_CLASSES, _REGRESSION), marks=frozenset({LARGE})),
    Entry("npz", "arrays `x` and `y` of a NumPy archive",
          (_host("file", Text("a file"), REQUIRED, "its path, counted from the space's file"), _host("x", Text("a name"), "x", "the inputs' name"),
           _host("y", Text("a name"), "y", "the targets' name"), _TASK, *SPLIT),
          f"{_LOADERS}.arrays:npz", ranks=(1, 2, 3, 4), tasks=(_CLASSES, _REGRESSION)),
    Entry("images", "a folder of pictures, one folder a class",
          (_host("folder", Text("a folder"), REQUIRED, "its path, counted from the space's file"), _host("size", Sizes("x", 2), "64x64", "height x width"),
           _host("colour", Flag(), True, "three channels, or one"), *SPLIT),
          f"{_LOADERS}.images:images", ranks=(3,), tasks=(_CLASSES,), marks=frozenset({LARGE})),
    Entry("python", "your own function, which returns arrays (x, y) or a tf.data.Dataset",
          (_host("load", Text("file.py:function"), REQUIRED, "where the function is; the path counts from the space's file"), _TASK, *SPLIT),
          f"{_LOADERS}.python:python", ranks=(1, 2, 3, 4), tasks=(_CLASSES, _REGRESSION), open=True, marks=frozenset({LARGE})),
    _downloaded("mnist", "70,000 handwritten digits, 28 by 28 pixels, 10 classes", 3, _CLASSES),
    _downloaded("fashion_mnist", "70,000 pictures of clothes, 28 by 28 pixels, 10 classes", 3, _CLASSES),
    _downloaded("cifar10", "60,000 colour pictures, 32 by 32 pixels, 10 classes", 3, _CLASSES),
    _downloaded("cifar100", "60,000 colour pictures, 32 by 32 pixels, 100 classes", 3, _CLASSES),
    _downloaded("imdb", "50,000 film reviews, 2 classes", 1, _CLASSES, _WORDS),
    _downloaded("reuters", "11,228 newswires, 46 classes", 1, _CLASSES, _WORDS),
    _downloaded("california_housing", "20,640 districts by 8 measurements: the price of houses", 1, _REGRESSION),
    Entry("adding_problem", "made up: two marked numbers of a sequence to add; always to say 1 has a mean squared error of 0.167",
          (_host("length", Number(integer=True, low=2), 100, "steps of a sequence"), _host("rows", _COUNT, 12000, "sequences"), *SPLIT),
          f"{_LOADERS}.synthetic:adding_problem", ranks=(2,), tasks=(_REGRESSION,),
          paper="Hochreiter and Schmidhuber 1997, Long Short-Term Memory, section 5.4; as in Le et al. 2015, arXiv 1504.00941"),
    Entry("gaussian_mixture", "points around the corners of a polygon",
          (_host("modes", _COUNT, 8, "corners"), _host("radius", Number(low=0.0), 2.0, "distance from the centre"),
           _host("stddev", Number(low=0.0), 0.05, "width of a corner"), _host("rows", _COUNT, 20000, "points"), *SPLIT), ranks=(1,)),
    Entry("pairs", "lines of source and target text",
          (_host("file", Text("a file"), REQUIRED, "its path, counted from the space's file"), _host("tokens", Word(("characters", "words")), "characters", "what a token is"),
           _host("max_length", _COUNT, 100, "longer lines are left out"), *SPLIT), ranks=(1,)),
)  # fmt: skip
