"""The sections of a space, which is the whole language: one group, read by one recursive reader."""

from sweeper.catalogue.datasets import DATASETS
from sweeper.catalogue.declaration import REQUIRED, AllOf, Enters, Flag, Names, Number, OneOf, Parameter, Text, Word
from sweeper.catalogue.families import FAMILIES
from sweeper.catalogue.initializers import INITIALIZERS
from sweeper.catalogue.optimizers import EARLY_STOPPING, OPTIMIZERS
from sweeper.catalogue.searching import PRUNERS, SAMPLERS

_COUNT = Number(integer=True, low=1)
_SHARE = Number(low=0.0, high=1.0)
_STRENGTH = Number(low=0.0)
_PENALTY = "{float: [1e-6, 1e-2], log: true}"

AUGMENTATION = AllOf((
    Parameter("flip", Word(("horizontal", "vertical", "both")), None, "mirror at random", optional=True),
    Parameter("translation", _SHARE, None, "shift by up to this share", optional=True, enters=Enters.KNOB),
    Parameter("rotation", _SHARE, None, "turn by up to this share of a turn", optional=True, enters=Enters.KNOB),
    Parameter("zoom", _SHARE, None, "zoom by up to this share", optional=True, enters=Enters.KNOB),
    Parameter("contrast", _SHARE, None, "change contrast by up to this share", optional=True, enters=Enters.KNOB),
))  # fmt: skip

REGULARIZATION = AllOf((
    Parameter("l1", _STRENGTH, None, "penalty: this times the sum of absolute kernel weights", optional=True, enters=Enters.KNOB, usual=_PENALTY),
    Parameter("l2", _STRENGTH, None, "penalty: this times the sum of squared kernel weights", optional=True, enters=Enters.KNOB, usual=_PENALTY),
    Parameter("dropout", Number(low=0.0, high=1.0, open_high=True), None, "share of hidden units left out of a step", optional=True, enters=Enters.KNOB, usual="{float: [0.0, 0.5]}"),
    Parameter("noise", _STRENGTH, None, "standard deviation of normal noise on the input in training", optional=True, enters=Enters.KNOB, usual="{float: [0.0, 0.5]}"),
    Parameter("early_stopping", EARLY_STOPPING, None, "end a trial that no longer improves", optional=True, enters=Enters.HOST),
    Parameter("augmentation", AUGMENTATION, None, "changed pictures in training", optional=True, built=False),
    Parameter("label_smoothing", Number(low=0.0, high=1.0, open_high=True), None, "share of a label spread over all classes", optional=True, enters=Enters.KNOB, built=False),
))  # fmt: skip

OBJECTIVE = AllOf((
    Parameter("minimize", Text("a metric such as val_loss"), None, "what to make small", optional=True, enters=Enters.HOST),
    Parameter("maximize", Text("a metric such as val_accuracy"), None, "what to make large", optional=True, enters=Enters.HOST),
    Parameter("metrics", Names("metrics"), None, "measured beside the loss", optional=True),
))  # fmt: skip

BUDGET = AllOf((
    Parameter("trials", _COUNT, 60, "configurations to try", enters=Enters.HOST),
    Parameter("epochs", _COUNT, 20, "epochs of a full trial", enters=Enters.HOST),
    Parameter("time", Text("a duration such as 30m or 2h"), None, "stop asking for trials after this", optional=True, enters=Enters.HOST),
    Parameter("repeats", _COUNT, 1, "seeds with which every configuration is trained", enters=Enters.HOST),
))  # fmt: skip

SEARCH = AllOf((
    Parameter("sampler", OneOf(SAMPLERS), None, "paired with `compare`, else tpe", optional=True, enters=Enters.HOST),
    Parameter("pruner", OneOf(PRUNERS), None, "none with `compare`, else asha", optional=True, enters=Enters.HOST),
))  # fmt: skip

TRAINING = AllOf((
    Parameter("batch_size", _COUNT, 32, "rows in a step", enters=Enters.KNOB, usual="{choice: [16, 32, 64, 128]}"),
    Parameter("class_weight", Word(("balanced",)), None, "balanced: every class weighs the same in the loss", optional=True, enters=Enters.KNOB),
    Parameter("shuffle", Flag(), True, "a new order of the rows in every epoch", enters=Enters.HOST),
    Parameter("precision", Word(("float32", "mixed_bfloat16")), "float32", "mixed_bfloat16: layers compute with 16 bits, weights keep 32 (for a GPU)"),
))  # fmt: skip

MODEL_SECTIONS = (
    Parameter("model", OneOf(FAMILIES), REQUIRED, "the architecture"),
    Parameter("initializer", OneOf(INITIALIZERS), "glorot_uniform", "first weights of all kernels", enters=Enters.HOST),
    Parameter("regularization", REGULARIZATION, None, "what is done against overfitting; all that is named applies"),
    Parameter("optimizer", OneOf(OPTIMIZERS), "adam", "the update rule"),
    Parameter("training", TRAINING, None, "how an epoch goes"),
)
"""What a configuration consists of: here, and only here, values may be searched."""

SPACE = AllOf((
    Parameter("name", Text("a name"), None, "the sweep's name; else the file's", optional=True, enters=Enters.HOST),
    Parameter("compare", Names("paths"), None, "the question: a choice, or crossed choices, to set against each other", optional=True, enters=Enters.HOST),
    Parameter("data", OneOf(DATASETS), REQUIRED, "what to learn from; nothing is tried here", enters=Enters.HOST),
    Parameter("objective", OBJECTIVE, None, "what to seek", optional=True, enters=Enters.HOST),
    Parameter("budget", BUDGET, None, "how much to spend", enters=Enters.HOST),
    Parameter("search", SEARCH, None, "how to look", enters=Enters.HOST),
    *MODEL_SECTIONS,
))  # fmt: skip
"""Beside these a space may hold `baseline:`, a mapping of searched paths to values, which is tried first."""

SEARCHED = tuple(section.name for section in MODEL_SECTIONS)
