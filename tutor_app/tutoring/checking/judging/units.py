"""Units that answers carry: the names that are known, and what one unit is worth in another.

The names are ours. A learner's text is looked up here and never reaches pint, which is asked only about names that
stand in this file, and only in the checking child: `worth` imports it. A unit is written `kilometer*hour^-1`; a thing
that is merely counted (`3 tickets`) is `#ticket`.
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import cache
from typing import Any

_PREFIXES = {"k": "kilo", "c": "centi", "m": "milli", "d": "deci", "n": "nano", "M": "mega", "G": "giga"}


def _prefixed(symbol: str, names: str, prefixes: str) -> dict[str, str]:
    """`m`, `metre meter`, "kcm" gives km, kilometer, kilometre, ... each meaning kilometer."""
    proper = names.split()[0]
    table = {symbol: proper, **dict.fromkeys(names.split(), proper)}
    for prefix in prefixes:
        long = _PREFIXES[prefix]
        table[prefix + symbol] = long + proper
        table.update({long + name: long + proper for name in names.split()})
    return table


NAMES: dict[str, str] = {
    **_prefixed("m", "meter metre", "kcmdn"), **_prefixed("g", "gram gramme", "kcmd"),
    **_prefixed("L", "liter litre", "mdc"), **_prefixed("l", "liter litre", "mdc"),
    **_prefixed("s", "second", "mn"), **_prefixed("mol", "mole", "mn"), **_prefixed("J", "joule", "kM"),
    **_prefixed("W", "watt", "kmMG"), **_prefixed("N", "newton", "km"), **_prefixed("Pa", "pascal", "kMG"),
    **_prefixed("V", "volt", "km"), **_prefixed("A", "ampere amp", "m"), **_prefixed("Hz", "hertz", "kMG"),
    **_prefixed("eV", "electron_volt", "kMG"), **_prefixed("cal", "calorie", "k"), **_prefixed("M", "molar", "mn"),
    **_prefixed("B", "byte", "kMG"), **_prefixed("ohm", "ohm", "kM"),
    "sec": "second", "min": "minute", "minute": "minute", "h": "hour", "hr": "hour", "hour": "hour", "day": "day",
    "week": "week", "wk": "week", "month": "month", "yr": "year", "year": "year", "decade": "decade",
    "century": "century", "in": "inch", "inch": "inch", "ft": "foot", "foot": "foot", "feet": "foot", "yd": "yard",
    "yard": "yard", "mi": "mile", "mile": "mile", "acre": "acre", "hectare": "hectare", "ha": "hectare", "lb": "pound",
    "pound": "pound", "oz": "ounce", "ounce": "ounce", "ton": "ton", "tonne": "metric_ton", "gal": "gallon",
    "gallon": "gallon", "qt": "quart", "quart": "quart", "pt": "pint", "pint": "pint", "cup": "cup",
    "tbsp": "tablespoon", "tablespoon": "tablespoon", "tsp": "teaspoon", "teaspoon": "teaspoon", "cc": "milliliter",
    "mph": "mile*hour^-1", "kph": "kilometer*hour^-1", "kmh": "kilometer*hour^-1", "mpg": "mile*gallon^-1",
    "rpm": "revolution*minute^-1", "revolution": "revolution", "rev": "revolution", "bpm": "#beat*minute^-1",
    "atm": "atmosphere", "psi": "psi", "mmHg": "mmHg", "torr": "torr", "bar": "bar", "K": "kelvin", "kelvin": "kelvin",
    "kWh": "kilowatt_hour", "hp": "horsepower", "Da": "dalton", "amu": "dalton", "dalton": "dalton",
    "angstrom": "angstrom", "um": "micrometer", "micron": "micrometer", "micrometer": "micrometer",
    "micrometre": "micrometer", "microgram": "microgram", "ug": "microgram", "mcg": "microgram", "uL": "microliter",
    "microliter": "microliter", "degree": "degree", "deg": "degree", "rad": "radian", "radian": "radian",
    "celsius": "degree_Celsius", "degC": "degree_Celsius", "fahrenheit": "degree_Fahrenheit",
    "degF": "degree_Fahrenheit", "dollar": "$", "cent": "cent", "euro": "euro", "ppm": "ppm", "unit": "#unit",
    "centimetre": "centimeter",
}  # fmt: skip
_SHORT = "cm mm km kg mg ml mL ft yd lb lbs oz mi mph hr hrs min sec kmh kph mol kJ kPa atm mmHg psi rpm kWh"
SHORT = frozenset(
    _SHORT.split()
)  # abbreviations that need no gap after the number and are no likely product of variables
LETTERS = frozenset(name for name in NAMES if len(name) == 1)  # also variables
_CASELESS = {name.lower(): unit for name, unit in NAMES.items() if len(name) > 3}


def known(word: str) -> str | None:
    """The unit that a word names, singular or plural; None for any other word."""
    for name in (word, word[:-1] if word.endswith("s") and len(word) > 2 else word):
        if name in NAMES:
            return NAMES[name]
        if name.lower() in _CASELESS:
            return _CASELESS[name.lower()]
    if word in {"inches", "Inches"}:
        return "inch"
    return "century" if word == "centuries" else None


def singular(noun: str) -> str:
    """A counted thing, so that `3 tickets` and `3 ticket` agree."""
    noun = noun.lower()
    for ending, instead in (("people", "person"), ("children", "child"), ("ies", "y"), ("ches", "ch"), ("s", "")):
        if noun.endswith(ending) and not noun.endswith("ss"):
            return noun[: -len(ending)] + instead
    return noun


def joined(parts: list[tuple[str, int]]) -> str:
    """The canonical name of a product of powers: [("kilometer", 1), ("hour", -1)] is `kilometer*hour^-1`."""
    powers: dict[str, int] = {}
    for name, power in parts:
        for inner, inner_power in split(name):
            powers[inner] = powers.get(inner, 0) + inner_power * power
    return "*".join(name if power == 1 else f"{name}^{power}" for name, power in sorted(powers.items()) if power)


def split(unit: str) -> list[tuple[str, int]]:
    """The factors of a canonical name, with their powers."""
    factors = [re.fullmatch(r"(.+?)(?:\^(-?\d+))?", factor) for factor in unit.split("*")]
    return [(found.group(1), int(found.group(2) or 1)) for found in factors if found is not None]


@cache
def _registry() -> Any:
    import pint

    registry: Any = pint.UnitRegistry(non_int_type=Fraction, cache_folder=None)
    for definition in ("dollar = [money]", "cent_of_money = 0.01 dollar", "euro = [money_of_europe]"):
        registry.define(definition)
    return registry


_INTERVALS = {"degree_Celsius": "kelvin", "degree_Fahrenheit": "degree_Rankine"}  # per degree, no scale has a zero
_FOR_PINT = {"$": "dollar", "cent": "cent_of_money", "€": "euro", "£": "pound_of_money", "¥": "yen_of_money"}


def _for_pint(unit: str) -> dict[str, Fraction]:
    factors = split(unit)
    names = _FOR_PINT | (_INTERVALS if len(factors) > 1 else {})
    return {names.get(name, name): Fraction(power) for name, power in factors}


@cache
def worth(wanted: str, given: str) -> tuple[Fraction, Fraction] | None:
    """(scale, offset) with `wanted = scale * given + offset`; None where they do not measure the same thing."""
    if wanted == given:
        return Fraction(1), Fraction(0)
    if any("#" in unit or unit[0] in "£¥€" for unit in (wanted, given)):
        return None
    import pint

    registry = _registry()
    sides = [registry.Unit(registry.UnitsContainer(_for_pint(unit))) for unit in (given, wanted)]
    try:
        zero, one = (Fraction(registry.convert(Fraction(value), *sides)) for value in (0, 1))
    except (pint.DimensionalityError, pint.OffsetUnitCalculusError):
        return None
    return one - zero, zero
