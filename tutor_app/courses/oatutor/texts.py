r"""OATutor's way of writing a text, turned into our Markdown.

OATutor: plain text, mathematics between `$$`, line breaks as the two characters `\n` or as HTML, figures as
`##name.gif##` (the last `##` often missing), `@{name}` for a value of the variant. Ours: Markdown with `$...$`,
paragraphs, `![](figure:name)`.
Authors' mistakes are mended where there is one reading only; what cannot be read raises TextRefused.
"""

import html
import re
from collections.abc import Iterator, Mapping
from itertools import pairwise

from django.utils.translation import gettext as _

from tutor_app.courses.oatutor.latex import display_latex

MAX_TEXT = 20_000  # characters; the longest real one has 709
MAX_DELIMITERS = 60  # beyond that a wrong number of `$$` is not puzzled out

FIGURE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
FIGURE_IN_MARKDOWN = re.compile(r"!\[[^\]]*\]\(figure:([^)]+)\)")

ESCAPE_OR_DELIMITER = re.compile(r"\\.|\$\$", re.DOTALL)
VARIABLE = re.compile(r"@\{\s*([^{}]*?)\s*\}")
FIGURE = re.compile(r"##\s*([^#\n]*?\.\w{1,5})\s*##|##\s*([^\s#]+\.\w{1,5})")
PLACEHOLDER_BEFORE_FIGURE = re.compile(r"\bimage\s?\d*(?=\s*\ue000)", re.IGNORECASE)
BREAKING_TAG = re.compile(r"<\s*/?\s*(?:br|p|div|tr|li|ul|ol|table|tbody|thead|h[1-6])\b[^<>]*>", re.IGNORECASE)
CELL_TAG = re.compile(r"<\s*/\s*t[dh]\s*>\s*(?=<\s*t[dh])", re.IGNORECASE)
SMALL_TAG = re.compile(r"<\s*(su[bp])\s*>([^<>]*)<\s*/\s*\1\s*>", re.IGNORECASE)
OTHER_TAG = re.compile(
    r"<\s*/?\s*(?:b|i|u|em|strong|span|font|center|td|th|sup|sub|small|big|a)\b[^<>]*>", re.IGNORECASE
)
ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
LINE_BREAK = re.compile(r"\\n(?!(?:eq|e|leq|geq|ot|otin|mid|abla)(?![A-Za-z]))")
POWER_IN_PROSE = re.compile(r"(?<=[\w)\]}])\*\*(?=[\w({-])")
INVISIBLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u2060\ufeff\ud800-\udfff\ue000-\uf8ff]")

SYMBOLS = {
    "neq": "≠", "ne": "≠", "leq": "≤", "le": "≤", "geq": "≥", "ge": "≥", "times": "×", "cdot": "·", "div": "÷",
    "pm": "±", "infty": "∞", "pi": "π", "approx": "≈", "degree": "°", "rightarrow": "→", "to": "→", "ldots": "…",
    "dots": "…", "quad": " ", "qquad": " ", "therefore": "∴",
}  # fmt: skip
SYMBOL = re.compile(rf"\\({'|'.join(SYMBOLS)})(?![A-Za-z])\s?")
MACRO_WORD = re.compile(r"\S*\\[A-Za-z]+\S*")
PROSE_WORD = re.compile(r"(?<![\\A-Za-z])[A-Za-z]{2,}(?![A-Za-z{(])")
LATEX_SIGN = re.compile(r"\\[A-Za-z]+|[\^_]\{")
MONEY = re.compile(r"\s*\\\$\s*(\d{1,3}(?:,\s*\d{3})+|\d+)(\.\d+)?\s*")
RELATION_SIGN = re.compile(r"\s*(?:[<>=≤≥≠]|[<>!]=)\s*")
HYPHENATED = re.compile(r"\s*(?=\S*[A-Za-z]{4})[A-Za-z]+(?:-[A-Za-z]+)+\s*")  # `$$twenty-one$$`: no difference
THOUSANDS = re.compile(r"(\\\$\d{1,3}(?:,\s+\d{3})+)(?!\d)")


class TextRefused(ValueError):
    """A text that cannot be shown as it was meant; the message says why."""


def markdown(source: str, values: Mapping[str, str], *, one_line: bool = False) -> str:
    """A text of OATutor's as Markdown. Raises TextRefused for an unknown `@{...}`, an unreadable figure, too much text.

    `one_line` is for titles and choices: breaks become spaces.
    """
    if len(source) > MAX_TEXT:
        raise TextRefused(_("a text has %(length)d characters") % {"length": len(source)})
    if RELATION_SIGN.fullmatch(source):
        return f"${display_latex(source)}$"  # a choice that is `>` would be a quotation
    pieces: list[str] = []
    figures: list[str] = []
    for is_mathematics, piece in segments(fill(source, values)):
        if not is_mathematics:
            after_mathematics = pieces and pieces[-1].endswith("$")
            prose = _prose(piece, figures)
            # A `$` before a digit would open an amount, not close mathematics.
            pieces.append(f" {prose}" if after_mathematics and prose[:1].isdigit() else prose)
        elif money := MONEY.fullmatch(piece):
            pieces.append(r"\$" + "".join(money.group(1).split()) + (money.group(2) or ""))
        elif HYPHENATED.fullmatch(piece):
            pieces.append(re.sub(r"(?<![A-Za-z])([A-Za-z])(?![A-Za-z])", r"$\1$", piece.strip()))
        elif latex := display_latex(_tidy_money(piece)):
            glued = pieces and pieces[-1].endswith("$") and not pieces[-1].endswith(r"\$")
            pieces.append(f" ${latex}$" if glued else f"${latex}$")
        else:
            pieces.append(" ")
    lines = [re.sub(r"[ \t]+", " ", line).strip() for line in "".join(pieces).split("\n")]
    lines = [line for line in lines if line]
    text = " ".join(lines) if one_line else ""
    lines = [text] if one_line else lines
    bullets = sum(line.startswith("- ") for line in lines) >= 2
    text = "\n\n".join(_safe_start(line, bullets) for line in lines)
    return re.sub("\ue000(\\d+)\ue001", lambda match: _picture(figures[int(match.group(1))]), text)


def fill(source: str, values: Mapping[str, str]) -> str:
    """The text with `@{name}` replaced by values. Raises TextRefused for a name without one."""

    def value(match: re.Match[str]) -> str:
        if match.group(1) not in values:
            raise TextRefused(_("“@{%(name)s}” has no values") % {"name": match.group(1)[:50]})
        return values[match.group(1)]

    filled = VARIABLE.sub(value, source)
    if "@{" in filled:
        raise TextRefused(_("“@{” is never closed"))
    return filled


def first_values(variabilization: object) -> dict[str, str]:
    """The first of the values that every `@{name}` may take (OATutor takes the nth of each together)."""
    if not isinstance(variabilization, dict):
        return {}
    return {
        name: str(options[0])
        for name, options in variabilization.items()
        if isinstance(options, list) and options and isinstance(options[0], str | int | float)
    }


def figures_in(text: str) -> list[str]:
    """Names of the figures that a Markdown text shows."""
    return FIGURE_IN_MARKDOWN.findall(text)


# --- mathematics and prose ----------------------------------------------------------------------------------------


def segments(source: str) -> Iterator[tuple[bool, str]]:
    """The text cut at its `$$`, as (is mathematics, content); an odd `$$` is puzzled out."""
    places = [match.start() for match in ESCAPE_OR_DELIMITER.finditer(source) if match.group() == "$$"]
    if len(places) % 2:
        source, places = _with_even_delimiters(source, places)
    bounds = [(0, 0), *((place, place + 2) for place in places), (len(source), len(source))]
    for number, ((_start, begin), (end, _stop)) in enumerate(pairwise(bounds)):
        if end > begin:
            yield bool(number % 2), source[begin:end]


def _with_even_delimiters(source: str, places: list[int]) -> tuple[str, list[int]]:
    """The text with one `$$` more or less, such that mathematics looks least like prose and prose least like it."""
    last = places[-1]
    line_end = next((m.start() for m in LINE_BREAK.finditer(source, last + 2)), len(source))
    repairs = [(source[:line_end] + "$$" + source[line_end:], [*places, line_end])]
    for index in range(len(places) - 1, -1, -1) if len(places) <= MAX_DELIMITERS else [len(places) - 1]:
        place = places[index]
        left = source[:place] + source[place + 2 :]
        repairs.append((left, [*places[:index], *(other - 2 for other in places[index + 1 :])]))
    return min(repairs, key=lambda repair: _strangeness(*repair))


def _strangeness(source: str, places: list[int]) -> int:
    """How much of the mathematics reads as prose, and of the prose as mathematics."""
    bounds = [0, *places, len(source)]
    total = 0
    for number, (begin, end) in enumerate(pairwise(bounds)):
        piece = source[begin:end].removeprefix("$$")
        if number % 2:
            total += len(PROSE_WORD.findall(piece)) + 2 * (not piece.strip())
        else:
            total += 2 * len(LATEX_SIGN.findall(LINE_BREAK.sub(" ", piece)))
    return total


def _tidy_money(latex: str) -> str:
    r"""`\$2, 612.50`, as OATutor's converter leaves it, with its thousands together."""
    return THOUSANDS.sub(lambda match: re.sub(r",\s+", "{,}", match.group(1)), latex)


def _prose(source: str, figures: list[str]) -> str:
    """Plain text made safe for Markdown, lines apart by `\n`; figures are left as marks that index `figures`."""
    text = source.replace("\r", "\n") if "\n" not in source else source.replace("\r", "")
    text = INVISIBLE.sub("", text.replace("\xa0", " ").replace("\t", " "))
    text = LINE_BREAK.sub("\n", text)
    if "<" in text:
        text = CELL_TAG.sub(" | ", text)
        text = BREAKING_TAG.sub("\n", text)
        text = SMALL_TAG.sub(lambda m: ("^" if m.group(1).lower() == "sup" else "_") + m.group(2), text)
        text = OTHER_TAG.sub("", text)
    text = ENTITY.sub(lambda match: html.unescape(match.group()), text)
    text = SYMBOL.sub(lambda match: SYMBOLS[match.group(1)] + (" " if match.group().endswith(" ") else ""), text)
    text = FIGURE.sub(lambda match: _mark(match.group(1) or match.group(2), figures), text)
    text = PLACEHOLDER_BEFORE_FIGURE.sub("", text)
    if "##" in text:
        raise TextRefused(_("a figure's mark “##” cannot be read"))
    text = POWER_IN_PROSE.sub("^", text)
    pieces: list[str] = []
    done = 0
    for match in MACRO_WORD.finditer(text):
        latex = display_latex(match.group())
        pieces += [_escape(text[done : match.start()]), f"${latex}$" if latex else ""]
        done = match.end()
    return "".join([*pieces, _escape(text[done:])])


def _mark(name: str, figures: list[str]) -> str:
    name = name.strip()
    if not FIGURE_NAME.fullmatch(name):
        raise TextRefused(_("“%(name)s” is no name for a figure") % {"name": name[:80]})
    figures.append(name)
    return f"\n\ue000{len(figures) - 1}\ue001\n"


def _escape(text: str) -> str:
    """Prose in which no character means something to Markdown; a dollar written `\\$` already stays one dollar."""
    text = re.sub(r"\\([$%#&_{}])", r"\1", text)
    text = re.sub(r"[\\`*_$~]", r"\\\g<0>", text)
    text = re.sub(r"<(?=[A-Za-z/!?])", r"\\<", text)
    text = re.sub(r"&(?=#?\w{1,31};)", r"\\&", text)
    return text.replace("](", r"]\(").replace("![", r"\![")


def _safe_start(line: str, bullets: bool) -> str:
    """A line whose first characters do not turn it into a heading, a quotation, a rule or a list by accident."""
    if bullets and line.startswith("- "):
        return line
    line = re.sub(r"^(\d{1,9})([.)])(?=\s|$)", r"\1\\\2", line)
    return re.sub(r"^(?=(?:#{1,6}|[-+])(?:\s|$)|>|-{3,}|={3,})", r"\\", line)


def _picture(name: str) -> str:
    words = re.sub(r"[._-]+|(?<=[a-z])(?=\d)", " ", name.rpartition(".")[0]).strip()
    return f"![{words[:1].upper()}{words[1:]}](figure:{name})"
