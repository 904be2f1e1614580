"""A choice: which of the offered texts a learner means, and whether it is the right one."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .algebra import Algebra
from .comparing import compare
from .keys import read_key
from .latex import latex
from .step import Step
from .typography import wording
from .words import SHORT, flat, misspelt, same_words

_NUMBER = re.compile(r"(?:[a-z] ?= ?)?[-−+]? ?\d+(?:[./]\d+)?%?")
_MARK = re.compile(
    r"(?:ithink|ipick|ichoose|isay)?(?:it'?s|its)?(?:the)?(?:correct|right|final|my)?"
    r"(?:answer|option|choice|number|letter|no\.?|ans|part)?(?:is|=|:)?(?:option|choice|letter)?"
    r"\(?([a-z]|\d{1,2})[).:]?"
)


def picked(choices: Sequence[str], given: str, algebra: Algebra) -> int | None:
    """The choice that is meant: by its text, letter or place, as the same mathematics, or with a slip of spelling."""
    labels = [label(choice) for choice in choices]
    said = label(given)
    if said in labels:
        return labels.index(said)
    mark = _MARK.fullmatch(said)
    if mark and SHORT.get(mark.group(1)) in labels and ord(mark.group(1)) - ord("a") >= len(choices):
        return labels.index(SHORT[mark.group(1)])
    # Among choices that are numbers, a bare number is a value and not a place in the list.
    if mark and not (said.isdigit() and any(_NUMBER.fullmatch(text) for text in labels)):
        sign = mark.group(1)
        place = int(sign) - 1 if sign.isdigit() else ord(sign) - ord("a")
        if 0 <= place < len(choices):
            return place
    lettered = re.match(r"\(?([a-z])[).:]\s*(.+)", wording(given))
    if lettered:  # "b) x+1": the letter, if its text agrees
        place = ord(lettered.group(1)) - ord("a")
        if place < len(choices) and label(lettered.group(2)) == labels[place]:
            return place
    alike = [index for index, choice in enumerate(choices) if same_words(choice, given)]
    if len(alike) == 1:
        return alike[0]
    same = _same_mathematics(choices, given, algebra)
    if same is not None:
        return same
    near = [index for index, choice in enumerate(choices) if misspelt(choice, given)]
    return near[0] if len(near) == 1 else None


def _same_mathematics(choices: Sequence[str], given: str, algebra: Algebra) -> int | None:
    node = read_key(given)
    if node is None:
        return None
    step = Step("", algebra)
    for index, choice in enumerate(choices):
        other = read_key(choice)
        if other is not None and compare(other, node, step)[0] == "correct":
            return index
    return None


def is_right(choice: str, choices: Sequence[str], answers: Sequence[str], algebra: Algebra) -> bool:
    if any(same_label(choice, answer) for answer in answers):
        return True
    if any(same_label(other, answer) for other in choices for answer in answers):
        return False
    keys = [read_key(answer) for answer in answers]
    node = read_key(choice)
    step = Step("", algebra)
    return node is not None and any(key is not None and compare(key, node, step)[0] == "correct" for key in keys)


def label(text: str) -> str:
    return re.sub(r"[\s${}]", "", wording(flat(text)))


def same_label(left: str, right: str) -> bool:
    return label(left) == label(right)


def text_latex(text: str) -> str:
    """LaTeX of a text that may be mathematics or words."""
    node = read_key(text)
    if node is not None:
        return latex(node)
    return rf"\text{{{re.sub(r'[^A-Za-z0-9 .,;:()=+-]', ' ', text)}}}"
