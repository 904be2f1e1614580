"""Reading an answer: from what was typed, or LaTeX, to a node, or to the place where reading stopped."""

from __future__ import annotations

import re
from dataclasses import replace

from .grammar import Parser
from .lexicon import MEANINGFUL, PARTS
from .lexing import Manner, Unread
from .nodes import Node, TooBig
from .typography import HiddenCharacters, Typed, clean
from .weight import weigh

__all__ = ["Manner", "Unread", "read", "readings", "unreadable"]

unreadable = (Unread, TooBig, HiddenCharacters)
_SPACED_NUMBERS = re.compile(r"\s*[-−]?\d+(?:\.\d+)?(?:\s+[-−]?\d+(?:\.\d+)?){1,60}\s*")
_PART = re.compile(rf"\b(?:{'|'.join(PARTS)})\b", re.I)
_PRINTED_LOG = r"\log{\left("  # computer algebra systems print the natural logarithm so
_DOTTED = re.compile(r"(?:[A-Za-z]\.){2,5}[A-Za-z]?")
_LEAD = re.compile(
    r"\s*(?:(?:the |my |final |correct )*(?:answer|solution|result|ans)(?: is| are|:| ?=)"
    r"|i (?:think|got|get)(?: it'?s| is)?|as(?=\s+[a-z]\s*(?:->|\\to)))\s+",
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
    if len(text) > 2 and text[0] == text[-1] == '"':
        cut(1, len(text) - 1)
    if _DOTTED.fullmatch(text):  # d.n.e.
        kept = [place for place, char in enumerate(text) if char != "."]
        text, origin = "".join(text[place] for place in kept), tuple(origin[place] for place in kept)
    lead = _LEAD.match(text)
    if lead and lead.end() < len(text):
        cut(lead.end(), len(text))
    while text and text[-1] in ".?" and not text.endswith(("\\.", "...")):
        cut(0, len(text) - 1)
        cut(0, len(text.rstrip()))
    return Typed(text, origin)


_LABEL = re.compile(
    r"\s*(?P<label>(?:the )?[A-Za-z]{1,20}(?:[- ][A-Za-z]{2,20}){0,3})"
    r"(?:\([A-Z]\))?\s*(?:=|:|\bis\b|(?<=degree)\s|(?<=quadrant)\s)\s*(?=[^\s=])",
    re.I,
)
_FILLER = re.compile(
    r"\s*(?:(?:the|this|that|it|there|limit|slope|equation|system|function|value|line|domain|series|integral|inverse"
    r"|result|has|have|is|are|a|an)\s+){1,4}(?=[a-z])",
    re.I,
)


def _unlabelled(typed: Typed) -> Typed | None:
    """Without the words before an answer: `slope = -3/4`, `p-value: 0.02`, `the limit does not exist`; None without."""
    found = _LABEL.match(typed.text)
    if found is not None:
        names = re.split(r"[- ]", found.group("label").lower())
        if len(found.group("label")) < 3 or set(names) & (MEANINGFUL - {"the", "square", "third", "base", "per"}):
            return None
    else:
        found = _FILLER.match(typed.text)
        if found is None:
            return None
    return Typed(typed.text[found.end() :], typed.origin[found.end() :])


def read(raw: str, manner: Manner | None = None) -> Node:
    """The node that `raw` says. Raises Unread (with an index into `raw`), TooBig, HiddenCharacters."""
    typed = strip_delimiters(clean(raw))
    try:
        node = _parsed(typed, manner or Manner())
    except Unread as stop:
        index = typed.original_index(stop.index) if stop.index < len(typed.text) else len(raw)
        raise Unread(stop.code, index, stop.word) from None
    weigh(node)
    return node


def _parsed(typed: Typed, manner: Manner) -> Node:
    try:
        return Parser(typed.text, manner).everything()
    except Unread:
        unlabelled = _unlabelled(typed) if manner.letters is not None else None
        if unlabelled is None:
            raise
        try:
            return Parser(unlabelled.text, manner).everything()
        except Unread:
            pass
        raise


def readings(raw: str, manner: Manner) -> list[Node]:
    """Every sensible reading, the likeliest first. Raises what `read` raises where there is none."""
    if manner.several and _SPACED_NUMBERS.fullmatch(raw):
        raw = re.sub(r"\s+", ", ", raw.strip())
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
    if manner.several and re.search(r"\+ ?[-−–]|[-−–] ?\+", raw):
        others.append(replace(manner, plus_minus=True))
    if _PART.search(raw):
        others.append(replace(manner, parts=True))
    if manner.natural and _PRINTED_LOG in raw:
        raw = raw.replace(_PRINTED_LOG, r"\ln{\left(")
        others.append(manner)
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
