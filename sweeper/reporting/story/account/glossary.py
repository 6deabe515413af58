"""The words a report uses, for a reader who meets them first here. `{unit}` is what the x of the curves counts."""

from sweeper.reporting.story.blocks import Facts, Section

WORDS = (
    (
        "trial",
        "One configuration, with its number. With repeats or folds it is trained several times, with other seeds or on "
        "other parts of the data; its values are then means, and ± is the standard deviation between them.",
    ),
    ("choice", "One of the values that the sweep sets against each other."),
    ("baseline", "The trial that was tried first: the untuned defaults, or what the space names as its baseline."),
    (
        "startup trials",
        "What a sampler that learns draws at random before it has learned anything: a fair sample of each choice.",
    ),
    (
        "matched pairs",
        "Trials of two choices whose other settings lie close together, so that what is left between them is the choice; a "
        "model takes out what the settings still differ by.",
    ),
    (
        "standardisation",
        "Values and choices less what models predict of them from the other settings: what is left of one against what is left "
        "of the other is the effect of the choice.",
    ),
    ("interaction", "What one choice does is not the same with every value of another one."),
    ("block", "One set of the other parameters under which every choice is tried once, so that choices are compared alike."),
    ("training, validation, test", "Three parts of the data: to learn from, to choose by, and to measure once at the end."),
    (
        "loss",
        "How wrong the model is, without penalty terms; lower is better. Training loss is measured in "
        "inference mode where it was logged so.",
    ),
    ("{unit}", ""),
    (
        "best {unit}",
        "The first {unit} with the best validation value. A trial's value is the one of this {unit}, not of the last.",
    ),
    (
        "gap",
        "Validation minus training, for a metric where lower is better; for accuracy it is taken of 1 − "
        "accuracy. A gap alone is not overfitting.",
    ),
    ("given back", "How much worse validation is at the last {unit} than at the best one."),
    (
        "overfits",
        "Validation got worse than it was, and stayed so: its running median of five is above the best one so far by more than "
        "2 % and three times the noise, in three evaluations or more. The onset is the first of them.",
    ),
    ("unstable", "Validation got worse than it was, and training too: its steps are too large, which is no overfitting."),
    ("overfits, then recovers", "The same, but later validation was better than before the onset (double descent)."),
    ("noise", "How much a curve jitters from {unit} to {unit} around its course."),
    (
        "noise of a training",
        "How far apart the same configuration ends when it is trained again with another seed, as a standard deviation.",
    ),
    (
        "selection",
        "The best of many trials was lucky too, or it would not be the best: on data that did not choose it, it does worse.",
    ),
    (
        "Kendall's tau",
        "How well two rankings agree: 1 where every pair of trials is in the same order, 0 where half of them are, "
        "−1 where none is.",
    ),
    (
        "explains alone",
        "How much less the values of trials would differ if only this parameter were the same in all, as a model of them says.",
    ),
    (
        "surrogate",
        "A model that predicts a trial's value from its parameters. How well it predicts trials it has not seen tells how far "
        "to trust it: R² 1 is perfect, 0 no better than the mean.",
    ),
    ("tuning curve", "How good the best of k trials is, for every k: what a shorter search would have found."),
    (
        "memorising",
        "Training is nearly perfect (below 5 % of what guessing gives) while validation is hardly better than guessing.",
    ),
    ("never learned", "Training ends no better than guessing."),
    (
        "still improving",
        "The best value so far was still falling at the end, and a quarter more {unit}s would bring more than twice the noise.",
    ),
    ("gap, healthy", "Neither got worse; with a gap, half of the validation value or more is distance to training."),
    (
        "gap at equal training",
        "The gap where training first came down to a value that both have in common: what merely fits less has the same.",
    ),
    (
        "over-confident",
        "The loss gets worse while accuracy does not: the net is as often right as before, but too sure where it is wrong.",
    ),
    ("jump", "Training suddenly gets worse and is back within five evaluations: steps that are too large here and there."),
    ("jitter", "The noise of the last fifth of a curve, by which a last value may be a lucky one."),
    (
        "good learning rates",
        "The range around the best one in which the best trials come close to it; the wider, the less a wrong rate costs.",
    ),
    (
        "gradient, signal",
        "The gradient says each layer how to change. It is computed from the last layer back to the first, and activations "
        "travel the other way; both have to arrive neither far smaller nor far larger than they set out.",
    ),
    (
        "vanishing, exploding",
        "Before training the first layer's gradient is below a thousandth of the last one's, or above a thousand times it.",
    ),
    ("fading", "Before training the activations of the last hidden layer vary less than a ten-thousandth of the first one's."),
    ("symmetric", "All units of a layer begin with the same weights, so that they stay one and the same unit."),
    ("dead, saturated", "Units that are positive on no row, or values at the end of their range: they pass no gradient on."),
    ("target", "A validation value that is the same for all trials, so that the {unit}s they need to it can be compared."),
    (
        "faster",
        "A choice surely needs fewer {unit}s to the target. That is never said without how it ends: better, surely no worse, "
        "worse, or open.",
    ),
    (
        "mean {unit}s to the target",
        "The restricted mean: no trial counts longer than the whole budget, which is also what one that never arrives counts.",
    ),
    (
        "stopped early",
        "By early stopping or the pruner: what the trial would have done is not known, so it is counted in two ways, as never "
        "arriving, and as doing what the others did.",
    ),
    (
        "area under curve",
        "How far the best value so far is from the sweep's best, averaged over the {unit}s, as a share of where guessing is: 0 "
        "is at once as good as the best, 1 never better than guessing.",
    ),
    ("complete", "The trial ran to its last {unit}, or early stopping ended it."),
    ("pruned", "The pruner stopped the trial because others did better at the same {unit}."),
    ("diverged", "The loss became infinite or not a number. This is a result of the configuration and is counted."),
    ("failed", "A fault (out of memory, error, crash, timeout): missing data, which says nothing about the configuration."),
)


UNITS = {
    "epoch": "One pass over the training part.",
    "step": "One update of the weights, as the program that made these curves counted it; trials were evaluated at some only.",
    "second": "One of training, as the program that made these curves measured it; trials were evaluated at some only.",
}


def glossary(unit: str = "epoch") -> Section:
    words = tuple((word.format(unit=unit), (says or UNITS[unit]).format(unit=unit)) for word, says in WORDS)
    return Section("glossary", "Glossary", ("What the words of this report mean.",), (Facts(words),))
