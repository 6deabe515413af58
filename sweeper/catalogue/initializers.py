"""Initializers by Keras's names. First weights are made on the host for each trial, so that no initializer is structure."""

from sweeper.catalogue.declaration import Enters, Entry, Number, Parameter, Word

_WEIGHTS = "sweeper.parts.initializers:keras_initializer"
_GLOROT = "Glorot and Bengio 2010, Understanding the difficulty of training deep feedforward neural networks"
_HE = "He et al. 2015, Delving Deep into Rectifiers, arXiv 1502.01852"
_LECUN = "LeCun et al. 1998, Efficient BackProp, section 4.6"


def _number(name: str, default: float, says: str, low: float | None = None) -> Parameter:
    takes = Number() if low is None else Number(low=low, open_low=True)
    return Parameter(name, takes, default, says, enters=Enters.HOST)


def _named(name: str, keras: str, says: str, *parameters: Parameter, paper: str = "") -> Entry:
    return Entry(name, says, parameters, _WEIGHTS, f"keras.initializers.{keras}", paper)


_STDDEV = _number("stddev", 0.05, "standard deviation", low=0.0)

INITIALIZERS = (
    _named("glorot_uniform", "GlorotUniform", "uniform, variance 2 / (fan_in + fan_out); Xavier's", paper=_GLOROT),
    _named("glorot_normal", "GlorotNormal", "truncated normal, variance 2 / (fan_in + fan_out); Xavier's", paper=_GLOROT),
    _named("he_uniform", "HeUniform", "uniform, variance 2 / fan_in: for relu", paper=_HE),
    _named("he_normal", "HeNormal", "truncated normal, variance 2 / fan_in: for relu", paper=_HE),
    _named("lecun_uniform", "LecunUniform", "uniform, variance 1 / fan_in", paper=_LECUN),
    _named("lecun_normal", "LecunNormal", "truncated normal, variance 1 / fan_in: for selu", paper=_LECUN),
    _named("random_normal", "RandomNormal", "normal, one width for all layers", _number("mean", 0.0, "mean"), _STDDEV),
    _named(
        "random_uniform", "RandomUniform", "uniform, one range for all layers",
        _number("minval", -0.05, "lower end"), _number("maxval", 0.05, "upper end"),
    ),
    _named("truncated_normal", "TruncatedNormal", "normal, cut at two standard deviations", _number("mean", 0.0, "mean"), _STDDEV),
    _named(
        "variance_scaling", "VarianceScaling", "scale / fan, the rule behind glorot, he and lecun",
        _number("scale", 1.0, "numerator of the variance", low=0.0),
        Parameter("mode", Word(("fan_in", "fan_out", "fan_avg")), "fan_in", "which fan divides", enters=Enters.HOST),
        Parameter("distribution", Word(("truncated_normal", "untruncated_normal", "uniform")), "truncated_normal", "shape",
                  enters=Enters.HOST),
    ),
    _named("orthogonal", "Orthogonal", "rows or columns orthogonal", _number("gain", 1.0, "factor", low=0.0),
           paper="Saxe et al. 2013, Exact solutions to the nonlinear dynamics of learning, arXiv 1312.6120"),
    _named("identity", "Identity", "the identity matrix (dense layers only)", _number("gain", 1.0, "factor", low=0.0)),
    _named("constant", "Constant", "one value everywhere: all units of a layer stay equal", _number("value", 0.0, "the value")),
    _named("zeros", "Zeros", "all zero: nothing behind the first layer ever learns"),
    _named("ones", "Ones", "all one: all units of a layer stay equal"),
)  # fmt: skip
