"""Comparing sets of numbers: inequalities, intervals, unions, and half planes of two variables."""

from __future__ import annotations

from .lists import compare_lists
from .nodes import Builder, Const, Listing, Neg, Node, Relation, SetOf, Sym, Tuple, Union, bare, symbols
from .solved import difference
from .step import RIGHT, WRONG, Compare, Found, Step, worst


def is_region(node: Node) -> bool:
    """An inequality, a union, or a tuple that can only be an interval."""
    if isinstance(node, Union | Builder):
        return True
    if isinstance(node, Tuple):
        return len(node.items) == 2 and (
            "[" in node.open
            or "]" in node.close
            or any(bare(i) in (Const("inf"), Neg(Const("inf"))) for i in node.items)
        )
    if isinstance(node, Relation):
        return any(sign not in {"=", "~", "->"} for sign in node.signs) or (
            isinstance(bare(node.sides[-1]), Union | Builder)
        )
    return isinstance(node, Listing) and all(is_region(bare(item)) for item in node.items) and len(node.items) > 1


def compare_regions(key: Node, given: Node, step: Step, compare: Compare) -> Found:
    if isinstance(key, Tuple) and isinstance(given, Tuple):
        if (key.open, key.close) != (given.open, given.close) or len(key.items) != len(given.items):
            return WRONG
        return worst([compare(a, b, step) for a, b in zip(key.items, given.items, strict=True)])
    if isinstance(key, Relation) and isinstance(given, Relation):
        if len(symbols(key)) > 1 and set(key.signs) <= {"<", ">", "<=", ">=", "!="}:
            return _compare_half_planes(key, given, step) if symbols(key) == symbols(given) else WRONG
        if "in" not in key.signs + given.signs and symbols(key) != symbols(given):
            return WRONG
    if isinstance(key, Listing) and len(symbols(key)) > 1:  # a system of inequalities
        return compare_lists(
            key, key.items, given, given.items if isinstance(given, Listing) else (given,), step, compare
        )
    if (
        isinstance(key, Union)
        and isinstance(given, Union)
        and len(key.args) == len(given.args)
        and key.sign == given.sign != "\\setminus"
    ):
        rest = list(given.args)
        for arg in key.args:
            match = next((other for other in rest if compare(arg, other, step)[0] == "correct"), None)
            if match is None:
                break
            rest.remove(match)
        else:
            return RIGHT
    if isinstance(key, Relation) and isinstance(given, Relation) and not symbols(key) | symbols(given):
        return _compare_numbers(key, given, step)
    if not _sayable_as_region(given) or not _sayable_as_region(key):
        return WRONG
    if not step.algebra.same_region(key, given):
        return WRONG
    found = step.formed(key, given)
    if found != RIGHT:
        return found
    solved = [_solved_inequality(part) for part in (key, given)]
    return ("form", "solve") if solved == [True, False] else RIGHT


def _compare_numbers(key: Relation, given: Relation, step: Step) -> Found:
    """`2/3 < 3/4` and `3/4 > 2/3`"""
    turned = Relation(given.sides[::-1], tuple(_FLIPPED.get(sign, sign) for sign in reversed(given.signs)))
    for way in (given, turned):
        if way.signs == key.signs and all(map(step.algebra.equal, key.sides, way.sides)):
            return RIGHT
    return WRONG


def _sayable_as_region(node: Node) -> bool:
    node = bare(node)
    if isinstance(node, Listing):
        return all(map(_sayable_as_region, node.items))
    if isinstance(node, Tuple):
        return len(node.items) == 2 and node.open != "<"
    if isinstance(node, Relation):
        return set(node.signs) <= {"=", "!=", "<", ">", "<=", ">=", "in"}
    return isinstance(node, Union | SetOf | Builder)


def _solved_inequality(node: Node) -> bool:
    """Every relation in it has the variable alone on a side."""
    node = bare(node)
    if isinstance(node, Relation):
        return any(isinstance(bare(side), Sym) for side in node.sides)
    if isinstance(node, Listing):
        return all(map(_solved_inequality, node.items))
    return True


_FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "!=": "!="}


def _compare_half_planes(key: Relation, given: Relation, step: Step) -> Found:
    """Inequalities in two variables: the same up to a factor, whose sign turns the sign."""
    if len(key.signs) != 1 or len(given.signs) != 1:
        return WRONG
    factor = step.algebra.ratio(difference(given), difference(key))
    if factor is None:
        return WRONG
    sign = key.signs[0] if factor > 0 else _FLIPPED.get(key.signs[0], key.signs[0])
    return step.formed(key, given) if given.signs[0] == sign else WRONG
