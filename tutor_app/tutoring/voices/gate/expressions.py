"""Finding mathematics in prose, written in signs or in words, and working it out.

`Reader(text).runs` are the longest pieces that can be read: numbers, expressions, relations, tuples. "one more than 6",
"6 + 1", "half of 14", "take 10 and subtract 3" and "seven" are all read. What is not mathematics is stepped over.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import Generic, TypeVar

from . import values
from .numerals import (
    AMBIGUOUS,
    CHINESE,
    ORDINALS,
    PARTS,
    SCALES,
    SMALL,
    chinese,
    english,
    foreign_parts,
    foreign_words,
    roman,
)
from .patterns import fullmatch
from .plain import listed
from .values import Value, letter, number

MOST_TOKENS = 2_500
DEEPEST = 16
MOST_STEPS = 60  # operations of one expression; a longer one is read in pieces

CHINESE_WORDS = "答案|结果|等于|就是|应该是|选择|填写|输入|得到|正确|答え"
TOKEN = re.compile(
    rf"(?P<ordinal>\d+(?:st|nd|rd|th)\b)"
    rf"|(?P<prefixed>0x[0-9A-Fa-f]+\b|0b[01]+\b|0o[0-7]+\b)"
    rf"|(?P<number>\d{{1,3}}(?:,\d{{3}})+(?!\d|,\d)(?:\.\d+)?|\d+\.\d+(?:[eE][+-]?\d{{1,2}})?(?!\d)|(?<![\w.])\.\d+"
    rf"|\b0,\d+(?![\d,])|\d+(?:[eE][+-]?\d{{1,2}}(?!\w))?)"
    rf"|(?P<chinese>{CHINESE.pattern})"
    rf"|(?P<code>[A-Za-z]+\d\w*)"
    rf"|(?P<cjk>{CHINESE_WORDS}|[\u4e00-\u9fff]|[\u3040-\u30ff]+)"
    rf"|(?P<word>[^\W\d_\u3040-\u30ff\u4e00-\u9fff]+(?:'[a-z]+)?)"
    rf"|(?P<line>\n\s*)"
    rf"|(?P<sign><=|>=|=<|!=|==|->|=>|\*\*|\.\.\.|[^\w\s]|_+)"
)
ENGLISH = frozenset(listed("the is of to you and it what your this that answer so then we just with for are"))

Work = Callable[[Value], Value]
T = TypeVar("T")


class Phrases(Generic[T]):
    """Phrases and what they say, found by their first word."""

    def __init__(self, says: Mapping[tuple[str, ...], T]) -> None:
        self.says = says
        self.longest: dict[str, int] = {}
        for words in says:
            self.longest[words[0]] = max(len(words), self.longest.get(words[0], 0))


RELATIONS: Phrases[str] = Phrases({
    ("=",): "=", ("==",): "=", ("<",): "<", (">",): ">", ("<=",): "<=", ("=<",): "<=", (">=",): ">=", ("~",): "=",
    ("!=",): "!=",
    ("equals",): "=", ("equal", "to"): "=", ("the", "same", "as"): "=", ("identical", "to"): "=",
    ("less", "than", "or", "equal", "to"): "<=", ("greater", "than", "or", "equal", "to"): ">=",
    ("more", "than", "or", "equal", "to"): ">=", ("smaller", "than", "or", "equal", "to"): "<=",
    ("larger", "than", "or", "equal", "to"): ">=", ("bigger", "than", "or", "equal", "to"): ">=",
    ("at", "most"): "<=", ("at", "least"): ">=", ("no", "more", "than"): "<=", ("no", "less", "than"): ">=",
    ("not", "more", "than"): "<=", ("not", "less", "than"): ">=", ("no", "greater", "than"): "<=",
    ("no", "smaller", "than"): ">=", ("not", "greater", "than"): "<=", ("not", "smaller", "than"): ">=",
    ("less", "than"): "<", ("fewer", "than"): "<", ("greater", "than"): ">",
    ("more", "than"): ">", ("smaller", "than"): "<",
    ("larger", "than"): ">", ("bigger", "than"): ">", ("higher", "than"): ">", ("lower", "than"): "<",
    ("mayor", "que"): ">", ("menor", "que"): "<", ("maior", "que"): ">", ("superieur", "a"): ">",
    ("inferieur", "a"): "<",
    ("plus", "grand", "que"): ">", ("plus", "petit", "que"): "<", ("großer", "als"): ">",
    ("grosser", "als"): ">", ("kleiner", "als"): "<", ("maggiore", "di"): ">", ("minore", "di"): "<",
    ("vale",): "=", ("vaut",): "=", ("igual", "a"): "=", ("egal", "a"): "=", ("gleich",): "=",
    ("below",): "<", ("above",): ">", ("under",): "<", ("exceeds",): ">", ("exceeding",): ">",
})  # fmt: skip
FOREIGN_MINUS = frozenset(listed("menos moins meno"))
COPULAS = frozenset(listed("is are be was being stays lies remains es est ist son sind"))


def _plus(amount: int) -> Work:
    return lambda value: values.add(value, replace(number(Fraction(amount)), literals=()))


def _times(factor: Fraction) -> Work:
    return lambda value: values.multiply(replace(number(factor), literals=()), value)


def _square(value: Value) -> Value:
    return values.power(value, replace(number(Fraction(2)), literals=()))


def _cube(value: Value) -> Value:
    return values.power(value, replace(number(Fraction(3)), literals=()))


def _turned(value: Value) -> Value:
    """The negative of a value, as an operation that was spoken of."""
    return replace(values.negative(value), literals=value.literals, steps=value.steps + 1)


def _inverse(value: Value) -> Value:
    return values.divide(replace(number(Fraction(1)), literals=()), value)


AFTER, BEFORE = _plus(1), _plus(-1)
PREFIXES: Phrases[Work] = Phrases({
    ("square", "root", "of"): values.root, ("root", "of"): values.root, ("sqrt", "of"): values.root,
    ("sqrt",): values.root, ("root",): values.root, ("square", "root"): values.root,
    ("cube", "root", "of"): lambda value: values.root(value, 3), ("third", "root", "of"): lambda v: values.root(v, 3),
    ("square", "of"): _square, ("cube", "of"): _cube, ("half", "of"): _times(Fraction(1, 2)),
    ("half",): _times(Fraction(1, 2)), ("halve",): _times(Fraction(1, 2)), ("double",): _times(Fraction(2)),
    ("twice",): _times(Fraction(2)), ("triple",): _times(Fraction(3)), ("thrice",): _times(Fraction(3)),
    ("double", "of"): _times(Fraction(2)), ("triple", "of"): _times(Fraction(3)),
    ("opposite", "of"): _turned, ("negative", "of"): _turned, ("additive", "inverse", "of"): _turned,
    ("inverse", "of"): _inverse, ("reciprocal", "of"): _inverse, ("multiplicative", "inverse", "of"): _inverse,
    ("absolute", "value", "of"): lambda value: values.function("abs", value), ("magnitude", "of"):
    lambda value: values.function("abs", value),
    ("after",): AFTER, ("following",): AFTER, ("follows",): AFTER, ("successor", "of"): AFTER, ("past",): AFTER,
    ("before",): BEFORE, ("preceding",): BEFORE, ("precedes",): BEFORE, ("predecessor", "of"): BEFORE,
    ("increment",): AFTER, ("decrement",): BEFORE,
    ("ln",): lambda value: values.function("ln", value), ("log",): lambda value: values.function("log", value),
    ("sin",): lambda value: values.function("sin", value), ("cos",): lambda value: values.function("cos", value),
    ("tan",): lambda value: values.function("tan", value), ("sec",): lambda value: values.function("sec", value),
    ("csc",): lambda value: values.function("csc", value), ("cot",): lambda value: values.function("cot", value),
    ("arcsin",): lambda value: values.function("arcsin", value), ("arccos",):
    lambda value: values.function("arccos", value), ("arctan",): lambda value: values.function("arctan", value),
    ("exp",): lambda value: values.function("exp", value),
    ("abs",): lambda value: values.function("abs", value),
})  # fmt: skip
OF_LETTERS = frozenset(
    listed(
        "reciprocal sqrt root square twice half double cube ln log abs sin cos tan sec csc cot arcsin arccos "
        "arctan exp sine cosine"
    )
)
NEXT_TO = re.compile(r"(?:number|integer|one|digit|whole|right|just|directly|immediately|comes|next|natural|it|value)$")

# verb -> what joins its two numbers -> what to do with (first, second)
BINARY: Phrases[tuple[tuple[tuple[str, ...], ...], Callable[[Value, Value], Value]]] = Phrases(
    {
        ("add",): ((("and",), ("to",), ("plus",), ("with",), (",",)), values.add),
        ("adding",): ((("and",), ("to",), ("plus",)), values.add),
        ("sum", "of"): ((("and",), (",", "and"), (",",), ("plus",)), values.add),
        ("sum",): ((("and",), (",",)), values.add),
        ("total", "of"): ((("and",), (",", "and"), (",",)), values.add),
        ("combine",): ((("and",), ("with",)), values.add),
        ("go", "up"): ((("from",),), values.add),
        ("count", "up"): ((("from",),), values.add),
        ("subtract",): ((("from",),), lambda one, two: values.subtract(two, one)),
        ("subtracting",): ((("from",),), lambda one, two: values.subtract(two, one)),
        ("take", "away"): ((("from",),), lambda one, two: values.subtract(two, one)),
        ("take",): ((("from",), ("away", "from"), ("off",)), lambda one, two: values.subtract(two, one)),
        ("remove",): ((("from",),), lambda one, two: values.subtract(two, one)),
        ("deduct",): ((("from",),), lambda one, two: values.subtract(two, one)),
        ("go", "down"): ((("from",),), lambda one, two: values.subtract(two, one)),
        ("count", "back"): ((("from",),), lambda one, two: values.subtract(two, one)),
        ("from",): ((("take",), ("subtract",), ("take", "away"), ("remove",)), values.subtract),
        ("difference", "between"): ((("and",),), values.subtract),
        ("difference", "of"): ((("and",),), values.subtract),
        ("multiply",): ((("by",), ("and",), ("with",), ("times",)), values.multiply),
        ("multiplying",): ((("by",), ("and",), ("with",)), values.multiply),
        ("product", "of"): ((("and",), (",", "and"), (",",)), values.multiply),
        ("divide",): ((("by",), ("into",), ("between",)), values.divide),
        ("dividing",): ((("by",),), values.divide),
        ("split",): ((("into",), ("by",), ("in",)), values.divide),
        ("share",): ((("among",), ("between",), ("by",)), values.divide),
        ("quotient", "of"): ((("and",),), values.divide),
        ("ratio", "of"): ((("to",), ("and",)), values.divide),
        ("average", "of"): ((("and",),), lambda one, two: _times(Fraction(1, 2))(values.add(one, two))),
        ("mean", "of"): ((("and",),), lambda one, two: _times(Fraction(1, 2))(values.add(one, two))),
        ("halfway", "between"): ((("and",),), lambda one, two: _times(Fraction(1, 2))(values.add(one, two))),
        ("midway", "between"): ((("and",),), lambda one, two: _times(Fraction(1, 2))(values.add(one, two))),
        ("middle", "of"): ((("and",),), lambda one, two: _times(Fraction(1, 2))(values.add(one, two))),
        ("midpoint", "between"): ((("and",),), lambda one, two: _times(Fraction(1, 2))(values.add(one, two))),
        ("midpoint", "of"): ((("and",),), lambda one, two: _times(Fraction(1, 2))(values.add(one, two))),
        ("number", "between"): ((("and",),), lambda one, two: _times(Fraction(1, 2))(values.add(one, two))),
        ("integer", "between"): ((("and",),), lambda one, two: _times(Fraction(1, 2))(values.add(one, two))),
    }
)
# what may follow a number and works on it
CHAINED: Phrases[Callable[[Value, Value], Value]] = Phrases({
    ("add",): values.add, ("plus",): values.add, ("and", "add"): values.add, ("increased", "by"): values.add,
    ("increase", "it", "by"): values.add, ("raised", "by"): values.add, ("added", "to"): values.add,
    ("together", "with"): values.add,
    ("subtract",): values.subtract, ("minus",): values.subtract, ("take", "away"): values.subtract,
    ("remove",): values.subtract, ("decreased", "by"): values.subtract, ("reduced", "by"): values.subtract,
    ("decrease", "it", "by"): values.subtract, ("diminished", "by"): values.subtract, ("take", "off"): values.subtract,
    ("less",): values.subtract, ("without",): values.subtract, ("lowered", "by"): values.subtract,
    ("taking", "away"): values.subtract, ("take",): values.subtract, ("drop",): values.subtract,
    ("subtracted", "from"): lambda one, two: values.subtract(two, one),
    ("taken", "from"): lambda one, two: values.subtract(two, one),
    ("taken", "away", "from"): lambda one, two: values.subtract(two, one),
    ("multiply", "by"): values.multiply, ("multiply", "it", "by"): values.multiply, ("times",): values.multiply,
    ("multiply", "that", "by"): values.multiply, ("multiplied", "by"): values.multiply,
    ("multiply", "with"): values.multiply,
    ("divide", "by"): values.divide, ("divide", "it", "by"): values.divide, ("divided", "by"): values.divide,
    ("divide", "that", "by"): values.divide, ("divide", "the", "result", "by"): values.divide,
    ("multiply", "the", "result", "by"): values.multiply, ("over",): values.divide,
})  # fmt: skip
CHAINED_ALONE: Phrases[Work] = Phrases({
    ("doubled",): _times(Fraction(2)), ("tripled",): _times(Fraction(3)), ("halved",): _times(Fraction(1, 2)),
    ("double", "it"): _times(Fraction(2)), ("halve", "it"): _times(Fraction(1, 2)), ("triple", "it"):
    _times(Fraction(3)), ("square", "it"): _square, ("take", "half"): _times(Fraction(1, 2)),
    ("flip", "the", "sign"): _turned, ("change", "the", "sign"): _turned, ("change", "its", "sign"): _turned,
    ("make", "it", "negative"): _turned, ("negate", "it"): _turned, ("take", "the", "square", "root"): values.root,
    ("take", "its", "square", "root"): values.root, ("take", "the", "opposite"): _turned, ("one", "more"): AFTER,
    ("with", "a", "minus"): _turned, ("with", "a", "minus", "sign"): _turned, ("but", "negative"): _turned,
    ("with", "a", "negative", "sign"): _turned, ("with", "the", "sign", "flipped"): _turned,
    ("below", "zero"): _turned, ("in", "the", "negative"): _turned, ("on", "the", "negative", "side"): _turned,
    ("to", "the", "left", "of", "zero"): _turned, ("left", "of", "zero"): _turned,
})  # fmt: skip
COMPARED: Phrases[Callable[[Value, Value], Value]] = Phrases({
    ("more", "than"): lambda one, two: values.add(two, one), ("greater", "than"): lambda one, two: values.add(two, one),
    ("larger", "than"): lambda one, two: values.add(two, one),
    ("bigger", "than"): lambda one, two: values.add(two, one),
    ("above",): lambda one, two: values.add(two, one), ("higher", "than"): lambda one, two: values.add(two, one),
    ("up", "from"): lambda one, two: values.add(two, one), ("after",): lambda one, two: values.add(two, one),
    ("past",): lambda one, two: values.add(two, one), ("beyond",): lambda one, two: values.add(two, one),
    ("less", "than"): lambda one, two: values.subtract(two, one), ("fewer", "than"):
    lambda one, two: values.subtract(two, one), ("smaller", "than"): lambda one, two: values.subtract(two, one),
    ("below",): lambda one, two: values.subtract(two, one), ("under",): lambda one, two: values.subtract(two, one),
    ("lower", "than"): lambda one, two: values.subtract(two, one), ("short", "of"):
    lambda one, two: values.subtract(two, one), ("shy", "of"): lambda one, two: values.subtract(two, one),
    ("down", "from"): lambda one, two: values.subtract(two, one),
    ("before",): lambda one, two: values.subtract(two, one),
})  # fmt: skip
POSTFIXES: Phrases[Work] = Phrases({
    ("squared",): _square, ("cubed",): _cube, ("to", "the", "second", "power"): _square,
    ("to", "the", "third", "power"): _cube,
    ("percent",): _times(Fraction(1, 100)), ("per", "cent"): _times(Fraction(1, 100)), ("%",): _times(Fraction(1, 100)),
    ("!",): values.factorial, ("factorial",): values.factorial,
})  # fmt: skip
BEGINNINGS = frozenset(
    {"strictly", "exactly", "minus", "negative", "infinity", "infinite", "sqrt"}.union(
        FOREIGN_MINUS, RELATIONS.longest, PREFIXES.longest, BINARY.longest
    )
)  # longer words that a piece of mathematics can begin with
UNITS = frozenset(listed("cm mm km kg mg ml ft yd lb lbs oz mi mph hr hrs min sec inch g m l s h € $ £ °"))


@dataclass(frozen=True, slots=True)
class Token:
    kind: str  # "number", "word", "ordinal", "code", "sign"
    text: str  # folded
    raw: str
    start: int
    end: int
    spaced: bool  # white space stands before it
    value: Fraction | None = None
    how: str = ""  # "digits", "words", "foreign", "roman", "chinese", "soft"


@dataclass(frozen=True, slots=True)
class Relation:
    sides: tuple[Value | None, ...]  # the first is None where a sentence begins with the sign: "at least 4"
    signs: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Tuple:
    items: tuple[Value, ...]
    open: str
    close: str
    start: int
    end: int


Run = Value | Relation | Tuple


@lru_cache(maxsize=512)
def tokenise(text: str) -> tuple[Token, ...]:
    """The tokens of plain text; number words are put together to numbers."""
    raw: list[Token] = []
    end = 0
    for found in TOKEN.finditer(text):
        kind, piece = found.lastgroup or "", found.group()
        if kind == "line":
            raw.append(Token("sign", ";", ";", found.start(), found.end(), True))
            end = found.end()
            continue
        kind = "word" if kind == "cjk" else kind
        token = Token(kind, piece.casefold(), piece, found.start(), found.end(), found.start() > end)
        end = found.end()
        raw.append(token)
        if len(raw) >= MOST_TOKENS:
            break
    return tuple(_with_numbers(raw))


def _with_numbers(raw: list[Token]) -> list[Token]:
    lows = [token.text if token.text != "-" or not token.spaced else " - " for token in raw]
    is_english = len(ENGLISH.intersection(lows)) >= 1 or not any(token.kind == "word" for token in raw)
    strange = foreign_words()
    out: list[Token] = []
    at = 0
    while at < len(raw):
        token = raw[at]
        made: Token | None = None
        end = at + 1
        if token.kind == "number":
            made = _number(token, token.text, "digits")
            if end < len(raw) and lows[end] in SCALES and lows[end] != "score":
                scaled = (made.value or Fraction(0)) * SCALES[lows[end]]
                made, end = replace(made, value=scaled, end=raw[end].end), end + 1
        elif token.kind == "prefixed":
            made = replace(token, kind="number", value=Fraction(int(token.text, 0)), how="coded")
        elif token.kind == "chinese":
            made = replace(token, kind="number", value=chinese(token.raw), how="chinese")
        elif token.kind == "word":
            spoken = english(lows, at) if lows[at] in SMALL or lows[at] in SCALES else None
            if spoken is not None:
                made = replace(token, kind="number", value=spoken[0], how="words", end=raw[spoken[1] - 1].end)
                end = spoken[1]
            elif lows[at] in ("point",) and end < len(raw) and lows[end] in SMALL:
                spoken = english(["zero", *lows[at:]], 0)
                if spoken is not None and spoken[1] > 2:
                    end = at + spoken[1] - 1
                    made = replace(token, kind="number", value=spoken[0], how="words", end=raw[end - 1].end)
            elif lows[at] == "half" and lows[end : end + 1] != ["of"] and not _number_follows(raw, lows, end):
                made = replace(token, kind="number", value=Fraction(1, 2), how="soft")
            elif token.text in strange and (token.text not in AMBIGUOUS or not is_english):
                made = replace(token, kind="number", value=Fraction(strange[token.text][0]), how="foreign")
            elif len(token.raw) > 1 and (token.raw.isupper() or set(token.raw) <= set("ivx")):
                value = roman(token.raw.upper())
                if value is not None and not (token.raw.islower() and token.raw in ("mi", "di")):
                    made = replace(token, kind="number", value=Fraction(value), how="roman")
        if made is not None:
            made, end = _with_part(made, raw, lows, end)
            out.append(made)
        else:
            out.append(token)
        at = end
    return _joined(out)


def _number_follows(raw: list[Token], lows: list[str], at: int) -> bool:
    if lows[at : at + 2] in (["a", "dozen"], ["a", "score"]):
        return True
    return at < len(raw) and (raw[at].kind == "number" or lows[at] in SMALL)


@lru_cache(maxsize=2048)
def _whole(digits: str) -> Fraction:
    return Fraction(int(digits))


def _number(token: Token, text: str, how: str) -> Token:
    if text.isdecimal() and len(text) < 19:
        return Token("number", token.text, token.raw, token.start, token.end, token.spaced, _whole(text), how)
    digits = (
        text.replace(",", ".") if fullmatch(r"0,\d+", text) and not text.endswith(",000") else text.replace(",", "")
    )
    mantissa, _, exponent = digits.partition("e")
    if len(mantissa) > 40:
        return replace(token, kind="number", value=Fraction(0), how="huge")
    value = Fraction(mantissa) * Fraction(10) ** int(exponent or 0)
    return Token("number", token.text, token.raw, token.start, token.end, token.spaced, value, how)


def _with_part(token: Token, raw: list[Token], lows: list[str], at: int) -> tuple[Token, int]:
    """`three halves`, `1 third`, `three-quarters`."""
    step = 1 if at + 1 < len(raw) and lows[at] == "-" else 0
    if token.value is None or at + step >= len(raw) or token.value.denominator != 1:
        return token, at
    word = lows[at + step]
    part = foreign_parts().get(word, 0) if token.how == "foreign" else 0
    if part:
        return replace(token, value=token.value / part, end=raw[at + step].end), at + step + 1
    if word in PARTS and (word.endswith("s") or word == "halves" or token.value == 1) and word not in ("seconds",):
        made = replace(token, value=token.value / PARTS[word], end=raw[at + step].end, how=token.how or "words")
        return made, at + step + 1
    return token, at


def _joined(tokens: list[Token]) -> list[Token]:
    """`a third of`, `one and a half`, `2 and three quarters`, `4 tens and 2 ones`."""
    out: list[Token] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.value is None and token.text not in ("a", "an"):
            out.append(token)
            at += 1
            continue
        after = [part.text for part in tokens[at + 1 : at + 6]]
        if token.text == "a" and after and after[0] in SCALES:
            scale = Fraction(SCALES[after[0]])
            out.append(replace(token, kind="number", value=scale, how="words", end=tokens[at + 1].end))
            at += 2
            continue
        part = after[0] if token.text in ("a", "an") and after and after[0] in PARTS and after[0][-1] != "s" else ""
        if part in ("half", "quarter") or (part and after[1:2] == ["of"]):
            one = Fraction(1, PARTS[part])
            out.append(replace(token, kind="number", value=one, how="words", end=tokens[at + 1].end))
            at += 2
            continue
        if token.value is not None and token.value.denominator == 1 and after[:1] == ["and"]:
            if after[1:3] in (["a", "half"], ["a", "quarter"]):
                mixed = token.value + Fraction(1, PARTS[after[2]])
                out.append(replace(token, value=mixed, end=tokens[at + 3].end))
                at += 4
                continue
            follow = tokens[at + 2] if at + 2 < len(tokens) else None
            spoken = follow is not None and follow.how in ("words", "digits", "soft")
            if follow is not None and spoken and follow.value is not None and 0 < follow.value < 1:
                out.append(replace(token, value=token.value + follow.value, end=follow.end))
                at += 3
                continue
        if token.value is not None and after[:1] and after[0] in ("tens", "ten") and len(after) > 2:
            skip = 2 if after[1] in ("and", ",", "+", "plus") else 1
            ones = tokens[at + 1 + skip] if at + 1 + skip < len(tokens) else None
            unit = tokens[at + 2 + skip].text if at + 2 + skip < len(tokens) else ""
            if ones is not None and ones.value is not None and unit in ("ones", "one", "units", "unit"):
                out.append(replace(token, value=token.value * 10 + ones.value, end=tokens[at + 2 + skip].end))
                at += 3 + skip
                continue
        out.append(token)
        at += 1
    return out


class Reader:
    """The runs of mathematics in a text that `plain` has cleaned."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokenise(text)
        self.lows = [token.text for token in self.tokens]
        self.depth = 0
        self.cut_off = False  # something was nested too deep to be read
        self.sums: dict[int, Value | None] = {}  # what was read at a place: brackets are tried as several things
        self.powers: dict[int, Value | None] = {}
        self.runs = self._all()

    def _all(self) -> list[Run]:
        found: list[Run] = []
        at = 0
        while at < len(self.tokens):
            self.depth = 0
            token = self.tokens[at]
            prose = token.kind == "word" and len(token.text) > 3 and token.text not in BEGINNINGS
            run = None if prose else self.relation(at)
            if run is None:
                at += 1
            else:
                found.append(run)
                at = max(run.end, at + 1)
        return found

    # -- looking ---------------------------------------------------------------------------------------------------

    def phrase(self, at: int, table: Phrases[T]) -> tuple[T, int] | None:
        """The longest phrase of the table that stands at `at`, and where it ends."""
        if at >= len(self.lows):
            return None
        longest = table.longest.get(self.lows[at], 0)
        for size in range(min(longest, len(self.lows) - at), 0, -1):
            words = tuple(self.lows[at : at + size])
            if words in table.says:
                return table.says[words], at + size
        return None

    def word(self, at: int) -> str:
        return self.lows[at] if 0 <= at < len(self.lows) else ""

    def glued(self, at: int) -> bool:
        return at < len(self.tokens) and not self.tokens[at].spaced

    # -- grammar ---------------------------------------------------------------------------------------------------

    def relation(self, at: int) -> Run | None:
        left: Run | None = self.tuple(at) or self.chain(at)
        position = left.end if left is not None else at
        if isinstance(left, Tuple):
            return left
        sides: list[Value | None] = [left if isinstance(left, Value) else None]
        signs: list[str] = []
        while len(sides) < 8:
            sign = self.sign(position, left is not None or bool(signs))
            if sign is None:
                break
            side = self.chain(sign[1])
            if side is None:
                break
            signs.append(sign[0])
            sides.append(side)
            position = side.end
        if not signs:
            return left
        return Relation(tuple(sides), tuple(signs), at, position)

    def sign(self, at: int, with_left: bool) -> tuple[str, int] | None:
        start = at
        if with_left and self.word(at) in COPULAS:
            at += 1
        elif (with_left and self.word(at) in ("must", "should", "has", "can") and self.word(at + 1) == "be") or (
            with_left and self.word(at) in ("which", "that", "and") and self.word(at + 1) in COPULAS
        ):
            at += 2
        while self.word(at) in ("strictly", "exactly"):
            at += 1
        found = self.phrase(at, RELATIONS)
        if found is None or (start == at and not with_left and found[0] in ("=", "!=")):
            return None
        end = found[1]
        while self.word(end) in ("exactly", "about", "the", "approximately", "just", "$"):
            end += 1
        return found[0], end

    def tuple(self, at: int) -> Tuple | None:
        opening = self.word(at)
        if opening not in ("(", "[", "{", "<") or (opening == "<"):
            return None
        items: list[Value] = []
        position = at + 1
        while True:
            item = self.sum(position)
            if item is None:
                return None
            items.append(item)
            position = item.end
            if self.word(position) in (",", ";"):
                position += 1
                continue
            break
        closing = self.word(position)
        if len(items) < 2 or closing not in (")", "]", "}", "["):
            return None
        closing = ")" if closing == "[" else closing  # `[1; 2[`
        return Tuple(tuple(items), opening, closing, at, position + 1)

    def chain(self, at: int) -> Value | None:
        """A sum that sentences go on working with: `take 10, subtract 4 and add 1`."""
        value = self.sum(at)
        if value is None:
            return None
        for _link in range(8):
            position = value.end
            while self.word(position) in (",", ";", "then", "now", "and", "next", "you", "just"):
                position += 1
            alone = self.phrase(position, CHAINED_ALONE)
            if alone is not None and value.is_number:
                value = alone[0](value).at(at, alone[1])
                continue
            if position > value.end and self.word(position) in ("less", "over", "without", "times", "minus"):
                break
            link = self.phrase(position, CHAINED)
            if link is None or not value.is_number:
                break
            if self.word(position) == "less" and self.word(position + 1) == "than":
                break
            second = self.product(link[1])
            if second is None or not second.is_number:
                break
            end = second.end
            if self.word(position) in ("take", "taking") and self.word(end) in ("from", "off"):
                break
            if self.word(end) in ("from", "to") and self.word(position) not in ("added", "increased"):
                break
            value = link[0](value, second).at(at, end)
        if value.is_number and self.word(value.end) == "and":
            more = self.product(value.end + 1)
            added = more is not None and more.is_number and self.word(more.end) in ("more", "extra")
            if more is not None and added and self.word(more.end + 1) not in ("than", "step", "steps", "time"):
                value = values.add(value, more).at(at, more.end + 1)
        return value.at(at, value.end)

    def sum(self, at: int) -> Value | None:
        if at not in self.sums:
            value = self._sum(at)
            if value is None and self.cut_off:
                return None
            self.sums[at] = value
        return self.sums[at]

    def _sum(self, at: int) -> Value | None:
        self.depth += 1
        self.cut_off = self.cut_off or self.depth > DEEPEST
        value = self.product(at) if self.depth <= DEEPEST else None
        while value is not None and value.steps <= MOST_STEPS:
            compared = self.phrase(value.end, COMPARED) if value.is_number and value.exact is not None else None
            if compared is not None and value.steps == 0:
                second = self.product(compared[1])
                if second is not None:
                    value = compared[0](value, second).at(at, second.end)
                    continue
            sign = self.word(value.end)
            if sign not in ("+", "-", "plus", "minus", "±"):
                break
            if sign == "±" or (sign == "-" and self.word(value.end + 1) == "-" and self.glued(value.end + 1)):
                break
            second = self.product(value.end + 1)
            if second is None:
                break
            work = values.add if sign in ("+", "plus") else values.subtract
            value = work(value, second).at(at, second.end)
        self.depth -= 1
        return value

    def product(self, at: int) -> Value | None:
        value = self.power(at)
        while value is not None and value.steps <= MOST_STEPS:
            here = value.end
            sign = self.word(here)
            work: Callable[[Value, Value], Value] | None = None
            skip = 1
            if sign in ("*", "times") or (sign == "x" and self._is_times(here)):
                work = values.multiply
                if self.word(here + 1) in ("as", "more", "the"):
                    break
            elif sign in ("/", "over") or (sign == "÷"):
                work = values.divide
                skip = 2 if sign == "/" and self.word(here + 1) == "/" else 1
            elif sign in ("divided", "multiplied") and self.word(here + 1) == "by":
                work, skip = (values.divide if sign == "divided" else values.multiply), 2
            elif sign == "out" and self.word(here + 1) == "of" and value.is_number:
                work, skip = values.divide, 2
            elif (
                sign == "of"
                and value.exact is not None
                and (0 < value.exact < 1 or self.word(here - 1) in ("%", "percent"))
            ):
                work = values.multiply
            elif self._implied(here):
                work, skip = values.multiply, 0
            if work is None:
                break
            second = self.power(here + skip)
            if second is None:
                break
            value = work(value, second).at(at, second.end)
        return value

    def _is_times(self, at: int) -> bool:
        """`3 x 4` and `4.5 x 10^4`."""
        before, after = self.tokens[at - 1], self.tokens[at + 1] if at + 1 < len(self.tokens) else None
        return (
            before.kind == "number"
            and after is not None
            and after.kind == "number"
            and after.spaced == self.tokens[at].spaced
        )

    def _implied(self, at: int) -> bool:
        """Whether what stands at `at` multiplies what stands before it."""
        if at >= len(self.tokens) or at == 0:
            return False
        token, before = self.tokens[at], self.tokens[at - 1]
        if token.text == "(":
            nested = self.word(at + 1) == "(" and (before.text not in ("a", "i") or not token.spaced)
            return (not token.spaced or nested or before.text == ")") and (
                before.kind in ("number",) or before.text == ")" or self._is_letter(at - 1)
            )
        if self._is_letter(at):
            if not token.spaced:
                return before.kind == "number" or before.text == ")" or self._is_letter(at - 1)
            if token.text in ("a", "i") or token.text in UNITS:
                return False
            return (before.kind == "number" and before.how != "foreign") or (
                self._is_letter(at - 1) and before.text not in ("a", "i") and token.text != "x"
            )
        if token.text in ("sqrt", "root", "pi", "log", "ln", "sin", "cos", "tan", "sec", "csc", "cot", "exp"):
            return (
                before.kind == "number"
                or before.text == ")"
                or (self._is_letter(at - 1) and before.text not in ("a", "i"))
            )
        return token.kind == "number" and not token.spaced and before.text == ")"

    def _is_letter(self, at: int) -> bool:
        token = self.tokens[at]
        return token.kind == "word" and (len(token.text) == 1 and token.text.isalpha() and token.text.isascii())

    def power(self, at: int) -> Value | None:
        if at not in self.powers:
            value = self._power(at)
            if value is None and self.cut_off:
                return None
            self.powers[at] = value
        return self.powers[at]

    def _power(self, at: int) -> Value | None:
        value = self.primary(at)
        while value is not None:
            here = value.end
            if self.word(here) in ("^", "**"):
                exponent = self.primary(here + 1)
                if exponent is None:
                    break
                value = values.power(value, exponent).at(at, exponent.end)
                continue
            if self.word(here) == "to" and self.word(here + 1) == "the":
                raised = self._raised(value, here + 2)
                if raised is not None:
                    value = raised.at(at, raised.end)
                    continue
            post = self.phrase(here, POSTFIXES)
            if post is None or (self.word(here) == "!" and not self._is_factorial(here)):
                break
            value = post[0](value).at(at, post[1])
            if self.word(here) in ("%", "percent", "per"):
                value = replace(value, steps=value.steps - 1)
        return value

    def _is_factorial(self, at: int) -> bool:
        return self.glued(at) and self.word(at + 1) in ("=", "/", "*", "+", "-", "(")

    def _raised(self, value: Value, at: int) -> Value | None:
        if self.word(at) == "power":
            exponent = self.primary(at + 2) if self.word(at + 1) == "of" else self.primary(at + 1)
            return None if exponent is None else values.power(value, exponent).at(value.start, exponent.end)
        word = self.word(at)
        if word in ("minus", "negative", "-") or (self.tokens[at].how == "words" if at < len(self.tokens) else False):
            exponent = self.primary(at)
            if exponent is None or not exponent.is_number:
                return None
            end = exponent.end + 1 if self.word(exponent.end) == "power" else exponent.end
            return values.power(value, exponent).at(value.start, end)
        if len(word) == 1 and word.isalpha() and self.word(at + 1) in ("", ".", ",", "!", ")"):
            return values.power(value, letter(word)).at(value.start, at + 1)
        order = ORDINALS.get(word) or (int(word[:-2]) if word[:-2].isdigit() and len(word) < 5 else None)
        if order is None or self.word(at + 1) not in ("power", "", ".", ",", "!", ")", ";"):
            return None
        end = at + 2 if self.word(at + 1) == "power" else at + 1
        return values.power(value, number(Fraction(order))).at(value.start, end)

    def primary(self, at: int) -> Value | None:
        if at >= len(self.tokens):
            return None
        self.depth += 1
        self.cut_off = self.cut_off or self.depth > DEEPEST
        try:
            return self._primary(at) if self.depth <= DEEPEST else None
        finally:
            self.depth -= 1

    def _primary(self, at: int) -> Value | None:
        token = self.tokens[at]
        if token.kind == "number" and token.value is not None:
            made = number(token.value).at(at, at + 1)
            follow = self.tokens[at + 1 : at + 4]
            if (
                len(follow) == 3 and token.value.denominator == 1 and follow[0].kind == "number"
                and follow[1].text == "/" and follow[2].kind == "number" and follow[2].value
                and follow[0].spaced and not follow[1].spaced and not follow[2].spaced
            ):  # fmt: skip
                part = (follow[0].value or 0) / follow[2].value
                if 0 < part < 1:
                    return number(token.value + part).at(at, at + 4)
            if token.text and self.word(at + 1) in UNITS and self.word(at + 2) not in ("^", "="):
                unit = self.tokens[at + 1]
                if unit.spaced or len(unit.text) > 1 or unit.text in "€$£°":
                    return made.at(at, at + 1)
            return made
        if token.text in ("-", "+", "minus", "negative") or (
            token.text in FOREIGN_MINUS and at + 1 < len(self.tokens) and self.tokens[at + 1].kind == "number"
        ):
            if (
                token.text == "-"
                and at
                and self.glued(at)
                and self.tokens[at - 1].raw.isascii()
                and self.tokens[at - 1].kind == "word"
            ):
                return None  # a hyphen
            value = self.power(at + 1)
            if value is None:
                return None
            made = values.negative(value) if token.text != "+" else value
            return made.at(at, value.end)
        if token.text in ("(", "[", "{", "|"):
            closing = {"(": ")", "[": "]", "{": "}", "|": "|"}[token.text]
            inside = self.sum(at + 1)
            if inside is None or self.word(inside.end) != closing:
                return None
            if token.text == "|":
                return values.function("abs", inside).at(at, inside.end + 1)
            return inside.at(at, inside.end + 1)
        if token.text in ("$", "€", "£") and at + 1 < len(self.tokens) and self.tokens[at + 1].kind == "number":
            return self._primary(at + 1)
        if token.kind == "word" or token.text in ("from",):
            return self._worded(at, token)
        return None

    def _worded(self, at: int, token: Token) -> Value | None:
        start = at
        while self.word(at) in ("the", "a", "an") and at - start < 1:
            at += 1
        if at > start and self.word(at) in ("dozen", "score"):
            return number(self.tokens[at].value or Fraction(0)).at(start, at + 1)
        if token.text == "log" and self.word(at + 1) == "_":
            return self._logarithm(at)
        binary = self._binary(at)
        if binary is not None:
            return binary.at(start, binary.end)
        prefix = self.phrase(at, PREFIXES)
        if prefix is not None and self._prefix_fits(at):
            end = prefix[1]
            if self.word(end) in ("the", "$"):
                end += 1
            inside = self.power(end)
            if inside is not None and (inside.is_number or self.word(at) in OF_LETTERS):
                return prefix[0](inside).at(start, inside.end)
        at = start
        if token.text in ("pi", "inf", "infinity", "infinite"):
            return letter("pi" if token.text == "pi" else "inf").at(at, at + 1)
        if self._is_letter(at) and self._letter_fits(at):
            return letter(token.text).at(at, at + 1)
        if token.kind == "word" and token.text.isascii() and 2 <= len(token.text) <= 3 and self._is_letters(at):
            value = letter(token.text[0])
            for char in token.text[1:]:
                value = values.multiply(value, letter(char))
            return value.at(at, at + 1)
        return None

    def _logarithm(self, at: int) -> Value | None:
        base = self.primary(at + 2)
        inside = self.power(base.end) if base is not None and base.end == at + 3 else None
        if base is None or inside is None:
            return None
        worked = values.divide(values.function("ln", inside), values.function("ln", base))
        if worked.points is not None and not worked.names and values.close(worked.points[0], round(worked.points[0])):
            worked = replace(worked, exact=Fraction(round(worked.points[0])))
        return worked.at(at, inside.end)

    def _prefix_fits(self, at: int) -> bool:
        """`after 6` is a number only as `the number after 6`; `root 2` needs its number right behind it."""
        if self.word(at) in ("after", "before", "following", "follows", "past", "preceding", "precedes"):
            return bool(NEXT_TO.match(self.word(at - 1)))
        return True

    def _letter_fits(self, at: int) -> bool:
        """`a` and `I` are words unless a sign stands beside them."""
        token = self.tokens[at]
        if token.text not in ("a", "i"):
            return True
        beside = (self.word(at - 1), self.word(at + 1))
        if self.lows[at + 1 : at + 3] == ["to", "the"]:
            return True
        return bool({"+", "*", "/", "^", "=", "<", ">", "<=", ">=", "-"} & set(beside)) or (
            at > 0 and self.tokens[at - 1].kind == "number" and not token.spaced
        )

    def _is_letters(self, at: int) -> bool:
        """`xy` beside a sign or a number is a product, not a word."""
        beside = (self.word(at - 1), self.word(at + 1))
        signs = {"+", "*", "/", "^", "=", "<", ">", "<=", ">="}
        glued = at > 0 and self.tokens[at - 1].kind == "number" and not self.tokens[at].spaced
        return (
            (bool(signs & set(beside)) or glued)
            and self.lows[at] not in UNITS
            and self.lows[at]
            not in (
                "is",
                "of",
                "so",
                "to",
                "or",
                "and",
                "the",
                "you",
                "get",
                "it",
                "for",
                "add",
                "not",
                "now",
                "in",
                "on",
                "if",
                "as",
                "we",
                "that",
            )
        )

    def _binary(self, at: int) -> Value | None:
        found = self.phrase(at, BINARY)
        if found is None:
            return None
        joints, work = found[0]
        first = self.product(found[1])
        if first is None or not first.is_number:
            return None
        value = first
        joined = 0
        while joined < 8:
            end = next(
                (
                    value.end + len(joint)
                    for joint in joints
                    if tuple(self.lows[value.end : value.end + len(joint)]) == joint
                ),
                None,
            )
            if end is None:
                break
            if self.word(end) in ("the", "both", "$"):
                end += 1
            second = self.product(end)
            if second is None or not second.is_number:
                break
            value = work(value, second).at(at, second.end)
            joined += 1
            if self.word(at) not in ("sum", "total", "product", "add"):
                break
        return value if joined else None


@lru_cache(maxsize=512)
def read(text: str) -> Reader:
    """What the text of a step holds; the same steps are asked about again and again."""
    return Reader(text)
