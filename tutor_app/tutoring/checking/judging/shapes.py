"""Comparing what has a shape of its own: phrases, ratios, calls such as `H_0: ...` or `16 ft by 9 ft`, sums."""

from __future__ import annotations

import re

from .lists import compare_lists
from .nodes import (
    Add,
    Big,
    Call,
    Const,
    Div,
    Group,
    Listing,
    Mul,
    Neg,
    Node,
    Num,
    Phrase,
    PlusMinus,
    Ratio,
    Relation,
    SetOf,
    Sym,
    Tuple,
    Union,
    bare,
    symbols,
)  # fmt: skip
from .renaming import with_one_index
from .step import RIGHT, WRONG, Compare, Found, Step, worst


def compare_phrases(key: Node, given: Node, step: Step) -> Found:
    meanings = [part.meaning if isinstance(part, Phrase) else meaning(part) for part in (key, given)]
    if meanings[0] == meanings[1] and meanings[0] is not None:
        return RIGHT
    if {"infinite", "reals"} == set(meanings) and "infinit" not in step.asked.casefold():
        return RIGHT
    if {"none", "undefined"} == set(meanings) and not step.asked:
        return RIGHT
    return WRONG


def meaning(node: Node) -> str | None:
    """What a node says in words: the empty set, the whole line, `x = no solution`."""
    if node == Sym("R"):
        return "reals"
    if isinstance(node, SetOf):
        if not node.items:
            return "none"
        return node.items[0].meaning if len(node.items) == 1 and isinstance(node.items[0], Phrase) else None
    if isinstance(node, Relation) and isinstance(node.sides[-1], Phrase):
        return node.sides[-1].meaning
    if isinstance(node, Relation) and node.signs in {("<", "<"), (">", ">")}:
        ends = {bare(node.sides[0]), bare(node.sides[-1])}
        return "reals" if ends == {Neg(Const("inf")), Const("inf")} else None
    if isinstance(node, Tuple) and node.items == (Neg(Const("inf")), Const("inf")):
        return "reals" if (node.open, node.close) == ("(", ")") else None
    if isinstance(node, Tuple) and all(bare(item) == Num("0") for item in node.items):
        return "origin"
    return None


_PROBABILITY = re.compile(r"probabilit|how likely|\bchances? (of|that)|P\(", re.I)


def compare_ratios(key: Node, given: Node, step: Step, compare: Compare) -> Found:
    if isinstance(key, Ratio) and isinstance(given, Ratio):
        if len(key.items) != len(given.items):
            return WRONG
        pairs = list(zip(key.items, given.items, strict=True))
        if all(step.algebra.equal(a, b) for a, b in pairs):
            return RIGHT
        if is_clock(key, step.asked):
            return WRONG
        (first, other), rest = pairs[0], pairs[1:]
        same = all(step.algebra.equal(Mul((Group(first), Group(b))), Mul((Group(other), Group(a)))) for a, b in rest)
        return step.formed(key, given) if same else WRONG
    if isinstance(given, Ratio) and _PROBABILITY.search(step.asked):
        return WRONG  # odds
    ratio, value = (key, given) if isinstance(key, Ratio) else (given, key)
    assert isinstance(ratio, Ratio)
    if len(ratio.items) != 2 or isinstance(value, Relation | Listing | Tuple | SetOf | Union) or is_clock(key, ""):
        return WRONG
    found = compare(Div(*ratio.items), value, Step("", step.algebra))
    return step.formed(key, given) if found == RIGHT else found


def is_clock(node: Node, asked: str) -> bool:
    """Whether `2:30` is more likely a time of day than a ratio."""
    if not isinstance(node, Ratio) or "ratio" in asked.casefold() or not all(isinstance(i, Num) for i in node.items):
        return False
    texts = [item.text for item in node.items if isinstance(item, Num)]
    return (
        texts[0].isdigit() and int(texts[0]) <= 24 and all(len(t) == 2 and t.isdigit() and t < "60" for t in texts[1:])
    )


def compare_calls(key: Node, given: Node, step: Step, compare: Compare) -> Found:
    if not (isinstance(key, Call) and isinstance(given, Call)):
        call, other = (key, given) if isinstance(key, Call) else (given, key)
        if isinstance(call, Call) and call.name in {"H_0", "H_a"}:  # a hypothesis without its name
            (statement,) = call.items
            return compare(statement, other, step) if call is key else compare(other, statement, step)
        if call is key and isinstance(other, Relation) and other.signs == ("~",):  # X ~ N(0, 1) for N(0, 1)
            return compare(key, other.sides[1], step)
        if isinstance(given, Call) and given.name == "between":  # does it hold its ends?
            wanted, ends = ends_of(key), ends_of(given)
            same = wanted and ends and all(map(step.algebra.equal, wanted, ends))
            return ("form", "inequality") if same else WRONG
        if isinstance(call, Call) and call.name == "remainder":
            return _compare_remainder(call, other, step)
        return WRONG
    if key.name != given.name or len(key.items) != len(given.items):
        return WRONG
    if key.name == "by" and not OF_A_MATRIX.search(step.asked):
        return compare_lists(key, key.items, given, given.items, step, compare)
    return worst([compare(a, b, step) for a, b in zip(key.items, given.items, strict=True)])


OF_A_MATRIX = re.compile(r"matri(x|ces)", re.I)


def _compare_remainder(call: Call, other: Node, step: Step) -> Found:
    """`x + 2 R 5` beside `x + 2 + 5/(x - 1)`: the same, written otherwise."""
    terms = [bare(term) for term in other.args] if isinstance(other, Add) else []
    for term in terms:
        fraction = bare(term.arg) if isinstance(term, Neg) else term
        if isinstance(fraction, Div) and symbols(fraction.bottom):
            top = Neg(Group(fraction.top)) if isinstance(term, Neg) else fraction.top
            rest = Add(tuple(one for one in terms if one is not term))
            if step.algebra.equal(call.items[0], rest) and step.algebra.equal(call.items[1], top):
                return ("form", "remainder")
    return WRONG


def compare_big(key: Big, given: Big, step: Step, compare: Compare) -> Found:
    if key.name != given.name:
        return WRONG
    key, given = with_one_index(key, given)
    for wanted, offered in ((key.low, given.low), (key.high, given.high)):
        if (wanted is None) != (offered is None):
            return WRONG
        if wanted is not None and offered is not None and compare(wanted, offered, step)[0] == "incorrect":
            return WRONG
    return compare(key.body, given.body, step)


def ends_of(node: Node) -> tuple[Node, Node] | None:
    """The ends of a confidence interval, however it is written: `(a, b)`, `[a, b]`, `a < p < b`, `c ± d`."""
    node = bare(node)
    match node:
        case Tuple((low, high)):
            return low, high
        case Relation((low, middle, high), signs) if isinstance(bare(middle), Sym) and set(signs) <= {"<", "<="}:
            return low, high
        case Relation((high, middle, low), signs) if isinstance(bare(middle), Sym) and set(signs) <= {">", ">="}:
            return low, high
        case Ratio((low, high)) | Call("between", (low, high)):
            return low, high
        case PlusMinus(centre, margin) if centre is not None:
            return Add((Group(centre), Neg(Group(margin)))), Add((Group(centre), Group(margin)))
    return None
