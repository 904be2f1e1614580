"""Whether two answers mean the same: the quick way without SymPy, and the full way with it (only in a killable child).

Both offer the same questions, so the judge does not know which one it holds. `Plain` answers what exact fractions and
the written structure can answer and raises NeedsAlgebra otherwise.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Protocol

from .nodes import Node, exact_value, ordered, plain


class NeedsAlgebra(Exception):
    """This question cannot be answered without SymPy."""


class Algebra(Protocol):
    def equal(self, left: Node, right: Node) -> bool:
        """The same value for every value of the variables."""

    def near(self, left: Node, right: Node, tolerance: Fraction, *, relative: bool) -> bool:
        """Numerically within the tolerance of `left`."""

    def ratio(self, left: Node, right: Node) -> float | None:
        """The constant c, not zero, with left = c * right everywhere; None if there is none."""

    def same_roots(self, left: Node, right: Node) -> bool:
        """Both expressions in one variable vanish at the same places."""

    def same_region(self, left: Node, right: Node) -> bool:
        """Both (inequalities, intervals, unions) describe the same set of real numbers."""

    def irreducible(self, node: Node, standard: Node) -> bool:
        """The product `node` is factored as far as `standard` is."""

    def cancelled(self, node: Node) -> bool:
        """No fraction in `node` has a factor with a variable in common between its top and its bottom."""


class Plain:
    """What needs no SymPy."""

    def equal(self, left: Node, right: Node) -> bool:
        values = exact_value(left), exact_value(right)
        if None not in values:
            return values[0] == values[1]
        if ordered(plain(left)) == ordered(plain(right)):
            return True
        raise NeedsAlgebra

    def near(self, left: Node, right: Node, tolerance: Fraction, *, relative: bool) -> bool:
        first, second = exact_value(left), exact_value(right)
        if first is None or second is None:
            raise NeedsAlgebra
        return abs(first - second) <= (tolerance * abs(first) if relative else tolerance)

    def ratio(self, left: Node, right: Node) -> float | None:
        raise NeedsAlgebra

    def same_roots(self, left: Node, right: Node) -> bool:
        raise NeedsAlgebra

    def same_region(self, left: Node, right: Node) -> bool:
        raise NeedsAlgebra

    def irreducible(self, node: Node, standard: Node) -> bool:
        raise NeedsAlgebra

    def cancelled(self, node: Node) -> bool:
        raise NeedsAlgebra
