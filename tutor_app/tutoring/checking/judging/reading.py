"""Reading an answer: from what was typed, or LaTeX, to a node, or to the place where reading stopped."""

from __future__ import annotations

import re
from dataclasses import replace

from .grammar import Parser
from .lexing import Manner, Unread
from .nodes import Node, TooBig
from .typography import HiddenCharacters, Typed, clean
from .weight import weigh

__all__ = ["Manner", "Unread", "read", "readings", "unreadable"]

unreadable = (Unread, TooBig, HiddenCharacters)
_LEAD = re.compile(
    r"\s*(?:(?:the |my |final |correct )*(?:answer|solution|result|ans)(?: is| are|:| ?=)"
    r"|i (?:think|got|get)(?: it'?s| is)?)\s+",
    re.I,
)


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
    lead = _LEAD.match(text)
    if lead and lead.end() < len(text):
        cut(lead.end(), len(text))
    while text and text[-1] in ".?" and not text.endswith(("\\.", "...")):
        cut(0, len(text) - 1)
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
    found: list[Node] = []
    problem: Exception | None = None
    try:
        found.append(read(raw, manner))
    except (Unread, TooBig) as stop:
        problem = stop
    others = []
    if manner.thousands and re.search(r"\d,\d{3}(?!\d)", raw):
        others.append(replace(manner, thousands=False))
    if not manner.letter_units and re.search(r"\d\s+[A-Za-z\\]", raw):
        others.append(replace(manner, letter_units=True))
    if manner.decimal_comma:
        others.insert(0, replace(manner, decimal_comma=False))
    for other in others:
        try:
            node = read(raw, other)
        except (Unread, TooBig):
            continue
        if node not in found:
            found.append(node)
    if not found:
        assert problem is not None
        raise problem
    return found
