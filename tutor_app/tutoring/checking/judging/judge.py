"""The judge: one question, one given text, one verdict.

The same code runs in the web or worker process with `Plain` algebra and, where that is not enough, in a child with
`Symbolic`. It gives codes, not sentences; `sentences.py` on the parent's side speaks to the learner.

What counts as the same answer:

- A value: equal for all values of the variables; a key with decimals also accepts what rounds to it (see `_rounds_to`).
- `x = 4` for the key `4`, and `4` for the key `x = 4`.
- An equation: its two sides must be those of the key, in either order. One that follows from it (`x = 5` for `3x = 15`,
  `y - 3x = 2` for `y = 3x + 2`) is FORM: true, but not the step that was asked for. In two or more variables a
  multiple of the key is as good as the key, unless the key is solved for a variable.
- An inequality, interval or union: the same set of numbers. `-8 < 2x` for `x > -4` is FORM.
- Lists and sets: in any order, unless the step speaks of order. Pairs and intervals: in their order.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from . import forms, units
from .algebra import Algebra
from .nodes import (
    Add,
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
    PlusMinus,
    Pow,
    Quantity,
    Relation,
    Root,
    SetOf,
    Sym,
    TooBig,
    Tuple,
    Union,
    bare,
    exact_value,
    latex,
    plain,
    symbols,
    walk,
)  # fmt: skip
from .reading import Manner, Unread, read, readings
from .typography import HiddenCharacters, clean, wording

Outcome = Literal["correct", "form", "incorrect", "not_understood"]
Found = tuple[Outcome, str]  # a verdict and the code of its reason
RIGHT: Found = ("correct", "")
WRONG: Found = ("incorrect", "")
_RANK = {"correct": 3, "form": 2, "incorrect": 1, "not_understood": 0}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as the judge needs it; the shape of the API's Question, plain enough to cross a pipe."""

    kind: str
    answers: tuple[str, ...]
    choices: tuple[str, ...] = ()
    asked: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    outcome: Outcome
    code: str = ""  # of the reason; "" where none is needed
    read_as: str = ""  # LaTeX
    unread_from: int | None = None
    word: str = ""  # the word that was not known

    def to_json(self) -> dict[str, Any]:
        return {
            "outcome": self.outcome, "code": self.code, "read_as": self.read_as, "unread_from": self.unread_from,
            "word": self.word,
        }  # fmt: skip


def judge(asked: Asked, given: str, algebra: Algebra) -> Judgement:
    """The verdict on `given`. Raises NeedsAlgebra where `algebra` cannot decide."""
    try:
        clean(given)
    except HiddenCharacters:
        return Judgement("not_understood", "hidden")
    if not wording(given):
        return Judgement("not_understood", "empty")
    if asked.kind == "choice" and asked.choices:
        return _judge_choice(asked, given, algebra)
    if asked.kind == "string" or (asked.kind == "choice"):
        return _judge_words(asked, given, algebra)
    return _judge_mathematics(asked, given, algebra)


# --- mathematics -----------------------------------------------------------------------------------------------------


def read_key(key: str) -> Node | None:
    """An author's key as a node; None where it cannot be read and has to be compared as text."""
    try:
        return read(key, Manner())
    except (Unread, TooBig, HiddenCharacters):
        return None


def _judge_mathematics(asked: Asked, given: str, algebra: Algebra) -> Judgement:
    keys = [(text, read_key(text)) for text in asked.answers]
    same_text = any(_squeezed(text) == _squeezed(given) for text, _ in keys)
    letters = frozenset(name for _, key in keys if key is not None for name in _letters(key))
    lists = all(isinstance(key, Listing | SetOf) for _, key in keys if key is not None)
    try:
        ways = readings(given, Manner(letters, thousands=not lists))
    except (Unread, TooBig) as stop:
        if same_text:
            return Judgement("correct")
        return _unread(stop, given)
    best: tuple[Found, Node] = (WRONG, ways[0])
    for way in ways:
        spoken = _cased(way, letters)
        for text, key in keys:
            if key is None:
                found = RIGHT if _squeezed(text) == _squeezed(given) else WRONG
            else:
                found = _compare(key, spoken, _Step(asked.asked, algebra))
            if _RANK[found[0]] > _RANK[best[0][0]]:
                best = (found, way)
            if found[0] == "correct":
                return Judgement("correct", read_as=latex(way))
    return Judgement(best[0][0], best[0][1], latex(best[1]))


def _unread(stop: Unread | TooBig, given: str) -> Judgement:
    if isinstance(stop, TooBig):
        return Judgement("not_understood", "too_big")
    return Judgement("not_understood", stop.code, _read_so_far(given, stop.index), stop.index, stop.word)


def _read_so_far(given: str, index: int) -> str:
    """LaTeX of the longest readable beginning before `index`."""
    start = given[:index].rstrip(" +-*/^=<>(,\\")
    try:
        return latex(read(start)) if start else ""
    except (Unread, TooBig, HiddenCharacters):
        return ""


def _letters(key: Node) -> set[str]:
    return {part.name[:1] if "(" in part.name else part.name for part in walk(key) if isinstance(part, Sym | Const)}


def _squeezed(text: str) -> str:
    return re.sub(r"\\left|\\right|[\s$]", "", text).casefold()


def _cased(given: Node, letters: frozenset[str]) -> Node:
    """The given tree with a variable's case as in the key, where the key has it only in the other case."""
    swaps = {name: name.swapcase() for name in symbols(given) if name not in letters and name.swapcase() in letters}
    swaps = {old: new for old, new in swaps.items() if new not in symbols(given)}
    return _renamed(given, swaps) if swaps else given


def _renamed(node: Node, names: dict[str, str]) -> Node:
    if isinstance(node, Sym):
        return Sym(names.get(node.name, node.name))

    def swap(value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(map(swap, value))
        return _renamed(value, names) if hasattr(value, "__dataclass_fields__") else value

    return type(node)(*(swap(getattr(node, field)) for field in node.__dataclass_fields__))


_IN_ORDER = re.compile(r"in order|from (the )?(small|least|larg|great)|respectively|ascending|descending", re.I)


@dataclass(frozen=True, slots=True)
class _Step:
    asked: str
    algebra: Algebra

    @property
    def ordered(self) -> bool:
        return bool(_IN_ORDER.search(self.asked))

    def formed(self, key: Node, given: Node) -> Found:
        """RIGHT, or FORM with the rule that is broken, for a given of the right value."""
        if plain(key) == plain(given):
            return RIGHT
        code = forms.fault(self.asked, key, given)
        if code is None and re.search(r"\bfactor(?!s? of)", self.asked, re.I) and not forms.not_a_product(key, ""):
            code = None if self.algebra.irreducible(given, key) else "factored_further"
        if (
            code is None
            and re.search(r"simpl|reduce", self.asked, re.I)
            and any(isinstance(p, Div) for p in walk(given))
        ):
            letters = any(isinstance(p, Div) and symbols(p.top) & symbols(p.bottom) for p in walk(given))
            if letters and self.algebra.cancelled(key):
                code = None if self.algebra.cancelled(given) else "cancel"
        return RIGHT if code is None else ("form", code)


def _compare(key: Node, given: Node, step: _Step) -> Found:
    key, given = bare(key), bare(given)
    if plain(key) == plain(given):
        return RIGHT
    if isinstance(key, Phrase) or isinstance(given, Phrase):
        return _compare_phrases(key, given, step)
    if isinstance(key, Matrix) or isinstance(given, Matrix):
        return _compare_matrices(key, given, step)
    if _is_region(key) or (_is_region(given) and isinstance(key, Tuple)):
        return _compare_regions(key, given, step)
    if isinstance(key, Tuple):
        return _compare_tuples(key, given, step)
    several, offered = _spread(key), _spread(given)
    if several is not None or offered is not None:
        return _compare_lists(key, several or (key,), given, offered or (given,), step)
    if isinstance(key, Relation):
        return _compare_equations(key, given, step)
    if isinstance(given, Relation):
        return _compare_solved(key, given, step)
    if isinstance(given, Tuple | Union):
        return WRONG
    return _compare_values(key, given, step)


def _compare_phrases(key: Node, given: Node, step: _Step) -> Found:
    meanings = [part.meaning if isinstance(part, Phrase) else _meaning(part) for part in (key, given)]
    if meanings[0] == meanings[1] and meanings[0] is not None:
        return RIGHT
    if {"infinite", "reals"} == set(meanings) and "infinit" not in step.asked.casefold():
        return RIGHT
    return WRONG


def _meaning(node: Node) -> str | None:
    """What a node says in words: the empty set, the whole line, `x = no solution`."""
    if isinstance(node, SetOf):
        if not node.items:
            return "none"
        return node.items[0].meaning if len(node.items) == 1 and isinstance(node.items[0], Phrase) else None
    if isinstance(node, Relation) and isinstance(node.sides[-1], Phrase):
        return node.sides[-1].meaning
    if isinstance(node, Tuple) and node.items == (Neg(Const("inf")), Const("inf")):
        return "reals" if (node.open, node.close) == ("(", ")") else None
    return None


def _compare_matrices(key: Node, given: Node, step: _Step) -> Found:
    if not (isinstance(key, Matrix) and isinstance(given, Matrix)):
        return WRONG
    if [len(row) for row in key.rows] != [len(row) for row in given.rows]:
        return WRONG
    pairs = zip(sum(key.rows, ()), sum(given.rows, ()), strict=True)
    return _worst([_compare(a, b, step) for a, b in pairs])


def _worst(found: Sequence[Found]) -> Found:
    return min(found, key=lambda one: _RANK[one[0]], default=RIGHT)


def _is_region(node: Node) -> bool:
    """An inequality, a union, or a tuple that can only be an interval."""
    if isinstance(node, Union):
        return True
    if isinstance(node, Tuple):
        return len(node.items) == 2 and (
            "[" in node.open
            or "]" in node.close
            or any(bare(i) in (Const("inf"), Neg(Const("inf"))) for i in node.items)
        )
    if isinstance(node, Relation):
        return any(sign != "=" for sign in node.signs)
    return (
        isinstance(node, Listing) and node.joint in {"or", "and"} and any(_is_region(bare(item)) for item in node.items)
    )


def _compare_regions(key: Node, given: Node, step: _Step) -> Found:
    if isinstance(key, Tuple) and isinstance(given, Tuple):
        if (key.open, key.close) != (given.open, given.close) or len(key.items) != len(given.items):
            return WRONG
        return _worst([_compare(a, b, step) for a, b in zip(key.items, given.items, strict=True)])
    if isinstance(key, Relation) and isinstance(given, Relation):
        if symbols(key) != symbols(given):
            return WRONG
        if len(symbols(key)) > 1:
            return _compare_half_planes(key, given, step)
    if (
        isinstance(key, Union)
        and isinstance(given, Union)
        and len(key.args) == len(given.args)
        and key.sign == given.sign
    ):
        rest = list(given.args)
        for arg in key.args:
            match = next((other for other in rest if _compare(arg, other, step)[0] == "correct"), None)
            if match is None:
                break
            rest.remove(match)
        else:
            return RIGHT
    if not _sayable_as_region(given) or not _sayable_as_region(key):
        return WRONG
    if not step.algebra.same_region(key, given):
        return WRONG
    found = step.formed(key, given)
    if found != RIGHT:
        return found
    solved = [_solved_inequality(part) for part in (key, given)]
    return ("form", "solve") if solved == [True, False] else RIGHT


def _sayable_as_region(node: Node) -> bool:
    node = bare(node)
    if isinstance(node, Listing):
        return all(map(_sayable_as_region, node.items)) and node.joint != ","
    if isinstance(node, Union):
        return all(map(_sayable_as_region, node.args))
    if isinstance(node, Relation):
        return len(symbols(node)) == 1
    return isinstance(node, SetOf) or (isinstance(node, Tuple) and len(node.items) == 2 and not symbols(node))


def _solved_inequality(node: Node) -> bool:
    relations = [part for part in walk(node) if isinstance(part, Relation)]
    return all(
        all(isinstance(bare(side), Sym) or not symbols(side) for side in relation.sides)
        and all(not forms.unfinished(side, "") for side in relation.sides)
        for relation in relations
    )


def _compare_half_planes(key: Relation, given: Relation, step: _Step) -> Found:
    if len(key.signs) != 1 or len(given.signs) != 1:
        return WRONG
    ratio = step.algebra.ratio(_difference(given), _difference(key))
    flipped = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
    if ratio is None or given.signs[0] != (key.signs[0] if ratio > 0 else flipped.get(key.signs[0], key.signs[0])):
        return WRONG
    return step.formed(key, given)


def _compare_tuples(key: Tuple, given: Node, step: _Step) -> Found:
    if isinstance(given, Tuple):
        if (key.open, key.close, len(key.items)) != (given.open, given.close, len(given.items)):
            return WRONG
        return _worst([_compare(a, b, step) for a, b in zip(key.items, given.items, strict=True)])
    items = _spread(given)
    if items is None or len(items) != len(key.items):
        return WRONG
    named = dict(pair for pair in map(_assignment, items) if pair is not None)
    if len(named) == len(items):  # x = 2, y = 3
        return _worst([_compare(a, named[name], step) for a, name in zip(key.items, sorted(named), strict=True)])
    found = _worst([_compare(a, b, step) for a, b in zip(key.items, items, strict=True)])
    return ("form", "pair") if found[0] != "incorrect" and isinstance(given, Listing) else WRONG


def _assignment(node: Node) -> tuple[str, Node] | None:
    node = bare(node)
    if isinstance(node, Relation) and node.signs == ("=",):
        for side, other in (node.sides, node.sides[::-1]):
            if isinstance(bare(side), Sym):
                return bare(side).name, other  # type: ignore[union-attr]
    return None


def _spread(node: Node) -> tuple[Node, ...] | None:
    """The several answers that a node lists, or None where it is one answer."""
    node = bare(node)
    if isinstance(node, Listing | SetOf):
        out: list[Node] = []
        name: str | None = None
        for item in node.items:
            inner = _spread(item)
            pieces = inner if inner is not None else (bare(item),)
            for piece in pieces:
                assigned = _assignment(piece)
                if assigned is not None:
                    name = assigned[0]
                elif (
                    name is not None and isinstance(node, Listing) and not isinstance(piece, Tuple | Relation | Phrase)
                ):
                    piece = Relation((Sym(name), piece), ("=",))  # x = -2, 3
                out.append(piece)
        return tuple(out)
    if isinstance(node, PlusMinus):
        left = node.left
        upper = node.right if left is None else Add((left, node.right))
        lower = Neg(node.right) if left is None else Add((left, Neg(node.right)))
        return upper, lower
    if isinstance(node, Div) and isinstance(bare(node.top), PlusMinus):
        tops = _spread(node.top)
        return None if tops is None else tuple(Div(Group(top), node.bottom) for top in tops)
    if isinstance(node, Relation) and node.signs == ("=",):
        inner = _spread(node.sides[1])
        if inner is not None:
            return tuple(Relation((node.sides[0], item), ("=",)) for item in inner)
    return None


def _compare_lists(key: Node, wanted: Sequence[Node], given: Node, offered: Sequence[Node], step: _Step) -> Found:
    if isinstance(given, Tuple):
        offered = given.items
    if len(offered) != len(wanted):
        wanted, offered = _distinct(wanted), _distinct(offered)
    if len(offered) != len(wanted):
        return WRONG
    if step.ordered:
        return _worst([_compare(a, b, step) for a, b in zip(wanted, offered, strict=True)])
    rest = list(offered)
    found: list[Found] = []
    for item in wanted:
        tries = [_compare(item, other, step) for other in rest]
        best = max(range(len(tries)), key=lambda i: _RANK[tries[i][0]])
        if tries[best][0] == "incorrect":
            return WRONG
        found.append(tries[best])
        del rest[best]
    return _worst(found)


def _distinct(items: Sequence[Node]) -> list[Node]:
    return list({plain(item): item for item in items}.values())


def _difference(relation: Relation) -> Node:
    return Add((Group(relation.sides[0]), Neg(Group(relation.sides[1]))))


def _compare_equations(key: Relation, given: Node, step: _Step) -> Found:
    """The key is an equation."""
    solved = _assignment(key)
    if not isinstance(given, Relation):
        if solved is None or isinstance(given, Tuple | Union):
            return WRONG
        found = _compare(solved[1], given, step)
        if found != RIGHT:
            return found
        asks = re.search(r"\bequation|\bformula", step.asked, re.I)
        return ("form", "equation") if symbols(solved[1]) or asks else RIGHT
    if any(sign != "=" for sign in given.signs):
        return WRONG
    if len(key.sides) > 2 or len(given.sides) > 2:
        return _compare_chains(key, given, step)
    equal = step.algebra.equal
    for left, right in (given.sides, given.sides[::-1]):
        if solved is not None:
            if bare(left) == Sym(solved[0]) and solved[0] not in symbols(right):
                found = _compare_values(solved[1], right, step)
                if found[0] != "incorrect":
                    return found if found != RIGHT else step.formed(key, given)
        elif equal(key.sides[0], left) and equal(key.sides[1], right):
            return step.formed(key, given)
    if symbols(key) != symbols(given):
        return WRONG
    multiple = step.algebra.ratio(_difference(given), _difference(key)) is not None
    if not multiple and not (len(symbols(key)) == 1 and step.algebra.same_roots(_difference(given), _difference(key))):
        return WRONG
    if solved is not None and not (symbols(solved[1]) & {solved[0]}):
        return ("form", "solve")
    if len(symbols(key)) > 1 and multiple and _assignment(given) is None:
        return step.formed(key, given)
    return ("form", "other_equation")


def _compare_chains(key: Relation, given: Relation, step: _Step) -> Found:
    """`x = 10/2 = 5`: the first and the last side count, and those between must agree."""
    if len(given.sides) > 2:
        middle = given.sides[1:]
        if not all(step.algebra.equal(middle[0], side) for side in middle[1:]):
            return WRONG
    ends = [Relation((relation.sides[0], relation.sides[-1]), ("=",)) for relation in (key, given)]
    return _compare_equations(ends[0], ends[1], step)


def _compare_solved(key: Node, given: Relation, step: _Step) -> Found:
    """The key is a value, the learner wrote a relation: `x = 4`, or `2 + 3 = 5`."""
    if any(sign != "=" for sign in given.signs):
        return WRONG
    first, last = bare(given.sides[0]), bare(given.sides[-1])
    if len(given.sides) > 2 and not all(step.algebra.equal(last, side) for side in given.sides[1:-1]):
        return WRONG
    if isinstance(first, Sym | Func) or _is_call(first):
        return WRONG if isinstance(first, Sym) and first.name in symbols(key) else _compare(key, last, step)
    if isinstance(last, Sym):
        return WRONG if last.name in symbols(key) else _compare(key, first, step)
    if step.algebra.equal(first, last):
        return _compare(key, last, step)
    return WRONG


def _is_call(node: Node) -> bool:
    """`f(2)` on the left of an equals sign."""
    return (
        isinstance(node, Mul)
        and len(node.args) == 2
        and isinstance(node.args[0], Sym)
        and isinstance(node.args[1], Group)
    )


def _in_unit_of(key: Node, given: Node) -> Node | None:
    """The given value in the key's unit, where both have one; None where the units do not measure the same thing."""
    if not isinstance(key, Quantity):
        return given
    match given:
        case Mul((value, Sym(letter)), _) if letter in units.LETTERS and not symbols(key):
            given = Quantity(value, letter)
    if not isinstance(given, Quantity):
        return given
    worth = units.ratio(key.unit, given.unit)
    if worth is None or worth == 1:
        return given if worth else None
    scale = Div(Num(str(worth.numerator)), Num(str(worth.denominator)))
    return Quantity(Mul((Group(given.arg), scale)), key.unit)


def _compare_values(key: Node, given: Node, step: _Step) -> Found:
    asked = step.asked.casefold()
    converted = _in_unit_of(key, given)
    if converted is None:
        return WRONG
    if converted is not given:
        return RIGHT if _compare_values(key, converted, _Step("", step.algebra))[0] != "incorrect" else WRONG
    if symbols(key) != symbols(given) and not symbols(key) & symbols(given) and symbols(key) and symbols(given):
        return WRONG
    try:
        if step.algebra.equal(key, given):
            return step.formed(key, given)
        if isinstance(key, Percent) and not _has(given, Percent) and step.algebra.equal(key.arg, given):
            return ("form", "percent")
        wants_percent = "percent" in asked or "%" in asked
        if (
            wants_percent
            and isinstance(given, Percent)
            and not _has(key, Percent)
            and step.algebra.equal(key, given.arg)
        ):
            return RIGHT
        if _rounds_to(key, given, step):
            return step.formed(key, given)
    except ZeroDivisionError:
        return WRONG
    return WRONG


def _has(node: Node, kind: type) -> bool:
    return any(isinstance(part, kind) for part in walk(node))


def _rounds_to(key: Node, given: Node, step: _Step) -> bool:
    """A key with decimals is a rounded value: more exact answers that round to it are right.

    Not so for a short decimal such as 0.5 or 2.5, which is exact more often than rounded, unless the step speaks of
    rounding; and never for an answer with as few decimals as the key.
    """
    decimals = [part for part in walk(key) if isinstance(part, Num) and part.decimals]
    if not decimals:
        return False
    places = max(part.decimals or 0 for part in decimals)
    digits = max(len(part.text.replace(".", "").lstrip("0")) for part in decimals)
    rounding = re.search(r"round|nearest|approx|decimal|estimate|tenth|hundredth|≈", step.asked, re.I)
    if not rounding and places < 2 and digits < 3:
        return False
    shown = [part.decimals or 0 for part in walk(given) if isinstance(part, Num) and part.decimals]
    if shown and max(shown) <= places:
        return False
    if not shown and not any(isinstance(part, Div | Mixed | Func | Percent | Root | Pow) for part in walk(given)):
        return False
    half = Fraction(1, 2) / 10**places
    if not symbols(key):
        exact = exact_value(key)
        return exact is not None and step.algebra.near(key, given, half, relative=False)
    smallest = min((abs(part.value) for part in decimals if part.value), default=Fraction(1))
    return step.algebra.near(key, given, half / smallest, relative=True)


# --- choices ---------------------------------------------------------------------------------------------------------


def _judge_choice(asked: Asked, given: str, algebra: Algebra) -> Judgement:
    picked = _picked(asked.choices, given, algebra)
    if picked is None:
        return Judgement("not_understood", "not_a_choice")
    choice = asked.choices[picked]
    right = any(_same_label(choice, answer) for answer in asked.answers)
    if not right and not any(_same_label(other, answer) for other in asked.choices for answer in asked.answers):
        keys = [read_key(answer) for answer in asked.answers]
        node = read_key(choice)
        step = _Step("", algebra)
        right = node is not None and any(key is not None and _compare(key, node, step)[0] == "correct" for key in keys)
    return Judgement("correct" if right else "incorrect", read_as=_choice_latex(choice))


def _label(text: str) -> str:
    return re.sub(r"\\left|\\right|\\,|\\;|\\ |[\s${}]", "", wording(text))


def _same_label(left: str, right: str) -> bool:
    return _label(left) == _label(right)


def _choice_latex(choice: str) -> str:
    node = read_key(choice)
    if node is not None:
        return latex(node)
    return rf"\text{{{re.sub(r'[^A-Za-z0-9 .,;:()=+-]', ' ', choice)}}}"


_NUMBER = re.compile(r"(?:[a-z] ?= ?)?[-−+]? ?\d+(?:[./]\d+)?%?")


def _picked(choices: Sequence[str], given: str, algebra: Algebra) -> int | None:
    """The choice that is meant: by its text, its letter, its number in the list, or as the same mathematics."""
    labels = [_label(choice) for choice in choices]
    said = _label(given)
    if said in labels:
        return labels.index(said)
    mark = re.fullmatch(r"(?:(?:option|choice|answer|number|no\.?)?\(?)([a-z]|\d{1,2})[).:]?", said)
    # Among choices that are numbers, a bare number is a value and not a place in the list.
    if mark and not (said.isdigit() and any(_NUMBER.fullmatch(label) for label in labels)):
        sign = mark.group(1)
        place = int(sign) - 1 if sign.isdigit() else ord(sign) - ord("a")
        if 0 <= place < len(choices):
            return place
    node = read_key(given)
    if node is None:
        return None
    step = _Step("", algebra)
    for index, choice in enumerate(choices):
        other = read_key(choice)
        if other is not None and _compare(other, node, step)[0] == "correct":
            return index
    return None


# --- words -----------------------------------------------------------------------------------------------------------


def _judge_words(asked: Asked, given: str, algebra: Algebra) -> Judgement:
    said = wording(given)
    if any(said == wording(answer) or _squeezed(said) == _squeezed(answer) for answer in asked.answers):
        return Judgement("correct", read_as=_said_latex(given))
    keys = [answer for answer in asked.answers if read_key(answer) is not None and _is_mathematics(answer)]
    if keys and len(keys) == len(asked.answers):
        return _judge_mathematics(Asked("arithmetic", tuple(keys), (), asked.asked), given, algebra)
    if any(_same_labelled(answer, said) for answer in asked.answers):
        return Judgement("correct", read_as=_said_latex(given))
    if any(_misspelt(said, wording(answer)) for answer in asked.answers):
        return Judgement("form", "spelling", _said_latex(given))
    try:
        node = read(given, Manner())
    except (Unread, TooBig, HiddenCharacters):
        node = None
    for answer in asked.answers:
        key = read_key(answer)
        if key is not None and node is not None and _compare(key, node, _Step(asked.asked, algebra))[0] == "correct":
            return Judgement("correct", read_as=latex(node))
    return Judgement("incorrect", read_as=_said_latex(given))


def _said_latex(given: str) -> str:
    return _choice_latex(given)


def _is_mathematics(answer: str) -> bool:
    """Worth reading as mathematics: it has a digit, a sign, or is a fixed phrase such as "no solution"."""
    return bool(re.search(r"[\d=+*/^<>()\\]", answer)) or isinstance(read_key(answer), Phrase)


_LABELLED = re.compile(r"\s*(?P<label>[^=,]*?)\s*=\s*(?P<value>[^=,]+?)\s*")


def _same_labelled(key: str, said: str) -> bool:
    """`Country road speed = 50, Interstate speed = 65` may be said as `50, 65` or `50 and 65`, in its order."""
    parts = [_LABELLED.fullmatch(part) for part in wording(key).split(",")]
    if any(part is None for part in parts):
        return False
    values = [part.group("value") for part in parts if part is not None]
    offered = [part.strip() for part in re.split(r",|;|\band\b", said) if part.strip()]
    offered = [found.group("value") if (found := _LABELLED.fullmatch(part)) else part for part in offered]
    return values == offered


def _misspelt(said: str, word: str) -> bool:
    """One letter wrong, missing, extra, or two swapped, in a word of five letters or more."""
    if len(word) < 5 or abs(len(said) - len(word)) > 1 or not word.replace(" ", "").isalpha() or len(word) > 60:
        return False
    start = 0
    while start < min(len(said), len(word)) and said[start] == word[start]:
        start += 1
    a, b = said[start:], word[start:]
    if len(a) == len(b):
        return a[1:] == b[1:] or (a[:2] == b[:2][::-1] and a[2:] == b[2:])
    return a[1:] == b if len(a) > len(b) else a == b[1:]


# --- two more questions ----------------------------------------------------------------------------------------------


def equivalent(left: str, right: str, algebra: Algebra) -> bool:
    """Both texts say the same, in whatever form: the same words, or the same mathematics."""
    if wording(left) == wording(right):
        return True
    try:
        node = read(right, Manner())
    except (Unread, TooBig, HiddenCharacters):
        return False
    key = read_key(left)
    return key is not None and _compare(key, node, _Step("", algebra))[0] in {"correct", "form"}


def first_match(given: str, candidates: Sequence[str], algebra: Algebra) -> int | None:
    """The index of the first candidate that `given` is, in whatever form; None if it is none of them."""
    for index, candidate in enumerate(candidates):
        found = judge(Asked("string" if read_key(candidate) is None else "arithmetic", (candidate,)), given, algebra)
        if found.outcome in {"correct", "form"}:
            return index
    return None
