"""The key in another unit: `40 mm` for 4 cm, `2800 cents` for $28, `pi/4` for 45 degrees."""

from __future__ import annotations

import math
from collections.abc import Sequence

from .expressions import Reader
from .numbers import values_in
from .patterns import findall, search, sub
from .plain import plain
from .values import Value

UNITS: dict[str, dict[str, float]] = {
    "length": {"mm": 1, "cm": 10, "m": 1e3, "km": 1e6, "inch": 25.4, "ft": 304.8, "yd": 914.4, "mi": 1609344},
    "mass": {"mg": 1e-3, "g": 1, "kg": 1e3, "lb": 453.59237, "oz": 28.349523},
    "time": {"μs": 1e-6, "ms": 1e-3, "s": 1, "min": 60, "h": 3600, "day": 86400, "week": 604800},
    "volume": {"ml": 1, "l": 1e3},
    "money": {"cent": 1, "$": 100},
    "speed": {"m/s": 1, "km/h": 1 / 3.6, "mph": 0.44704},
    "amount": {"mmol": 1e-3, "mol": 1},
    "angle": {"°": math.pi / 180, "rad": 1},
}
NAMES = {
    "millimeter": "mm", "millimetre": "mm", "centimeter": "cm", "centimetre": "cm", "meter": "m", "metre": "m",
    "kilometer": "km", "kilometre": "km", "inches": "inch", "foot": "ft", "feet": "ft", "yard": "yd",
    "mile": "mi", "milligram": "mg", "gram": "g", "kilogram": "kg", "pound": "lb", "ounce": "oz", "second": "s",
    "sec": "s", "millisecond": "ms", "microsecond": "μs", "minute": "min", "hour": "h", "hr": "h",
    "milliliter": "ml", "millilitre": "ml", "liter": "l",
    "litre": "l", "dollar": "$", "penny": "cent", "pennies": "cent", "mole": "mol", "degree": "°", "radian": "rad",
    "kph": "km/h", "kmh": "km/h", "metres per second": "m/s", "meters per second": "m/s",
    "kilometers per hour": "km/h", "kilometres per hour": "km/h", "miles per hour": "mph",
}  # fmt: skip
KINDS = {unit: kind for kind, units in UNITS.items() for unit in units}
PATTERN = (
    r"(?<![\w/])(?:(?:met(?:er|re)s|kilomet(?:er|re)s|miles) per (?:second|hour)|m ?/ ?s|km ?/ ?h|"
    r"[a-z]{1,11}|[$°])(?![\w/])"
)


def unit_of(word: str) -> str:
    word = word.replace(" / ", "/").replace(" /", "/").replace("/ ", "/")
    single = word.removesuffix("s")
    name = NAMES.get(word) or NAMES.get(single) or (single if single in KINDS and len(single) > 1 else word)
    return name if name in KINDS else ""


class Measures:
    """The keys as amounts of a unit, and the same amounts in other units."""

    def __init__(self, keys: Sequence[str], numbers: Sequence[Value], problem: str) -> None:
        text = " ".join(plain(key) for key in keys).casefold()
        units = [unit_of(word) for word in findall(PATTERN, sub(r"/ ?mol\b", "", text))]
        if not any(units) and any(search(r"(?<!\$)\$ ?\d|\\\$", key) for key in keys):
            units.append("$")
        if not any(units):
            asked = search(
                r"\b(?:in|many|into|to|of) (km ?/ ?h|m ?/ ?s|[a-z]+(?: per [a-z]+)?)\b(?=[^.?]*\?)|(°)", problem
            )
            units = [unit_of(asked[1] or asked[2])] if asked else []
        self.unit = next(filter(None, units), "")
        words = [word for word in findall(PATTERN, problem) if len(word) > 1 or word in "$°"]
        self.shown = frozenset(filter(None, map(unit_of, words)))
        converts = any(unit != self.unit and KINDS[unit] == KINDS.get(self.unit) for unit in self.shown)
        self.values = [float(value.exact) for value in numbers if value.exact] if self.unit and not converts else []

    def leak(self, reader: Reader, folded: str) -> str:
        if not self.values:
            return ""
        scale = UNITS[KINDS[self.unit]]
        for run in reader.runs:
            for value in values_in(run):
                if not value.is_number or value.points is None:
                    continue
                after = " ".join(reader.lows[value.end : value.end + 3])
                unit = (
                    unit_of(after) or unit_of("".join(after.split())) or unit_of(after.split(" ")[0] if after else "")
                )
                if unit == "m" and reader.lows[value.end + 1 : value.end + 2] == ["/"]:
                    unit = "m/s"
                if not unit and KINDS[self.unit] == "angle" and "pi" in reader.lows[value.start : value.end]:
                    unit = "rad"
                if unit in scale and unit != self.unit:
                    for key in self.values:
                        wanted = key * scale[self.unit] / scale[unit]
                        if math.isclose(value.points[0], wanted, rel_tol=2e-3):
                            return "in another unit"
        return ""
