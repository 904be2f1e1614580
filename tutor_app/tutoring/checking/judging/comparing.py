"""Comparing what was asked for with what was written, node by node.

What counts as the same answer:

- A value: see `values.py`.
- `x = 4` for the key `4`, and `4` for the key `x = 4`.
- An equation in two or more variables: a multiple of the key is as good as the key, unless the step asks for a form
  or for a variable. In one variable, `x = 5` for `3x = 15`, or `2x = 8` for `x = 4`, is FORM: true, but not asked for.
- An inequality, interval or union: the same set of numbers. `-8 < 2x` for `x > -4` is FORM.
- Lists and sets: in any order, unless the step speaks of order. Pairs and intervals: in their order.
"""

from __future__ import annotations

import re
from typing import TypeGuard

from .equations import compare_equations, compare_solved
from .lists import compare_lists, compare_tuples, spread, unnumbered
from .nodes import (
    Add,
    Big,
    Builder,
    Call,
    Div,
    Group,
    Listing,
    Matrix,
    Mul,
    Neg,
    Node,
    Phrase,
    PlusMinus,
    Ratio,
    Relation,
    SetOf,
    Sym,
    Tuple,
    Union,
    bare,
    plain,
    symbols,
)  # fmt: skip
from .regions import compare_regions, is_region
from .renaming import families, with_any_letter, with_constants_of
from .shapes import OF_A_MATRIX, compare_big, compare_calls, compare_phrases, compare_ratios, ends_of, meaning
from .step import RIGHT, WRONG, Found, Step, worst
from .values import compare_values
from .vectors import as_vectors, compare_matrices, scaled


def compare(key: Node, given: Node, step: Step) -> Found:
    key, given = _pointed(bare(key)), _pointed(bare(given))
    if plain(key) == plain(given):
        return RIGHT
    found = _compare(key, given, step)
    if found[0] == "incorrect":
        for other in (*with_constants_of(key, given, step.asked), *with_any_letter(key, given, step.asked)):
            again = _compare(key, other, step)
            if again[0] != "incorrect":
                return again
    return found


def _compare(key: Node, given: Node, step: Step) -> Found:
    if "confidence" in step.asked.casefold():
        wanted_ends, ends = ends_of(key), ends_of(given)
        if wanted_ends is not None and ends is not None:
            written = step if not isinstance(bare(given), PlusMinus) else Step("", step.algebra)
            return worst([compare_values(a, b, written) for a, b in zip(wanted_ends, ends, strict=True)])
    key, given = as_vectors(key, given)
    if isinstance(key, Phrase) or isinstance(given, Phrase) or (given == Sym("R") and meaning(key) == "reals"):
        return compare_phrases(key, given, step)
    if isinstance(key, Matrix) or isinstance(given, Matrix):
        return compare_matrices(key, given, step, compare)
    if isinstance(key, Ratio) or isinstance(given, Ratio):
        return compare_ratios(key, given, step, compare)
    if OF_A_MATRIX.search(step.asked) and re.search("size|order|dimension", step.asked, re.I):
        key, given = (Call("by", node.args) if isinstance(node, Mul) else node for node in (key, given))
    if isinstance(key, Call) or isinstance(given, Call):
        return compare_calls(key, given, step, compare)
    if isinstance(key, Big) and isinstance(given, Big):
        return compare_big(key, given, step, compare)
    if is_region(key) or (is_region(given) and isinstance(key, Tuple | SetOf | Builder)):
        return compare_regions(key, given, step, compare)
    if isinstance(key, Tuple):
        return compare_tuples(key, given, step, compare)
    if isinstance(key, PlusMinus) and key.left is None and "margin" in step.asked.casefold():
        return compare(key.right, given.right if isinstance(given, PlusMinus) and given.left is None else given, step)
    if _is_logic(key) and _is_logic(given) and {key.joint, given.joint} == {"and", "or"}:
        return WRONG
    several, offered = spread(key), spread(unnumbered(given, symbols(key)))
    if several is not None or offered is not None:
        return compare_lists(key, several or (key,), given, offered or (given,), step, compare)
    if isinstance(key, Relation):
        return compare_equations(key, given, step, compare)
    if isinstance(given, Relation):
        return compare_solved(key, given, step, compare)
    if isinstance(given, Tuple | Union | Builder):
        return WRONG
    return _compare_families(key, given, step) or compare_values(key, given, step)


def _is_logic(node: Node) -> TypeGuard[Listing]:
    """`p and q`: statements that are joined, rather than values that are listed."""
    return isinstance(node, Listing) and all(
        isinstance(item, Sym) or (isinstance(item, Call) and item.name == "not") for item in map(bare, node.items)
    )


_SOLUTIONS = re.compile(r"solution|solve|integer|\ball\b", re.I)


def _compare_families(key: Node, given: Node, step: Step) -> Found | None:
    r"""`\frac{\pi}{6} + 2\pi n`, whatever the whole number is called and wherever it is counted from."""
    found = families(key, given) if isinstance(key, Add) or _SOLUTIONS.search(step.asked) else None
    if found is None:
        return None
    start, period, other_start, other_period = found
    same = step.algebra.equal(period, other_period) or step.algebra.equal(period, Neg(Group(other_period)))
    turns = Div(Group(Add((start, Neg(Group(other_start))))), Group(period))
    return RIGHT if same and step.algebra.whole(turns) else WRONG


def _pointed(node: Node) -> Node:
    """`(x, y) = (2, 3)`, `A(2, 3)` and a row or column of a matrix in the place of a tuple."""
    if (
        isinstance(node, Relation)
        and isinstance(bare(node.sides[0]), Tuple)
        and isinstance(bare(node.sides[-1]), Tuple)
    ):
        return bare(node.sides[-1])
    if isinstance(node, Relation) and isinstance(node.sides[-1], Listing) and all(map(_is_case, node.sides[-1].items)):
        return node.sides[-1]
    if isinstance(node, Relation) and node.signs == ("!=",) and isinstance(bare(node.sides[1]), PlusMinus):
        values = spread(bare(node.sides[1])) or ()
        return Listing(tuple(Relation((node.sides[0], value), ("!=",)) for value in values), "and")
    if isinstance(node, Tuple) and any(isinstance(bare(item), PlusMinus) for item in node.items):
        ways = [spread(item) or (item, item) for item in map(bare, node.items)]
        if all(len(way) == 2 for way in ways):  # (±4, 0)
            return Listing(tuple(Tuple(items, node.open, node.close) for items in zip(*ways, strict=True)), ",")
    if isinstance(node, Mul | Div):
        return scaled(node)
    if isinstance(node, Call) and len(node.name) == 1 and node.name.isupper() and node.name not in "NBPCU":
        return Tuple(node.items, "(", ")")
    return node


def _is_case(node: Node) -> bool:
    return isinstance(node, Call) and node.name == "case"
