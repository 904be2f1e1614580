"""Equations that name a value: `x = 3`, `f(x) = 2x`, `dy/dx = -x/y`; and names of the same thing."""

from __future__ import annotations

import re

from .nodes import Add, Group, Neg, Node, Num, Pow, Relation, Sym, bare, exact_value, symbols

_SQUARED = {"\\chi", "\\sigma", "s", "R"}


def assignment(node: Node) -> tuple[str, Node] | None:
    """The name and value of `x = 3` or `3 = x`, or of `f(x) = ...`."""
    node = bare(node)
    if isinstance(node, Relation) and node.signs == ("=",):
        left, right = map(with_squared_name, node.sides)
        if isinstance(left, Sym) and left.name not in symbols(right):
            return left.name, right
        if isinstance(right, Sym) and right.name not in symbols(left):
            return right.name, left
    return None


def with_squared_name(node: Node) -> Node:
    r"""`\chi^2` as the name that it is in statistics, other nodes bare."""
    match bare(node):
        case Pow(Sym(letter), Num("2") | Group(Num("2"))) if letter in _SQUARED:
            return Sym(letter + "^2")
        case other:
            return other


def difference(relation: Relation) -> Node:
    return Add((Group(relation.sides[0]), Neg(Group(relation.sides[1]))))


def exact_power(exponent: Node) -> int | None:
    exact = exact_value(exponent) if not symbols(exponent) else None
    return exact.numerator if exact is not None and exact.denominator == 1 else None


def same_name(wanted: str, given: str) -> bool:
    """`y` for `f(x)` and `dy/dx` for `f'(x)`: names of the same thing."""
    if wanted == given or wanted in {rf"\hat{{{given}}}", rf"\vec{{{given}}}", rf"\overrightarrow{{{given}}}"}:
        return True
    if re.fullmatch(rf"{re.escape(given)}\([a-z]\)", wanted) and len(given) == 1:  # A for A(t)
        return True
    if partial := re.fullmatch(r"∂([a-zA-Z])/∂([a-z])", wanted):
        return given in {f"{partial.group(1)}_{partial.group(2)}", f"{partial.group(1)}_{{{partial.group(2)}}}"}
    if {wanted, given} == {"y", "f^{-1}(x)"} or _nested(wanted) == _nested(given):
        return True
    if re.fullmatch(r"([a-z])_([a-z])", wanted):  # a(n) for a_n
        return given == f"{wanted[0]}({wanted[2]})"
    (kind, plain_name), (other_kind, other_plain) = map(_kind_of_name, (wanted, given))
    return kind == other_kind is not None and (plain_name or other_plain)


def _nested(name: str) -> str:
    """`(f∘g)(x)` as `f(g(x))`"""
    return re.sub(r"\(?([a-zA-Z])(?:∘|\\circ)([a-zA-Z])\)?\(([a-z\d]+)\)", r"\1(\2(\3))", name)


def _kind_of_name(name: str) -> tuple[int | None, bool]:
    """(how many derivatives are taken of a function's value, whether the name is y's); (None, ...) for other names."""
    if re.fullmatch(r"[a-zA-Z]\([a-z]\)|y", name):
        return 0, name[0] == "y"
    if found := re.fullmatch(r"([a-zA-Z])('{1,3})(\([a-z]\))?", name):
        return len(found.group(2)), found.group(1) == "y"
    if found := re.fullmatch(r"d(?:\^(\d))?([a-z])/d[a-z](?:\^\d)?", name):
        return int(found.group(1) or 1), found.group(2) == "y"
    return None, False
