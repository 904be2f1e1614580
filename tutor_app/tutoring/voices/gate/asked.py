"""The problem's own question with the answer in it: a blank that is filled, `f(3) = 3`, the line's equation."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from .expressions import Reader, Relation, Tuple, read, tokenise
from .keys import Known
from .patterns import findall, finditer, search, sub
from .plain import plain
from .values import Value, close, letter
from .verbatim import row_in, row_of

BLANK = r"\?{2,}|\[blank\]|\[ \]|□|▢|⬜"
BESIDE = 3  # tokens on either side of a blank that are compared
ASKED_FOR = r"(?<![a-z\d])[fghpqrs] ?\(-?[\w./]{1,6}\)|\d+\^\(?\d+\)?|log_?\d+ ?\(\d+\)|\|-?\d+\|"
LEFT_OUT = (
    r"\b(?:except(?: for)?|excluding|but(?: not)?|other than|apart from|besides|without|forbidden|not allowed|excluded|"
    r"undefined|not defined|cannot be|can't be|can not be|must not be|may not be|not equal|exclude|leave out|"
    r"left out|remove)\b"
    r"|!=|≠|\\|\bset ?minus\b|(?<=[r\u211d]) ?[\\\-{]"
)


class Asked:
    """What the problem asks, and how a sentence can say it with the answer in its place."""

    def __init__(self, problem: str, keys: Sequence[str], numbers: Sequence[Value], known: Known) -> None:
        self.known = known
        text = plain(sub(r"(?:\\?_){2,}|\\(?:underline|square|Box|boxed|fbox)\b(?:\{[\s\\a-z]*\})?", " □ ", problem))
        folded = known.own.text
        self.rows = [row for row in map(row_of, keys) if row]
        self.blanks = [_beside(text, found.start(), found.end()) for found in finditer(BLANK, text)]
        self.blanks = [(before, after) for before, after in self.blanks if before or after]
        self.numbers = [number.exact for number in numbers if number.exact is not None]
        self.calls = tuple(dict.fromkeys(_squeezed(call) for call in findall(ASKED_FOR, folded)))
        self.limit = bool(self.numbers) and "lim" in folded
        self.slope = bool(self.numbers) and bool(search(r"\bslope|gradient|rate of change\b", folded))
        self.intercept = bool(self.numbers) and "intercept" in folded
        self.lines = [run for run in known.runs if isinstance(run, Relation)]
        self.left_out = _left_out(keys)

    def leak(self, reader: Reader, folded: str) -> str:
        if self.blanks and self._filled(reader):
            return "fills the blank"
        if "?" in folded:
            return ""
        if self.numbers and (self.calls or self.limit) and "=" in folded and self._worked_out(reader, folded):
            return "says what was asked with its value"
        if (self.slope or self.intercept) and self._line(reader):
            return "gives the line's equation"
        if self.left_out and self._excluded(reader, folded):
            return "names what is left out"
        return ""

    def _filled(self, reader: Reader) -> bool:
        row = row_in(reader.tokens)
        for key in self.rows:
            for before, after in self.blanks:
                piece = [*before, *key, *after]
                beside = len(before) + len(after)
                if row and row[-1] in (".", "!"):
                    row = row[:-1]
                if any(row == [*before[len(before) - cut :], *key] for cut in range(1, len(before) + 1)) or any(
                    row == [*key, *after[:cut]] for cut in range(1, len(after) + 1)
                ):
                    return True
                if beside < 2:
                    continue
                if any(row[at : at + len(piece)] == piece for at in range(len(row) - len(piece) + 1)):
                    return True
        return False

    def _worked_out(self, reader: Reader, folded: str) -> bool:
        for run in reader.runs:
            if not isinstance(run, Relation) or "=" not in run.signs:
                continue
            last = run.sides[-1]
            if last is None or last.exact not in self.numbers or last.steps:
                continue
            end = reader.tokens[last.start].start
            left = _squeezed(reader.text[:end].casefold())
            if self.limit and "lim" in left:
                return True
            if any(f"{call}=" in left for call in self.calls) and not self._given(left, last):
                return True
        return False

    def _given(self, left: str, value: Value) -> bool:
        """The problem says so itself: `f(2) = 3` where f(5) is asked."""
        text = _squeezed(self.known.own.text)
        return any(f"{call}={value.exact}" in text for call in self.calls if f"{call}=" in left)

    def _line(self, reader: Reader) -> bool:
        for run in reader.runs:
            if not isinstance(run, Relation) or run.signs != ("=",) or None in run.sides:
                continue
            left, right = run.sides
            if left is None or right is None or len(left.names) != 1 or left.steps or right.names != {"x"}:
                continue
            line = _straight(right)
            if line is None or any(_straight(side) == line for other in self.lines for side in other.sides if side):
                continue
            slope, constant = line
            if self.slope and any(close(slope, float(number)) for number in self.numbers):
                return True
            if self.intercept and any(close(constant, float(number)) for number in self.numbers):
                return True
        return False

    def _excluded(self, reader: Reader, folded: str) -> bool:
        pieces = [run for run in reader.runs if isinstance(run, Tuple) and len(run.items) == 2]
        inner = [item.exact for piece in pieces for item in piece.items if item.exact is not None]
        if len(pieces) > 1 and "inf" in folded and self.left_out == set(inner) and self.left_out:
            return True
        if search(r"\b(?:if|when|suppose|for example|like|in [a-z]\(|e\.g)\b", folded) or not search(LEFT_OUT, folded):
            return False
        said = {token.value for token in reader.tokens if token.value is not None}
        said |= {-token.value for token in reader.tokens if token.value is not None}
        return self.left_out <= said


def _squeezed(text: str) -> str:
    return sub(r"[\s(){}]", "", text)


def _beside(text: str, start: int, end: int) -> tuple[list[str], list[str]]:
    """The tokens on both sides of a blank, in its sentence."""
    before = row_in(tokenise(sub(r"(?s).*[:;?!]\s|.*\.\s", "", text[max(0, start - 80) : start])))[-BESIDE:]
    after = row_in(tokenise(sub(r"(?s)(?:[:;?!]|\.(?:\s|$)).*", "", text[end : end + 80])))[:BESIDE]
    cut = next((index for index, part in enumerate(before[::-1]) if part.startswith("_")), None)
    before = before if cut is None else before[len(before) - cut :]
    cut = next((index for index, part in enumerate(after) if part.startswith("_")), None)
    return before, after if cut is None else after[:cut]


def _straight(value: Value) -> tuple[float, float] | None:
    """Slope and constant of an expression in x, if it is linear."""
    at = letter("x").points
    if value.names != {"x"} or value.points is None or at is None:
        return None
    one, two, three = value.points
    slope = (two - one) / (at[1] - at[0])
    constant = one - slope * at[0]
    return (round(slope, 9), round(constant, 9)) if close(three, slope * at[2] + constant) else None


def _left_out(keys: Sequence[str]) -> frozenset[Fraction]:
    """The numbers that a domain leaves out: of `all real numbers except 2`, `x != 2` and the two intervals."""
    for key in keys:
        text = plain(key)
        reader = read(text)
        found = search(r"(?i)\b(?:except|but|other than|excluding|besides)\b(.*)", text)
        if found and search(r"(?i)\b(?:all|every|any|real|numbers?)\b", text):
            numbers = [run.exact for run in Reader(found[1]).runs if isinstance(run, Value) and run.exact is not None]
            if numbers:
                return frozenset(numbers)
        if len(reader.runs) >= 1 and all(isinstance(run, Relation) and set(run.signs) == {"!="} for run in reader.runs):
            sides = [run.sides[-1] for run in reader.runs if isinstance(run, Relation)]
            return frozenset(side.exact for side in sides if side is not None and side.exact is not None)
        pieces = [run for run in reader.runs if isinstance(run, Tuple)]
        if len(pieces) > 1 and all(
            len(piece.items) == 2 and piece.open == "(" and piece.close == ")" for piece in pieces
        ):
            inner = [one.items[1].exact for one in pieces[:-1]]
            if inner == [two.items[0].exact for two in pieces[1:]] and None not in inner:
                return frozenset(value for value in inner if value is not None)
    return frozenset()
