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
from .step import RANK, RIGHT, WRONG, Found, Step, worst
from .values import compare_values


def compare(key: Node, given: Node, step: Step) -> Found:
    key, given = _pointed(bare(key)), _pointed(bare(given))
    if plain(key) == plain(given):
        return RIGHT
    if isinstance(key, Phrase) or isinstance(given, Phrase):
        return _compare_phrases(key, given, step)
    if isinstance(key, Matrix) or isinstance(given, Matrix):
        return _compare_matrices(key, given, step)
    if isinstance(key, Ratio) or isinstance(given, Ratio):
        return _compare_ratios(key, given, step)
    if isinstance(key, Call) or isinstance(given, Call):
        return _compare_calls(key, given, step)
    if isinstance(key, Big) and isinstance(given, Big):
        return _compare_big(key, given, step)
    if _is_region(key) or (_is_region(given) and isinstance(key, Tuple | SetOf | Builder)):
        return _compare_regions(key, given, step)
    if isinstance(key, Tuple):
        return _compare_tuples(key, given, step)
    several, offered = _spread(key), _spread(given)
    if several is not None or offered is not None:
        return _compare_lists(key, several or (key,), given, offered or (given,), step)
    if isinstance(key, Relation):
        return _compare_equations(key, given, step)
    if isinstance(given, Relation):
        return _compare_solved(key, given, step)
    if isinstance(given, Tuple | Union | Builder):
        return WRONG
    return compare_values(key, given, step)


def _pointed(node: Node) -> Node:
    """`(x, y) = (2, 3)`, `A(2, 3)` and a row or column of a matrix in the place of a tuple."""
    if (
        isinstance(node, Relation)
        and isinstance(bare(node.sides[0]), Tuple)
        and isinstance(bare(node.sides[-1]), Tuple)
    ):
        return bare(node.sides[-1])
    if isinstance(node, Call) and len(node.name) == 1 and node.name.isupper() and node.name not in "NBPCU":
        return Tuple(node.items, "(", ")")
    return node


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
        return WRONG
    if key.name != given.name or len(key.items) != len(given.items):
        return WRONG
    return worst([compare(a, b, step) for a, b in zip(key.items, given.items, strict=True)])


def _compare_big(key: Big, given: Big, step: Step) -> Found:
    if key.name != given.name:
        return WRONG
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
    if not _sayable_as_region(given) or not _sayable_as_region(key):
        return WRONG
    if not step.algebra.same_region(key, given):
        return WRONG
    found = step.formed(key, given)
    if found != RIGHT:
        return found
    solved = [_solved_inequality(part) for part in (key, given)]
    return ("form", "solve") if solved == [True, False] else RIGHT


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
    return WRONG


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
                found = compare_values(solved[1], right, step)
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
    if solved is None or isinstance(given, Tuple | Union):
        return WRONG
    found = compare(solved[1], given, step)
    if found != RIGHT:
        return found
    asks = re.search(DEMANDS_EQUATION, step.asked, re.I)
    value_of_a_name = not symbols(solved[1]) or bool(set(solved[0]) & set("(/'_\\^"))
    return RIGHT if value_of_a_name and not asks else ("form", "equation")


def _same_name(wanted: str, given: str) -> bool:
    """`y` for `f(x)` and `dy/dx` for `f'(x)`: names of the same thing."""
    if wanted == given or wanted == rf"\hat{{{given}}}":
        return True
    (kind, plain_name), (other_kind, other_plain) = map(_kind_of_name, (wanted, given))
    return kind == other_kind is not None and (plain_name or other_plain)


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
