"""Units that answers carry, and what one is worth in another."""

from __future__ import annotations

from fractions import Fraction

# unit -> (dimension, how many of the dimension's first unit it is worth)
_WORTH: dict[str, tuple[str, Fraction]] = {
    name: (dimension, Fraction(worth))
    for dimension, units in {
        "length": {
            "m meter metre": "1", "cm centimeter centimetre": "0.01", "mm millimeter millimetre": "0.001",
            "km kilometer kilometre": "1000", "inch inche in": "0.0254", "ft foot feet": "0.3048", "yd yard": "0.9144",
            "mi mile": "1609.344",
        },
        "mass": {
            "g gram": "1", "kg kilogram": "1000", "mg milligram": "0.001", "lb pound": "453.59237",
            "oz ounce": "28.349523125",
        },
        "time": {
            "s sec second": "1", "min minute": "60", "h hr hour": "3600", "day": "86400", "week": "604800",
        },
        "volume": {"L l liter litre": "1", "ml milliliter": "0.001", "gallon": "3.785411784"},
        "money": {"$ dollar": "1", "cent": "0.01"},
        "calendar": {"month": "1", "year": "12"},
        "angle": {"degree": "1"},
    }.items()
    for names, worth in units.items()
    for name in names.split()
}  # fmt: skip
LETTERS = frozenset({"m", "g", "s", "h", "L", "l"})  # also variables; a unit only where the key has one


def _name(unit: str) -> str:
    return unit[:-1] if len(unit) > 2 and unit.endswith("s") else unit


def ratio(wanted: str, given: str) -> Fraction | None:
    """How many `wanted` one `given` is; None where they do not measure the same thing."""
    wanted, given = _name(wanted), _name(given)
    if wanted == given:
        return Fraction(1)
    first, second = _WORTH.get(wanted), _WORTH.get(given)
    if first is None or second is None or first[0] != second[0]:
        return None
    return second[1] / first[1]
