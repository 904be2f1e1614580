"""What the mathematics in a sentence is called: `2x + 3 = 11` is a two-step equation, `x^2 - 9` difference of squares.

A learner shows what a course names. Mathematics is found, brought down to its skeleton (numbers to N, zero to Z,
decimals to D, letters to x), and the skeleton is matched. Nothing is parsed or worked out. Templates such as
`[[a]]x + [[b]]` are read too.
"""

import re
from functools import lru_cache

_LITTLE = r"is|do|in|of|at|to|if|my|we|me|so|or|as|an|by|it|on|no|up|us|he|go|am|be|oh|ok|vs|im|id|u|r"
_PUT = tuple(
    (re.compile(pattern), put)
    for pattern, put in (
        # little words between formulas, and "a" and "i" that are no letters of mathematics
        (
            rf"\b(?:{_LITTLE})\b(?!\s*[=+^])|(?<![-+*/^=<>(])\s[ai]\s(?![-+*/^=<>)])|(?:^|\s)[ai]\s(?=[a-z])",
            " ? ",
        ),
        (r",\s(?!-?\w+\))|'s\b", " ? "),
        (r"\[\[\s*linear\([^\]]*\)\s*\]\]", "3x+3"),
        (r"\[\[(?:v|letter|var|x)(?:\|[^\]]*)?\]\]", "x"),
        (r"\[\[[^\]]*signed[^\]]*\]\]", "+3"),
        (r"\[\[[^\]]*\]\]", "3"),
        (r"\\(?:left|right|displaystyle|[,;!:])", ""),
        (r"\\d?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}", r"(\1)/(\2)"),
        (r"\\d?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}", r"(\1)/(\2)"),
        (r"\\sqrt(?:\[[^\]]*\])?\s*\{([^{}]*)\}", r"√(\1)"),
        (r"\\?sqrt\s*", "√"),
        (r"\\cdot|\\times|×|·", "*"),
        (r"\\leq?\b|<=|=<", "≤"),
        (r"\\geq?\b|>=", "≥"),
        (r"−|–", "-"),
        (r"²", "^2"),
        (r"³", "^3"),
        (r"÷", "/"),
        (r"\\?\b(?:log|ln)(?:\b|(?=_))", "L"),
        (r"\bx over\b", "x/"),
        (r"\bequals\b", "="),
        (r"[{}$]", ""),
    )
)
_SPAN = re.compile(r"(?<![a-z'])(?:\d*\.\d+|\d+%?|[a-z](?![a-z'])|[a-z](?=[a-z](?![a-z']))|[√L_]|[-+*/^=<>≤≥()|,]|\s)+")
_TELLS = re.compile(r"[-+*/^=<>≤≥|√L%]|\d[a-z]|\w\(|\(-?\w+,")


def skeletons(text: str) -> list[str]:
    """The mathematics of a text; its letters are still told apart."""
    small = text.lower()
    for pattern, put in _PUT:
        small = pattern.sub(put, small)
    found = []
    for match in _SPAN.finditer(small):
        span = match.group(0).strip(" ,")
        span = span if re.match(r"-\s*[\da-z(]", span) else span.strip(" ,-")
        if len(span) > 1 and _TELLS.search(span) and re.search(r"[\da-z]", span):
            bare = re.sub(r"(?<!\d)0(?!\d)", "Z", re.sub(r"\d*\.\d+", "D", span))
            found.append(re.sub(r"\d+", "N", bare).replace(" ", ""))
    return found


def names_of_shapes(text: str) -> list[str]:
    """What the mathematics of a text is called, in the words of courses; nothing where it has no name."""
    return list(dict.fromkeys(name for shape in skeletons(text) for name in _names_of(shape)))


# --- kinds --------------------------------------------------------------------------------------------------------

Rules = tuple[tuple[str, str], ...]  # what the skeleton holds, and its name

_LOGARITHMS: Rules = (
    (r"L", "logarithm"),
    (r"L[^+]*\+N?L", "law of logarithms for products: sum of logarithms"),
    (r"L[^-]*-N?L", "law of logarithms for quotients: difference of logarithms"),
    (r"L.*\^|Nx?L", "law of logarithms for powers"),
    (r"L.*x.*=|=.*L.*x", "logarithmic equation"),
)
_ROOTS: Rules = (
    (r"√", "square root"),
    (r"√\(?[^=]*x.*=|=.*√.*x", "radical equation"),
    (r"^√[^-+=]*√", "multiply square roots"),
    (r"√[^=]*[-+][^=]*√", "add and subtract square roots"),
    (r"/\(?√", "rationalize the denominator"),
    (r"√\(?N*/", "quotient property of square roots"),
)
_POWERS: Rules = (
    (r"\^\(?-", "negative exponent"),
    (r"\^\(?N/N", "rational exponent, fractional exponent"),
    (r"\^Z", "zero exponent"),
    (r"[N)]\^\(?N?x.*=", "exponential equation"),
    (r"x\^[NxZ]\)?\*?\(?x\^[Nx]", "product property of exponents: multiply powers with the same base"),
    (r"\^[Nx]\)?/\(?N?[xN]\^", "quotient property of exponents: divide powers with the same base"),
    (r"\([^()]*\^[Nx][^()]*\)\^", "power property of exponents: a power to a power"),
    (r"\([^()]*/[^()]*\)\^", "quotient to a power property of exponents"),
    (r"\([^()/]*[-+][^()/]*\)\^N", "square of a binomial"),
    (r"\(N?x+\)\^", "product to a power property of exponents"),
)
_TWO_BRACKETS = re.compile(r"\([^()]*[-+][^()]*\)\*?\([^()]*[-+][^()]*\)")
_SQUARES: Rules = (
    (r"x\^N-(?:N|N?x\^N)$", "difference of squares"),
    (r"x\^N[-+]N?x[-+]N", "trinomial, factor a quadratic trinomial"),
    (r"x\^N.*[-+].*x\^N", "polynomial"),
)
_EXPRESSIONS: Rules = (
    (r"^(?!.*\)\*?\().*(?:(?:^|[-+])\(?N\)?\*?\([^()]*x[^()]*\)|x\([^()]*[-+])", "distributive property: a number times parentheses"),  # noqa: E501
    (r"-N?\([^()]*[-+]", "minus sign in front of parentheses"),
    (r"^[^(/]*x[-+][^(/]*x", "combine like terms"),
    (r"^(?=.*\*)(?=.*[-+])[-+*/NZ()]+$", "order of operations"),
    (r"N\)?/\(?N\)?[-+]\(?N\)?/\(?N", "add or subtract fractions"),
    (r"N\)?/\(?N\)?\*\(?N\)?/", "multiply fractions"),
    (r"N\)?/\(?N", "fraction"),
    (r"/\(?N?x|x[^/]*[-+][^/]*/", "rational expression"),
    (r"/Z", "division by zero"),
    (r"--N|-\(-N|-N-N|N-\(-", "subtract negative numbers, integers"),
    (r"-N\*?\(?-N|-N\+|\+\(?-N", "operations with negative numbers, integers"),
    (r"^-N$", "negative number"),
)  # fmt: skip
_SIDES: Rules = (
    (r"^-x$|^N-N?x$", "negative coefficient"),
    (r"^x[-+][ND]$|^[ND]\+x$", "one-step equation: addition or subtraction"),
    (r"^(?:-?[ND]x|x/N|\(x\)/\(N\)|\(?N\)?/\(?N\)?x)$", "one-step equation: multiplication or division"),
    (r"x.*[-+].*x", "combine like terms"),
)


def _held(shape: str, rules: Rules) -> list[str]:
    return [name for pattern, name in rules if re.search(pattern, shape)]


@lru_cache(maxsize=4096)
def _names_of(skeleton: str) -> tuple[str, ...]:
    letters = sorted(set(re.findall(r"[a-z]", skeleton)))
    shape = re.sub(r"[a-z]", "x", skeleton)
    if "L" in shape:
        return tuple(_held(shape, _LOGARITHMS))
    if "√" in shape:
        return tuple(_held(shape, _ROOTS))
    absolute = ["absolute value"] if re.search(r"\|[^|]+\|", shape) else []
    if re.search("[<>≤≥]", shape):
        return (*absolute, "linear inequality" if letters else "greater than or less than")
    is_equation = shape.count("=") == 1
    names = [*absolute, *(["absolute value equation"] if absolute and is_equation else []), *_held(shape, _POWERS)]
    if _TWO_BRACKETS.search(shape):
        names.append("zero product property: product of factors is zero" if "=Z" in shape else "multiply two binomials")
    if re.search(r"x\^N", shape):
        names += (["quadratic equation"] if "(" not in shape else []) if is_equation else _held(shape, _SQUARES)
    elif is_equation and "^" not in shape:
        names += _names_of_equation(skeleton, shape, letters)
    elif "^" not in shape and "=" not in shape:
        names += _held(shape, _EXPRESSIONS)
    if re.search(r"\(-?[Nx],-?[Nx]\)", shape):
        names.append("ordered pair, point")
    return (*names, *(["percent"] if "%" in shape else []))


def _names_of_equation(skeleton: str, shape: str, letters: list[str]) -> list[str]:
    """Of a linear equation, by its letters and its sides."""
    left, right = shape.split("=")
    if not letters:
        both_numbers = re.fullmatch(r"-?[NZ]", left) and re.fullmatch(r"-?[NZ]", right)
        return ["true or false statement: identity or contradiction"] if both_numbers else []
    if len(letters) > 1:
        if re.fullmatch(r"y=-?[(N/)D]*x(?:[-+].*)?|y=[a-z]x\+[a-z]", skeleton):
            return ["slope-intercept form of a line"]
        return ["linear equation in two variables" if letters == ["x", "y"] else "formula with several letters"]
    names = []
    on_both = "x" in left and "x" in right
    has_bracket = re.search(r"[Nx-]\*?\([^()]*[-+]", shape) is not None
    if on_both:
        names.append("equation with variables on both sides")
    if has_bracket:
        names.append("equation with parentheses, distributive property")
    if "/" in shape:
        names.append("equation with fractions")
    if "D" in shape:
        names.append("equation with decimals")
    if not on_both and not has_bracket:
        side = left if "x" in left else right
        kinds = _held(side, _SIDES)
        two_steps = side.count("x") == 1 and "-step" not in "".join(kinds) and re.search(r"[-+].|.[-+]", side)
        names += [*kinds, *(["two-step equation"] if two_steps and side != "-x" else [])]
    return names
