"""Charts and heat maps: what is drawn, what hovering says, and that nothing of a name is markup."""

import re
from html import unescape

import matplotlib
import pytest

from sweeper.reporting.figures.chart import HOVERED, _draw
from sweeper.reporting.figures.draw import inline
from sweeper.reporting.figures.labels import breadth, within
from sweeper.reporting.figures.style import RC
from sweeper.reporting.story.blocks import Area, Axis, Bar, Caption, Chart, Heat, Interval, Line, Mark, Points

CAPTION = Caption("Which learning rate is best?", "3 complete", "lower is better")
X, Y = Axis("learning rate", 1e-4, 1.0, log=True), Axis("validation loss", 0.0, 1.0)


def chart(*marks: Mark, y: Axis = Y, x: Axis = X) -> Chart:
    return Chart("rates", marks, x, y, CAPTION)


def titles(svg: str) -> list[str]:
    return [unescape(said) for said in re.findall("<title>(.*?)</title>", svg)]


MARKS = (
    Area((1e-3, 0.1), (0.1, 0.1), (0.4, 0.5), 1, "the band"),
    Line((1e-3, 0.1), (0.2, 0.3), 1, "the line", name="adam"),
    Points((1e-3, 1e-2, 1e-1), (0.2, 0.3, 0.4), 2, ("trial 1", "trial 2", "trial 3")),
    Points((0.5,), (1.0,), 3, ("trial 4 diverged",), mark="cross"),
    Interval(0.5, 1e-3, 1e-2, 1e-1, 0, "the estimate"),
    Bar(1e-3, 1e-2, 0.2, 0, "7 trials"),
)


@pytest.mark.parametrize("narrow", [False, True])
def test_every_mark_says_what_it_is(narrow: bool) -> None:
    said = titles(inline(chart(*MARKS), narrow))
    assert {"the band", "the line", "trial 1", "trial 2", "trial 3", "trial 4 diverged", "the estimate", "7 trials"} == {*said}


def test_the_same_chart_gives_the_same_bytes() -> None:
    assert inline(chart(*MARKS), False) == inline(chart(*MARKS), False)


def test_a_name_is_text_and_a_dollar_sign_no_formula() -> None:
    name = "<script>$x$&"
    svg = inline(chart(Line((1e-3, 0.1), (0.2, 0.3), 1, name, name=name)), False)
    assert "<script" not in svg
    assert name in titles(svg)
    assert "&lt;script&gt;$x$&amp;" in svg


def test_a_long_name_on_the_axis_keeps_its_end_on_a_phone() -> None:
    y = Axis("", 0.0, 1.0, ticks=((0.5, "optimizer.adam.learning_rate"),))
    texts = re.findall(r">([^<>]*learning_rate)<", inline(chart(*MARKS[4:5], y=y), True))
    assert texts == ["…learning_rate"]
    assert "optimizer.adam.learning_rate" in inline(chart(*MARKS[4:5], y=y), False)


def test_very_many_points_are_one_path() -> None:
    many = HOVERED + 1
    points = Points((0.1,) * many, (0.5,) * many, 1, ("a trial",) * many)
    assert titles(inline(chart(points), False)) == []


def test_a_linear_axis_has_its_own_ticks_unless_told() -> None:
    x = Axis("epochs", 0, 20)
    assert ">20<" in inline(chart(Line((0, 20), (0.1, 0.2), 1, "line"), x=x), False)


def test_a_heat_map_says_each_cell_and_leaves_out_what_is_missing() -> None:
    heat = Heat("signal", ("dense", "dense_1"), ("0", "1"), ((-1.0, None), (-2.5, float("nan"))), "decades", CAPTION)
    svg = inline(heat, False)
    assert titles(svg) == ["dense, 0: −1", "dense_1, 0: −2.5"]
    assert ">−2.5<" in svg, "the legend's lower end"


def test_the_shade_follows_the_value_and_equal_values_share_one() -> None:
    def shades(values: tuple[float, ...]) -> list[float]:
        heat = Heat("signal", ("dense",), tuple(map(str, range(len(values)))), (values,), "decades", CAPTION)
        cells = inline(heat, False).split("<title>dense, ")[1:]
        return [float(re.findall(r"opacity: ([0-9.]+)", cell)[0]) for cell in cells]

    low, middle, high = shades((1.0, 2.0, 3.0))
    assert low < middle < high
    assert len({*shades((2.0, 2.0))}) == 1


def test_a_heat_map_without_a_finite_value_is_drawn() -> None:
    assert titles(inline(Heat("signal", ("dense",), ("0",), ((None,),), "decades", CAPTION), True)) == []


def test_texts_under_an_axis_do_not_touch_and_the_first_have_precedence() -> None:
    words = [f"initializer_{letter}" for letter in "abcdefghij"]
    ticks = [(float(place), words[place]) for place in (9, *range(9))]
    svg = inline(chart(Bar(0.0, 1.0, 0.2, 0, "7 trials"), x=Axis("initializer", -0.6, 9.4, ticks=tuple(ticks))), True)
    there = [word for word in words if f">{word}<" in svg]
    assert words[9] in there
    assert 1 < len(there) < 10


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("name", ["momentum", "16/16 momentum", "WWWWMMMM · mmmm", "a_very_long_name_of_a_choice", "sgd"])
def test_a_name_at_a_line_ends_inside_the_figure(name: str, narrow: bool) -> None:
    """Measured with the font that files are drawn in, which is as wide as that of any page."""
    values = chart(Line((1e-3, 1.0), (0.2, 0.3), 1, "the line", name=name), x=Axis("rate", 1e-3, 1.0, log=True))
    figure = _draw(values, narrow).figure
    [text] = [text for text in figure.axes[0].texts if text.get_fontweight() == "bold"]
    edge = figure.get_size_inches()[0] * figure.dpi
    with matplotlib.rc_context(RC):
        assert text.get_window_extent().x1 <= edge
    assert text.get_text() == name or text.get_text().endswith("…") or "… · " in text.get_text()


def test_widths_of_texts() -> None:
    assert breadth("abc") == 3 and breadth("momentum") == pytest.approx(8 + 3 * 0.5) and breadth("il") == pytest.approx(1.3)
    assert within("momentum", 9.5) == "momentum" and within("momentum", 8) == "moment…"
