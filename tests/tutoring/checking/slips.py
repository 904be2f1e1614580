"""Wrong answers near a key, made by rule: every sign, number, term, pair and end once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import sympy

from tests.tutoring.checking.rewritings import typed
from tutor_app.tutoring.checking.judging import nodes as n
from tutor_app.tutoring.checking.judging.keys import read_key
from tutor_app.tutoring.checking.judging.symbolic import Undefined, build

LOOSER = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
INFINITE = (n.Const("inf"), n.Neg(n.Const("inf")))


def slips(key: str) -> Iterator[tuple[str, str]]:
    """(name of the slip, text). Those that happen to keep the value are left out."""
    node = read_key(key)
    if node is None:
        return
    said = {typed(node)}
    for name, wrong in wrongs(node):
        text = typed(wrong)
        if text not in said and not same(node, wrong):
            said.add(text)
            yield name, text


def same(left: n.Node, right: n.Node) -> bool:
    """Whether a slip changed nothing: `-0`, `(3, 3)` swapped, or a value that came out again."""
    if n.ordered(n.plain(left)) == n.ordered(n.plain(right)):
        return True
    if isinstance(left, n.Relation) and isinstance(right, n.Relation) and left.signs == right.signs:
        return all(same(a, b) for a, b in zip(left.sides, right.sides, strict=True))
    try:
        return bool(sympy.simplify(build(left) - build(right)) == 0)
    except (Undefined, TypeError, ValueError):
        return False


def wrongs(node: n.Node) -> Iterator[tuple[str, n.Node]]:
    """Every single slip in a statement."""
    match node:
        case n.Relation(sides, signs):
            for index, sign in enumerate(signs):
                if sign in LOOSER:
                    yield "end", replace(node, signs=(*signs[:index], LOOSER[sign], *signs[index + 1 :]))
                    if len(signs) == 1:
                        yield "sign", replace(node, signs=(TURNED[sign],))
            for index, side in enumerate(sides):
                if not isinstance(side, n.Sym | n.Phrase):
                    for name, wrong in in_value(side):
                        yield name, replace(node, sides=(*sides[:index], wrong, *sides[index + 1 :]))
        case n.Tuple(items, opening, closing):
            if len(items) == 2 and not set(items) & set(INFINITE):
                yield "swapped pair", n.Tuple(items[::-1], opening, closing)
            if opening != "<" and len(items) == 2:
                if items[0] not in INFINITE:
                    yield "end", n.Tuple(items, "[" if opening == "(" else "(", closing)
                if items[1] not in INFINITE:
                    yield "end", n.Tuple(items, opening, "]" if closing == ")" else ")")
            yield from in_items(node, items)
        case n.Listing(items) | n.SetOf(items) | n.Union(items):
            if len(items) > 2:
                yield "dropped item", replace(node, **{node.__match_args__[0]: items[1:]})
            yield from in_items(node, items)
        case n.Matrix(rows):
            for name, wrong in in_value(rows[0][0]):
                yield name, n.Matrix(((wrong, *rows[0][1:]), *rows[1:]))
            if len(rows) > 1 and rows[0] != rows[1]:
                yield "swapped rows", n.Matrix((rows[1], rows[0], *rows[2:]))
        case n.Phrase() | n.Builder() | n.Big():
            return
        case _:
            yield from in_value(node)


def in_items(node: n.Node, items: tuple[n.Node, ...]) -> Iterator[tuple[str, n.Node]]:
    for index, item in enumerate(items):
        if item not in INFINITE:
            for name, wrong in wrongs(item):
                yield name, replace(node, **{node.__match_args__[0]: (*items[:index], wrong, *items[index + 1 :])})


def in_value(node: n.Node) -> Iterator[tuple[str, n.Node]]:
    """Slips in an expression: its sign, and in every part of it a number, an exponent, a term's sign, a lost term."""
    if node in INFINITE:
        return
    if n.exact_value(node) != 0 and not isinstance(node, n.PlusMinus):
        yield "sign", n.Neg(n.Group(node))
    for part in n.walk(node):
        for name, wrong in in_part(part):
            yield name, put(node, part, wrong)


def in_part(part: n.Node) -> Iterator[tuple[str, n.Node]]:
    match part:
        case n.Num(text) if "e" not in text:
            yield "coefficient", n.Num(bumped(text))
        case n.Pow(base, exponent) if isinstance(n.bare(exponent), n.Sym):
            yield "exponent", n.Pow(base, n.Num("2"))
        case n.Sym(name) if len(name) == 1:
            yield "exponent", n.Pow(part, n.Num("2"))
        case n.Add(args):
            for index, arg in enumerate(args):
                flipped = arg.arg if isinstance(arg, n.Neg) else n.Neg(n.Group(arg))
                yield "sign", n.Add((*args[:index], flipped, *args[index + 1 :]))
                rest = args[:index] + args[index + 1 :]
                yield "dropped term", rest[0] if len(rest) == 1 else n.Add(rest)


def put(node: n.Node, part: n.Node, wrong: n.Node) -> n.Node:
    """The tree with this one part (the same object) replaced."""
    return n.mapped(
        node,
        lambda other: (
            n.Group(wrong) if other is part and isinstance(wrong, n.Neg | n.Add) else wrong if other is part else None
        ),
    )


def bumped(text: str) -> str:
    """The number with one more in its last place."""
    places = len(text.split(".")[1]) if "." in text else 0
    return f"{(int(text.replace('.', '')) + 1) / 10**places:.{places}f}" if places else str(int(text) + 1)
