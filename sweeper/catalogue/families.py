"""Model families. What no code serves yet is declared too, so that a space that names it is read, shown and refused plainly."""

from sweeper.catalogue.activations import ACTIVATIONS
from sweeper.catalogue.declaration import (
    REQUIRED,
    AllOf,
    Enters,
    Entry,
    Flag,
    Number,
    OneOf,
    Parameter,
    Sizes,
    Text,
    Word,
)
from sweeper.records import Task

_BOTH = (Task.CLASSIFICATION, Task.REGRESSION)
_COUNT = Number(integer=True, low=1)


def _activation(default: str = "relu") -> Parameter:
    return Parameter("activation", Word(ACTIVATIONS), default, "of the hidden layers", usual="{choice: [relu, tanh]}")


_UNITS = Parameter("units", _COUNT, 64, "units of each layer (with `depth`, instead of `layers`)", per_layer=True, usual="{int: [16, 256], log: true}", instead_of="layers")  # fmt: skip
_NORMALIZATION = Parameter("normalization", Word(("batch",)), None, "batch: after each layer, before its activation", optional=True, usual="{choice: [none, batch]}")  # fmt: skip

_PRETRAINING = Parameter("pretraining", OneOf((
    Entry("rbm", "layer-wise restricted Boltzmann machines", (
        Parameter("epochs", _COUNT, 10, "epochs of each layer"), Parameter("k", _COUNT, 1, "steps of contrastive divergence"),
        Parameter("learning_rate", Number(low=0.0, open_low=True), 0.1, "step size", enters=Enters.KNOB))),)),
    None, "train layer by layer first", optional=True, built=False)  # fmt: skip

MLP = Entry(
    "mlp", "dense layers, one after another; pictures and other arrays are flattened",
    (Parameter("layers", Sizes(), "64-64", "units of the hidden layers", usual="{choice: [64, 64-64, 128-64]}"),
     Parameter("depth", Number(integer=True, low=0), 2, "number of hidden layers (with `units`, instead of `layers`)", usual="{int: [1, 4]}", instead_of="layers"),
     _UNITS, _activation(), _NORMALIZATION, _PRETRAINING),
    "sweeper.models.mlp:build", ranks=(1, 2, 3), tasks=_BOTH,
)  # fmt: skip

CNN = Entry(
    "cnn", "blocks of convolution and pooling, then a head",
    (Parameter("filters", Sizes(), "16-32", "filters of the blocks, one number a block", usual="{choice: [16-32, 32-64]}"),
     Parameter("kernel_size", _COUNT, 3, "side of the filters, in pixels", usual="{choice: [3, 5]}"),
     _activation(), _NORMALIZATION,
     Parameter("pooling", Word(("max", "average")), "max", "after each block, halving the sides", optional=True),
     Parameter("head", Word(("flatten", "global_average")), "flatten", "how the last block's picture becomes a row"),
     Parameter("dense", Sizes(), None, "units of dense layers behind the head", optional=True)),
    "sweeper.models.cnn:build", ranks=(3,), tasks=_BOTH,
    paper="LeCun et al. 1998, Gradient-Based Learning Applied to Document Recognition",
)  # fmt: skip

PYTHON = Entry(
    "python", "your own model: build(input_shape, outputs, **settings) returns a keras.Model, not compiled",
    (Parameter("build", Text("file.py:function"), REQUIRED, "where the function is; the path counts from the space's file"),),
    "sweeper.models.python:build", ranks=(1, 2, 3, 4), tasks=_BOTH, open=True,
)  # fmt: skip

_CELL = Parameter("cell", Word(("simple", "lstm", "gru")), "lstm", "kind of recurrent cell")

RNN = Entry(
    "rnn", "recurrent layers over a sequence, or over a picture row by row",
    (_CELL, Parameter("layers", _COUNT, 1, "number of recurrent layers", usual="{int: [1, 3]}"),
     Parameter("units", _COUNT, 64, "units of each layer", per_layer=True, usual="{int: [16, 128], log: true}"),
     Parameter("bidirectional", Flag(), False, "read from both ends, with `units` for each", usual="{choice: [false, true]}"),
     Parameter("head", Word(("last", "average")), "last", "the output follows from the last step, or from the mean over all steps")),
    "sweeper.models.rnn:build", ranks=(2, 3), tasks=_BOTH,
    paper="Hochreiter and Schmidhuber 1997, Long Short-Term Memory; Cho et al. 2014, arXiv 1406.1078 (gru)",
)  # fmt: skip

TRANSFORMER = Entry(
    "transformer", "an encoder of attention blocks over a sequence, or over the rows of a picture",
    (Parameter("depth", _COUNT, 2, "blocks of attention and feed-forward layers", usual="{int: [1, 4]}"),
     Parameter("heads", _COUNT, 4, "heads of attention in a block", usual="{choice: [1, 2, 4, 8]}"),
     Parameter("head_width", _COUNT, 16, "numbers of a head; the model is `heads` times as wide", usual="{choice: [8, 16, 32]}"),
     Parameter("feed_forward", _COUNT, 4, "units between the two feed-forward layers, as a multiple of the model's width", usual="{choice: [1, 2, 4]}"),
     _activation(),
     Parameter("normalization", Word(("pre", "post")), "pre", "layer normalization in front of each sub-layer, or behind its sum", usual="{choice: [pre, post]}"),
     Parameter("positions", Word(("learned", "sinusoidal")), "learned", "how a step knows its place; none: the order counts for nothing", optional=True)),
    "sweeper.models.transformer:build", ranks=(2, 3), tasks=_BOTH,
    paper="Vaswani et al. 2017, Attention Is All You Need, arXiv 1706.03762",
)  # fmt: skip

_STDDEV = Parameter("stddev", Number(low=0.0), 0.3, "standard deviation", enters=Enters.KNOB)
_CORRUPTION = OneOf((
    Entry("gaussian", "add normal noise", (_STDDEV,)),
    Entry("masking", "set numbers to zero", (Parameter("rate", Number(low=0.0, high=1.0), 0.3, "share of numbers", enters=Enters.KNOB),)),
))  # fmt: skip

AUTOENCODER = Entry(
    "autoencoder", "a code through which the input is reconstructed",
    (Parameter("encoder", Sizes(), "64", "units of the encoder's layers"), Parameter("decoder", Sizes(), None, "the encoder's mirror unless given", optional=True),
     Parameter("code", _COUNT, 16, "numbers in the code"), _activation(),
     Parameter("corruption", _CORRUPTION, None, "noise on the input in training", optional=True),
     Parameter("evaluate_on", _CORRUPTION, None, "noise on the input in evaluation", optional=True)),
    ranks=(1, 2, 3),
)  # fmt: skip

_POSITIVE = Number(low=0.0, open_low=True)
GAN = Entry(
    "gan", "a generator against a discriminator",
    (Parameter("latent", _COUNT, 16, "numbers of noise the generator starts from"),
     Parameter("loss", OneOf((
         Entry("non_saturating", "the original game with the generator's alternative loss", paper="Goodfellow et al. 2014, arXiv 1406.2661"),
         Entry("least_squares", "squared errors", paper="Mao et al. 2016, arXiv 1611.04076"),
         Entry("wasserstein_gp", "Wasserstein distance with a gradient penalty",
               (Parameter("penalty", _POSITIVE, 10.0, "weight of the gradient penalty", enters=Enters.KNOB),), paper="Gulrajani et al. 2017, arXiv 1704.00028"))),
         "non_saturating", "what the two minimize"),
     Parameter("generator", AllOf((Parameter("layers", Sizes(), "128-128", "units"), _activation())), None, "the generator"),
     Parameter("discriminator", AllOf((
         Parameter("layers", Sizes(), "128-128", "units"), _activation("leaky_relu"), Parameter("steps", _COUNT, 1, "updates for each of the generator's"),
         Parameter("learning_rate_factor", _POSITIVE, 1.0, "times the generator's learning rate", enters=Enters.KNOB))), None, "the discriminator")),
    ranks=(1,),
)  # fmt: skip

SEQ2SEQ = Entry(
    "seq2seq", "an encoder and a decoder of sequences, with attention if asked",
    (_CELL, Parameter("units", _COUNT, 64, "units of each side"), Parameter("embedding", _COUNT, 32, "numbers for a token"),
     Parameter("attention", OneOf((Entry("bahdanau", "additive", paper="Bahdanau et al. 2014, arXiv 1409.0473"),
                                   Entry("luong", "multiplicative", paper="Luong et al. 2015, arXiv 1508.04025"))), None, "what the decoder looks back with", optional=True),
     Parameter("decoding", OneOf((Entry("greedy", "the likeliest token each time"),
                                  Entry("beam", "the likeliest of `width` lines", (Parameter("width", _COUNT, 4, "lines kept"),)))), "greedy", "how validation is decoded")),
    ranks=(1,),
)  # fmt: skip

FAMILIES = (MLP, CNN, RNN, TRANSFORMER, PYTHON, AUTOENCODER, GAN, SEQ2SEQ)
