"""Sentences that show the key at work: the problem's equation its list with the key next."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import isfinite, pi

from .expressions import Reader, Relation, Run, Tuple
from .keys import EVERYWHERE, Known
from .patterns import search, sub
from .values import Value, close

SHORTEST_LIST = 3
EXPONENTS = frozenset(map(Fraction, (2, 3)))  # squares and cubes come from formulas
POWER = r" (?:raised )?to the (?:power (?:of )?)?(\d+)(?:st|nd|rd|th)?(?: power)?\b"
TRIPLE = r"\b(\d+) ?[-:,] ?(\d+) ?[-:,] ?(\d+)(?: right)?[ -]triangle"
SLACK = 1e-9
MOST_TIMES = 3  # that an unknown stands in an equation
SIDE = r"\b(?:right|left)(?:[- ]hand)?(?: side)?\b|\bother side\b|\bequals sign\b"


class Checks:
    """The problem's equations and lists, and how sentences put the key into them."""

    def __init__(
        self, numbers: Sequence[Value], expressions: Sequence[Value], relations: Sequence[Relation], known: Known
    ) -> None:
        self.known = known
        self.exact = frozenset(number.exact for number in numbers if number.exact is not None)
        self.of_factors = bool(search(r"\bfactor|\bmultiple|\bprime|\bgc[fd]\b|\blc[md]\b", known.own.text))
        self.equations = [sorted(found) for found in map(_literals_of, known.own.runs) if found]
        angular = search(r"\bdegrees?\b|\bangles?\b|°", known.own.text)
        self.radians = [float(key) * pi / 180 for key in self.exact if key] if angular else []
        turns = [key.points[0] * 180 / pi for key in expressions if key.is_number and key.points and _holds_pi(key)]
        self.degrees = frozenset(Fraction(round(turn)) for turn in turns if abs(turn - round(turn)) < SLACK)
        self.degrees -= known.own.numbers
        self.list = _longest_list(known.own.runs) if self.exact else ()
        self.sides = frozenset(
            side.exact
            for relation in relations
            for side in relation.sides
            if relation.signs == ("=",) and side is not None and side.exact is not None and not side.names
        )
        self.sides -= known.own.numbers | EVERYWHERE

    def leak(self, reader: Reader, folded: str) -> str:
        if "?" in folded:
            return ""
        if self.exact and "=" in folded and any(self._holds_true(run) for run in reader.runs):
            return "an equation that checks it"
        if self.exact and search(POWER, folded):
            stated = sub(r"\b(?:is|equals|gives|makes)\b", "=", sub(POWER, r" ^ \1", folded))
            if "=" in stated and any(self._holds_true(run) for run in Reader(stated).runs):
                return "an equation that checks it"
        if self.radians and any(
            isinstance(run, Value)
            and run.exact is None
            and run.points
            and any(close(run.points[0], r) for r in self.radians)
            for run in reader.runs
        ):
            return "the angle in radians"
        in_degrees = self.degrees and search(r"\bdegrees?\b|°", folded)
        if in_degrees and any(token.value in self.degrees for token in reader.tokens):
            return "the angle in degrees"
        triangle = search(TRIPLE, folded)
        if (
            triangle
            and triangle.group() not in self.known.own.text
            and self.exact & set(map(Fraction, triangle.groups()))
        ):
            return "a well-known triangle"
        if self.list and self._goes_on(reader):
            return "goes on with the list"
        if self.sides and search(SIDE, folded) and any(token.value in self.sides for token in reader.tokens):
            return "tells a side of the equation"
        return ""

    def _holds_true(self, run: Run) -> bool:
        """`4(7) - 7 = 21` for 4x - 7 = 21, `6^2 + 8^2 = 10^2` for the sides 6 and 8."""
        if not isinstance(run, Relation) or set(run.signs) != {"="}:
            return False
        left, right = run.sides[0], run.sides[-1]
        if left is None or right is None or left.names or right.names or not left.steps + right.steps:
            return False
        if not left.is_number or not right.is_number or not left.same(right):
            return False
        literals = sorted(map(abs, (*left.literals, *right.literals)))
        own = self.known.own.numbers
        signed = {*left.literals, *right.literals}
        for key in self.exact & signed:
            if key in EVERYWHERE and len(literals) < 4:
                continue
            for equation in self.equations:
                if any(literals == sorted([*equation, *[abs(key)] * times]) for times in range(1, MOST_TIMES + 1)):
                    return True
            if self.of_factors:  # the parts of a number, not the key
                continue
            rest = [literal for literal in literals if literal != abs(key) and literal not in EXPONENTS]
            alone = (left.exact if not right.steps else right.exact if not left.steps else None) in self.exact
            if (
                key not in own | EVERYWHERE
                and not alone
                and rest
                and len(literals) > 2
                and all(literal in own for literal in rest)
            ):
                return True
        return False

    def _goes_on(self, reader: Reader) -> bool:
        """`3, 6, 12, 24, 48` where the problem lists 3, 6, 12, 24."""
        row = [token.value for token in reader.tokens if token.value is not None]
        size = len(self.list)
        return any(
            tuple(row[at : at + size]) == self.list and row[at + size] in self.exact for at in range(len(row) - size)
        )


def _holds_pi(key: Value) -> bool:
    return "'pi'" in repr(key.form) and all(map(isfinite, key.points or ()))


def _literals_of(run: Run) -> list[Fraction]:
    """The numbers of an equation with one unknown; empty for what is none."""
    if not isinstance(run, Relation) or run.signs != ("=",) or None in run.sides:
        return []
    sides = [side for side in run.sides if side is not None]
    names = frozenset[str]().union(*(side.names for side in sides))
    if len(names) != 1 or not any(side.steps for side in sides):
        return []
    return [abs(literal) for side in sides for literal in side.literals]


def _longest_list(runs: Sequence[Run]) -> tuple[Fraction, ...]:
    """The numbers that the problem lists one after the other."""
    best: list[Fraction] = []
    row: list[Fraction] = []
    end = -1
    for run in runs:
        if isinstance(run, Tuple):
            items = [item.exact for item in run.items]
            row = [item for item in items if item is not None]
        elif isinstance(run, Value) and run.exact is not None and not run.steps:
            row = [*row, run.exact] if run.start - end <= 1 else [run.exact]
        else:
            row = []
        end = run.end
        best = max(best, row, key=len)
    return tuple(best) if len(best) >= SHORTEST_LIST else ()
