"""Chemical formulas told by their elements: `one carbon and two oxygens` for CO2."""

from __future__ import annotations

from collections.abc import Sequence

from .numerals import in_english
from .patterns import finditer, fullmatch, search, sub
from .plain import listed, plain

ELEMENTS = dict(
    zip(
        listed(
            "H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Ti Cr Mn Fe Co Ni Cu Zn As Br Kr Ag Sn I Xe Ba Pt Au "
            "Hg Pb U"
        ),
        listed(
            "hydrogen helium lithium beryllium boron carbon nitrogen oxygen fluorine neon sodium magnesium aluminium "
            "silicon phosphorus sulfur chlorine argon potassium calcium titanium chromium manganese iron cobalt nickel "
            "copper zinc arsenic bromine krypton silver tin iodine xenon barium platinum gold mercury lead uranium"
        ),
        strict=True,
    )
)
OTHER_NAMES = {"aluminium": "aluminum", "sulfur": "sulphur", "fluorine": "fluoride", "chlorine": "chloride"}


NAMED = {
    "carbon dioxide": "CO2", "carbon monoxide": "CO", "water": "H2O", "sodium chloride": "NaCl", "table salt": "NaCl",
    "salt": "NaCl", "methane": "CH4", "ammonia": "NH3", "hydrochloric acid": "HCl", "sulfuric acid": "H2SO4",
    "glucose": "C6H12O6", "ozone": "O3", "oxygen": "O2", "hydrogen": "H2", "nitrogen": "N2",
    "hydrogen peroxide": "H2O2",
    "calcium carbonate": "CaCO3", "sodium hydroxide": "NaOH", "newton": "N", "joule": "J", "watt": "W", "pascal": "Pa",
    "volt": "V", "ampere": "A", "amp": "A", "ohm": "Ω", "hertz": "Hz", "coulomb": "C", "kelvin": "K", "mole": "mol",
    "meter": "m", "metre": "m", "gram": "g", "kilogram": "kg", "second": "s", "liter": "L", "litre": "L",
    "candela": "cd",
    "tesla": "T", "farad": "F", "henry": "H", "weber": "Wb",
}  # fmt: skip


def symbols_of(name: str) -> tuple[str, ...]:
    """The symbols of an element, a compound or a unit: `CO2` of carbon dioxide."""
    symbol = next((symbol for symbol, element in ELEMENTS.items() if element == name), "")
    named = NAMED.get(name, "") or NAMED.get(name.removesuffix("s"), "")
    return tuple(filter(None, (symbol, named)))


def atoms_of(key: str) -> tuple[tuple[str, int], ...]:
    """The elements of a formula and how many atoms of each; empty for what is none."""
    text = sub(r"[\s_{}$^]|\\mathrm|\\text|\\ce|\\", "", key)
    text = plain(text).strip()
    if not fullmatch(r"(?:[A-Z][a-z]?\d{0,2}){1,6}", text):
        return ()
    found = [(part[1], int(part[2] or 1)) for part in finditer(r"([A-Z][a-z]?)(\d*)", text)]
    if not all(symbol in ELEMENTS for symbol, _ in found) or (len(found) < 2 and not any(c.isdigit() for c in text)):
        return ()
    return tuple(found)


class Formulas:
    """Keys that are chemical formulas, and how sentences tell them by their atoms."""

    def __init__(self, keys: Sequence[str], problem: str) -> None:
        self.problem = problem
        named = [NAMED.get(plain(key).casefold().strip(), "") for key in keys]
        self.formulas = tuple(filter(None, map(atoms_of, (*keys, *named))))

    def leak(self, folded: str) -> str:
        if not self.formulas or "?" in folded:
            return ""
        alone = [ELEMENTS[atoms[0][0]] for atoms in self.formulas if len(atoms) == 1]
        if any(search(rf"\b{name}\b", folded) and name not in self.problem for name in alone):
            return "names the element"
        return "tells its atoms" if any(self._told(folded, atoms) for atoms in self.formulas) else ""

    @staticmethod
    def _told(folded: str, atoms: Sequence[tuple[str, int]]) -> bool:
        """Each element with its number before it; a single atom may go without."""
        numbered = 0
        for symbol, count in atoms:
            name = ELEMENTS[symbol]
            either = "|".join(filter(None, (f"{name}s?", OTHER_NAMES.get(name, "")))) + rf"|{symbol.casefold()}(?!\w)"
            many = (
                rf"{count}|{in_english(count)}|"
                rf"{'an?|single' if count == 1 else ('pair of|double' if count == 2 else 'x')}"
            )
            if search(rf"\b(?:{many}) (?:atoms? of |small )?(?:{either})", folded) or search(
                rf"\b(?:{either})(?: with| has| and|,)*(?: a| an)?(?: small| subscript| little| index)* (?:{many})\b",
                folded,
            ):
                numbered += 1
            elif count == 1 and search(rf"\b(?:{either})", folded):
                continue
            else:
                return False
        return numbered > 0
