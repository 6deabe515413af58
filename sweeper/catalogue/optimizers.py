"""Optimizers and learning-rate schedules by Keras's names and arguments."""

from sweeper.catalogue.declaration import AllOf, Enters, Entry, Flag, Number, OneOf, Parameter

_RULES = "sweeper.parts.optimizers"
_SCHEDULES = "sweeper.parts.schedules"


def _share(name: str, default: float, says: str, enters: Enters, *, open_low: bool = False) -> Parameter:
    return Parameter(name, Number(low=0.0, high=1.0, open_low=open_low), default, says, enters=enters)


SCHEDULES = (
    Entry("constant", "the same learning rate throughout", (), f"{_SCHEDULES}:constant"),
    Entry("cosine", "falls along half a cosine to `alpha` times the learning rate",
          (_share("alpha", 0.0, "share left at the end", Enters.HOST),), f"{_SCHEDULES}:cosine",
          "keras.optimizers.schedules.CosineDecay", "Loshchilov and Hutter 2016, SGDR, arXiv 1608.03983"),
    Entry("exponential", "falls by the factor `decay_rate` over the whole training, smoothly",
          (_share("decay_rate", 0.1, "share left at the end", Enters.HOST, open_low=True),), f"{_SCHEDULES}:exponential",
          "keras.optimizers.schedules.ExponentialDecay"),
    Entry("step", "falls by the factor `drop` after every `every` epochs",
          (_share("drop", 0.5, "factor of each step", Enters.HOST, open_low=True),
           Parameter("every", Number(integer=True, low=1), 10, "epochs between steps", enters=Enters.HOST)),
          f"{_SCHEDULES}:step", "keras.optimizers.schedules.ExponentialDecay"),
    Entry("warmup_cosine", "rises linearly over the share `warmup` of the training, then falls along half a cosine",
          (Parameter("warmup", Number(low=0.0, high=1.0, open_high=True), 0.1, "share of the training spent rising", enters=Enters.HOST),
           _share("alpha", 0.0, "share left at the end", Enters.HOST)), f"{_SCHEDULES}:warmup_cosine",
          "keras.optimizers.schedules.CosineDecay", "Goyal et al. 2017, Accurate, Large Minibatch SGD, section 2.2, arXiv 1706.02677"),
)  # fmt: skip

_CLIP = Number(low=0.0, open_low=True)
_SHARED = (
    Parameter("clipnorm", _CLIP, None, "each weight's gradient is cut to this norm", optional=True, enters=Enters.KNOB, usual="{float: [0.1, 10.0], log: true}"),
    Parameter("clipvalue", _CLIP, None, "each number of a gradient is cut to this size", optional=True, enters=Enters.KNOB, usual="{float: [0.1, 10.0], log: true}"),
    Parameter("global_clipnorm", _CLIP, None, "all gradients together are cut to this norm", optional=True, enters=Enters.KNOB, usual="{float: [0.1, 10.0], log: true}"),
    Parameter("schedule", OneOf(SCHEDULES), "constant", "how the learning rate changes", enters=Enters.HOST),
)  # fmt: skip


def _rate(default: float, usual: str) -> Parameter:
    return Parameter("learning_rate", Number(low=0.0, open_low=True), default, "step size", enters=Enters.KNOB, usual=usual)


def _beta(name: str, default: float, says: str, usual: str) -> Parameter:
    return Parameter(name, Number(low=0.0, high=1.0, open_high=True), default, says, enters=Enters.KNOB, usual=usual)


_EPSILON = Parameter("epsilon", Number(low=0.0, open_low=True), 1e-7, "keeps the denominator from zero", enters=Enters.KNOB)
_DECAY = Parameter("weight_decay", Number(low=0.0), None, "decoupled weight decay", optional=True, enters=Enters.KNOB, usual="{float: [1e-5, 1e-1], log: true}")  # fmt: skip
_AMSGRAD = Parameter("amsgrad", Flag(), False, "keep the largest second moment", enters=Enters.STRUCTURE)
_ADAM = "Kingma and Ba 2014, Adam, arXiv 1412.6980"
_BETA_1 = _beta("beta_1", 0.9, "decay of the mean of gradients", "{float: [0.8, 0.99]}")
_BETA_2 = _beta("beta_2", 0.999, "decay of the mean of squares", "{choice: [0.99, 0.999]}")
_FAST = "{float: [1e-4, 1e-2], log: true}"

OPTIMIZERS = (
    Entry("sgd", "stochastic gradient descent, with momentum if asked",
          (_rate(0.01, "{float: [1e-3, 1.0], log: true}"),
           Parameter("momentum", Number(low=0.0, high=1.0), 0.0, "share of the last step kept", enters=Enters.KNOB, usual="{float: [0.8, 0.99]}"),
           Parameter("nesterov", Flag(), False, "look ahead along the momentum", enters=Enters.STRUCTURE), _DECAY, *_SHARED),
          f"{_RULES}.sgd:SGD", "keras.optimizers.SGD", "Sutskever et al. 2013, On the importance of initialization and momentum"),
    Entry("adagrad", "learning rates that shrink with the sum of squared gradients",
          (_rate(0.001, "{float: [1e-3, 1e-1], log: true}"),
           Parameter("initial_accumulator_value", Number(low=0.0), 0.1, "where the sum of squares starts", enters=Enters.HOST), _EPSILON, _DECAY, *_SHARED),
          f"{_RULES}.adagrad:Adagrad", "keras.optimizers.Adagrad", "Duchi et al. 2011, Adaptive Subgradient Methods"),
    Entry("rmsprop", "gradients divided by their running root mean square",
          (_rate(0.001, _FAST), _beta("rho", 0.9, "decay of the mean of squares", "{float: [0.8, 0.99]}"),
           Parameter("momentum", Number(low=0.0, high=1.0), 0.0, "share of the last step kept", enters=Enters.KNOB),
           Parameter("centered", Flag(), False, "divide by the variance instead", enters=Enters.STRUCTURE), _EPSILON, _DECAY, *_SHARED),
          f"{_RULES}.rmsprop:RMSprop", "keras.optimizers.RMSprop", "Hinton 2012, Neural Networks for Machine Learning, lecture 6e"),
    Entry("adam", "momentum and root mean square with bias correction",
          (_rate(0.001, _FAST), _BETA_1, _BETA_2, _EPSILON, _AMSGRAD, _DECAY, *_SHARED),
          f"{_RULES}.adam:Adam", "keras.optimizers.Adam", _ADAM),
    Entry("adamw", "adam with decoupled weight decay",
          (_rate(0.001, _FAST), Parameter("weight_decay", Number(low=0.0), 0.004, "decoupled weight decay", enters=Enters.KNOB, usual="{float: [1e-5, 1e-1], log: true}"),
           _BETA_1, _BETA_2, _EPSILON, _AMSGRAD, *_SHARED),
          f"{_RULES}.adam:Adam", "keras.optimizers.AdamW", "Loshchilov and Hutter 2017, Decoupled Weight Decay Regularization, arXiv 1711.05101"),
    Entry("nadam", "adam with Nesterov's look-ahead",
          (_rate(0.001, _FAST), _BETA_1, _BETA_2, _EPSILON, _DECAY, *_SHARED),
          f"{_RULES}.nadam:Nadam", "keras.optimizers.Nadam", "Dozat 2016, Incorporating Nesterov Momentum into Adam"),
)  # fmt: skip


EARLY_STOPPING = AllOf(
    (
        Parameter("patience", Number(integer=True, low=0), 5, "epochs without improvement before the trial ends", enters=Enters.HOST, usual="{choice: [3, 5, 10]}"),
        Parameter("min_delta", Number(low=0.0), 0.0, "an improvement smaller than this does not count", enters=Enters.HOST),
    )
)  # fmt: skip
