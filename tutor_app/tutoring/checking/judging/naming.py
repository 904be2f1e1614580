"""Reading names: variables, functions, constants, and what is a name though it looks like a product."""

from __future__ import annotations

import re
from dataclasses import replace

from .cursor import Cursor
from .lexicon import ABBREVIATIONS, FUNCTION_NAMES, FUNCTIONS, GREEK, INFINITIES, NOT_PRODUCTS, NUMBER_WORDS, PARTS
from .lexing import RELATIONS, Token, Unread
from .nodes import Add, Const, Func, Group, Mul, Neg, Node, Num, Pow, Root, Sym, Tuple, bare

_TAKEN_OF = r"(?:(?:arc)?(?:sin|cos|tan)|sec|csc|cot|ln|log)"  # functions that are written without brackets
_RUN = re.compile(rf"({_TAKEN_OF})(?:[a-zA-Z](?:{_TAKEN_OF}[a-zA-Z]?)?)|([a-zA-Z]){_TAKEN_OF}[a-zA-Z]?")
MAX_NAME = 24  # characters of a subscript, or tokens inside a probability
_SPOKEN = {"|open": "|", "|close": "|", "cup": " or ", "cap": " and ", "or": " or ", "and": " and "}

# What may stand before "=" and is a name rather than a product: f(x), f'(2), f^{-1}(x), (f∘g)(x), C(n), y''.
_HEAD = re.compile(
    r"(?:[pqrstuvwFGHCPRTVNSALEWMQDKfgh](?:_\{?\w+\}?)?(?:'{1,3}|\^\{?\(?-1\)?\}?|\^\{'+\})?"
    r"\((?:[a-z]|\\theta|-?\d+)\)"
    r"|[xy]'{0,3}\([xt]\)"
    r"|[fghFGH](?:'{1,3}|\^\{?\(?-1\)?\}?|\^\{'+\})?\((?:[a-z][+-]\d+|[fgh]\([a-z]\))\)"
    r"|\(?[fgh](?:\\circ|∘|\*|\\cdot|[+\-/])[fgh]\)?\([a-z\d]+\)"
    r"|(?:det|rank|tr|dim|nullity|gcd|lcm|GCF|GCD|LCM|E|Var|SD)\([A-Z\d,]{1,12}\)|E\[[A-Z]\]"
    r"|[a-zA-Z](?:'{1,3}|\^\{'+\}))"
)
_OF_AN_INDEX = re.compile(r"([a-zA-Z])\((\w+)\)")  # a(n), where a_n is known


def _starts_function(token: Token) -> bool:
    word = token.text.lower()
    return word in FUNCTIONS or (token.kind == "name" and re.fullmatch(rf"{_TAKEN_OF}[a-z]", word) is not None)


def _said(part: Token) -> str:
    """A token of a probability's inside as its name has it: `\\leq` as `<=`, `∪` as "or"."""
    return part.kind if part.kind in RELATIONS else _SPOKEN.get(part.kind, _SPOKEN.get(part.text.lower(), part.text))


class Naming(Cursor):
    def head(self, *, at_end: bool = False) -> Node | None:
        """The name of a function applied, before an equals sign (or alone after one): it is not a product."""
        if self.here.kind not in {"name", "("}:
            return None
        offset = 0
        while self.ahead(offset).kind not in {"=", "end", ","} and offset < 14:
            offset += 1
        if self.ahead(offset).kind != ("end" if at_end else "=") or offset < 2:
            return None
        written = self.text[self.here.start : self.ahead(offset).start]
        spaces = r"\\left|\\right|\\prime|\\(?=det|dim|gcd)|\s"
        name = re.sub(spaces, lambda found: "'" if "prime" in found.group() else "", written)
        name = re.sub(r"^E\[(\w)\]$", r"E(\1)", re.sub(r"\\frac\{([fgh])\}\{([fgh])\}", r"\1/\2", name))
        known = self.manner.letters or frozenset()
        indexed = _OF_AN_INDEX.fullmatch(name)
        if at_end and name[0] not in "fghFGH" and name not in known:  # r(s) there is a product more often
            return None
        if not _HEAD.fullmatch(name) and not (indexed and f"{indexed.group(1)}_{indexed.group(2)}" in known):
            return None
        self.at += offset
        return Sym(re.sub(r"\^\{?\(?-1\)?\}?", "^{-1}", re.sub(r"\^\{('+)\}", r"\1", name)))

    def braced_text(self) -> str:
        """The text of a braced group (or of the next token) as part of a name."""
        start = self.here
        if start.kind not in {"{", "name", "num", "cmd", "text"}:
            raise self.stuck()
        depth, end = 0, self.at
        while True:
            kind = self.tokens[end].kind
            if kind == "end":
                raise Unread("unfinished", self.tokens[end].start)
            depth += (kind == "{") - (kind == "}")
            end += 1
            if depth == 0:
                break
        written = self.text[start.start : self.tokens[end - 1].end]
        inside = re.sub(r"\\(?:text|mathrm|left|right|,)|\s", "", written.removeprefix("{").removesuffix("}"))
        inside = re.sub(r"[{}]", "", inside) if "\\" not in inside else inside
        if not inside or len(inside) > MAX_NAME or not re.fullmatch(r"[\w+\-*/,.=<>()\\{}^']+", inside):
            raise self.stuck()
        self.at = end
        return inside

    def subscript(self, base: str = "") -> str:
        if not self.take("_"):
            return ""
        token = self.here
        if token.kind == "(":  # a_(n-1)
            size = next((size for size in range(1, 7) if self.ahead(size).kind == ")"), None)
            if size is not None:
                inside = "".join(self.ahead(place).text for place in range(1, size))
                self.at += size + 1
                return f"_{{{inside}}}" if len(inside) > 1 else f"_{inside}"
        if token.kind == "name" and len(token.text) > 1 and self.manner.letters is not None:
            # `x_ab` typed: the shortest beginning that is known, else all of it
            for size in range(1, len(token.text)):
                beginning = token.text[:size]
                if {f"{base}_{beginning}", f"{base}_{{{beginning}}}"} & self.manner.letters:
                    tail = replace(token, text=token.text[size:], start=token.start + size, spaced=False)
                    self.tokens[self.at] = tail
                    return f"_{{{beginning}}}" if size > 1 else f"_{beginning}"
            self.at += 1
            return f"_{{{token.text}}}"
        text = self.braced_text()
        return f"_{{{text}}}" if len(text) > 1 else f"_{text}"

    def letter(self, char: str) -> Node:
        return Const(char) if char in {"e", "i"} else Sym(char)

    def name(self) -> Node:
        token = self.here
        word = token.text
        low = word.lower()
        if low in INFINITIES:
            self.at += 1
            return Const("inf")
        if low == "pi":
            self.at += 1
            return Const("pi")
        if low in FUNCTIONS:
            self.at += 1
            return self.function(low)
        if low in NUMBER_WORDS:
            return self.spoken_number()
        if low in {"a", "an"} and self.manner.parts and self.word(1) in PARTS:
            self.at += 1
            return Num("1")
        if len(word) == 1:
            return self.second_derivative() or self.single(word)
        if word in ABBREVIATIONS and (self.ahead(1).kind == "=" or self.is_after_equals()):
            self.at += 1
            return Sym(word)
        if f"{word[0]}_{word[1:]}" in (self.manner.letters or ()):
            self.at += 1
            return Sym(f"{word[0]}_{word[1:]}")  # an for a_n
        derived = self.derivative(word)
        if derived is not None:
            return derived
        if self.known_letters(word):
            return self.split(token, 1)
        if word in {"Delta", "nabla"}:
            self.at += 1
            return self.of_change("\\" + word)
        if word in GREEK:
            self.at += 1
            return Sym("\\" + word + self.subscript("\\" + word))
        size = self.known_beginning(word)
        if size:
            return self.split(token, size)
        for size in range(len(word) - 1, 1, -1):  # "xsqrt(2)": letters, then a function that is being applied
            if word[-size:].lower() in FUNCTIONS and self.ahead(1).kind in {"(", "{", "^", "_"}:
                return self.split(token, len(word) - size)
        for size in range(min(6, len(word) - 1), 1, -1):  # "sinx", "lnx": a function of one letter
            if word[:size] in FUNCTIONS and len(word) - size == 1:
                return self.split(token, size)
        run = _RUN.fullmatch(word)
        if run is not None and not self.known_letters(word):  # "sinxcosx", "xlnx"
            return self.split(token, len(next(part for part in run.groups() if part)))
        if len(word) == 3 and low.endswith("pi"):  # "kpi"
            return self.split(token, 1)
        if len(word) > 2 and low.startswith("pi") and len(word) < 5:  # "pir^2"
            return self.split(token, 2)
        if re.fullmatch(r"[a-zA-Z](bar|hat)", word):
            self.at += 1
            return Sym(f"\\{word[1:]}{{{word[0]}}}")
        if word in {"nCr", "nPr"} and self.ahead(1).kind == "(":
            self.at += 1
            inside = self.deeper(self.bracketed)
            if isinstance(inside, Tuple) and len(inside.items) == 2:
                return Func("binomial" if word == "nCr" else "permutation", *inside.items)
            raise self.stuck()
        if token.kind == "text" or not self.is_product(word):
            raise Unread("word", token.start, word)
        return self.split(token, 1)

    def is_after_equals(self) -> bool:
        """Whether the word here is all that follows an equals sign."""
        return self.at > 0 and self.tokens[self.at - 1].kind == "=" and self.ahead(1).kind == "end"

    def of_change(self, sign: str) -> Node:
        r"""`\Delta x` and `\nabla f` are one name; the sign alone is a name too."""
        token = self.here
        if token.kind == "name" and len(token.text) > 1 and f"{sign} {token.text[0]}" in (self.manner.letters or ()):
            return Sym(f"{sign} {token.text[0]}") if self.split(token, 1) else Sym(sign)
        if token.kind == "name" and len(token.text) == 1:
            named = self.single(token.text)
            if isinstance(named, Sym):
                return Sym(f"{sign} {named.name}")
            self.at -= 1
        return Sym(sign + self.subscript())

    def spoken_number(self) -> Node:
        """`three hundred forty-five`, `twenty one`; a word such as `million` after it is read as it is after digits."""
        total = current = 0
        while (low := self.word()) in NUMBER_WORDS or (low == "hundred" and 0 < current < 10):
            value = int(NUMBER_WORDS.get(low, "0"))
            if low == "hundred":
                current *= 100
                self.at += self.word(1) == "and" and self.word(2) in NUMBER_WORDS
            elif current % 10 or (current % 100 and value > 9) or (current % 100 == 10):
                break
            else:
                current += value
            self.at += 1
            hyphen = self.here.kind == "-" and not self.here.spaced and 0 < current % 100 >= 20 and current % 10 == 0
            if hyphen and 0 < int(NUMBER_WORDS.get(self.word(1), "0")) < 10:
                self.at += 1
            if self.word() == "thousand" and not total and current > 0 and self.word(1) in NUMBER_WORDS:
                total, current = current * 1000, 0
                self.at += 1
        return Num(str(total + current))

    def single(self, word: str) -> Node:
        """One letter: a variable, perhaps with an index or primes, or the start of a probability."""
        self.at += 1
        if self.here.kind == "-" and self.word(1) in {"hat", "bar"} and self.ahead(2).kind == "=":  # y-hat = 2x
            self.at += 2
            return Sym(f"\\{self.tokens[self.at - 1].text}{{{word}}}")
        tail = self.subscript(word)
        while self.here.kind == "'" and not self.here.spaced:
            self.at += 1
            tail += "'"
        if word in {"P", "p"} and not tail and self.here.kind == "(":
            probability = self.probability(spoken_only=word == "p")
            if probability is not None:
                return probability
        return Sym(word + tail) if tail else self.letter(word)

    def derivative(self, word: str) -> Node | None:
        """`dy/dx` typed in one line."""
        below = self.ahead(2)
        if self.ahead(1).kind != "/" or below.kind != "name" or not re.fullmatch("d[a-zA-Z]", word):
            return None
        if not re.fullmatch("d[a-zA-Z]", below.text) or below.text == word:
            return None
        self.at += 3
        return Sym(f"{word}/{below.text}")

    def second_derivative(self) -> Node | None:
        """`d^2y/dx^2` typed in one line."""
        for size in (8, 12):  # the longer one with braces, which stand for raised digits
            pieces = "".join(self.ahead(offset).text for offset in range(size))
            found = re.fullmatch(r"d\^\{?([2-4])\}?([a-zA-Z])/d([a-zA-Z])\^\{?([2-4])\}?", pieces)
            if found is not None and pieces.count("{") == pieces.count("}"):
                break
        if found is None or found.group(1) != found.group(4):
            return None
        self.at += size
        return Sym(f"d^{found.group(1)}{found.group(2)}/d{found.group(3)}^{found.group(4)}")

    def probability(self, *, spoken_only: bool) -> Node | None:
        """`P(A|B)`, `P(X < 3)`: a name of its own, if a bar, a relation or an event in capitals stands inside."""
        end, depth = self.at, 0
        while True:
            kind = self.tokens[end].kind
            if kind == "end":
                return None
            depth += (kind == "(") - (kind == ")")
            end += 1
            if depth == 0:
                break
        inside = self.tokens[self.at + 1 : end - 1]
        events = all(part.kind in {"name", "text", "or", "and", "'"} for part in inside)
        spoken = any(part.kind in RELATIONS | {"|", "|open", "cup", "cap"} for part in inside)
        capitals = events and any(part.text[0].isupper() for part in inside)
        if not (spoken or (capitals and not spoken_only)) or len(inside) > MAX_NAME:
            return None
        self.at = end
        return Sym("P(" + "".join(map(_said, inside)) + ")")

    def split(self, token: Token, size: int) -> Node:
        """Reads the first `size` characters of a run of letters as a name, leaving the rest as the next token."""
        head = replace(token, text=token.text[:size], end=token.start + size)
        tail = replace(token, text=token.text[size:], start=token.start + size, spaced=False)
        self.tokens[self.at : self.at + 1] = [head, tail]
        return self.single(head.text) if size == 1 else self.name()

    def known_letters(self, word: str) -> bool:
        letters = self.manner.letters
        return letters is not None and set(word) <= letters

    def known_beginning(self, word: str) -> int:
        """How long the first factor of a run is, where all of it is factors: `hrpi`, `mcDeltaT`, `Imu`; 0 elsewhere."""
        letters = self.manner.letters
        if letters is None or len(word) > MAX_NAME:
            return 0
        greek = {name[1:].split("_")[0] for name in letters if name[:1] == "\\"}
        names = "|".join(sorted({"pi", *filter(str.isalpha, greek)}))
        changes = {name.split()[-1][:1] for name in letters if name.startswith("\\Delta ")}
        changed = f"|Delta(?=[{''.join(sorted(changes))}]|$)" if changes else ""
        singles = "".join(sorted(name for name in letters | changes if len(name) == 1 and name.isalpha()))
        one = rf"(?:{names}{changed}" + (f"|[{singles}])" if singles else ")")
        run = re.fullmatch(rf"({one}){one}+", word)
        return len(run.group(1)) if run else 0

    def is_product(self, word: str) -> bool:
        letters = self.manner.letters
        if letters is not None and set(word.lower()) <= {letter.lower() for letter in letters}:
            return True
        between_signs = self.at > 0 and self.tokens[self.at - 1].kind in {"+", "-", "*", "/", "="}
        if letters is None and (between_signs or self.ahead(1).kind == "^"):
            return len(word) <= 3  # v = v_0 + at
        if word.lower() in NOT_PRODUCTS:
            return False
        if letters is None:
            return len(word) <= 3
        return len(word) <= 2 or (len(word) == 3 and len(set(word) & letters) >= 2)

    def function(self, name: str) -> Node:
        base: Node | None = None
        power: Node | None = None
        if name == "log":
            base = self.base()
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
            return self.of_two(name, inside, token)
        if name in {"root", "nthroot"}:
            raise Unread("unread", token.start)
        if name == "sqrt":
            node: Node = Root(bare(inside))
        elif name == "cbrt":
            node = Root(bare(inside), Num("3"))
        elif name == "cis":
            angle = bare(inside)
            node = Group(Add((Func("cos", angle), Mul((Const("i"), Func("sin", angle))))))
        else:
            node = Func(FUNCTION_NAMES.get(name, name), bare(inside), base)
        if power is None:
            return node
        if power in (Neg(Num("1")), Group(Neg(Num("1")))) and name in {"sin", "cos", "tan"}:
            return Func("arc" + name, bare(inside))
        return Pow(node, power)

    def of_two(self, name: str, pair: Tuple, token: Token) -> Node:
        """`log(8, 2)`, the logarithm to the base 2, and `root(x, 3)` or `root(3, x)`, the cube root."""
        if len(pair.items) == 2 and pair.open == "(":
            first, second = map(bare, pair.items)
            if name == "log":
                return Func("log", first, second)
            if name in {"root", "nthroot"} and isinstance(second, Num):
                return Root(first, second)
            if name in {"root", "nthroot"} and isinstance(first, Num):
                return Root(second, first)
        raise Unread("unread", token.start)

    def base(self) -> Node | None:
        """The base of a logarithm: `log_2 8`, `log_{b}(x)`, `log2(8)`; None where none is written."""
        if self.take("_"):
            return self.deeper(self.argument) if self.here.kind == "{" else self.small_base()
        if self.here.kind == "num" and not self.here.spaced and self.ahead(1).kind == "(" and not self.ahead(1).spaced:
            return self.small_base()
        return None

    def small_base(self) -> Node:
        token = self.here
        if token.kind == "num" and len(token.text) > 1 and self.ahead(1).kind not in {"(", "|", "|open", "cmd", "name"}:
            return self.argument()  # `\log_28` is the logarithm of 8 to the base 2
        if token.kind in {"num", "name"} and len(token.text) <= 3:
            self.at += 1
            return Num(token.text) if token.kind == "num" else self.letter(token.text[0])
        raise self.stuck()

    def plain_argument(self) -> Node:
        """`sin 2x`, `ln x`: factors up to the next function or sign."""
        factors = [self.factor()]
        while self.starts_factor() and not _starts_function(self.here) and self.here.kind not in {"(", "num"}:
            factors.append(self.factor())
        return factors[0] if len(factors) == 1 else Mul(tuple(factors))
