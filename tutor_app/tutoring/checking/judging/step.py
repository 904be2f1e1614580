"""What a comparison needs to know of the step, and the verdicts that it gives."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from . import forms
from .algebra import Algebra
from .nodes import Div, Node, plain, symbols, walk

Outcome = Literal["correct", "form", "incorrect", "not_understood"]
Found = tuple[Outcome, str]  # a verdict and the code of its reason
RIGHT: Found = ("correct", "")
WRONG: Found = ("incorrect", "")
RANK = {"correct": 3, "form": 2, "incorrect": 1, "not_understood": 0}

_IN_ORDER = re.compile(
    r"in (?:the )?(?:correct |right |given )?order|(?:from|the) (?:the )?(?:small|least|larg|great|low|high)"
    r"|respectively|ascending|(?<!powers in )descending (?!powers)|(?:in|de)creasing order"
    r"|(?:smallest|largest|least|lowest|greatest) first",
    re.I,
)
_ANY_ORDER = re.compile(r"any order|order (?:does ?n[o']t|doesn't|is not) |order-free|regardless of order", re.I)


def worst(found: Sequence[Found]) -> Found:
    return min(found, key=lambda one: RANK[one[0]], default=RIGHT)


@dataclass(frozen=True, slots=True)
class Step:
    """`asked`: what the step asks for, in its own words; "" where it says nothing, and then no form is demanded."""

    asked: str
    algebra: Algebra

    @property
    def ordered(self) -> bool:
        """Lists count in their order."""
        return bool(_IN_ORDER.search(self.asked)) and not self.unordered

    @property
    def unordered(self) -> bool:
        """Even pairs count in any order."""
        return bool(_ANY_ORDER.search(self.asked))

    def formed(self, key: Node, given: Node) -> Found:
        """RIGHT, or FORM with the rule that is broken, for a given of the right value."""
        if not self.asked or plain(key) == plain(given):
            return RIGHT
        code = forms.fault(self.asked, key, given)
        if code is None and re.search(r"\bfactor(?!s? of)", self.asked, re.I) and not forms.not_a_product(key, ""):
            code = None if self.algebra.irreducible(given, key) else "factored_further"
        if (
            code is None
            and re.search(r"simpl|reduce|lowest", self.asked, re.I)
            and any(isinstance(p, Div) for p in walk(given))
        ):
            letters = any(isinstance(p, Div) and symbols(p.top) & symbols(p.bottom) for p in walk(given))
            if letters and self.algebra.cancelled(key):
                code = None if self.algebra.cancelled(given) else "cancel"
        return RIGHT if code is None else ("form", code)


Compare = Callable[[Node, Node, Step], Found]  # `comparing.compare`, given to those who compare the parts of a whole
