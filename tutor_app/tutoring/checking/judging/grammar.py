r"""The grammar of answers: a recursive descent parser from tokens to nodes.

Both dialects share it, so `3x^2 - 1/2`, `3x^2-\frac{1}{2}` and MathLive's `3x^2-\frac12` read alike. Nothing is ever
evaluated. Cost is linear in the length, which the caller limits; nesting is limited here.

    listing   := item ((',' | ';' | 'or' | 'and') item)*
    item      := phrase | label ':' item | relation
    relation  := union (('=' | '<' | ...) union)*
    union     := sum (('\cup' | 'U' | '\setminus') sum)*
    sum       := ['-' | '+' | '±'] product (('+' | '-' | '±') product)*
    product   := factor (['*' | '/'] factor)*          juxtaposition multiplies, and binds like '*': 1/2x is (1/2)x
    factor    := primary ('!' | '%' | unit | '^' exponent)*
"""

from __future__ import annotations

import re
from dataclasses import replace

from .enclosing import Enclosing
from .lexicon import (
    BIG,
    DECORATIONS,
    GREEK,
    OPERATION_WORDS,
    PARTS,
    PHRASE_WORDS,
    PHRASES,
    POWER_WORDS,
    RELATION_WORDS,
    REMAINDER_WORDS,
    SCALES,
)
from .lexing import RELATIONS, Token, Unread
from .measuring import Measuring
from .naming import Naming
from .nodes import (
    Add,
    Big,
    Builder,
    Call,
    Div,
    Func,
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
    Ratio,
    Relation,
    Repeating,
    Root,
    SetOf,
    Sym,
    TooBig,
    Tuple,
    Union,
    bare,
    symbols,
)  # fmt: skip

_RELATION_PHRASES = sorted(
    ((phrase.split(), sign) for phrase, sign in RELATION_WORDS.items()), key=lambda p: -len(p[0])
)

JOINING_WORDS = {"or", "and", "except", "but", "union", "out", "with", "by", "if", "when", "for"}
HYPOTHESES = {
    "H0": "H_0", "HO": "H_0", "HNULL": "H_0", "HA": "H_a", "H1": "H_a", "HALT": "H_a", "HALTERNATIVE": "H_a",
}  # fmt: skip


class Parser(Naming, Measuring, Enclosing):
    # -- lists and statements ------------------------------------------------------------------------------------

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
            items.append(Sym("\\ldots") if self.take("dots") else self.item())
        if len(items) == 1:
            return items[0]
        words = joints - {","}
        return Listing(tuple(items), words.pop() if len(words) == 1 else ",")

    def joint(self) -> str | None:
        if self.take(",", ";"):
            self.joint()  # "1, 2, or 3"
            return ","
        word = {"or": "or", "and": "and", "cup": "or", "cap": "and"}.get(self.here.kind) or self.word()
        if word in {"or", "and"} and self.ahead(1).kind != "end":
            self.at += 1
            return word
        return None

    def item(self) -> Node:
        phrase = self.phrase()
        if phrase is None and self.word() == "between":
            self.at += 1
            low = self.sum()
            if self.word() != "and" and self.here.kind != "and":
                raise self.stuck()
            self.at += 1
            return Call("between", (low, self.sum()))
        if phrase is None:
            label = self.label()
            statement = self.with_condition(self.with_sides(self.with_remainder(self.relation())))
            return Call(label, (statement,)) if label else statement
        if self.word() in {"except", "but"} and phrase.meaning == "reals":
            self.at += 1 + (self.word(1) in {"for", "not"})
            removed = self.deeper(self.listing)
            return Union((phrase, removed), "\\setminus")
        return phrase

    def label(self) -> str:
        r"""Takes a name before a statement: `H_0: \mu = 5`. It counts, and is given, only for a hypothesis."""
        if self.here.kind != "name" or len(self.here.text) > 4:
            return ""
        for offset in range(1, 6):
            kind = self.ahead(offset).kind
            if kind == ":":
                name = re.sub(r"[_{}\s]", "", self.text[self.here.start : self.ahead(offset).start]).upper()
                self.at += offset + 1
                return HYPOTHESES.get(name, "")
            if kind not in {"_", "{", "}", "num", "name"}:
                return ""
        return ""

    def with_condition(self, value: Node) -> Node:
        """`x + 1 if x < 0`"""
        if self.word() not in {"if", "when", "for"}:
            return value
        start = self.at
        self.at += 1
        condition = self.relation()
        if isinstance(condition, Relation):
            return Call("case", (value, condition))
        self.at = start
        return value

    def with_sides(self, first: Node) -> Node:
        """`16 ft by 9 ft`, `16 ft x 9 ft`"""
        sides = [first]
        while self.word() == "by" or (self.word() == "x" and isinstance(sides[-1], Quantity)):
            self.at += 1
            sides.append(self.sum())
        return Call("by", tuple(sides)) if len(sides) > 1 else first

    def with_remainder(self, quotient: Node) -> Node:
        """`5 R 2`, `5 remainder 2`, `5 with a remainder of 2`"""
        start = self.at
        self.take(",", "and")
        self.at += self.word() in {"with", "and"}
        self.at += self.word() == "a"
        if self.word() in REMAINDER_WORDS:
            self.at += 1
            self.take(".", ":", "=")
            self.at += self.word() in {"of", "is"}
            if self.starts_factor() or self.here.kind == "-":
                return Call("remainder", (quotient, self.sum()))
        self.at = start
        return quotient

    def phrase(self) -> Phrase | None:
        words: list[str] = []
        best: tuple[int, str] | None = None
        while self.ahead(len(words)).kind in {"name", "text", "'"} and len(words) < PHRASE_WORDS + 1:
            token = self.ahead(len(words))
            words.append(token.text)
            said = re.sub(r" ' ", "'", " ".join(words)).lower()
            closed = self.ahead(len(words)).kind in {"end", ",", ";", "or", "and", "}", "\\}", ")"}
            if said in PHRASES and (closed or self.word(len(words)) in {"except", "but", "or", "and"}):
                best = (len(words), said)
        if best is None:
            return None
        self.at += best[0]
        return Phrase(PHRASES[best[1]], best[1])

    def relation(self) -> Node:
        head = self.head()
        sides, signs = [self.union() if head is None else head], []
        while True:
            sign = self.relation_sign()
            if sign is None:
                break
            signs.append(sign)
            phrase = self.phrase() or self.head(at_end=True)
            sides.append(phrase if phrase is not None else self.union())
        return Relation(tuple(sides), tuple(signs)) if signs else sides[0]

    def relation_sign(self) -> str | None:
        if self.here.kind in RELATIONS:
            self.at += 1
            return self.tokens[self.at - 1].kind
        if self.word() and len(self.here.text) > 1:
            for phrase, sign in _RELATION_PHRASES:
                if all(self.word(offset) == word for offset, word in enumerate(phrase)):
                    self.at += len(phrase)
                    return sign
        return None

    def union(self) -> Node:
        args = [self.sum()]
        sign = ""
        while True:
            between_sets = isinstance(args[-1], Tuple | SetOf | Sym) and self.word() in {"u", "union"}
            if not (self.here.kind in {"cup", "cap", "setminus"} or between_sets):
                break
            if not symbols(args[-1]) and not isinstance(bare(args[-1]), Tuple | SetOf | Union | Phrase | Builder):
                break  # x < -3 ∪ x > 5: between statements
            sign = {"cap": r"\cap", "setminus": r"\setminus"}.get(self.here.kind, r"\cup")
            self.at += 1
            args.append(self.sum())
        return Union(tuple(args), sign) if sign else args[0]

    # -- arithmetic ----------------------------------------------------------------------------------------------

    def sum_sign(self) -> str | None:
        """Takes `+`, `-` or `±`, also in words."""
        if self.word() == "plus" and (self.word(1), self.word(2)) == ("or", "minus"):
            self.at += 3
            return "±"
        kind = self.here.kind if self.here.kind in {"+", "-", "±"} else OPERATION_WORDS.get(self.word(), "")
        if kind not in {"+", "-", "±"} or not kind:
            return None
        self.at += 1
        return kind

    def sum(self) -> Node:
        lead = self.sum_sign()
        first = self.deeper(self.product)
        total: list[Node] = [Neg(first) if lead == "-" else first]
        if lead == "±":
            total = [PlusMinus(None, first)]
        while (sign := self.sum_sign()) is not None:
            flips = 0
            while self.here.kind in {"+", "-"}:  # 3 - -2
                flips += self.here.kind == "-"
                self.at += 1
            if self.here.kind == "dots":
                self.at += 1
                total.append(Sym("\\ldots"))
                continue
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
        factors: list[Node] = [self.signed_factor()]
        written = ""

        def closed() -> Node:
            return factors[0] if len(factors) == 1 else _united(Mul(tuple(factors), written))

        while True:
            token = self.here
            if self.word() == "x" and isinstance(factors[-1], Quantity) and self.ahead(1).kind == "num":
                return closed()  # 16 ft x 9 ft
            sign = self.product_sign(factors[-1])
            if sign in {"/", "÷"}:
                factors, written = [quotient(closed(), self.called(self.deeper(self.signed_factor)))], ""
            elif sign == "*":
                written = written or (r"\times" if token.text in {"times", "×", "x", "X"} else r"\cdot")
                factors.append(self.deeper(self.signed_factor))
            elif sign == ":":
                rest: list[Node] = []
                while self.here.kind == ":" or self.word() == "to":
                    self.at += 1
                    rest.append(self.factor())
                return Ratio((closed(), *rest))
            elif self.starts_factor():
                self.append(factors, token)
            else:
                return closed()

    def called(self, node: Node) -> Node:
        """`C(52, 5)` below a slash."""
        if not (isinstance(node, Sym) and node.name in {"C", "P"} and self.here.kind == "(" and not self.here.spaced):
            return node
        start = self.at
        inside = self.factor()
        if isinstance(inside, Tuple):
            return _called(node.name, inside.items)
        self.at = start
        return node

    def append(self, factors: list[Node], token: Token) -> None:
        """One more factor without a sign before it."""
        before = factors[-1]
        if token.kind == "num" and isinstance(before, Num | Sym | Mixed | Pow):
            known = {letter.casefold() for letter in self.manner.letters or ()}
            numbered = self.manner.several and self.ahead(1).kind == "=" and len(token.text) == 1  # x1 = 3, x2 = -2
            if not (isinstance(before, Sym) and (numbered or f"{before.name}_{token.text}".casefold() in known)):
                raise self.stuck()
            self.at += 1
            factors[-1] = Sym(f"{before.name}_{token.text}")  # x1 for x_1
            return
        factor = self.factor()
        if isinstance(factor, Tuple) and isinstance(before, Sym) and factor.open == "(":
            factors[-1] = _called(before.name, factor.items)
        else:
            factors.append(factor)

    def product_sign(self, before: Node) -> str | None:
        token = self.here
        if token.kind in {"*", "/", "÷"}:
            self.at += 1
            return token.kind
        if token.kind == ":" and isinstance(before, Num | Sym | Mul | Div) and self.ahead(1).kind in {"num", "name"}:
            return ":"
        word = self.word()
        if word == "x" and isinstance(before, Num) and self.ahead(1).kind == "num" and self.is_times(before):
            self.at += 1
            return "*"
        if word == "to" and isinstance(before, Num) and self.ahead(1).kind == "num":
            return ":"
        if word in {"divided", "out"} and self.word(1) in {"by", "of"}:
            self.at += 2
            return "/"
        if word == "in" and isinstance(before, Num) and self.ahead(1).kind == "num" and self.manner.things:
            self.at += 1
            return "/"  # 3 in 8
        if OPERATION_WORDS.get(word, "") in {"*", "/"} and self.ahead(1).kind != "end":
            self.at += 1
            return OPERATION_WORDS[word]
        return None

    def is_times(self, before: Node) -> bool:
        """Whether an x between two numbers is a sign: `3.4 x 10^5`."""
        letters = self.manner.letters
        return (letters is not None and not letters & {"x", "X"}) or self.ahead(1).text == "10"

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
            word = token.text.lower()
            if word in JOINING_WORDS or OPERATION_WORDS.get(word):
                return False
            if any(phrase[0] == word for phrase, _ in _RELATION_PHRASES) and len(word) > 1:
                return False
            if word in REMAINDER_WORDS and (len(word) > 1 or self.is_remainder()):
                return False
            return not (word == "u" and self.after_set())
        if token.kind == "|":
            return self.bars == 0
        opens = {"not", "num", "(", "[", "{", "cmd", "|open", "$", "begin", "langle", "lfloor", "lceil"}
        return token.kind in opens and not (token.kind == "[" and token.spaced and self.ahead(1).kind != "[")

    def is_remainder(self) -> bool:
        """Whether an R before a number is no variable: `5 R 2`."""
        known = self.manner.letters or ()
        following = self.ahead(1)
        if not (self.here.spaced or self.tokens[self.at - 1].kind in {"num", ")", "}"}):
            return False
        return following.kind == "num" and f"{self.here.text}_{following.text}" not in known

    def after_set(self) -> bool:
        before, after = self.tokens[self.at - 1], self.ahead(1)
        if before.kind in {")", "]", "}", "\\}"} and after.kind in {"(", "[", "{", "\\{"}:
            return True
        events = [token.text for token in (before, after) if token.kind == "name" and token.spaced | (token is before)]
        known = self.manner.letters or frozenset()
        return self.here.spaced and len(events) == 2 and set(events) <= known and "".join(events).isupper()

    def factor(self) -> Node:
        node = self.primary()
        while True:
            token = self.here
            word = self.word()
            if token.kind == "!":
                self.at += 1
                if isinstance(node, Func) and node.name == "factorial":
                    raise TooBig
                node = Func("factorial", node)
            elif token.kind == "%":
                self.at += 1
                node = Percent(node)
            elif word in {"percent", "pct"} or (word == "per" and self.word(1) == "cent"):
                self.at += 2 if word == "per" else 1
                node = Percent(node)
            elif token.kind == "cmd" and token.text == "degree":
                self.at += 1
                node = self.degrees(node)
            elif token.kind == "^":
                self.at += 1
                braced_degree = self.here.kind == "{" and self.ahead(1).text in {"circ", "degree"}
                if self.here.text in {"circ", "degree"} or braced_degree:
                    self.at += 3 if braced_degree else 1
                    node = self.degrees(node)
                else:
                    node = Pow(node, self.deeper(self.exponent))
            elif word == "factorial":
                self.at += 1
                node = Func("factorial", node)
            elif self.manner.parts and token.kind == "-" and isinstance(node, Num) and self.is_hyphened_part():
                self.at += 1  # one-fourth
            elif word in PARTS and isinstance(node, Num) and self.manner.parts:
                self.at += 1
                node = Div(node, Num(str(PARTS[word])))
            elif word in POWER_WORDS and not isinstance(node, Quantity):
                self.at += 1
                node = Pow(node, Num(POWER_WORDS[word]))
            elif word in SCALES and isinstance(node, Num | Quantity) and isinstance(bare(_amount(node)), Num):
                self.at += 1
                node = _scaled(node, SCALES[word])
            else:
                measured = self.measured(node)
                if measured is None:
                    return node
                node = measured

    def is_hyphened_part(self) -> bool:
        hyphen, part = self.here, self.ahead(1)
        return self.word(1) in PARTS and not hyphen.spaced and not part.spaced

    # -- primaries -----------------------------------------------------------------------------------------------

    def exponent(self) -> Node:
        braced = self.here.kind == "{"
        sign, after = (self.ahead(1), self.ahead(2)) if braced else (self.here, self.ahead(1))
        if sign.kind in {"+", "-"} and after.kind in ({"}"} if braced else {"}", "]", "end"}):  # from the right: 2^+
            self.at += 3 if braced else 1
            return Sym(sign.kind)
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
            case "not" | "~":  # of a statement
                self.at += 1
                return Call("not", (self.deeper(self.factor),))
            case "num":
                self.at += 1
                return self.number(token)
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
                if self.here.kind == "begin":  # cases, with a brace on the left only
                    cases = self.deeper(self.matrix)
                    self.take("\\}")
                    rows = cases.rows if isinstance(cases, Matrix) else ()
                    return Listing(tuple(Call("case", row) for row in rows), "and") if rows else cases
                return self.set_until("\\}")
            case "langle" | "<":
                return self.vector()
            case "lfloor" | "lceil":
                self.at += 1
                inside = self.deeper(self.sum)
                self.need("r" + token.kind[1:])
                return Func(token.kind[1:], inside)
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
                currency = token.text if token.text in "€£¥" else "$"
                return Quantity(Neg(number) if negative else number, currency, currency)
            case "emptyset":
                self.at += 1
                return Phrase("none", "∅")
            case "numbers":
                self.at += 1
                return Phrase(token.text, {"reals": "ℝ"}.get(token.text, token.text))
            case "begin":
                return self.deeper(self.matrix)
            case "_":
                return self.choose()
        raise self.stuck()

    def number(self, token: Token) -> Node:
        """A number, which may repeat its last digits, be mixed, or stand in `5C2`."""
        pointed = token.text + "." if self.text[token.end - 1] == "." else token.text
        if self.here.kind == "cmd" and self.here.text == "overline" and "." in pointed:
            digits = self.ahead(2)
            if [self.ahead(i).kind for i in (1, 2, 3)] == ["{", "num", "}"] and digits.text.isdigit():
                self.at += 4
                return Repeating(pointed, digits.text)
        if self.here.kind == "dots" and "." in token.text:
            repeated = re.fullmatch(r"(\d+\.\d*?)(\d+?)\2{2,}", token.text)
            if repeated:
                self.at += 1
                return Repeating(repeated.group(1), repeated.group(2))
        joint, second = self.here, self.ahead(1)
        if joint.kind == "name" and joint.text in {"C", "P"} and second.kind == "num" and not joint.spaced:
            self.at += 2
            return Func("binomial" if joint.text == "C" else "permutation", Num(token.text), Num(second.text))
        if self.word() == "choose" and second.kind == "num":
            self.at += 2
            return Func("binomial", Num(token.text), Num(second.text))
        return self.mixed(Num(token.text))

    def choose(self) -> Node:
        """`_5C_2`, also with empty braces before it."""
        self.need("_")
        top = self.deeper(self.argument)
        kind = self.take("name")
        if kind is None or kind.text not in {"C", "P"} or self.take("_") is None:
            raise self.stuck()
        return Func("binomial" if kind.text == "C" else "permutation", top, self.deeper(self.argument))

    def mixed(self, whole: Num) -> Node:
        r"""`2 1/3`, `2\frac{1}{3}` and `2-1/3` differ: only the first two are mixed numbers."""
        if not whole.text.isdigit():
            return whole
        joined = self.manner.things and self.word() == "and" and self.ahead(1).kind == "num"
        if joined and self.manner.parts and self.word(2) in PARTS and self.ahead(1).text.isdigit():
            part = Num(self.ahead(1).text), Num(str(PARTS[self.word(2)]))  # 3 and 7 hundredths
            self.at += 3
            return Mixed(whole, *part)
        if joined and self.ahead(2).kind == "/" and self.ahead(3).kind == "num":  # 2 and 1/3
            self.at += 1
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
            inside = self.deeper(self.relation)
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
            if len(token.text) > 1 and token.text not in {"pi", "inf"}:
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
            return quotient(top, self.deeper(self.argument))
        if token.text.endswith("binom"):
            top = self.deeper(self.argument)
            return Func("binomial", top, self.deeper(self.argument))
        if token.text in {"sqrt", "surd"}:
            index: Node | None = None
            if self.take("["):
                index = self.deeper(self.sum)
                self.need("]")
            whole = self.take("num") if token.text == "surd" else None  # the sign √ takes all of a number
            inside = Num(whole.text) if whole is not None else self.deeper(self.argument)
            return Root(inside, None if index == Num("2") else index)
        if token.text in {"Delta", "nabla"}:
            return self.of_change("\\" + token.text)
        if token.text in GREEK:
            return Sym("\\" + token.text + self.subscript("\\" + token.text))
        if token.text == "partial":
            return self.partial_derivative() or Sym("\\partial")
        if token.text in DECORATIONS:
            return Sym(f"\\{token.text}{{{self.braced_text()}}}" + self.subscript())
        if token.text in BIG:
            return self.big(token.text)
        if token.text == "placeholder":
            raise Unread("placeholder", token.start)
        self.at -= 1
        raise self.stuck()

    def partial_derivative(self) -> Node | None:
        """What stands after the first sign of `∂f/∂x` typed in one line."""
        function, slash, sign, variable = (self.ahead(offset) for offset in range(4))
        if (function.kind, slash.kind, sign.text, variable.kind) != ("name", "/", "partial", "name"):
            return None
        if len(function.text) > 1 or len(variable.text) > 1:
            return None
        self.at += 4
        return Sym(f"∂{function.text}/∂{variable.text}")

    def big(self, name: str) -> Node:
        r"""After `\int`, `\sum`, `\prod` or `\lim`: its ends, and all that follows up to the next sum sign."""
        ends: dict[str, Node] = {}
        while self.here.kind in {"_", "^"} and self.here.kind not in ends:
            sign = self.here.kind
            self.at += 1
            if self.here.kind == "-":
                self.at += 1
                ends[sign] = Neg(self.deeper(self.argument))
            else:
                ends[sign] = self.deeper(self.argument)
        return Big(name, self.deeper(self.product), ends.get("_"), ends.get("^"))


def quotient(top: Node, bottom: Node) -> Node:
    """A division, or the name of a derivative: `dy/dx`."""
    name = _derivative(bare(top), bare(bottom))
    return Div(top, bottom) if name is None else Sym(name)


def _derivative(top: Node, bottom: Node) -> str | None:
    if not (isinstance(bottom, Mul) and len(bottom.args) == 2 and isinstance(top, Mul) and len(top.args) == 2):
        return None
    (above, function), (below, variable) = top.args, bottom.args
    order = ""
    if isinstance(above, Pow) and isinstance(variable, Pow) and isinstance(above.exponent, Num):
        if bare(above.exponent) != bare(variable.exponent):
            return None
        order, above, variable = "^" + above.exponent.text, bare(above.base), bare(variable.base)
    if (
        above == below
        and above in (Sym("d"), Sym("\\partial"))
        and isinstance(function, Sym)
        and isinstance(variable, Sym)
    ):
        letter = "d" if above == Sym("d") else "∂"
        return f"{letter}{order}{function.name}/{letter}{variable.name}{order}"
    return None


def _called(name: str, items: tuple[Node, ...]) -> Node:
    if name in {"C", "P"} and len(items) == 2 and all(isinstance(bare(item), Num) for item in items):
        return Func("binomial" if name == "C" else "permutation", *items)
    return Call(name, items)


def _united(product: Mul) -> Node:
    """`16 pi cm` as so many centimeters: a unit at the end belongs to the whole product."""
    *factors, last = product.args
    if not isinstance(last, Quantity) or last.unit == "degree" or any(symbols(f) or _amount(f) != f for f in factors):
        return product
    return replace(last, arg=Mul((*factors, last.arg), product.sign))


def _amount(node: Node) -> Node:
    return node.arg if isinstance(node, Quantity) else node


def _scaled(node: Node, zeros: int) -> Node:
    """`2.5 million` as the number that it is."""
    if isinstance(node, Quantity):
        return replace(node, arg=_scaled(node.arg, zeros))
    inner = bare(node)
    assert isinstance(inner, Num)
    value = inner.value * 10**zeros
    return Num(str(value.numerator)) if value.denominator == 1 else Num(f"{float(value):.6f}".rstrip("0"))


def _is_fraction(top: str, bottom: str) -> bool:
    return top.isdigit() and bottom.isdigit() and int(bottom) > 0
