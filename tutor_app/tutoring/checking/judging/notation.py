"""Texts in which every sign counts: program text and chemical formulas."""

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
_ELEMENT = "(?:" + "|".join(sorted(_ELEMENTS.split(), key=len, reverse=True)) + ")"
_FORMULA = re.compile(r"\d*(?:[(\[]?" + _ELEMENT + r"\d*(?:[)\]]\d*)?){1,20}(?:\d?[+-]{1,4})?(?:\((?:s|l|g|aq)\))?")


def formula(text: str) -> str | None:
    """A chemical formula or reaction without its typography, the terms of each side in order; None for other texts."""
    said = unicodedata.normalize("NFKC", text).replace("\u2212", "-")
    said = re.sub(r"\\(?:long)?rightarrow|\\to(?![a-z])|[→⟶]|=>", "->", said)
    said = re.sub(r"\\(?:mathrm|text|ce)|[_^{}\s\\*$]", "", said)
    if len(said) > MAX_FORMULA:
        return None
    sides = [sorted(re.split(r"\+(?=\d*[A-Z(\[])", side)) for side in said.split("->")]
    if not all(_FORMULA.fullmatch(term) for side in sides for term in side):
        return None
    return "->".join("+".join(side) for side in sides)


def looks_like_formula(key: str) -> bool:
    """Whether capitals and digits make a text a formula rather than a word that could be read as one."""
    written = formula(key)
    return written is not None and bool(re.search(r"\d|[a-z][A-Z]|[+-]|->", written))
