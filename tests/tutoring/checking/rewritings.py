"""Other ways to write a key, made by rule.

Two printers are used, so that the reader is not only tested against its own: `typed` prints our tree, SymPy its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import sympy

from tutor_app.tutoring.checking.judging import nodes as n
from tutor_app.tutoring.checking.judging.keys import read_key
from tutor_app.tutoring.checking.judging.latex import latex
from tutor_app.tutoring.checking.judging.symbolic import Undefined, build

SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def typed(node: n.Node) -> str:
    """What a learner types on a plain keyboard."""
    match node:
        case n.Num(text):
            return text
        case n.Sym(name) | n.Const(name):
            return plain_name(name)
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
        case n.Func("binomial" | "permutation" as name, arg, base) if base is not None:
            return f"{name[0].upper().replace('B', 'C')}({typed(arg)}, {typed(base)})"
        case n.Func("factorial", arg, _):
            return tight(arg) + "!"
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
        case n.Repeating(head, period):
            return f"{head}\\overline{{{period}}}"
        case n.Quantity(arg, "degree"):
            return typed(arg) + "°"
        case n.Quantity(arg, unit, shown):
            return f"{typed(arg)} {shown or unit.lstrip('#')}"
        case n.Call("H_0" | "H_a" as name, (statement,)):
            return f"{name}: {typed(statement)}"
        case n.Call("by", items):
            return " by ".join(map(typed, items))
        case n.Call("remainder", (quotient, rest)):
            return f"{typed(quotient)} R {typed(rest)}"
        case n.Call(name, items):
            return f"{name}({', '.join(map(typed, items))})"
        case n.Ratio(items):
            return ":".join(map(typed, items))
        case n.Builder(head, condition):
            return f"{{{typed(head)} | {typed(condition)}}}"
        case n.Tuple(items, opening, closing):
            return opening + ", ".join(map(typed, items)) + closing
        case n.Listing(items, joint):
            return (", " if joint == "," else f" {joint} ").join(map(typed, items))
        case n.SetOf(items):
            return "{" + ", ".join(map(typed, items)) + "}"
        case n.Union(args, sign):
            return {r"\cup": " U ", r"\cap": " ∩ "}.get(sign, " ∖ ").join(map(typed, args))
        case n.Phrase(_, text):
            return text
        case n.Matrix(rows):
            return "[" + ", ".join("[" + ", ".join(map(typed, row)) + "]" for row in rows) + "]"
        case n.Big():
            return latex(node)
    raise AssertionError(node)


NAMES = (
    (r"\\(bar|hat)\{(\w)\}", r"\2\1"), (r"\\circ", "∘"), (r"\\leq?(?![a-z])", "<="), (r"\\geq?(?![a-z])", ">="),
    (r"\\", ""),
)  # fmt: skip


def plain_name(name: str) -> str:
    for pattern, instead in NAMES:
        name = re.sub(pattern, instead, name)
    return name


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
    text = re.sub(r"\\frac\{(\d)\}\{(\d)\}", r"\\frac\1\2", latex(node))
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


def equivalents(node: n.Node) -> Iterator[str]:
    """The key in another form that means the same."""
    match node:
        case n.Num() | n.Neg(n.Num()) | n.Div(n.Num(), n.Num()) | n.Mixed():
            value = n.exact_value(node)
            assert value is not None
            yield f"{2 * value.numerator}/{2 * value.denominator}"
            if 10**6 % value.denominator == 0:
                yield str(float(value)) if abs(value) < 10**12 else str(value)
        case n.Relation((n.Sym(), right), ("=",)) if not n.symbols(right):
            yield typed(right)
        case n.Relation((left, right), ("=",)) if len(n.symbols(node)) > 1 and "(" not in str(
            getattr(left, "name", "")
        ):
            yield f"2*({typed(left)}) = 2*({typed(right)})"
            yield f"({typed(left)}) - ({typed(right)}) = 0"
        case n.Relation((n.Sym(), right), ("<" | "<=" | ">" | ">=" as sign,)) if not n.symbols(right):
            edge = "[" if "=" in sign else "("
            yield (
                f"{edge}{typed(right)}, inf)" if ">" in sign else f"(-inf, {typed(right)}{']' if '=' in sign else ')'}"
            )
        case n.Tuple((low, n.Const("inf")), opening, _):
            yield f"x {'>=' if opening == '[' else '>'} {typed(low)}"
        case n.Tuple((n.Neg(n.Const("inf")), high), _, closing):
            yield f"x {'<=' if closing == ']' else '<'} {typed(high)}"
        case n.Tuple(items, "(", ")"):
            yield f"({', '.join(f'2*({typed(item)})/2' for item in items)})"
        case n.Listing(items) | n.SetOf(items) if not any(
            isinstance(i, n.Relation) and i.signs != ("=",) for i in items
        ):
            yield " and ".join(typed(item) for item in reversed(items))
        case n.Union(args):
            yield " or ".join(typed(arg) for arg in args)
        case n.Matrix():
            yield latex(node).replace("bmatrix", "pmatrix")
        case _:
            for change in (sympy.expand, sympy.factor):
                text = by_sympy(node, change)
                if text is not None:
                    yield text


def rewritings(key: str) -> Iterator[tuple[str, str]]:
    """(name of the way, text) for each of the six ways that apply to the key."""
    node = read_key(key)
    if node is None:
        return
    yield "typed", typed(node)
    yield "mathlive", mathlive(node)
    yield "unicode", unicoded(typed(node))
    yield "reordered", typed(reordered(node))
    printed = by_sympy(node, None)
    yield "latex", latex(node) if printed is None else printed
    for text in equivalents(node):
        yield "equivalent", text
