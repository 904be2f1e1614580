"""The key as it is written, whatever it is: a choice, a formula that could not be read, a list of names."""

from __future__ import annotations

from collections.abc import Sequence

from .expressions import Token, tokenise
from .plain import plain
from .telling import KEY, OTHER, told

ENOUGH = 3  # tokens of a choice that nobody names by chance
NOT_OF_TEXT = frozenset({"is what was asked", "works"})


class Verbatim:
    """The keys as rows of tokens, and how sentences tell them."""

    def __init__(
        self,
        keys: Sequence[str],
        choices: Sequence[str],
        problem: str,
        asked: tuple[str, ...],
        letters: tuple[str, ...],
    ) -> None:
        self.asked, self.letters = asked, letters
        self.keys = [row for row in map(row_of, keys) if row]
        self.others = sorted(
            (row for row in map(row_of, choices) if row and row not in self.keys), key=len, reverse=True
        )
        self.offered = bool(choices)
        self.known = row_of(problem)

    def leak(self, tokens: Sequence[Token]) -> str:
        lows = row_in(tokens)
        for key in self.keys:
            if len(key) == 1 and not (self.offered and (len(key[0]) > 2 or not key[0].isalnum())):
                continue
            row = list(lows)
            for other in self.others:
                row = replaced(row, other, OTHER) if len(other) > len(key) else row
            marked = replaced(row, key, KEY)
            if KEY not in marked:
                continue
            shown = KEY in replaced(self.known, key, KEY)
            if not shown and not self.offered and len(key) >= ENOUGH:
                return "names it as it is written"
            said = " ".join(marked)
            if told(said, self.asked, self.letters, without=NOT_OF_TEXT):
                return "told as the answer"
            alone = not any(OTHER in replaced(marked, other, OTHER) for other in self.others) and OTHER not in marked
            if not shown and alone and len(key) >= ENOUGH and "?" not in marked and not {"if", "when"} & set(marked):
                return "names the choice alone"
        return ""


def row_of(text: str) -> list[str]:
    """The tokens of a text, folded, without a full stop at its end and brackets that say nothing."""
    row = row_in(tokenise(plain(text)))
    while row and row[-1] in (".", ";"):
        row.pop()
    return row


def row_in(tokens: Sequence[Token]) -> list[str]:
    """The tokens' texts, numbers by their value: `four and three tenths` is one number."""
    return [token.text if token.value is None else str(token.value) for token in tokens]


def replaced(row: Sequence[str], piece: Sequence[str], mark: str) -> list[str]:
    """The row with each occurrence of the piece as one mark."""
    out: list[str] = []
    at, size = 0, len(piece)
    while at < len(row):
        if row[at] == piece[0] and list(row[at : at + size]) == list(piece):
            out.append(mark)
            at += size
        else:
            out.append(row[at])
            at += 1
    return out
