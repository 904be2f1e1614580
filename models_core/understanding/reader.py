"""What the network reads of a message: its tokens, then what was asked, cut to a length that a turn has time for.

Letters: P tokens of the whole, n of the message.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from models_core.understanding.answers import KeySort, cleaned, sort_of

if TYPE_CHECKING:
    from torch import Tensor

Floats = NDArray[np.float32]

START, END = 101, 102  # the encoder's marks before a text and after each part of it
MOST_TOKENS = 128  # of a message: the beginning and the end of a longer one
PART = MOST_TOKENS * 3  # characters of a long message's beginning and end: enough for as many tokens
PROBLEM_HEAD, PROBLEM_TAIL = 8, 16  # tokens of what was asked: what it is about, and the question itself
LONGEST_PROBLEM = 1500  # characters that are looked at


class Encoder(Protocol):
    """What reads texts, as `models_core.embeddings.TextEncoder` does."""

    def encode(self, texts: Sequence[str]) -> Floats:
        """Unit vectors (texts, E)."""
        ...

    def pieces(self, text: str) -> Any:
        """Tokens: `.ids`, and `.offsets` in the characters of the text."""
        ...

    def halfway(self, ids: Sequence[int]) -> Floats:
        """Hidden states (P, E)."""
        ...

    def upper_weights(self) -> Mapping[str, "Tensor"]:
        """Weights of the layers above, by the names of `models_core.upper_layers`."""
        ...


@dataclass(frozen=True, slots=True)
class Read:
    """A message as tokens.

    Attributes:
        ids: (P,) of message and problem, with the marks.
        offsets: where each token of the message stands in its text; the first of them is `ids[1]`.
    """

    text: str
    ids: list[int]
    offsets: list[tuple[int, int]]

    @property
    def count(self) -> int:
        return len(self.offsets)


def read(encoder: Encoder, text: str, problem: str = "", keys: Sequence[str] = ()) -> Read:
    """A cleaned message and what was asked. Of the key only its sort is read: which of two numbers is right must not
    show."""
    ids, offsets = _pieces_of(encoder, text)
    asked = encoder.pieces(cleaned(problem[:LONGEST_PROBLEM])).ids
    if len(asked) > PROBLEM_HEAD + PROBLEM_TAIL:
        asked = asked[:PROBLEM_HEAD] + asked[-PROBLEM_TAIL:]
    sort = encoder.pieces(f"{sort_name(sort_of(keys))}.").ids
    return Read(text, [START, *ids, END, *sort, *asked, END], offsets)


def _pieces_of(encoder: Encoder, text: str) -> tuple[list[int], list[tuple[int, int]]]:
    """The tokens of a message and where they stand in it; of a long one those of its beginning and its end."""
    parts, rest = [(0, text[:PART])], max(PART, len(text) - PART)
    if len(text) > PART:
        parts.append((rest, text[rest:]))
    ids, offsets = [], []
    for begins, part in parts:
        said = encoder.pieces(part)
        ids += said.ids
        offsets += [(first + begins, last + begins) for first, last in said.offsets]
    if len(ids) > MOST_TOKENS:
        half = MOST_TOKENS // 2
        ids, offsets = ids[:half] + ids[-half:], offsets[:half] + offsets[-half:]
    return ids, offsets


def sort_name(sort: KeySort) -> str:
    """What sort of answer is asked for, in a word."""
    if not sort.known:
        return "unknown"
    names = ("wordy", "letter", "equation", "inequality", "pair", "many", "number")
    words = ("word", "letter", "equation", "inequality", "pair", "several", "number")
    return next((word for name, word in zip(names, words, strict=True) if getattr(sort, name)), "expression")


def tokens_of(found: Read, start: int, end: int) -> tuple[int, int] | None:
    """The first and last token of a stretch of the text; None where it was cut out."""
    inside = [i for i, (first, last) in enumerate(found.offsets) if last > start and first < end]
    return (inside[0], inside[-1]) if inside else None
