r"""The lexer: cleaned text to tokens, by whitelist.

A token's kind is "num", "name", "text" (a word inside \text), "cmd", "end", or the sign itself ("+", "<=", "cup", ...).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from .lexicon import (
    COMMAND_NAMES,
    COMMAND_SIGNS,
    COMMAND_SPACES,
    COMMAND_TEXT,
    COMMANDS_KEPT,
    FUNCTIONS,
    MONEY,
    NUMBER_SETS,
)  # fmt: skip
from .nodes import TooBig
from .units import LETTERS

MAX_DIGITS = 60
RELATIONS = {"=", "!=", "<", ">", "<=", ">=", "in", "~", "->"}


class Unread(Exception):
    """Reading stopped at `index` of the cleaned text; `code` says why."""

    def __init__(self, code: str, index: int, word: str = "") -> None:
        super().__init__(code)
        self.code, self.index, self.word = code, index, word


@dataclass(frozen=True, slots=True)
class Token:
    kind: str
    text: str
    start: int
    end: int
    spaced: bool = False  # white space stands before it


@dataclass(frozen=True, slots=True)
class Manner:
    """How a text may be read.

    `letters`: the variables of the keys; a run of other letters is taken for a word. None (keys themselves): up to
    three letters are a product. `thousands`: `12,000` is a number rather than a list of two. `letter_units`: `5 m` is
    five metres rather than five times m. `things`: a word after a number is what is counted (`5 apples`).
    `decimal_comma`: `3,5` is three and a half. `parts`: `3 quarters` is a fraction. `several`: the key has several
    values, so that `+-3` may be both 3 and -3, which `plus_minus` reads. `natural`: the keys have `ln` and no `log`.
    """

    letters: frozenset[str] | None = None
    thousands: bool = True
    letter_units: bool = False
    things: bool = False
    decimal_comma: bool = False
    parts: bool = False
    several: bool = False
    plus_minus: bool = False
    natural: bool = False


_NUMBER = re.compile(r"\d+\.\d+|\d+\.(?!\d)|\.\d+|\d+")
_DECIMAL_COMMA = re.compile(r"\d+,\d+")
_EXPONENT = re.compile(r"[eE][+-]?\d{1,2}(?![\d.])")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?![\d,])")
_BRACED_THOUSANDS = re.compile(r"\d{1,3}(?:\{,\}\d{3})+(?!\d)")
_SPACED_THOUSANDS = re.compile(r"\d{1,3}(?:(?: |\\,|\\ )\d{3})+(?!\d)")
_COMMAND = re.compile(r"\\(?:[A-Za-z]+|[^A-Za-z])")
_SIGNS = {
    "+/-": "±", "...": "dots", "<=": "<=", ">=": ">=", "!=": "!=", "=<": "<=", "=>": ">=", "**": "^", "<>": "!=",
    "->": "->", "==": "=",
}  # fmt: skip
_BEFORE_NOT = {"(", "or", "and", "->", "not"}
_ORDINAL = re.compile(r"(?:st|nd|rd|th)\b")
_INCHES = re.compile(r"""' ?\d+(?:\.\d+)? ?(?:"|''|in\b)""")
_VECTOR = re.compile(r"<[^<>=]{1,80},[^<>=]{1,80}>")
_SINGLE = "+-*/÷^_=<>(){}[]|,;:!%&'"
_FENCES = {"left", "right", "bigl", "bigr", "Bigl", "Bigr", "big", "Big", "bigg", "Bigg", "mleft", "mright", "middle"}
_ENVIRONMENT = re.compile(r"\{([bpvBV]?matrix|cases|array|aligned)\}(?:\{[clr|]+\})?")


def tokens(text: str, manner: Manner) -> list[Token]:
    """The tokens of cleaned text. Raises Unread at the first thing that is not on the lists."""
    out: list[Token] = []
    at, spaced = 0, False

    def put(kind: str, piece: str, end: int) -> None:
        nonlocal at, spaced
        out.append(Token(kind, piece, at, end, spaced))
        at, spaced = end, False

    while at < len(text):
        char = text[at]
        sign = next((sign for sign in (text[at : at + 3], text[at : at + 2]) if sign in _SIGNS), None)
        if sign == "=<" and _VECTOR.match(text, at + 1):  # v=<2,3>
            sign = None
        if sign is None and manner.plus_minus and text[at : at + 2] in {"+-", "-+"}:
            sign = "+/-"
            put(_SIGNS[sign], sign, at + 2)
            continue
        if char == " ":
            at, spaced = at + 1, True
        elif char == "~":
            if re.match(r"~ ?[A-Zt]_?\w*\(", text[at : at + 40]):
                put("~", char, at + 1)
            elif re.match(r"~[a-z(]", text[at : at + 2]) and (not out or out[-1].kind in _BEFORE_NOT):
                put("not", char, at + 1)
            else:  # a space in LaTeX
                at, spaced = at + 1, True
        elif char.isascii() and (char.isdigit() or (char == "." and text[at + 1 : at + 2].isdigit())):
            digits, end = _number(text, at, manner)
            ordinal = _ORDINAL.match(text, end) if manner.things else None
            put("num", digits, ordinal.end() if ordinal else end)
        elif char.isascii() and char.isalpha():
            end = at
            while end < len(text) and text[end].isascii() and text[end].isalpha():
                end += 1
            put("name", text[at:end], end)
        elif char == "\\":
            at, spaced = _read_command(text, at, spaced, out, manner)
        elif sign is not None:
            put(_SIGNS[sign], sign, at + len(sign))
        elif char == "'" and out and out[-1].kind == "num" and _INCHES.match(text, at):  # 3'4"
            spaced = True
            put("name", "ft", at + 1)
        elif char == '"' and out and out[-1].kind == "num":  # 5/8" is in inches
            spaced = True
            put("name", "in", at + 1)
        elif char in MONEY:
            put("$", char, at + 1)
        elif char in _SINGLE:
            put(char, char, at + 1)
        else:
            raise Unread("unread", at)
    out.append(Token("end", "", len(text), len(text), spaced))
    return out


def _number(text: str, at: int, manner: Manner) -> tuple[str, int]:
    """The digits of the number that starts at `at`, without separators, and where it ends."""
    found = _shape(text, at, manner)
    end = found.end()
    written = found.group()
    if manner.decimal_comma and written.count(",") == 1 and "." not in written:
        written = written.replace(",", ".")
    digits = re.sub(r"[^\d.]", "", written)
    if len(digits) > MAX_DIGITS:
        raise TooBig
    power = _EXPONENT.match(text, end)
    if power and _is_exponent(text, end, digits, power.group(), manner):
        end, digits = power.end(), digits.rstrip(".") + "e" + power.group()[1:].lstrip("+")
    digits = digits.rstrip(".") if "e" not in digits else digits
    return ("0" + digits if digits.startswith(".") else digits), end


def _shape(text: str, at: int, manner: Manner) -> re.Match[str]:
    shapes = [_BRACED_THOUSANDS, _THOUSANDS, _SPACED_THOUSANDS] if manner.thousands else [_BRACED_THOUSANDS]
    if manner.decimal_comma:
        shapes = [_DECIMAL_COMMA]
    for shape in shapes:
        found = shape.match(text, at)
        if found:
            point = re.compile(re.escape(found.group()) + r"\.\d+").match(text, at)
            return point or found
    found = _NUMBER.match(text, at)
    assert found is not None  # the caller saw a digit
    return found


def _is_exponent(text: str, end: int, digits: str, power: str, manner: Manner) -> bool:
    """`1.2e-5` is a number; `2e-3` among letters, or in a key, may be twice e less three."""
    if power[0] == "E":
        return True
    if manner.letters is not None and "e" in manner.letters:
        return False
    signed = power[1] in "+-"
    if manner.letters is not None and manner.letters <= LETTERS:
        return True
    return "." in digits or manner.things or (signed and (manner.letters is not None or len(power) == 4))


def _read_command(text: str, at: int, spaced: bool, out: list[Token], manner: Manner) -> tuple[int, bool]:
    r"""Reads the command at `at`, appends its tokens, and gives where it ends and whether it leaves a space."""
    found = _COMMAND.match(text, at)
    if found is None:
        raise Unread("unread", at)
    name, end = found.group()[1:], found.end()

    def put(kind: str, piece: str, end: int = end) -> tuple[int, bool]:
        out.append(Token(kind, piece, at, end, spaced))
        return end, False

    if name in _FENCES:
        return _fence(text, at, end, name, spaced, out)
    if name in {"lvert", "rvert", "lVert", "rVert"}:
        return put("|open" if name[0] == "l" else "|close", "|")
    if name in COMMAND_SPACES:
        braces = re.compile(r"\{[\w. ]*\}").match(text, end) if name in {"hspace", "phantom"} else None
        return braces.end() if braces else end, True
    if name == "\\":
        return put("row", name)
    if name in {"begin", "end"}:
        environment = _ENVIRONMENT.match(text, end)
        if environment is None:
            raise Unread("unread", at)
        return put("begin" if name == "begin" else "finish", environment.group(1), environment.end())
    if name in COMMAND_TEXT:
        return _words(text, at, end, out, manner)
    if name == "mathbb":
        numbers = re.compile(r"\s*\{([RZNQC])\}|\s*([RZNQC])").match(text, end)
        if numbers is None:
            raise Unread("unread", at)
        letter = numbers.group(1) or numbers.group(2)
        return put("numbers", NUMBER_SETS.get(letter, "reals"), numbers.end())
    if name in {"emptyset", "varnothing"}:
        return put("emptyset", name)
    if name in {"ldots", "dots", "cdots"}:
        return put("dots", name)
    if name in COMMAND_SIGNS:
        return put(COMMAND_SIGNS[name], name)
    if name in COMMAND_NAMES or name in FUNCTIONS - {"sqrt"}:
        return put("name", COMMAND_NAMES.get(name, name))
    if name in COMMANDS_KEPT:
        return put("cmd", name)
    raise Unread("unread", at)


def _fence(text: str, at: int, end: int, name: str, spaced: bool, out: list[Token]) -> tuple[int, bool]:
    r"""`\left(` is a bracket; a bar knows from it which side it is; `\left.` is nothing."""
    closes = "right" in name or name.endswith("r")
    if text.startswith(".", end):
        return end + 1, True
    for bar in ("|", r"\vert", r"\lvert", r"\rvert", r"\|", r"\Vert", r"\lVert", r"\rVert"):
        if text.startswith(bar, end) and name != "middle":
            out.append(Token("|close" if closes else "|open", "|", at, end + len(bar), spaced))
            return end + len(bar), False
    if text[end : end + 1] in {"<", ">"}:
        out.append(Token("langle" if text[end] == "<" else "rangle", text[end], at, end + 1, spaced))
        return end + 1, False
    return end, spaced


def _words(text: str, at: int, end: int, out: list[Token], manner: Manner) -> tuple[int, bool]:
    r"""The tokens inside `\text{...}`: words are words, and signs between them are signs."""
    braced = re.compile(r"\s*\{((?:[^{}\\]|\\(?:degree |[ ,%$]))*)\}").match(text, end)
    if braced is None:
        raise Unread("unread", at)
    offset = braced.start(1)
    inner = tokens(braced.group(1), replace(manner, decimal_comma=False))[:-1]
    for token in inner:
        word = token.kind == "name" and len(token.text) > 1 and token.text not in FUNCTIONS
        start, end = token.start + offset, token.end + offset
        kind = "text" if word else token.kind
        out.append(replace(token, kind=kind, start=start, end=end, spaced=token.spaced or word))
    return braced.end(), not inner or len(inner[-1].text) > 1
