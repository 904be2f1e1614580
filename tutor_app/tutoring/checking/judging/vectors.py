"""Comparing matrices and vectors: `2i + 3j` is `<2, 3>`, and a number times a matrix is a matrix."""

from __future__ import annotations

import re
from collections.abc import Callable

from .nodes import Add, Const, Div, Group, Matrix, Mul, Neg, Node, Num, Sym, Tuple, bare, walk
from .step import WRONG, Compare, Found, Step, worst


def as_vectors(key: Node, given: Node) -> tuple[Node, Node]:
    """`2i + 3j` beside `<2, 3>` as a vector."""
    pair = [key, given]
    for place, other in ((0, given), (1, key)):
        column = isinstance(other, Matrix) and all(len(row) == 1 for row in other.rows)
        named = any(part in (Sym("j"), Sym("k")) for part in walk(pair[place]))  # 3i alone is a complex number
        size = len(other.items) if isinstance(other, Tuple) and (other.open == "<" or named) else 0
        size = len(other.rows) if column and isinstance(other, Matrix) else size
        parts = _components(pair[place], size) if size in {2, 3} else None
        if parts is not None:
            pair[place] = Tuple(parts, other.open, other.close) if isinstance(other, Tuple) else Tuple(parts, "<", ">")
    return pair[0], pair[1]


def _components(node: Node, size: int) -> tuple[Node, ...] | None:
    """The coefficients of i, j and k in a sum of their multiples; None for anything else."""
    terms = node.args if isinstance(node, Add) else (node,)
    found: dict[str, Node] = {}
    for term in map(bare, terms):
        negative = isinstance(term, Neg)
        inner = bare(term.arg) if isinstance(term, Neg) else term
        shared = inner.bottom if isinstance(inner, Div) else Num("1")  # k/2
        inner = bare(inner.top) if isinstance(inner, Div) else inner
        factors = [bare(factor) for factor in (inner.args if isinstance(inner, Mul) else (inner,))]
        units = [_unit_vector(factor) for factor in factors]
        names = [unit for unit in units if unit]
        if len(names) != 1 or names[0] in found:
            return None
        rest = tuple(factor for factor, unit in zip(factors, units, strict=True) if not unit)
        scale: Node = Group(Mul(rest)) if len(rest) > 1 else rest[0] if rest else Num("1")
        scale = scale if shared == Num("1") else Div(scale, shared)
        found[names[0]] = Neg(scale) if negative else scale
    if set(found) - set("ijk"[:size]):
        return None
    return tuple(found.get(name, Num("0")) for name in "ijk"[:size])


def _unit_vector(node: Node) -> str:
    name = node.name if isinstance(node, Sym | Const) else ""
    plain_name = re.sub(r"\\(?:hat|vec|mathbf|overrightarrow|widehat)|[{}]", "", name)
    return plain_name if plain_name in {"i", "j", "k"} else ""


def scaled(node: Node) -> Node:
    r"""A number times a matrix or a vector, or either over a number, worked out; other nodes as they are."""
    match node:
        case Div(top, bottom) if _is_array(worked := scaled(bare(top))):
            return _each(worked, lambda cell: Div(Group(cell), bottom))
        case Mul(args, _):
            places = [place for place, arg in enumerate(map(bare, args)) if _is_array(arg)]
            if len(places) == 1:
                others = tuple(arg for place, arg in enumerate(args) if place != places[0])
                return _each(bare(args[places[0]]), lambda cell: Mul((*others, Group(cell))))
    return node


def _is_array(node: Node) -> bool:
    return isinstance(node, Matrix) or (isinstance(node, Tuple) and node.open == "<")


def _each(node: Node, change: Callable[[Node], Node]) -> Node:
    """A matrix or a vector with every entry changed."""
    if isinstance(node, Matrix):
        return Matrix(tuple(tuple(map(change, row)) for row in node.rows))
    return Tuple(tuple(map(change, node.items)), node.open, node.close) if isinstance(node, Tuple) else node


def compare_matrices(key: Node, given: Node, step: Step, compare: Compare) -> Found:
    rows = [_rows(node) for node in (key, given)]
    if rows[0] is None or rows[1] is None or [len(row) for row in rows[0]] != [len(row) for row in rows[1]]:
        return WRONG
    pairs = zip(sum(rows[0], ()), sum(rows[1], ()), strict=True)
    return worst([compare(a, b, step) for a, b in pairs])


def _rows(node: Node) -> tuple[tuple[Node, ...], ...] | None:
    """The rows of a matrix; a single column or row is a vector, as a tuple is."""
    if isinstance(node, Matrix):
        flat = sum(node.rows, ())
        return (flat,) if 1 in (len(node.rows), len(node.rows[0])) else node.rows
    return (node.items,) if isinstance(node, Tuple) else None
