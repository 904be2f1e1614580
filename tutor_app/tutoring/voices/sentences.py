"""Cutting text into sentences for streaming, never inside mathematics."""

import re
from collections.abc import Iterator

# Mathematics is stepped over whole; a dollar sign behind a backslash is money. A sentence ends where . ! ? stands
# before white space and no small letter follows; a paragraph ends one too.
PIECES = re.compile(
    r"(?P<escaped>\\.)"
    r"|(?P<mathematics>\$\$.+?\$\$|\$(?:\\.|[^$\\])+\$)"
    r"|(?P<abbreviation>\b(?:e\.g|i\.e|etc|vs|cf|approx)\.)"
    r"|(?P<end>[.!?…]+[”\"')*]*\s+|\s*\n\n\s*)",
    re.DOTALL | re.IGNORECASE,
)


def sentences(text: str) -> Iterator[str]:
    """The text's sentences with the white space that follows each; joined they are the text again."""
    begin = 0
    for piece in PIECES.finditer(text):
        if piece.lastgroup == "end" and not piece.group().isspace() and _small_letter_follows(text, piece.end()):
            continue
        if piece.lastgroup == "end" and piece.end() < len(text):
            yield text[begin : piece.end()]
            begin = piece.end()
    if begin < len(text):
        yield text[begin:]


def _small_letter_follows(text: str, position: int) -> bool:
    return position < len(text) and text[position].islower()
