"""Comparing values: exact, rounded, as percent, and with units.

- The same value for all values of the variables. Where the key ends in `+ C`, up to a constant.
- A key with decimals is a rounded value: what rounds to it is right too. Where the step asks for rounding, what the key
  rounds to is right.
- Where the key is exact, a rounded value of three digits or more is FORM if the step asks for an exact form, and
  otherwise wrong, with the reason told.
- Units are compared where both have one, and converted; an answer without one is right unless the step asks for it.
  A key without one stands in the unit that the step names ("How many inches").
"""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import pairwise
from math import floor, log10

from . import numeric, units
from .algebra import Algebra
from .forms import asked_digits, asked_places
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
    bare,
    exact_value,
    mapped,
    symbols,
    walk,
)  # fmt: skip
from .step import RIGHT, WRONG, Found, Step

_ASKS_EXACT = re.compile(r"exact|in terms of|radical|simpl|surd|fraction|lowest terms|logarithm", re.I)
EXACT_DIGITS = 3  # a decimal with fewer is a guess rather than a rounded value of an exact key


def compare_values(key: Node, given: Node, step: Step) -> Found:
    try:
        return _compare_values(key, given, step)
    except ZeroDivisionError:
        return WRONG


def _compare_values(key: Node, given: Node, step: Step) -> Found:
    turned = _turned(key, given)
    if turned is not None:  # degrees and radians
        found = compare_values(key, turned, Step("", step.algebra))
        asks = re.search(r"degree|radian", step.asked, re.I)
        return found if found != RIGHT or not asks else ("form", "that_unit")
    if _has_unit_of_another_kind(key, given, step.asked, step.algebra):
        return WRONG
    if _misses_values(key, given):
        return WRONG
    converted = _in_unit_of(key, given, step)
    if converted is None:
        return WRONG
    if converted is not given:
        if compare_values(key, converted, Step("", step.algebra)) != RIGHT:
            return WRONG
        asked_unit = isinstance(key, Quantity) and key.unit in _asked_units(step.asked)
        return ("form", "that_unit") if asked_unit else RIGHT
    if _units_within(key) and _units_within(given) and _units_within(key) != _units_within(given):
        return WRONG
    if symbols(key) != symbols(given) and not symbols(key) & symbols(given) and symbols(key) and symbols(given):
        return WRONG
    if step.algebra.equal(key, given):
        return step.formed(key, given)
    if _is_percent(key) and not _has(given, Percent) and step.algebra.equal(_without_percent(key), given):
        return ("form", "percent")
    wants_percent = "percent" in step.asked.casefold() or "%" in step.asked
    unmarked = wants_percent and _is_percent(given) and not _has(key, Percent)
    if unmarked and step.algebra.equal(key, _without_percent(given)):
        return RIGHT
    if _rounds_to(key, given, step):
        return step.formed(key, given)
    if _is_rounding_of(key, given, step):
        return RIGHT
    if _is_rounded_of_exact(key, given, step):
        return ("form" if _ASKS_EXACT.search(step.asked) else "incorrect", "exact")
    return _up_to_a_constant(key, given, step)


def _misses_values(key: Node, given: Node) -> bool:
    """`ln x` for `ln |x|`: without the absolute value it has no value at half of the places where the key has one."""
    bars = [any(isinstance(part, Func) and part.name == "abs" for part in walk(node)) for node in (key, given)]
    return bars == [True, False] and numeric.narrower(key, given)


def _has(node: Node, kind: type) -> bool:
    return any(isinstance(part, kind) for part in walk(node))


def _is_percent(node: Node) -> bool:
    node = bare(node)
    return isinstance(bare(node.arg) if isinstance(node, Neg) else node, Percent)


def _without_percent(node: Node) -> Node:
    node = bare(node)
    match node:
        case Percent(arg):
            return arg
        case Neg(arg):
            return Neg(_without_percent(arg))
    return node


# --- units -----------------------------------------------------------------------------------------------------------


def _turned(key: Node, given: Node) -> Node | None:
    """The given angle as the key has it, where one is in degrees and the other in radians; None elsewhere."""
    kinds = []
    for node in (key, given):
        unit = node.unit if isinstance(node, Quantity) else "radian" if Const("pi") in set(walk(node)) else ""
        kinds.append(unit)
    if kinds[0] == kinds[1] or set(kinds) != {"degree", "radian"}:
        return None
    value = given.arg if isinstance(given, Quantity) else given
    turn = Div(Const("pi"), Num("180")) if kinds[0] == "radian" else Div(Num("180"), Const("pi"))
    product = Mul((Group(value), turn))
    return Quantity(product, kinds[0]) if isinstance(key, Quantity) else product


def _in_unit_of(key: Node, given: Node, step: Step) -> Node | None:
    """The given value in the key's unit, where both have one; None where the units do not measure the same thing."""
    key, given_value = _unit_outside(key), _unit_outside(given)
    if not isinstance(key, Quantity) or not isinstance(given_value, Quantity) or key.unit == given_value.unit:
        return given
    worth = step.algebra.worth(key.unit, given_value.unit)
    if worth is None:
        return None
    scale, offset = (Div(Num(str(part.numerator)), Num(str(part.denominator))) for part in worth)
    value: Node = Mul((Group(given_value.arg), _signed(scale)))
    if worth[1]:
        value = Add((value, _signed(offset)))
    return Quantity(value, key.unit)


_COUNTED = re.compile(r"\bhow many (?:(square|cubic) )?([a-z]+)(?! per\b)\b", re.I)
_MEASURE = re.compile(
    r"\b(?:find|what is|calculate|compute|determine) (?:the |its )?(?:\w+ )?(area|perimeter|circumference|volume)\b",
    re.I,
)
_DIMENSIONS = {"perimeter": 1, "circumference": 1, "area": 2, "volume": 3}
_POWERS = {"": "", "square": "^2", "cubic": "^3"}


def _has_unit_of_another_kind(key: Node, given: Node, asked: str, algebra: Algebra) -> bool:
    """The step asks "how many square feet", the key is a bare number, and the answer is in feet, or in yards."""
    given = _unit_outside(bare(given))
    if not isinstance(given, Quantity) or given.unit.startswith("#") or _units_within(key):
        return False
    measure = _MEASURE.search(asked)
    length = re.fullmatch(r"(?:(?:centi|milli|kilo|deci)?meter|inch|foot|yard|mile)(?:\^([23]))?", given.unit)
    if measure and length:
        return _DIMENSIONS[measure.group(1).casefold()] != int(length.group(1) or 1)
    wanted = {(units.known(name), power.casefold()) for power, name in _COUNTED.findall(asked)}
    named = {unit + _POWERS[power] for unit, power in wanted if unit is not None}
    if len(named) != 1:
        return False
    return given.unit not in named and "degree" not in named and given.unit[0] not in "£€¥"


def _units_within(node: Node) -> list[str]:
    return sorted(part.unit for part in walk(node) if isinstance(part, Quantity))


def _signed(number: Div) -> Node:
    top = number.top
    assert isinstance(top, Num)
    return Neg(Div(Num(top.text[1:]), number.bottom)) if top.text.startswith("-") else number


def _unit_outside(node: Node) -> Node:
    """`-$5` and `-(5 cm)` as quantities."""
    if isinstance(node, Neg) and isinstance(bare(node.arg), Quantity):
        inner = bare(node.arg)
        assert isinstance(inner, Quantity)
        return Quantity(Neg(inner.arg), inner.unit, inner.shown)
    return node


def _asked_units(asked: str) -> set[str]:
    """Units that the step asks for by name: "in meters", "in degrees Celsius"."""
    found = set()
    for phrase in re.findall(r"\bin (?:square |cubic )?([a-zA-Z]+)", asked):
        unit = units.known(phrase)
        if unit is not None:
            found.add(unit)
    return found


# --- rounding --------------------------------------------------------------------------------------------------------


def _rounds_to(key: Node, given: Node, step: Step) -> bool:
    """A key with decimals is a rounded value: more exact answers that round to it are right.

    Not so for a short decimal such as 0.5 or 2.5, which is exact more often than rounded, unless the step speaks of
    rounding; and never for an answer with as few decimals as the key.
    """
    decimals = [part for part in walk(key) if isinstance(part, Num) and part.decimals]
    if not decimals:
        return False
    places = max(part.decimals or 0 for part in decimals)
    digits = max(len(part.text.replace(".", "").lstrip("0")) for part in decimals)
    rounding = re.search(r"round|nearest|approx|decimal|estimate|tenth|hundredth|significant|≈", step.asked, re.I)
    if not rounding and places < 2 and digits < 3:
        return False
    shown = [part.decimals or 0 for part in walk(given) if isinstance(part, Num) and part.decimals]
    if shown and max(shown) <= places and _has(key, Percent) == _has(given, Percent):
        return False
    inexact = Div | Mixed | Func | Percent | Root | Pow | Repeating
    if not shown and not _has(given, inexact) and Const("pi") not in set(walk(given)):  # type: ignore[arg-type]
        return False
    if not symbols(key):
        slack = _slack(key, decimals)
        return slack is not None and step.algebra.near(key, given, slack, relative=False)
    if not symbols(given):
        return False
    half = Fraction(1, 2) / 10**places
    smallest = min((abs(part.value) for part in decimals if part.value), default=Fraction(1))
    return step.algebra.near(key, given, half / smallest, relative=True)


def _slack(key: Node, decimals: list[Num]) -> Fraction | None:
    """How much the key's value moves when its number moves by half of its last place; None where it is not plain."""
    exact = exact_value(key)
    if exact is None or len(decimals) != 1:
        return None
    number = decimals[0]
    higher = number.value + Fraction(1, 2) / 10 ** (number.decimals or 0)
    ratio = Div(Num(str(higher.numerator)), Num(str(higher.denominator)))
    moved = exact_value(mapped(key, lambda part: ratio if part is number else None))
    return None if moved is None else abs(moved - exact)


def _is_rounding_of(key: Node, given: Node, step: Step) -> bool:
    """The step asks to round, the key is exact (or has more digits), and the given is what it rounds to."""
    places, digits = asked_places(step.asked.casefold()), asked_digits(step.asked.casefold())
    if (places is None and digits is None) or symbols(key) or symbols(given):
        return False
    value = exact_value(given)
    if value is None or _has(given, Div | Mixed):  # type: ignore[arg-type]
        return False
    scale = Fraction(1, 100) if _has(given, Percent) else Fraction(1)
    shown = max((part.decimals or 0 for part in walk(given) if isinstance(part, Num)), default=0)
    if places is not None:
        return shown <= places and step.algebra.near(key, given, scale / 2 / 10**places, relative=False)
    assert digits is not None
    if value == 0:
        return False
    unit = Fraction(10) ** (floor(log10(abs(value))) - digits + 1)
    return (value / unit).denominator == 1 and step.algebra.near(key, given, unit / 2, relative=False)


def _is_rounded_of_exact(key: Node, given: Node, step: Step) -> bool:
    """`1.414` for the square root of two: the key is exact, and the given is what it rounds to, to its last digit."""
    numbers = [part for part in walk(given) if isinstance(part, Num)]
    if symbols(key) or symbols(given) or len(numbers) != 1 or not numbers[0].decimals or exact_value(given) is None:
        return False
    if _has(given, Percent) or any(isinstance(part, Num) and part.decimals for part in walk(key)):
        return False
    if len(numbers[0].text.replace(".", "").lstrip("0")) < EXACT_DIGITS or asked_places(step.asked.casefold()):
        return False
    half = Fraction(1, 2) / 10 ** numbers[0].decimals
    return step.algebra.near(key, given, half, relative=False)


# --- the constant of integration -------------------------------------------------------------------------------------


def _up_to_a_constant(key: Node, given: Node, step: Step) -> Found:
    """`x^2 + C` for `x^2 + C`, whatever the constant is called and whatever is in it; without one, FORM."""
    constant = _constant_term(key)
    if constant is None or len(symbols(key)) < 2:
        return WRONG
    rest = Add((key, Neg(constant)))
    others = symbols(key) - {constant.name}
    if symbols(given) == others:
        difference = Add((Group(rest), Neg(Group(given))))
        return ("incorrect", "constant") if step.algebra.constant(difference) else WRONG
    name = next(iter(symbols(given) - others), None)
    if name is None or len(symbols(given)) != len(symbols(key)) or name not in {"C", "c", "K", "k", "D"}:
        return WRONG
    # Whatever number the constant is, the rest is the key's, and the constant is added, if only in part: (x^3 + C)/3.
    values = [Group(_with(given, name, number)) for number in ("0", "1", "2")]
    first, second = (Add((after, Neg(before))) for before, after in pairwise(values))
    variable = Sym(min(others))
    share = step.algebra.ratio(Mul((Group(first), variable)), variable)
    added = share is not None and share > 0 and step.algebra.equal(first, second)
    if not added or not step.algebra.constant(Add((Group(rest), Neg(values[0])))):
        return WRONG
    return step.formed(key, given)


def _with(node: Node, name: str, number: str) -> Node:
    return mapped(node, lambda part: Num(number) if part == Sym(name) else None)


def _constant_term(node: Node, name: str = "C") -> Sym | None:
    """The term `C` of a sum that has C nowhere else."""
    node = bare(node)
    if not isinstance(node, Add):
        return None
    alone = [arg for arg in map(bare, node.args) if arg == Sym(name)]
    elsewhere = [arg for arg in node.args if bare(arg) != Sym(name) and name in symbols(arg)]
    return Sym(name) if len(alone) == 1 and not elsewhere else None
