"""Which parameters matter, how sure that is, and what cannot be said of them."""

from __future__ import annotations

from sweeper.reporting.statistics.importance import Importance, Shares
from sweeper.reporting.statistics.pairs import ADAPTIVE, CUT
from sweeper.reporting.statistics.surrogate import LEAST, MOST, TRUSTED, Surrogate
from sweeper.reporting.story.blocks import Axis, Block, Caption, Cell, Chart, Head, Interval, Section, Table
from sweeper.reporting.story.elsewhere import is_cut
from sweeper.reporting.story.searched.densities import densities
from sweeper.reporting.story.subject import Subject
from sweeper.reporting.text import clean, count, listed, number, percent

TITLE = "Which parameters matter"
_NAMED, _DRAWN = 3, 12


def importance(subject: Subject) -> Section | None:
    """None where nothing was searched, or nothing is complete."""
    if not any(subject.varies(name) for name in subject.searched) or subject.best is None:
        return None
    found, model = subject.importance, subject.surrogate
    if found is None or model is None or is_cut(subject):
        return Section("importance", TITLE, (_why_not(subject),))
    sentences = [*importance_sentences(subject), *_limits(subject, model)]
    blocks: tuple[Block, ...] = ()
    if len(found.columns) > 1:
        blocks = (_chart(subject, found), _table(found), *densities(subject, found, model))
    return Section("importance", TITLE, tuple(sentences), blocks)


def importance_sentences(subject: Subject) -> list[str]:
    """What explains most of the differences between trials, and whether it stands out; nothing where no model holds."""
    found, model = subject.importance, subject.surrogate
    if found is None or model is None or is_cut(subject):
        return []
    if len(found.columns) == 1:
        # Of a single parameter the model knows nothing else, so that it would explain all there is.
        return [
            f"Only {clean(found.columns[0].name, 60)} has a value in all {len(model.y)} trials; by itself it predicts trials "
            f"that the model has not seen with R² {model.r2:.2f}."
        ]
    first = (
        f"By itself {_said(found, 0)} of the variance of {subject.metric} in a model of the trials "
        f"(fANOVA; {count(len(model.y), 'trial')}, R² {model.r2:.2f} on trials it has not seen)"
    )
    others = listed([_said(found, place, " with") for place in range(1, min(len(found.columns), 1 + _NAMED))])
    apart = found.alone.low[0] > max(found.alone.high[1 : 1 + _NAMED])
    stands = f"That is surely more than {others}" if apart else f"Whether that is more than {others} is open: intervals overlap"
    rest = percent(max(0.0, 1 - float(found.alone.at.sum())), 1)
    combined = f"{rest} of the variance in the model is in combinations of parameters."
    return [f"{first}. {stands}.", combined, *around_the_best(found)]


def around_the_best(found: Importance) -> list[str]:
    """Where it is surely another parameter than in the whole space that the best trial's value hangs on."""
    local = found.local
    place = int(local.at.argmax())
    if place == 0 or local.low[place] <= local.high[0]:
        return []
    share = percent(float(local.at[place]), 1)
    return [
        f"Around the best trial it is {clean(found.columns[place].name, 60)} that matters most: {share} "
        f"[{100 * local.low[place]:.0f}, {100 * local.high[place]:.0f}] of what changes there (LPI)."
    ]


def _said(found: Importance, place: int, verb: str = " explains") -> str:
    """`learning_rate explains 61 % [48, 72]`."""
    alone = found.alone
    low, high = 100 * alone.low[place], 100 * alone.high[place]
    return f"{clean(found.columns[place].name, 60)}{verb} {percent(float(alone.at[place]), 1)} [{low:.0f}, {high:.0f}]"


def _why_not(subject: Subject) -> str:
    model = subject.surrogate
    if is_cut(subject):
        return f"Which parameters matter is not said: {CUT}."
    ended = subject.counts["complete"] + subject.counts["diverged"]
    if model is not None:
        return (
            f"Which parameters matter is not said: a random forest of {count(len(model.y), 'trial')} predicts those it has not "
            f"seen with R² {number(model.r2, 2)} only, where {TRUSTED} is the least. More trials, or less noise, would help."
        )
    if ended < LEAST:
        return f"Which parameters matter is not said: it takes {LEAST} trials that ended, and there are {ended}."
    return "Which parameters matter is not said: no parameter that all trials have takes several values."


def _limits(subject: Subject, model: Surrogate) -> list[str]:
    found = []
    if model.conditional:
        names = listed([clean(name, 60) for name in model.conditional], most=_NAMED)
        verb = "is" if len(model.conditional) == 1 else "are"
        found.append(f"Nothing is said of what only some trials have: {names} {verb} conditional.")
    if subject.frames.sweep.sampler in ADAPTIVE:
        found.append("The sampler tried good values more often, so that this tells of where it looked, not of the whole space.")
    if subject.counts["pruned"]:
        found.append(f"{count(subject.counts['pruned'], 'pruned trial')} are missing here, and they are the worse ones.")
    if len(model.y) == MOST:
        found.append(f"It is computed on a sample of {MOST} trials.")
    return found


def _chart(subject: Subject, found: Importance) -> Chart:
    shown = list(range(min(len(found.columns), _DRAWN)))
    low, share, high = (
        tuple(100 * float(value) for value in side) for side in (found.alone.low, found.alone.at, found.alone.high)
    )
    marks = tuple(Interval(-float(place), low[place], share[place], high[place], 1, _said(found, place)) for place in shown)
    ticks = tuple((-float(place), clean(found.columns[place].name, 60)) for place in shown)
    caption = Caption(
        f"How much of the variance of {subject.metric} does each parameter explain by itself?",
        "Complete and diverged trials.",
        "The dot is the share, the bar its 95 % interval over resampled trials, with room for what the model puts down to "
        "combinations. Where bars overlap, the order is not sure; a bar that begins at 0 may be nothing.",
    )
    x = Axis("explained alone", 0, 100, ticks=tuple((float(place), f"{place} %") for place in range(0, 101, 25)))
    return Chart("importance", marks, x, Axis("", -len(shown) + 0.4, 0.6, ticks=ticks), caption, height=80 + 26 * len(shown))


def _table(found: Importance) -> Table:
    rows = [
        (Cell(clean(column.name, 60)), *(_share(shares, place) for shares in (found.alone, found.best, found.local)))
        for place, column in enumerate(found.columns)
    ]
    of = f"the best {percent(found.quantile, 1)}"
    names = ("Explains alone, fANOVA", f"Tells {of}, PED-ANOVA", "Around the best trial, LPI")
    heads = (Head("Parameter", right=False), *map(Head, names))
    note = (
        "Explains alone: main effects over the whole space (Hutter et al. 2014). "
        f"Tells {of} of the trials from all: as a share of the sum (Watanabe et al. 2023). Around the best trial: one "
        "parameter runs through its range, the others stay; its share of what changes so (Biedenkapp et al. 2018). Each with a "
        "95 % interval over resampled trials, which does not know what the model itself misses."
    )
    if any("*" in column.name for column in found.columns):
        note += " A name with * joins what stands in different options, by its place in each option's own range."
    return Table(heads, tuple(rows), note, sortable=True, phone=3)


def _share(shares: Shares, place: int) -> Cell:
    share = float(shares.at[place])
    return Cell(percent(share, 1), f"{100 * shares.low[place]:.0f} to {100 * shares.high[place]:.0f}", sort=share)
