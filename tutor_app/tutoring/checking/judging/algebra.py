"""Whether two answers mean the same: the quick way without SymPy, and the full way with it (only in a killable child).

Both offer the same questions, so the judge does not know which one it holds. `Plain` answers what exact fractions and
the written structure can answer and raises NeedsAlgebra otherwise.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Protocol

from . import numeric
from .nodes import Node, exact_value, ordered, plain, symbols


class NeedsAlgebra(Exception):
    """This question cannot be answered without SymPy."""


class Algebra(Protocol):
    def equal(self, left: Node, right: Node) -> bool:
        """The same value for every value of the variables."""

    def near(self, left: Node, right: Node, tolerance: Fraction, *, relative: bool) -> bool:
        """Numerically within the tolerance of `left`."""

    def ratio(self, left: Node, right: Node) -> float | None:
        """The constant c, not zero, with left = c * right everywhere; None if there is none."""

    def whole(self, node: Node) -> bool:
        """The value is a whole number; the node has no variables."""

    def constant(self, node: Node) -> bool:
        """The same value, whatever its variables are."""

    def same_roots(self, left: Node, right: Node) -> bool:
        """Both expressions in one variable vanish at the same places."""

    def same_region(self, left: Node, right: Node) -> bool:
        """Both (inequalities, intervals, unions) describe the same set of real numbers."""

    def irreducible(self, node: Node, standard: Node) -> bool:
        """The product `node` is factored as far as `standard` is."""

    def cancelled(self, node: Node) -> bool:
        """No fraction in `node` has a factor with a variable in common between its top and its bottom."""

    def worth(self, wanted: str, given: str) -> tuple[Fraction, Fraction] | None:
        """(scale, offset) of units, with `wanted = scale * given + offset`; None if they measure different things."""


class Plain:
    """What needs no SymPy."""

    def equal(self, left: Node, right: Node) -> bool:
        values = exact_value(left), exact_value(right)
        if None not in values:
            return values[0] == values[1]
        if ordered(plain(left)) == ordered(plain(right)):
            return True
        if numeric.differ(left, right):
            return False
        raise NeedsAlgebra

    def near(self, left: Node, right: Node, tolerance: Fraction, *, relative: bool) -> bool:
        first, second = exact_value(left), exact_value(right)
        if first is None or second is None:
            return self._clearly_near(left, right, tolerance, relative=relative)
        return abs(first - second) <= (tolerance * abs(first) if relative else tolerance)

    def _clearly_near(self, left: Node, right: Node, tolerance: Fraction, *, relative: bool) -> bool:
        """Where floats are well inside the tolerance, or well outside."""
        try:
            found = numeric.pairs(left, right)
        except numeric.Unknown:
            raise NeedsAlgebra from None
        parts = [abs(a - b) / (float(tolerance) * (abs(a) if relative else 1)) for a, b in found if a or not relative]
        if not parts or any(0.999 < part < 1.001 for part in parts):
            raise NeedsAlgebra
        return all(part < 1 for part in parts)

    def ratio(self, left: Node, right: Node) -> float | None:
        if numeric.no_constant_ratio(left, right):
            return None
        raise NeedsAlgebra

    def whole(self, node: Node) -> bool:
        raise NeedsAlgebra

    def constant(self, node: Node) -> bool:
        if exact_value(node) is not None:
            return True
        raise NeedsAlgebra

    def same_roots(self, left: Node, right: Node) -> bool:
        if symbols(left) != symbols(right):
            return False
        raise NeedsAlgebra

    def same_region(self, left: Node, right: Node) -> bool:
        raise NeedsAlgebra

    def irreducible(self, node: Node, standard: Node) -> bool:
        raise NeedsAlgebra

    def cancelled(self, node: Node) -> bool:
        raise NeedsAlgebra

    def worth(self, wanted: str, given: str) -> tuple[Fraction, Fraction] | None:
        if wanted == given:
            return Fraction(1), Fraction(0)
        raise NeedsAlgebra
