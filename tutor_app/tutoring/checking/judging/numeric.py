"""Values at a few points in floating point: enough to say at once that two expressions differ, never that they agree.

It cannot take long: numbers stay floats, and what would grow past them has no value here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from .nodes import (
    Add,
    Const,
    Div,
    Func,
    Group,
    Mixed,
    Mul,
    Neg,
    Node,
    Num,
    Percent,
    Pow,
    Quantity,
    Repeating,
    Root,
    Sym,
    exact_value,
    symbols,
    walk,
)  # fmt: skip

# Rationals without small common factors, so that no school expression vanishes or collides there by chance.
POINTS = (
    "1.3716", "0.7193", "2.8391", "-1.6237", "3.1907", "-0.4751", "0.2339", "5.7713", "-2.9177", "12.0371", "-7.3019",
)  # fmt: skip
SHIFTS = ("0.0", "0.6173", "1.1391", "0.3517", "1.9119", "0.8923", "2.3331", "1.5077")
APART = 1e-6  # a relative difference that rounding does not explain
ENOUGH = 3

_FUNCTIONS: dict[str, Callable[[float], float]] = {
    "sin": math.sin, "cos": math.cos, "tan": math.tan, "arcsin": math.asin, "arccos": math.acos, "arctan": math.atan,
    "sinh": math.sinh, "cosh": math.cosh, "tanh": math.tanh, "ln": math.log, "exp": math.exp, "abs": abs,
}  # fmt: skip


class Unknown(Exception):
    """There is no float for this."""


def pairs(left: Node, right: Node) -> list[tuple[float, float]]:
    """Values of both where both have one. Raises Unknown for anything that is not plain arithmetic or a function."""
    names = sorted(symbols(left) | symbols(right))
    found = []
    for index, point in enumerate(POINTS if names else POINTS[:1]):
        at = {name: _coordinate(point, place, index) for place, name in enumerate(names)}
        try:
            pair = value(left, at), value(right, at)
        except (ZeroDivisionError, ValueError, OverflowError):
            continue
        if all(map(math.isfinite, pair)):
            found.append(pair)
    return found


def _coordinate(point: str, place: int, index: int) -> float:
    return float(point) * (1 if place % 2 == 0 else 0.8317) + float(SHIFTS[(place * (index + 1)) % len(SHIFTS)])


def apart(left: float, right: float) -> bool:
    return abs(left - right) > APART * max(abs(left), abs(right), 1e-3)


def differ(left: Node, right: Node) -> bool:
    """Both have values, and these are apart wherever they do. False says nothing."""
    try:
        found = pairs(left, right)
    except Unknown:
        return False
    needed = ENOUGH if symbols(left) | symbols(right) else 1
    return len(found) >= needed and all(apart(a, b) for a, b in found)


def no_constant_ratio(left: Node, right: Node) -> bool:
    """The quotient of both changes from point to point. False says nothing."""
    try:
        found = pairs(left, right)
    except Unknown:
        return False
    quotients = [a / b for a, b in found if abs(a) > 1e-3 and abs(b) > 1e-3]
    return len(quotients) >= ENOUGH and max(quotients) - min(quotients) > 1e-3 * max(map(abs, quotients))


def narrower(left: Node, right: Node) -> bool:
    """`right` has no value at some point where `left` has one: ln x beside ln |x|. False says nothing."""
    names = sorted(symbols(left) | symbols(right))
    for index, point in enumerate(POINTS):
        at = {name: _coordinate(point, place, index) for place, name in enumerate(names)}
        try:
            value(left, at)
        except (Unknown, ZeroDivisionError, ValueError, OverflowError):
            continue
        try:
            value(right, at)
        except (ZeroDivisionError, ValueError):
            return True
        except (Unknown, OverflowError):
            continue
    return False


def value(node: Node, at: Mapping[str, float]) -> float:
    match node:
        case Num() | Repeating():
            return float(node.value)
        case Sym(name):
            return at[name]
        case Const("pi"):
            return math.pi
        case Const("e"):
            return math.e
        case Group(arg):
            return value(arg, at)
        case Quantity(arg):
            return value(arg, at)
        case Neg(arg):
            return -value(arg, at)
        case Percent(arg):
            return value(arg, at) / 100
        case Mixed(whole, top, bottom):
            return value(whole, at) + value(top, at) / value(bottom, at)
        case Add(args):
            return math.fsum(value(arg, at) for arg in args)
        case Mul(args):
            return math.prod(value(arg, at) for arg in args)
        case Div(top, bottom):
            return value(top, at) / value(bottom, at)
        case Root(arg, index):
            order = 2.0 if index is None else value(index, at)
            return _power(value(arg, at), 1 / order, int(order) if order == int(order) else None)
        case Pow(base, exponent):
            exact = exact_value(exponent)
            odd = exact.denominator if exact is not None else None
            if exact is not None and exact.denominator == 1:
                return value(base, at) ** float(exact)
            return _power(
                value(base, at), value(exponent, at), odd if exact is not None and exact.numerator == 1 else None
            )
        case Func("log", arg, base):
            return math.log(value(arg, at)) / math.log(10 if base is None else value(base, at))
        case Func(name, arg, _) if name in _FUNCTIONS and not any(isinstance(part, Quantity) for part in walk(arg)):
            return _FUNCTIONS[name](value(arg, at))
    raise Unknown


def _power(base: float, power: float, odd: int | None) -> float:
    if base < 0:
        if odd is None or odd % 2 == 0:
            raise ValueError
        return -((-base) ** power)
    if base == 0 and power <= 0:
        raise ValueError
    return base**power
