"""The values a report is made of. They hold text and numbers, no markup: a page, Markdown and a terminal write them each
in its own way. All text that came from a user has passed `text.clean`."""

from __future__ import annotations

from dataclasses import dataclass

GREY = -1
"""The colour of a choice beyond the five that have one."""


@dataclass(frozen=True)
class Cell:
    """`extra` follows in grey (`of 21`); `sort` is what a column is sorted by; `colour` is a choice's place in the palette."""

    text: str
    extra: str = ""
    sort: float | str | None = None
    colour: int | None = None


@dataclass(frozen=True)
class Head:
    text: str
    right: bool = True


@dataclass(frozen=True)
class Table:
    """`phone` is how many columns stay on a narrow screen; 0 turns the table there into one short list per column."""

    heads: tuple[Head, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    sortable: bool = False
    phone: int = 0

    def long_names(self) -> bool:
        """Whether the first column is too wide for two lists beside each other on a phone."""
        return any(len(row[0].text) > 11 for row in self.rows)

    def wide_list(self, column: int) -> bool:
        """Whether the list of this column takes the whole width of a phone: a name and its value stay on one line."""
        return any(len(row[0].text) + len(row[column].text) + 0.9 * len(row[column].extra) > 17 for row in self.rows)

    def slots(self) -> tuple[bool, ...]:
        """Which right-aligned columns have an `extra` somewhere, and so keep a slot for it to stay on their digits."""
        return tuple(head.right and any(row[place].extra for row in self.rows) for place, head in enumerate(self.heads))


@dataclass(frozen=True)
class Facts:
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Details:
    """A longer text that stands folded away."""

    title: str
    text: str


@dataclass(frozen=True)
class Caption:
    """The question a figure answers, which trials are in it, and how to read it."""

    question: str
    trials: str
    reading: str


@dataclass(frozen=True)
class Curve:
    """`x` and `y` of one line and what hovering it says."""

    x: tuple[float, ...]
    y: tuple[float, ...]
    says: str


@dataclass(frozen=True)
class Band:
    """What lies between `low` and `high` at each `x`, and what hovering it says."""

    x: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    says: str


@dataclass(frozen=True)
class Panel:
    """One small multiple: the thick validation curve with the band around it where it is a mean, the dashed training curve, the
    ring at the best epoch, thin others. `last` is where its x-axis ends."""

    title: str
    note: str
    colour: int
    validation: Curve
    training: Curve | None
    ring: tuple[float, float]
    last: float
    band: Band | None = None
    others: tuple[Curve, ...] = ()


@dataclass(frozen=True)
class Panels:
    """Small multiples with one y-axis, `low` to `high`; with more than one, the validation curves together close the grid,
    magnified to `close`, up to `last`. `unit` is what x counts."""

    key: str
    panels: tuple[Panel, ...]
    low: float
    high: float
    close: tuple[float, float]
    last: float
    axis: str
    caption: Caption
    unit: str = "epoch"


@dataclass(frozen=True)
class Axis:
    """From `low` to `high`, which is the smaller one where the axis runs backwards; `ticks` are places with their texts, chosen
    where there are none given."""

    label: str
    low: float
    high: float
    log: bool = False
    ticks: tuple[tuple[float, str], ...] = ()


@dataclass(frozen=True)
class Line:
    """A line, thick unless it is one of many, with `name` at its end; as steps where the value holds until the next."""

    x: tuple[float, ...]
    y: tuple[float, ...]
    colour: int
    says: str
    name: str = ""
    dashed: bool = False
    thin: bool = False
    steps: bool = False


@dataclass(frozen=True)
class Area:
    """What lies between `low` and `high` at each `x`."""

    x: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    colour: int
    says: str
    steps: bool = False


@dataclass(frozen=True)
class Points:
    """Points, each with what hovering it says; `mark` is dot, ring or cross (what diverged)."""

    x: tuple[float, ...]
    y: tuple[float, ...]
    colour: int
    says: tuple[str, ...]
    mark: str = "dot"


@dataclass(frozen=True)
class Interval:
    """An estimate `at` with its interval, lying at the height `y`."""

    y: float
    low: float
    at: float
    high: float
    colour: int
    says: str


@dataclass(frozen=True)
class Bar:
    """A standing bar between two places of the x-axis."""

    x_low: float
    x_high: float
    height: float
    colour: int
    says: str


Mark = Line | Area | Points | Interval | Bar


@dataclass(frozen=True)
class Chart:
    """One pair of axes with marks, drawn in their order; `height` in CSS pixels."""

    key: str
    marks: tuple[Mark, ...]
    x: Axis
    y: Axis
    caption: Caption
    height: int = 300


@dataclass(frozen=True)
class Heat:
    """`values[row][column]` as shades from the lowest to the highest, or over a `span` that several share; None is missing.
    `label` says what a shade means."""

    key: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: tuple[tuple[float | None, ...], ...]
    label: str
    caption: Caption
    span: tuple[float, float] | None = None


@dataclass(frozen=True)
class Grid:
    """Small charts beside each other, each under the label of its x-axis; they share what the y-axis shows."""

    key: str
    charts: tuple[Chart, ...]
    caption: Caption


Figure = Panels | Chart | Heat | Grid
Block = Table | Facts | Details | Figure


@dataclass(frozen=True)
class Section:
    """`sentences` open the section: what was found, with its counts."""

    key: str
    title: str
    sentences: tuple[str, ...]
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True)
class KeyNumber:
    label: str
    value: str
    note: str


@dataclass(frozen=True)
class Conclusion:
    """A finding among the few that open a report: its sentence, its verdict in a word or nothing, and the key of the section
    that shows what it rests on."""

    sentence: str
    verdict: str
    section: str

    def opens_with_verdict(self) -> bool:
        """Whether the sentence says its verdict itself, in its first words."""
        return bool(self.verdict) and self.sentence.lower().startswith(self.verdict.lower())


@dataclass(frozen=True)
class Report:
    """`cautions` are what holds for the whole report: a sweep that still runs, trials that are missing; `kind` says what it is,
    and `footer` where the rest stands."""

    sweep: str
    date: str
    title: str
    subtitle: str
    cautions: tuple[str, ...]
    numbers: tuple[KeyNumber, ...]
    conclusions: tuple[Conclusion, ...]
    sections: tuple[Section, ...]
    kind: str = "Sweep report"
    footer: str = (
        "Written by sweeper from MLflow alone. All trials and epochs: trials.csv, epochs.csv (and .parquet); the same text: "
        "report.md."
    )
