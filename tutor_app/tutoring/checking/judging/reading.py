r"""Reading mathematics: a whitelist lexer and a recursive descent parser from typed text or LaTeX to nodes.

Both dialects share one grammar, so `3x^2 - 1/2`, `3x^2-\frac{1}{2}` and MathLive's `3x^2-\frac12` read alike.
Everything that is not on the lists below is refused with the place where reading stopped; nothing is ever evaluated.
Cost is linear in the length, which the caller limits; nesting is limited here.

    listing   := phrase | relation ((',' | ';' | 'or' | 'and') relation)*
    relation  := union (('=' | '<' | ...) union)*
    union     := sum (('\cup' | 'U') sum)*
    sum       := ['-' | '+' | '±'] product (('+' | '-' | '±') product)*
    product   := factor (['*' | '/'] factor)*          juxtaposition multiplies, and binds like '*': 1/2x is (1/2)x
    factor    := primary ['!' | '%'] ['^' exponent]
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from .nodes import (
    Add,
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
    Relation,
    Root,
    SetOf,
    Sym,
    TooBig,
    Tuple,
    Union,
    bare,
    weigh,
)  # fmt: skip
from .typography import Typed, clean

MAX_DEPTH = 30
MAX_DIGITS = 60

FUNCTIONS = {
    "sin", "cos", "tan", "sec", "csc", "cot", "arcsin", "arccos", "arctan", "asin", "acos", "atan", "ln", "log",
    "lg", "exp",
    "sqrt", "cbrt", "abs",
}  # fmt: skip
_FUNCTION_NAMES = {"asin": "arcsin", "acos": "arccos", "atan": "arctan", "lg": "log"}
_GREEK = {
    "alpha", "beta", "gamma", "delta", "epsilon", "varepsilon", "theta", "lambda", "mu", "rho", "sigma", "tau", "phi",
    "varphi", "omega", "Delta", "Sigma", "Omega",
}  # fmt: skip
_INFINITIES = {"inf", "infinity", "infty", "oo"}
_COMMAND_SIGNS = {
    "cdot": "*", "times": "*", "ast": "*", "div": "÷", "le": "<=", "leq": "<=", "leqslant": "<=", "ge": ">=",
    "geq": ">=",
    "geqslant": ">=", "lt": "<", "gt": ">", "ne": "!=", "neq": "!=", "pm": "±", "lor": "or", "vee": "or", "land": "and",
    "wedge": "and", "cup": "cup", "cap": "cap", "lvert": "|", "rvert": "|", "vert": "|", "mid": "|", "lbrace": "\\{",
    "rbrace": "\\}", "lbrack": "[", "rbrack": "]", "lparen": "(", "rparen": ")", "%": "%", "$": "$", "{": "\\{",
    "}": "\\}",
}  # fmt: skip
_COMMAND_SPACES = {",", ";", ":", "!", " ", ">", "quad", "qquad", "displaystyle", "textstyle", "limits"}
_COMMAND_TEXT = {"text", "mathrm", "textrm", "mbox", "operatorname", "mathit", "mathbf", "textbf", "textit"}
_COMMAND_KEPT = {"frac", "dfrac", "tfrac", "cfrac", "sqrt", "degree", "circ", "placeholder"} | _GREEK
_MONEY = {"$": "$", "€": "€", "£": "£", "¥": "¥"}

PHRASES = {
    "no solution": "none", "no solutions": "none", "no real solution": "none", "no real solutions": "none",
    "none": "none",
    "the empty set": "none", "empty set": "none", "dne": "none", "does not exist": "none", "doesn't exist": "none",
    "no answer": "none", "undefined": "undefined", "und": "undefined", "undef": "undefined", "not defined": "undefined",
    "all real numbers": "reals", "all reals": "reals", "all real": "reals", "any real number": "reals",
    "every real number": "reals", "all numbers": "reals", "the real numbers": "reals", "real numbers": "reals",
    "infinitely many": "infinite", "infinitely many solutions": "infinite", "infinite solutions": "infinite",
    "infinite": "infinite", "infinite number of solutions": "infinite", "infinitely many answers": "infinite",
    "not a real number": "not real", "not real": "not real", "no real number": "not real", "true": "true",
    "false": "false",
    "yes": "yes", "no": "no", "parallel": "parallel", "perpendicular": "perpendicular", "neither": "neither",
    "both": "both",
}  # fmt: skip
_NOT_PRODUCTS = {
    "ok",
    "hi",
    "is",
    "it",
    "in",
    "on",
    "at",
    "to",
    "of",
    "as",
    "me",
    "my",
    "we",
    "he",
    "go",
    "so",
    "if",
    "an",
}
UNITS = {
    "cm", "mm", "km", "kg", "mg", "ml", "ft", "yd", "lb", "lbs", "oz", "mi", "mph", "hr", "hrs", "min", "sec",
    "inch", "inches",
    "foot", "feet", "yard", "yards", "mile", "miles", "meter", "meters", "metre", "metres", "centimeter", "centimeters",
    "centimetres", "kilometer", "kilometers", "kilometres", "gram", "grams", "kilogram", "kilograms", "pound",
    "pounds", "ounce",
    "ounces", "liter", "liters", "litre", "litres", "gallon", "gallons", "second", "seconds", "minute", "minutes",
    "hour",
    "hours", "day", "days", "week", "weeks", "month", "months", "year", "years", "dollar", "dollars", "cent",
    "cents", "euro",
    "euros", "degree", "degrees", "unit", "units", "people", "student", "students", "ticket", "tickets", "coin",
    "coins",
    "square",
}  # fmt: skip


class Unread(Exception):
    """Reading stopped at `index` of the cleaned text; `code` says why."""

    def __init__(self, code: str, index: int, word: str = "") -> None:
        super().__init__(code)
        self.code, self.index, self.word = code, index, word


@dataclass(frozen=True, slots=True)
class Token:
    kind: str  # "num", "name", "text" (a word inside \text), "cmd", a sign, or "end"
    text: str
    start: int
    end: int
    spaced: bool = False  # white space stands before it


_NUMBER = re.compile(r"\d+\.\d+|\d+\.(?!\d)|\.\d+|\d+")
_EXPONENT = re.compile(r"[eE][+-]\d{1,2}(?![\d.])|E\d{1,2}(?![\d.])")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?![\d,])")
_BRACED_THOUSANDS = re.compile(r"\d{1,3}(?:\{,\}\d{3})+(?!\d)")
_SPACED_THOUSANDS = re.compile(r"\d{1,3}(?:(?: |\\,)\d{3})+(?!\d)")
_COMMAND = re.compile(r"\\(?:[A-Za-z]+|[^A-Za-z])")
_TWO_SIGNS = {"<=": "<=", ">=": ">=", "!=": "!=", "=<": "<=", "=>": ">=", "**": "^", "<>": "!=", "≈": "="}


def tokens(text: str, thousands: bool) -> list[Token]:
    """The tokens of cleaned text. Raises Unread at the first thing that is not on the lists."""
    out: list[Token] = []
    at, spaced = 0, False

    def put(kind: str, piece: str, end: int) -> None:
        nonlocal at, spaced
        out.append(Token(kind, piece, at, end, spaced))
        at, spaced = end, False

    while at < len(text):
        char = text[at]
        if char in " ~":
            at, spaced = at + 1, True
        elif char.isascii() and (char.isdigit() or (char == "." and text[at + 1 : at + 2].isdigit())):
            number = _read_number(text, at, thousands)
            end = number.end()
            digits = re.sub(r"[^\d.]", "", number.group())
            if len(digits) > MAX_DIGITS:
                raise TooBig
            power = _EXPONENT.match(text, end)
            if power:
                end, digits = power.end(), digits + "e" + power.group()[1:].lstrip("+")
            digits = digits.rstrip(".") if "e" not in digits else digits
            put("num", "0" + digits if digits.startswith(".") else digits, end)
        elif char.isascii() and char.isalpha():
            end = at
            while end < len(text) and text[end].isascii() and text[end].isalpha():
                end += 1
            put("name", text[at:end], end)
        elif char == "\\":
            at, spaced = _read_command(text, at, spaced, out)
        elif text[at : at + 2] in _TWO_SIGNS:
            put(_TWO_SIGNS[text[at : at + 2]], text[at : at + 2], at + 2)
        elif char in _MONEY:
            put("$", char, at + 1)
        elif char in "+-*/÷^_=<>(){}[]|,;:!%&'≈":
            put({"≈": "="}.get(char, char), char, at + 1)
        else:
            raise Unread("unread", at)
    out.append(Token("end", "", len(text), len(text), spaced))
    return out


def _read_number(text: str, at: int, thousands: bool) -> re.Match[str]:
    shapes = [_BRACED_THOUSANDS, _THOUSANDS, _SPACED_THOUSANDS] if thousands else [_BRACED_THOUSANDS]
    for shape in shapes:
        found = shape.match(text, at)
        if found:
            point = re.compile(re.escape(found.group()) + r"\.\d+").match(text, at)
            return point or found
    found = _NUMBER.match(text, at)
    assert found is not None  # the caller saw a digit
    return found


def _read_command(text: str, at: int, spaced: bool, out: list[Token]) -> tuple[int, bool]:
    found = _COMMAND.match(text, at)
    if found is None:
        raise Unread("unread", at)
    name, end = found.group()[1:], found.end()
    if name in {"left", "right", "bigl", "bigr", "Bigl", "Bigr", "big", "Big", "mleft", "mright"}:
        if text.startswith(".", end):
            end += 1
        elif text.startswith("|", end) or text.startswith("\\vert", end):
            out.append(
                Token("|open" if name[-1] != "r" and "right" not in name else "|close", "|", at, end + 1, spaced)
            )
            return end + (1 if text[end] == "|" else 5), False
        return end, True
    if name in {"lvert", "rvert"}:
        out.append(Token("|open" if name == "lvert" else "|close", "|", at, end, spaced))
        return end, False
    if name in _COMMAND_SPACES:
        return end, True
    if name == "\\":
        out.append(Token("row", name, at, end, spaced))
        return end, False
    if name in {"begin", "end"}:
        environment = re.compile(r"\{([bpv]?matrix|cases|array)\}(?:\{[clr|]+\})?").match(text, end)
        if environment is None or environment.group(1) == "vmatrix":
            raise Unread("unread", at)
        kind = "begin" if name == "begin" else "finish"
        out.append(Token(kind, environment.group(1), at, environment.end(), spaced))
        return environment.end(), False
    if name in _COMMAND_TEXT:
        words = re.compile(r"\s*\{([A-Za-z .']*)\}").match(text, end)
        if words is None:
            raise Unread("unread", at)
        found_words = re.compile(r"[A-Za-z']+").finditer(text, words.start(1), words.end(1))
        out.extend(Token("text", word.group(), word.start(), word.end(), True) for word in found_words)
        return words.end(), True
    if name == "mathbb":
        reals = re.compile(r"\s*\{R\}|\s*R").match(text, end)
        if reals is None:
            raise Unread("unread", at)
        out.append(Token("reals", "R", at, reals.end(), spaced))
        return reals.end(), False
    if name in {"emptyset", "varnothing"}:
        out.append(Token("emptyset", name, at, end, spaced))
    elif name in _COMMAND_SIGNS:
        out.append(Token(_COMMAND_SIGNS[name], name, at, end, spaced))
    elif name in {"exponentialE", "imaginaryI", "pi", "infty"} or name in FUNCTIONS - {"sqrt"}:
        spoken = {"exponentialE": "e", "imaginaryI": "i", "infty": "inf"}.get(name, name)
        out.append(Token("name", spoken, at, end, spaced))
    elif name in _COMMAND_KEPT:
        out.append(Token("cmd", name, at, end, spaced))
    else:
        raise Unread("unread", at)
    return end, False


@dataclass(frozen=True, slots=True)
class Manner:
    """How a text may be read.

    `letters`: the variables of the keys; a run of other letters is taken for a word. None (keys themselves): up to
    three letters are a product. `thousands`: `12,000` is a number rather than a list of two.
    """

    letters: frozenset[str] | None = None
    thousands: bool = True
    mixed: bool = True


class Parser:
    def __init__(self, text: str, manner: Manner) -> None:
        self.text, self.manner = text, manner
        self.tokens = tokens(text, manner.thousands)
        self.at, self.depth, self.bars = 0, 0, 0

    # -- moving ----------------------------------------------------------------------------------------------------

    @property
    def here(self) -> Token:
        return self.tokens[self.at]

    def ahead(self, offset: int) -> Token:
        return self.tokens[min(self.at + offset, len(self.tokens) - 1)]

    def take(self, *kinds: str) -> Token | None:
        if self.here.kind in kinds:
            self.at += 1
            return self.tokens[self.at - 1]
        return None

    def need(self, kind: str) -> None:
        if self.take(kind) is None:
            raise self.stuck()

    def stuck(self) -> Unread:
        return Unread("unfinished" if self.here.kind == "end" else "unread", self.here.start)

    def deeper(self, parse: Callable[[], Node]) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Unread("too_deep", self.here.start)
        node = parse()
        self.depth -= 1
        return node

    # -- grammar ---------------------------------------------------------------------------------------------------

    def everything(self) -> Node:
        if self.here.kind == "end":
            raise Unread("empty", 0)
        self.take("=")
        node = self.listing()
        if self.here.kind != "end":
            raise self.stuck()
        return node

    def listing(self) -> Node:
        items = [self.item()]
        joints: set[str] = set()
        while True:
            joint = self.joint()
            if joint is None:
                break
            joints.add(joint)
            items.append(self.item())
        if len(items) == 1:
            return items[0]
        words = joints - {","}
        return Listing(tuple(items), words.pop() if len(words) == 1 else ",")

    def joint(self) -> str | None:
        if self.take(",", ";"):
            self.joint()  # "1, 2, or 3"
            return ","
        word = self.here
        if word.kind in {"or", "and"}:
            self.at += 1
            return word.kind
        if word.kind in {"name", "text"} and word.text.lower() in {"or", "and"}:
            self.at += 1
            return word.text.lower()
        return None

    def item(self) -> Node:
        phrase = self.phrase()
        return phrase if phrase is not None else self.relation()

    def phrase(self) -> Node | None:
        words: list[str] = []
        best: tuple[int, str] | None = None
        while self.ahead(len(words)).kind in {"name", "text", "'"} and len(words) < 7:
            token = self.ahead(len(words))
            words.append(token.text)
            said = re.sub(r" ' ", "'", " ".join(words)).lower()
            if said in PHRASES and self.ahead(len(words)).kind in {"end", ",", ";", "or", "and"}:
                best = (len(words), said)
        if best is None:
            return None
        self.at += best[0]
        return Phrase(PHRASES[best[1]], best[1])

    def relation(self) -> Node:
        sides, signs = [self.union()], []
        while self.here.kind in {"=", "!=", "<", ">", "<=", ">="}:
            signs.append(self.here.kind)
            self.at += 1
            phrase = self.phrase()
            sides.append(phrase if phrase is not None else self.union())
        return Relation(tuple(sides), tuple(signs)) if signs else sides[0]

    def union(self) -> Node:
        args = [self.sum()]
        sign = ""
        while True:
            word = self.here
            between_sets = (
                isinstance(args[-1], Tuple | SetOf) and word.kind in {"name", "text"} and word.text in {"U", "u"}
            )
            if not (word.kind in {"cup", "cap"} or between_sets):
                break
            self.at += 1
            sign = r"\cap" if word.kind == "cap" else r"\cup"
            args.append(self.sum())
        return Union(tuple(args), sign) if sign else args[0]

    def sum(self) -> Node:
        lead = self.take("+", "-", "±")
        first = self.deeper(self.product)
        total: list[Node] = [Neg(first) if lead is not None and lead.kind == "-" else first]
        if lead is not None and lead.kind == "±":
            total = [PlusMinus(None, first)]
        while self.here.kind in {"+", "-", "±"}:
            sign = self.here.kind
            self.at += 1
            flips = 0
            while self.here.kind in {"+", "-"}:  # 3 - -2
                flips += self.here.kind == "-"
                self.at += 1
            term = self.deeper(self.product)
            if flips % 2:
                term = Neg(term)
            if sign == "±":
                left = total[0] if len(total) == 1 else Add(tuple(total))
                total = [PlusMinus(left, term)]
            else:
                total.append(Neg(term) if sign == "-" else term)
        return total[0] if len(total) == 1 else Add(tuple(total))

    def product(self) -> Node:
        done: Node = self.signed_factor()
        factors: list[Node] = [done]
        written = ""

        def closed() -> Node:
            return factors[0] if len(factors) == 1 else Mul(tuple(factors), written)

        while True:
            token = self.here
            if token.kind in {"*", "/", "÷"}:
                self.at += 1
                right = self.deeper(self.signed_factor)
                if token.kind == "*":
                    written = written or (r"\times" if "times" in token.text or token.text == "×" else r"\cdot")
                    factors.append(right)
                else:
                    factors, written = [Div(closed(), right)], ""
            elif self.starts_factor():
                before = factors[-1]
                if (
                    token.kind == "num"
                    and isinstance(bare(before), Num | Sym | Mixed | Pow)
                    and not isinstance(before, Group)
                ):
                    raise self.stuck()
                factors.append(self.factor())
            else:
                return closed()

    def signed_factor(self) -> Node:
        negative = False
        while True:
            sign = self.take("+", "-")
            if sign is None:
                break
            negative ^= sign.kind == "-"
        node = self.factor()
        return Neg(node) if negative else node

    def starts_factor(self) -> bool:
        token = self.here
        if token.kind in {"name", "text"}:
            return token.text.lower() not in {"or", "and"} and not (token.text in {"U", "u"} and self.after_set())
        if token.kind == "|":
            return self.bars == 0
        return token.kind in {"num", "(", "{", "cmd", "|open", "$", "begin"}

    def after_set(self) -> bool:
        return self.tokens[self.at - 1].kind in {")", "]", "}"} and self.ahead(1).kind in {"(", "[", "{", "\\{"}

    def factor(self) -> Node:
        node = self.primary()
        while True:
            token = self.here
            if token.kind == "!":
                self.at += 1
                if isinstance(node, Func) and node.name == "factorial":
                    raise TooBig
                node = Func("factorial", node)
            elif token.kind == "%":
                self.at += 1
                node = Percent(node)
            elif token.kind == "cmd" and token.text == "degree":
                self.at += 1
                node = Quantity(node, "degree")
            elif token.kind == "^":
                self.at += 1
                braced_degree = self.here.kind == "{" and self.ahead(1).text in {"circ", "degree"}
                if self.here.text in {"circ", "degree"} or braced_degree:
                    self.at += 3 if braced_degree else 1
                    node = Quantity(node, "degree")
                else:
                    node = Pow(node, self.deeper(self.exponent))
            elif token.kind in {"name", "text"} and token.text.lower() in {"percent", "pct"}:
                self.at += 1
                node = Percent(node)
            elif isinstance(node, Num | Mixed | Div | Quantity) and self.unit() is not None:
                unit = self.unit()
                assert unit is not None
                self.at += 1
                node = Quantity(node.arg if isinstance(node, Quantity) else node, unit)
            else:
                return node

    def unit(self) -> str | None:
        token = self.here
        known = token.kind in {"name", "text"} and token.text.lower() in UNITS
        if not known or (token.kind == "name" and self.manner.letters and set(token.text) <= self.manner.letters):
            return None
        return token.text.lower()

    def exponent(self) -> Node:
        negative = False
        while self.here.kind in {"+", "-"}:
            negative ^= self.here.kind == "-"
            self.at += 1
        node = self.primary()
        if self.take("^"):
            node = Pow(node, self.deeper(self.exponent))
        return Neg(node) if negative else node

    def primary(self) -> Node:
        token = self.here
        match token.kind:
            case "num":
                self.at += 1
                return self.mixed(Num(token.text))
            case "name" | "text":
                return self.name()
            case "cmd":
                return self.command()
            case "(" | "[":
                return self.deeper(self.bracketed)
            case "{":
                return self.deeper(self.braces)
            case "\\{":
                self.at += 1
                if self.take("\\}"):
                    return SetOf(())
                inside = self.deeper(self.listing)
                self.need("\\}")
                return SetOf(inside.items if isinstance(inside, Listing) else (inside,))
            case "|" | "|open":
                self.at += 1
                self.bars += 1
                inside = self.deeper(self.sum)
                self.bars -= 1
                self.need("|" if token.kind == "|" else "|close")
                return Func("abs", inside)
            case "$":
                self.at += 1
                negative = self.take("-")
                if self.here.kind != "num":
                    raise self.stuck()
                number = self.primary()
                return Quantity(Neg(number) if negative else number, "$")
            case "emptyset":
                self.at += 1
                return Phrase("none", "∅")
            case "reals":
                self.at += 1
                return Phrase("reals", "ℝ")
            case "begin":
                return self.deeper(self.matrix)
        raise self.stuck()

    def mixed(self, whole: Num) -> Node:
        r"""`2 1/3`, `2\frac{1}{3}` and `2-1/3` differ: only the first two are mixed numbers."""
        if not self.manner.mixed or not whole.text.isdigit():
            return whole
        first, slash, second = self.here, self.ahead(1), self.ahead(2)
        typed = first.kind == "num" and first.spaced and slash.kind == "/" and second.kind == "num"
        if typed and _is_fraction(first.text, second.text):
            self.at += 3
            return Mixed(whole, Num(first.text), Num(second.text))
        if first.kind == "cmd" and first.text.endswith("frac"):
            start = self.at
            fraction = self.command()
            if isinstance(fraction, Div):
                top, bottom = bare(fraction.top), bare(fraction.bottom)
                if isinstance(top, Num) and isinstance(bottom, Num) and _is_fraction(top.text, bottom.text):
                    return Mixed(whole, top, bottom)
            self.at = start
        return whole

    def argument(self) -> Node:
        r"""What a LaTeX command takes: a braced group, or the next single token (`\frac12` is one half)."""
        if self.here.kind == "{":
            self.at += 1
            if self.here.kind == "}":
                raise Unread("placeholder", self.here.start)
            inside = self.deeper(self.sum)
            self.need("}")
            return inside
        token = self.here
        if token.kind == "num":
            if len(token.text) > 1 and token.text.isdigit():
                first, rest = token.text[0], token.text[1:]
                self.tokens[self.at] = replace(token, text=rest, start=token.start + 1, spaced=False)
                return Num(first)
            self.at += 1
            return Num(token.text)
        if token.kind == "name":
            if len(token.text) > 1 and token.text not in {"pi"}:
                self.tokens[self.at] = replace(token, text=token.text[1:], start=token.start + 1, spaced=False)
                return self.letter(token.text[0])
            return self.name()
        if token.kind == "cmd":
            return self.command()
        if token.kind in {"(", "|open"}:
            return self.primary()
        raise self.stuck()

    def command(self) -> Node:
        token = self.here
        self.at += 1
        if token.text.endswith("frac"):
            top = self.deeper(self.argument)
            return Div(top, self.deeper(self.argument))
        if token.text == "sqrt":
            index: Node | None = None
            if self.take("["):
                index = self.deeper(self.sum)
                self.need("]")
            return Root(self.deeper(self.argument), None if index == Num("2") else index)
        if token.text in _GREEK:
            return Sym("\\" + token.text + self.subscript())
        if token.text == "placeholder":
            raise Unread("placeholder", token.start)
        self.at -= 1
        raise self.stuck()

    def subscript(self) -> str:
        if not self.take("_"):
            return ""
        braced = self.take("{") is not None
        token = self.here
        if token.kind not in {"num", "name", "text"} or len(token.text) > 12:
            raise self.stuck()
        self.at += 1
        if braced:
            self.need("}")
        return f"_{{{token.text}}}" if len(token.text) > 1 else f"_{token.text}"

    def letter(self, char: str) -> Node:
        return Const(char) if char in {"e", "i"} else Sym(char)

    def name(self) -> Node:
        token = self.here
        word = token.text
        low = word.lower()
        if low in _INFINITIES:
            self.at += 1
            return Const("inf")
        if low == "pi":
            self.at += 1
            return Const("pi")
        if low in FUNCTIONS:
            self.at += 1
            return self.function(low)
        for size in range(len(word) - 1, 1, -1):  # "xsqrt(2)": letters, then a function that is being applied
            if word[-size:].lower() in FUNCTIONS and self.ahead(1).kind in {"(", "{", "^", "_"}:
                return self.split(token, len(word) - size)
        if len(word) > 2 and low.startswith("pi"):  # "pir^2"
            return self.split(token, 2)
        if len(word) == 1:
            self.at += 1
            applied = [self.ahead(i) for i in range(4)]
            if word in "fghFGHP" and [t.kind for t in applied] == ["(", "name", ")", "="] and len(applied[1].text) == 1:
                self.at += 3
                return Sym(f"{word}({applied[1].text})")
            tail = self.subscript()
            return Sym(word + tail) if tail else self.letter(word)
        if token.kind == "text" or not self.is_product(word):
            raise Unread("word", token.start, word)
        return self.split(token, 1)

    def split(self, token: Token, size: int) -> Node:
        """Reads the first `size` characters of a run of letters as a name, leaving the rest as the next token."""
        head = replace(token, text=token.text[:size], end=token.start + size)
        tail = replace(token, text=token.text[size:], start=token.start + size, spaced=False)
        self.tokens[self.at : self.at + 1] = [head, tail]
        if size == 1:
            self.at += 1
            return self.letter(head.text)
        return self.name()

    def is_product(self, word: str) -> bool:
        letters = self.manner.letters
        if letters is not None and set(word.lower()) <= {letter.lower() for letter in letters}:
            return True
        if word.lower() in _NOT_PRODUCTS:
            return False
        if letters is None:
            return len(word) <= 3
        return len(word) <= 2 or (len(word) == 3 and len(set(word) & letters) >= 2)

    def function(self, name: str) -> Node:
        base: Node | None = None
        power: Node | None = None
        if name == "log" and self.take("_"):
            base = self.deeper(self.argument) if self.here.kind == "{" else self.small_base()
        if self.take("^"):
            power = self.deeper(self.exponent)
        token = self.here
        if token.kind in {"(", "{", "|", "|open"} or (token.kind == "[" and name not in {"sqrt"}):
            inside = self.primary()
        elif token.kind == "end":
            raise self.stuck()
        else:
            inside = self.deeper(self.plain_argument)
        if isinstance(inside, Tuple):
            raise Unread("unread", token.start)
        if name == "sqrt":
            node: Node = Root(bare(inside))
        elif name == "cbrt":
            node = Root(bare(inside), Num("3"))
        else:
            node = Func(_FUNCTION_NAMES.get(name, name), bare(inside), base)
        if power is None:
            return node
        if power in (Neg(Num("1")), Group(Neg(Num("1")))) and name in {"sin", "cos", "tan"}:
            return Func("arc" + name, bare(inside))
        return Pow(node, power)

    def small_base(self) -> Node:
        token = self.here
        if token.kind in {"num", "name"} and len(token.text) <= 3:
            self.at += 1
            return Num(token.text) if token.kind == "num" else self.letter(token.text[0])
        raise self.stuck()

    def plain_argument(self) -> Node:
        """`sin 2x`, `ln x`: factors up to the next function or sign."""
        factors = [self.factor()]
        while self.starts_factor() and self.here.text.lower() not in FUNCTIONS and self.here.kind not in {"(", "num"}:
            factors.append(self.factor())
        return factors[0] if len(factors) == 1 else Mul(tuple(factors))

    def bracketed(self) -> Node:
        opening = self.here
        self.at += 1
        bars, self.bars = self.bars, 0
        inside = self.listing()
        self.bars = bars
        closing = self.take(")", "]")
        if closing is None:
            raise self.stuck()
        if isinstance(inside, Listing) and inside.joint == ",":
            return Tuple(inside.items, opening.kind, closing.kind)
        if (opening.kind, closing.kind) not in {("(", ")"), ("[", "]")}:
            raise Unread("unread", closing.start)
        return Group(inside)

    def braces(self) -> Node:
        self.need("{")
        if self.take("}"):
            return SetOf(())
        inside = self.listing()
        self.need("}")
        if isinstance(inside, Listing):
            return SetOf(inside.items)
        return inside if isinstance(inside, Num | Sym | Const | Group) else Group(inside)

    def matrix(self) -> Node:
        environment = self.here.text
        self.at += 1
        rows: list[list[Node]] = [[]]
        while True:
            rows[-1].append(self.relation())
            if self.take("&"):
                continue
            if self.take("row"):
                if self.here.kind == "finish":
                    break
                rows.append([])
                continue
            break
        closing = self.take("finish")
        if closing is None or closing.text != environment:
            raise self.stuck()
        if environment == "cases":
            return Listing(tuple(row[0] for row in rows), "and")
        if len({len(row) for row in rows}) != 1:
            raise Unread("unread", closing.start)
        return Matrix(tuple(tuple(row) for row in rows))


def _is_fraction(top: str, bottom: str) -> bool:
    return top.isdigit() and bottom.isdigit() and int(bottom) > 0


def strip_delimiters(typed: Typed) -> Typed:
    r"""Without the `$...$`, `$$...$$`, `\(...\)` and `\[...\]` around mathematics, and without a closing full stop."""
    text, origin = typed.text, typed.origin

    def cut(start: int, end: int) -> None:
        nonlocal text, origin
        text, origin = text[start:end], origin[start:end]

    blanked = text.replace("$$", "  ")
    if (
        blanked.count("$") >= 2
        and blanked.count("$") % 2 == 0
        and not re.search(r"\$\s*\d[\d.,]*\s*(,|;|and|or|$)", blanked)
    ):
        blanked = re.sub(r"(?<!\\)\$", " ", blanked)
    elif re.fullmatch(r"\s*\$[^$]+\$\s*", blanked):
        blanked = blanked.replace("$", " ")
    for opening, closing in ((r"\(", r"\)"), (r"\[", r"\]")):
        if blanked.strip().startswith(opening) and blanked.strip().endswith(closing):
            blanked = blanked.replace(opening, "  ").replace(closing, "  ")
    text = blanked
    cut(len(text) - len(text.lstrip()), len(text.rstrip()))
    while text and text[-1] in ".?" and not text.endswith("\\."):
        cut(0, len(text.rstrip(".?")))
        cut(0, len(text.rstrip()))
    return Typed(text, origin)


def read(raw: str, manner: Manner | None = None) -> Node:
    """The node that `raw` says. Raises Unread (with an index into `raw`), TooBig, HiddenCharacters."""
    typed = strip_delimiters(clean(raw))
    try:
        node = Parser(typed.text, manner or Manner()).everything()
    except Unread as stop:
        index = typed.original_index(stop.index) if stop.index < len(typed.text) else len(raw)
        raise Unread(stop.code, index, stop.word) from None
    weigh(node)
    return node


def readings(raw: str, manner: Manner) -> list[Node]:
    """Every sensible reading, the likeliest first. Raises what `read` raises where there is none."""
    first = read(raw, manner)
    found = [first]
    if "," in raw and manner.thousands and re.search(r"\d,\d{3}(?!\d)", raw):
        try:
            other = read(raw, replace(manner, thousands=False))
            if other != first:
                found.append(other)
        except (Unread, TooBig):
            pass
    return found
