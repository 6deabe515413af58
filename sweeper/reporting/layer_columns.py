"""The columns of the frames that say how healthy the signal in the layers is."""

from __future__ import annotations

from sweeper.reporting.column import Column

LAYERS = (
    Column("trial", "the trial's number", range=">= 0"),
    Column("repeat", "the repeat", range=">= 0"),
    Column("epoch", "the epoch after which the network was looked at; 0 is before training", unit="epochs", range=">= 0"),
    Column("layer", "the layer, or the kernel within it"),
    Column("depth", "its place among the layers that have this statistic, in the order of computation", range=">= 1"),
    Column(
        "statistic",
        "what was measured on the probe's rows, in inference mode",
        range="gradient_rms, update_ratio, symmetry (of kernels), activation_variance, dead, saturated (of hidden layers)",
    ),
    Column("value", "its value", missing="it was not finite"),
)

_NO_LOOK = "not of this network (see metrics/signal.py), or not looked at then"

SIGNAL = (
    Column("trial", "the trial's number", range=">= 0"),
    Column("repeat", "the repeat", range=">= 0"),
    Column(
        "grad_ratio_*",
        "gradient of the first kernel over that of the last, root mean squares",
        range=">= 0",
        missing="one kernel only, or the last one's gradient is 0 or not finite",
    ),
    Column(
        "grad_slope_*",
        "slope of log10 of the gradient against the kernel's place",
        unit="decades a kernel",
        missing="one kernel only, or a gradient is 0 or not finite",
    ),
    Column("act_var_ratio_*", "variance of the last hidden activations over the first's", range=">= 0", missing=_NO_LOOK),
    Column("act_var_step_*", "the same as a factor a layer", range=">= 0", missing=_NO_LOOK),
    Column(
        "dead_*", "share of rectified units that are positive on no row, mean over layers", range="0 to 1", missing=_NO_LOOK
    ),
    Column(
        "saturated_*", "share of values at the ends of bounded activations, mean over layers", range="0 to 1", missing=_NO_LOOK
    ),
    Column("symmetry_*", "share of pairs of equal units, of the hidden layer with the most", range="0 to 1", missing=_NO_LOOK),
    Column("update_ratio", "size of one step over the kernel's, after the first epoch", range=">= 0", missing=_NO_LOOK),
    Column("unmoved", "whether no kernel had a gradient before training", range="true, false", missing=_NO_LOOK),
    Column("finite", "whether all gradients were finite at the last look", range="true, false", missing=_NO_LOOK),
    Column(
        "signal",
        "what the signal looks like, in a word (see the glossary)",
        range="symmetric, vanishing, exploding, fading, not finite, dead, saturated, sound",
    ),
)
"""`*_start` is before training, `*_end` at the last look, missing where gradients were not finite then."""
