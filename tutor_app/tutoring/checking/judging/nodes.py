"""What an answer says, as a tree: the nodes, and their exact value where they are plain numbers.

The tree keeps what was written (a mixed number stays mixed, `15/3` stays a division), because whether an answer is in
the asked form is a question about the writing, not about the value. Nothing here evaluates powers or anything else
that can grow: `exact_value` handles numerals, signs, + - * / between them, and small powers only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any


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
class Repeating:
    """A repeating decimal: `0.1\\overline{6}` is head "0.1", period "6"."""

    head: str
    period: str

    @property
    def value(self) -> Fraction:
        places = len(self.head.split(".")[1])
        return Fraction(self.head) + Fraction(int(self.period), (10 ** len(self.period) - 1) * 10**places)


@dataclass(frozen=True, slots=True)
class Sym:
    name: str  # "x", "x_1", "f(x)", "y'", "dy/dx", "\\alpha", "\\bar{x}"


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
    unit: str  # as in `units.py`: "$", "degree", "kilometer*hour^-1", or "#apple" for a thing that is counted
    shown: str = field(default="", compare=False)  # as the learner wrote it


@dataclass(frozen=True, slots=True)
class PlusMinus:
    left: Node | None
    right: Node


@dataclass(frozen=True, slots=True)
class Relation:
    sides: tuple[Node, ...]
    signs: tuple[str, ...]  # one fewer than sides; of "=", "!=", "<", ">", "<=", ">=", "in", "~", "->"


@dataclass(frozen=True, slots=True)
class Tuple:
    """Something between two delimiters with commas: an ordered pair, or an interval."""

    items: tuple[Node, ...]
    open: str  # "(", "[" or, for a vector, "<"
    close: str  # ")", "]" or ">"


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
    sign: str = "\\cup"  # or "\\cap", "\\setminus"


@dataclass(frozen=True, slots=True)
class Builder:
    """A set by its condition: `{x | x > 3}`."""

    head: Node
    condition: Node


@dataclass(frozen=True, slots=True)
class Call:
    """A name applied to several things: `N(0, 1)`, `f(x, y)`."""

    name: str
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Ratio:
    """`3:4`, also a time of day."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Big:
    """A sum, product, integral or limit that is written and not worked out; the body keeps its `dx`."""

    name: str  # "sum", "prod", "int", "lim"
    body: Node
    low: Node | None = None
    high: Node | None = None


@dataclass(frozen=True, slots=True)
class Matrix:
    rows: tuple[tuple[Node, ...], ...]


@dataclass(frozen=True, slots=True)
class Phrase:
    """A fixed phrase that is an answer: "no solution", "undefined", "all real numbers"."""

    meaning: str
    text: str


Node = (
    Num | Repeating | Sym | Const | Neg | Add | Mul | Div | Pow | Root | Func | Group | Mixed | Percent | Quantity
    | PlusMinus | Relation | Tuple | Listing | SetOf | Union | Builder | Call | Ratio | Big | Matrix | Phrase
)  # fmt: skip


def children(node: Node) -> tuple[Node, ...]:
    match node:
        case Neg(arg) | Group(arg) | Percent(arg) | Quantity(arg):
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
        case Tuple(items) | Listing(items) | SetOf(items) | Ratio(items) | Call(_, items):
            return items
        case Builder(inside, condition):
            return (inside, condition)
        case Big(_, body, low, high):
            return tuple(part for part in (body, low, high) if part is not None)
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


def mapped(node: Node, change: Callable[[Node], Node | None]) -> Node:
    """The tree with every part replaced for which `change` gives another."""
    changed = change(node)
    if changed is not None:
        return changed

    def down(value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(map(down, value))
        return mapped(value, change) if isinstance(value, Node) else value

    return type(node)(*(down(getattr(node, name)) for name in node.__dataclass_fields__))


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
        case Quantity(arg, unit, shown):
            return Quantity(plain(arg), unit, shown)
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
        case Builder(inside, condition):
            return Builder(plain(inside), plain(condition))
        case Call(name, items):
            return Call(name, tuple(map(plain, items)))
        case Ratio(items):
            return Ratio(tuple(map(plain, items)))
        case Big(name, body, low, high):
            ends = [None if end is None else plain(end) for end in (low, high)]
            return Big(name, plain(body), *ends)
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
        case Big(name, body, low, high):
            return Big(name, ordered(body), low, high)
        case leaf:
            return leaf


def exact_value(node: Node) -> Fraction | None:
    """The rational value of plain number arithmetic; None where there is anything else in it.

    Raises ZeroDivisionError for a division by zero. Powers only up to exponent 20, after `weigh` let the tree through.
    """
    match node:
        case Num() | Repeating():
            return node.value
        case Group(arg) | Quantity(arg):
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
