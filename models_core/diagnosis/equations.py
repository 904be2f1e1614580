"""Equations as learners write them: a reader that knows a short list of signs, and exact values of what it read.

A side is read into a tree that keeps how it was written (`3-(-4)` is not `3+4`), because an error is often about the
writing. `Value` says what a tree is worth: a quotient of polynomials with fractions as coefficients, so that nothing
is lost by rounding. Whatever is not on the list, too long, too deep or too large raises `Unreadable` with a sentence
that says what was wrong; no text is ever run.

Letters stand for numbers; `X` is `x`. Without a sign between them things are multiplied (`2x`, `3(x+1)`), and a line
is read from left to right (`-4/3x` is `(-4/3)x`), as the tutors do whose logs we learn from.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import gcd

LONGEST = 200  # characters of an equation or of an input
DEEPEST = 24  # brackets and signs within each other
MOST_DIGITS = 24  # of one number
HIGHEST_POWER = 6
HIGHEST_DEGREE = 12
MOST_TERMS = 24  # of a polynomial
MOST_BITS = 1024  # of a coefficient's numerator or denominator

MIXED_NUMBER = re.compile(r"(?<![\d.])(\d+)\s+(\d+)\s*/\s*(\d+)(?![\d.])")  # 2 1/2
DIGITS_APART = re.compile(r"[\d.]\s+[\d.]")
_SAME = str.maketrans({"−": "-", "–": "-", "×": "*", "·": "*", "÷": "/", "[": "(", "]": ")", "{": "(", "}": ")"})


class Unreadable(ValueError):
    """A text that is no equation or no expression; the sentence says why."""


# What it is worth -----------------------------------------------------------------------------------------------------

Monomial = tuple[tuple[str, int], ...]  # letters with their powers, by name; () is the constant
Polynomial = dict[Monomial, Fraction]  # without zeros
ONE: Monomial = ()
_ONE: Polynomial = {ONE: Fraction(1)}


@dataclass(frozen=True, slots=True)
class Value:
    """top / bottom, exactly. Compare with `same`, not with ==: one value has many forms."""

    top: Polynomial
    bottom: Polynomial

    @classmethod
    def of(cls, number: Fraction | int) -> "Value":
        return cls({ONE: Fraction(number)} if number else {}, _ONE)

    def __add__(self, other: "Value") -> "Value":
        if self.bottom == other.bottom:
            return _reduced(_sum(self.top, other.top), self.bottom)
        top = _sum(_product(self.top, other.bottom), _product(other.top, self.bottom))
        return _reduced(top, _product(self.bottom, other.bottom))

    def __neg__(self) -> "Value":
        return Value({m: -c for m, c in self.top.items()}, self.bottom)

    def __sub__(self, other: "Value") -> "Value":
        return self + -other

    def __mul__(self, other: "Value") -> "Value":
        if self.bottom == other.bottom == _ONE:
            return Value(_product(self.top, other.top), _ONE)
        return _reduced(_product(self.top, other.top), _product(self.bottom, other.bottom))

    def __truediv__(self, other: "Value") -> "Value":
        if not other.top:
            raise Unreadable("Nothing can be divided by zero.")
        return _reduced(_product(self.top, other.bottom), _product(self.bottom, other.top))

    def same(self, other: "Value") -> bool:
        """Whether both are worth the same for every number that the letters may stand for."""
        if self.bottom == other.bottom:
            return self.top == other.top
        return _product(self.top, other.bottom) == _product(other.top, self.bottom)

    @property
    def number(self) -> Fraction | None:
        """The number that it is, or None where letters matter."""
        if not self.top:
            return Fraction(0)
        return self.top[ONE] / self.bottom[ONE] if set(self.top) == set(self.bottom) == {ONE} else None

    @property
    def is_polynomial(self) -> bool:
        return set(self.bottom) == {ONE}

    @property
    def letters(self) -> frozenset[str]:
        return frozenset(name for part in (self.top, self.bottom) for monomial in part for name, _ in monomial)

    def coefficients(self) -> Mapping[Monomial, Fraction]:
        """Of a polynomial, by monomial. Raises ValueError where there is a letter below the line."""
        if not self.is_polynomial:
            raise ValueError("There is a letter below the line.")
        return {m: c / self.bottom[ONE] for m, c in self.top.items()}

    def with_letters(self, numbers: Mapping[str, Fraction]) -> "Value":
        """The value when some letters are these numbers. Raises Unreadable for a division by zero."""
        return _put(self.top, numbers) / _put(self.bottom, numbers)


def _put(polynomial: Polynomial, numbers: Mapping[str, Fraction]) -> Value:
    total: Polynomial = {}
    for monomial, coefficient in polynomial.items():
        rest = tuple((name, power) for name, power in monomial if name not in numbers)
        for name, power in monomial:
            if name in numbers:
                coefficient *= numbers[name] ** power
        total = _sum(total, {rest: coefficient})
    return Value(total, _ONE)


def _clean(polynomial: Polynomial) -> Polynomial:
    found = {monomial: coefficient for monomial, coefficient in polynomial.items() if coefficient}
    if len(found) > MOST_TERMS:
        raise Unreadable(f"This multiplies out to more than {MOST_TERMS} terms.")
    for monomial, coefficient in found.items():
        if sum(power for _, power in monomial) > HIGHEST_DEGREE:
            raise Unreadable(f"This has a power higher than {HIGHEST_DEGREE}.")
        if max(coefficient.numerator.bit_length(), coefficient.denominator.bit_length()) > MOST_BITS:
            raise Unreadable("The numbers in this get too large.")
    return found


def _sum(a: Polynomial, b: Polynomial) -> Polynomial:
    total = dict(a)
    for monomial, coefficient in b.items():
        total[monomial] = total.get(monomial, Fraction(0)) + coefficient
    return _clean(total)


def _product(a: Polynomial, b: Polynomial) -> Polynomial:
    total: Polynomial = {}
    for left, c in a.items():
        for right, d in b.items():
            powers = dict(left)
            for name, power in right:
                powers[name] = powers.get(name, 0) + power
            monomial = tuple(sorted(powers.items()))
            total[monomial] = total.get(monomial, Fraction(0)) + c * d
    return _clean(total)


def _reduced(top: Polynomial, bottom: Polynomial) -> Value:
    """Cancelled as far as numbers and single letters go; enough to see x/x = 1 and to know a polynomial for one."""
    if not bottom:
        raise Unreadable("Nothing can be divided by zero.")
    if not top:
        return Value({}, _ONE)
    shared = _shared_letters([*top, *bottom])
    if shared:
        top, bottom = _without(top, shared), _without(bottom, shared)
    lead = bottom[min(bottom)]
    if lead != 1:
        top, bottom = {m: c / lead for m, c in top.items()}, {m: c / lead for m, c in bottom.items()}
    if bottom != _ONE and top.keys() == bottom.keys():  # (2x+2)/(x+1) is 2
        ratio = top[min(bottom)]
        if all(top[m] == ratio * c for m, c in bottom.items()):
            return Value.of(ratio)
    return Value(_clean(top), _clean(bottom))


def _shared_letters(monomials: list[Monomial]) -> dict[str, int]:
    shared = dict(monomials[0])
    for monomial in monomials[1:]:
        powers = dict(monomial)
        shared = {name: min(power, powers[name]) for name, power in shared.items() if name in powers}
    return shared


def _without(polynomial: Polynomial, letters: Mapping[str, int]) -> Polynomial:
    return {
        tuple((name, power - letters.get(name, 0)) for name, power in monomial if power > letters.get(name, 0)): c
        for monomial, c in polynomial.items()
    }


# How it is written ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written, with the places after its point (a rounded one is known by them)."""

    value: Fraction
    places: int = 0


@dataclass(frozen=True, slots=True)
class Letter:
    name: str


@dataclass(frozen=True, slots=True)
class Minus:
    """A sign before something; also the way in which a sum holds what is taken away."""

    of: "Node"


@dataclass(frozen=True, slots=True)
class Sum:
    terms: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Product:
    factors: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Quotient:
    top: "Node"
    bottom: "Node"


@dataclass(frozen=True, slots=True)
class Power:
    base: "Node"
    exponent: int


@dataclass(frozen=True, slots=True)
class Bracket:
    inside: "Node"


Node = Number | Letter | Minus | Sum | Product | Quotient | Power | Bracket


@dataclass(frozen=True, slots=True)
class Equation:
    """Two sides as written."""

    left: Node
    right: Node

    @property
    def sides(self) -> tuple[Node, Node]:
        return self.left, self.right


def children(node: Node) -> tuple[Node, ...]:
    """What a node is made of, left to right."""
    match node:
        case Minus(of=inner) | Bracket(inside=inner) | Power(base=inner):
            return (inner,)
        case Sum(terms=parts) | Product(factors=parts):
            return parts
        case Quotient(top=top, bottom=bottom):
            return top, bottom
    return ()


def walk(node: Node) -> Iterator[Node]:
    """A node and everything in it, outermost first."""
    yield node
    for child in children(node):
        yield from walk(child)


def bare(node: Node) -> Node:
    """A node without the brackets around it."""
    while isinstance(node, Bracket):
        node = node.inside
    return node


def terms_of(node: Node) -> tuple[Node, ...]:
    """The terms of a side as written: itself, unless it is a sum."""
    node = bare(node)
    return node.terms if isinstance(node, Sum) else (node,)


def value_of(node: Node) -> Value:
    """What a node is worth. Raises Unreadable (division by zero, too large)."""
    match node:
        case Number(value=value):
            return Value.of(value)
        case Letter(name=name):
            return Value({((name, 1),): Fraction(1)}, _ONE)
        case Minus(of=of):
            return -value_of(of)
        case Bracket(inside=inside):
            return value_of(inside)
        case Power(base=base, exponent=exponent):
            worth, total = value_of(base), Value.of(1)
            for _ in range(exponent):
                total = total * worth
            return total
        case Quotient(top=top, bottom=bottom):
            return value_of(top) / value_of(bottom)
        case Sum(terms=terms):
            total = Value.of(0)
            for term in terms:
                total = total + value_of(term)
            return total
        case Product(factors=factors):
            total = Value.of(1)
            for factor in factors:
                total = total * value_of(factor)
            return total


def is_reduced(fraction: Quotient) -> bool:
    """Whether a fraction of whole numbers is in lowest terms with a positive denominator above 1; False for others."""
    top, bottom = value_of(fraction.top).number, value_of(fraction.bottom).number
    if top is None or bottom is None or top.denominator != 1 or bottom.denominator != 1:
        return False
    return bottom > 1 and gcd(top.numerator, bottom.numerator) == 1


# Reading --------------------------------------------------------------------------------------------------------------


def read_equation(text: str) -> Equation:
    """Both sides of a text with one equals sign. Raises Unreadable."""
    _check_length(text)
    if text.count("=") != 1:
        raise Unreadable(f"An equation has one equals sign, this has {text.count('=')}: {_quoted(text)}")
    left, right = text.split("=")
    return Equation(read_expression(left), read_expression(right))


def read_expression(text: str) -> Node:
    """The tree of a text without equals sign. Raises Unreadable."""
    _check_length(text)
    return _Reader(text).read()


def _check_length(text: str) -> None:
    if not isinstance(text, str):
        raise Unreadable(f"This has to be a text, not {type(text).__name__}.")
    if len(text) > LONGEST:
        raise Unreadable(f"This has {len(text)} characters; at most {LONGEST} are read.")


def _quoted(text: str) -> str:
    short = text if len(text) <= 40 else f"{text[:40]}…"
    return f"“{short}”"


class _Reader:
    """One pass over one text, by recursive descent; the depth is counted."""

    def __init__(self, text: str) -> None:
        text = MIXED_NUMBER.sub(r"(\1+\2/\3)", text.translate(_SAME))
        if DIGITS_APART.search(text):
            raise Unreadable(f"There is a gap inside a number in {_quoted(text)}.")
        self.text = "".join(text.split())
        self.place = 0
        self.depth = 0

    def read(self) -> Node:
        if not self.text:
            raise Unreadable("There is nothing to read on one side.")
        node = self._sum()
        if self.place < len(self.text):
            if self.text[self.place] == ")":
                raise Unreadable(f"There is a closing bracket without an opening one in {_quoted(self.text)}.")
            raise Unreadable(f"“{self.text[self.place]}” cannot be read in {_quoted(self.text)}.")
        return node

    def _next(self) -> str:
        return self.text[self.place] if self.place < len(self.text) else ""

    def _deeper(self) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise Unreadable(f"Brackets and signs lie more than {DEEPEST} deep.")

    def _sum(self) -> Node:
        self._deeper()
        if self._next() == "+":
            self.place += 1
        terms = [self._term()]
        while self._next() in ("+", "-"):
            taken = self._next() == "-"
            self.place += 1
            if not taken and self._next() == "+":
                raise Unreadable(f"Two plus signs stand together in {_quoted(self.text)}.")
            term = self._term()
            terms.append(Minus(term) if taken else term)
        self.depth -= 1
        return terms[0] if len(terms) == 1 else Sum(tuple(terms))

    def _term(self) -> Node:
        if self._next() == "-" and not self._negative_number_ahead():
            self._deeper()
            self.place += 1
            node: Node = Minus(self._term())
            self.depth -= 1
            return node
        node = self._factor()
        while True:
            sign = self._next()
            if sign and sign in "*/":
                self.place += 1
                node = self._joined(node, self._factor(), divided=sign == "/")
            elif sign and (sign == "(" or _is_letter(sign) or _is_digit(sign)):
                node = self._joined(node, self._factor(), divided=False)
            else:
                return node

    @staticmethod
    def _joined(node: Node, factor: Node, *, divided: bool) -> Node:
        if divided:
            return Quotient(node, factor)
        return Product((*node.factors, factor) if isinstance(node, Product) else (node, factor))

    def _negative_number_ahead(self) -> bool:
        """Whether a minus begins a number that stands for itself: -3x yes, -x and -3^2 no."""
        place = self.place + 1
        while place < len(self.text) and (_is_digit(self.text[place]) or self.text[place] == "."):
            place += 1
        return place > self.place + 1 and self.text[place : place + 1] != "^"

    def _factor(self) -> Node:
        if self._next() == "-":
            self.place += 1
            if _is_digit(self._next()) or self._next() == ".":
                number = self._power(self._number())
                return Number(-number.value, number.places) if isinstance(number, Number) else Minus(number)
            self._deeper()
            node: Node = Minus(self._factor())
            self.depth -= 1
            return node
        return self._power(self._atom())

    def _power(self, base: Node) -> Node:
        if self._next() != "^":
            return base
        self.place += 1
        digits = self._digits()
        if not digits or int(digits) > HIGHEST_POWER:
            raise Unreadable(f"A power has to be a whole number up to {HIGHEST_POWER} in {_quoted(self.text)}.")
        return Power(base, int(digits))

    def _atom(self) -> Node:
        sign = self._next()
        if not sign:
            raise Unreadable(f"Something is missing at the end of {_quoted(self.text)}.")
        if sign == "(":
            self.place += 1
            inside = self._sum()
            if self._next() != ")":
                raise Unreadable(f"A bracket is not closed in {_quoted(self.text)}.")
            self.place += 1
            return Bracket(inside)
        if _is_letter(sign):
            self.place += 1
            return Letter(sign.lower())
        if _is_digit(sign) or sign == ".":
            return self._number()
        raise Unreadable(f"“{sign}” cannot be read in {_quoted(self.text)}.")

    def _digits(self) -> str:
        start = self.place
        while _is_digit(self._next()):
            self.place += 1
        if self.place - start > MOST_DIGITS:
            raise Unreadable(f"A number has more than {MOST_DIGITS} digits.")
        return self.text[start : self.place]

    def _number(self) -> Number:
        whole, behind = self._digits(), ""
        if self._next() == ".":
            self.place += 1
            behind = self._digits()
        if not whole and not behind:
            raise Unreadable(f"A point without digits cannot be read in {_quoted(self.text)}.")
        return Number(Fraction(int(whole + behind), 10 ** len(behind)), len(behind))


def _is_letter(sign: str) -> bool:
    return "a" <= sign.lower() <= "z" and len(sign.lower()) == 1


def _is_digit(sign: str) -> bool:
    return sign != "" and sign in "0123456789"
