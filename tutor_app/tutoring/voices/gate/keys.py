"""What a key is, for the gate: the numbers, expressions, sets or words that must not be told; and what is known."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, lru_cache
from itertools import permutations
from math import gcd, isqrt

from . import values
from .expressions import UNITS, Reader, Relation, Run, Tuple, read, tokenise
from .patterns import findall, fullmatch, search, sub
from .plain import plain
from .values import Value

EVERYWHERE = frozenset(map(Fraction, (0, 1)))  # numbers that sentences hold for other reasons all the time
TEN_POWERS = {
    2: 10,
    5: 10,
    10: 10,
    4: 100,
    20: 100,
    25: 100,
    50: 100,
    100: 100,
    8: 1000,
    40: 1000,
    125: 1000,
    1000: 1000,
    500: 1000,
    200: 1000,
    250: 1000,
}
FRACTION = re.compile(r"(\d{1,9})\)?\s?/\s?\(?(\d{1,9})")
FUNCTION = r"[a-zA-Z](?:'{1,3}|_\w| ?\^ ?\(?-1\)?)? ?\( ?[a-z] ?\) ?= ?(.+)"
LONGEST = 6_000  # characters of a problem, and of what was allowed, that are read
MOST_DERIVED = 7  # numbers of the problem that are combined with each other


@dataclass(frozen=True)
class Region:
    """A set of real numbers between two ends; None is an end that is open to infinity."""

    low: Fraction | None
    low_in: bool
    high: Fraction | None
    high_in: bool


@dataclass(frozen=True)
class Keys:
    """All keys of a step, sorted by what they are."""

    numbers: tuple[Value, ...] = ()
    expressions: tuple[Value, ...] = ()
    relations: tuple[Relation, ...] = ()
    regions: tuple[Region, ...] = ()
    sequences: tuple[tuple[Value, ...], ...] = ()  # pairs and lists: telling is telling all of it
    in_order: bool = False
    words: tuple[str, ...] = ()
    letters: tuple[str, ...] = ()  # of choices, in capitals
    roots: tuple[str, ...] = ()  # the letters that are solved for: "x" of the key "x = 7"


def read_keys(keys: Sequence[str], kind: str = "", choices: Sequence[str] = ()) -> Keys:
    numbers: list[Value] = []
    expressions: list[Value] = []
    relations: list[Relation] = []
    regions: list[Region] = []
    sequences: list[tuple[Value, ...]] = []
    words: list[str] = []
    letters: list[str] = []
    roots: list[str] = []
    in_order = False
    lettered = {chr(65 + index): plain(choice).strip() for index, choice in enumerate(choices)}
    for key in keys:
        text = plain(key).strip().strip(".")
        for letter, choice in lettered.items():
            written = sub(r"^\(([a-z])\)", r"\1)", text.casefold())
            if written in (
                choice.casefold(),
                letter.casefold(),
                *(f"{sign} {choice}".casefold() for sign in (f"{letter})", f"{letter}.", f"{letter}:", f"{letter} -")),
                f"({letter})".casefold(),
            ):
                letters.append(letter)
                text = choice
                break
        if fullmatch(r"\(?[A-H]\)?", text) and (kind == "choice" or len(keys) > 1 or kind != "arithmetic"):
            letters.append(text.strip("()"))
            continue
        function = fullmatch(FUNCTION, text)
        if function is not None:  # `f^-1(x) = (x - 6)/2`: the right side alone tells it
            expressions += [run for run in read(function[1]).runs[:1] if isinstance(run, Value) and run.steps]
        percent = fullmatch(r"(-?\d+(?:\.\d+)?)\s*(?:%|percent)", text)
        reader = read(text)
        runs = reader.runs
        if percent is not None:
            shown = Fraction(percent[1])
            numbers += [values.number(shown / 100), values.number(shown)]
            continue
        region = as_region(runs, reader)
        if region is not None:
            regions.append(region)
            pair = isinstance(runs[0], Tuple) and {runs[0].open, runs[0].close} == {"(", ")"}
            if isinstance(runs[0], Tuple) and pair and region.low is not None and region.high is not None:
                sequences.append(runs[0].items)
                in_order = True
            continue
        if len(runs) == 1 and _covers(reader, runs):
            run = runs[0]
            if isinstance(run, Tuple):
                sequences.append(run.items)
                in_order = in_order or run.open == "("
            elif isinstance(run, Relation):
                solved = as_solved(run)
                if solved is not None and solved[1].is_number:
                    roots.append(solved[0])
                    numbers.append(solved[1])
                else:
                    relations.append(run)
                    if solved is not None and solved[1].steps:
                        expressions.append(solved[1])
            elif run.exact is not None:
                numbers.append(run)
            else:
                expressions.append(run)
                if not run.steps and len(text) > 1 and not run.is_number:
                    words.append(text)
            if search(r"[a-z]{4,}|[A-Z][a-z]", text) and "sqrt" not in text:
                words.append(text)
            continue
        if runs and _covers_as_list(reader, runs):
            parts = [as_solved(run)[1] if isinstance(run, Relation) else run for run in runs]  # type: ignore[index]
            sequences.append(tuple(part for part in parts if isinstance(part, Value)))
            continue
        if runs and runs[0].start == 0 and isinstance(runs[0], Value) and runs[0].is_number:
            after = reader.tokens[runs[0].end : runs[0].end + 2]
            if after and (after[0].text in UNITS or fullmatch(r"[a-z]{3,}", after[0].text)) and len(reader.tokens) < 8:
                numbers.append(runs[0])
                continue
        if text:
            words.append(text)
    return Keys(
        tuple(numbers), tuple(expressions), tuple(relations), tuple(regions), tuple(sequences), in_order, tuple(words),
        tuple(dict.fromkeys(letters)), tuple(roots),
    )  # fmt: skip


def with_intercepts(keys: Keys, problem: str) -> Keys:
    """The 9 of an intercept (0, 9) is a key of its own: the other part is known from the start."""
    if "intercept" not in problem:
        return keys
    found = []
    for sequence in keys.sequences:
        numbers = [item for item in sequence if item.exact != 0]
        if len(sequence) == 2 and len(numbers) == 1 and numbers[0].exact is not None:
            found += numbers
    return replace(keys, numbers=(*keys.numbers, *found))


def _covers(reader: Reader, runs: Sequence[Run]) -> bool:
    spare = [
        token for index, token in enumerate(reader.tokens) if not any(run.start <= index < run.end for run in runs)
    ]
    return all(token.text in UNITS or token.text in (".", "$", "^", "°") for token in spare)


def _covers_as_list(reader: Reader, runs: Sequence[Run]) -> bool:
    if not all(isinstance(run, Value) or (isinstance(run, Relation) and as_solved(run)) for run in runs):
        return False
    spare = [
        token for index, token in enumerate(reader.tokens) if not any(run.start <= index < run.end for run in runs)
    ]
    return (
        len(runs) > 1
        and bool(spare)
        and all(token.text in (",", ";", "and", "or", "{", "}", "±", "=") for token in spare)
    )


def as_solved(relation: Relation) -> tuple[str, Value] | None:
    """`x = 7` or `7 = x` as the letter and its value."""
    if relation.signs != ("=",):
        return None
    left, right = relation.sides
    for letter, value in ((left, right), (right, left)):
        if letter is None or value is None or len(letter.names) != 1 or letter.steps or letter.form[0] != "s":
            continue
        (name,) = letter.names
        if name not in value.names:
            return name, value
    return None


def pairs_of(relation: Relation) -> list[Relation]:
    """`a = b = c` as `a = b` and `b = c`."""
    pairs = zip(relation.sides, relation.sides[1:], relation.signs, strict=False)
    return [Relation((left, right), (sign,), relation.start, relation.end) for left, right, sign in pairs]


def as_region(runs: Sequence[Run], reader: Reader | None = None) -> Region | None:
    """The set that one run says, where it is an inequality of a bare letter, or an interval."""
    if len(runs) != 1:
        return None
    run = runs[0]
    if isinstance(run, Relation):
        return region_of(run)
    if isinstance(run, Tuple) and len(run.items) == 2:
        low, high = run.items
        infinite = any("inf" in repr(item.form) for item in run.items)
        if run.open == "{" or run.close == "}" or not (infinite or "[" in run.open or "]" in run.close):
            return None
        return Region(
            low.exact,
            run.open == "[" and low.exact is not None,
            high.exact,
            run.close == "]" and high.exact is not None,
        )
    return None


def region_of(relation: Relation) -> Region | None:
    signs, sides = relation.signs, relation.sides
    if any(sign in ("=", "!=") for sign in signs):
        return None
    bare = [index for index, side in enumerate(sides) if side is None or (len(side.names) == 1 and not side.steps)]
    if len(bare) != 1 or len(sides) > 3:
        return None
    low = high = None
    low_in = high_in = False
    for index, sign in enumerate(signs):
        if bare[0] not in (index, index + 1):
            return None
        other = sides[index + 1 if bare[0] == index else index]
        if other is None or other.exact is None:
            return None
        upper = sign[0] == "<" if bare[0] == index else sign[0] == ">"
        if upper:
            high, high_in = other.exact, sign.endswith("=")
        else:
            low, low_in = other.exact, sign.endswith("=")
    return Region(low, low_in, high, high_in)


@dataclass(frozen=True)
class Known:
    """What the learner has in front of them already: the problem, and what was allowed to be said."""

    text: str  # plain and folded
    runs: tuple[Run, ...]
    problem: Known | None = None  # the problem alone, where more was allowed

    @property
    def own(self) -> Known:
        """The problem alone: what a learner wrote must not make the gate blind."""
        return self.problem or self

    @cached_property
    def parts(self) -> tuple[Value, ...]:
        """Every value that stands alone, on a side, or in a pair."""
        found: list[Value] = []
        for run in self.runs:
            if isinstance(run, Value):
                found.append(run)
            elif isinstance(run, Relation):
                found += [side for side in run.sides if side is not None]
            else:
                found += run.items
        return tuple(found)

    @cached_property
    def numbers(self) -> frozenset[Fraction]:
        found: set[Fraction] = set()
        for part in self.parts:
            for literal in part.literals:
                found.add(literal)
                if "%" in self.text or "percent" in self.text:
                    found.update((literal / 100, 1 + literal / 100, 1 - literal / 100))
                if literal.denominator in range(2, 100) and literal.denominator not in (10, 20, 25, 50, 40):
                    found.update((Fraction(literal.numerator), Fraction(literal.denominator)))  # two-thirds
            written = (
                part.steps == 1 and len(part.literals) == 2 and part.exact == part.literals[0] / (part.literals[1] or 1)
            )
            if part.exact is not None and (part.steps == 0 or (written and part.exact.denominator > 1)):
                found.add(part.exact)
        for top, bottom in FRACTION.findall(self.text):
            if int(bottom):
                found.add(Fraction(int(top), int(bottom)))
        return frozenset(found)

    @cached_property
    def _only_exponents(self) -> frozenset[Fraction]:
        """The 2 of `t^2`, where no other 2 is in sight."""
        raised = set(map(Fraction, findall(r"\^ ?\(?(\d{1,4})(?![\d.])", self.text)))
        if not raised:
            return frozenset()
        spoken = {token.value for token in tokenise(self.text) if token.how and token.how != "digits"}
        plainly = set(map(Fraction, findall(r"(?<![\w.^])(?<!\^\()(\d{1,4})(?![\d.])", self.text))) | spoken
        return frozenset(raised - plainly)

    @cached_property
    def written(self) -> frozenset[Fraction]:
        """The numbers without those that stand there only as fractions that can be reduced: 3/4 in `simplify 6/8`."""
        once = frozenset(self.numbers) - self._only_exponents
        reducible = {
            Fraction(int(a), int(b)) for a, b in FRACTION.findall(self.text) if int(b) and gcd(int(a), int(b)) > 1
        }
        if not reducible:
            return once
        plainly = {literal for part in self.parts for literal in part.literals}
        plainly |= {
            Fraction(int(a), int(b)) for a, b in FRACTION.findall(self.text) if int(b) and gcd(int(a), int(b)) == 1
        }
        return frozenset(
            value for value in once if value not in reducible or value in plainly or value.denominator == 1
        )

    @cached_property
    def names(self) -> frozenset[str]:
        return frozenset[str]().union(*(part.names for part in self.parts))

    @cached_property
    def forms(self) -> frozenset[values.Form]:
        return frozenset(part.form for part in self.parts)

    @cached_property
    def derived(self) -> frozenset[Fraction]:
        """What one operation makes of two numbers of the problem: intermediate results."""
        own = self.own.numbers  # the learner's are not combined
        plain_numbers = sorted(own, key=lambda value: (value.denominator, abs(value)))
        found = set(self.numbers)
        found.add(sum(plain_numbers, Fraction(0)))
        found.update(value * value for value in plain_numbers)
        found.update(Fraction(isqrt(int(value))) for value in plain_numbers if value > 0 and _is_square(value))
        for value in plain_numbers:  # 0.375 as 375 thousandths
            if value.denominator in TEN_POWERS:
                found.update((value * TEN_POWERS[value.denominator], Fraction(TEN_POWERS[value.denominator])))
        if len(plain_numbers) <= MOST_DERIVED:
            for one, two in permutations(plain_numbers, 2):
                found.update((one + two, one - two, one * two))
                if two:
                    found.add(one / two)
                if two.denominator == 1 and 0 < two <= 6 and abs(one) <= 1000:
                    found.add(one**two.numerator)
        return frozenset(found)

    def divides(self, value: Fraction) -> bool:
        """Whether the value is a factor of a whole number of the problem."""
        return (
            value.denominator == 1
            and value != 0
            and any(number and number.denominator == 1 and number % value == 0 for number in self.numbers)
        )

    def has(self, value: Value) -> bool:
        return value.form in self.forms or any(part.same(value) for part in self.parts)


def _is_square(value: Fraction) -> bool:
    return value.denominator == 1 and value < 10**12 and isqrt(int(value)) ** 2 == value


@lru_cache(maxsize=256)
def _shown(texts: tuple[str, ...]) -> Known:
    cleaned = " .\n".join(plain(text) for text in texts)[:LONGEST]
    return Known(" ".join(cleaned.casefold().split()), tuple(read(cleaned).runs))


def know(texts: Sequence[str], allowed: Sequence[str] = ()) -> Known:
    """What a step shows, and what may be spoken of besides; of very long texts the beginning."""
    problem = _shown(tuple(texts))
    more = " .\n".join(plain(text) for text in allowed if text.strip())[:LONGEST]
    if not more:
        return problem
    return Known(f"{problem.text} . {' '.join(more.casefold().split())}", (*problem.runs, *Reader(more).runs), problem)
