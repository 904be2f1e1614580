"""The asked form: rules about how an answer of the right value is written.

A rule applies only where the author's own key obeys it, so a key is never turned away by the words of its own step.
Each rule gives the code of a sentence for the learner (see `sentences.py`), or nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import gcd
from typing import TypeGuard

from .nodes import (
    Add,
    Builder,
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
    Ratio,
    Relation,
    Repeating,
    Root,
    SetOf,
    Sym,
    Tuple,
    Union,
    bare,
    exact_value,
    ordered,
    plain,
    symbols,
    walk,
)  # fmt: skip


def fault(asked: str, key: Node, given: Node) -> str | None:
    """The code of the first form rule that `key` obeys and `given` (of the same value) breaks."""
    words = asked.casefold()
    for rule in RULES:
        if rule.wanted is not None and not re.search(rule.wanted, words):
            continue
        if rule.unless and re.search(rule.unless, words):
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
    unless: str = ""  # asked words that take the rule back


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
        elif isinstance(part, Ratio) and len(part.items) == 2:
            top, bottom = map(bare, part.items)
        elif isinstance(part, Mixed):
            top, bottom = part.top, part.bottom
        else:
            continue
        top = bare(top.arg) if isinstance(top, Neg) else top
        bottom = bare(bottom.arg) if isinstance(bottom, Neg) else bottom
        if isinstance(top, Num) and isinstance(bottom, Num) and top.text.isdigit() and bottom.text.isdigit():
            yield int(top.text), int(bottom.text)


def unreduced(node: Node, _words: str) -> bool:
    if any(gcd(top, bottom) > 1 for top, bottom in _divisions(node)):
        return True
    for part in walk(node):
        if isinstance(part, Ratio) and len(part.items) > 2:
            texts = [item.text for item in map(bare, part.items) if isinstance(item, Num)]
            if len(texts) == len(part.items) and all(map(str.isdigit, texts)) and gcd(*map(int, texts)) > 1:
                return True
    return any(isinstance(part, Div) and bare(part.bottom) == Num("1") for part in walk(node))


def unfinished(node: Node, _words: str) -> bool:
    """Arithmetic between plain numbers is left to do: `2+3`, `15/3`, `2*3x`, `2(4)`."""
    for part in walk(plain(node)):
        if isinstance(part, Add) and sum(_is_rational(arg) for arg in part.args) > 1:
            return True
        if isinstance(part, Mul) and sum(_is_rational(arg) for arg in part.args) > 1 and not _scientific(part):
            return True
        if isinstance(part, Pow) and _numeral(part.exponent) and not _power_of_ten(part):
            pointed = any(_pointed(number) for number in walk(part.exponent))  # 13^0.5 is a root
            if not pointed and (_numeral(part.base) or (isinstance(part.base, Div) and _is_rational(part.base))):
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


def not_prime_factors(node: Node, _words: str) -> bool:
    """A factor of the product is a whole number that could be split: `6*7`."""
    product = _value_part(node)
    factors = product.args if isinstance(product, Mul) else (product,)
    bases = [bare(factor.base) if isinstance(factor, Pow) else factor for factor in map(bare, factors)]
    whole = [int(base.text) for base in bases if isinstance(base, Num) and base.text.isdigit() and len(base.text) < 7]
    return any(number % root == 0 for number in whole for root in range(2, int(number**0.5) + 1))


def negative_exponent(node: Node, _words: str) -> bool:
    return any(isinstance(part, Pow) and isinstance(bare(part.exponent), Neg) for part in walk(node))


def not_decimal(node: Node, _words: str) -> bool:
    value = _value_part(node)
    return not _scientific(value) and any(
        isinstance(part, Div | Mixed | Root | Pow | Repeating) for part in walk(value)
    )


def _pointed(part: Node) -> TypeGuard[Num]:
    return isinstance(part, Num) and part.decimals is not None


def percent_sign(node: Node, _words: str) -> bool:
    return any(isinstance(part, Percent) for part in walk(node))


def too_many_decimals(node: Node, words: str) -> bool:
    places = asked_places(words)
    shown = [len(part.text.rstrip("0")) - part.text.index(".") - 1 for part in walk(node) if _pointed(part)]
    return places is not None and any(decimals > places for decimals in shown)


_COUNTS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_PLACES = {"ten": 1, "hundred": 2, "thousand": 3}


def asked_places(words: str) -> int | None:
    """Decimals that the step asks for: "two decimal places", "nearest tenth", "to 2 d.p.", "nearest cent"."""
    counted = re.search(r"\b(one|two|three|four|five|six|\d)[ -](?:decimal|d\.?p\b|digits? after|places)", words)
    if counted:
        return _COUNTS.get(counted.group(1)) or int(counted.group(1))
    if not re.search(r"round|nearest|decimal|correct to|(?:ten|hundred|thousand)ths?\b", words):
        return None
    named = re.search(r"\b(ten|hundred|thousand)[ -]?ths?\b", words.replace("ten thousandth", ""))
    if named:
        return _PLACES[named.group(1)]
    if re.search(r"nearest (?:one |1 )?(?:cent|penny)\b", words):
        return 2
    if re.search(
        r"nearest (?:whole|integer|unit|one|dollar|degree|percent|day|year|hour|minute|mile|foot|inch|meter)", words
    ):
        return 0
    return None


def asked_digits(words: str) -> int | None:
    """Significant figures that the step asks for: "3 significant figures", "two sig figs", "4 s.f."."""
    counted = re.search(r"\b(one|two|three|four|five|six|\d)[ -](?:sig|s\.?f\b)", words)
    return (_COUNTS.get(counted.group(1)) or int(counted.group(1))) if counted else None


def too_many_digits(node: Node, words: str) -> bool:
    """More significant figures than asked."""
    digits = asked_digits(words)
    numbers = [part for part in walk(_value_part(node)) if isinstance(part, Num)]
    if digits is None or not numbers:
        return False
    return len(re.sub(r"e.*|\.", "", numbers[0].text).lstrip("0")) > digits and "." in numbers[0].text


def not_fraction(node: Node, _words: str) -> bool:
    return not any(isinstance(part, Div | Mixed) for part in walk(node))


def not_single_fraction(node: Node, _words: str) -> bool:
    top = _value_part(node)
    top = bare(top.arg) if isinstance(top, Neg) else top
    return not isinstance(top, Div) or any(isinstance(part, Div) for part in walk(top) if part is not top)


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
    """Without a power, or with a root left beside it."""
    return not any(isinstance(part, Pow) for part in walk(node)) or any(isinstance(part, Root) for part in walk(node))


def no_root(node: Node, _words: str) -> bool:
    return not any(isinstance(part, Root) for part in walk(node))


def no_logarithm(node: Node, _words: str) -> bool:
    return not any(isinstance(part, Func) and part.name in {"log", "ln"} for part in walk(node))


def no_pi(node: Node, _words: str) -> bool:
    return Const("pi") not in set(walk(node))


def no_unit(node: Node, _words: str) -> bool:
    return not any(isinstance(part, Quantity) for part in walk(node))


def not_point_slope(node: Node, _words: str) -> bool:
    """Anything but `y - 3 = 2(x - 1)`."""
    node = bare(node)
    if not (isinstance(node, Relation) and node.signs == ("=",)):
        return True
    left, right = map(bare, node.sides)
    right = bare(right.arg) if isinstance(right, Neg) else right
    shifted = isinstance(right, Mul) and any(isinstance(bare(arg), Add) for arg in right.args)
    return not (isinstance(left, Add) and symbols(left) == {"y"} and (shifted or isinstance(right, Add)))


def not_standard_line(node: Node, _words: str) -> bool:
    """Anything but `Ax + By = C` with whole numbers."""
    node = bare(node)
    if not (isinstance(node, Relation) and node.signs == ("=",)):
        return True
    left, right = map(bare, node.sides)
    numbers = [
        part for part in walk(node) if isinstance(part, Div | Mixed) or (isinstance(part, Num) and part.decimals)
    ]
    sums = isinstance(left, Add) and not bracketed_product(left, "") and not any(_is_rational(arg) for arg in left.args)
    return bool(numbers) or not sums or bool(symbols(right)) or any(isinstance(part, Pow) for part in walk(node))


def no_bracketed_square(node: Node, _words: str) -> bool:
    return not any(isinstance(part, Pow) and isinstance(bare(part.base), Add) for part in walk(node))


def not_descending(node: Node, _words: str) -> bool:
    """The terms of a polynomial in one variable do not fall from the highest power."""
    total = _value_part(node)
    if not isinstance(total, Add) or len(symbols(total)) != 1:
        return False
    degrees = [_degree(term) for term in total.args]
    return None not in degrees and degrees != sorted(degrees, key=lambda degree: -(degree or 0))


def _degree(term: Node) -> int | None:
    term = bare(term)
    match term:
        case Neg(arg) | Div(arg, Num()):
            return _degree(arg)
        case Mul(args):
            parts = [_degree(arg) for arg in args]
            return None if None in parts else sum(part or 0 for part in parts)
        case Pow(Sym(), Num(text)) if text.isdigit():
            return int(text)
        case Pow(Sym(), Group(Num(text))) if text.isdigit():
            return int(text)
        case Sym():
            return 1
        case Num() | Const():
            return 0
    return 0 if not symbols(term) else None


def _logarithms(node: Node) -> list[Func]:
    return [part for part in walk(node) if isinstance(part, Func) and part.name in {"log", "ln"}]


def several_logarithms(node: Node, _words: str) -> bool:
    factor = any(isinstance(part, Mul) and any(map(_logarithms, part.args)) for part in walk(node))
    return len(_logarithms(node)) != 1 or factor


def compound_logarithm(node: Node, _words: str) -> bool:
    return any(isinstance(bare(log.arg), Mul | Div | Pow | Root) for log in _logarithms(node))


def not_ratio(node: Node, _words: str) -> bool:
    return not any(isinstance(part, Ratio) for part in walk(node))


def not_complex_sum(node: Node, _words: str) -> bool:
    """`i` below a fraction bar, in a product of brackets, or a square of it."""
    unit = Const("i")
    for part in walk(node):
        if isinstance(part, Div) and (
            unit in set(walk(part.bottom)) or (unit in set(walk(part.top)) and isinstance(bare(part.top), Add))
        ):
            return True
        if isinstance(part, Mul) and sum(unit in set(walk(arg)) for arg in part.args) > 1:
            return True
        if isinstance(part, Pow) and unit in set(walk(part.base)):
            return True
        if isinstance(part, Root) and unit not in set(walk(node)):
            return True
    return False


def not_builder(node: Node, _words: str) -> bool:
    return not any(isinstance(part, Builder) for part in walk(node))


def scientific(node: Node, _words: str) -> bool:
    return _scientific(_value_part(node))


def approximate(node: Node, _words: str) -> bool:
    return any(isinstance(part, Num) and part.decimals for part in walk(node))


DEMANDS_EQUATION = (
    r"^(?!solve).{0,12}\bequation|\b(write|find|give|state|determine|translate|as|what is)\b[^.]{0,40}\bequation"
    r"|equation (of|that|for|in|relat)|variable ?= ?answer"
    r"|(?<!quadratic )(?<!distance )(?<!midpoint )(?<!base )(?<!appropriate )formula"
)
_SIMPLIFY = r"simpl|lowest terms|reduce"
_ROUND = r"decimal|round|nearest|\bd\.?p\b|(?:ten|hundred|thousand)ths?\b"
RULES: tuple[Rule, ...] = (
    Rule("unit", r"\bunits?\b", no_unit, unless="square units|unit rate|unit price|unit circle|unit vector"),
    Rule("percent", r"percent|%", not_percent),
    Rule("scientific", r"scientific (notation|form)", not_scientific),
    Rule("ordinary", r"(ordinary|standard|decimal) (number|notation|form)", scientific),
    Rule("mixed", r"mixed (number|fraction|numeral)", not_mixed, unless="improper"),
    Rule("improper", r"improper", mixed, unless="mixed"),
    Rule(
        "fraction",
        r"^.{0,24}\bfraction|\b(as|into|to|in|write|give)\b.{0,24}\bfraction\b|fraction(al)? form|simple fraction",
        not_fraction,
        unless="decimal",
    ),
    Rule("decimal", _ROUND, not_decimal, unless="fraction"),
    Rule("decimal", r"\b(as|to|into|in) an? decimal|decimal (form|notation|equivalent)", percent_sign),
    Rule("round", _ROUND, too_many_decimals),
    Rule("significant", r"\bsig|\bs\.?f\b", too_many_digits),
    Rule("ratio", r"\bratio\b|\ba:b\b", not_ratio),
    Rule(
        "slope_intercept",
        r"slope[- ]*intercept|y ?= ?mx ?\+ ?b",
        not_solved_for_y,
        unless="point[- ]slope|standard form",
    ),
    Rule("point_slope", r"point[- ]*slope", not_point_slope, unless="intercept form|standard form"),
    Rule("standard_line", r"standard form|ax ?\+ ?by|general form", not_standard_line),
    Rule("vertex", r"vertex form|standard form|center[- ]radius", no_bracketed_square),
    Rule("square", r"binomial squared?|perfect square|complet\w+ the square", no_bracketed_square),
    Rule("equation", DEMANDS_EQUATION, not_equation),
    Rule("builder", r"set[- ]builder", not_builder),
    Rule(
        "interval",
        r"(?<!confidence )\binterval( notation| form)?\b",
        not_interval,
        unless=r"(which|what) (open )?intervals?\b(?!.*interval notation)",
    ),
    Rule(
        "inequality",
        r"^(?!solve|graph).{0,12}\binequality|\b(as|write|give|in|translate)\b.{0,40}\binequality\b",
        not_inequality,
    ),
    Rule("set", r"\bset notation|solution set|roster|as a set", not_set),
    Rule(
        "power",
        r"exponen(t|tial) (form|notation)|rational exponent|as a power|(using|with) exponents|index form",
        no_power,
    ),
    Rule("root", r"radical (form|notation)|as a radical|surd", no_root),
    Rule("logarithm", r"logarithmic form|as a (single )?logarithm", no_logarithm),
    Rule("single_log", r"single log|condense", several_logarithms),
    Rule("expanded_log", r"expand|sum (or|and) difference", compound_logarithm),
    Rule("pi", r"in terms of (\\?pi|π|\$*\\pi)|exact", no_pi),
    Rule("complex", r"a ?\+ ?bi|complex (number )?form|standard form|complex number", not_complex_sum),
    Rule("factored", r"\bfactor(?!s? of)|as a product\b", not_a_product),
    Rule("factored_further", r"prime", not_prime_factors),
    Rule("single_number", None, unfinished),
    Rule("like_terms", None, like_terms),
    Rule("lowest_terms", _SIMPLIFY + r"|simplest", unreduced),
    Rule("root_square", _SIMPLIFY, square_inside_root),
    Rule("root_below", _SIMPLIFY + r"|rationali[sz]e|(no|without) (radicals?|roots?) in the denominator", root_below),
    Rule("positive_exponent", _SIMPLIFY + r"|positive exponent|(without|no) negative exponent", negative_exponent),
    Rule("single_fraction", r"single fraction|one fraction|common denominator", not_single_fraction),
    Rule(
        "expanded",
        r"expand|multipl(y|ied)|distribut|simpl|standard form|product|remove the (brackets|parentheses)"
        r"|(without|no) (brackets|parentheses)|polynomial",
        bracketed_product,
        unless=r"\bfactor|vertex|as a product",
    ),
    Rule("descending", r"descending|standard form", not_descending),
)  # fmt: skip
