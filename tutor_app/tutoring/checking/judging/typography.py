"""Cleaning what was typed: one plain alphabet, with every character still knowing where it stood in the original."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

_GREEK_LETTERS = "αβγδεζηθκλμνξρστφχψωΓΔΘΛΞΣΦΨΩ"
_GREEK_NAMES = (
    "alpha beta gamma delta epsilon zeta eta theta kappa lambda mu nu xi rho sigma tau phi chi psi omega "
    "Gamma Delta Theta Lambda Xi Sigma Phi Psi Omega"
)
_REPLACED = {
    **dict.fromkeys("−‐‑‒–—―﹣－", "-"),
    **dict.fromkeys("×⋅·∙•✕✖∗⁎", "*"),
    "÷": "÷",
    "∶": ":",
    **dict.fromkeys("⁄∕", "/"),
    **dict.fromkeys("≤⩽≦", "<="),
    **dict.fromkeys("≥⩾≧", ">="),
    **dict.fromkeys("‘’ʼ′", "'"),
    **dict.fromkeys("“”", '"'),
    "≠": "!=",
    "＝": "=",
    "√": r"\surd ",
    "∛": r"\surd[3] ",
    "∜": r"\surd[4] ",
    "π": r"\pi ",
    "∞": r"\infty ",
    "∪": r"\cup ",
    "⋃": r"\cup ",
    "∩": r"\cap ",
    "∅": r"\emptyset ",
    "⌀": r"\emptyset ",
    "ℝ": r"\mathbb{R}",
    "±": r"\pm ",
    "∨": r"\lor ",
    "∧": r"\land ",
    "°": r"\degree ",
    "％": "%",
    "∣": "|",
    "″": "''",
    "…": "...",
    "⋯": "...",
    "∈": r"\in ",
    "∖": r"\setminus ",
    "→": "->",
    "⟶": "->",
    "⇒": "->",
    "∼": r"\sim ",
    "≈": r"\approx ",
    "≅": r"\approx ",
    "¬": r"\neg ",
    "∘": r"\circ ",
    "∫": r"\int ",
    "∑": r"\sum ",
    "∏": r"\prod ",
    "∂": r"\partial ",
    "∇": r"\nabla ",
    "⟨": r"\langle ",
    "⟩": r"\rangle ",
    "⌊": r"\lfloor ",
    "⌋": r"\rfloor ",
    "⌈": r"\lceil ",
    "⌉": r"\rceil ",
    "ℤ": r"\mathbb{Z}",
    "ℕ": r"\mathbb{N}",
    "ℚ": r"\mathbb{Q}",
    "℃": r"\degree C",
    "℉": r"\degree F",
    "Ω": r"\Omega ",
    "µ": r"\mu ",
    **{letter: rf"\{name} " for letter, name in zip(_GREEK_LETTERS, _GREEK_NAMES.split(), strict=True)},
}
_SUPERSCRIPT = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿⁱˣʸᵃᵇᵗᵏ", "0123456789+-()nixyabtk", strict=True))
_SUBSCRIPT = dict(zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True))
_MARKS = {"\u0302": "hat", "\u0304": "bar", "\u0305": "bar", "\u0303": "tilde", "\u20d7": "vec"}  # above a letter
_DROPPED = set("\u200b\u200c\u200d\u2060\u2061\u2062\u2063\u2064\ufeff\u200e\u200f\u00ad\ufe0e\ufe0f")


class HiddenCharacters(Exception):
    """The text holds control characters or direction overrides."""


@dataclass(frozen=True, slots=True)
class Typed:
    """Cleaned text; `origin[i]` is the index in the original of the character that `text[i]` came from."""

    text: str
    origin: tuple[int, ...]

    def original_index(self, index: int) -> int:
        return self.origin[min(index, len(self.origin) - 1)] if self.origin else 0


def _marked(two: str) -> tuple[str, str]:
    """The letter and the mark above it, of `ŷ` or of `x` and a combining bar; ("", "") for anything else."""
    parts = unicodedata.normalize("NFD", two[0])
    parts = two if len(parts) == 1 else parts
    found = len(parts) == 2 and parts[0].isascii() and parts[0].isalpha() and parts[1] in _MARKS
    return (parts[0], parts[1]) if found else ("", "")


def clean(raw: str) -> Typed:
    """The raw text in the plain alphabet that the lexer knows. Raises HiddenCharacters."""
    out: list[str] = []
    origin: list[int] = []

    def put(text: str, index: int) -> None:
        out.extend(text)
        origin.extend([index] * len(text))

    index = 0
    while index < len(raw):
        char = raw[index]
        letter, mark = _marked(raw[index : index + 2])
        if mark:
            put(rf"\{_MARKS[mark]}{{{letter}}}", index)
            index += 1 if char != letter else 2
            continue
        if char in _DROPPED:
            pass
        elif char in _REPLACED:
            put(_REPLACED[char], index)
        elif char in _SUPERSCRIPT or char in _SUBSCRIPT:
            table, sign = (_SUPERSCRIPT, "^") if char in _SUPERSCRIPT else (_SUBSCRIPT, "_")
            end = index
            while end < len(raw) and raw[end] in table:
                end += 1
            put(sign + "{" + "".join(table[c] for c in raw[index:end]) + "}", index)
            index = end
            continue
        elif char.isascii() and char.isprintable():
            put(char, index)
        elif char.isdecimal():  # digits of any script
            put(str(unicodedata.decimal(char)), index)
        elif char.isspace() and char not in "\x0b\x0c\x1c\x1d\x1e\x1f\x85":
            put(" ", index)
        elif unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn"}:
            raise HiddenCharacters
        else:
            folded = unicodedata.normalize("NFKC", char)
            if "\u2044" in folded:  # a vulgar fraction such as ½
                top, bottom = folded.split("\u2044")
                put(rf"\frac{{{top}}}{{{bottom}}}" if bottom else char, index)
            elif len(folded) <= 4:
                put("".join(_REPLACED.get(c, c) for c in folded), index)
            else:
                put(char, index)
        index += 1
    return Typed("".join(out), tuple(origin))


def wording(text: str) -> str:
    """Text made comparable as words: compatibility forms, case, white space, quotes and a final stop are folded."""
    folded = unicodedata.normalize("NFKC", text)
    folded = "".join(_REPLACED.get(char, char) if char in "−‐‑‒–—’‘“”" else char for char in folded)
    folded = "".join(char for char in folded if char not in _DROPPED)
    return " ".join(folded.casefold().replace("$$", " ").split()).strip(" .")
