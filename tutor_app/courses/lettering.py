"""How numbers and terms of a template are written: no 1x, no + -3, no 0x.

Two modes: "math" writes LaTeX (inside `$...$` and in keys), "words" writes for running text.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import partial
from typing import Literal

from django.utils.translation import gettext as _

from tutor_app.courses.expressions import ARITHMETIC, ExpressionRefused, Function, Value

Mode = Literal["math", "words"]


def letter(value: Value, filters: Sequence[str], mode: Mode) -> str:
    """The value as a hole `[[value|filter|...]]` shows it. Raises ExpressionRefused for a filter that does not fit."""
    if isinstance(value, Fraction):
        return _number(value, filters, mode)
    if isinstance(value, str) and set(filters) <= {"capital"}:
        return value[:1].upper() + value[1:] if filters else value
    raise ExpressionRefused(
        _("“%(value)s” cannot be written with %(filters)s.")
        % {"value": value, "filters": ", ".join(filters) or "[[ ]]"}
    )


def _number(value: Fraction, filters: Sequence[str], mode: Mode) -> str:
    styles = [name for name in filters if name in STYLES]
    shapes = [name for name in filters if name in SHAPES]
    if len(styles) > 1 or len(shapes) > 1 or len(styles) + len(shapes) < len(filters):
        raise ExpressionRefused(_("“%(filters)s” are no filters for a number.") % {"filters": "|".join(filters)})
    style = STYLES[styles[0]] if styles else _as_fraction

    def size(number: Fraction) -> str:
        return style(number, mode)

    return SHAPES[shapes[0]](value, size) if shapes else _plain(value, size)


# --- styles: how the size of a number is written -------------------------------------------------------------------


def _as_fraction(size: Fraction, mode: Mode) -> str:
    if size.denominator == 1:
        return str(size.numerator)
    if mode == "math":
        return rf"\frac{{{size.numerator}}}{{{size.denominator}}}"
    return f"{size.numerator}/{size.denominator}"


def _as_mixed(size: Fraction, mode: Mode) -> str:
    units, part = divmod(size, 1)
    if not units or not part:
        return _as_fraction(size, mode)
    return f"{units}{'' if mode == 'math' else ' '}{_as_fraction(part, mode)}"


def _as_decimal(size: Fraction, mode: Mode) -> str:
    rest = size.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest != 1:
        raise ExpressionRefused(_("%(number)s has no end as a decimal.") % {"number": size})
    places = 0
    while (size * 10**places).denominator != 1:
        places += 1
    digits = str(int(size * 10**places)).rjust(places + 1, "0")
    return f"{digits[:-places]}.{digits[-places:]}" if places else digits


def _as_money(size: Fraction, mode: Mode) -> str:
    """Whole amounts without, others with two decimals: 4, 4.50."""
    if (size * 100).denominator != 1:
        raise ExpressionRefused(_("%(number)s is not an amount in cents.") % {"number": size})
    return _as_decimal(size, mode) if size.denominator == 1 else f"{int(size)}.{int(size * 100) % 100:02d}"


STYLES: Mapping[str, Callable[[Fraction, Mode], str]] = {
    "decimal": _as_decimal,
    "mixed": _as_mixed,
    "money": _as_money,
}

# --- shapes: how sign and size stand together ----------------------------------------------------------------------

Size = Callable[[Fraction], str]


def _plain(value: Fraction, size: Size) -> str:
    return f"-{size(-value)}" if value < 0 else size(value)


def _signed(value: Fraction, size: Size) -> str:
    """What is added to something before it: `+ 3`, `- 3`, nothing for 0."""
    return "" if value == 0 else f"{'-' if value < 0 else '+'} {size(abs(value))}"


def _coefficient(value: Fraction, size: Size) -> str:
    """What stands before a letter or a bracket: nothing for 1, `-` for -1."""
    _refuse_zero(value)
    return ("-" if value < 0 else "") + ("" if abs(value) == 1 else size(abs(value)))


def _signed_coefficient(value: Fraction, size: Size) -> str:
    """What stands before a letter or a bracket in the middle of a sum: `+`, `- 3`."""
    _refuse_zero(value)
    return ("- " if value < 0 else "+ ") + ("" if abs(value) == 1 else size(abs(value)))


def _bracketed(value: Fraction, size: Size) -> str:
    """A number that stands after a sign or a dot: in brackets where it is negative."""
    return f"({_plain(value, size)})" if value < 0 else size(value)


def _refuse_zero(value: Fraction) -> None:
    if value == 0:
        raise ExpressionRefused(_("A coefficient came out as 0: exclude it, or write the sum with terms()."))


SHAPES: Mapping[str, Callable[[Fraction, Size], str]] = {
    "signed": _signed,
    "coefficient": _coefficient,
    "signed_coefficient": _signed_coefficient,
    "bracketed": _bracketed,
}

# --- functions that write ------------------------------------------------------------------------------------------


def _terms(mode: Mode, *parts: Value) -> str:
    """A sum from coefficient, letter, coefficient, letter, ..., and perhaps a last number; what is 0 is left out."""
    pairs = [*zip(parts[::2], [*parts[1::2], ""], strict=False)]
    written = ""
    for number, symbol in pairs:
        if not isinstance(number, Fraction) or not isinstance(symbol, str):
            raise ExpressionRefused(_("terms() takes a number and a letter in turn."))
        if number == 0:
            continue
        size = _as_fraction(abs(number), mode)
        if symbol:
            size = "" if abs(number) == 1 else size
            size = f"({size})" if "/" in size else size
        sign = ("-" if number < 0 else "") if not written else (" - " if number < 0 else " + ")
        written += sign + size + symbol
    return written or "0"


def _plural(number: Value, one: Value, many: Value) -> str:
    if not isinstance(one, str) or not isinstance(many, str):
        raise ExpressionRefused(_("plural() takes a number and two words."))
    return one if number == 1 else many


def _decimal(mode: Mode, number: Value) -> str:
    if not isinstance(number, Fraction):
        raise ExpressionRefused(_("decimal() takes a number."))
    return letter(number, ["decimal"], mode)


def _functions(mode: Mode) -> Mapping[str, Function]:
    return {
        **ARITHMETIC,
        "terms": partial(_terms, mode),
        "linear": partial(_terms, mode),
        "plural": _plural,
        "decimal": partial(_decimal, mode),
    }


FUNCTIONS_BY_MODE: Mapping[Mode, Mapping[str, Function]] = {"math": _functions("math"), "words": _functions("words")}

# --- proof-reading -------------------------------------------------------------------------------------------------

MATHEMATICS = re.compile(r"(?<!\\)\$\$(.+?)(?<!\\)\$\$|(?<!\\)\$(.+?)(?<!\\)\$", re.DOTALL)


def flaws_of_text(text: str) -> list[str]:
    """What reads badly in a filled text, each as a short phrase. Empty for a text that is fine."""
    flaws = []
    if "[[" in text or "]]" in text:
        flaws.append(_("a hole is left open"))
    if len(re.findall(r"(?<!\\)\$", text)) % 2:
        flaws.append(_("a $ has no partner"))
    for display, inline in MATHEMATICS.findall(text):
        flaws.extend(flaws_of_mathematics(display or inline))
    return flaws


def flaws_of_mathematics(latex: str) -> list[str]:
    """What nobody would write by hand in a formula."""
    found = [
        _("“%(part)s” in “%(text)s”") % {"part": match.group(0).strip(), "text": latex.strip()}
        for pattern in _UNSIGHTLY
        for match in [pattern.search(latex)]
        if match
    ]
    if latex.count("{") != latex.count("}"):
        found.append(_("a brace without partner in “%(text)s”") % {"text": latex.strip()})
    return found


_UNSIGHTLY = tuple(
    re.compile(pattern)
    for pattern in (
        r"[+-]\s*[+-]",  # + -3
        r"(?<![\d.,a-zA-Z_^])1\s*[a-zA-Z(]",  # 1x, 1(
        r"(?<![\d.,])0\s*[a-zA-Z(]",  # 0x
        r"[+-]\s*0(?![\d.])",  # + 0
        r"(?<![\d.,])0\d",  # 05
        r"\\frac\{[^{}]*\}\{[01]\}",  # over 1, over 0
        r"[(=]\s*\+",  # = +3
        r"(\+|-|=|\\cdot)\s*($|[)=])",  # a sign with nothing after it
    )
)
