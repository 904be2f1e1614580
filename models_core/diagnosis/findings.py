"""Which single wrong rule leads from a linear equation to what a learner wrote, when everything else was done right.

`what_happened("3x+5=20", "3x=25")` finds that 5 went to the other side with its sign kept. What the learner wrote may
be the next line or the final answer: each wrong rule is tried once, at every place where it applies, on the equation as
written and on the lines that come after it when nothing goes wrong; a rule is named when its equation has the solution
that the learner's has. Needs no torch and takes about a millisecond.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice

from models_core.diagnosis.equations import (
    Bracket,
    Equation,
    Letter,
    Minus,
    Node,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Unreadable,
    Value,
    bare,
    read_equation,
    read_expression,
    terms_of,
    value_of,
)

MOST_FINDINGS = 3
MOST_TRIES = 300  # wrong equations that are tried; an equation of the course has about thirty


@dataclass(frozen=True, slots=True)
class Finding:
    """A wrong rule that explains a result.

    Attributes:
        rule: its name, a label of `errors.error_texts("rules")`.
        on: the term or number it was used on, as text.
        exact: whether the very line that the rule gives was written, not only one with the same solution.
    """

    rule: str
    on: str
    exact: bool


@dataclass(frozen=True, slots=True)
class Line:
    """a * letter + b."""

    a: Fraction
    b: Fraction

    def __add__(self, other: "Line") -> "Line":
        return Line(self.a + other.a, self.b + other.b)

    def __sub__(self, other: "Line") -> "Line":
        return Line(self.a - other.a, self.b - other.b)

    def times(self, factor: Fraction) -> "Line":
        return Line(self.a * factor, self.b * factor)


NOTHING = Line(Fraction(0), Fraction(0))
Sides = tuple[Line, Line]
Rebuild = Callable[[Node], Node]
Candidate = tuple[str, str, Sides]  # rule, what it was used on, the equation that it gives


def what_happened(before: str, after: str) -> list[Finding]:
    """The wrong rules, one at a time, that lead from an equation to a line or an answer; most telling first.

    Args:
        before: a linear equation in one unknown.
        after: the next line, or the answer alone ("8" or "x = 8").

    Returns:
        An empty list when the step is right, when no single rule explains it, or when either cannot be read as such.
    """
    try:
        equation = read_equation(before)
        letters = value_of(equation.left).letters | value_of(equation.right).letters
        if len(letters) != 1:
            return []
        (letter,) = letters
        given = _read_after(after, letter)
        start = _sides(equation, letter)
        if _solution(start) == _solution(given):
            return []
        found: dict[str, Finding] = {}
        for rule, on, sides in islice(_candidates(equation, start, letter), MOST_TRIES):
            if _solution(sides) != _solution(given) or _solution(sides) == _solution(start):
                continue
            exact = sides == given or sides == given[::-1]
            if rule not in found or (exact and not found[rule].exact):
                found[rule] = Finding(rule, on, exact)
    except Unreadable:
        return []
    order = sorted(found.values(), key=lambda finding: (not finding.exact, TELLING.index(finding.rule)))
    return order[:MOST_FINDINGS]


# The more telling a rule is, the less likely it fits by chance.
TELLING = (
    "distributed_first_only",
    "distributed_sign_lost",
    "sign_kept_when_moving",
    "same_operation_repeated",
    "divided_one_term_only",
    "sign_lost_when_dividing",
    "divided_upside_down",
    "unlike_terms_combined",
    "single_letter_ignored",
    "like_terms_sign",
    "one_side_only",
    "coefficient_subtracted",
    "coefficient_ignored",
)


# Reading --------------------------------------------------------------------------------------------------------------


def _read_after(text: str, letter: str) -> Sides:
    if "=" in text:
        return _sides(read_equation(text), letter)
    answer = _line(value_of(read_expression(text)), letter)
    if answer.a:
        raise Unreadable("An answer without an equals sign has to be a number.")
    return Line(Fraction(1), Fraction(0)), answer


def _sides(equation: Equation, letter: str) -> Sides:
    return _line(value_of(equation.left), letter), _line(value_of(equation.right), letter)


def _line(value: Value, letter: str) -> Line:
    """A linear value. Raises Unreadable for powers, other letters and letters below the line."""
    if not value.is_polynomial:
        raise Unreadable("There is a letter below the line.")
    coefficients = dict(value.coefficients())
    a, b = coefficients.pop(((letter, 1),), Fraction(0)), coefficients.pop((), Fraction(0))
    if coefficients:
        raise Unreadable("This is not a linear equation in one unknown.")
    return Line(a, b)


def _solution(sides: Sides) -> Fraction | str:
    """The number that solves it, or which of the two special cases it is."""
    rest = sides[0] - sides[1]
    if rest.a:
        return -rest.b / rest.a
    return "none" if rest.b else "all"


# Wrong rules ----------------------------------------------------------------------------------------------------------


def _candidates(equation: Equation, start: Sides, letter: str) -> Iterator[Candidate]:
    """Every equation that one wrong rule makes, as written first, then further down the right path."""
    for place in (0, 1):
        for rule, on, node in _rewritten(equation.sides[place]):
            try:
                line = _line(value_of(node), letter)
            except Unreadable:
                continue
            yield rule, on, (line, start[1]) if place == 0 else (start[0], line)
    written = [[_line(value_of(term), letter) for term in terms_of(_expanded(side))] for side in equation.sides]
    collected = [_parts(line) for line in start]
    for terms in (written, collected):
        yield from _moving(terms, start, letter)
    yield from _one_term_only(start)
    yield from _isolating(start)


def _parts(line: Line) -> list[Line]:
    return [part for part in (Line(line.a, Fraction(0)), Line(Fraction(0), line.b)) if part != NOTHING]


def _moving(terms: list[list[Line]], start: Sides, letter: str) -> Iterator[Candidate]:
    """A term leaves its side, and the other side gets it with the same sign, or does not get it at all."""
    for place in (0, 1):
        here, there = start[place], start[1 - place]
        for term in terms[place]:
            if len(terms[place]) == 1 and not (here.a and there.a):
                continue
            left = here - term
            for rule, right in (("sign_kept_when_moving", there + term), ("one_side_only", there)):
                yield rule, _told(term, letter), (left, right) if place == 0 else (right, left)


def _one_term_only(start: Sides) -> Iterator[Candidate]:
    """A side with several terms is divided by the letter's coefficient, but only one of its terms really is."""
    for place in (0, 1):
        here, there = start[place], start[1 - place]
        if here.a in (0, 1):
            continue
        whole, partly = here.times(1 / here.a), Line(Fraction(1), here.b)
        pairs = [(partly, there.times(1 / here.a))] if here.b else []
        if there.a and there.b:
            pairs += [(whole, Line(there.a / here.a, there.b)), (whole, Line(there.a, there.b / here.a))]
        for ours, theirs in pairs:
            yield "divided_one_term_only", str(here.a), (ours, theirs) if place == 0 else (theirs, ours)


def _isolating(start: Sides) -> Iterator[Candidate]:
    """From a * letter = c, with everything before it done right."""
    alone = start[0] - start[1]
    a, c = alone.a, -alone.b
    if a in (0, 1):
        return
    wrong = [("sign_lost_when_dividing", -c / a)] if a < 0 or c < 0 else []
    if a != -1:
        wrong += [
            ("same_operation_repeated", c * a),
            ("coefficient_subtracted", c - a),
            ("coefficient_subtracted", c + a),
            ("coefficient_ignored", c),
        ]
    if c and a != -1:
        wrong.append(("divided_upside_down", a / c))
    if a.denominator > 1 and a.numerator != 1:  # (p/q) x = c, and only p or only q was undone
        wrong += [("coefficient_ignored", c * a.denominator), ("coefficient_ignored", c / a.numerator)]
    for rule, answer in wrong:
        yield rule, str(a), (Line(Fraction(1), Fraction(0)), Line(Fraction(0), answer))


def _rewritten(side: Node) -> Iterator[tuple[str, str, Node]]:
    """The side with one part of it rewritten wrongly: (rule, part, side)."""
    for part, rebuild in _places(side):
        for rule, wrong in _wrongly(part):
            yield rule, _text(part), rebuild(wrong)


def _places(node: Node) -> Iterator[tuple[Node, Rebuild]]:
    """Every part of a tree with a function that puts something else in its place."""
    yield node, lambda new: new
    match node:
        case Bracket(inside=inside):
            yield from _within(inside, Bracket)
        case Minus(of=of):
            yield from _within(of, Minus)
        case Sum(terms=terms):
            for i, term in enumerate(terms):
                yield from _within(term, _instead(terms, i, Sum))
        case Product(factors=factors):
            for i, factor in enumerate(factors):
                yield from _within(factor, _instead(factors, i, Product))
        case Quotient(top=top, bottom=bottom):
            yield from _within(top, lambda new: Quotient(new, bottom))


def _within(child: Node, wrap: Rebuild) -> Iterator[tuple[Node, Rebuild]]:
    for part, rebuild in _places(child):
        yield part, _then(rebuild, wrap)


def _then(first: Rebuild, second: Rebuild) -> Rebuild:
    return lambda new: second(first(new))


def _instead(parts: tuple[Node, ...], place: int, make: Callable[[tuple[Node, ...]], Node]) -> Rebuild:
    return lambda new: make((*parts[:place], new, *parts[place + 1 :]))


def _wrongly(part: Node) -> Iterator[tuple[str, Node]]:
    """What a wrong rule makes of one part."""
    match part:
        case Product(factors=(factor, Bracket(inside=Sum(terms=terms)))) if _number_of(factor) is not None:
            first, rest = Product((factor, Bracket(terms[0]))), terms[1:]
            yield "distributed_first_only", Sum((first, *rest))
            yield "distributed_sign_lost", Sum((first, *(Minus(Product((factor, Bracket(term)))) for term in rest)))
        case Minus(of=Bracket(inside=Sum(terms=terms))):
            yield "distributed_sign_lost", Sum((Minus(terms[0]), *terms[1:]))
        case Minus(of=Product(factors=(factor, Bracket(inside=Sum(terms=terms))))) if _number_of(factor) is not None:
            taken = Minus(Product((factor, Bracket(terms[0]))))
            yield "distributed_sign_lost", Sum((taken, *(Product((factor, Bracket(term))) for term in terms[1:])))
            yield "distributed_first_only", Sum((taken, *(Minus(term) for term in terms[1:])))
        case Quotient(top=top, bottom=bottom) if isinstance(bare(top), Sum):
            terms = terms_of(top)
            yield "divided_one_term_only", Sum((Quotient(Bracket(terms[0]), bottom), *terms[1:]))
            yield "divided_one_term_only", Sum((*terms[:-1], Quotient(Bracket(terms[-1]), bottom)))
        case Sum(terms=terms):
            yield from _sum_wrongly(terms)


def _sum_wrongly(terms: tuple[Node, ...]) -> Iterator[tuple[str, Node]]:
    values = [value_of(term) for term in terms]
    for i in range(len(terms)):
        for j in range(i + 1, len(terms)):
            rest = tuple(term for k, term in enumerate(terms) if k not in (i, j))
            one, other = values[i], values[j]
            if set(one.top) == set(other.top) and one.bottom == other.bottom:
                yield "like_terms_sign", Sum((terms[i], Minus(terms[j]), *rest))
                yield "like_terms_sign", Sum((Minus(terms[i]), terms[j], *rest))
                for kept, dropped in ((i, j), (j, i)):
                    if values[dropped].letters and all(abs(c) == 1 for c in values[dropped].top.values()):
                        yield "single_letter_ignored", Sum((terms[kept], *rest))
            elif (one.number is None) != (other.number is None):
                lettered, number = (one, other.number) if one.number is None else (other, one.number)
                if len(lettered.top) == 1 and number is not None:  # 3x+5 as 8x
                    coefficient = next(iter(lettered.top.values())) / next(iter(lettered.bottom.values()))
                    letters = [Letter(name) for monomial in lettered.top for name, _ in monomial]
                    yield "unlike_terms_combined", Sum((Product((Number(coefficient + number), *letters)), *rest))


def _number_of(node: Node) -> Fraction | None:
    return value_of(node).number


def _expanded(side: Node) -> Node:
    """The side with a number before a bracket multiplied out, so that its terms can move one by one."""
    terms: list[Node] = []
    for term in terms_of(side):
        core, sign = (term.of, -1) if isinstance(term, Minus) else (term, 1)
        inner: Node = bare(core)
        factor = Fraction(sign)
        if isinstance(inner, Product) and len(inner.factors) == 2 and isinstance(bare(inner.factors[1]), Sum):
            number = _number_of(inner.factors[0])
            if number is None:
                terms.append(term)
                continue
            factor, inner = factor * number, bare(inner.factors[1])
        if isinstance(inner, Sum):
            terms += [Product((Number(factor), Bracket(part))) for part in inner.terms]
        else:
            terms.append(term)
    return Sum(tuple(terms)) if len(terms) > 1 else terms[0]


# Telling --------------------------------------------------------------------------------------------------------------


def _told(line: Line, letter: str) -> str:
    if not line.a:
        return str(line.b)
    return {Fraction(1): letter, Fraction(-1): f"-{letter}"}.get(line.a, f"{line.a}{letter}")


def _text(node: Node) -> str:
    """A part as people write it."""
    match node:
        case Number(value=value, places=places):
            return f"{float(value):.{places}f}" if places else str(value)
        case Letter(name=name):
            return name
        case Minus(of=of):
            return f"-{_text(of)}"
        case Bracket(inside=inside):
            return f"({_text(inside)})"
        case Power(base=base, exponent=exponent):
            return f"{_text(base)}^{exponent}"
        case Sum(terms=terms):
            return "+".join(_text(term) for term in terms).replace("+-", "-")
        case Quotient(top=top, bottom=bottom):
            return f"{_text(top)}/{_text(bottom)}"
        case Product(factors=factors):
            return "".join(f"*{_text(f)}" if i and isinstance(f, Number) else _text(f) for i, f in enumerate(factors))
