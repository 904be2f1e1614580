"""The asked form: rules about how an answer of the right value is written.

A rule applies only where the author's own key obeys it, so a key is never turned away by the words of its own step.
Each rule gives the code of a sentence for the learner (see `sentences.py`), or nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import gcd

from .nodes import (
    Add,
    Const,
    Div,
    Func,
    Group,
    Mixed,
    Mul,
    Neg,
    Node,
    Num,
    Percent,
    Pow,
    Quantity,
    Relation,
    Root,
    SetOf,
    Sym,
    Tuple,
    Union,
    bare,
    exact_value,
    ordered,
    plain,
    walk,
)  # fmt: skip


def fault(asked: str, key: Node, given: Node) -> str | None:
    """The code of the first form rule that `key` obeys and `given` (of the same value) breaks."""
    words = asked.casefold()
    for rule in RULES:
        if rule.wanted is not None and not re.search(rule.wanted, words):
            continue
        if rule.broken(key, words) or not rule.broken(given, words):
            continue
        return rule.code
    return None


@dataclass(frozen=True, slots=True)
class Rule:
    code: str
    wanted: str | None  # what the asked words must hold; None: always
    broken: Callable[[Node, str], bool]


def _value_part(node: Node) -> Node:
    """The answer proper: without a unit, and the solved side of `x = ...`."""
    node = bare(node)
    if isinstance(node, Relation) and node.signs == ("=",):
        left, right = map(bare, node.sides)
        if isinstance(left, Sym):
            return _value_part(right)
        if isinstance(right, Sym):
            return _value_part(left)
    return node.arg if isinstance(node, Quantity) else node


def _numeral(node: Node) -> bool:
    node = bare(node)
    return isinstance(node, Num) or (isinstance(node, Neg) and _numeral(node.arg))


def _divisions(node: Node) -> Iterator[tuple[int, int]]:
    """Numerator and denominator of every fraction of two whole numbers in the answer."""
    for part in walk(node):
        top: Node
        bottom: Node
        if isinstance(part, Div):
            top, bottom = bare(part.top), bare(part.bottom)
        elif isinstance(part, Mixed):
            top, bottom = part.top, part.bottom
        else:
            continue
        top = bare(top.arg) if isinstance(top, Neg) else top
        bottom = bare(bottom.arg) if isinstance(bottom, Neg) else bottom
        if isinstance(top, Num) and isinstance(bottom, Num) and top.text.isdigit() and bottom.text.isdigit():
            yield int(top.text), int(bottom.text)


def unreduced(node: Node, _words: str) -> bool:
    return any(gcd(top, bottom) > 1 or bottom == 1 for top, bottom in _divisions(node))


def unfinished(node: Node, _words: str) -> bool:
    """Arithmetic between plain numbers is left to do: `2+3`, `15/3`, `2*3x`, `2(4)`."""
    for part in walk(plain(node)):
        if isinstance(part, Add) and sum(_is_rational(arg) for arg in part.args) > 1:
            return True
        if isinstance(part, Mul) and sum(_is_rational(arg) for arg in part.args) > 1 and not _scientific(part):
            return True
        if isinstance(part, Pow) and _numeral(part.base) and _numeral(part.exponent) and not _power_of_ten(part):
            return True
    return any(bottom and top % bottom == 0 for top, bottom in _divisions(node))


def _is_rational(node: Node) -> bool:
    try:
        return exact_value(node) is not None
    except ZeroDivisionError:
        return False


def _power_of_ten(node: Node) -> bool:
    node = bare(node)
    return isinstance(node, Pow) and bare(node.base) == Num("10")


def _scientific(node: Node) -> bool:
    node = bare(node)
    if isinstance(node, Neg):
        return _scientific(node.arg)
    if isinstance(node, Num):
        return "e" in node.text
    if not (isinstance(node, Mul) and len(node.args) == 2 and any(map(_power_of_ten, node.args))):
        return False
    lead = bare(node.args[0] if _power_of_ten(node.args[1]) else node.args[1])
    lead = bare(lead.arg) if isinstance(lead, Neg) else lead
    return isinstance(lead, Num) and 1 <= lead.value < 10


def like_terms(node: Node, _words: str) -> bool:
    """Two terms of one sum differ only in their number: `2x + 3x`."""
    for part in walk(plain(node)):
        if isinstance(part, Add):
            kinds = [_kind_of_term(arg) for arg in part.args]
            kinds = [kind for kind in kinds if kind]
            if len(set(kinds)) < len(kinds):
                return True
    return False


def _kind_of_term(term: Node) -> str:
    term = term.arg if isinstance(term, Neg) else term
    if isinstance(term, Div) and _numeral(term.bottom):
        term = term.top
    factors = term.args if isinstance(term, Mul) else (term,)
    letters = sorted(repr(ordered(factor)) for factor in factors if not _is_rational(factor))
    return "|".join(letters)


def bracketed_product(node: Node, _words: str) -> bool:
    """A sum in brackets is still multiplied or raised: `4(x+3)`, `(x+1)^2`."""
    for part in walk(node):
        if isinstance(part, Mul) and any(isinstance(bare(arg), Add) for arg in part.args):
            return True
        if isinstance(part, Pow) and isinstance(bare(part.base), Add) and isinstance(bare(part.exponent), Num):
            return True
        if isinstance(part, Neg) and isinstance(bare(part.arg), Add):
            return True
    return False


def not_a_product(node: Node, _words: str) -> bool:
    node = bare(_value_part(node))
    node = bare(node.arg) if isinstance(node, Neg) else node
    return not isinstance(node, Mul | Pow)


def square_inside_root(node: Node, _words: str) -> bool:
    for part in walk(node):
        if isinstance(part, Root) and part.index is None:
            inside = bare(part.arg)
            factors = inside.args if isinstance(inside, Mul) else (inside,)
            for factor in map(bare, factors):
                if isinstance(factor, Num) and factor.text.isdigit() and len(factor.text) < 7:
                    number = int(factor.text)
                    if any(number % (root * root) == 0 for root in range(2, int(number**0.5) + 1)):
                        return True
                if (
                    isinstance(factor, Pow)
                    and isinstance(bare(factor.exponent), Num)
                    and isinstance(bare(factor.base), Sym)
                ):
                    return True
    return False


def root_below(node: Node, _words: str) -> bool:
    return any(isinstance(part, Div) and any(isinstance(p, Root) for p in walk(part.bottom)) for part in walk(node))


def negative_exponent(node: Node, _words: str) -> bool:
    return any(isinstance(part, Pow) and isinstance(bare(part.exponent), Neg) for part in walk(node))


def not_decimal(node: Node, _words: str) -> bool:
    return any(isinstance(part, Div | Mixed | Root | Pow) for part in walk(_value_part(node)))


def too_many_decimals(node: Node, words: str) -> bool:
    places = asked_places(words)
    shown = [part.decimals or 0 for part in walk(node) if isinstance(part, Num)]
    return places is not None and any(decimals > places for decimals in shown)


def asked_places(words: str) -> int | None:
    """Decimals that the step asks for: "two decimal places", "nearest tenth", "nearest cent"."""
    if "round" not in words and "nearest" not in words and "decimal" not in words:
        return None
    nearest = re.search(
        r"nearest (?:whole|integer|unit|(ten|hundred|thousand)th|cent\b)", words.replace("nearest one ", "nearest ")
    )
    if nearest:
        place = nearest.group(1)
        return {"ten": 1, "hundred": 2, "thousand": 3}[place] if place else 2 if "cent" in nearest.group() else 0
    counted = re.search(r"(one|two|three|four|five|\d)[ -]decimal", words)
    if counted:
        numbers = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
        return numbers.get(counted.group(1)) or int(counted.group(1))
    return None


def not_fraction(node: Node, _words: str) -> bool:
    return not any(isinstance(part, Div | Mixed) for part in walk(node))


def not_mixed(node: Node, _words: str) -> bool:
    return not any(isinstance(part, Mixed) for part in walk(node))


def mixed(node: Node, _words: str) -> bool:
    return any(isinstance(part, Mixed) for part in walk(node))


def not_percent(node: Node, _words: str) -> bool:
    return not any(isinstance(part, Percent) for part in walk(node))


def not_scientific(node: Node, _words: str) -> bool:
    return not _scientific(_value_part(node))


def not_solved_for_y(node: Node, _words: str) -> bool:
    """Anything but `y = mx + b` with the right side multiplied out."""
    node = bare(node)
    if not (isinstance(node, Relation) and node.signs == ("=",)):
        return True
    return bare(node.sides[0]) != Sym("y") or bracketed_product(node.sides[1], "")


def not_equation(node: Node, _words: str) -> bool:
    return not (isinstance(bare(node), Relation) and "=" in bare(node).signs)  # type: ignore[union-attr]


def not_inequality(node: Node, _words: str) -> bool:
    return not any(isinstance(part, Relation) and set(part.signs) & {"<", ">", "<=", ">="} for part in walk(node))


def not_interval(node: Node, _words: str) -> bool:
    return not any(isinstance(part, Tuple | Union) for part in walk(node))


def not_set(node: Node, _words: str) -> bool:
    return not any(isinstance(part, SetOf) for part in walk(node))


def no_power(node: Node, _words: str) -> bool:
    return not any(isinstance(part, Pow) for part in walk(node))


def no_root(node: Node, _words: str) -> bool:
    return not any(isinstance(part, Root) for part in walk(node))


def no_logarithm(node: Node, _words: str) -> bool:
    return not any(isinstance(part, Func) and part.name in {"log", "ln"} for part in walk(node))


def no_pi(node: Node, _words: str) -> bool:
    return Const("pi") not in set(walk(node))


def no_unit(node: Node, _words: str) -> bool:
    return not any(isinstance(part, Quantity) for part in walk(node))


def no_brackets(node: Node, _words: str) -> bool:
    return not any(isinstance(part, Tuple | Group) for part in walk(node))


_SIMPLIFY = r"simpl|lowest terms|reduce"
RULES: tuple[Rule, ...] = (
    Rule("unit", r"\bunits?\b", no_unit),
    Rule("percent", r"percent|%", not_percent),
    Rule("scientific", r"scientific notation", not_scientific),
    Rule("mixed", r"mixed (number|fraction)", not_mixed),
    Rule("improper", r"improper fraction", mixed),
    Rule("fraction", r"\bfraction", not_fraction),
    Rule("decimal", r"decimal|round|nearest", not_decimal),
    Rule("round", r"decimal|round|nearest", too_many_decimals),
    Rule("slope_intercept", r"slope[- ]intercept", not_solved_for_y),
    Rule("equation", r"\bequation", not_equation),
    Rule("interval", r"interval notation", not_interval),
    Rule("inequality", r"\binequality\b", not_inequality),
    Rule("set", r"set notation|solution set", not_set),
    Rule("power", r"exponential (form|notation)|rational exponent|as a power|using exponents", no_power),
    Rule("root", r"radical form|as a radical", no_root),
    Rule("logarithm", r"logarithmic form|as a (single )?logarithm", no_logarithm),
    Rule("pi", r"in terms of (\\?pi|π|\$?\\pi)", no_pi),
    Rule("factored", r"\bfactor(?!s? of)", not_a_product),
    Rule("single_number", None, unfinished),
    Rule("like_terms", None, like_terms),
    Rule("lowest_terms", _SIMPLIFY, unreduced),
    Rule("root_square", _SIMPLIFY, square_inside_root),
    Rule("root_below", _SIMPLIFY + r"|rationali[sz]e", root_below),
    Rule("positive_exponent", _SIMPLIFY + r"|positive exponent|without negative exponent", negative_exponent),
    Rule("expanded", r"expand|multiply|distribut|simpl|standard form|product|remove the brackets", bracketed_product),
)  # fmt: skip
