"""Reading units: what stands after a number."""

from __future__ import annotations

import re

from . import units
from .cursor import Cursor
from .lexicon import MEANINGFUL, POWER_WORDS
from .nodes import Add, Const, Div, Mixed, Mul, Neg, Node, Num, Pow, Quantity, Repeating, Root, Sym, bare

MAX_SHOWN = 24  # characters of a unit as it was written
SQUARES = {"square": 2, "sq": 2, "cubic": 3, "cu": 3}

# How many of the smaller unit are one of the larger, where both are said together.
PARTS = {
    ("foot", "inch"): 12, ("yard", "foot"): 3, ("yard", "inch"): 36, ("mile", "foot"): 5280, ("hour", "minute"): 60,
    ("minute", "second"): 60, ("day", "hour"): 24, ("week", "day"): 7, ("year", "month"): 12, ("pound", "ounce"): 16,
    ("degree", "minute"): 60, ("$", "cent"): 100, ("meter", "centimeter"): 100, ("kilogram", "gram"): 1000,
    ("kilometer", "meter"): 1000,
    ("gallon", "quart"): 4, ("quart", "pint"): 2,
}  # fmt: skip


class Measuring(Cursor):
    def degrees(self, node: Node) -> Node:
        """After a degree sign: an angle, perhaps with minutes, or a temperature."""
        if (
            self.here.text in {"C", "F"}
            and self.here.kind in {"name", "text"}
            and "C" not in (self.manner.letters or ())
        ):
            self.at += 1
            scale = {"C": "degree_Celsius", "F": "degree_Fahrenheit"}[self.tokens[self.at - 1].text]
            return Quantity(node, scale, "°" + scale[7])
        if self.here.kind == "num" and self.ahead(1).kind == "'":
            minutes = Div(self.primary(), Num("60"))
            self.need("'")
            node = Add((node, minutes))
        return Quantity(node, "degree", "°")

    def measured(self, node: Node) -> Node | None:
        """The node with the unit that stands after it; None where there is none."""
        if isinstance(node, Quantity):
            return self.doubled_unit(node)
        if not isinstance(bare(node), Num | Repeating | Mixed | Div | Pow | Add | Sym | Neg | Mul | Root | Const):
            return None
        start = self.at
        numeric = isinstance(node, Num | Repeating | Mixed | Div | Pow | Root) or node == Const("pi")
        unit = self.unit(numeric=numeric)
        if unit is not None:
            return Quantity(node, unit, _shown(self.text[self.tokens[start].start : self.tokens[self.at - 1].end]))
        thing = self.thing() if numeric else None
        if thing is not None:
            return Quantity(node, "#" + units.singular(thing), thing)
        self.at = start
        return None

    def doubled_unit(self, node: Quantity) -> Node | None:
        """`$5 dollars`, `5 cm long`: what is said twice, or adds nothing; and `5 ft 4 in`, which is one length."""
        smaller = self.smaller(node)
        if smaller is not None:
            return smaller
        if self.word() and units.known(self.here.text) == node.unit and node.unit == "$":
            self.at += 1
            return node
        if self.word() == "per" or (self.here.kind == "/" and self.ahead(1).kind in {"name", "text"}):
            start = self.at
            self.at += 1
            part = self.unit_factor(-1, numeric=True, compound=True)
            if part is not None:
                shown = node.shown + "/" + part[0]
                return Quantity(node.arg, units.joined([(node.unit, 1), (part[1], part[2])]), shown)
            self.at = start
        if self.word() in {"long", "tall", "wide", "high", "old", "away", "total", "deep"}:
            self.at += 1
            return node
        return None

    def smaller(self, node: Quantity) -> Node | None:
        """`5 ft 4 in`, `3 hours and 20 minutes` as a quantity of the larger unit."""
        start = self.at
        if self.word() == "and":
            self.at += 1
        number = self.take("num")
        if number is not None:
            unit = self.unit(numeric=True)
            many = PARTS.get((node.unit, unit or ""))
            if many is not None:
                part = Div(Num(number.text), Num(str(many)))
                if isinstance(node.arg, Num) and node.arg.text.isdigit() and number.text.isdigit():
                    return Quantity(Mixed(node.arg, Num(number.text), Num(str(many))), node.unit, node.shown)
                return Quantity(Add((node.arg, part)), node.unit, node.shown)
        self.at = start
        return None

    def unit(self, *, numeric: bool) -> str | None:
        """Takes a unit such as `cm`, `square feet`, `m/s^2`, `miles per hour`; None, and nothing taken, if none."""
        first = self.unit_factor(1, numeric=numeric)
        if first is None:
            return None
        parts = [first]
        while True:
            start, sign = self.at, 1
            if self.take("/") or self.word() == "per":
                self.at += self.tokens[self.at - 1].kind != "/"
                sign = -1
            elif not self.take("*") and not self.here.spaced:
                break
            if sign < 0 and self.take("("):
                below = self.units_below()
                if below is None:
                    self.at = start
                    break
                parts += below
                continue
            part = self.unit_factor(sign, numeric=True, compound=True)
            if part is None:
                self.at = start
                break
            parts.append(part)
            if sign < 0 and self.here.text == "degree":  # J/g°C
                parts += filter(None, [self.unit_factor(-1, numeric=True, compound=True)])
        # A single letter is a unit only where units are spoken of, or beside others that can be nothing else.
        if all(letter in units.LETTERS for letter, _ in self._units_taken(parts)) and not self.manner.letter_units:
            sure = len(parts) > 1 and self.tokens[self.at - 1].kind != "end" and self.manner.letters is not None
            if not sure or {name for name, _ in self._units_taken(parts)} & (self.manner.letters or frozenset()):
                return None
        return units.joined([(unit, power) for _, unit, power in parts])

    def units_below(self) -> list[tuple[str, str, int]] | None:
        """The rest of `/(g * °C)`; None, where it is something else."""
        parts: list[tuple[str, str, int]] = []
        while not self.take(")"):
            self.take("*")
            part = self.unit_factor(-1, numeric=True, compound=True)
            if part is None:
                return None
            parts.append(part)
        return parts or None

    @staticmethod
    def _units_taken(parts: list[tuple[str, str, int]]) -> list[tuple[str, int]]:
        return [(word, power) for word, _, power in parts]

    def unit_factor(self, sign: int, *, numeric: bool, compound: bool = False) -> tuple[str, str, int] | None:
        """(word, unit, power)"""
        start = self.at
        if [self.ahead(place).kind for place in range(3)] == ["{", "}", "^"]:  # {}^\circ C
            self.at += 2
        if self.here.kind == "^" and self.ahead(1).text in {"circ", "degree"}:
            self.at += 1
        power = SQUARES.get(self.word(), 1)
        if power > 1:
            self.at += 1
            self.take(".")
        if self.here.kind == "cmd" and self.here.text in {"degree", "circ", "mu"}:
            word = {"degree": "deg", "circ": "deg", "mu": "u"}[self.here.text] + self.ahead(1).text
            unit = units.known(word) if self.ahead(1).kind in {"name", "text"} else None
            self.at += 1
        else:
            if self.word() in {"degree", "degrees", "deg"} and self.word(1) in {"celsius", "fahrenheit", "c", "f"}:
                self.at += 1
            word = self.here.text if self.word() else ""
            word = {"C": "celsius", "F": "fahrenheit"}.get(word, word) if self.at > start and power == 1 else word
            unit = units.known(word) if self._is_unit(word, numeric, compound) else None
            if unit is None and compound and sign < 0 and _may_be_counted(word):
                unit = "#" + units.singular(word)  # dollars per ticket
            per = self.word(1) == "per" or (self.ahead(1).kind == "/" and self.ahead(2).kind in {"name", "text"})
            if unit is None and sign > 0 and numeric and self.here.spaced and per and _may_be_counted(word):
                unit = "#" + units.singular(word)  # beats per minute
        if unit is None:
            self.at = start
            return None
        self.at += 1
        if self.here.kind == "^" and self.ahead(1).kind in {"num", "{", "-", "("}:
            self.at += 1
            raised = bare(self.deeper(self.exponent))
            number = bare(raised.arg) if isinstance(raised, Neg) else raised
            if not isinstance(number, Num) or not number.text.isdigit() or int(number.text) > 6:
                self.at = start
                return None
            power = int(number.text) * (-1 if isinstance(raised, Neg) else 1)
        elif self.word() in POWER_WORDS:
            power = int(POWER_WORDS[self.word()])
            self.at += 1
        return word, unit, power * sign

    def _is_unit(self, word: str, numeric: bool, compound: bool) -> bool:
        token, letters = self.here, self.manner.letters
        if not word or (token.kind == "name" and letters and set(word) <= letters and not self.manner.letter_units):
            return False
        if token.kind == "text" or len(word) > 3:
            return numeric or token.kind == "text" or token.spaced
        if not numeric:
            return False
        if word == "in":
            share = self.manner.things and self.ahead(1).kind == "num"  # 3 in 8
            return (token.spaced or compound) and not share
        return compound or word in units.SHORT or token.spaced or (self.manner.letter_units and len(word) < 3)

    def thing(self) -> str | None:
        """Takes the name of what is counted: `12 apples`."""
        word = self.word()
        token = self.here
        allowed = token.kind == "text" or (self.manner.things and token.spaced)
        if not allowed or not _may_be_counted(word) or (token.kind == "name" and self.is_product(word)):
            return None
        self.at += 1
        return word


def _may_be_counted(word: str) -> bool:
    return len(word) > 2 and word.lower() not in MEANINGFUL


def _shown(text: str) -> str:
    return re.sub(r"\\(?:text|mathrm|,)|[^A-Za-z0-9/^*. °$-]", "", text).strip()[:MAX_SHOWN]
