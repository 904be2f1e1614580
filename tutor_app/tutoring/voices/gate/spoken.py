"""Formulas that are read aloud (`x plus two, times x plus three`) or told part by part (`the numerator is 3 and ...`).

Read aloud, brackets and signs of multiplication are lost; so the key and the sentence are compared without them.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from .expressions import Reader, Relation, Token, Tuple, tokenise
from .keys import EVERYWHERE, Known
from .numbers import values_in
from .numerals import ORDINALS, in_english
from .patterns import findall, finditer, search
from .plain import listed, plain
from .values import Value, parts_of

SAID = {
    "plus": "+", "minus": "-", "negative": "-", "over": "/", "equals": "=", "sine": "sin", "cosine": "cos",
    "tangent": "tan", "logarithm": "log", "squared": "^2", "cubed": "^3", "infinity": "inf", "pi": "pi",
}  # fmt: skip
PHRASES = {
    ("divided", "by"): "/", ("is", "equal", "to"): "=", ("equal", "to"): "=", ("square", "root", "of"): "sqrt",
    ("square", "root"): "sqrt", ("root", "of"): "sqrt", ("root",): "sqrt", ("to", "the", "power", "of"): "^",
    ("to", "the", "power"): "^", ("raised", "to", "the"): "^", ("to", "the"): "^", ("log", "of"): "log",
    ("log", "base"): "log_", ("logarithm", "base"): "log_",
    ("natural", "log"): "ln", ("plus", "or", "minus"): "±", ("greater", "than", "or", "equal", "to"): ">=",
    ("less", "than", "or", "equal", "to"): "<=", ("greater", "than"): ">", ("less", "than"): "<", ("is",): "=",
    ("f", "inverse"): "f", ("the", "quantity"): "", ("e", "to", "the"): "e^",
}  # fmt: skip
LONGEST_PHRASE = max(map(len, PHRASES))
SILENT = frozenset(
    listed(
        "( ) [ ] { } , * times the a an all of quantity $ . then open close closed parenthesis bracket comma "
        "round square"
    )
)
ALOUD = (
    r"\b(?:plus|minus|negative|over|times|squared|cubed|root|sine|cosine|divided by|power|equals|point|log|"
    r"greater|less|"
    r"ten to the|bracket|parenthesis)\b|\b[a-z] (?:two|three|four|five|six|seven|eight|nine|ten)\b"
)
SHORTEST = 3
PLACES = {place: word for word, place in ORDINALS.items()}
ROLES = (  # what the parts of a key are called, and how many of the names have to be said
    r"numerator|denominator|top|bottom",
    r"mantissa|exponent|factor|power",
    r"under the (?:root|radical)|in front|outside|inside|radicand",
    r"coefficients?|constant|leading|middle|first|last|linear|quadratic|square",
    r"slope|intercept|\bm\b|\bb\b",
    r"x-(?:coordinate|value)|y-(?:coordinate|value)|right|left|up|down|lowest|highest|reached|horizontal|vertical",
    r"real|imaginary",
    r"coefficient|exponent|power|mantissa|significand",
    r"\bh\b|\bk\b|\ba\b|\bb\b|\bc\b",
    r"factors?|product|multiply|brackets?|numbers",
    r"terms?|add|sum|plus|then",
    r"square|round|brackets?|parenthes[ie]s|closed|open",
)


def flat(tokens: Sequence[Token]) -> list[str]:
    """The tokens without brackets and multiplication, words as signs."""
    lows = [token.text for token in tokens]
    out: list[str] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        for size in range(min(LONGEST_PHRASE, len(lows) - at), 0, -1):
            said = PHRASES.get(tuple(lows[at : at + size]))
            if said is not None:
                out += {"e^": ["e", "^"], "log_": ["log", "_"], "": []}.get(said, [said])
                at += size
                break
        else:
            at += 1
            if token.value is not None:
                out.append(str(token.value))
            elif token.text in SAID:
                said = SAID[token.text]
                out += ["^", said[1:]] if said[0] == "^" and len(said) > 1 else [said]
            elif len(token.text) in (4, 5) and token.text[:3] == "log" and token.text[3:].isdigit():
                out += ["log", "_", token.text[3:]]
            elif token.kind == "ordinal":
                out.append(token.text[:-2])
            elif token.text in ("**",):
                out.append("^")
            elif token.text not in SILENT:
                out.append(token.text)
    return out


class Spoken:
    """The keys as they are read aloud, and their parts."""

    def __init__(self, keys: Sequence[str], unread: Sequence[str], shown: Sequence[Value], known: Known) -> None:
        self.known = known
        texts = [plain(key) for key in keys]
        self.unread = [
            _bare(flat(tokenise(plain(key)))) for key in unread
        ]  # keys that are compared as they are written
        rows = [flat(tokenise(text)) for text in texts]
        for row in list(rows):  # `y = 3x - 1` is told by `3x - 1` only where the equation has more than a letter
            if "=" in row[:6] and len(row) - row.index("=") > SHORTEST + 1:
                rows.append(row[row.index("=") + 1 :])
        self.rows = [row for row in rows if len(row) >= SHORTEST and _is_formula(row)]
        self.rows += [
            row for text, row in zip(texts, rows, strict=False) if "," in text and "-" in row and len(row) > 2
        ]
        for row in list(self.rows):
            if row.count("=") == 1:
                self.rows.append([*row[row.index("=") + 1 :], "=", *row[: row.index("=")]])
                if not any(part.isalpha() and len(part) == 1 for part in row):  # an equation of numbers: `log_2 8 = 3`
                    self.unread += [_bare(row), _bare(self.rows[-1])]
        problem = flat(tokenise(known.own.text))
        shown_so = _bare(problem)
        self.unread = [row for row in self.unread if len(row) > SHORTEST and not _holds(shown_so, row)]
        self.rows = [row for row in self.rows if not _holds(problem, row)]
        exponents = [
            key.form[2][0][1][1]
            for key in shown
            if key.form[0] == "*" and len(key.form[2]) == 1 and key.form[2][0][1][0] == "n" and key.names
        ]
        self.exponents = [n for n in exponents if n not in known.own.numbers and n not in EVERYWHERE]
        self.parts = [parts for parts in (parts_of(key.form) for key in shown) if len(parts) > 1]
        self.figures = [row for key in shown for row in (_figures(key), _coefficients(key)) if len(row) > 1]

    def leak(self, reader: Reader, folded: str) -> str:
        if self.rows:
            said = flat(reader.tokens)
            aloud = bool(search(ALOUD, folded))
            if aloud and any(_holds(said, row) for row in self.rows):
                return "reads it aloud"
            if self.unread and any(_holds(_bare(said), row) for row in self.unread):
                return "names it as it is written"
        if (self.exponents and "?" not in folded and "power" in folded) or "exponent" in folded:
            for found in finditer(
                r"\b(?:exponent|power)(?: is| of| becomes| must be| should be| equals| =|:)* (-?\w+)", folded
            ):
                if any(found[1] in (str(n), in_english(abs(int(n)))) for n in self.exponents if n.denominator == 1):
                    return "names its exponent"
        if self.exponents and "?" not in folded and search(r"\bexponents?\b|\bpowers?\b", folded):
            wanted = "|".join(str(n) for n in self.exponents if n.denominator == 1) or "$^"
            names = "|".join(PLACES.get(int(n), "") for n in self.exponents if n.denominator == 1 and int(n) in PLACES)
            if search(rf"(?:=|\bis|\bgives?|\bget|\bmakes?|\bequals) (?:{wanted})(?![\d./*^])", folded) or (
                names and search(rf"\b(?:{names}) power\b", folded)
            ):
                return "names its exponent"
        if "?" in folded or not search(r"\d|[a-z]{3}", folded):
            return ""
        if (self.parts or self.figures) and self._by_parts(reader, folded):
            return "tells it part by part"
        return ""

    def _by_parts(self, reader: Reader, folded: str) -> bool:
        if search(r"\bfor example|for instance|\be\.g\b|you (?:wrote|said|typed|answered|got|had)\b", folded):
            return False
        found = [value for run in reader.runs for value in values_in(run)]
        if not found:
            return False
        for parts in self.parts:
            if len(found) > len(parts) + 2:
                continue
            if all(any(one.form == part for one in found) for part in parts) and not all(
                part in self.known.forms or part[0] == "n" for part in parts
            ):
                return True
            firsts = [next((i for i, one in enumerate(found) if one.form == part), -1) for part in parts]
            if min(firsts) >= 0 and len(parts) > 2 and firsts == sorted(firsts) and search(r"\bfirst\b", folded):
                return True
        roles = max(len(set(findall(role, folded))) for role in ROLES)
        if roles < 2 and not search(r"numbers (?:\w+ ){0,5}(?:are|is|:)|coefficients", folded):
            return False
        numbers = {abs(value.exact) for value in found if value.exact is not None}
        said = numbers | {abs(literal) for value in found for literal in value.literals}
        for figures in self.figures:
            new = [figure for figure in figures if figure not in self.known.own.numbers and figure not in EVERYWHERE]
            if set(figures) <= said and len(said - set(figures) - EVERYWHERE) <= 1 and new:
                return True
        return False


def _bare(row: Sequence[str]) -> list[str]:
    """Without the signs of what is raised or lowered: `1s2 2s1`."""
    return [part for part in row if part not in ("^", "_")]


def _is_formula(row: Sequence[str]) -> bool:
    return any(part.isalpha() for part in row) and any(not part.isalnum() or len(part) > 1 for part in row)


def _holds(row: Sequence[str], piece: Sequence[str]) -> bool:
    size = len(piece)
    first = piece[0]
    return any(row[at] == first and list(row[at : at + size]) == list(piece) for at in range(len(row) - size + 1))


def _figures(key: Value) -> tuple[Fraction, ...]:
    """The numbers that a key is written with."""
    if key.names and key.steps < 2:
        return ()
    base = {10} if key.exact is not None else set()
    kept = [abs(literal) for literal in key.literals if abs(literal) not in EVERYWHERE | base]
    return tuple(dict.fromkeys(kept)) if key.steps else ()


def _coefficients(key: Value) -> tuple[Fraction, ...]:
    """Those of a polynomial."""
    if key.form[0] != "+":
        return ()
    _sum, constant, terms = key.form
    if key.names == {"i"} and len(terms) == 1:  # `the real part is 5 and the imaginary part 1`
        return (abs(constant), abs(terms[0][1]))
    return tuple(abs(count) for count in (*(count for _term, count in terms), constant) if abs(count) not in EVERYWHERE)


def shown_values(runs: Sequence[object]) -> list[Value]:
    """The values of keys, sides of equations and items of pairs too."""
    found: list[Value] = []
    for run in runs:
        if isinstance(run, Value):
            found.append(run)
        elif isinstance(run, Relation):
            found += [side for side in run.sides if side is not None and side.steps]
        elif isinstance(run, Tuple):
            found += run.items
    return found
