"""Comparing pairs, lists and sets: pairs in their order, lists in any unless the step speaks of order."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .nodes import (
    Add,
    Call,
    Div,
    Group,
    Listing,
    Neg,
    Node,
    Num,
    Phrase,
    PlusMinus,
    Relation,
    SetOf,
    Sym,
    Tuple,
    Union,
    bare,
    plain,
    symbols,
)  # fmt: skip
from .renaming import renamed
from .solved import assignment
from .step import RANK, WRONG, Compare, Found, Step, worst
from .values import compare_values


def compare_tuples(key: Tuple, given: Node, step: Step, compare: Compare) -> Found:
    if isinstance(given, Tuple):
        brackets = [(node.open, node.close) for node in (key, given)]
        vectors = {("<", ">"), ("(", ")"), ("[", "]")}
        if brackets[0] != brackets[1] and not (("<", ">") in brackets and set(brackets) <= vectors):
            return WRONG
        if len(key.items) != len(given.items):
            return WRONG
        if step.unordered:
            return compare_lists(key, key.items, given, given.items, step, compare)
        return worst([compare(a, b, step) for a, b in zip(key.items, given.items, strict=True)])
    if isinstance(given, Listing) and len(given.items) == len(key.items):
        solved = [assignment(item) for item in given.items]
        if all(one is not None for one in solved):
            values = [value for _, value in sorted((one for one in solved if one is not None), key=lambda one: one[0])]
            return worst([compare(a, b, step) for a, b in zip(key.items, values, strict=True)])
        if not any(isinstance(item, Relation) for item in given.items):
            found = worst([compare(a, b, step) for a, b in zip(key.items, given.items, strict=True)])
            return ("form", "pair") if found[0] != "incorrect" else WRONG
    if (
        len(key.items) == 2
        and (axis := _INTERCEPT.search(step.asked))
        and not isinstance(given, Listing | SetOf | Union)
    ):
        place = "xy".index(axis.group(1).lower())
        solved_for = assignment(given)
        named = solved_for is None or solved_for[0] == axis.group(1).lower()
        value = given if solved_for is None else solved_for[1]
        if named and step.algebra.equal(key.items[1 - place], Num("0")):
            return ("form", "pair") if compare_values(key.items[place], value, step)[0] != "incorrect" else WRONG
    return WRONG


_INTERCEPT = re.compile(r"\b([xy])[- $]*intercept", re.I)


def spread(node: Node) -> tuple[Node, ...] | None:
    """The answers that a list says; None where it says only one."""
    node = bare(node)
    if isinstance(node, Listing | SetOf):
        out: list[Node] = []
        name = ""
        for item in node.items:
            inner = spread(item)
            for piece in inner if inner is not None else (item,):
                solved = assignment(piece)
                if solved is not None and isinstance(bare(piece), Relation):
                    name = solved[0]
                elif name and out and not symbols(piece) and not isinstance(piece, Tuple | Relation | Phrase | Call):
                    piece = Relation((Sym(name), piece), ("=",))  # x = -2, 3
                out.append(piece)
        return tuple(out)
    if isinstance(node, PlusMinus):
        left = node.left
        upper = node.right if left is None else Add((left, node.right))
        lower = Neg(node.right) if left is None else Add((left, Neg(node.right)))
        return upper, lower
    if isinstance(node, Div) and isinstance(bare(node.top), PlusMinus):
        tops = spread(node.top)
        return None if tops is None else tuple(Div(Group(top), node.bottom) for top in tops)
    if isinstance(node, Relation) and node.signs in {("=",), ("in",)}:
        for side, other in (node.sides, node.sides[::-1]):
            inner = spread(other)
            if inner is not None:
                return tuple(Relation((side, item), ("=",)) for item in inner)
    return None


def unnumbered(node: Node, wanted: frozenset[str]) -> Node:
    """`x_1 = 3, x_2 = -2` as two values of x, where the key knows only x."""
    if not isinstance(node, Listing) or len(wanted) != 1:
        return node
    (name,) = wanted
    names = [solved[0] for item in node.items if (solved := assignment(item)) is not None]
    numbered = {f"{name}_{number}" for number in range(1, len(names) + 1)}
    return renamed(node, dict.fromkeys(names, name)) if set(names) == numbered else node


def compare_lists(
    key: Node, wanted: Sequence[Node], given: Node, offered: Sequence[Node], step: Step, compare: Compare
) -> Found:
    if isinstance(given, Tuple):
        solved = [assignment(item) for item in wanted]
        if all(one is not None for one in solved) and len({one[0] for one in solved if one}) == len(solved):
            wanted = [value for _, value in sorted((one for one in solved if one is not None), key=lambda one: one[0])]
            return compare_tuples(Tuple(tuple(wanted), given.open, given.close), given, step, compare)
        if len(wanted) == 2 and given.open == "(" and not isinstance(key, Tuple):  # a pair, or an interval: who knows
            listed = compare_lists(key, wanted, Listing(given.items, ","), given.items, step, compare)
            return listed if listed[0] == "incorrect" else ("form", "list")
        offered = given.items
    if len(offered) != len(wanted):
        wanted, offered = _distinct(wanted), _distinct(offered)
    if len(offered) != len(wanted):
        return WRONG
    if step.ordered:
        return worst([compare(a, b, step) for a, b in zip(wanted, offered, strict=True)])
    rest = list(offered)
    found: list[Found] = []
    for item in wanted:
        tries = [compare(item, other, step) for other in rest]
        best = max(range(len(tries)), key=lambda i: RANK[tries[i][0]])
        if tries[best][0] == "incorrect":
            return WRONG
        found.append(tries[best])
        del rest[best]
    return worst([*found, step.formed(key, given)] if isinstance(key, SetOf) else found)


def _distinct(items: Sequence[Node]) -> list[Node]:
    return list({plain(item): item for item in items}.values())
