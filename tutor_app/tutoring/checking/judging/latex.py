"""LaTeX of a tree: what was read, as it was written and not simplified."""

from __future__ import annotations

import re
from itertools import pairwise

from .nodes import (
    Add,
    Big,
    Builder,
    Call,
    Const,
    Div,
    Func,
    Group,
    Listing,
    Matrix,
    Mixed,
    Mul,
    Neg,
    Node,
    Num,
    Percent,
    Phrase,
    PlusMinus,
    Pow,
    Quantity,
    Ratio,
    Relation,
    Repeating,
    Root,
    SetOf,
    Sym,
    Tuple,
    Union,
    bare,
)  # fmt: skip

SUM, PRODUCT, POWER = 1, 2, 3
SIGNS = {
    "=": "=", "!=": r"\ne", "<": "<", ">": ">", "<=": r"\le", ">=": r"\ge", "in": r"\in", "~": r"\sim", "->": r"\to",
}  # fmt: skip
NAMED_FUNCTIONS = {
    "arcsin", "arccos", "arctan", "sin", "cos", "tan", "sec", "csc", "cot", "sinh", "cosh", "tanh", "ln", "log", "exp",
}  # fmt: skip
CONSTANTS = {"pi": r"\pi", "e": "e", "i": "i", "inf": r"\infty"}


def latex(node: Node) -> str:
    """LaTeX that shows what was read, not simplified."""
    return _latex(node, 0)


def _bracket(text: str, wanted: bool) -> str:
    return rf"\left({text}\right)" if wanted else text


def _latex(node: Node, tight: int) -> str:
    match node:
        case Num(text):
            if "e" in text:
                mantissa, power = text.split("e")
                return rf"{mantissa}\times 10^{{{int(power)}}}"
            return text
        case Repeating(head, period):
            return rf"{head}\overline{{{period}}}"
        case Sym(name):
            return name
        case Const(name):
            return CONSTANTS[name]
        case Group(arg):
            return rf"\left({_latex(arg, 0)}\right)"
        case Neg(arg):
            return _bracket("-" + _latex(arg, PRODUCT), tight >= PRODUCT)
        case Add(args):
            text = _latex(args[0], SUM)
            for arg in args[1:]:
                text += "-" + _latex(arg.arg, PRODUCT) if isinstance(arg, Neg) else "+" + _latex(arg, SUM)
            return _bracket(text, tight >= PRODUCT)
        case Mul(args, sign):
            text = _latex(args[0], PRODUCT)
            for before, arg in pairwise(args):
                piece = _latex(arg, PRODUCT)
                joint = sign
                if (not sign and piece[0].isdigit()) or (
                    not sign and isinstance(before, Num) and piece.startswith(r"\frac")
                ):
                    joint = r"\cdot"
                glued = not (piece[0].isalpha() and re.search(r"\\[A-Za-z]+$", text))
                text += f" {joint} {piece}" if joint else f"{'' if glued else ' '}{piece}"
            return _bracket(text, tight >= POWER)
        case Div(top, bottom):
            fraction = rf"\frac{{{_latex(bare(top), 0)}}}{{{_latex(bare(bottom), 0)}}}"
            return _bracket(fraction, tight >= POWER)
        case Pow(base, exponent):
            return rf"{_bracket(_latex(base, POWER), isinstance(base, Pow))}^{{{_latex(bare(exponent), 0)}}}"
        case Root(arg, index):
            order = "" if index is None else f"[{_latex(index, 0)}]"
            return rf"\sqrt{order}{{{_latex(bare(arg), 0)}}}"
        case Func("abs", arg, _):
            return rf"\left|{_latex(bare(arg), 0)}\right|"
        case Func("factorial", arg, _):
            return _latex(arg, POWER) + "!"
        case Func("floor" | "ceil" as name, arg, _):
            return rf"\l{name} {_latex(bare(arg), 0)}\r{name}"
        case Func("binomial", arg, base) if base is not None:
            return rf"\binom{{{_latex(arg, 0)}}}{{{_latex(base, 0)}}}"
        case Func("permutation", arg, base) if base is not None:
            return rf"P\left({_latex(arg, 0)}, {_latex(base, 0)}\right)"
        case Func(name, arg, base):
            head = rf"\{name}" if name in NAMED_FUNCTIONS else rf"\operatorname{{{name}}}"
            under = "" if base is None else rf"_{{{_latex(base, 0)}}}"
            return rf"{head}{under}\left({_latex(bare(arg), 0)}\right)"
        case Mixed(whole, top, bottom):
            return rf"{whole.text}\frac{{{top.text}}}{{{bottom.text}}}"
        case Percent(arg):
            return _latex(arg, PRODUCT) + r"\%"
        case Quantity(arg, unit, shown):
            if unit == "$":
                return r"\$" + _latex(arg, PRODUCT)
            if unit == "degree":
                return _latex(arg, POWER) + r"^{\circ}"
            return rf"{_latex(arg, PRODUCT)}\ \text{{{shown or unit.lstrip('#')}}}"
        case PlusMinus(left, right):
            text = ("" if left is None else _latex(left, SUM)) + r"\pm " + _latex(right, PRODUCT)
            return _bracket(text, tight >= PRODUCT)
        case Relation(sides, signs):
            text = _latex(sides[0], 0)
            for sign, side in zip(signs, sides[1:], strict=True):
                text += f" {SIGNS[sign]} {_latex(side, 0)}"
            return text
        case Tuple(items, "<", _):
            return rf"\left\langle {', '.join(_latex(item, 0) for item in items)}\right\rangle"
        case Call("remainder", (whole, rest)):
            return rf"{_latex(whole, 0)}\ \text{{R}}\ {_latex(rest, 0)}"
        case Call("not", (statement,)):
            return rf"\neg {_latex(statement, POWER)}"
        case Call("case", (value, condition)):
            return rf"{_latex(value, 0)}\ \text{{if}}\ {_latex(condition, 0)}"
        case Call("by", items):
            return r" \text{ by } ".join(_latex(item, 0) for item in items)
        case Call("H_0" | "H_a" as name, (statement,)):
            return f"{name}: {_latex(statement, 0)}"
        case Call(name, items):
            return rf"{name}\left({', '.join(_latex(item, 0) for item in items)}\right)"
        case Ratio(items):
            return ":".join(_latex(item, PRODUCT) for item in items)
        case Builder(element, condition):
            return rf"\left\{{{_latex(element, 0)} \mid {_latex(condition, 0)}\right\}}"
        case Big(name, body, low, high):
            ends = ("" if low is None else f"_{{{_latex(low, 0)}}}") + (
                "" if high is None else f"^{{{_latex(high, 0)}}}"
            )
            return _bracket(rf"\{name}{ends} {_latex(body, 0)}", tight >= PRODUCT)
        case Tuple(items, opening, closing):
            return rf"\left{opening}{', '.join(_latex(item, 0) for item in items)}\right{closing}"
        case Listing(items, joint):
            between = ", " if joint == "," else rf"\ \text{{{joint}}}\ "
            return between.join(_latex(item, 0) for item in items)
        case SetOf(items):
            return rf"\left\{{{', '.join(_latex(item, 0) for item in items)}\right\}}" if items else r"\varnothing"
        case Union(args, sign):
            return f" {sign} ".join(_latex(arg, 0) for arg in args)
        case Matrix(rows):
            lines = r" \\ ".join(" & ".join(_latex(cell, 0) for cell in row) for row in rows)
            return rf"\begin{{bmatrix}} {lines} \end{{bmatrix}}"
        case Phrase(_, "ℝ" | "∅" as text):
            return r"\mathbb{R}" if text == "ℝ" else r"\varnothing"
        case Phrase(_, text):
            return rf"\text{{{text}}}"
    raise AssertionError(node)
