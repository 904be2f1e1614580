"""How big an answer could get once worked out, estimated before anything is: towers of powers are refused here."""

from __future__ import annotations

from math import log10

from .nodes import Div, Func, Mul, Neg, Node, Num, Pow, Sym, TooBig, bare, children

MAX_MAGNITUDE = 1500.0  # decimal digits that any number inside an answer may have once worked out
MAX_DEGREE = 400.0


def weigh(node: Node) -> tuple[float, float]:
    """How big the answer could get: (decimal digits of its largest number, degree). Raises TooBig past the limits."""
    digits, degree = _weigh(node)
    if digits > MAX_MAGNITUDE or degree > MAX_DEGREE:
        raise TooBig
    return digits, degree


def _weigh(node: Node) -> tuple[float, float]:
    match node:
        case Num(text):
            if "e" in text:
                mantissa, _, exponent_text = text.partition("e")
                return len(mantissa) + abs(float(exponent_text)), 0.0
            return float(len(text)), 0.0
        case Sym():
            return 1.0, 1.0
        case Pow(base, exponent):
            (base_digits, base_degree), (power_digits, power_degree) = weigh(base), weigh(exponent)
            if power_degree:
                return base_digits * 10 ** min(power_digits, 4), base_degree + power_degree
            power = _rough_size(exponent, power_digits)
            return base_digits * max(power, 1.0), base_degree * max(power, 1.0)
        case Func("factorial", arg, _):
            arg_digits, arg_degree = weigh(arg)
            size = _rough_size(arg, arg_digits)
            if size > 170:
                raise TooBig
            return size * max(log10(size + 1), 1.0), arg_degree
        case Func("binomial" | "permutation", arg, base):
            for part in (arg, base):
                if part is not None and _rough_size(part, weigh(part)[0]) > 1000:
                    raise TooBig
            return 300.0, 0.0
        case Func("exp" | "sinh" | "cosh" | "tanh", arg, _):
            arg_digits, arg_degree = weigh(arg)
            return 0.5 * _rough_size(arg, arg_digits), arg_degree
        case Mul() | Div():
            parts = [weigh(child) for child in children(node)]
            return sum(part[0] for part in parts), sum(part[1] for part in parts)
        case _:
            parts = [weigh(child) for child in children(node)] or [(1.0, 0.0)]
            total = max(part[0] for part in parts) + log10(len(parts))
            return total, max(part[1] for part in parts)


def _rough_size(node: Node, digits: float) -> float:
    """An upper estimate of |node|, a node of that many digits once worked out; TooBig where it is past 10,000."""
    node = bare(node)
    if isinstance(node, Num):
        value = abs(float(node.value)) if len(node.text) < 12 else float("inf")
    elif isinstance(node, Neg):
        value = _rough_size(node.arg, digits)
    elif isinstance(node, Div) and isinstance(bare(node.bottom), Num):
        value = _rough_size(node.top, digits) / max(_least(node.bottom), 1e-6)
    else:
        value = 10.0 ** min(digits, 20.0)
    if value > 10_000:
        raise TooBig
    return value


def _least(node: Node) -> float:
    node = bare(node)
    return abs(float(node.value)) if isinstance(node, Num) and len(node.text) < 12 else 1e-6
