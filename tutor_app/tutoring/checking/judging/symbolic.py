"""The full algebra, on SymPy and math-verify. Imported only in the child process.

Expressions are built node by node from our own tree; no text reaches a SymPy parser. Equality is asked in three
steps, the cheap ones first: values at a few points in 40 digits refute almost every wrong answer in a millisecond;
expanding the difference proves most right ones; math-verify decides where the points say too little (a domain that
they miss).
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import mpmath  # type: ignore[import-untyped]
import sympy
from math_verify.grader import verify
from mpmath import mpc, mpf

from . import units
from .nodes import (
    Add,
    Builder,
    Const,
    Div,
    Func,
    Group,
    Listing,
    Matrix,
    Mixed,
    Mul,
    Neg,
    Node,
    Num,
    Percent,
    Phrase,
    Pow,
    Quantity,
    Relation,
    Repeating,
    Root,
    SetOf,
    Sym,
    Tuple,
    Union,
    bare,
    children,
    exact_value,
    symbols,
    walk,
)  # fmt: skip
from .numeric import POINTS, SHIFTS

mpmath.mp.dps = 40
AGREE = mpf(10) ** -25
ENOUGHPOINTS = 5


class Undefined(Exception):
    """The expression has no real value at this point."""


def build(node: Node) -> sympy.Basic:
    """The SymPy expression of a node, with real symbols."""
    match node:
        case Num() | Repeating():
            value = node.value
            return sympy.Rational(value.numerator, value.denominator)
        case Sym(name):
            return sympy.Symbol(name, real=True)
        case Const(name):
            return {"pi": sympy.pi, "e": sympy.E, "i": sympy.I, "inf": sympy.oo}[name]
        case Group(arg) | Quantity(arg):
            return build(arg)
        case Neg(arg):
            return -build(arg)
        case Percent(arg):
            return build(arg) / 100
        case Mixed(whole, top, bottom):
            return build(whole) + build(top) / build(bottom)
        case Add(args):
            return sympy.Add(*map(build, args))
        case Mul(args, _):
            return sympy.Mul(*map(build, args))
        case Div(top, bottom):
            return build(top) / build(bottom)
        case Pow(base, exponent):
            return build(base) ** build(exponent)
        case Root(arg, index):
            inside, order = build(arg), sympy.Integer(2) if index is None else build(index)
            if inside.is_negative and order.is_odd:
                return -sympy.root(-inside, order)
            return sympy.root(inside, order)
        case Func("abs", arg, _):
            return sympy.Abs(build(arg))
        case Func("factorial", arg, _):
            return sympy.factorial(build(arg))
        case Func("ln", arg, _):
            return sympy.log(build(arg))
        case Func("log", arg, base):
            return sympy.log(build(arg), 10 if base is None else build(base))
        case Func("exp", arg, _):
            return sympy.exp(build(arg))
        case Func("binomial", arg, base) if base is not None:
            return sympy.binomial(build(arg), build(base))
        case Func("permutation", arg, base) if base is not None:
            return sympy.ff(build(arg), build(base))
        case Func("floor" | "ceil" as name, arg, _):
            return {"floor": sympy.floor, "ceil": sympy.ceiling}[name](build(arg))
        case Func(name, arg, _):
            return getattr(sympy, name.replace("arc", "a"))(build(_in_radians(arg)))
        case Matrix(rows):
            return sympy.Matrix([[build(cell) for cell in row] for row in rows])
    raise Undefined


def _value(node: Node, at: Mapping[str, mpf], whole: bool) -> mpf | mpc:
    """The value at a point. `whole`: complex values are allowed; otherwise Undefined where it is not real."""

    def down(child: Node) -> mpf | mpc:
        return _value(child, at, whole)

    match node:
        case Num() | Repeating():
            return mpf(node.value.numerator) / node.value.denominator
        case Sym(name):
            return at[name]
        case Const("i"):
            if not whole:
                raise Undefined
            return mpc(0, 1)
        case Const("inf"):
            return mpf("inf")
        case Const(name):
            return mpf(mpmath.pi) if name == "pi" else mpf(mpmath.e)
        case Group(arg) | Quantity(arg):
            return down(arg)
        case Neg(arg):
            return -down(arg)
        case Percent(arg):
            return down(arg) / 100
        case Mixed(full, top, bottom):
            return down(full) + down(top) / down(bottom)
        case Add(args):
            return mpmath.fsum(map(down, args))
        case Mul(args, _):
            return mpmath.fprod(map(down, args))
        case Div(top, bottom):
            return down(top) / down(bottom)
        case Root(arg, index):
            order = mpf(2) if index is None else down(index)
            return _power(down(arg), 1 / order, int(order) if order == int(order) else None, whole)
        case Pow(base, exponent):
            try:
                exact = exact_value(exponent)
            except ZeroDivisionError:
                raise Undefined from None
            if exact is not None and exact.denominator == 1:
                return down(base) ** exact.numerator
            odd = exact.denominator if exact is not None else None
            power = down(exponent)
            if odd and odd % 2 and exact is not None:
                return _power(down(base), mpf(1) / odd, odd, whole) ** exact.numerator
            return _power(down(base), power, None, whole)
        case Func("abs", arg, _):
            return mpmath.fabs(down(arg))
        case Func("factorial", arg, _):
            return mpmath.factorial(down(arg))
        case Func("ln" | "log" as name, arg, base):
            inside = down(arg)
            lowest = (mpf(10) if base is None else down(base)) if name == "log" else mpf(mpmath.e)
            if not whole and (inside <= 0 or lowest <= 0):
                raise Undefined
            return mpmath.log(inside) / mpmath.log(lowest)
        case Func("exp", arg, _):
            return mpmath.exp(down(arg))
        case Func("binomial", arg, base) if base is not None:
            return mpmath.binomial(down(arg), down(base))
        case Func("permutation", arg, base) if base is not None:
            return mpmath.ff(down(arg), down(base))
        case Func("floor" | "ceil" as name, arg, _):
            return getattr(mpmath, name)(down(arg))
        case Func(name, arg, _):
            value = getattr(mpmath, name.replace("arc", "a"))(down(_in_radians(arg)))
            if not whole and isinstance(value, mpc):
                raise Undefined
            return value
    raise Undefined


def _in_radians(node: Node) -> Node:
    """What a trigonometric function is taken of, with its degrees turned into radians."""
    match node:
        case Quantity(arg, "degree"):
            return Mul((Group(arg), Div(Const("pi"), Num("180"))))
        case Group(arg) | Neg(arg):
            return type(node)(_in_radians(arg))
        case Add(args) | Mul(args):
            return type(node)(tuple(map(_in_radians, args)))
        case Div(top, bottom):
            return Div(_in_radians(top), bottom)
    return node


def _power(base: mpf | mpc, power: mpf | mpc, odd: int | None, whole: bool) -> mpf | mpc:
    if not whole and base < 0:
        if odd is None or odd % 2 == 0:
            raise Undefined
        return -((-base) ** power)
    if base == 0 and power <= 0:
        raise Undefined
    return base**power


def _coordinate(point: str, place: int, index: int) -> mpf:
    """The value of the variable number `place` at the point number `index`."""
    return mpf(point) * (1 if place % 2 == 0 else mpf("0.8317")) + mpf(SHIFTS[(place * (index + 1)) % len(SHIFTS)])


class Symbolic:
    """Algebra with SymPy behind it."""

    def forget(self) -> None:
        """Drops what SymPy remembers: a calculation that was broken off may have left halves there."""
        sympy.core.cache.clear_cache()

    def _pairs(self, left: Node, right: Node) -> list[tuple[mpf | mpc, mpf | mpc]]:
        """Values of both at the points where both have one."""
        names = sorted(symbols(left) | symbols(right))
        whole = any(isinstance(part, Const) and part.name == "i" for node in (left, right) for part in walk(node))
        pairs = []
        points = POINTS if names else POINTS[:1]
        for widened in (whole, True):
            for index, point in enumerate(points):
                at = {name: _coordinate(point, place, index) for place, name in enumerate(names)}
                try:
                    pair = _value(left, at, widened), _value(right, at, widened)
                except (Undefined, ZeroDivisionError, ValueError, OverflowError, TypeError):
                    continue
                if all(mpmath.isfinite(value) for value in pair):
                    pairs.append(pair)
            if pairs or widened:
                break
        return pairs

    def equal(self, left: Node, right: Node) -> bool:
        if any(isinstance(part, Const) and part.name == "inf" for node in (left, right) for part in walk(node)):
            try:
                return bool(build(left) == build(right))
            except Undefined:
                return False
        pairs = self._pairs(left, right)
        if any(abs(a - b) > AGREE * max(abs(a), abs(b), mpf(1) / 10**6) for a, b in pairs):
            return False
        try:
            if None not in (values := (exact_value(left), exact_value(right))):
                return values[0] == values[1]
        except ZeroDivisionError:
            return False
        try:
            built, other = build(left), build(right)
        except Undefined:
            return False
        if len(pairs) >= (ENOUGHPOINTS if symbols(left) | symbols(right) else 1):
            difference = sympy.expand(built - other) if _small(left) and _small(right) else None
            return not (isinstance(difference, sympy.Rational) and difference != 0)
        return bool(verify(built, other, timeout_seconds=None))

    def near(self, left: Node, right: Node, tolerance: Fraction, *, relative: bool) -> bool:
        pairs = self._pairs(left, right)
        allowed = mpf(tolerance.numerator) / tolerance.denominator
        return bool(pairs) and all(abs(a - b) <= allowed * (abs(a) if relative else 1) for a, b in pairs)

    def ratio(self, left: Node, right: Node) -> float | None:
        pairs = self._pairs(left, right)
        if len(pairs) < 3 or any(a == 0 or b == 0 for a, b in pairs):
            return None
        first = pairs[0][0] / pairs[0][1]
        if isinstance(first, mpc) or any(abs(a / b - first) > AGREE * abs(first) for a, b in pairs):
            return None
        return float(first)

    def whole(self, node: Node) -> bool:
        values = [value for value, _ in self._pairs(node, node)]
        return bool(values) and all(not isinstance(v, mpc) and abs(v - mpmath.nint(v)) <= AGREE for v in values)

    def constant(self, node: Node) -> bool:
        values = [value for value, _ in self._pairs(node, node)]
        return len(values) > 2 and all(abs(value - values[0]) <= AGREE * max(abs(value), 1) for value in values)

    def worth(self, wanted: str, given: str) -> tuple[Fraction, Fraction] | None:
        return units.worth(wanted, given)

    def same_roots(self, left: Node, right: Node) -> bool:
        names = symbols(left) | symbols(right)
        if len(names) != 1:
            return False
        symbol = sympy.Symbol(next(iter(names)), real=True)
        polynomials = []
        for node in (left, right):
            top = sympy.fraction(sympy.together(build(node)))[0]
            if not top.is_polynomial(symbol):
                return False
            polynomials.append(sympy.Poly(top, symbol).sqf_part().monic())
        return bool(polynomials[0] == polynomials[1] and polynomials[0].degree() > 0)

    def same_region(self, left: Node, right: Node) -> bool:
        try:
            regions = [self._region(node) for node in (left, right)]
        except (Undefined, TypeError):  # TypeError: SymPy will not order complex numbers
            return False
        return bool(regions[0] == regions[1] or sympy.simplify(regions[0]) == sympy.simplify(regions[1]))

    def _region(self, node: Node) -> sympy.Set:
        node = bare(node)
        match node:
            case Phrase("none", _):
                return sympy.S.EmptySet
            case Phrase("reals", _):
                return sympy.S.Reals
            case Phrase("integers", _):
                return sympy.S.Integers
            case Builder(_, condition):
                return self._region(condition)
            case Union((whole, removed), "\\setminus"):
                return sympy.Complement(self._region(whole), self._removed(removed))
            case Listing((Relation((_, *_), signs), Phrase("reals", _)), _) if signs != ("=",):
                return self._region(node.items[0])  # {x | x > 3, x is real}
            case Tuple((low, high), opening, closing):
                return sympy.Interval(build(low), build(high), opening == "(", closing == ")")
            case SetOf(items):
                return sympy.FiniteSet(*map(build, items))
            case Union(args, sign):
                join = sympy.Intersection if "cap" in sign else sympy.Union
                return join(*map(self._region, args))
            case Listing(items, joint):
                regions = list(map(self._region, items))
                both = sympy.Intersection(*regions)
                # "x > -2, x <= 5" means both, "x < 3, x > 5" cannot
                return both if joint == "and" or (joint == "," and both != sympy.S.EmptySet) else sympy.Union(*regions)
            case Relation(sides, signs):
                last = sides[-1]
                if isinstance(last, Phrase | Tuple | Union | SetOf | Builder):  # "x = (-inf, 2)", "x in [1, 2]"
                    return self._region(last)
                if set(signs) - {"=", "!=", "<", ">", "<=", ">="}:
                    raise Undefined
                parts = [self._half(a, s, b) for a, s, b in zip(sides, signs, sides[1:], strict=False)]
                return sympy.Intersection(*parts)
        raise Undefined

    def _removed(self, node: Node) -> sympy.Set:
        """What is taken out of a set: `{2}`, `2`, `2 and 3`, `x = 2`."""
        items = node.items if isinstance(node, Listing | SetOf) else (node,)
        values = [item.sides[-1] if isinstance(item, Relation) else item for item in map(bare, items)]
        if any(isinstance(value, Tuple | Union) for value in values):
            return self._region(node)
        return sympy.FiniteSet(*map(build, values))

    def _half(self, left: Node, sign: str, right: Node) -> sympy.Set:
        size = bare(left)
        if isinstance(size, Func) and size.name == "abs" and sign in {"<", "<=", ">", ">="} and not symbols(right):
            sides = self._half(size.arg, sign, right), self._half(Neg(Group(right)), sign, size.arg)
            return sympy.Intersection(*sides) if sign[0] == "<" else sympy.Union(*sides)
        names = symbols(left) | symbols(right)
        if len(names) != 1:
            raise Undefined
        symbol = sympy.Symbol(next(iter(names)), real=True)
        difference = sympy.expand(build(left) - build(right))
        if sign not in {"=", "!="} and difference.is_polynomial(symbol) and sympy.degree(difference, symbol) == 1:
            return _ray(difference, sign, symbol)
        relation = {
            "<": sympy.StrictLessThan, ">": sympy.StrictGreaterThan, "<=": sympy.LessThan, ">=": sympy.GreaterThan,
            "=": sympy.Equality, "!=": sympy.Unequality,
        }[sign](difference, 0)  # fmt: skip
        if sign in {"=", "!="}:
            places = sympy.FiniteSet(*sympy.solve(difference, symbol))
            return places if sign == "=" else sympy.Complement(sympy.S.Reals, places)
        if relation in (sympy.true, sympy.false):
            return sympy.S.Reals if relation == sympy.true else sympy.S.EmptySet
        return sympy.solve_univariate_inequality(relation, symbol, relational=False)

    def irreducible(self, node: Node, standard: Node) -> bool:
        return _pieces(node) >= _pieces(standard)

    def cancelled(self, node: Node) -> bool:
        for part in walk(node):
            if isinstance(part, Div) and symbols(part.top) & symbols(part.bottom):
                top, bottom = build(part.top), build(part.bottom)
                if top.is_polynomial() and bottom.is_polynomial() and sympy.gcd(top, bottom).free_symbols:
                    return False
        return True


def _ray(difference: sympy.Expr, sign: str, symbol: sympy.Symbol) -> sympy.Set:
    """Where a x + b (sign) 0."""
    slope, rest = difference.coeff(symbol, 1), difference.coeff(symbol, 0)
    end, open_end = -rest / slope, sign in {"<", ">"}
    if (sign in {"<", "<="}) == bool(slope > 0):
        return sympy.Interval(-sympy.oo, end, True, open_end)
    return sympy.Interval(end, sympy.oo, open_end, True)


def _pieces(node: Node) -> int:
    """Factors that are written out, a power counting as often as its exponent says."""
    node = bare(node)
    match node:
        case Neg(arg):
            return _pieces(arg)
        case Mul(args, _):
            return sum(map(_pieces, args))
        case Pow(base, Num(text) | Group(Num(text)) as exponent) if len(text) < 4:
            return _pieces(base) * max(int(exact_value(exponent) or 1), 1)
        case Num(text):
            return 0 if text in {"0", "1"} else 1
    return 1


def _small(node: Node) -> bool:
    """Expanding this cannot take long."""
    for part in walk(node):
        if isinstance(part, Pow) and isinstance(bare(part.base), Add):
            power = exact_value(part.exponent) if not symbols(part.exponent) else None
            if power is None or abs(power) > 12:
                return False
    return sum(1 for _ in walk(node)) < 80 and len(children(node)) < 30
