r"""Letters that may be called otherwise: the index of a sum, the arbitrary constants of a general solution, the whole
number in a family of angles. Each function gives the learner's tree with the key's letters in their place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import permutations

from .nodes import (
    Add,
    Big,
    Const,
    Div,
    Group,
    Mul,
    Neg,
    Node,
    Num,
    Quantity,
    Relation,
    Sym,
    bare,
    mapped,
    symbols,
    walk,
)

MAX_CONSTANTS = 3
_GENERAL = re.compile(
    r"general solution|differential equation|family of|antiderivative|integra|solve the (de|ode)\b", re.I
)
_CONSTANT = re.compile(r"[A-DKacdk]|[CKAcka]_\{?\d\}?")
_A_NUMBER = re.compile(r"\b(?:a|the|some|what|an unknown) number\b", re.I)
_WHOLE = frozenset("nkmj")


def renamed(node: Node, names: dict[str, str]) -> Node:
    return mapped(node, lambda part: Sym(names[part.name]) if isinstance(part, Sym) and part.name in names else None)


def with_one_index(key: Big, given: Big) -> tuple[Big, Big]:
    r"""`\sum_{k=1}^5 k` with the key's index in the place of k, where that letter is free."""
    key, given = _with_letter(key), _with_letter(given)
    wanted, written = _index(key), _index(given)
    if wanted is None or written is None or wanted == written or wanted in symbols(given):
        return key, given
    changed = renamed(given, {written: wanted})
    assert isinstance(changed, Big)
    return key, changed


def _with_letter(node: Big) -> Big:
    """A sum over i, where i is the index and not the imaginary unit."""
    low = bare(node.low) if node.low is not None else None
    if not isinstance(low, Relation) or bare(low.sides[0]) != Const("i"):
        return node
    lettered = mapped(node, lambda part: Sym("i") if part == Const("i") else None)
    assert isinstance(lettered, Big)
    return lettered


def _index(node: Big) -> str | None:
    low = bare(node.low) if node.low is not None else None
    if isinstance(low, Relation) and isinstance(bare(low.sides[0]), Sym) and low.signs in {("=",), ("->",)}:
        index = bare(low.sides[0])
        return index.name if isinstance(index, Sym) else None
    return None


def with_constants_of(key: Node, given: Node, asked: str) -> Iterator[Node]:
    """The given tree with its arbitrary constants named as the key's, in every order; nothing where none may be."""
    if not _GENERAL.search(asked):
        return
    wanted = sorted(symbols(key) - symbols(given))
    written = sorted(symbols(given) - symbols(key))
    if not 0 < len(wanted) == len(written) <= MAX_CONSTANTS:
        return
    if not all(map(_CONSTANT.fullmatch, (*wanted, *written))):
        return
    for order in permutations(wanted):
        yield renamed(given, dict(zip(written, order, strict=True)))


def with_any_letter(key: Node, given: Node, asked: str) -> Iterator[Node]:
    """The given tree with its letter named as the key's, where the step speaks of "a number" and names none."""
    wanted, written = symbols(key), symbols(given)
    if len(wanted) != 1 or len(written) != 1 or wanted == written or not _A_NUMBER.search(asked):
        return
    (name,), (other,) = wanted, written
    if len(name) == 1 and len(other) == 1 and not re.search(rf"(?<![A-Za-z])(?:{name}|{other})(?![A-Za-z])", asked):
        yield renamed(given, {other: name})


def families(key: Node, given: Node) -> tuple[Node, Node, Node, Node] | None:
    r"""(start, step) of the key and of the given, where both are families `\frac{\pi}{6} + 2\pi n`; None otherwise."""
    letters = [symbols(node) for node in (key, given)]
    if any(len(names) != 1 or not names <= _WHOLE for names in letters):
        return None
    if not any(part == Const("pi") or isinstance(part, Quantity) for part in walk(key)):
        return None
    parts: list[Node] = []
    for node, names in zip((key, given), letters, strict=True):
        name = next(iter(names))
        if sum(part == Sym(name) for part in walk(node)) != 1 or not _is_linear(node, name):
            return None
        start, after = _at(node, name, "0"), _at(node, name, "1")
        parts += [start, Add((after, Neg(Group(start))))]
    return parts[0], parts[1], parts[2], parts[3]


def _at(node: Node, name: str, number: str) -> Node:
    return Group(mapped(node, lambda part: Num(number) if part == Sym(name) else None))


def _is_linear(node: Node, name: str) -> bool:
    """The letter stands in sums, products and the tops of fractions only."""
    match bare(node):
        case Add(args) | Mul(args, _):
            return all(_is_linear(arg, name) for arg in args)
        case Neg(arg) | Quantity(arg):
            return _is_linear(arg, name)
        case Sym():
            return True
        case other if name not in symbols(other):
            return True
        case Div(top, bottom):
            return name not in symbols(bottom) and _is_linear(top, name)
    return False
