"""How the signal travels through each network: gradients from the last kernel back to the first, activations the other way.

With g_l the root mean square of the gradient of kernel l = 1..L and a_l the hidden activations l = 1..H, in the order of
computation (the kernels of one recurrent or attention layer count one by one), measured on the probe's rows:

    grad_ratio      g_1 / g_L
    grad_slope      least-squares slope of log10 g_l against l, in decades a kernel
    act_var_ratio   Var(a_H) / Var(a_1); act_var_step is its (H - 1)th root, the factor of one layer. Theory for relu: 1 with
                    He's first weights, 1/2 with Glorot's where as many units come in as go out (He et al. 2015, arXiv
                    1502.01852)
    dead            share of rectified units that are positive on no row, mean over layers
    saturated       share of the values of a bounded activation that lie at its ends, mean over layers
    symmetry        share of pairs of units with the same incoming weights, of the layer with the most; the last kernel is left
                    out, for its units have targets of their own and part again at the first step
    update_ratio    median over kernels of the size of one step over that of the kernel, after the first epoch

A layer's table has shares and no number of units, so layers count alike whatever their width. Signal is judged in one word,
the first of these that fits, with bounds of ours:

    symmetric   symmetry above 0.99 before training
    vanishing   grad_ratio below 1e-3 before training, exploding: above 1e3 (Glorot and Bengio 2010)
    fading      act_var_ratio below 1e-4 before training: with Glorot's weights under relu all gradients shrink together, so
                that their ratio does not tell
    not finite  a gradient at the last look is not; what else that look says does not count, for TensorFlow's relu turns what is
                not a number into 0, so that units seem dead and even the loss may stay finite
    dead        more than half at the last look, and so saturated. Not the tenth at which other tools warn: of the later layers
                of deep relu nets with He's weights a quarter is dead on 256 rows before training, and they train well
    sound       none of these
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from sweeper.reporting.metrics.curves import RUN

SYMMETRIC, VANISHING, EXPLODING, FADING = "symmetric", "vanishing", "exploding", "fading"
NOT_FINITE, DEAD, SATURATED, SOUND = "not finite", "dead", "saturated", "sound"
SIGNALS = (SYMMETRIC, VANISHING, EXPLODING, FADING, NOT_FINITE, DEAD, SATURATED, SOUND)
"""In the order in which they are tried."""
SAME, VANISHED, EXPLODED, FADED, MOST = 0.99, 1e-3, 1e3, 1e-4, 0.5

GRADIENT, VARIANCE = "gradient_rms", "activation_variance"


def signals(layers: pd.DataFrame) -> pd.DataFrame:
    """A row for each run in `layers` (the frame of `COLUMNS["layers"]`): trial, repeat and the columns of `COLUMNS["signal"]`.

    Those that end in `_start` are from before training, in `_end` from the last look; NaN where they cannot be had.
    """
    looks = layers.groupby(RUN)["epoch"]
    first, last = layers[layers["epoch"] == 0], layers[layers["epoch"] == looks.transform("max")]
    kernels = _statistic(last, GRADIENT)
    finite = np.isfinite(kernels["value"]).groupby([kernels[name] for name in RUN]).all()
    last = last[last.set_index(RUN).index.isin(finite[finite].index)]
    runs = layers[RUN].drop_duplicates().set_index(RUN).index
    found = pd.DataFrame(index=runs)
    for when, look in (("start", first), ("end", last)):
        found[[f"grad_ratio_{when}", f"grad_slope_{when}"]] = gradients(look).reindex(runs)
        found[[f"act_var_ratio_{when}", f"act_var_step_{when}"]] = variances(look).reindex(runs)
        for share in ("dead", "saturated"):
            found[f"{share}_{when}"] = _statistic(look, share).groupby(RUN)["value"].mean().reindex(runs)
        found[f"symmetry_{when}"] = symmetries(look).reindex(runs)
    steps = _statistic(layers[layers["epoch"] == 1], "update_ratio")
    found["update_ratio"] = steps.groupby(RUN)["value"].median().reindex(runs)
    found["unmoved"] = (_statistic(first, GRADIENT).groupby(RUN)["value"].max() == 0).reindex(runs).astype("boolean")
    found["finite"] = finite.reindex(runs).astype("boolean")
    found = found.astype({name: "float64" for name in found if name not in ("unmoved", "finite")})
    return found.assign(signal=_judged(found)).reset_index()


def gradients(look: pd.DataFrame) -> pd.DataFrame:
    """`ratio` and `slope` by (trial, repeat) of one look at each run; NaN for a single kernel, and where gradients are 0 or not
    finite. A gradient that is 0 in the first kernel alone is a ratio of 0."""
    kernels = _statistic(look, GRADIENT)
    runs = kernels.groupby(RUN)["value"]
    ends = pd.DataFrame({"first": runs.first(), "last": runs.last(), "count": runs.size(), "known": runs.count()})
    whole = (ends["count"] > 1) & (ends["known"] == ends["count"]) & (ends["last"] > 0)
    return pd.DataFrame({"ratio": (ends["first"] / ends["last"].where(whole)), "slope": _slopes(kernels)})


def variances(look: pd.DataFrame) -> pd.DataFrame:
    """`ratio` and `step` by (trial, repeat); NaN for a single hidden layer, and where the first does not vary."""
    runs = _statistic(look, VARIANCE).groupby(RUN)["value"]
    first, last, size = runs.first(), runs.last(), runs.size()
    ratio = (last / first.where(first > 0)).where(size > 1)
    return pd.DataFrame({"ratio": ratio, "step": ratio ** (1 / (size - 1).where(size > 1))})


def symmetries(look: pd.DataFrame) -> pd.Series[float]:
    """By (trial, repeat), over the hidden kernels; of a recurrent layer's two kernels both have to be symmetric."""
    kernels = _statistic(look, "symmetry")
    hidden = kernels[kernels["depth"] < kernels.groupby(RUN)["depth"].transform("max")]
    layer = hidden["layer"].str.removesuffix("/recurrent").rename("of")
    return hidden.groupby([*RUN, layer])["value"].min().groupby(level=RUN).max()


def _judged(found: pd.DataFrame) -> np.ndarray:
    fits = {
        SYMMETRIC: found["symmetry_start"] > SAME,
        VANISHING: found["grad_ratio_start"] < VANISHED,
        EXPLODING: found["grad_ratio_start"] > EXPLODED,
        FADING: found["act_var_ratio_start"] < FADED,
        NOT_FINITE: ~found["finite"],
        DEAD: found["dead_end"] > MOST,
        SATURATED: found["saturated_end"] > MOST,
    }
    return np.select([word.fillna(False).to_numpy(bool) for word in fits.values()], list(fits), SOUND)


def _slopes(kernels: pd.DataFrame) -> pd.Series[float]:
    """Least squares of log10 of the values against the depth, by (trial, repeat)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        height = np.log10(kernels["value"].to_numpy("float64"))
    at = kernels.assign(x=kernels["depth"].astype("float64"), y=np.where(np.isfinite(height), height, np.nan))
    groups = at.groupby(RUN)
    x, y = at["x"] - groups["x"].transform("mean"), at["y"] - groups["y"].transform("mean")
    sums = (
        at.assign(xy=x * y, xx=x * x)
        .groupby(RUN)
        .agg(xy=("xy", "sum"), xx=("xx", "sum"), n=("y", "size"), known=("y", "count"))
    )
    return (sums["xy"] / sums["xx"]).where((sums["n"] > 1) & (sums["known"] == sums["n"]))


def _statistic(layers: pd.DataFrame, name: str) -> pd.DataFrame:
    return layers[layers["statistic"] == name]
