"""Charts: what is drawn where, and what nobody should have to see colours for."""

import math
import re
from xml.etree import ElementTree

import pytest

from models_core.pictures import PLOT_HEIGHT, WIDTH, bar_chart, line_chart, scatter_chart

SVG = "{http://www.w3.org/2000/svg}"
NAN = math.nan


class Picture:
    """A written chart, read back."""

    def __init__(self, path):
        self.source = path.read_bytes().decode("utf-8")
        self.root = ElementTree.fromstring(self.source)
        self.texts = [element.text for element in self.root.iter(f"{SVG}text")]
        self.described = self.root.findtext(f"{SVG}desc")

    def place(self, text):
        """Where a text is: (x, y)."""
        [found] = [element for element in self.root.iter(f"{SVG}text") if element.text == text]
        return float(found.get("x")), float(found.get("y"))

    def lines(self):
        """Points of each curve, without rules and swatches: [(x, y), ...] each."""
        curves = [path.get("d") for path in self.root.findall(f"{SVG}path") if path.get("stroke-width") == "2.2"]
        return [[tuple(map(float, pair.split(","))) for pair in d[1:].split("L")] for d in curves]

    def marks(self):
        """(x, y) of each mark outside the legend."""
        found = [path.get("transform") for path in self.root.iterfind(f".//{SVG}path")]
        pairs = [re.fullmatch(r"translate\((.+),(.+)\)", transform) for transform in found if transform]
        return [(float(pair[1]), float(pair[2])) for pair in pairs if pair[0] != "translate(14.0,0.0)"]

    def bars(self):
        """(x, y, width, height) of each bar."""
        rects = self.root.findall(f"{SVG}rect")[1:]  # the first is the sheet
        return [tuple(float(rect.get(name)) for name in ("x", "y", "width", "height")) for rect in rects]


def lines(tmp_path, series, **options):
    given = {"title": "Title", "x_label": "Across", "y_label": "Up"} | options
    line_chart(tmp_path / "lines.svg", series=series, **given)
    return Picture(tmp_path / "lines.svg")


def bars(tmp_path, groups, **options):
    bar_chart(tmp_path / "bars.svg", groups=groups, **{"title": "Title", "y_label": "Up"} | options)
    return Picture(tmp_path / "bars.svg")


def scatter(tmp_path, points, **options):
    given = {"title": "Title", "x_label": "Across", "y_label": "Up"} | options
    scatter_chart(tmp_path / "points.svg", points=points, **given)
    return Picture(tmp_path / "points.svg")


@pytest.fixture(params=["lines", "bars", "scatter"])
def draw(request, tmp_path):
    """Any chart of one value (or none) with the name and texts that are given."""

    def drawn(name="a", value=0.5, **texts):
        if request.param == "lines":
            return lines(tmp_path, {name: [(0, 0.1), (1, value)]}, **texts)
        if request.param == "bars":
            return bars(tmp_path, {"group": {name: value, "other": 0.25}}, **texts)
        return scatter(tmp_path, [(0, 0.1, name), (1, value, name)], **texts)

    return drawn


def test_a_chart_tells_those_who_do_not_see_it_what_it_shows(draw):
    picture = draw("BKT", 0.75, title="How good", y_label="AUC")
    assert picture.root.get("role") == "img"
    assert picture.root[0].tag == f"{SVG}title"
    assert picture.root[0].text == picture.root.get("aria-label") == "How good"
    assert "AUC" in picture.described
    assert "BKT" in picture.described
    assert "0.75" in picture.described


def test_a_chart_is_white_of_the_usual_size_and_big_enough_to_read(draw):
    root = draw().root
    sheet = root.find(f"{SVG}rect")
    assert sheet.get("fill") == "#ffffff"
    assert (sheet.get("width"), sheet.get("height")) == (root.get("width"), root.get("height"))
    assert int(root.get("width")) == 640
    assert 380 <= int(root.get("height")) <= 420
    assert root.get("font-size") == "14"
    assert all(int(text.get("font-size", 14)) >= 14 for text in root.iter(f"{SVG}text"))


def test_the_same_data_give_the_same_bytes(draw):
    assert draw().source == draw().source


def test_what_people_write_is_not_taken_for_markup(draw):
    nasty = "</title><script>\"&amp;'\x00\x1b"
    picture = draw(nasty, title=nasty, y_label=nasty)
    assert picture.root[0].text == "</title><script>\"&amp;'"
    assert picture.texts.count("</title><script>\"&amp;'") == 3  # title, label, legend
    assert not list(picture.root.iter(f"{SVG}script"))


def test_all_scripts_are_written_as_utf_8(draw):
    assert "掌握度 – größer" in draw("掌握度 – größer").texts


def test_the_legend_names_what_is_drawn(draw):
    assert "BKT" in draw("BKT").texts


def test_a_long_title_takes_more_lines_and_names_more_rows(tmp_path):
    short, words = lines(tmp_path, {"a": [(0, 0)]}), "word " * 40
    long = lines(tmp_path, {f"a rather long name {place}": [(0, 0)] for place in range(9)}, title=words)
    assert sum(text.count("word") for text in long.texts) == 40
    assert int(long.root.get("height")) > int(short.root.get("height"))
    places = [long.place(f"a rather long name {place}") for place in range(9)]
    assert len(set(places)) == 9
    assert all(x < WIDTH - 150 for x, _ in places)


def test_a_name_too_long_for_a_line_keeps_its_ends(tmp_path):
    [shown] = [text for text in lines(tmp_path, {"x" * 90 + "-b": [(0, 0)]}).texts if "…" in text]
    assert shown.startswith("xxx")
    assert shown.endswith("x-b")


def test_lines_go_where_the_ticks_say(tmp_path):
    picture = lines(tmp_path, {"a": [(0, 1), (5, 3), (10, 2)]})
    [[start, middle, end]] = picture.lines()
    assert start[0] == picture.place("0")[0]
    assert end[0] == picture.place("10")[0]
    assert middle[0] == pytest.approx((start[0] + end[0]) / 2, abs=0.1)
    assert start[1] == pytest.approx(picture.place("1.0")[1] - 5)
    assert middle[1] == pytest.approx(picture.place("3.0")[1] - 5)
    assert start[1] - middle[1] == pytest.approx(PLOT_HEIGHT)


@pytest.mark.parametrize(
    ("values", "ticks"),
    [
        ((0, 1), ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
        ((0.613, 0.788), ["0.60", "0.65", "0.70", "0.75", "0.80"]),
        ((-3, 7), ["−4", "−2", "0", "2", "4", "6", "8"]),
        ((0, 24_000), ["0", "5,000", "10,000", "15,000", "20,000", "25,000"]),
        ((0, 3e6), ["0", "500,000", "1M", "1.5M", "2M", "2.5M", "3M"]),
        ((5, 5), ["4.4", "4.6", "4.8", "5.0", "5.2", "5.4", "5.6"]),
    ],
)
def test_ticks_are_numbers_that_people_would_choose(tmp_path, values, ticks):
    picture = lines(tmp_path, {"a": list(zip((70, 99), values, strict=True))})
    assert [text for text in picture.texts if text in ticks] == ticks


@pytest.mark.parametrize(
    ("xs", "ticks"),
    [
        ((10, 200_000), ["10", "100", "1,000", "10,000", "100,000", "1M"]),
        ((3, 40), ["2", "5", "10", "20", "50"]),
        ((100, 100), ["100", "200"]),
        ((1e-3, 1e14), ["0.001", "1", "1,000", "1M", "1G", "1e+12", "1e+14"]),
    ],
)
def test_a_logarithmic_axis_ticks_in_powers_or_in_ones_twos_and_fives(tmp_path, xs, ticks):
    picture = lines(tmp_path, {"a": [(x, 0.31) for x in xs]}, log_x=True)
    assert [text for text in picture.texts if text in ticks] == ticks


def test_equal_factors_are_equal_steps_on_a_logarithmic_axis(tmp_path):
    [[a, b, c]] = lines(tmp_path, {"a": [(10, 0), (100, 0), (1000, 0)]}, log_x=True).lines()
    assert b[0] - a[0] == pytest.approx(c[0] - b[0], abs=0.15)


def test_what_is_not_finite_is_left_out_and_empty_series_too(tmp_path):
    picture = lines(tmp_path, {"a": [(0, 1), (1, NAN), (math.inf, 2), (2, 3)], "b": [], "c": [(NAN, 1)]})
    [points] = picture.lines()
    assert len(points) == 2
    assert "a" in picture.texts
    assert not {"b", "c"} & set(picture.texts)
    [points] = lines(tmp_path, {"a": [(-1, 1), (0, 1), (2, 3)]}, log_x=True).lines()
    assert len(points) == 1


def test_a_chart_of_nothing_says_so(tmp_path):
    for picture in (
        lines(tmp_path, {}),
        lines(tmp_path, {"a": [(0, 1)]}, log_x=True),
        bars(tmp_path, {"a": {"b": NAN}}),
        scatter(tmp_path, [(NAN, 1, "a")], diagonal=True),
    ):
        assert "No data" in picture.texts
        assert "No data." in picture.described


def test_no_two_lines_or_kinds_look_the_same_without_colours(tmp_path):
    curve = [(0, 0), (1, 1)]
    drawn = lines(tmp_path, {str(name): curve for name in range(30, 60)}).root.findall(f"{SVG}g")
    looks = {(s[0].get("stroke-dasharray"), s[1].get("d")) for s in drawn}
    assert len(drawn) == len(looks) == 30
    drawn = scatter(tmp_path, [(0, 0, str(kind)) for kind in range(30, 37)]).root.findall(f"{SVG}g")[:7]
    assert len({mark[0].get("d") for mark in drawn}) == 7


def test_no_two_bars_look_the_same_without_colours(tmp_path):
    picture = bars(tmp_path, {"group": {str(name): 1.0 for name in range(30, 37)}})
    hatches = [pattern[0].get("d") for pattern in picture.root.iter(f"{SVG}pattern")]
    assert len(hatches) == len(set(hatches)) == 6  # and one is solid
    fills = [rect.get("fill") for rect in picture.root.findall(f"{SVG}rect")[1:]]
    assert [fill for fill in fills if fill.startswith("url")] == [f"url(#hatch-{place})" for place in range(1, 7)]


def test_long_lines_are_marked_a_dozen_times_and_not_at_the_same_places(tmp_path):
    curve = [(x, 0.5) for x in range(600)]
    marks = lines(tmp_path, {"a": curve, "b": curve}).marks()
    assert len(marks) == len(set(marks)) == 24


def test_the_diagonal_goes_from_corner_to_corner_of_equal_axes(tmp_path):
    for picture in (
        lines(tmp_path, {"a": [(0.2, 0.1), (0.9, 0.4)]}, diagonal=True),
        scatter(tmp_path, [(0.2, 0.1, "a"), (0.9, 0.4, "a")], diagonal=True),
    ):
        assert picture.texts.count("0.2") == picture.texts.count("1.0") == 2
        assert "y = x" in picture.texts
        assert picture.source.count('stroke-dasharray="3 3"') == 2  # in the plot and in the legend


def test_a_diagonal_on_a_logarithmic_axis_is_refused(tmp_path):
    with pytest.raises(ValueError, match="no straight line"):
        lines(tmp_path, {"a": [(1, 1)]}, diagonal=True, log_x=True)


def test_bars_are_as_high_as_their_values_from_zero(tmp_path):
    picture = bars(tmp_path, {"group": {"a": 4.0, "b": 1.0}, "second": {"a": 2.0}})
    heights = [height for _, _, _, height in picture.bars()]
    four = 4 / 5 * PLOT_HEIGHT  # up to 5, as there is a number over the longest bar
    assert heights == pytest.approx([four, four / 4, four / 2], abs=0.1)
    assert not [text for text in picture.texts if "starts at" in text]


def test_bars_below_zero_hang_from_it(tmp_path):
    zero = bars(tmp_path, {"group": {"a": 3.0, "b": -1.0}})
    up, down = zero.bars()
    assert up[1] + up[3] == pytest.approx(down[1], abs=0.1)
    assert up[3] == pytest.approx(3 * down[3], abs=0.5)


def test_an_axis_that_does_not_start_at_zero_says_so(tmp_path):
    picture = bars(tmp_path, {"group": {"a": 0.71, "b": 0.78}})
    assert "The vertical axis starts at 0.66, not at 0." in picture.texts
    assert "starts at 0.66" in picture.described
    low, high = picture.bars()
    assert high[3] / low[3] == pytest.approx((0.78 - 0.66) / (0.71 - 0.66), abs=0.02)
    below = bars(tmp_path, {"group": {"a": -0.71, "b": -0.78}})
    assert "The vertical axis starts at −0.66, not at 0." in below.texts
    assert below.bars()[0][1] == below.bars()[1][1]


def test_a_missing_bar_leaves_its_place_empty(tmp_path):
    full = bars(tmp_path, {"one": {"a": 1.0, "b": 2.0, "c": 3.0}, "two": {"a": 1.0, "b": 2.0, "c": 3.0}})
    holey = bars(tmp_path, {"one": {"a": 1.0, "b": NAN, "c": 3.0}, "two": {"b": 2.0}, "three": {"a": NAN}})
    assert holey.bars() == [full.bars()[place] for place in (0, 2, 4)]
    assert "three" not in holey.texts
    bare = bars(tmp_path, {"one": {"a": 1.0, "gone": NAN}})
    assert "gone" not in bare.texts


def test_values_stand_over_wide_bars_and_not_over_narrow_ones(tmp_path):
    assert "0.717" in bars(tmp_path, {"group": {"a": 0.7171, "b": 0.7525}}).texts
    many = {str(name): 0.7171 + name / 100 for name in range(12)}
    assert "0.717" not in bars(tmp_path, {"one": many, "two": many}).texts


def test_values_at_the_ends_of_the_axis_stay_clear_of_legend_and_names(tmp_path):
    picture = bars(tmp_path, {"group": {"a": 4.25, "b": -2.5}, "second": {"a": 6.0, "b": -4.0}})
    assert picture.place("second")[1] - picture.place("−4.0")[1] >= 19
    assert picture.place("6.0")[1] - picture.place("a")[1] >= 19


def test_group_names_are_wrapped_or_slanted_but_never_run_into_each_other(tmp_path):
    few = bars(tmp_path, {f"a rather long name {place}": {"a": 1.0} for place in range(6)})
    assert "a rather" in few.texts
    slanting = bars(tmp_path, {f"inseparable_name_{place}": {"a": 1.0} for place in range(9)})
    names = [text for text in slanting.root.iter(f"{SVG}text") if text.get("transform", "").startswith("rotate(-35")]
    assert [text.text for text in names][1:] == [f"inseparable_name_{place}" for place in range(1, 9)]
    assert int(slanting.root.get("height")) > int(few.root.get("height"))


def test_points_go_where_the_ticks_say_and_kinds_share_a_mark(tmp_path):
    picture = scatter(tmp_path, [(0, 1.0, "a"), (10, 3.0, "b"), (5, 2.0, "a"), (NAN, 1, "c")])
    first, middle, last = picture.marks()
    assert first == (picture.place("0")[0], picture.place("1.0")[1] - 5)
    assert last == (picture.place("10")[0], picture.place("3.0")[1] - 5)
    assert middle == pytest.approx(((first[0] + last[0]) / 2, (first[1] + last[1]) / 2), abs=0.1)
    assert "b" in picture.texts
    assert "c" not in picture.texts
    colours = [group[0].get("fill") for group in picture.root.iterfind(f"{SVG}g[@opacity]")]
    assert len(set(colours)) == 2


def test_many_kinds_are_named_at_the_point_and_not_in_a_legend(tmp_path):
    picture = scatter(tmp_path, [(place, place, f"skill <{place}>") for place in range(13)])
    assert not [text for text in picture.texts if "skill" in text]
    assert [title.text for title in picture.root.iterfind(f".//{SVG}g/{SVG}title")][12] == "skill <12>"
