"""Other ways to write a key, and wrong answers near it, made by rule.

Two printers are used, so that the reader is not only tested against its own: `typed` prints our tree, SymPy its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import sympy

from tutor_app.tutoring.checking.judging import nodes as n
from tutor_app.tutoring.checking.judging.reading import Manner, Unread, read
from tutor_app.tutoring.checking.judging.symbolic import Undefined, build

SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def key_node(key: str) -> n.Node | None:
    try:
        return read(key, Manner())
    except (Unread, n.TooBig):
        return None


def typed(node: n.Node) -> str:
    """What a learner types on a plain keyboard."""
    match node:
        case n.Num(text):
            return text
        case n.Sym(name) | n.Const(name):
            return name.lstrip("\\")
        case n.Group(arg):
            return f"({typed(arg)})"
        case n.Neg(arg):
            return "-" + tight(arg)
        case n.Add(args):
            text = typed(args[0])
            for arg in args[1:]:
                text += " - " + tight(arg.arg) if isinstance(arg, n.Neg) else " + " + typed(arg)
            return text
        case n.Mul(args, _):
            text = tight(args[0])
            for arg in args[1:]:
                piece = tight(arg)
                text += piece if piece[0].isalpha() or piece[0] == "(" else "*" + piece
            return text
        case n.Div(top, bottom):
            below = n.bare(bottom)
            simple = isinstance(below, n.Num | n.Sym | n.Func | n.Root) or (
                isinstance(below, n.Pow) and isinstance(n.bare(below.base), n.Num | n.Sym)
            )
            return f"{tight(n.bare(top))}/" + (typed(below) if simple else f"({typed(below)})")
        case n.Pow(base, exponent):
            foot = n.bare(base)
            left = typed(foot) if isinstance(foot, n.Num | n.Sym) else f"({typed(foot)})"
            power = n.bare(exponent)
            return f"{left}^{typed(power)}" if isinstance(power, n.Num | n.Sym) else f"{left}^({typed(power)})"
        case n.Root(arg, None):
            return f"sqrt({typed(n.bare(arg))})"
        case n.Root(arg, index):
            return f"({typed(n.bare(arg))})^(1/{typed(index)})"
        case n.Func(name, arg, base):
            return f"{name}{'' if base is None else '_' + typed(base)}({typed(n.bare(arg))})"
        case n.Mixed(whole, top, bottom):
            return f"{whole.text} {top.text}/{bottom.text}"
        case n.Percent(arg):
            return typed(arg) + "%"
        case n.Quantity(arg, "$"):
            return "$" + typed(arg)
        case n.PlusMinus(left, right):
            return ("" if left is None else typed(left) + " ") + "± " + tight(right)
        case n.Relation(sides, signs):
            return typed(sides[0]) + "".join(f" {s} {typed(side)}" for s, side in zip(signs, sides[1:], strict=True))
        case n.Tuple(items, opening, closing):
            return opening + ", ".join(map(typed, items)) + closing
        case n.Listing(items, joint):
            return (", " if joint == "," else f" {joint} ").join(map(typed, items))
        case n.SetOf(items):
            return "{" + ", ".join(map(typed, items)) + "}"
        case n.Union(args, _):
            return " U ".join(map(typed, args))
        case n.Phrase(_, text):
            return text
        case n.Matrix(rows):
            return n.latex(n.Matrix(rows))
    raise AssertionError(node)


def tight(node: n.Node) -> str:
    text = typed(node)
    return f"({text})" if isinstance(node, n.Add | n.Neg | n.PlusMinus | n.Mixed) else text


def unicoded(text: str) -> str:
    """The typed text with the characters that phones and word processors put in."""
    out, index = "", 0
    while index < len(text):
        char = text[index]
        if char == "^" and index + 1 < len(text) and text[index + 1].isdigit():
            end = index + 1
            while end < len(text) and text[end].isdigit():
                end += 1
            if text[end : end + 1] == ".":  # there is no raised point
                out, index = out + text[index:end], end
                continue
            out, index = out + text[index + 1 : end].translate(SUPERSCRIPTS), end
            continue
        out, index = out + {"-": "−", "*": "×", " ": "\u2009"}.get(char, char), index + 1
    return out.replace("sqrt(", "√(").replace(">=", "≥").replace("<=", "≤")


def mathlive(node: n.Node) -> str:
    r"""MathLive's dialect: `\frac12`, no braces around single characters."""
    text = re.sub(r"\\frac\{(\d)\}\{(\d)\}", r"\\frac\1\2", n.latex(node))
    text = re.sub(r"\^\{(\w)\}(?!\d)", r"^\1", text)
    text = re.sub(r"\\sqrt\{(\d)\}(?!\d)", r"\\sqrt\1", text)
    return re.sub(r"\\sqrt\{([a-z])\}", r"\\sqrt \1", text).replace(" = ", "=")


def reordered(node: n.Node) -> n.Node:
    """Terms, factors of products, items of lists and the sides of an equation the other way round."""
    match node:
        case n.Add(args):
            return n.Add(tuple(map(reordered, reversed(args))))
        case n.Mul(args, sign):
            return n.Mul(tuple(n.Group(a) if isinstance(a, n.Neg) else a for a in map(reordered, reversed(args))), sign)
        case n.Neg(arg):
            inside = reordered(arg)
            return n.Neg(n.Group(inside) if isinstance(inside, n.Add) else inside)
        case n.Group(arg):
            return n.Group(reordered(arg))
        case n.Div(top, bottom):
            return n.Div(reordered(top), reordered(bottom))
        case n.Listing(items, joint):
            return n.Listing(tuple(reversed(items)), joint)
        case n.Relation(sides, ("=",)):
            return n.Relation(tuple(map(reordered, reversed(sides))), ("=",))
    return node


def by_sympy(node: n.Node, change: object) -> str | None:
    """The key as SymPy prints it, after `change` (sympy.expand, sympy.factor, or nothing)."""
    if isinstance(node, n.Relation) and node.signs == ("=",):
        sides = [by_sympy(side, change) for side in node.sides]
        return None if None in sides else " = ".join(map(str, sides))
    try:
        expression = build(node)
        return str(sympy.latex(expression if change is None else change(expression)))  # type: ignore[operator]
    except (Undefined, sympy.PolynomialError):
        return None


def rewritings(key: str) -> Iterator[tuple[str, str]]:
    """(name of the way, text) for each of the six ways that apply to the key."""
    node = key_node(key)
    if node is None:
        return
    yield "typed", typed(node)
    yield "mathlive", mathlive(node)
    yield "unicode", unicoded(typed(node))
    yield "reordered", typed(reordered(node))
    for name, change in (("latex", None), ("expanded", sympy.expand), ("factored", sympy.factor)):
        text = by_sympy(node, change)
        if text is not None:
            yield name, text


def perturbations(key: str) -> Iterator[tuple[str, str]]:
    """(name of the slip, text) for wrong answers near the key. Those that happen to keep the value are left out."""
    node = key_node(key)
    if node is None:
        return
    for name, wrong in _slips(node):
        if n.ordered(n.plain(wrong)) != n.ordered(n.plain(node)) and not _same(node, wrong):
            yield name, typed(wrong)


def _same(left: n.Node, right: n.Node) -> bool:
    try:
        return bool(sympy.simplify(build(left) - build(right)) == 0)
    except (Undefined, TypeError, ValueError):
        return False


def _slips(node: n.Node) -> Iterator[tuple[str, n.Node]]:
    match node:
        case n.Relation((left, right), signs):
            for name, wrong in _slips(right):
                yield name, n.Relation((left, wrong), signs)
        case n.Tuple((first, second), opening, closing):
            yield "swapped pair", n.Tuple((second, first), opening, closing)
            yield "end", n.Tuple((first, second), "[" if opening == "(" else "(", closing)
        case n.Listing() | n.SetOf() | n.Phrase() | n.Matrix() | n.Union() | n.Relation():
            return
        case _:
            if node != n.Num("0"):
                yield "sign", n.Neg(n.Group(node))
            for kind, target in (("coefficient", n.Num), ("exponent", n.Pow)):
                changed = _first_changed(node, target)
                if changed is not None:
                    yield kind, changed
            bare = n.bare(node)
            if isinstance(bare, n.Add):
                yield "dropped term", bare.args[0] if len(bare.args) == 2 else n.Add(bare.args[:-1])


def _first_changed(node: n.Node, target: type) -> n.Node | None:
    """The tree with its first number (or exponent) one larger."""
    if isinstance(node, n.Num) and target is n.Num:
        step = "1" if "." not in node.text else "0." + "0" * (len(node.text.split(".")[1]) - 1) + "1"
        return (
            n.Num(str(sympy.Rational(node.text) + sympy.Rational(step)))
            if "." not in node.text
            else n.Num(f"{float(node.text) + float(step):.{len(node.text.split('.')[1])}f}")
        )
    if isinstance(node, n.Pow) and target is n.Pow:
        if isinstance(n.bare(node.exponent), n.Num):
            return n.Pow(node.base, n.Num(str(sympy.Rational(n.bare(node.exponent).text) + 1)))  # type: ignore[union-attr]
        return None
    match node:
        case n.Add(args) | n.Mul(args, _):
            for index, arg in enumerate(args):
                changed = _first_changed(arg, target)
                if changed is not None:
                    return type(node)((*args[:index], changed, *args[index + 1 :]))
        case n.Neg(arg) | n.Group(arg):
            changed = _first_changed(arg, target)
            return None if changed is None else type(node)(changed)
        case n.Div(top, bottom):
            changed = _first_changed(top, target)
            if changed is not None:
                return n.Div(changed, bottom)
            changed = _first_changed(bottom, target)
            return None if changed is None else n.Div(top, changed)
        case n.Root(arg, index):
            changed = _first_changed(arg, target)
            return None if changed is None else n.Root(changed, index)
    return None
