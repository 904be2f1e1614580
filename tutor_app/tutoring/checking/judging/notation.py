"""Texts in which every sign counts: program text, chemical formulas, sequences of bases, times of day."""

from __future__ import annotations

import re
import unicodedata

_CODE = re.compile(
    r"[A-Za-z_]\w*\s*[(\[.]\s*[\w'\"\])]|==|:=|!=|[\"'\]_;{}]"
    r"|\b(?:def|for|while|return|import|print|if|else|lambda|SELECT)\b.*\W"
)
_CODE_TOKEN = re.compile(r"\"[^\"]*\"|'[^']*'|[A-Za-z_]\w*|\d+(?:\.\d+)?|==|!=|<=|>=|\*\*|//|->|:=|&&|\|\||\S")


def is_code(key: str) -> bool:
    """Whether a key is a piece of program text, where case counts and spaces between signs do not."""
    key = re.sub(r"\((?:I{1,3}|IV|VI{0,3})\)", "", key)  # iron(III) is no call
    return "$$" not in key and "\\" not in key and bool(_CODE.search(key)) and bool(re.search(r"[^\w\s,.'-]", key))


def same_code(key: str, given: str) -> bool:
    wanted, said = (
        [token if token[0] not in "\"'" else '"' + token[1:-1] + '"' for token in _CODE_TOKEN.findall(_straight(text))]
        for text in (key, given)
    )
    if len(wanted) == 1 and wanted[0][0] == '"':  # a text may be said without its quotes
        return said == wanted or given.strip() == wanted[0][1:-1]
    return bool(wanted) and wanted == said


def _straight(text: str) -> str:
    text = text.strip().strip("`").strip().rstrip(";")
    return text.translate(str.maketrans("“”‘’−–", "\"\"''--")).replace("'", '"')


_ELEMENTS = (
    "H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr Rb Sr Y Zr Nb "
    "Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au "
    "Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U Np Pu"
)
MAX_FORMULA = 120
_BOTH_WAYS = r"\\(?:rightleftharpoons|leftrightarrows?|rightleftarrows)(?![a-z])|[⇌⇄⇋↔]|<[-=]{1,3}>"
_ELEMENT = "(?:" + "|".join(sorted(_ELEMENTS.split(), key=len, reverse=True)) + ")"
_FORMULA = re.compile(r"\d*(?:[(\[]?" + _ELEMENT + r"\d*(?:[)\]]\d*)?){1,20}(?:\d?[+-]{1,4})?(?:\((?:s|l|g|aq)\))?")


def formula(text: str) -> str | None:
    """A chemical formula or reaction without its typography, the terms of each side in order; None for other texts."""
    said = unicodedata.normalize("NFKC", text).replace("\u2212", "-")
    said = re.sub(_BOTH_WAYS, "<->", said)
    said = re.sub(r"\\(?:long)?rightarrow|\\to(?![a-z])|[→⟶]|=+>|-{2,4}>", "->", said)
    said = re.sub(r"\\(?:mathrm|text|ce)|[_^{}\s\\*$]", "", said)
    if len(said) > MAX_FORMULA:
        return None
    if "->" not in said and "+" in said:
        said = said.replace("=", "->")
    arrow = "<->" if "<->" in said else "->"
    sides = [sorted(re.split(r"\+(?=\d*[A-Z(\[])", side)) for side in said.split(arrow)]
    if not all(_FORMULA.fullmatch(term) for side in sides for term in side):
        return None
    return arrow.join("+".join(side) for side in sides)


def looks_like_formula(key: str) -> bool:
    """Whether capitals and digits make a text a formula rather than a word that could be read as one."""
    if re.fullmatch(r"[\s$]*\d+ ?[CP] ?\d+[\s$]*", key):  # 8C3, of combinations
        return False
    written = formula(key)
    return written is not None and bool(re.search(r"\d|[a-z][A-Z]|[A-Z]{2}[a-z]|[+-]|->", written))


MAX_BASES = 400
_SEQUENCE = re.compile(r"(?:([53])')?([ACGTU]{3,})(?:([53])')?")


def sequence(text: str) -> tuple[str, str] | None:
    """The bases of a strand and the end that it starts from ("5", "3", or "" where none is marked); None for others.

    Spaces, hyphens and case are typography: `5'-ATG CCA-3'`.
    """
    if len(text) > MAX_BASES:
        return None
    said = unicodedata.normalize("NFKC", text).translate(str.maketrans("’‘′−–—", "'''---"))
    said = re.sub(r"\\(?:text|mathrm)|[\s{}$^-]", "", said.replace(r"\prime", "'")).upper()
    found = _SEQUENCE.fullmatch(said)
    if found is None or found.groups()[::2] in {("5", "5"), ("3", "3")}:
        return None
    return found.group(1) or {"3": "5", "5": "3"}.get(found.group(3) or "", ""), found.group(2)


def same_sequence(key: tuple[str, str], given: tuple[str, str]) -> bool:
    """The same bases; a strand that is written from its other end stands backwards. Unmarked strands start at 5'."""
    start = key[0] or "5" if given[0] else ""
    return key[1] == (given[1] if given[0] in {start, ""} else given[1][::-1])


_CLOCK = re.compile(r"(?:at )?(\d{1,2})(?:[:.h](\d{2})(?::(\d{2}))?)?(?: ?([ap])\.? ?m\.?)?")
_NAMED_TIMES = {"noon": 12 * 3600, "12 noon": 12 * 3600, "midnight": 0, "12 midnight": 0}


def clock(text: str) -> tuple[int, bool] | None:
    """Seconds since midnight, and whether the half of the day is sure (a.m., p.m., or past 12); None for others."""
    said = unicodedata.normalize("NFKC", text).casefold().replace("$", "")
    said = re.sub(r"\{:\}", ":", said).replace("\\text{", " ").replace("}", "")
    said = " ".join(said.split())
    if said in _NAMED_TIMES:
        return _NAMED_TIMES[said], True
    found = _CLOCK.fullmatch(said)
    if found is None or not (found.group(2) or found.group(4)):
        return None
    hours, minutes, seconds = (int(part or 0) for part in found.groups()[:3])
    half = found.group(4)
    if minutes > 59 or seconds > 59 or hours > 23 or (half and not 1 <= hours <= 12):
        return None
    if half:
        hours = hours % 12 + (12 if half == "p" else 0)
    return (hours * 60 + minutes) * 60 + seconds, bool(half) or hours > 12 or hours == 0


def is_time_of_day(key: str) -> bool:
    """Whether a key is a time of day beyond doubt: it says a.m. or p.m."""
    return clock(key) is not None and bool(re.search(r"[ap]\.? ?m\b", key, re.I))


_BASED = re.compile(r"\(?([0-9A-Fa-f]{1,40})\)?_\{?(\d{1,2}|two|eight|ten|sixteen)\}?")
_BASE_WORDS = {"two": "2", "eight": "8", "ten": "10", "sixteen": "16"}


def digits_in_base(text: str) -> tuple[str, str] | None:
    """The digits and the base of `1011_2`; None for others."""
    found = _BASED.fullmatch(re.sub(r"[\s$]|\\text", "", unicodedata.normalize("NFKC", text)))
    return (found.group(1).lower(), _BASE_WORDS.get(found.group(2), found.group(2))) if found else None
