"""Charts for reports: one SVG file each, which Markdown shows and which no program is needed for.

What belongs together is told apart by colour (Okabe & Ito 2008) and also by dashes, marks or hatching, so that nothing
is lost to eyes that do not see colours or on a printer that has none. The same data give the same bytes.
"""

import math
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

WIDTH, PLOT_HEIGHT = 640, 290  # px; titles, legend and labels come on top
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
LINE = 19  # px from line to line of letters of 14 px
INK, GREY, PALE = "#1f2328", "#6e7781", "#e4e7eb"

COLOURS = ("#0072b2", "#d55e00", "#007a5a", "#a8457f", "#1f2328", "#b07800", "#4a9cc9")
DASHES = ("", "9 4", "2 4", "12 4 2 4", "5 3")
MARKS = (
    "M-4,0a4,4 0 1,0 8,0a4,4 0 1,0 -8,0z",  # disc
    "M-3.5,-3.5h7v7h-7z",  # square
    "M0,-5L4.5,3.5H-4.5z",  # triangle
    "M-4,-4L4,4M-4,4L4,-4",  # cross
    "M0,-5.5L4.5,0L0,5.5L-4.5,0z",  # diamond
    "M0,5L4.5,-3.5H-4.5z",  # triangle on its head
    "M-5,0H5M0,-5V5",  # plus
)
HATCHES = (  # a tile of 8 px each
    "",  # solid
    "M-2,6L2,10M-2,-2L10,10M6,-2L10,2",
    "M0,4H8",
    "M2,2h1v1h-1zM6,6h1v1h-1z",
    "M4,0V8",
    "M-2,2L2,-2M-2,10L10,-2M6,10L10,6",
    "M0,4H8M4,0V8",
)
MOST_KINDS = 12  # more would make no legend that anybody reads
MARKS_PER_LINE = 12


def line_chart(
    path: str | Path,
    *,
    title: str,
    x_label: str,
    y_label: str,
    series: Mapping[str, Sequence[tuple[float, float]]],
    diagonal: bool = False,
    log_x: bool = False,
) -> None:
    """Write a chart of lines through (x, y) points, in the order given.

    Args:
        path: of the SVG file, in a folder that exists.
        title, x_label, y_label: plain text, wrapped where it is long.
        series: name in the legend -> points. A point that is not finite, or not above 0 on a logarithmic axis, is
            left out and its neighbours are joined; a series without points is left out.
        diagonal: also draw y = x, and give both axes the same range. Raises ValueError together with `log_x`.
        log_x: logarithmic x axis.
    """
    if diagonal and log_x:
        raise ValueError("y = x is no straight line on a logarithmic axis: ask for `diagonal` or for `log_x`.")
    drawn = {name: _drawable(points, log_x) for name, points in series.items()}
    drawn = {name: points for name, points in drawn.items() if points}
    every = [point for points in drawn.values() for point in points]
    x_axis, y_axis = _axes(every, diagonal, log_x)
    styles = [_LineStyle(place) for place in range(len(drawn))]
    legend = [(name, style.swatch()) for name, style in zip(drawn, styles, strict=True)]
    described = [_described(name, points) for name, points in drawn.items()]
    chart = _Chart("Line chart", title, x_label, y_label, y_axis, legend + _diagonal_legend(diagonal), described)
    chart.draw_x_axis(x_axis)
    if diagonal:
        chart.draw_diagonal()
    for place, (style, points) in enumerate(zip(styles, drawn.values(), strict=True)):
        at = [(chart.x(x_axis.share(x)), chart.y(y)) for x, y in points]
        chart.add(f'<path d="M{"L".join(_pair(*point) for point in at)}" {style.stroke}/>')
        every_so_many = math.ceil(len(at) / MARKS_PER_LINE)
        first = place * every_so_many // max(len(drawn), 1)  # so that lines that meet do not hide each other's marks
        chart.add(*(style.mark(*point) for point in at[first::every_so_many]))
    if not drawn:
        chart.say_empty()
    chart.write(path)


def scatter_chart(
    path: str | Path,
    *,
    title: str,
    x_label: str,
    y_label: str,
    points: Sequence[tuple[float, float, str]],
    diagonal: bool = False,
) -> None:
    """Write a chart of points.

    Args:
        path, title, x_label, y_label, diagonal: as for `line_chart`.
        points: (x, y, kind). Points of a kind share a mark and an entry in the legend; with more than 12 kinds there
            is one mark and no legend, and a point is named where it is pointed at. What is not finite is left out.
    """
    kinds: dict[str, list[tuple[float, float]]] = {}
    for x, y, kind in points:
        if math.isfinite(x) and math.isfinite(y):
            kinds.setdefault(kind, []).append((x, y))
    x_axis, y_axis = _axes([point for of_kind in kinds.values() for point in of_kind], diagonal)
    named = len(kinds) > MOST_KINDS
    styles = [_LineStyle(0 if named else place) for place in range(len(kinds))]
    legend = [] if named else [(kind, style.mark(14, 0)) for kind, style in zip(kinds, styles, strict=True)]
    described = [_described(kind, of_kind) for kind, of_kind in kinds.items()]
    chart = _Chart("Scatter chart", title, x_label, y_label, y_axis, legend + _diagonal_legend(diagonal), described)
    chart.draw_x_axis(x_axis)
    if diagonal:
        chart.draw_diagonal()
    for style, (kind, of_kind) in zip(styles, kinds.items(), strict=True):
        marks = [style.mark(chart.x(x_axis.share(x)), chart.y(y)) for x, y in of_kind]
        chart.add('<g opacity="0.75">', f"<title>{_clean(kind)}</title>" if named else "", *marks, "</g>")
    if not kinds:
        chart.say_empty()
    chart.write(path)


def bar_chart(path: str | Path, *, title: str, y_label: str, groups: Mapping[str, Mapping[str, float]]) -> None:
    """Write a chart of bars side by side in groups.

    The y axis starts at 0 unless all values are far above it and close together; then a line below says where it
    starts.

    Args:
        path, title, y_label: as for `line_chart`.
        groups: name of the group -> name in the legend -> value. A value that is not finite or missing leaves its
            place empty; a group or a name without any value is left out.
    """
    kept = {
        group: {name: value for name, value in bars.items() if math.isfinite(value)} for group, bars in groups.items()
    }
    kept = {group: bars for group, bars in kept.items() if bars}
    names = list(dict.fromkeys(name for bars in groups.values() for name in bars))
    names = [name for name in names if any(name in bars for bars in kept.values())]
    y_axis = _bar_axis([value for bars in kept.values() for value in bars.values()])
    base = min(max(0.0, y_axis.low), y_axis.high)
    styles = {name: _BarStyle(place) for place, name in enumerate(names)}
    described = [
        f"{group}: {', '.join(f'{name} {_short(value)}' for name, value in bars.items())}."
        for group, bars in kept.items()
    ]
    legend = [(name, style.bar(3, -8, 22, 15)) for name, style in styles.items()]
    note = f"The vertical axis starts at {y_axis.label(base)}, not at 0." if base else ""
    chart = _Chart("Bar chart", title, note, y_label, y_axis, legend, described)
    chart.add("<defs>", *(style.pattern() for style in styles.values()), "</defs>")
    slot = chart.width / max(len(kept), 1)
    thick = min(slot * 0.8 / max(len(names), 1), 56)
    for place, bars in enumerate(kept.values()):
        left = chart.left + slot * (place + 0.5) - thick * len(names) / 2
        for column, name in enumerate(names):
            if name in bars:
                top, bottom = sorted((chart.y(bars[name]), chart.y(base)))
                chart.add(styles[name].bar(left + thick * column + 1, top, thick - 2, bottom - top))
    chart.draw_values(kept, names, slot, thick)
    chart.draw_groups(list(kept), slot, base)
    if not kept:
        chart.say_empty()
    chart.write(path)


@dataclass(frozen=True, slots=True)
class _Axis:
    """Where values lie between the first tick and the last."""

    ticks: tuple[float, ...]
    log: bool = False

    @property
    def low(self) -> float:
        return self.ticks[0]

    @property
    def high(self) -> float:
        return self.ticks[-1]

    def share(self, value: float) -> float:
        """0 at the start of the axis, 1 at its end."""
        if self.log:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    def label(self, tick: float) -> str:
        return _short(tick) if self.log else _number(tick, self.ticks[1] - self.ticks[0])


def _axis(values: Sequence[float], most: int = 6) -> _Axis:
    """Ticks at multiples of 1, 2 or 5 times a power of ten, around all values; 0 to 1 without any."""
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    if high - low <= 1e-9 * max(abs(low), abs(high)):
        room = abs(low) / 10 or 1.0
        low, high = low - room, high + room
    rough = (high - low) / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * (1 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return _Axis(tuple(_tidy(place * step) for place in range(first, last + 1)))


def _log_axis(values: Sequence[float]) -> _Axis:
    """Ticks at 1, 2 and 5 times powers of ten, or at powers alone where they are many."""
    low, high = (min(values), max(values)) if values else (1.0, 10.0)
    powers = range(math.floor(math.log10(low)) - 1, math.ceil(math.log10(high)) + 2)
    fine = math.log10(high / low) <= 2
    grid = [_tidy(factor * 10.0**power) for power in powers for factor in ((1, 2, 5) if fine else (1,))]
    first = max(place for place, tick in enumerate(grid) if tick <= low * (1 + 1e-9))
    last = max(first + 1, min(place for place, tick in enumerate(grid) if tick >= high * (1 - 1e-9)))
    shown = range(first, last, math.ceil((last - first) / 8))
    return _Axis((*(grid[place] for place in shown), grid[last]), log=True)


def _axes(points: Sequence[tuple[float, float]], same: bool, log_x: bool = False) -> tuple[_Axis, _Axis]:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    if same:
        both = _axis(xs + ys)
        return both, both
    return _log_axis(xs) if log_x else _axis(xs), _axis(ys)


def _bar_axis(values: Sequence[float]) -> _Axis:
    """From 0, unless the differences between bars would be too small to see: less than a third of the longest.

    Beyond the longest bars there is room for a number.
    """
    axis = _axis([0.0, *values])
    if values and (min(values) > 0 or max(values) < 0):
        near, far = sorted((min(values), max(values)), key=abs)
        if abs(far - near) < abs(far) / 3 and len(values) > 1 and near != far:
            axis = _axis([near - (far - near) / 2, far])
    ticks, step = list(axis.ticks), axis.ticks[1] - axis.ticks[0]
    if values and max(values) > 0 and axis.share(max(values)) > 0.94:
        ticks.append(_tidy(axis.high + step))
    if values and min(values) < 0 and axis.share(min(values)) < 0.06:
        ticks.insert(0, _tidy(axis.low - step))
    return _Axis(tuple(ticks))


@dataclass(frozen=True, slots=True)
class _LineStyle:
    place: int

    @property
    def colour(self) -> str:
        return COLOURS[self.place % len(COLOURS)]

    @property
    def stroke(self) -> str:
        dash = DASHES[self.place % len(DASHES)]
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        return f'fill="none" stroke="{self.colour}" stroke-width="2.2" stroke-linejoin="round"{dashes}'

    def mark(self, x: float, y: float) -> str:
        shape = MARKS[self.place % len(MARKS)]
        return (
            f'<path transform="translate({_pair(x, y)})" d="{shape}" '
            f'fill="{self.colour}" stroke="{self.colour}" stroke-width="1.5"/>'
        )

    def swatch(self) -> str:
        return f'<path d="M0,0H28" {self.stroke}/>{self.mark(14, 0)}'


@dataclass(frozen=True, slots=True)
class _BarStyle:
    place: int

    @property
    def colour(self) -> str:
        return COLOURS[self.place % len(COLOURS)]

    @property
    def hatch(self) -> str:
        return HATCHES[self.place % len(HATCHES)]

    def pattern(self) -> str:
        if not self.hatch:
            return ""
        return (
            f'<pattern id="hatch-{self.place}" width="8" height="8" patternUnits="userSpaceOnUse">'
            f'<path d="{self.hatch}" fill="none" stroke="{self.colour}" stroke-width="1.8"/></pattern>'
        )

    def bar(self, x: float, y: float, width: float, height: float) -> str:
        fill = f"url(#hatch-{self.place})" if self.hatch else self.colour
        return (
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" '
            f'fill="{fill}" stroke="{self.colour}" stroke-width="1.5"/>'
        )


class _Entry(NamedTuple):
    row: int
    x: float
    name: str
    swatch: str


@dataclass(slots=True)
class _Chart:
    """A sheet with title, legend and y axis, to which the data are added.

    Its size follows from what is written around the plot: long titles and many names make it higher, never wider.
    """

    kind: str
    title: str
    x_label: str
    y_label: str
    y_axis: _Axis
    legend: Sequence[tuple[str, str]]  # name, swatch
    described: Sequence[str]
    parts: list[str] = field(default_factory=list)
    left: float = 0.0
    top: float = 0.0
    width: float = 0.0
    below: float = 24.0  # px that the labels of the x axis take

    def __post_init__(self) -> None:
        labels = [self.y_axis.label(tick) for tick in self.y_axis.ticks]
        sideways = _wrapped(self.y_label, PLOT_HEIGHT + 20)
        self.left = 14 + LINE * len(sideways) + max(map(_length, labels)) + 8
        self.width = WIDTH - 26 - self.left
        headline = _wrapped(self.title, (WIDTH - 24) / 1.25)
        entries = self._legend_entries()
        self.top = 14 + 22 * len(headline) + (22 * (entries[-1].row + 1) if entries else 0) + 12
        for place, line in enumerate(headline):
            self.add(_text(line, 12, 26 + 22 * place, size=16, weight=600))
        for entry in entries:
            line_y = 14 + 22 * (len(headline) + entry.row) + 16
            self.add(f'<g transform="translate({_pair(entry.x, line_y - 5)})">{entry.swatch}</g>')
            self.add(_text(entry.name, entry.x + 34, line_y))
        for place, line in enumerate(sideways):
            self.add(_text(line, 22 + LINE * place, self.top + PLOT_HEIGHT / 2, anchor="middle", turn=-90))
        for tick, label in zip(self.y_axis.ticks, labels, strict=True):
            y = self.y(tick)
            self.add(_rule(self.left, y, self.left + self.width, y, PALE))
            self.add(_text(label, self.left - 8, y + 5, anchor="end"))

    def _legend_entries(self) -> list[_Entry]:
        entries, row, x = [], 0, 12.0
        for name, swatch in self.legend:
            shown = _shortened(name, WIDTH - 70)
            needed = 34 + _length(shown)
            if x > 12 and x + needed > WIDTH - 12:
                row, x = row + 1, 12.0
            entries.append(_Entry(row, x, shown, swatch))
            x += needed + 20
        return entries

    def add(self, *parts: str) -> None:
        self.parts.extend(part for part in parts if part)

    def x(self, share: float) -> float:
        return self.left + share * self.width

    def y(self, value: float) -> float:
        return self.top + (1 - self.y_axis.share(value)) * PLOT_HEIGHT

    def draw_x_axis(self, axis: _Axis) -> None:
        bottom = self.top + PLOT_HEIGHT
        for tick in axis.ticks:
            x, label = self.x(axis.share(tick)), axis.label(tick)
            self.add(_rule(x, self.top, x, bottom, PALE), _rule(x, bottom, x, bottom + 5, INK))
            self.add(_text(label, min(x, WIDTH - 6 - _length(label) / 2), bottom + 20, anchor="middle"))
        self.add(_rule(self.left, bottom, self.left + self.width, bottom, INK))

    def draw_diagonal(self) -> None:
        ends = self.left, self.top + PLOT_HEIGHT, self.left + self.width, self.top
        self.add(_rule(*ends, GREY, dashes="3 3"))

    def draw_groups(self, groups: Sequence[str], slot: float, base: float) -> None:
        """Names under the groups: in lines where all words fit, else slanting."""
        bottom, y = self.top + PLOT_HEIGHT, self.y(base)
        self.add(_rule(self.left, y, self.left + self.width, y, INK))
        fits = all(_length(word) <= slot - 6 for group in groups for word in group.split())
        for place, group in enumerate(groups):
            x = self.left + slot * (place + 0.5)
            if fits:
                lines = _wrapped(group, slot - 6)
                self.add(*(_text(line, x, bottom + 20 + LINE * at, anchor="middle") for at, line in enumerate(lines)))
                self.below = max(self.below, 24 + LINE * (len(lines) - 1))
            else:
                name = _shortened(group, min(190, (x - 10) / 0.8))
                self.add(_text(name, x + 5, bottom + 16, anchor="end", turn=-35))
                self.below = max(self.below, 22 + _length(name) * 0.58)

    def draw_values(
        self, groups: Mapping[str, Mapping[str, float]], names: Sequence[str], slot: float, thick: float
    ) -> None:
        """Values over their bars, if there is room for all of them: with one decimal more than the ticks."""
        values = [value for bars in groups.values() for value in bars.values()]
        step = self.y_axis.ticks[1] - self.y_axis.ticks[0]
        finer = step if all(value == round(value) for value in values) else step / 10
        if any(_length(_number(value, finer)) > thick for value in values):
            return
        for place, bars in enumerate(groups.values()):
            left = self.left + slot * (place + 0.5) - thick * len(names) / 2
            for column, name in enumerate(names):
                if name in bars:
                    value = bars[name]
                    y = self.y(value) + (-5 if value >= 0 else 16)
                    self.add(_text(_number(value, finer), left + thick * (column + 0.5), y, anchor="middle", halo=True))

    def say_empty(self) -> None:
        self.add(_text("No data", self.x(0.5), self.top + PLOT_HEIGHT / 2, anchor="middle"))

    def write(self, path: str | Path) -> None:
        bottom = self.top + PLOT_HEIGHT + self.below
        lines = _wrapped(self.x_label, WIDTH - 40)
        middle = self.x(0.5)
        for place, line in enumerate(lines):
            x = max(min(middle, WIDTH - 8 - _length(line) / 2), 8 + _length(line) / 2)
            self.add(_text(line, x, bottom + 16 + LINE * place, anchor="middle"))
        height = math.ceil(bottom + LINE * len(lines) + 12)
        about = [f"{self.kind}.", f"Vertical: {self.y_label}." if self.y_label else "", self.x_label]
        description = " ".join(part for part in (*about, *(self.described or ["No data."])) if part)
        lines = [
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label={quoteattr(_plain(self.title))} '
            f'width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" '
            f'font-family="{FONT}" font-size="14" fill="{INK}">',
            f"<title>{_clean(self.title)}</title>",
            f"<desc>{_clean(description)}</desc>",
            f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
            *self.parts,
            "</svg>",
        ]
        Path(path).write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def _diagonal_legend(diagonal: bool) -> list[tuple[str, str]]:
    return [("y = x", _rule(0, 0, 28, 0, GREY, dashes="3 3"))] if diagonal else []


def _drawable(points: Iterable[tuple[float, float]], log_x: bool) -> list[tuple[float, float]]:
    return [(x, y) for x, y in points if math.isfinite(x) and math.isfinite(y) and (x > 0 or not log_x)]


def _described(name: str, points: Sequence[tuple[float, float]]) -> str:
    """In words, for those who are read the picture."""
    if len(points) == 1:
        return f"{name}: ({_short(points[0][0])}, {_short(points[0][1])})."
    ys = [y for _, y in points]
    return (
        f"{name}: {len(points)} points, from ({_short(points[0][0])}, {_short(points[0][1])}) to "
        f"({_short(points[-1][0])}, {_short(points[-1][1])}), between {_short(min(ys))} and {_short(max(ys))}."
    )


def _tidy(value: float) -> float:
    return float(f"{value:.12g}")  # 0.30000000000000004 is meant to be 0.3


def _number(value: float, step: float) -> str:
    """A tick as people write it, with as many decimals as its step has."""
    largest = max(abs(value), step)
    if largest >= 1e6 or step < 1e-5:
        return _short(value)
    return f"{value:,.{max(0, -math.floor(math.log10(step) + 1e-9))}f}".replace("-", "−")


def _short(value: float) -> str:
    """Three digits that count, or all of those before the point; millions as 1.2M."""
    if abs(value) >= 1e12 or 0 < abs(value) < 1e-4:
        text = f"{value:.3g}"
    elif abs(value) >= 1e6:
        text = f"{value / 1e9:.4g}G" if abs(value) >= 1e9 else f"{value / 1e6:.4g}M"
    else:
        text = f"{value:,.0f}" if abs(value) >= 999.5 else f"{value:.3g}"
    return text.replace("-", "−")


def _pair(x: float, y: float) -> str:
    return f"{x:.1f},{y:.1f}"


def _plain(text: str) -> str:
    """On one line, without the characters that XML forbids."""
    kept = (" " if letter.isspace() else letter for letter in text)
    return "".join(c for c in kept if unicodedata.category(c) not in ("Cc", "Cs") and c not in "\ufffe\uffff")


def _clean(text: str) -> str:
    return escape(_plain(text))


def _length(text: str) -> float:
    """About how many px a text of 14 px takes, in a wide font such as DejaVu Sans."""
    return sum(map(_letter, text))


def _letter(letter: str) -> float:
    if letter in "ijlI.,:;'|!()[] ftr-/":
        return 5.0
    if letter in "mwMW—…%@" or unicodedata.east_asian_width(letter) in "WF":
        return 14.0
    return 9.6 if letter.isupper() else 8.7


def _shortened(text: str, width: float) -> str:
    """Without its middle if it is too long: names often differ in their last letters."""
    text = _plain(text)
    shown, kept = text, len(text)
    while _length(shown) > width and kept > 2:
        kept -= 1
        shown = f"{text[: kept - kept // 2]}…{text[len(text) - kept // 2 :]}"
    return shown


def _wrapped(text: str, width: float) -> list[str]:
    """Lines of whole words; a word that is longer than a line is shortened."""
    lines: list[str] = []
    for word in _plain(text).split():
        if lines and _length(f"{lines[-1]} {word}") <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(_shortened(word, width))
    return lines


def _text(
    text: str,
    x: float,
    y: float,
    *,
    anchor: str = "start",
    size: int = 14,
    weight: int = 400,
    turn: int = 0,
    halo: bool = False,
) -> str:
    more = "" if anchor == "start" else f' text-anchor="{anchor}"'
    more += "" if size == 14 else f' font-size="{size}"'
    more += "" if weight == 400 else f' font-weight="{weight}"'
    more += f' transform="rotate({turn} {x:.1f} {y:.1f})"' if turn else ""
    more += ' stroke="#ffffff" stroke-width="3" paint-order="stroke"' if halo else ""
    return f'<text x="{x:.1f}" y="{y:.1f}"{more}>{_clean(text)}</text>'


def _rule(x1: float, y1: float, x2: float, y2: float, colour: str, *, dashes: str = "") -> str:
    more = f' stroke-dasharray="{dashes}" stroke-width="1.5"' if dashes else ""
    return f'<path d="M{_pair(x1, y1)}L{_pair(x2, y2)}" stroke="{colour}"{more}/>'
