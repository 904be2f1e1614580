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
from collections.abc import Sequence
from typing import TypeGuard

from .forms import DEMANDS_EQUATION
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
    Mul,
    Neg,
    Node,
    Num,
    Phrase,
    PlusMinus,
    Pow,
    Ratio,
    Relation,
    SetOf,
    Sym,
    Tuple,
    Union,
    bare,
    exact_value,
    mapped,
    plain,
    symbols,
    walk,
)  # fmt: skip
from .renaming import families, renamed, with_any_letter, with_constants_of, with_index_of
from .step import RANK, RIGHT, WRONG, Found, Step, worst
from .values import compare_values


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
        wanted_ends, ends = _ends(key), _ends(given)
        if wanted_ends is not None and ends is not None:
            written = step if not isinstance(bare(given), PlusMinus) else Step("", step.algebra)
            return worst([compare_values(a, b, written) for a, b in zip(wanted_ends, ends, strict=True)])
    key, given = _as_vectors(key, given)
    if isinstance(key, Phrase) or isinstance(given, Phrase) or (given == Sym("R") and _meaning(key) == "reals"):
        return _compare_phrases(key, given, step)
    if isinstance(key, Matrix) or isinstance(given, Matrix):
        return _compare_matrices(key, given, step)
    if isinstance(key, Ratio) or isinstance(given, Ratio):
        return _compare_ratios(key, given, step)
    if _OF_A_MATRIX.search(step.asked) and re.search("size|order|dimension", step.asked, re.I):
        key, given = (Call("by", node.args) if isinstance(node, Mul) else node for node in (key, given))
    if isinstance(key, Call) or isinstance(given, Call):
        return _compare_calls(key, given, step)
    if isinstance(key, Big) and isinstance(given, Big):
        return _compare_big(key, given, step)
    if _is_region(key) or (_is_region(given) and isinstance(key, Tuple | SetOf | Builder)):
        return _compare_regions(key, given, step)
    if isinstance(key, Tuple):
        return _compare_tuples(key, given, step)
    if isinstance(key, PlusMinus) and key.left is None and "margin" in step.asked.casefold():
        return compare(key.right, given.right if isinstance(given, PlusMinus) and given.left is None else given, step)
    if _is_logic(key) and _is_logic(given) and {key.joint, given.joint} == {"and", "or"}:
        return WRONG
    several, offered = _spread(key), _spread(_unnumbered(given, symbols(key)))
    if several is not None or offered is not None:
        return _compare_lists(key, several or (key,), given, offered or (given,), step)
    if isinstance(key, Relation):
        return _compare_equations(key, given, step)
    if isinstance(given, Relation):
        return _compare_solved(key, given, step)
    if isinstance(given, Tuple | Union | Builder):
        return WRONG
    return _compare_families(key, given, step) or compare_values(key, given, step)


def _unnumbered(node: Node, wanted: frozenset[str]) -> Node:
    """`x_1 = 3, x_2 = -2` as two values of x, where the key knows only x."""
    if not isinstance(node, Listing) or len(wanted) != 1:
        return node
    (name,) = wanted
    names = [solved[0] for item in node.items if (solved := assignment(item)) is not None]
    numbered = {f"{name}_{number}" for number in range(1, len(names) + 1)}
    return renamed(node, dict.fromkeys(names, name)) if set(names) == numbered else node


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


def _ends(node: Node) -> tuple[Node, Node] | None:
    """The ends of a confidence interval, however it is written: `(a, b)`, `[a, b]`, `a < p < b`, `c ± d`."""
    node = bare(node)
    match node:
        case Tuple((low, high)):
            return low, high
        case Relation((low, middle, high), signs) if isinstance(bare(middle), Sym) and set(signs) <= {"<", "<="}:
            return low, high
        case Relation((high, middle, low), signs) if isinstance(bare(middle), Sym) and set(signs) <= {">", ">="}:
            return low, high
        case Ratio((low, high)) | Call("between", (low, high)):
            return low, high
        case PlusMinus(centre, margin) if centre is not None:
            return Add((Group(centre), Neg(Group(margin)))), Add((Group(centre), Group(margin)))
    return None


def _as_vectors(key: Node, given: Node) -> tuple[Node, Node]:
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
        values = _spread(bare(node.sides[1])) or ()
        return Listing(tuple(Relation((node.sides[0], value), ("!=",)) for value in values), "and")
    if isinstance(node, Tuple) and any(isinstance(bare(item), PlusMinus) for item in node.items):
        ways = [_spread(item) or (item, item) for item in map(bare, node.items)]
        if all(len(way) == 2 for way in ways):  # (±4, 0)
            return Listing(tuple(Tuple(items, node.open, node.close) for items in zip(*ways, strict=True)), ",")
    if isinstance(node, Mul) and sum(isinstance(bare(arg), Matrix) for arg in node.args) == 1:
        return _scaled_matrix(node)
    if isinstance(node, Call) and len(node.name) == 1 and node.name.isupper() and node.name not in "NBPCU":
        return Tuple(node.items, "(", ")")
    return node


def _is_case(node: Node) -> bool:
    return isinstance(node, Call) and node.name == "case"


def _scaled_matrix(product: Mul) -> Matrix:
    """A number times a matrix, as a matrix."""
    (matrix,) = (arg for arg in map(bare, product.args) if isinstance(arg, Matrix))
    scale = tuple(arg for arg in product.args if bare(arg) != matrix)
    return Matrix(tuple(tuple(Mul((*scale, Group(cell))) for cell in row) for row in matrix.rows))


# --- words and shapes ------------------------------------------------------------------------------------------------


def _compare_phrases(key: Node, given: Node, step: Step) -> Found:
    meanings = [part.meaning if isinstance(part, Phrase) else _meaning(part) for part in (key, given)]
    if meanings[0] == meanings[1] and meanings[0] is not None:
        return RIGHT
    if {"infinite", "reals"} == set(meanings) and "infinit" not in step.asked.casefold():
        return RIGHT
    if {"none", "undefined"} == set(meanings) and not step.asked:
        return RIGHT
    return WRONG


def _meaning(node: Node) -> str | None:
    """What a node says in words: the empty set, the whole line, `x = no solution`."""
    if node == Sym("R"):
        return "reals"
    if isinstance(node, SetOf):
        if not node.items:
            return "none"
        return node.items[0].meaning if len(node.items) == 1 and isinstance(node.items[0], Phrase) else None
    if isinstance(node, Relation) and isinstance(node.sides[-1], Phrase):
        return node.sides[-1].meaning
    if isinstance(node, Relation) and node.signs in {("<", "<"), (">", ">")}:
        ends = {bare(node.sides[0]), bare(node.sides[-1])}
        return "reals" if ends == {Neg(Const("inf")), Const("inf")} else None
    if isinstance(node, Tuple) and node.items == (Neg(Const("inf")), Const("inf")):
        return "reals" if (node.open, node.close) == ("(", ")") else None
    if isinstance(node, Tuple) and all(bare(item) == Num("0") for item in node.items):
        return "origin"
    return None


def _compare_matrices(key: Node, given: Node, step: Step) -> Found:
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


_PROBABILITY = re.compile(r"probabilit|how likely|\bchances? (of|that)|P\(", re.I)


def _compare_ratios(key: Node, given: Node, step: Step) -> Found:
    if isinstance(key, Ratio) and isinstance(given, Ratio):
        if len(key.items) != len(given.items):
            return WRONG
        pairs = list(zip(key.items, given.items, strict=True))
        if all(step.algebra.equal(a, b) for a, b in pairs):
            return RIGHT
        if is_clock(key, step.asked):
            return WRONG
        (first, other), rest = pairs[0], pairs[1:]
        same = all(step.algebra.equal(Mul((Group(first), Group(b))), Mul((Group(other), Group(a)))) for a, b in rest)
        return step.formed(key, given) if same else WRONG
    if isinstance(given, Ratio) and _PROBABILITY.search(step.asked):
        return WRONG  # odds
    ratio, value = (key, given) if isinstance(key, Ratio) else (given, key)
    assert isinstance(ratio, Ratio)
    if len(ratio.items) != 2 or isinstance(value, Relation | Listing | Tuple | SetOf | Union) or is_clock(key, ""):
        return WRONG
    found = compare(Div(*ratio.items), value, Step("", step.algebra))
    return step.formed(key, given) if found == RIGHT else found


def is_clock(node: Node, asked: str) -> bool:
    """Whether `2:30` is more likely a time of day than a ratio."""
    if not isinstance(node, Ratio) or "ratio" in asked.casefold() or not all(isinstance(i, Num) for i in node.items):
        return False
    texts = [item.text for item in node.items if isinstance(item, Num)]
    return (
        texts[0].isdigit() and int(texts[0]) <= 24 and all(len(t) == 2 and t.isdigit() and t < "60" for t in texts[1:])
    )


def _compare_calls(key: Node, given: Node, step: Step) -> Found:
    if not (isinstance(key, Call) and isinstance(given, Call)):
        call, other = (key, given) if isinstance(key, Call) else (given, key)
        if isinstance(call, Call) and call.name in {"H_0", "H_a"}:  # a hypothesis without its name
            (statement,) = call.items
            return compare(statement, other, step) if call is key else compare(other, statement, step)
        if isinstance(given, Call) and given.name == "between":  # does it hold its ends?
            wanted, ends = _ends(key), _ends(given)
            same = wanted and ends and all(map(step.algebra.equal, wanted, ends))
            return ("form", "inequality") if same else WRONG
        if isinstance(call, Call) and call.name == "remainder":
            return _compare_remainder(call, other, step)
        return WRONG
    if key.name != given.name or len(key.items) != len(given.items):
        return WRONG
    if key.name == "by" and not _OF_A_MATRIX.search(step.asked):
        return _compare_lists(key, key.items, given, given.items, step)
    return worst([compare(a, b, step) for a, b in zip(key.items, given.items, strict=True)])


_OF_A_MATRIX = re.compile(r"matri(x|ces)", re.I)


def _compare_remainder(call: Call, other: Node, step: Step) -> Found:
    """`x + 2 R 5` beside `x + 2 + 5/(x - 1)`: the same, written otherwise."""
    terms = [bare(term) for term in other.args] if isinstance(other, Add) else []
    for term in terms:
        fraction = bare(term.arg) if isinstance(term, Neg) else term
        if isinstance(fraction, Div) and symbols(fraction.bottom):
            top = Neg(Group(fraction.top)) if isinstance(term, Neg) else fraction.top
            rest = Add(tuple(one for one in terms if one is not term))
            if step.algebra.equal(call.items[0], rest) and step.algebra.equal(call.items[1], top):
                return ("form", "remainder")
    return WRONG


def _compare_big(key: Big, given: Big, step: Step) -> Found:
    if key.name != given.name:
        return WRONG
    given = with_index_of(key, given)
    for wanted, offered in ((key.low, given.low), (key.high, given.high)):
        if (wanted is None) != (offered is None):
            return WRONG
        if wanted is not None and offered is not None and compare(wanted, offered, step)[0] == "incorrect":
            return WRONG
    return compare(key.body, given.body, step)


# --- sets of numbers -------------------------------------------------------------------------------------------------


def _is_region(node: Node) -> bool:
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
    return isinstance(node, Listing) and all(_is_region(bare(item)) for item in node.items) and len(node.items) > 1


def _compare_regions(key: Node, given: Node, step: Step) -> Found:
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
        return _compare_lists(key, key.items, given, given.items if isinstance(given, Listing) else (given,), step)
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
    factor = step.algebra.ratio(_difference(given), _difference(key))
    if factor is None:
        return WRONG
    sign = key.signs[0] if factor > 0 else _FLIPPED.get(key.signs[0], key.signs[0])
    return step.formed(key, given) if given.signs[0] == sign else WRONG


# --- pairs and lists -------------------------------------------------------------------------------------------------


def _compare_tuples(key: Tuple, given: Node, step: Step) -> Found:
    if isinstance(given, Tuple):
        brackets = [(node.open, node.close) for node in (key, given)]
        vectors = {("<", ">"), ("(", ")"), ("[", "]")}
        if brackets[0] != brackets[1] and not (("<", ">") in brackets and set(brackets) <= vectors):
            return WRONG
        if len(key.items) != len(given.items):
            return WRONG
        if step.unordered:
            return _compare_lists(key, key.items, given, given.items, step)
        return worst([compare(a, b, step) for a, b in zip(key.items, given.items, strict=True)])
    if isinstance(given, Listing) and len(given.items) == len(key.items):
        solved = [assignment(item) for item in given.items]
        if all(one is not None for one in solved):
            values = [value for _, value in sorted((one for one in solved if one is not None), key=lambda one: one[0])]
            return worst([compare(a, b, step) for a, b in zip(key.items, values, strict=True)])
        if not any(isinstance(item, Relation) for item in given.items):
            found = worst([compare(a, b, step) for a, b in zip(key.items, given.items, strict=True)])
            return ("form", "pair") if found[0] != "incorrect" else WRONG
    if (
        len(key.items) == 2
        and (axis := _INTERCEPT.search(step.asked))
        and not isinstance(given, Listing | SetOf | Union)
    ):
        place = "xy".index(axis.group(1).lower())
        solved_for = assignment(given)
        named = solved_for is None or solved_for[0] == axis.group(1).lower()
        value = given if solved_for is None else solved_for[1]
        if named and step.algebra.equal(key.items[1 - place], Num("0")):
            return ("form", "pair") if compare_values(key.items[place], value, step)[0] != "incorrect" else WRONG
    return WRONG


_INTERCEPT = re.compile(r"\b([xy])[- $]*intercept", re.I)


_SQUARED = {"\\chi", "\\sigma", "s", "R"}


def assignment(node: Node) -> tuple[str, Node] | None:
    """The name and value of `x = 3` or `3 = x`, or of `f(x) = ...`."""
    node = bare(node)
    if isinstance(node, Relation) and node.signs == ("=",):
        left, right = map(bare, node.sides)
        match left:
            case Pow(Sym(letter), Num("2") | Group(Num("2"))) if letter in _SQUARED:
                left = Sym(letter + "^2")  # a name, in statistics
        if isinstance(left, Sym) and left.name not in symbols(right):
            return left.name, right
        if isinstance(right, Sym) and right.name not in symbols(left):
            return right.name, left
    return None


def _spread(node: Node) -> tuple[Node, ...] | None:
    """The answers that a list says; None where it says only one."""
    node = bare(node)
    if isinstance(node, Listing | SetOf):
        out: list[Node] = []
        name = ""
        for item in node.items:
            inner = _spread(item)
            for piece in inner if inner is not None else (item,):
                solved = assignment(piece)
                if solved is not None and isinstance(bare(piece), Relation):
                    name = solved[0]
                elif name and out and not symbols(piece) and not isinstance(piece, Tuple | Relation | Phrase | Call):
                    piece = Relation((Sym(name), piece), ("=",))  # x = -2, 3
                out.append(piece)
        return tuple(out)
    if isinstance(node, PlusMinus):
        left = node.left
        upper = node.right if left is None else Add((left, node.right))
        lower = Neg(node.right) if left is None else Add((left, Neg(node.right)))
        return upper, lower
    if isinstance(node, Div) and isinstance(bare(node.top), PlusMinus):
        tops = _spread(node.top)
        return None if tops is None else tuple(Div(Group(top), node.bottom) for top in tops)
    if isinstance(node, Relation) and node.signs in {("=",), ("in",)}:
        inner = _spread(node.sides[1])
        if inner is not None:
            return tuple(Relation((node.sides[0], item), ("=",)) for item in inner)
    return None


def _compare_lists(key: Node, wanted: Sequence[Node], given: Node, offered: Sequence[Node], step: Step) -> Found:
    if isinstance(given, Tuple):
        solved = [assignment(item) for item in wanted]
        if all(one is not None for one in solved) and len({one[0] for one in solved if one}) == len(solved):
            wanted = [value for _, value in sorted((one for one in solved if one is not None), key=lambda one: one[0])]
            return _compare_tuples(Tuple(tuple(wanted), given.open, given.close), given, step)
        offered = given.items
    if len(offered) != len(wanted):
        wanted, offered = _distinct(wanted), _distinct(offered)
    if len(offered) != len(wanted):
        return WRONG
    if step.ordered:
        return worst([compare(a, b, step) for a, b in zip(wanted, offered, strict=True)])
    rest = list(offered)
    found: list[Found] = []
    for item in wanted:
        tries = [compare(item, other, step) for other in rest]
        best = max(range(len(tries)), key=lambda i: RANK[tries[i][0]])
        if tries[best][0] == "incorrect":
            return WRONG
        found.append(tries[best])
        del rest[best]
    return worst([*found, step.formed(key, given)] if isinstance(key, SetOf) else found)


def _distinct(items: Sequence[Node]) -> list[Node]:
    return list({plain(item): item for item in items}.values())


# --- equations -------------------------------------------------------------------------------------------------------


def _difference(relation: Relation) -> Node:
    return Add((Group(relation.sides[0]), Neg(Group(relation.sides[1]))))


_FOR_A_VARIABLE = re.compile(
    r"slope|solve|isolate|in terms of|as a function|in the form|formula|\bfor \$*[a-z]\b|rewrite|=\s*\?", re.I
)


def _compare_equations(key: Relation, given: Node, step: Step) -> Found:
    """The key is an equation."""
    solved = assignment(key)
    if not isinstance(given, Relation):
        return _compare_bare_value(solved, given, step)
    if set(key.signs) - {"="} or set(given.signs) - {"="}:
        if key.signs != given.signs:
            return WRONG
        return worst([compare(a, b, step) for a, b in zip(key.sides, given.sides, strict=True)])
    if len(key.sides) > 2 or len(given.sides) > 2:
        return _compare_chains(key, given, step)
    equal = step.algebra.equal
    for left, right in (given.sides, given.sides[::-1]):
        left, right = bare(left), bare(right)
        if solved is not None:
            if isinstance(left, Sym) and _same_name(solved[0], left.name) and left.name not in symbols(right):
                found = compare(solved[1], right, step)
                if found[0] != "incorrect":
                    return found if found != RIGHT else step.formed(key, given)
        elif equal(key.sides[0], left) and equal(key.sides[1], right):
            return step.formed(key, given)
    if symbols(key) != symbols(given):
        return WRONG
    multiple = step.algebra.ratio(_difference(given), _difference(key)) is not None
    same = multiple or _follows(key, given, step) or _follows(given, key, step)
    if not same and not (len(symbols(key)) == 1 and step.algebra.same_roots(_difference(given), _difference(key))):
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


def exact_power(exponent: Node) -> int | None:
    exact = exact_value(exponent) if not symbols(exponent) else None
    return exact.numerator if exact is not None and exact.denominator == 1 else None


def _put(node: Node, name: str, value: Node) -> Node:
    """The tree with a value in the place of a variable."""
    return mapped(node, lambda part: Group(value) if part == Sym(name) else None)


def _compare_bare_value(solved: tuple[str, Node] | None, given: Node, step: Step) -> Found:
    """The key is `x = 4`, the learner wrote `4`."""
    if solved is None or isinstance(given, Union) or (isinstance(given, Tuple) and not isinstance(solved[1], Tuple)):
        return WRONG
    found = compare(solved[1], given, step)
    if found != RIGHT:
        return found
    asks = re.search(DEMANDS_EQUATION, step.asked, re.I)
    value_of_a_name = not symbols(solved[1]) or bool(set(solved[0]) & set("(/'_\\^"))
    return RIGHT if value_of_a_name and not asks else ("form", "equation")


def _same_name(wanted: str, given: str) -> bool:
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


def _compare_chains(key: Relation, given: Relation, step: Step) -> Found:
    """`x = 10/2 = 5`: the first and the last side count, and those between must agree."""
    if len(given.sides) > 2:
        middle = given.sides[1:]
        if not all(step.algebra.equal(middle[0], side) for side in middle[1:]):
            return WRONG
    ends = [Relation((relation.sides[0], relation.sides[-1]), ("=",)) for relation in (key, given)]
    return _compare_equations(ends[0], ends[1], step)


def _compare_solved(key: Node, given: Relation, step: Step) -> Found:
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
