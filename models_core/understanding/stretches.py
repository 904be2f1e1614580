"""The edges of an answer in its message: tokens are cut where words are, not where mathematics begins and ends."""

OPENING, CLOSING = "([{", ")]}"
LOOSE = " \n,;:?!.\"'*"
JOINING = "/^_*"
CURRENCY, SIGNS = "$£€¥", "-−–+"


def tidied(text: str, start: int, end: int) -> str:
    """A stretch of a text without loose punctuation at its edges, with the bracket, sign or currency of its own.

    Brackets of all sorts count alike: a half-open interval has one of each.
    """
    start, end = _trimmed(text, *_whole(text, start, end))
    open_ones = sum((char in OPENING) - (char in CLOSING) for char in text[start:end])
    if open_ones > 0 and end < len(text) and text[end] in CLOSING:
        end += 1
    elif open_ones < 0 and text[end - 1] in CLOSING:
        start, end = _trimmed(text, start, end - 1)
    if _belongs_before(text, start, end):
        start -= 1
    return text[start:end]


def _whole(text: str, start: int, end: int) -> tuple[int, int]:
    """Neither a word nor a fraction, power or function is cut in two."""
    while 0 < start < end and (
        _holds(text[start - 1], text[start]) or (text[start - 1].isalnum() and text[start] == "(")
    ):
        start -= 1
    while start < end < len(text) and (
        _holds(text[end - 1], text[end]) or (text[end - 1].isdigit() and text[end] in "%°")
    ):
        end += 1
    return start, end


def _holds(left: str, right: str) -> bool:
    return left in JOINING or right in JOINING or (left.isalnum() and right.isalnum())


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] in LOOSE and not text[start : start + 2].lstrip(".").isdigit():
        start += 1
    while end > start and text[end - 1] in LOOSE and not _is_factorial(text, start, end):
        end -= 1
    return start, end


def _is_factorial(text: str, start: int, end: int) -> bool:
    """`5!`, but neither `42!!` nor `it is 5!`"""
    return text[start : end - 1].isdigit() and end - start <= 3 and text[end - 1] == "!" and text[end : end + 1] != "!"


def _belongs_before(text: str, start: int, end: int) -> bool:
    """A sign or a currency right before a number; but not the minus of `5-4`, nor the first dollar of `$4$`."""
    before, earlier = text[max(0, start - 1) : start], text[max(0, start - 2) : max(0, start - 1)]
    if not before or not text[start : start + 1].isdigit():
        return False
    return (before in CURRENCY and text[end : end + 1] != "$") or (before in SIGNS and earlier in (*" (=\n", ""))
