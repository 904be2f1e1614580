"""One piece of OATutor's mathematics, rewritten as LaTeX that KaTeX shows and an answer checker reads.

The content was typed as code (`2**x`, `sqrt(x)`, `inf`) and put through a converter: a piece is LaTeX, code or both.
"""

import re
from functools import lru_cache

UNICODE = str.maketrans(
    {
        "−": "-", "–": "-", "—": "-", "×": r"\times ", "÷": r"\div ", "·": r"\cdot ", "≤": r"\leq ", "≥": r"\geq ",
        "≠": r"\neq ", "±": r"\pm ", "∞": r"\infty ", "π": r"\pi ", "≈": r"\approx ", "°": r"^{\circ}", "∪": r"\cup ",
        "∩": r"\cap ", "∈": r"\in ", "→": r"\to ", "½": r"\frac{1}{2}", "¼": r"\frac{1}{4}", "¾": r"\frac{3}{4}",
        "²": "^{2}", "³": "^{3}", "’": "'", "‘": "'", "“": '"', "”": '"', "\xa0": " ", "…": r"\ldots ",
    }
)  # fmt: skip

# A backslash that JSON swallowed: "\frac" written with one backslash arrives as a form feed and "rac".
SWALLOWED = {"\x08": "b", "\x0c": "f", "\t": "t", "\r": "r", "\n": "n"}
SWALLOWED_NAMES = re.compile(
    r"(\x08(?=eta|egin|ig|ar|inom|mod|oxed|oldsymbol)|\x0c(?=rac|orall|lat)|"
    r"\t(?=imes|ext|heta|riangle|ilde|frac|an(?![a-z])|o(?![a-z]))|\r(?=ight|m(?![a-z])|angle|ho(?![a-z]))|"
    r"\n(?=eq|abla|ot(?![a-z])|mid|leq|geq))"
)

FUNCTIONS = (
    "arcsin",
    "arccos",
    "arctan",
    "sinh",
    "cosh",
    "tanh",
    "sin",
    "cos",
    "tan",
    "cot",
    "sec",
    "csc",
    "log",
    "ln",
)
BARE_FUNCTION = re.compile(rf"(?<![\\A-Za-z])({'|'.join(FUNCTIONS)})(?![A-Za-z])")
CALLS = {
    "sqrt": (re.compile(r"(?<![\\A-Za-z])sqrt\s*(?=[(\[])"), r"\sqrt{", "}"),
    "abs": (re.compile(r"(?<![\\A-Za-z])abs\s*(?=[(\[])"), r"\left|", r"\right|"),
}
BARE_INFINITY = re.compile(r"(?<![\\A-Za-z])(?:inf|infty|infinity|oo)(?![A-Za-z])")
NAMED_NUMBER = re.compile(r"\\operatorname\{\s*(-?\d[\d.]*)\s*\}")
NAMED_NOTHING = re.compile(r"\\operatorname\s*\{(?!\s*[A-Za-z])")  # a bracket or sign taken for a function's name
LITERAL = re.compile(r"(\\(?:text\w*|mbox)\s*\{[^{}]*\})")
NAMED_FUNCTION = re.compile(rf"\\operatorname\{{\s*({'|'.join(FUNCTIONS)})((?:_\w+)?)\s*\}}")
POWER = re.compile(r"\s*\*\*\s*([+-]?(?:\d+(?:\.\d+)?|[A-Za-z](?![A-Za-z])|[A-Za-z]))?")
# What stays as it is when words are set upright: names, and the arguments of what is text already.
KEPT = r"(\\(?:text\w*|operatorname|math(?:rm|bf|it|sf|tt|bb|cal)|mbox|begin|end|color)\s*\{[^{}]*\}|\\[A-Za-z]+|\\.)"
LONG_WORDS = re.compile(KEPT + r"|([A-Za-z]{4,}(?:[ ']+[A-Za-z]{2,})*)", re.DOTALL)
SHORT_WORDS = re.compile(KEPT + r"|([A-Za-z]{3})(?![A-Za-z])", re.DOTALL)
SIGN = re.compile(r"\\[A-Za-z]+|\\.|.|\\$", re.DOTALL)
ENVIRONMENT = re.compile(r"\\begin\s*\{([A-Za-z]+\*?)\}.*?\\end\s*\{\1\}", re.DOTALL)
ESCAPED_OR = re.compile(r"(\\.)|([%#&$])", re.DOTALL)
DOLLAR = r"\text{\textdollar}"  # a `$` inside mathematics would end it for simple readers


@lru_cache(maxsize=20_000)  # courses repeat themselves: two of three pieces have been seen before
def display_latex(source: str) -> str:
    """LaTeX to be shown. Holds no `$`, is balanced in braces, and says the same as `source`; empty if that is blank."""
    return _upright_words(_escape_specials(_rewrite(source), DOLLAR))


def key_latex(source: str) -> str:
    """LaTeX to be compared with a learner's answer: as `display_latex`, with plain `\\$` and no words set upright."""
    return _escape_specials(_rewrite(_close_brackets(source)), r"\$")


def _rewrite(source: str) -> str:
    """LaTeX in which code is LaTeX too; what is set as text stays as it is."""
    parts = LITERAL.split(source)
    text = _balance("".join(part if number % 2 else _rewrite_code(part) for number, part in enumerate(parts)))
    text = re.sub(r"\s+", " ", text).strip()
    return text.removesuffix("\\\\").rstrip() if text.endswith("\\\\") else text.rstrip("\\").rstrip()


def _rewrite_code(source: str) -> str:
    text = SWALLOWED_NAMES.sub(lambda match: "\\" + SWALLOWED[match.group()], source)
    text = re.sub(r"[\x00-\x1f\x7f\u200b-\u200f\u2060\ufeff]+", " ", text.translate(UNICODE))
    text = NAMED_NUMBER.sub(r"\1", text)
    text = NAMED_NOTHING.sub("{", text)
    text = NAMED_FUNCTION.sub(r"\\\1\2", text)
    for typed, command in (("<=", r"\leq "), (">=", r"\geq "), ("!=", r"\neq "), ("-->", r"\to "), ("->", r"\to ")):
        text = text.replace(typed, command)
    for name, (call, before, after) in CALLS.items():
        if name in text:
            text = _call(text, call, before, after)
    text = BARE_FUNCTION.sub(lambda match: f"\\{match.group(1)} ", text)
    text = BARE_INFINITY.sub(lambda _: r"\infty ", text)
    text = _powers(text)
    text = re.sub(r"__+", lambda blank: r"\_" * len(blank.group()), text)
    return re.sub(r"\s*\*\s*", r" \\cdot ", text)


def _matching(text: str, start: int) -> int | None:
    """Index of the bracket that closes the one at `start`; None if nothing does."""
    opening, closing = text[start], {"(": ")", "{": "}", "[": "]"}[text[start]]
    depth = 0
    for index in range(start, len(text)):
        if text[index] in "({[" and text[index] == opening:
            depth += 1
        elif text[index] == closing:
            depth -= 1
            if depth == 0:
                return index
    return None


def _call(text: str, call: re.Pattern[str], before: str, after: str) -> str:
    """A function called as in code, as LaTeX; one whose bracket is never closed loses the bracket."""
    while match := call.search(text):
        end = _matching(text, match.end())
        inside, rest = (text[match.end() + 1 : end], text[end + 1 :]) if end else (text[match.end() + 1 :], "")
        text = text[: match.start()] + before + inside + after + rest
    return text


def _powers(text: str) -> str:
    """`x**2`, `x**{1/2}`, `x**(a+b)` as `x^{2}`, ..."""
    while "**" in text and (match := POWER.search(text)):
        rest = text[match.end() :]
        if match.group(1):
            exponent = f"^{{{match.group(1)}}}"
        elif rest.startswith("("):
            end = _matching(text, match.end())
            if end is None:
                exponent = "^"
            else:
                exponent, rest = f"^{{{text[match.end() + 1 : end]}}}", text[end + 1 :]
        else:
            exponent = "^" if rest.startswith(("{", "\\")) else r"{\ast}{\ast}"
        text = text[: match.start()] + exponent + rest
    return text


def _balance(text: str) -> str:
    """Braces in pairs, and `\\left` and `\\right` in pairs that cross no brace, or neither of them at all."""
    kept: list[str] = []
    open_pairs: list[int] = [0]  # \left still open, per depth of braces
    crossed = False
    for sign in SIGN.findall(text):
        if sign == "\\" or (sign == "}" and len(open_pairs) == 1):
            continue
        if sign == "{":
            open_pairs.append(0)
        elif sign == "}":
            crossed |= open_pairs.pop() != 0
        elif sign in ("\\left", "\\right"):
            open_pairs[-1] += 1 if sign == "\\left" else -1
            crossed |= open_pairs[-1] < 0
        kept.append(sign)
    crossed |= any(open_pairs) or kept[-1:] in (["\\left"], ["\\right"])
    balanced = "".join(kept) + "}" * (len(open_pairs) - 1)
    return re.sub(r"\\(?:left|right)(?![A-Za-z])\s*\.?", "", balanced) if crossed else balanced


def _close_brackets(text: str) -> str:
    """Code with brackets left open at its end, closed: `y**(3/4-1/4`. LaTeX and intervals are left alone."""
    if "\\" in text or "[" in text or "]" in text:
        return text
    missing = text.count("(") - text.count(")")
    return text + ")" * missing if 0 < missing <= 3 else text


def _escape_specials(text: str, dollar: str) -> str:
    """Characters that mean something else to LaTeX, where they stand bare; `&` may stand in an environment."""
    inside = [match.span() for match in ENVIRONMENT.finditer(text)]

    def escape(match: re.Match[str]) -> str:
        if match.group(1):
            return dollar if match.group(1) == r"\$" else match.group(1)
        if match.group(2) == "&" and any(start <= match.start() < end for start, end in inside):
            return "&"
        return dollar if match.group(2) == "$" else "\\" + match.group(2)

    return ESCAPED_OR.sub(escape, text)


def _upright_words(text: str) -> str:
    """Words in mathematics (`area=...`) set as words, not as a product of letters; short ones only beside long ones."""

    def upright(match: re.Match[str]) -> str:
        return match.group(1) or rf"\text{{{match.group(2)}}}"

    with_words = LONG_WORDS.sub(upright, text)
    return SHORT_WORDS.sub(upright, with_words) if with_words != text else text
