"""What an answer says, as a tree: the nodes, their LaTeX, and their exact value where they are plain numbers.

The tree keeps what was written (a mixed number stays mixed, `15/3` stays a division), because whether an answer is in
the asked form is a question about the writing, not about the value. Nothing here evaluates powers or anything else
that can grow: `exact_value` handles numerals, signs, + - * / between them, and small powers only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import log10

MAX_MAGNITUDE = 1500.0  # decimal digits that any number inside an answer may have once worked out
MAX_DEGREE = 400.0


class TooBig(Exception):
    """The answer holds a number or a power that is too large to work with."""


@dataclass(frozen=True, slots=True)
class Num:
    text: str  # "12", "0.50", "1.2e5": digits as written, without separators

    @property
    def value(self) -> Fraction:
        return Fraction(self.text)

    @property
    def decimals(self) -> int | None:
        """Digits after the point; None for a whole number or one in e-notation."""
        if "e" in self.text or "." not in self.text:
            return None
        return len(self.text.split(".")[1])


@dataclass(frozen=True, slots=True)
class Sym:
    name: str  # "x", "x_1", "f(x)", "\\alpha"


@dataclass(frozen=True, slots=True)
class Const:
    name: str  # "pi", "e", "i", "inf"


@dataclass(frozen=True, slots=True)
class Neg:
    arg: Node


@dataclass(frozen=True, slots=True)
class Add:
    args: tuple[Node, ...]  # a subtraction is the addition of a Neg


@dataclass(frozen=True, slots=True)
class Mul:
    args: tuple[Node, ...]
    sign: str = ""  # "" implied, otherwise "\\cdot" or "\\times"


@dataclass(frozen=True, slots=True)
class Div:
    top: Node
    bottom: Node


@dataclass(frozen=True, slots=True)
class Pow:
    base: Node
    exponent: Node


@dataclass(frozen=True, slots=True)
class Root:
    arg: Node
    index: Node | None = None  # None is the square root


@dataclass(frozen=True, slots=True)
class Func:
    name: str  # "log", "ln", "exp", "sin", ..., "abs", "factorial"
    arg: Node
    base: Node | None = None  # of a logarithm


@dataclass(frozen=True, slots=True)
class Group:
    """Brackets that the learner wrote around something."""

    arg: Node


@dataclass(frozen=True, slots=True)
class Mixed:
    whole: Num
    top: Num
    bottom: Num


@dataclass(frozen=True, slots=True)
class Percent:
    arg: Node


@dataclass(frozen=True, slots=True)
class Quantity:
    arg: Node
    unit: str  # "$", "cm", "miles", "degree"


@dataclass(frozen=True, slots=True)
class PlusMinus:
    left: Node | None
    right: Node


@dataclass(frozen=True, slots=True)
class Relation:
    sides: tuple[Node, ...]
    signs: tuple[str, ...]  # one fewer than sides; of "=", "!=", "<", ">", "<=", ">="


@dataclass(frozen=True, slots=True)
class Tuple:
    """Something between two delimiters with commas: an ordered pair, or an interval."""

    items: tuple[Node, ...]
    open: str  # "(" or "["
    close: str  # ")" or "]"


@dataclass(frozen=True, slots=True)
class Listing:
    items: tuple[Node, ...]
    joint: str  # ",", "or", "and"


@dataclass(frozen=True, slots=True)
class SetOf:
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Union:
    args: tuple[Node, ...]
    sign: str = "\\cup"  # or "\\cap"


@dataclass(frozen=True, slots=True)
class Matrix:
    rows: tuple[tuple[Node, ...], ...]


@dataclass(frozen=True, slots=True)
class Phrase:
    """A fixed phrase that is an answer: "no solution", "undefined", "all real numbers"."""

    meaning: str
    text: str


Node = (
    Num | Sym | Const | Neg | Add | Mul | Div | Pow | Root | Func | Group | Mixed | Percent | Quantity | PlusMinus
    | Relation | Tuple | Listing | SetOf | Union | Matrix | Phrase
)  # fmt: skip


def children(node: Node) -> tuple[Node, ...]:
    match node:
        case Neg(arg) | Group(arg) | Percent(arg) | Quantity(arg, _):
            return (arg,)
        case Add(args) | Mul(args, _) | Union(args, _):
            return args
        case Div(top, bottom):
            return (top, bottom)
        case Pow(base, exponent):
            return (base, exponent)
        case Root(arg, index):
            return (arg,) if index is None else (arg, index)
        case Func(_, arg, base):
            return (arg,) if base is None else (arg, base)
        case Mixed(whole, top, bottom):
            return (whole, top, bottom)
        case PlusMinus(left, right):
            return (right,) if left is None else (left, right)
        case Relation(sides, _):
            return sides
        case Tuple(items, _, _) | Listing(items, _) | SetOf(items):
            return items
        case Matrix(rows):
            return tuple(cell for row in rows for cell in row)
        case _:
            return ()


def walk(node: Node) -> Iterator[Node]:
    yield node
    for child in children(node):
        yield from walk(child)


def symbols(node: Node) -> frozenset[str]:
    return frozenset(part.name for part in walk(node) if isinstance(part, Sym))


def bare(node: Node) -> Node:
    """The node without brackets written around the whole of it."""
    while isinstance(node, Group):
        node = node.arg
    return node


def plain(node: Node) -> Node:
    """The same tree without any written brackets: the tree's own shape already says what belongs together."""
    match bare(node):
        case Neg(arg):
            inner = plain(arg)
            return inner.arg if isinstance(inner, Neg) else Neg(inner)
        case Add(args):
            flat: list[Node] = []
            for arg in map(plain, args):
                flat.extend(arg.args if isinstance(arg, Add) else (arg,))
            return Add(tuple(flat))
        case Mul(args, _):
            flat, negative = [], False
            for arg in map(plain, args):
                if isinstance(arg, Neg):
                    negative, arg = not negative, arg.arg
                flat.extend(arg.args if isinstance(arg, Mul) else (arg,))
            return Neg(Mul(tuple(flat))) if negative else Mul(tuple(flat))
        case Div(top, bottom):
            upper, lower = plain(top), plain(bottom)
            if isinstance(upper, Neg):
                return Neg(Div(upper.arg, lower))
            if isinstance(lower, Neg):
                return Neg(Div(upper, lower.arg))
            return Div(upper, lower)
        case Pow(base, exponent):
            return Pow(plain(base), plain(exponent))
        case Root(arg, index):
            return Root(plain(arg), None if index in (None, Num("2")) else plain(index))
        case Func(name, arg, base):
            return Func(name, plain(arg), None if base is None else plain(base))
        case Percent(arg):
            return Percent(plain(arg))
        case Quantity(arg, unit):
            return Quantity(plain(arg), unit)
        case PlusMinus(left, right):
            return PlusMinus(None if left is None else plain(left), plain(right))
        case Relation(sides, signs):
            return Relation(tuple(map(plain, sides)), signs)
        case Tuple(items, opening, closing):
            return Tuple(tuple(map(plain, items)), opening, closing)
        case Listing(items, joint):
            return Listing(tuple(map(plain, items)), joint)
        case SetOf(items):
            return SetOf(tuple(map(plain, items)))
        case Union(args, sign):
            return Union(tuple(map(plain, args)), sign)
        case Matrix(rows):
            return Matrix(tuple(tuple(map(plain, row)) for row in rows))
        case leaf:
            return leaf


def ordered(node: Node) -> Node:
    """A plain tree with the terms of sums and the factors of products sorted, so that order of writing is lost."""
    match node:
        case Add(args):
            return Add(tuple(sorted(map(ordered, args), key=repr)))
        case Mul(args, _):
            return Mul(tuple(sorted(map(ordered, args), key=repr)))
        case Neg(arg):
            return Neg(ordered(arg))
        case Div(top, bottom):
            return Div(ordered(top), ordered(bottom))
        case Pow(base, exponent):
            return Pow(ordered(base), ordered(exponent))
        case Root(arg, index):
            return Root(ordered(arg), index)
        case Func(name, arg, base):
            return Func(name, ordered(arg), base)
        case Num(text):
            return Num(str(Fraction(text))) if len(text) < 80 else node
        case leaf:
            return leaf


def exact_value(node: Node) -> Fraction | None:
    """The rational value of plain number arithmetic; None where there is anything else in it.

    Raises ZeroDivisionError for a division by zero. Powers only up to exponent 20, after `weigh` let the tree through.
    """
    match node:
        case Num():
            return node.value
        case Group(arg) | Quantity(arg, _):
            return exact_value(arg)
        case Neg(arg):
            value = exact_value(arg)
            return None if value is None else -value
        case Percent(arg):
            value = exact_value(arg)
            return None if value is None else value / 100
        case Mixed(whole, top, bottom):
            return whole.value + top.value / bottom.value
        case Add(args):
            total = Fraction(0)
            for arg in args:
                term = exact_value(arg)
                if term is None:
                    return None
                total += term
            return total
        case Mul(args, _):
            product = Fraction(1)
            for arg in args:
                factor = exact_value(arg)
                if factor is None:
                    return None
                product *= factor
            return product
        case Div(top, bottom):
            upper, lower = exact_value(top), exact_value(bottom)
            return None if upper is None or lower is None else upper / lower
        case Pow(base, exponent):
            bottom_value, power = exact_value(base), exact_value(exponent)
            if bottom_value is None or power is None or power.denominator != 1 or abs(power) > 20:
                return None
            return bottom_value**power.numerator
        case _:
            return None


def weigh(node: Node) -> tuple[float, float]:
    """How big the answer could get: (decimal digits of its largest number, degree). Raises TooBig past the limits."""
    digits, degree = _weigh(node)
    if digits > MAX_MAGNITUDE or degree > MAX_DEGREE:
        raise TooBig
    return digits, degree


def _weigh(node: Node) -> tuple[float, float]:
    match node:
        case Num(text):
            if "e" in text:
                mantissa, _, exponent_text = text.partition("e")
                return len(mantissa) + abs(float(exponent_text)), 0.0
            return float(len(text)), 0.0
        case Sym():
            return 1.0, 1.0
        case Pow(base, exponent):
            (base_digits, base_degree), (power_digits, power_degree) = weigh(base), weigh(exponent)
            if power_degree:
                return base_digits * 10 ** min(power_digits, 4), base_degree + power_degree
            power = _rough_size(exponent, power_digits)
            return base_digits * max(power, 1.0), base_degree * max(power, 1.0)
        case Func("factorial", arg, _):
            arg_digits, arg_degree = weigh(arg)
            size = _rough_size(arg, arg_digits)
            if size > 170:
                raise TooBig
            return size * max(log10(size + 1), 1.0), arg_degree
        case Func("exp", arg, _):
            arg_digits, arg_degree = weigh(arg)
            return 0.5 * _rough_size(arg, arg_digits), arg_degree
        case Mul() | Div():
            parts = [weigh(child) for child in children(node)]
            return sum(part[0] for part in parts), sum(part[1] for part in parts)
        case _:
            parts = [weigh(child) for child in children(node)] or [(1.0, 0.0)]
            total = max(part[0] for part in parts) + log10(len(parts))
            return total, max(part[1] for part in parts)


def _rough_size(node: Node, digits: float) -> float:
    """An upper estimate of |node|, a node of that many digits once worked out; TooBig where it is past 10,000."""
    node = bare(node)
    if isinstance(node, Num):
        value = abs(float(node.value)) if len(node.text) < 12 else float("inf")
    elif isinstance(node, Neg):
        value = _rough_size(node.arg, digits)
    elif isinstance(node, Div) and isinstance(bare(node.bottom), Num):
        value = _rough_size(node.top, digits) / max(_least(node.bottom), 1e-6)
    else:
        value = 10.0 ** min(digits, 20.0)
    if value > 10_000:
        raise TooBig
    return value


def _least(node: Node) -> float:
    node = bare(node)
    return abs(float(node.value)) if isinstance(node, Num) and len(node.text) < 12 else 1e-6


# --- LaTeX -----------------------------------------------------------------------------------------------------------

SUM, PRODUCT, POWER = 1, 2, 3
SIGNS = {"=": "=", "!=": r"\ne", "<": "<", ">": ">", "<=": r"\le", ">=": r"\ge"}
NAMED_FUNCTIONS = {"arcsin", "arccos", "arctan", "sin", "cos", "tan", "sec", "csc", "cot", "ln", "log", "exp"}
CONSTANTS = {"pi": r"\pi", "e": "e", "i": "i", "inf": r"\infty"}


def latex(node: Node) -> str:
    """LaTeX that shows what was read, not simplified."""
    return _latex(node, 0)


def _bracket(text: str, wanted: bool) -> str:
    return rf"\left({text}\right)" if wanted else text


def _latex(node: Node, tight: int) -> str:
    match node:
        case Num(text):
            if "e" in text:
                mantissa, power = text.split("e")
                return rf"{mantissa}\times 10^{{{int(power)}}}"
            return text
        case Sym(name):
            return name
        case Const(name):
            return CONSTANTS[name]
        case Group(arg):
            return rf"\left({_latex(arg, 0)}\right)"
        case Neg(arg):
            return _bracket("-" + _latex(arg, PRODUCT), tight >= PRODUCT)
        case Add(args):
            text = _latex(args[0], SUM)
            for arg in args[1:]:
                text += "-" + _latex(arg.arg, PRODUCT) if isinstance(arg, Neg) else "+" + _latex(arg, SUM)
            return _bracket(text, tight >= PRODUCT)
        case Mul(args, sign):
            text = _latex(args[0], PRODUCT)
            for before, arg in pairwise(args):
                piece = _latex(arg, PRODUCT)
                joint = sign
                if (not sign and piece[0].isdigit()) or (
                    not sign and isinstance(before, Num) and piece.startswith(r"\frac")
                ):
                    joint = r"\cdot"
                glued = not (piece[0].isalpha() and re.search(r"\\[A-Za-z]+$", text))
                text += f" {joint} {piece}" if joint else f"{'' if glued else ' '}{piece}"
            return _bracket(text, tight >= POWER)
        case Div(top, bottom):
            inside = rf"\frac{{{_latex(bare(top), 0)}}}{{{_latex(bare(bottom), 0)}}}"
            return _bracket(inside, tight >= POWER)
        case Pow(base, exponent):
            return rf"{_bracket(_latex(base, POWER), isinstance(base, Pow))}^{{{_latex(bare(exponent), 0)}}}"
        case Root(arg, index):
            order = "" if index is None else f"[{_latex(index, 0)}]"
            return rf"\sqrt{order}{{{_latex(bare(arg), 0)}}}"
        case Func("abs", arg, _):
            return rf"\left|{_latex(bare(arg), 0)}\right|"
        case Func("factorial", arg, _):
            return _latex(arg, POWER) + "!"
        case Func(name, arg, base):
            head = rf"\{name}" if name in NAMED_FUNCTIONS else rf"\operatorname{{{name}}}"
            under = "" if base is None else rf"_{{{_latex(base, 0)}}}"
            return rf"{head}{under}\left({_latex(bare(arg), 0)}\right)"
        case Mixed(whole, top, bottom):
            return rf"{whole.text}\frac{{{top.text}}}{{{bottom.text}}}"
        case Percent(arg):
            return _latex(arg, PRODUCT) + r"\%"
        case Quantity(arg, unit):
            if unit == "$":
                return r"\$" + _latex(arg, PRODUCT)
            if unit == "degree":
                return _latex(arg, POWER) + r"^{\circ}"
            return rf"{_latex(arg, PRODUCT)}\ \text{{{unit}}}"
        case PlusMinus(left, right):
            text = ("" if left is None else _latex(left, SUM)) + r"\pm " + _latex(right, PRODUCT)
            return _bracket(text, tight >= PRODUCT)
        case Relation(sides, signs):
            text = _latex(sides[0], 0)
            for sign, side in zip(signs, sides[1:], strict=True):
                text += f" {SIGNS[sign]} {_latex(side, 0)}"
            return text
        case Tuple(items, opening, closing):
            return rf"\left{opening}{', '.join(_latex(item, 0) for item in items)}\right{closing}"
        case Listing(items, joint):
            between = ", " if joint == "," else rf"\ \text{{{joint}}}\ "
            return between.join(_latex(item, 0) for item in items)
        case SetOf(items):
            return rf"\left\{{{', '.join(_latex(item, 0) for item in items)}\right\}}" if items else r"\varnothing"
        case Union(args, sign):
            return f" {sign} ".join(_latex(arg, 0) for arg in args)
        case Matrix(rows):
            body = r" \\ ".join(" & ".join(_latex(cell, 0) for cell in row) for row in rows)
            return rf"\begin{{bmatrix}} {body} \end{{bmatrix}}"
        case Phrase(_, text):
            return rf"\text{{{text}}}"
    raise AssertionError(node)
