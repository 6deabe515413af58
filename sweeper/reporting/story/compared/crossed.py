"""A crossed question, told by its factors: what each does averaged over the others, and where that depends on another."""

from __future__ import annotations

import pandas as pd

from sweeper.reporting.statistics.evidence import ranked
from sweeper.reporting.statistics.verdict import BETTER, NO_DIFFERENCE, NOT_ENOUGH, SMALL, UNDECIDED
from sweeper.reporting.story.blocks import Cell, Head, Table
from sweeper.reporting.story.compared.comparing import (
    BUT_SMALL,
    bounds,
    counted,
    end,
    interval_cell,
    lacking_alike,
    p_words,
    surely,
    verdict_words,
)
from sweeper.reporting.story.compared.modifiers import appended, modifiers
from sweeper.reporting.story.subject import Subject, factor_words
from sweeper.reporting.text import NONE, clean, count, listed

_NAMED = 4
"""So many pairs of levels of a factor have a sentence; the table has all."""
_ROWS = 60
_REAL = (BETTER, SMALL)
_DEPENDS = {BETTER: "depends", SMALL: "depends, but not beyond noise", NO_DIFFERENCE: "the same within noise"}
"""Verdicts on a difference of two differences, in words that fit it."""

Told = tuple[str, pd.Series]


def effect_sentences(subject: Subject) -> list[Told]:
    """For each factor the surest pairs of levels; first those about which another factor changes something, and the sign above
    all."""
    pairs = subject.pairs
    main = ranked(pairs[pairs["within"] == ""])
    family = int((main["why"] == "").sum())
    plain: list[Told] = []
    depending: list[Told] = []
    for factor in subject.factors:
        for _, row in main[main["factor"] == factor].head(_NAMED).iterrows():
            depends = _dependence(pairs, row)
            if depends is None:
                plain.append((_sentence(subject, row, family), row))
            else:
                depending.append((_depending(subject, row, depends), depends))
    if not depending and (lacks := lacking_alike(subject, main, family)):
        factors = listed([f"the {factor_words(factor)}" for factor in subject.factors], "or")
        said = f"Not enough evidence on any two values of {factors}, averaged over the other: {lacks}"
        plain = [(said, main.iloc[0])]
    turned = [one for one in depending if _turns(pairs, one[1])]
    straight = [one for one in depending if not _turns(pairs, one[1])]
    return [*turned, *straight, *plain, *_altogether(subject)]


def _sentence(subject: Subject, row: pd.Series, family: int) -> str:
    said = verdict_words(subject, row, family, modifiers(subject, row))
    return averaged(subject, str(row["factor"]), said, row.to_frame().T)


def averaged(subject: Subject, factor: str, said: str, rows: pd.DataFrame) -> str:
    """What is `said` of averages of a factor, `rows` of the frame `pairs`, with over what and whether they hide anything."""
    others = [factor_words(other) for other in subject.factors if other != factor]
    for opening in ("No ", "Not ", "Undecided "):
        said = said.replace(opening, opening.lower(), 1) if said.startswith(opening) else said
    changing = dict.fromkeys(other for _, row in rows.iterrows() for other in _changing(subject.pairs, row))
    hidden = [f" It is not the same with every {factor_words(other)}." for other in changing]
    return f"Averaged over the {listed([f'{other}s' for other in others])}, {said}{''.join(hidden)}"


def plain_averages(pairs: pd.DataFrame) -> pd.DataFrame:
    """The averages that no other factor changes by more than noise."""
    main = pairs[pairs["within"] == ""]
    return main[[_dependence(pairs, row) is None for _, row in main.iterrows()]]


def _depending(subject: Subject, row: pd.Series, interaction: pd.Series) -> str:
    """`a against b: what the initializer does depends on the activation. With relu a did better (...). Undecided with tanh. The
    shifts differ by ...`: a short sentence for each thing.

    The difference of two differences may come from what held any of its four sides back, or made trials of it diverge.
    """
    pairs, factor, partner = subject.pairs, row["factor"], interaction["partner"]
    simple = pairs[(pairs["factor"] == factor) & (pairs["partner"] == partner) & (pairs["against"] == "")]
    simple = simple[_same(simple, row)]
    parts, beside, held = [], list[str](), False
    for _, one in simple.iterrows():
        own, is_side = modifiers(subject, one), one["within"] in (interaction["within"], interaction["against"])
        held = held or (is_side and bool(own.of_either))
        beside += own.of_either if is_side else own.beside(one["verdict"])
        parts += [_at_level(subject, one, surely(one, own))] if one["verdict"] in _REAL else []
    turning = [_turning(interaction, held)] if _turns(pairs, interaction) else []
    a, b, probably = clean(row["a"], 40), clean(row["b"], 40), "probably " if held else ""
    head = f"{a} against {b}: what the {factor_words(factor)} does {probably}depends on the {factor_words(partner)}."
    return f"{' '.join([head, *parts, *_open_levels(simple), _differ(interaction), *turning])}{appended(beside)}"


def _at_level(subject: Subject, row: pd.Series, did: str) -> str:
    side = "higher" if subject.orientation.maximize else "lower"
    shift, p = f"{subject.metric} {end(row['shift'])} {bounds(row)} {side}", f"p {p_words(row['p_holm'])}"
    noise = f", though {BUT_SMALL}" if row["verdict"] == SMALL else ""
    return f"With {clean(row['within'], 40)} {clean(row['a'], 40)} {did} better ({shift}, {p}{noise})."


def _open_levels(simple: pd.DataFrame) -> list[str]:
    """The levels with which neither did better, together; the table has their shifts."""
    words = ((UNDECIDED, "Undecided"), (NO_DIFFERENCE, "No practical difference"), (NOT_ENOUGH, "Not enough evidence"))
    levels = {said: simple.loc[simple["verdict"] == word, "within"] for word, said in words}
    return [f"{said} with {listed([clean(one, 40) for one in own])}." for said, own in levels.items() if len(own)]


def _differ(interaction: pd.Series) -> str:
    between = f"{clean(interaction['within'], 40)} and {clean(interaction['against'], 40)}"
    how = f"{end(interaction['shift'])} {bounds(interaction)} between {between}"
    return f"The shifts differ by {how} ({counted(interaction)}, p {p_words(interaction['p_holm'])})."


def _contrast(interaction: pd.Series) -> str:
    between = f"{clean(interaction['within'], 40)} and {clean(interaction['against'], 40)}"
    how = f"difference of shifts {end(interaction['shift'])} {bounds(interaction)} between {between}, {counted(interaction)}"
    return f"{how}, p {p_words(interaction['p_holm'])}"


def _altogether(subject: Subject) -> list[Told]:
    """One sentence on each two factors of which nothing was seen to depend on the other by more than noise."""
    interactions = subject.pairs[subject.pairs["against"] != ""]
    told: list[Told] = []
    for (factor, partner), rows in interactions.groupby(["factor", "partner"], sort=False):
        words = set(rows["verdict"])
        one, other = factor_words(str(factor)), factor_words(str(partner))
        contrasts = count(len(rows), "contrast")
        surest = ranked(rows).iloc[0]
        if BETTER in words:
            continue
        if SMALL in words:
            a, b = clean(surest["a"], 40), clean(surest["b"], 40)
            said = (
                f"What the {one} does depends on the {other}, but {BUT_SMALL}: {a} against {b}, {_contrast(surest)}."
                f"{_beside_all(subject, surest.to_frame().T)}"
            )
        elif words == {NO_DIFFERENCE}:
            said = f"What the {one} does is the same with every {other}, within the noise of a training ({contrasts})."
            said += _beside_all(subject, rows)
        elif words == {NOT_ENOUGH}:
            said = f"Whether what the {one} does depends on the {other} cannot be said: too few trials ({contrasts})."
        else:
            said = f"Whether what the {one} does depends on the {other} is undecided: none of {contrasts} is told from chance."
        told.append((said, surest))
    return told


def _beside_all(subject: Subject, interactions: pd.DataFrame) -> str:
    """What is to be said beside interactions of two factors."""
    sides = pd.concat([interactions, interactions.assign(within=interactions["against"])])
    return appended([said for _, side in sides.iterrows() for said in modifiers(subject, side).of_either])


def _dependence(pairs: pd.DataFrame, row: pd.Series) -> pd.Series | None:
    """The surest interaction of a pair of levels that is beyond noise, if there is one."""
    found = pairs[(pairs["against"] != "") & (pairs["factor"] == row["factor"]) & (pairs["verdict"] == BETTER)]
    found = found[_same(found, row)]
    return ranked(found).iloc[0] if len(found) else None


def _changing(pairs: pd.DataFrame, row: pd.Series) -> list[str]:
    """The factors of which one does something else with one of two levels than with the other, beyond noise."""
    found = pairs[(pairs["against"] != "") & (pairs["partner"] == row["factor"]) & (pairs["verdict"] == BETTER)]
    found = found[_same(found.assign(a=found["within"], b=found["against"]), row)]
    return list(dict.fromkeys(map(str, found["factor"])))


def _same(rows: pd.DataFrame, row: pd.Series) -> pd.Series[bool]:
    """Which rows are of the same two levels, in either order."""
    straight: pd.Series[bool] = (rows["a"] == row["a"]) & (rows["b"] == row["b"])
    turned: pd.Series[bool] = (rows["a"] == row["b"]) & (rows["b"] == row["a"])
    return straight | turned


def _turns(pairs: pd.DataFrame, interaction: pd.Series) -> bool:
    """Whether one level is better with one partner and worse with the other, both beyond noise."""
    simple = pairs[(pairs["partner"] == interaction["partner"]) & (pairs["against"] == "") & (pairs["verdict"] == BETTER)]
    simple = simple[(simple["factor"] == interaction["factor"]) & _same(simple, interaction)].set_index("within")
    levels = [interaction["within"], interaction["against"]]
    return bool(set(levels) <= set(simple.index) and simple.loc[levels, "a"].nunique() == 2)


def _turning(row: pd.Series, held: bool) -> str:
    one, other = clean(row["a"], 40), clean(row["b"], 40)
    within, against = clean(row["within"], 40), clean(row["against"], 40)
    turns = "probably turns" if held else "turns"
    return (
        f"The order of {one} and {other} {turns} around between {within} and {against}: choose "
        f"{factor_words(row['factor'])} and {factor_words(row['partner'])} together, and read no average of either."
    )


def effect_table(subject: Subject) -> Table:
    rows = []
    pairs = subject.pairs
    main, rest = pairs[pairs["within"] == ""], pairs[pairs["within"] != ""]
    for _, row in (
        pd.concat([ranked(main), ranked(rest[rest["against"] != ""]), rest[rest["against"] == ""]]).head(_ROWS).iterrows()
    ):
        known = not row["why"]
        rows.append(
            (
                Cell(clean(row["a"], 40)),
                Cell(clean(row["b"], 40)),
                Cell(_where(row)),
                Cell(clean(_DEPENDS.get(row["verdict"], row["verdict"]) if row["against"] else row["verdict"])),
                interval_cell(row, "shift") if known else Cell(NONE),
                Cell(counted(row) if known else NONE, sort=float(row["n_a"]) if known else 0.0),
                Cell(p_words(row["p_holm"]), sort=row["p_holm"]) if known else Cell(NONE),
            )
        )
    names = ("Level", "Against", "Where", "Verdict", f"Shift of {subject.metric}", "Compared over", "p, Holm")
    heads = tuple(Head(name, right=place > 3) for place, name in enumerate(names))
    note = (
        "Shift: the typical difference (Hodges and Lehmann) in favour of the first, with its 95 % interval; averaged over the "
        "other factor, with one of its levels, or, for an interaction, how much larger it is with the first of two levels than "
        "with the second. p is corrected for all averages together, for all interactions together, and for what one factor "
        "does at the levels of another."
    )
    return Table(heads, tuple(rows), note, phone=4)


def _where(row: pd.Series) -> str:
    if row["against"]:
        return f"more with {clean(row['within'], 40)} than with {clean(row['against'], 40)}"
    return f"with {clean(row['within'], 40)}" if row["within"] else "on average"
