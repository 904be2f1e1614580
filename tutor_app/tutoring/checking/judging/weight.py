"""How big an answer could get once worked out, estimated before anything is: towers of powers are refused here."""

from __future__ import annotations

from math import log10, prod

from .nodes import Add, Div, Func, Mul, Neg, Node, Num, Pow, Sym, TooBig, bare, children

MAX_MAGNITUDE = 1500.0  # decimal digits that any number inside an answer may have once worked out
MAX_DEGREE = 400.0
# Of expressions with variables, as powers of ten: of an exponent, of what a factorial is taken of, of other arguments.
MAX_REACH, MAX_REACH_OF_FACTORIAL, MAX_REACH_OF_FUNCTION = 20.0, 3.0, 300.0


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
            if power_degree:  # stays a power, and has only values in floating point: a tower could still grow too high
                _bound(exponent, MAX_REACH)
                return base_digits, base_degree + power_degree
            power = _rough_size(exponent, power_digits)
            return base_digits * max(power, 1.0), base_degree * max(power, 1.0)
        case Func("factorial", arg, _):
            arg_digits, arg_degree = weigh(arg)
            _bound(arg, MAX_REACH_OF_FACTORIAL)
            size = _rough_size(arg, arg_digits)
            if size > 170:
                raise TooBig
            return size * max(log10(size + 1), 1.0), arg_degree
        case Func("binomial" | "permutation", arg, base):
            for part in (arg, base):
                if part is not None:
                    _bound(part, MAX_REACH_OF_FACTORIAL)
                if part is not None and _rough_size(part, weigh(part)[0]) > 1000:
                    raise TooBig
            return 300.0, 0.0
        case Func("exp" | "sinh" | "cosh" | "tanh", arg, _):
            arg_digits, arg_degree = weigh(arg)
            if arg_degree:
                _bound(arg, MAX_REACH)
                return 1.0, arg_degree
            return 0.5 * _rough_size(arg, arg_digits), arg_degree
        case Func(_, arg, _):
            _bound(arg, MAX_REACH_OF_FUNCTION)
            return max(weigh(child)[0] for child in children(node)), weigh(arg)[1]
        case Mul() | Div():
            parts = [weigh(child) for child in children(node)]
            return sum(part[0] for part in parts), sum(part[1] for part in parts)
        case _:
            parts = [weigh(child) for child in children(node)] or [(1.0, 0.0)]
            total = max(part[0] for part in parts) + log10(len(parts))
            return total, max(part[1] for part in parts)


def _bound(node: Node, reach: float) -> None:
    if _reach(node) > reach:
        raise TooBig


def _reach(node: Node) -> float:
    """An upper estimate of |log10| of the values of an expression where its variables are about 10."""
    match bare(node):
        case Num() as number:
            value = abs(number.value)
            return abs(log10(value)) if value else 0.0
        case Add(args):
            return max(map(_reach, args)) + log10(len(args))
        case Mul(args):
            return sum(map(_reach, args))
        case Div(top, bottom):
            return _reach(top) + _reach(bottom)
        case Pow(base, exponent):
            return max(_reach(base), 1.0) * 10 ** min(_reach(exponent), MAX_REACH)
        case Func("exp" | "sinh" | "cosh" | "factorial", arg, _):
            return 10 ** min(_reach(arg) + 0.5, MAX_REACH)
        case other:
            return max(map(_reach, children(other)), default=1.1)


def _rough_size(node: Node, digits: float) -> float:
    """An upper estimate of |node|, a node of that many digits once worked out; TooBig where it is past 10,000."""
    node = bare(node)
    if isinstance(node, Num):
        value = abs(float(node.value)) if len(node.text) < 12 else float("inf")
    elif isinstance(node, Neg):
        value = _rough_size(node.arg, digits)
    elif isinstance(node, Mul | Add) and all(isinstance(bare(arg), Num | Neg) for arg in node.args):
        sizes = [_rough_size(arg, digits) for arg in node.args]
        value = prod(sizes) if isinstance(node, Mul) else sum(sizes)
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
