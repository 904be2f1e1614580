"""Exact arithmetic that a course may carry: the small language of problem templates, worked out without `eval`.

The grammar is Python's, the words are few: whole numbers and decimals (always exact fractions), strings, names,
`record.field`, + - * / // % **, comparisons, and/or/not, `a if test else b`, and the functions it is called with.
Course files come from strangers, so length, nesting, and the size of every number on the way are bounded; there are
no loops, so work is bounded by length.
"""

import ast
import math
import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

Record = Mapping[str, Fraction | str]
Value = Fraction | str | bool | Record
Function = Callable[..., Value]

LONGEST_SOURCE = 500
MOST_NODES = 200
LARGEST_NUMBER = 10**12  # of numerator and denominator alike
LARGEST_EXPONENT = 12
LONGEST_STRING = 2_000


class ExpressionRefused(ValueError):
    """An expression that cannot be read or worked out; the message says why."""


def sign(number: Fraction) -> Fraction:
    return Fraction((number > 0) - (number < 0))


def whole(number: Value, role: str) -> int:
    """The number as an `int`. Raises ExpressionRefused where it is a fraction or no number."""
    if not isinstance(number, Fraction) or number.denominator != 1:
        raise ExpressionRefused(
            _("%(role)s needs whole numbers, and got %(number)s.") % {"role": role, "number": number}
        )
    return number.numerator


def _gcd(*numbers: Value) -> Fraction:
    return Fraction(math.gcd(*(whole(number, "gcd") for number in numbers)))


def _lcm(*numbers: Value) -> Fraction:
    return Fraction(math.lcm(*(whole(number, "lcm") for number in numbers)))


def _round(number: Fraction, places: Fraction = Fraction(0)) -> Fraction:
    """Half away from zero, as learners are taught."""
    scale = Fraction(10) ** whole(places, "round")
    return sign(number) * Fraction(math.floor(abs(number) * scale + Fraction(1, 2))) / scale


ARITHMETIC: Mapping[str, Function] = {
    "gcd": _gcd,
    "lcm": _lcm,
    "abs": abs,
    "sign": sign,
    "min": min,
    "max": max,
    "floor": lambda number: Fraction(math.floor(number)),
    "round": _round,
    "numerator": lambda number: Fraction(number.numerator),
    "denominator": lambda number: Fraction(number.denominator),
    "is_whole": lambda number: number.denominator == 1,
}

_BINARY: Mapping[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: lambda a, b: Fraction(a // b),
    ast.Mod: operator.mod,
}
_COMPARISONS: Mapping[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


@lru_cache(maxsize=8192)
def parse(source: str) -> ast.expr:
    """The expression's tree. Raises ExpressionRefused for what is too long, too deep or not an expression."""
    if len(source) > LONGEST_SOURCE:
        raise ExpressionRefused(
            _("An expression may have %(limit)d characters; this one has %(length)d.")
            % {"limit": LONGEST_SOURCE, "length": len(source)}
        )
    try:
        tree = ast.parse(source.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise ExpressionRefused(_("“%(source)s” is not an expression.") % {"source": _short(source)}) from error
    if sum(1 for _node in ast.walk(tree)) > MOST_NODES:
        raise ExpressionRefused(_("“%(source)s” has too many parts.") % {"source": _short(source)})
    return tree


@lru_cache(maxsize=8192)
def names_in(source: str) -> frozenset[str]:
    """The names whose values the expression needs (names of functions it calls are not among them)."""
    tree = parse(source)
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in called)


def evaluate(source: str, values: Mapping[str, Value], functions: Mapping[str, Function] = ARITHMETIC) -> Value:
    """What the expression comes to. Raises ExpressionRefused, never anything else."""
    try:
        return _Interpreter(source, values, functions).of(parse(source))
    except RecursionError as error:
        raise ExpressionRefused(_("“%(source)s” is nested too deep.") % {"source": _short(source)}) from error


class _Interpreter:
    """Walks one tree. `values` are the parameters' values, `functions` all that may be called."""

    def __init__(self, source: str, values: Mapping[str, Value], functions: Mapping[str, Function]) -> None:
        self.source = source
        self.values = values
        self.functions = functions

    def of(self, node: ast.expr) -> Value:
        match node:
            case ast.Constant(value=value):
                return self._constant(node, value)
            case ast.Name(id=name):
                return self._name(name)
            case ast.Attribute(value=ast.Name(id=name), attr=field):
                return self._field(name, field)
            case ast.BinOp(left=left, op=op, right=right):
                return self._binary(op, self.number(left), self.number(right))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -self.number(operand)
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self.number(operand)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return not self.truth(operand)
            case ast.BoolOp(op=ast.And(), values=parts):
                return all(self.truth(part) for part in parts)
            case ast.BoolOp(op=ast.Or(), values=parts):
                return any(self.truth(part) for part in parts)
            case ast.Compare(left=left, ops=ops, comparators=comparators):
                return self._comparison([left, *comparators], ops)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return self.of(body) if self.truth(test) else self.of(orelse)
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
                return self._call(name, arguments)
        raise self._refusal(
            _("it uses something that templates do not have (%(part)s)") % {"part": type(node).__name__}
        )

    def number(self, node: ast.expr) -> Fraction:
        value = self.of(node)
        if not isinstance(value, Fraction):
            raise self._refusal(_("“%(value)s” is not a number") % {"value": value})
        return value

    def truth(self, node: ast.expr) -> bool:
        value = self.of(node)
        if not isinstance(value, bool):
            raise self._refusal(_("“%(value)s” is neither true nor false") % {"value": value})
        return value

    def _constant(self, node: ast.Constant, value: object) -> Value:
        if isinstance(value, bool | str):
            return value
        if isinstance(value, int):
            return self._bounded(Fraction(value))
        if isinstance(value, float) and math.isfinite(value):
            return self._bounded(Fraction(repr(value)))  # 0.1 is a tenth, not its binary neighbour
        raise self._refusal(_("“%(value)s” is not a number or a text") % {"value": ast.unparse(node)})

    def _name(self, name: str) -> Value:
        if name not in self.values:
            raise self._refusal(_("nothing here is called “%(name)s”") % {"name": name})
        return self.values[name]

    def _field(self, name: str, field: str) -> Value:
        record = self._name(name)
        if not isinstance(record, Mapping) or field not in record:
            raise self._refusal(_("“%(name)s” has no “%(field)s”") % {"name": name, "field": field})
        return record[field]

    def _binary(self, op: ast.operator, left: Fraction, right: Fraction) -> Fraction:
        if isinstance(op, ast.Pow):
            exponent = whole(right, "**")
            if abs(exponent) > LARGEST_EXPONENT:
                raise self._refusal(_("the exponent %(exponent)d is too large") % {"exponent": exponent})
            if exponent < 0 and left == 0:
                raise self._refusal(_("it divides by zero"))
            return self._bounded(Fraction(left**exponent))
        if type(op) not in _BINARY:
            raise self._refusal(
                _("it uses something that templates do not have (%(part)s)") % {"part": type(op).__name__}
            )
        try:
            return self._bounded(_BINARY[type(op)](left, right))
        except ZeroDivisionError as error:
            raise self._refusal(_("it divides by zero")) from error

    def _comparison(self, operands: list[ast.expr], ops: list[ast.cmpop]) -> bool:
        values = [self.of(operand) for operand in operands]
        for op, left, right in zip(ops, values, values[1:], strict=False):
            if type(op) not in _COMPARISONS or type(left) is not type(right):
                raise self._refusal(_("“%(a)s” and “%(b)s” cannot be compared") % {"a": left, "b": right})
            try:
                if not _COMPARISONS[type(op)](left, right):
                    return False
            except TypeError as error:
                raise self._refusal(_("“%(a)s” and “%(b)s” cannot be compared") % {"a": left, "b": right}) from error
        return True

    def _call(self, name: str, arguments: list[ast.expr]) -> Value:
        if name not in self.functions:
            raise self._refusal(_("there is no function “%(name)s”") % {"name": name})
        try:
            value = self.functions[name](*(self.of(argument) for argument in arguments))
        except (TypeError, AttributeError, ValueError, ZeroDivisionError, OverflowError) as error:
            if isinstance(error, ExpressionRefused):
                raise
            raise self._refusal(_("“%(name)s” cannot be given that") % {"name": name}) from error
        return self._bounded(value)

    def _bounded(self, value: Any) -> Any:
        if isinstance(value, Fraction) and max(abs(value.numerator), value.denominator) > LARGEST_NUMBER:
            raise self._refusal(_("a number on the way is too large"))
        if isinstance(value, str) and len(value) > LONGEST_STRING:
            raise self._refusal(_("a text on the way is too long"))
        return value

    def _refusal(self, why: str) -> ExpressionRefused:
        return ExpressionRefused(
            _("“%(source)s” cannot be worked out: %(why)s.") % {"source": _short(self.source), "why": why}
        )


def _short(source: str) -> str:
    return source if len(source) <= 80 else source[:79] + "…"
