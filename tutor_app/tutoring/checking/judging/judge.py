"""The judge: one question, one given text, one verdict.

The same code runs in the web or worker process with `Plain` algebra and, where that is not enough, in a child with
`Symbolic`. It gives codes, not sentences; `sentences.py` on the parent's side speaks to the learner. What counts as
the same answer is told in `comparing.py`, `values.py`, `words.py` and `choices.py`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from . import notation, words
from .algebra import Algebra
from .choices import is_right, picked, text_latex
from .comparing import compare
from .keys import read_key, read_keys
from .latex import latex
from .nodes import (
    Const,
    Func,
    Listing,
    Neg,
    Node,
    Num,
    Phrase,
    PlusMinus,
    Quantity,
    Relation,
    SetOf,
    Sym,
    TooBig,
    Tuple,
    bare,
    mapped,
    symbols,
    walk,
)  # fmt: skip
from .reading import Manner, Unread, read, readings, unreadable
from .solved import assignment
from .step import RANK, WRONG, Found, Outcome, Step
from .typography import HiddenCharacters, clean, wording

HALF_DAY_S = 12 * 3600


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
        return asdict(self)


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
    strict = _judge_notation(asked.answers, given, asked.asked)
    if strict is not None:
        return strict
    if asked.kind in {"string", "choice"}:
        return _judge_words(asked, given, algebra)
    return _judge_mathematics(asked, given, algebra)


# --- mathematics -----------------------------------------------------------------------------------------------------


_CHARGE = re.compile(r"\s*(\d{1,2})\s*([-+−])\s*")


def _judge_mathematics(asked: Asked, given: str, algebra: Algebra) -> Judgement:
    if any(text.replace("$", "").strip() == given.replace("$", "").strip() for text in asked.answers):
        return Judgement("correct", read_as=_read_so_far(given, len(given)) or text_latex(given))
    keys = [node for text in asked.answers for node in read_keys(text)]
    texts = [text for text in asked.answers if read_key(text) is None]
    charge = _CHARGE.fullmatch(given)
    if charge and re.search(r"charge|oxidation|\bion\b", asked.asked, re.I):
        given = charge.group(2) + charge.group(1)  # 2+
    if texts:
        said = _judge_words(Asked("string", tuple(texts)), given, algebra)
        if said.outcome in {"correct", "form"} or not keys:
            return said
    try:
        ways = readings(given, _manner(keys, asked.asked))
    except (Unread, TooBig) as stop:
        if any(_squeezed(text) == _squeezed(given) for text in asked.answers):
            return Judgement("correct", read_as=text_latex(given))
        return _unread(stop, given)
    letters = _letters(keys)
    mixed_up = frozenset("mM") if re.search(r"mola[rl]|concentration", asked.asked, re.I) else frozenset()
    best: tuple[Found, Node] = (WRONG, ways[0])
    for way in ways:
        spoken = _cased(way, letters, mixed_up)
        for text in asked.answers:
            found = _best_of(read_keys(text), spoken, Step(asked.asked, algebra))
            if RANK[found[0]] > RANK[best[0][0]] or (found[1] and best[0] == WRONG):
                best = (found, way)
            if found == ("correct", ""):
                return Judgement("correct", read_as=latex(way))
    return Judgement(best[0][0], best[0][1], latex(best[1]))


def _best_of(keys: Sequence[Node], given: Node, step: Step) -> Found:
    """The best verdict over the readings of one key. A reading as a quantity counts only where units are spoken of."""
    best = WRONG
    for index, key in enumerate(keys):
        united = re.search(r"\bunits?\b", step.asked, re.I)
        plainly = _is_rate(key) and not symbols(given)  # 25 for 25 m/s, which is not 25m over s
        if index and not (_is_measured(key) and (_is_measured(given) or united or plainly)):
            continue
        found = compare(key, given, step)
        if RANK[found[0]] > RANK[best[0]] or best == WRONG:
            best = found
    return best


def _is_measured(node: Node) -> bool:
    """The whole of it is a quantity, or is equal to one."""
    node = bare(node)
    match node:
        case Neg(arg):
            return _is_measured(arg)
        case Relation(sides, _):
            return _is_measured(sides[-1])
        case Listing(items, _) | SetOf(items) | Tuple(items, _, _):
            return any(map(_is_measured, items))
    return isinstance(node, Quantity)


def _is_rate(node: Node) -> bool:
    node = bare(node.sides[-1] if isinstance(node, Relation) else node)
    return isinstance(node, Quantity) and "/" in (node.shown or "")


def _has_unit(node: Node) -> bool:
    return any(isinstance(part, Quantity) for part in walk(node))


def _manner(keys: Sequence[Node], asked: str) -> Manner:
    """How a learner's text is read, from what the keys are like."""
    things = any(isinstance(part, Quantity) and part.unit.startswith("#") for key in keys for part in walk(key))
    lists = bool(keys) and all(isinstance(key, Listing | SetOf | Tuple) for key in keys)
    values = [solved[1] if (solved := assignment(key)) is not None else key for key in keys]
    numbers = bool(keys) and all(not symbols(value) or _has_unit(value) for value in values)
    decimals = numbers and any(isinstance(part, Num) and part.decimals for key in keys for part in walk(key))
    united = any(map(_has_unit, keys)) or bool(re.search(r"\bunits?\b", asked, re.I))
    return Manner(
        letters=_letters(keys),
        thousands=not lists,
        letter_units=united and numbers,
        things=numbers and (not lists or things),
        decimal_comma=decimals and not lists,
        natural={"ln"} == {part.name for key in keys for part in walk(key) if isinstance(part, Func)} & {"ln", "log"},
        several=any(isinstance(part, Listing | SetOf | PlusMinus) for key in keys for part in walk(key)),
    )


def _letters(keys: Sequence[Node]) -> frozenset[str]:
    return frozenset(letter for key in keys for letter in _letters_of(key))


def _letters_of(key: Node) -> set[str]:
    """The variables of a key; of `f(x)` and `x_1` the whole name and its first letter."""
    names = {part.name for part in walk(key) if isinstance(part, Sym | Const)}
    return names | {name[:1] for name in names if "(" in name or "_" in name}


def _squeezed(text: str) -> str:
    return re.sub(r"\\left|\\right|[\s$]", "", text).casefold()


def _cased(given: Node, letters: frozenset[str], mixed_up: frozenset[str] = frozenset()) -> Node:
    """The given tree with a variable's case as in the key, where the key has it only in the other case.

    Not so for letters that are `mixed_up`: molar M and molal m.
    """
    swaps = {}
    for name in symbols(given) - letters - mixed_up:
        alike = [letter for letter in letters if letter.casefold() == name.casefold()]
        if len(alike) == 1 and alike[0] not in symbols(given):
            swaps[name] = alike[0]
    if not swaps:
        return given
    return mapped(given, lambda part: Sym(swaps.get(part.name, part.name)) if isinstance(part, Sym) else None)


def _unread(stop: Unread | TooBig, given: str) -> Judgement:
    if isinstance(stop, TooBig):
        return Judgement("not_understood", "too_big")
    return Judgement("not_understood", stop.code, _read_so_far(given, stop.index), stop.index, stop.word)


def _read_so_far(given: str, index: int) -> str:
    """LaTeX of the longest readable beginning before `index`."""
    start = given[:index].rstrip(" +-*/^=<>(,\\")
    try:
        return latex(read(start)) if start else ""
    except unreadable:
        return ""


# --- choices and words -----------------------------------------------------------------------------------------------


def _judge_choice(asked: Asked, given: str, algebra: Algebra) -> Judgement:
    place = picked(asked.choices, given, algebra)
    if place is None:
        return Judgement("not_understood", "not_a_choice")
    choice = asked.choices[place]
    right = is_right(choice, asked.choices, asked.answers, algebra)
    return Judgement("correct" if right else "incorrect", read_as=text_latex(choice))


def _judge_words(asked: Asked, given: str, algebra: Algebra) -> Judgement:
    """A verdict on words. Keys that are mathematics after all are compared as such."""
    right = Judgement("correct", read_as=text_latex(given))
    for answer in asked.answers:
        if notation.looks_like_formula(answer):
            found = _judge_formula(answer, given)
            if found is not None:
                return found
        elif notation.is_code(answer) and read_key(answer) is None:
            if notation.same_code(answer, given):
                return right
        elif wording(answer) == wording(given) or _squeezed(answer) == _squeezed(given):
            return right
    plain = [
        answer for answer in asked.answers if not notation.looks_like_formula(answer) and not _is_unread_code(answer)
    ]
    keys = [answer for answer in plain if _is_mathematics(answer)]
    if keys and len(keys) == len(asked.answers):
        if any(words.same_words(key, given) for key in keys if isinstance(read_key(key), Phrase)):
            return right
        if any(words.misspelt(key, given) for key in keys if isinstance(read_key(key), Phrase)):
            return Judgement("correct", "spelling", text_latex(given))
        found = _judge_mathematics(Asked("arithmetic", tuple(keys), (), asked.asked), given, algebra)
        if found.outcome == "not_understood" and all(isinstance(read_key(key), Phrase) for key in keys):
            return Judgement("incorrect", read_as=text_latex(given))  # words were asked for, and these are others
        return found
    ordered = Step(asked.asked, algebra).ordered
    if any(
        words.same_words(key, given, asked.asked)
        or words.same_labelled(key, given)
        or words.same_moves(key, given)
        or words.same_parts(key, given, ordered=ordered)
        for key in plain
    ):
        return right
    if any(words.misspelt(key, given) for key in plain):
        return Judgement("correct", "spelling", text_latex(given))
    try:
        node = read(given, Manner())
    except unreadable:
        node = None
    for answer in plain:
        key = read_key(answer) if not re.fullmatch(r"[A-Za-z]{2,}", answer.strip()) else None  # a word is no product
        if key is not None and node is not None and compare(key, node, Step(asked.asked, algebra))[0] == "correct":
            return Judgement("correct", read_as=latex(node))
    return Judgement("incorrect", read_as=text_latex(given))


_BASE = re.compile(r"\bbase\b|binary|octal|hexadecimal", re.I)


def _judge_notation(answers: Sequence[str], given: str, asked: str) -> Judgement | None:
    """The verdict where every key is a time of day, a strand of bases or a number in another base; None for others."""
    said = Judgement("incorrect", read_as=text_latex(given))
    for answer in answers:
        if notation.is_time_of_day(answer):
            wanted, time = notation.clock(answer), notation.clock(given)
            if wanted is None or time is None:
                return None
            if wanted[0] == time[0]:
                return (
                    replace(said, outcome="correct") if time[1] else replace(said, outcome="form", code="half_of_day")
                )
            if not time[1] and time[0] == wanted[0] % HALF_DAY_S:
                said = replace(said, outcome="form", code="half_of_day")
        elif (number := notation.digits_in_base(answer)) is not None and _BASE.search(asked):
            other_number = notation.digits_in_base(given) or (re.sub(r"[\s$]", "", given).lower(), number[1])
            if other_number == number:
                return replace(said, outcome="correct")
        elif answer.strip("$ ").isupper() and (strand := notation.sequence(answer)) is not None:
            other = notation.sequence(given)
            if other is not None and notation.same_sequence(strand, other):
                return replace(said, outcome="correct")
        else:
            return None
    return said


def _judge_formula(answer: str, given: str) -> Judgement | None:
    """The verdict on a chemical formula, where capitals tell elements apart; None where it is not the key's."""
    wanted, said = notation.formula(answer), notation.formula(given)
    if said is not None:
        return Judgement("correct", read_as=text_latex(given)) if said == wanted else None
    if wanted is not None and _squeezed(re.sub(r"[_^{}]", "", given)) == _squeezed(re.sub(r"[_^{}]", "", answer)):
        return Judgement("form", "capitals", text_latex(given))
    return None


def _is_unread_code(answer: str) -> bool:
    return notation.is_code(answer) and read_key(answer) is None


def _is_mathematics(answer: str) -> bool:
    """Worth reading as mathematics: it has a digit, a sign, or is a fixed phrase such as "no solution"."""
    key = read_key(answer)
    return key is not None and (bool(re.search(r"[\d=+*/^<>()\\]", answer)) or isinstance(key, Phrase))


# --- two more questions ----------------------------------------------------------------------------------------------


def equivalent(left: str, right: str, algebra: Algebra) -> bool:
    """Both texts say the same, in whatever form: the same words, or the same mathematics."""
    if wording(left) == wording(right):
        return True
    try:
        node = read(right, Manner())
    except unreadable:
        return False
    key = read_key(left)
    return key is not None and compare(key, node, Step("", algebra))[0] in {"correct", "form"}


def first_match(given: str, candidates: Sequence[str], algebra: Algebra) -> int | None:
    """The index of the first candidate that `given` is, in whatever form; None if it is none of them."""
    for index, candidate in enumerate(candidates):
        found = judge(Asked("string" if read_key(candidate) is None else "arithmetic", (candidate,)), given, algebra)
        if found.outcome in {"correct", "form"}:
            return index
    return None
