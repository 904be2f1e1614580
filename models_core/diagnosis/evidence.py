"""What exact algebra says of a step: named numbers, most of them 1 (it is so) or 0.

A step is an equation, what the learner chose to do and the expression they gave. There are two kinds:

- **whole-equation moves** (add, subtract, multiply, divide both sides by the input). What matters is where the input
  comes from - a term, a coefficient, a denominator, of the side with the letter or of the other - with which sign, and
  what should have been done first (like terms, a fraction to reduce, a product to carry out).
- **rewritings** (the input stands for a side or a part of it). What matters is how the input's value relates to the
  value of what it replaces: equal, opposite, one term's sign turned, the letter lost, the other operation, operands
  the wrong way round.

No evidence depends on which numbers or letters stand in the equation, only on how they relate, so that what is learned
on some equations holds for others. Names begin with what they speak of: `action`, `before` (the previous action),
`input`, `x` (the side with the letter), `o` (the other side), `move` (input against equation, for moves), `part`
(input against a side or part of it, for rewritings).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import gcd
from typing import Any

from models_core.diagnosis.equations import (
    Bracket,
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
    children,
    read_equation,
    read_expression,
    terms_of,
    value_of,
    walk,
)

MOVES = ("ADD_SIDE", "SUB_SIDE", "MUL_SIDE", "DIV_SIDE")
REWRITINGS = ("COMBINE_ADD", "COMBINE_MUL")
BEFORE = ("add", "subtract", "multiply", "divide")
MOST_SIGNS = 6  # terms of a sum whose signs are tried
NEAR = Fraction(1, 1000)  # decimals as near as this are the same, as are those that round to the same hundredths
LETTERED, NUMBERS = "x", "o"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a solution, as the learner took it.

    Attributes:
        equation: before the step.
        action: one of MOVES or REWRITINGS; others are allowed and say nothing.
        input: what the learner typed.
        result: the equation after it, where known.
        previous_action: the move whose outcome is being worked out, one of BEFORE, or None.
    """

    equation: str
    action: str
    input: str
    result: str = ""
    previous_action: str | None = None


def step_from(line: Mapping[str, Any]) -> Step:
    """The step that a JSON object describes. Raises ValueError with a sentence about the field that is wrong."""
    for name in ("equation", "action", "input"):
        if not isinstance(line.get(name), str):
            raise ValueError(f"The field {name!r} has to be a text, not {line.get(name)!r:.60}.")
    for name in ("result", "previous_action"):
        if not isinstance(line.get(name), str | None):
            raise ValueError(f"The field {name!r} has to be a text or null, not {line[name]!r:.60}.")
    return Step(line["equation"], line["action"], line["input"], line.get("result") or "", line.get("previous_action"))


# Reading a side -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Term:
    """A term of a side with its value."""

    node: Node
    value: Value

    @property
    def number(self) -> Fraction | None:
        return self.value.number

    @property
    def coefficient(self) -> Fraction | None:
        """The number before the letters of a term like -3x, 2x/5 or 7/x."""
        if len(self.value.top) == 1 and len(self.value.bottom) == 1 and self.value.letters:
            return next(iter(self.value.top.values())) / next(iter(self.value.bottom.values()))
        return None

    @property
    def likeness(self) -> tuple[Any, ...]:
        """Terms that can be combined have the same."""
        return (frozenset(self.value.top), tuple(sorted(self.value.bottom.items())))


@dataclass(frozen=True, slots=True)
class Side:
    node: Node
    value: Value
    terms: tuple[Term, ...]

    @property
    def numbers(self) -> list[Term]:
        return [term for term in self.terms if term.number is not None]

    @property
    def lettered(self) -> list[Term]:
        return [term for term in self.terms if term.number is None]


def _side(node: Node) -> Side:
    return Side(node, value_of(node), tuple(Term(term, value_of(term)) for term in terms_of(node)))


def _safe_value(node: Node) -> Value | None:
    try:
        return value_of(node)
    except Unreadable:
        return None


def _unsigned(node: Node) -> tuple[Node, bool]:
    """A node without brackets and signs before it, and whether the signs make it negative."""
    negative = False
    while isinstance(node, Bracket | Minus):
        negative ^= isinstance(node, Minus)
        node = node.inside if isinstance(node, Bracket) else node.of
    return node, negative


# Shape of a side ------------------------------------------------------------------------------------------------------


LEFT_AND_RIGHT = (
    "like_numbers",
    "like_letters",
    "inner_like",
    "fraction_reducible",
    "fraction_reducible_free",
    "product_of_numbers",
    "product_only_numbers",
    "product_fraction_undone",
    "written_one",
)


def _fractions(node: Node) -> Iterator[Quotient]:
    return (part for part in walk(node) if isinstance(part, Quotient))


def _written_coefficients(node: Node) -> Iterator[Fraction]:
    """Numbers written before a letter or bracket: 1 of 1x, -3 of -3(x+1)."""
    for part in walk(node):
        if isinstance(part, Product) and isinstance(part.factors[0], Number):
            yield part.factors[0].value


def _can_be_reduced(fraction: Quotient) -> bool:
    top, bottom = _safe_value(fraction.top), _safe_value(fraction.bottom)
    if top is None or bottom is None or bottom.number is None:
        return top is not None and bottom is not None and bool(top.letters & bottom.letters)
    numbers = [abs(c) for c in top.top.values()]
    if bottom.number.denominator != 1 or any(c.denominator != 1 for c in numbers):
        return True
    return bottom.number < 0 or gcd(int(bottom.number), *(int(c) for c in numbers)) > 1 or bottom.number == 1


def _like(terms: Sequence[Term]) -> bool:
    kinds = [term.likeness for term in terms]
    return len(set(kinds)) < len(kinds)


def _shape(side: Side) -> dict[str, float]:
    found: dict[str, float] = {
        "terms": len(side.terms),
        "number_terms": len(side.numbers),
        "letter_terms": len(side.lettered),
        "like_numbers": len(side.numbers) > 1,
        "like_letters": _like(side.lettered),
        "cancels": any(a.value.same(-b.value) for a, b in combinations(side.terms, 2)),
        "first_number_negative": bool(side.numbers) and (side.numbers[0].number or 0) < 0,
        "zero": not side.value.top,
        "bare_letter": isinstance(side.node, Letter),
        "negative_number": (side.value.number or 0) < 0,
    }
    inner = [part for part in walk(side.node) if isinstance(part, Sum) and part is not bare(side.node)]
    inner_terms = [[Term(term, value_of(term)) for term in part.terms] for part in inner]
    found["inner_sum"] = bool(inner)
    found["inner_like"] = any(_like(terms) for terms in inner_terms)
    fractions = list(_fractions(side.node))
    worth = [(value_of(f.top), value_of(f.bottom)) for f in fractions]
    found["fraction"] = bool(fractions)
    found["fraction_numbers"] = any(t.number is not None and b.number is not None for t, b in worth)
    found["fraction_reducible"] = any(_can_be_reduced(f) for f in fractions)
    in_products = {id(bare(f)) for part in walk(side.node) if isinstance(part, Product) for f in part.factors}
    found["fraction_reducible_free"] = any(_can_be_reduced(f) for f in fractions if id(f) not in in_products)
    found["fraction_whole"] = any(
        t.number is not None and b.number is not None and (t.number / b.number).denominator == 1 for t, b in worth
    )
    found["fraction_decimal"] = any(isinstance(p, Number) and p.places for f in fractions for p in walk(f))
    found["fraction_same"] = any(t.same(b) for t, b in worth)
    found["fraction_negative_bottom"] = any((b.number or 0) < 0 for _, b in worth)
    found["fraction_negative_top"] = any((t.number or 0) < 0 for t, _ in worth)
    found["fraction_bottom_one"] = any(b.number in (1, -1) for _, b in worth)
    found["fraction_letter_bottom"] = any(b.letters for _, b in worth)
    found["fraction_letter_both"] = any(t.letters & b.letters for t, b in worth)
    found["fraction_of_sum"] = any(len(terms_of(f.top)) > 1 for f in fractions)
    found["fraction_coefficient_over_itself"] = any(
        any(abs(c) == abs(b.number) for c in t.top.values()) for t, b in worth if b.number and t.letters
    )
    found["fraction_nested"] = any(any(True for _ in _fractions(child)) for f in fractions for child in children(f))
    written = list(_written_coefficients(side.node))
    found["written_one"] = 1 in written or -1 in written
    found["written_zero"] = 0 in written
    products = [part for part in walk(side.node) if isinstance(part, Product)]
    found["product_of_numbers"] = any(
        sum(1 for f in part.factors if value_of(f).number is not None) > 1 for part in products
    )
    found["product_only_numbers"] = any(value_of(part).number is not None for part in products)
    found["product_with_fraction"] = any(any(isinstance(bare(f), Quotient) for f in part.factors) for part in products)
    found["product_with_sum"] = any(any(isinstance(bare(f), Sum) for f in part.factors) for part in products)
    found["product_two_letters"] = any(len([f for f in p.factors if value_of(f).letters]) > 1 for p in products)
    found["product_fraction_undone"] = any(_undone(part) for part in products)
    found["double_minus"] = any(isinstance(p, Minus) and _unsigned(p.of)[1] for p in walk(side.node))
    found["minus_bracket"] = any(isinstance(p, Minus) and isinstance(bare(p.of), Sum) for p in walk(side.node))
    found["minus_letter"] = any(isinstance(p, Minus) and isinstance(p.of, Letter) for p in walk(side.node))
    found["power"] = any(isinstance(p, Power) for p in walk(side.node))
    return found


def _undone(product: Product) -> bool:
    """x/6*6: a fraction multiplied by its own denominator."""
    fractions = [bare(f) for f in product.factors if isinstance(bare(f), Quotient)]
    others = [f for f in product.factors if not isinstance(bare(f), Quotient)]
    return any(value_of(f.bottom).same(value_of(o)) for f in fractions if isinstance(f, Quotient) for o in others)


# Moves: where does the input come from? -------------------------------------------------------------------------------


def _against(value: Value, other: Value | Fraction | None) -> tuple[bool, bool]:
    """Whether a value is the same as another, and whether it is its opposite."""
    if other is None:
        return False, False
    if isinstance(other, Fraction):
        number = value.number
        return number == other, number is not None and number == -other
    return value.same(other), value.same(-other)


def _parts_of_term(term: Term) -> dict[str, list[Value | Fraction | None]]:
    """What a learner may pick out of a term with a letter."""
    node, negative = _unsigned(term.node)
    coefficient = term.coefficient
    found: dict[str, list[Value | Fraction | None]] = {
        "letter_term": [term.value],
        "coefficient": [coefficient],
        "coefficient_inverse": [1 / coefficient if coefficient else None],
        "written_coefficient": [],
        "bottom": [],
        "top": [],
        "top_coefficient": [],
        "inner": [],
    }
    sign = -1 if negative else 1
    for part in walk(node):
        if isinstance(part, Quotient):
            top, bottom = value_of(part.top), value_of(part.bottom)
            found["bottom"].append(bottom)
            if part is node:
                top = top * Value.of(sign)
            found["top"].append(top)
            if len(top.top) == 1:
                found["top_coefficient"].append(next(iter(top.top.values())))
        elif isinstance(part, Product):
            numbers = [value_of(f).number for f in part.factors]
            found["written_coefficient"] += [n * (sign if part is node else 1) for n in numbers if n is not None]
        elif isinstance(part, Sum):
            found["inner"] += [value_of(term) for term in part.terms]
    return found


def _multiplier(node: Node) -> Fraction:
    """The number that multiplies the letters or the bracket of a term: -3 of -3(x+1), 1/2 of x/2, -9 of -9/x."""
    match node:
        case Minus(of=inner):
            return -_multiplier(inner)
        case Bracket(inside=inner):
            return _multiplier(inner)
        case Product(factors=factors):
            total = Fraction(1)
            for factor in factors:
                total *= _multiplier(factor)
            return total
        case Quotient(top=top, bottom=bottom):
            below = _multiplier(bottom)
            return _multiplier(top) / below if below else Fraction(0)
        case Number(value=value):
            return value
    return Fraction(1)


def _effect(value: Value, action: str, place: str, side: Side) -> dict[str, float]:
    """What doing the move with this input makes of the terms of a side."""
    found: dict[str, float] = {}
    number = value.number
    if action in ("ADD_SIDE", "SUB_SIDE"):
        added = value if action == "ADD_SIDE" else -value
        for kind, terms in (("number", side.numbers), ("letter_term", side.lettered)):
            for i, term in enumerate(terms):
                which = "first" if i == 0 else "later"
                doubled = term.value.same(added)
                found[f"effect_{place}_{which}_{kind}_removed"] = term.value.same(-added)
                found[f"effect_{place}_{which}_{kind}_doubled"] = doubled
                if doubled:
                    sign = "negative" if _lead(term.value) < 0 else "positive"
                    found[f"effect_{place}_{which}_{sign}_{kind}_doubled"] = True
    elif action in ("MUL_SIDE", "DIV_SIDE") and number:
        for i, term in enumerate(side.lettered):
            which = "only" if len(side.lettered) == 1 else "first" if i == 0 else "later"
            before = _multiplier(term.node)
            after = before * number if action == "MUL_SIDE" else before / number
            found[f"effect_{place}_{which}_multiplier_one"] = after == 1
            found[f"effect_{place}_{which}_multiplier_minus_one"] = after == -1
            found[f"effect_{place}_{which}_multiplier_squared"] = abs(after) == before**2
            found[f"effect_{place}_{which}_multiplier_kept"] = abs(after) == abs(before)
            found[f"effect_{place}_{which}_multiplier_negative"] = before < 0
            found[f"effect_{place}_{which}_multiplier_was_one"] = before in (1, -1)
    elif action in ("MUL_SIDE", "DIV_SIDE") and value.top:
        left = side.value * value if action == "MUL_SIDE" else side.value / value
        found[f"effect_{place}_letters_gone"] = bool(side.value.letters) and not left.letters
        found[f"effect_{place}_polynomial"] = left.is_polynomial
    return found


def _hits(value: Value, candidates: Sequence[Value | Fraction | None]) -> tuple[bool, bool]:
    pairs = [_against(value, candidate) for candidate in candidates]
    return any(same for same, _ in pairs), any(opposite for _, opposite in pairs)


def _move(value: Value, place: str, side: Side) -> dict[str, float]:
    """The input against everything that stands on one side."""
    found: dict[str, float] = {}

    def note(name: str, candidates: Sequence[Value | Fraction | None]) -> None:
        found[f"move_{place}_{name}"], found[f"move_{place}_{name}_opposite"] = _hits(value, candidates)

    note("whole", [side.value])
    note("first_number", [term.value for term in side.numbers[:1]])
    note("later_number", [term.value for term in side.numbers[1:]])
    note("negative_number", [t.value for t in side.numbers if (t.number or 0) < 0])
    note("positive_number", [t.value for t in side.numbers if (t.number or 0) > 0])
    note("numbers_together", [Value.of(sum(t.number or Fraction(0) for t in side.numbers))] if side.numbers else [])
    first, later = side.lettered[:1], side.lettered[1:]
    for label, terms in (("first", first), ("later", later)):
        gathered: dict[str, list[Value | Fraction | None]] = {}
        for term in terms:
            for name, candidates in _parts_of_term(term).items():
                gathered.setdefault(name, []).extend(candidates)
        for name in (
            "letter_term",
            "coefficient",
            "coefficient_inverse",
            "written_coefficient",
            "bottom",
            "top",
            "top_coefficient",
            "inner",
        ):
            note(f"{label}_{name}", gathered.get(name, []))
    inside_numbers = [
        candidate
        for term in side.numbers
        for part in walk(term.node)
        if part is not term.node and (candidate := _safe_value(part)) is not None
    ]
    note("inside_number", inside_numbers)
    return found


# Rewritings: how does the input relate to what it replaces? -----------------------------------------------------------


def _close(value: Value, other: Value, places: int | None) -> bool:
    """Whether two values are the same up to how decimals are cut or rounded."""
    if value.same(other):
        return True
    if places is None or not (value.is_polynomial and other.is_polynomial):
        return False
    a, b = value.coefficients(), other.coefficients()
    return a.keys() == b.keys() and all(a[m] * b[m] > 0 and _rounds_to_the_same(a[m], b[m]) for m in a)


def _rounds_to_the_same(a: Fraction, b: Fraction) -> bool:
    return abs(a - b) <= NEAR or _hundredths(a) == _hundredths(b)


def _hundredths(number: Fraction) -> int:
    """Rounded to hundredths, halves away from zero."""
    return int(abs(number) * 100 + Fraction(1, 2))


def _places(node: Node) -> int | None:
    """How many places the decimals of an input have; None where it has none and so is meant exactly."""
    return max((part.places for part in walk(node) if isinstance(part, Number) and part.places), default=None)


def _without_letters(value: Value) -> Value | None:
    try:
        return value.with_letters({name: Fraction(1) for name in value.letters})
    except Unreadable:
        return None


@dataclass(frozen=True, slots=True)
class Input:
    node: Node
    value: Value
    places: int | None

    def is_(self, other: Value | None) -> bool:
        return other is not None and _close(self.value, other, self.places)


def _signs(given: Input, terms: Sequence[Term]) -> dict[str, float]:
    """The input against a sum with some signs turned, some terms lost."""
    found = dict.fromkeys(
        (
            "turned_last",
            "turned_all_but_last",
            "turned_first",
            "turned_numbers",
            "turned_letters",
            "turned_some",
            "lost_last",
            "lost_first",
            "lost_some",
            "turned_and_lost",
        ),
        0.0,
    )
    n = len(terms)
    if not 2 <= n <= MOST_SIGNS:
        return found
    total = Value.of(0)
    for term in terms:
        total = total + term.value
    numbers = tuple(i for i, term in enumerate(terms) if term.number is not None)
    letters = tuple(i for i, term in enumerate(terms) if term.number is None)
    for size in range(1, n):
        for chosen in combinations(range(n), size):
            part = Value.of(0)
            for i in chosen:
                part = part + terms[i].value
            if not part.top:
                continue
            rest = total - part
            if given.is_(rest - part):
                found["turned_some"] = 1
                found["turned_last"] = max(found["turned_last"], chosen == (n - 1,))
                found["turned_first"] = max(found["turned_first"], chosen == (0,))
                found["turned_all_but_last"] = max(found["turned_all_but_last"], chosen == tuple(range(n - 1)))
                found["turned_numbers"] = max(found["turned_numbers"], chosen == numbers)
                found["turned_letters"] = max(found["turned_letters"], chosen == letters)
            if given.is_(rest):
                found["lost_some"] = 1
                found["lost_last"] = max(found["lost_last"], chosen == (n - 1,))
                found["lost_first"] = max(found["lost_first"], chosen == (0,))
            elif given.is_(-rest):
                found["turned_and_lost"] = 1
    return found


def _operations(given: Input, a: Value, b: Value) -> dict[str, float]:
    """The input against what other operations make of two operands, either sign."""
    found: dict[str, float] = {}
    zero_a, zero_b = not a.top, not b.top
    try:
        made = {
            "times": a * b,
            "over": None if zero_b else a / b,
            "under": None if zero_a else b / a,
            "plus": a + b,
            "less": a - b,
            "more": b - a,
            "first": a,
            "second": b,
        }
    except Unreadable:
        made = {}
    for name in ("times", "over", "under", "plus", "less", "more", "first", "second"):
        value = made.get(name)
        found[name] = given.is_(value)
        found[f"{name}_opposite"] = value is not None and given.is_(-value)
    return found


def _relations(given: Input, target: Value) -> dict[str, float]:
    lost = _without_letters(target) if target.letters else None
    opposite = given.is_(-target)
    one_sign = False
    if target.is_polynomial and len(target.top) > 1:
        one_sign = any(
            given.is_(Value({m: -c if m == turned else c for m, c in target.top.items()}, target.bottom))
            for turned in target.top
        )
    same_sign = other_sign = False
    if (number := target.number) and (ours := given.value.number):
        same_sign, other_sign = number * ours > 0, number * ours < 0
    return {
        "equal": given.value.same(target),
        "rounded": given.is_(target),
        "opposite": opposite,
        "letter_lost": lost is not None and given.is_(lost),
        "letter_lost_opposite": lost is not None and given.is_(-lost),
        "one_sign": one_sign,
        "opposite_of_positive": opposite and _lead(target) > 0,
        "opposite_of_negative": opposite and _lead(target) < 0,
        "same_letters": given.value.letters == target.letters,
        "letters_more": bool(given.value.letters - target.letters),
        "same_sign": same_sign,
        "other_sign": other_sign,
        "shifted": _shifted(given.value.number, target.number),
    }


def _lead(value: Value) -> Fraction:
    """The coefficient by which people call an expression positive or negative: of its letters, where it has any."""
    if not value.top:
        return Fraction(0)
    return value.top[max(value.top)] / value.bottom[max(value.bottom)]


def _shifted(a: Fraction | None, b: Fraction | None) -> bool:
    """Whether only the point stands elsewhere."""
    if not a or not b:
        return False
    ratio = abs(a / b)
    return any(abs(ratio / Fraction(10) ** k - 1) < Fraction(1, 100) for k in (-3, -2, -1, 1, 2, 3))


def _whole(given: Input, side: Side) -> dict[str, float]:
    """The input against a whole side."""
    found = _relations(given, side.value)
    found |= _signs(given, side.terms)
    found["written_same"] = bare(given.node) == bare(side.node)
    found["is_a_term"] = len(side.terms) > 1 and any(given.is_(term.value) for term in side.terms)
    found["is_opposite_term"] = len(side.terms) > 1 and any(given.is_(-term.value) for term in side.terms)
    return found


def _operand_pairs(node: Node) -> Iterator[tuple[Node, Node, bool]]:
    """(first, second, divided) of every fraction and product in a side."""
    for part in walk(node):
        if isinstance(part, Quotient):
            yield part.top, part.bottom, True
        elif isinstance(part, Product):
            for place in range(1, len(part.factors)):
                head = part.factors[:place]
                yield (head[0] if place == 1 else Product(head)), part.factors[place], False


def _merge(total: dict[str, float], found: Mapping[str, float], prefix: str) -> None:
    for name, value in found.items():
        key = prefix + name
        total[key] = max(total.get(key, 0.0), float(value))


def _rewriting(given: Input, equation: tuple[Side, Side], step: Step) -> dict[str, float]:
    total: dict[str, float] = {}
    for side in equation:
        group = LETTERED if side.value.letters else NUMBERS
        whole = _whole(given, side)
        _merge(total, whole, "part_any_")
        _merge(total, whole, f"part_{group}_")
        for part in walk(side.node):
            if part is side.node or isinstance(part, Number | Letter):
                continue
            value = value_of(part)
            kind = "sum" if isinstance(bare(part), Sum) else "inner"
            found = _relations(given, value)
            found["written_same"] = bare(given.node) == bare(part)
            _merge(total, found, f"part_{kind}_")
            if isinstance(bare(part), Sum):
                _merge(total, _signs(given, [Term(t, value_of(t)) for t in terms_of(part)]), "part_sum_")
        for first, second, divided in _operand_pairs(side.node):
            found = _operations(given, value_of(first), value_of(second))
            _merge(total, found, "part_quotient_" if divided else "part_product_")
        last = side.terms[-1]
        if len(side.terms) > 1:
            rest = side.value - last.value
            _merge(total, _operations(given, rest, last.value), "part_last_")
    claimed = _claimed(step, equation)
    if claimed is not None:
        found = _relations(given, claimed[1])
        found["written_same"] = bare(given.node) == bare(claimed[0])
        found["lettered"] = bool(claimed[1].letters)
        found["fraction"] = isinstance(bare(claimed[0]), Quotient)
        found["product"] = isinstance(bare(claimed[0]), Product)
        found["sum"] = isinstance(bare(claimed[0]), Sum)
        found["number"] = isinstance(bare(claimed[0]), Number)
        found["negative"] = (claimed[1].number or 0) < 0
        node, _ = _unsigned(claimed[0])
        if isinstance(node, Quotient):
            found |= {f"op_{k}": v for k, v in _operations(given, value_of(node.top), value_of(node.bottom)).items()}
            found["reducible"] = _can_be_reduced(node)
        found |= {f"sum_{k}": v for k, v in _signs(given, [Term(t, value_of(t)) for t in terms_of(claimed[0])]).items()}
        _merge(total, found, "part_claimed_")
    return total


def _claimed(step: Step, equation: tuple[Side, Side]) -> tuple[Node, Value] | None:
    """The part that the result says was replaced: where the trees before and after first differ."""
    try:
        after = read_equation(step.result)
    except Unreadable:
        return None
    for side, other in zip(equation, after.sides, strict=True):
        if side.node != other:
            node = _difference(side.node, other)
            value = _safe_value(node)
            return None if value is None else (node, value)
    return None


def _difference(before: Node, after: Node) -> Node:
    """The smallest part of `before` outside of which the trees agree."""
    ours, theirs = children(before), children(after)
    if type(before) is type(after) and len(ours) == len(theirs):
        apart = [i for i in range(len(ours)) if ours[i] != theirs[i]]
        if len(apart) == 1:
            return _difference(ours[apart[0]], theirs[apart[0]])
    return before


def _written(node: Node, value: Value) -> dict[str, float]:
    """How the input is written."""
    core, negative = _unsigned(node)
    number = value.number
    found: dict[str, float] = {
        "number": number is not None,
        "zero": not value.top,
        "one": number == 1,
        "minus_one": number == -1,
        "negative": (number or 0) < 0 or negative,
        "whole": number is not None and number.denominator == 1,
        "decimal": _places(node) is not None,
        "sum": isinstance(core, Sum),
        "product": isinstance(core, Product),
        "fraction": isinstance(core, Quotient),
        "bare_letter": isinstance(core, Letter),
        "lettered_bottom": not value.is_polynomial,
        "power": any(isinstance(part, Power) for part in walk(node)),
        "letters": len(value.letters),
        "reducible": any(_can_be_reduced(f) for f in _fractions(node)),
        "squared": any(power > 1 for m in value.top for _, power in m),
        "one_coefficient": any(abs(c) == 1 for c in _written_coefficients(node)),
    }
    return found


# All of it ------------------------------------------------------------------------------------------------------------


def evidence(step: Step) -> dict[str, float]:
    """Everything that is not zero, by name. Never raises: what cannot be read is evidence of its own."""
    found: dict[str, float] = {}
    kind = step.action if step.action in MOVES + REWRITINGS else "other"
    before = step.previous_action if step.previous_action in BEFORE else "none"
    found[f"action_{kind}"] = 1
    found[f"before_{before}"] = 1
    found[f"action_{kind}_before_{before}"] = 1
    try:
        equation = read_equation(step.equation)
        sides = (_side(equation.left), _side(equation.right))
        shapes = [_shape(side) for side in sides]
    except Unreadable:
        found["equation_unreadable"] = 1
        return found
    grouped = [(LETTERED if side.value.letters else NUMBERS, side) for side in sides]
    found["lettered_sides"] = sum(group == LETTERED for group, _ in grouped)
    found["lettered_right"] = [group for group, _ in grouped] == [NUMBERS, LETTERED]
    found["letters"] = len(sides[0].value.letters | sides[1].value.letters)
    for place, (group, _), shape in zip(("left", "right"), grouped, shapes, strict=True):
        _merge(found, shape, f"{group}_")
        _merge(found, {name: shape[name] for name in LEFT_AND_RIGHT}, f"{place}_")
    try:
        node = read_expression(step.input)
        value = value_of(node)
    except Unreadable:
        found["input_unreadable"] = 1
        return {name: float(value) for name, value in found.items() if value}
    _merge(found, _written(node, value), "input_")
    found["input_letters_new"] = bool(value.letters - sides[0].value.letters - sides[1].value.letters)
    given = Input(node, value, _places(node))
    try:
        if step.action in REWRITINGS:
            found |= _rewriting(given, sides, step)
        else:
            for group, side in grouped:
                _merge(found, _move(value, group, side), "")
                _merge(found, _effect(value, step.action, group, side), "")
    except Unreadable:
        found["comparison_failed"] = 1
    return {name: float(value) for name, value in found.items() if value}
