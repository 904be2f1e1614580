"""What a piece of mathematics is worth: exactly where it is a number, at three places where it has letters.

A value also remembers the numbers it was written with (`literals`) and its form with only the plain numbers worked out
(`form`): `3 + 4x + 9` and `4x + 12` have one form, `4(x + 3)` has another, and all are worth the same.
"""

from __future__ import annotations

import math
import operator
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache

Form = tuple  # nested tuples: ("n", number), ("s", name), ("+", constant, terms), ("*", factor, powers), ("f", ...)
LARGEST = 10**40
FUNCTIONS: dict[str, Callable[[float], float]] = {
    "abs": abs, "log": math.log10, "ln": math.log, "sin": math.sin, "cos": math.cos, "tan": math.tan,
    "sec": lambda at: 1 / math.cos(at), "csc": lambda at: 1 / math.sin(at), "cot": lambda at: 1 / math.tan(at),
    "arcsin": math.asin, "arccos": math.acos, "arctan": math.atan, "exp": math.exp,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Value:
    exact: Fraction | None
    points: tuple[float, float, float] | None
    names: frozenset[str]
    literals: tuple[Fraction, ...]
    form: Form
    steps: int = 0  # operations; 0 is a plain number or letter
    start: int = 0  # tokens, end excluded
    end: int = 0

    @property
    def is_number(self) -> bool:
        return not self.names and (self.exact is not None or self.points is not None)

    def at(self, start: int, end: int) -> Value:
        """The same, between these tokens; much quicker than `replace`."""
        return Value(self.exact, self.points, self.names, self.literals, self.form, self.steps, start, end)

    def same(self, other: Value) -> bool:
        """Equal for all values of the letters, as far as three places tell."""
        if self.exact is not None and other.exact is not None:
            return self.exact == other.exact
        if self.form == other.form:
            return True
        if self.points is None or other.points is None or self.names != other.names:
            return False
        return all(close(one, two) for one, two in zip(self.points, other.points, strict=True))


def close(one: float, two: float) -> bool:
    return math.isclose(one, two, rel_tol=1e-9, abs_tol=1e-12)


def number(value: Fraction) -> Value:
    return Value(value, _float_points(value), frozenset(), (value,), ("n", value))


@lru_cache(maxsize=512)
def letter(name: str) -> Value:
    if name in ("pi", "inf"):
        at = math.pi if name == "pi" else math.inf
        return Value(None, (at,) * 3, frozenset(), (), ("s", name))
    seed = zlib.crc32(name.encode())
    points = tuple(0.7 + (seed >> shift) % 997 / 613 + shift / 100 for shift in (0, 7, 13))
    return Value(None, points, frozenset({name}), (), ("s", name))  # type: ignore[arg-type]


def _float(value: Fraction) -> float | None:
    try:
        return float(value)
    except OverflowError:
        return None


def _exact(value: Fraction | None) -> Fraction | None:
    """The number, unless it has grown too large to work with."""
    return value if value is None or (abs(value.numerator) < LARGEST and value.denominator < LARGEST) else None


def _made(exact: Fraction | None, points: tuple[float, ...] | None, form: Form, *parts: Value) -> Value:
    names = frozenset[str]().union(*(part.names for part in parts))
    exact = _exact(exact)
    if points is not None and not all(map(math.isfinite, points)):
        points = None
    if exact is not None:
        form = ("n", exact)
    literals = tuple(literal for part in parts for literal in part.literals)
    steps = 1 + sum(part.steps for part in parts)
    return Value(exact, points, names, literals, form, steps)  # type: ignore[arg-type]


def _number_made(exact: Fraction, one: Value, two: Value) -> Value:
    """What comes of two numbers: there is nothing to be kept but the number."""
    if _exact(exact) is None:
        return _made(None, _float_points(exact), ("f", "huge", one.form, two.form), one, two)
    literals = one.literals + two.literals
    return Value(exact, _float_points(exact), frozenset(), literals, ("n", exact), 1 + one.steps + two.steps)


def _float_points(exact: Fraction) -> tuple[float, float, float] | None:
    point = _float(exact)
    return None if point is None else (point,) * 3


def _points(one: Value, two: Value, work: Callable[[float, float], float]) -> tuple[float, ...] | None:
    if one.points is None or two.points is None:
        return None
    try:
        worked = tuple(work(a, b) for a, b in zip(one.points, two.points, strict=True))
    except (ZeroDivisionError, OverflowError, ValueError):
        return None
    return None if any(isinstance(point, complex) for point in worked) else worked


def add(one: Value, two: Value) -> Value:
    exact = one.exact + two.exact if one.exact is not None and two.exact is not None else None
    if exact is not None:
        return _number_made(exact, one, two)
    return _made(exact, _points(one, two, operator.add), _sum(one.form, two.form), one, two)


def negative(one: Value) -> Value:
    """A sign is part of how a number is written, not an operation."""
    exact = None if one.exact is None else -one.exact
    points = None if one.points is None else tuple(-point for point in one.points)
    literals = (exact,) if exact is not None and one.steps == 0 else one.literals
    form = ("n", exact) if exact is not None else _product(("n", Fraction(-1)), one.form)
    return Value(exact, points, one.names, literals, form, one.steps)  # type: ignore[arg-type]


def subtract(one: Value, two: Value) -> Value:
    made = add(one, negative(two))
    return replace(made, literals=one.literals + two.literals)


def multiply(one: Value, two: Value) -> Value:
    exact = one.exact * two.exact if one.exact is not None and two.exact is not None else None
    if exact is not None:
        return _number_made(exact, one, two)
    return _made(exact, _points(one, two, operator.mul), _product(one.form, two.form), one, two)


def divide(one: Value, two: Value) -> Value:
    exact = one.exact / two.exact if one.exact is not None and two.exact else None
    if exact is not None:
        return _number_made(exact, one, two)
    form = _product(one.form, _power(two.form, ("n", Fraction(-1))))
    return _made(exact, _points(one, two, operator.truediv), form, one, two)


def power(one: Value, two: Value) -> Value:
    exact = None
    if one.exact is not None and two.exact is not None:
        exact = _exact_power(one.exact, two.exact)
    form = _power(one.form, two.form)
    return _made(exact, _points(one, two, lambda a, b: a**b), form, one, two)


def root(one: Value, index: int = 2) -> Value:
    made = power(one, number(Fraction(1, index)))
    return replace(made, literals=one.literals)


def function(name: str, one: Value) -> Value:
    work = FUNCTIONS[name]
    try:
        points = None if one.points is None else tuple(work(point) for point in one.points)
    except (ValueError, OverflowError, ZeroDivisionError):
        points = None
    exact = abs(one.exact) if name == "abs" and one.exact is not None else None
    if exact is None and points is not None and not one.names and close(points[0], round(points[0])):
        exact = Fraction(round(points[0]))
    return _made(exact, points, ("f", name, one.form), one)


def factorial(one: Value) -> Value:
    if one.exact is None or one.exact.denominator != 1 or not 0 <= one.exact <= 20:
        return _made(None, None, ("f", "!", one.form), one)
    exact = Fraction(math.factorial(one.exact.numerator))
    return _made(exact, (float(exact),) * 3, ("n", exact), one)


def _exact_power(base: Fraction, exponent: Fraction) -> Fraction | None:
    if abs(exponent) > 64 or max(abs(base.numerator), base.denominator) > 10**12:
        return None
    if exponent.denominator == 1:
        return None if base == 0 and exponent < 0 else base**exponent.numerator
    if base < 0 or exponent.denominator > 6:
        return None
    index = exponent.denominator
    top, bottom = (round(float(part) ** (1 / index)) for part in (base.numerator, base.denominator))
    if top**index != base.numerator or bottom**index != base.denominator or (top == 0 and exponent < 0):
        return None
    return Fraction(top, bottom) ** exponent.numerator


# --- forms --------------------------------------------------------------------------------------------------------


def _terms(form: Form) -> tuple[Fraction, tuple[tuple[Form, Fraction], ...]]:
    """A form as a constant and terms with their coefficients."""
    match form:
        case ("n", value):
            return value, ()
        case ("+", constant, terms):
            return constant, terms
        case ("*", factor, powers):
            return Fraction(0), ((("*", Fraction(1), powers), factor),)
        case _:
            return Fraction(0), ((("*", Fraction(1), ((form, ("n", Fraction(1))),)), Fraction(1)),)


def _sum(one: Form, two: Form) -> Form:
    (first, terms), (second, others) = _terms(one), _terms(two)
    joined = tuple(sorted((*terms, *others), key=repr))
    if not joined:
        return ("n", first + second)
    if len(joined) == 1 and first + second == 0:
        return _product(("n", joined[0][1]), joined[0][0])
    return ("+", first + second, joined)


def _powers(form: Form) -> tuple[Fraction, tuple[tuple[Form, Form], ...]]:
    match form:
        case ("n", value):
            return value, ()
        case ("*", factor, powers):
            return factor, powers
        case ("^", base, exponent):
            return Fraction(1), ((base, exponent),)
        case _:
            return Fraction(1), ((form, ("n", Fraction(1))),)


def _product(one: Form, two: Form) -> Form:
    (first, powers), (second, others) = _powers(one), _powers(two)
    factor = first * second
    joined: dict[Form, Form] = dict(powers)
    for base, exponent in others:
        joined[base] = _sum(joined[base], exponent) if base in joined else exponent
    kept = tuple((b, e) for b, e in joined.items() if e != ("n", 0))
    if len(kept) > 1:
        kept = tuple(sorted(kept, key=repr))
    if not kept or factor == 0:
        return ("n", factor)
    if factor == 1 and len(kept) == 1 and kept[0][1] == ("n", Fraction(1)):
        return kept[0][0]
    if len(kept) == 1 and kept[0][0][0] == "+" and kept[0][1] == ("n", Fraction(1)) and factor == -1:
        constant, terms = _terms(kept[0][0])
        return ("+", -constant, tuple(sorted(((term, -count) for term, count in terms), key=repr)))
    return ("*", factor, kept)


def parts_of(form: Form) -> tuple[Form, ...]:
    """The terms of a sum, or the factors of a product of sums; empty for what has no parts."""
    match form:
        case ("+", constant, terms):
            rest = (("n", constant),) if constant else ()
            return (*(_product(("n", count), term) for term, count in terms), *rest)
        case ("*", factor, powers) if factor == 1 and any(base[0] == "+" for base, _ in powers):
            return tuple(base if exponent == ("n", 1) else ("^", base, exponent) for base, exponent in powers)
        case _:
            return ()


def _power(base: Form, exponent: Form) -> Form:
    if exponent == ("n", Fraction(1)):
        return base
    if base[0] == "n" and exponent[0] == "n":
        worked = _exact_power(base[1], exponent[1])
        if worked is not None and _exact(worked) is not None:
            return ("n", worked)
    if base[0] == "*" and exponent == ("n", Fraction(-1)) and base[1]:
        inverse = tuple(sorted(((b, _product(e, exponent)) for b, e in base[2]), key=repr))
        return ("*", 1 / base[1], inverse)
    if base[0] == "^":
        return ("*", Fraction(1), ((base[1], _product(base[2], exponent)),))
    return ("*", Fraction(1), ((base, exponent),))
