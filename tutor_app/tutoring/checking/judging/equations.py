"""Comparing equations, and a bare value with the equation that names it."""

from __future__ import annotations

import re

from .forms import DEMANDS_EQUATION
from .nodes import Big, Call, Func, Group, Mul, Node, Pow, Relation, Sym, Tuple, Union, bare, mapped, symbols, walk
from .solved import assignment, difference, exact_power, same_name, with_squared_name
from .step import RIGHT, WRONG, Compare, Found, Step, worst

_FOR_A_VARIABLE = re.compile(
    r"slope|solve|isolate|in terms of|as a function|in the form|formula|\bfor \$*[a-z]\b|rewrite|=\s*\?", re.I
)


def compare_equations(key: Relation, given: Node, step: Step, compare: Compare) -> Found:
    """The key is an equation."""
    solved = assignment(key)
    if not isinstance(given, Relation):
        return _compare_bare_value(solved, given, step, compare)
    if set(key.signs) - {"="} or set(given.signs) - {"="}:
        if key.signs != given.signs:
            return WRONG
        return worst([compare(a, b, step) for a, b in zip(key.sides, given.sides, strict=True)])
    if len(key.sides) > 2 or len(given.sides) > 2:
        return _compare_chains(key, given, step, compare)
    equal = step.algebra.equal
    for left, right in (given.sides, given.sides[::-1]):
        left, right = with_squared_name(left), with_squared_name(right)
        if solved is not None:
            if isinstance(left, Sym) and same_name(solved[0], left.name) and left.name not in symbols(right):
                found = compare(solved[1], right, step)
                if found[0] != "incorrect":
                    return found if found != RIGHT else step.formed(key, given)
        elif isinstance(bare(key.sides[0]), Big) and isinstance(left, Big):
            if compare(key.sides[0], left, step) == compare(key.sides[1], right, step) == RIGHT:
                return RIGHT
        elif equal(key.sides[0], left) and equal(key.sides[1], right):
            return step.formed(key, given)
    if symbols(key) != symbols(given):
        return WRONG
    multiple = step.algebra.ratio(difference(given), difference(key)) is not None
    same = multiple or _follows(key, given, step) or _follows(given, key, step)
    if not same and not (len(symbols(key)) == 1 and step.algebra.same_roots(difference(given), difference(key))):
        return WRONG
    if len(symbols(key)) > 1 and same:
        found = step.formed(key, given)
        if (
            found == RIGHT
            and (solved is not None or assignment(given) is not None)
            and _FOR_A_VARIABLE.search(step.asked)
        ):
            return ("form", "solve" if solved is not None else "other_equation")
        return found
    if solved is None and assignment(given) is None and multiple and not step.asked:
        return RIGHT
    return ("form", "solve" if solved is not None else "other_equation")


def _follows(solved: Relation, other: Relation, step: Step) -> bool:
    """`d = r t` says what `r = d/t` says: it holds with d/t in the place of r, which is there once and not squared."""
    value = assignment(solved)
    if value is None or sum(part == Sym(value[0]) for part in walk(other)) != 1:
        return False
    for part in walk(other):
        turns = isinstance(part, Func) and part.name not in {"ln", "log", "exp"}
        raised = isinstance(part, Pow) and (exact_power(part.exponent) or 0) % 2 == 0 and not symbols(part.exponent)
        if (turns or raised) and value[0] in symbols(part):
            return False
    sides = [_put(side, value[0], value[1]) for side in other.sides]
    return step.algebra.equal(sides[0], sides[1])


def _put(node: Node, name: str, value: Node) -> Node:
    """The tree with a value in the place of a variable."""
    return mapped(node, lambda part: Group(value) if part == Sym(name) else None)


def _compare_bare_value(solved: tuple[str, Node] | None, given: Node, step: Step, compare: Compare) -> Found:
    """The key is `x = 4`, the learner wrote `4`."""
    if solved is None or isinstance(given, Union) or (isinstance(given, Tuple) and not isinstance(solved[1], Tuple)):
        return WRONG
    found = compare(solved[1], given, step)
    if found != RIGHT:
        return found
    asks = re.search(DEMANDS_EQUATION, step.asked, re.I)
    value_of_a_name = not symbols(solved[1]) or bool(set(solved[0]) & set("(/'_\\^"))
    return RIGHT if value_of_a_name and not asks else ("form", "equation")


def _compare_chains(key: Relation, given: Relation, step: Step, compare: Compare) -> Found:
    """`x = 10/2 = 5`: the first and the last side count, and those between must agree."""
    if len(given.sides) > 2:
        middle = given.sides[1:]
        if not all(step.algebra.equal(middle[0], side) for side in middle[1:]):
            return WRONG
    ends = [Relation((relation.sides[0], relation.sides[-1]), ("=",)) for relation in (key, given)]
    return compare_equations(ends[0], ends[1], step, compare)


def compare_solved(key: Node, given: Relation, step: Step, compare: Compare) -> Found:
    """The key is a value, the learner wrote a relation: `x = 4`, or `2 + 3 = 5`."""
    if any(sign != "=" for sign in given.signs):
        return WRONG
    first, last = bare(given.sides[0]), bare(given.sides[-1])
    if len(given.sides) > 2 and not all(step.algebra.equal(last, side) for side in given.sides[1:-1]):
        return WRONG
    if isinstance(first, Sym | Func) or _is_call(first):
        return WRONG if isinstance(first, Sym) and first.name in symbols(key) else compare(key, last, step)
    if isinstance(last, Sym):
        return WRONG if last.name in symbols(key) else compare(key, first, step)
    if step.algebra.equal(first, last):
        return compare(key, last, step)
    return WRONG


def _is_call(node: Node) -> bool:
    """`f(2)` on the left of an equals sign."""
    return isinstance(node, Call) or (
        isinstance(node, Mul)
        and len(node.args) == 2
        and isinstance(node.args[0], Sym)
        and isinstance(node.args[1], Group)
    )
