"""Alternatives that a problem names in its own words: `even, odd or neither`, `Does it converge or diverge?`

Who strikes out the others, or says where in the row the right one stands, has told it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from .expressions import Reader, Relation
from .numerals import ORDINALS
from .patterns import compiled, findall, fullmatch, search, split, sub
from .plain import listed, plain
from .values import Value

PLACES = {place: (word, f"{place}{word[-2:]}") for word, place in ORDINALS.items()}
GENERAL = (
    r"^\W*(?:an?|any|every|each|all|some|no|if|when|for|suppose|you (?:said|wrote|chose|answered|typed|picked|got))\b"
)
DENYING = (
    r"(?:not|isn't|aren't|n't|neither|nor|cannot|rule out|ruled out|cross out|strike out|strike|eliminate|exclude|"
    r"discard|anything but|other than|opposite of|rather than|instead of|never)"
)
FALLEN = (
    r"(?:is|are|was|can be|gets?|would be) (?:not|wrong|out|incorrect|false|ruled out|impossible|excluded|"
    r"eliminated|struck)"
)
WINS = (
    r"wins|is (?:right|correct|true|it|the (?:answer|one)|larger|bigger|greater|smaller|less|better|higher|lower|"
    r"the (?:larger|bigger|greater|smaller))|fits|works|applies"
)
OPPOSITE = {
    "larger": "smaller|less", "bigger": "smaller|less", "greater": "smaller|less", "largest": "smallest",
    "smaller": "larger|bigger|greater|more", "less": "larger|bigger|greater|more", "smallest": "largest",
    "better": "worse", "higher": "lower", "lower": "higher", "faster": "slower", "slower": "faster",
    "longer": "shorter", "shorter": "longer", "heavier": "lighter", "lighter": "heavier", "steeper": "flatter",
    "cheaper": "dearer|more expensive", "likelier": "less likely",
}  # fmt: skip
PAIRS = (
    "increasing decreasing", "positive negative", "odd even", "prime composite", "converges diverges",
    "convergent divergent", "rational irrational", "maximum minimum", "acidic basic", "upward downward", "up down",
    "larger smaller", "endothermic exothermic", "ionic covalent", "speeds slows", "wider narrower",
    "stronger weaker", "faster slower", "dependent independent", "continuous discontinuous", "linear nonlinear",
    "qualitative quantitative", "categorical numerical", "rises falls", "accept reject", "consistent inconsistent",
)  # fmt: skip
OPPOSITES = {one: two for pair in PAIRS for one, two in (pair.split(), pair.split()[::-1])}
MARKS = 0xE010  # the alternatives in a sentence, as single signs
MARK = "[\ue010-\ue01f]"
LEFT = re.compile(rf"{MARK}[\"'”]?(?:(?:,| or| and|, and|, or) {MARK})* {FALLEN}")
DENIED = re.compile(
    rf"{DENYING}[\"“']?(?: (?:an?|the|be|it|to|option|choice))*[ \"“'-]+{MARK}"
    rf"(?:[\"”']?,?(?: (?:or|nor|and|not|neither|an?|the|it's|is|is not|isn't))*[ \"“']+{MARK})*"
)
STRIKING = re.compile(rf"{DENYING}|{FALLEN}")
EMPTY = frozenset(listed("a an the it is are of to in on or and not you this that x y"))
OPENING = r"^(?:which|what|who|whose|where|if|when|suppose|given|in|for|as|compare|consider|tell|decide)\b"
BEATS = r"\b(?:beats?|exceeds?|tops?|outweighs?|outdoes|wins over|comes before|comes out ahead of)\b"
MOST = 8


def alternatives_in(problem: str, keys: Sequence[str]) -> tuple[tuple[str, ...], int] | None:
    """The alternatives in their order, and the place of the right one."""
    wanted = [" ".join(plain(key).casefold().strip(" .()").split()) for key in keys]
    for part in split(r"[?!:;]\s|\.\s|[()\n]|[.?!;:]$", " ".join(plain(problem).casefold().split())):
        if "/" in part and fullmatch(r"[a-z][a-z \-']*(?:/[a-z][a-z \-']*)+", part.strip()):
            part = part.strip().replace("/", " , ")
        items = [item.strip() for item in split(r"\s*,\s*(?:or\s+)?|\s+or\s+", part) if item.strip()]
        listed_only = " or " not in part
        short = listed_only and " , " in part
        items = [sub(r"^(?:either |an? |the )+", "", item) for item in items]
        while (
            len(items) > 2
            and not listed_only
            and search(OPENING, items[0])
            and not any(items[0].endswith(key) for key in wanted if key)
        ):
            items = items[1:]
        numeric = all(_number(item) is not None for item in items[1:])
        long = any(item.count(" ") > 2 for item in items)
        if not 2 <= len(items) <= MOST or (listed_only and ((len(items) < 3 and not short) or (long and not numeric))):
            continue
        for key in wanted:
            words = len(key.split())
            rows = [
                items[0] if listed_only and not numeric else " ".join(items[0].split()[-words:]),
                *items[1:-1],
                items[-1] if listed_only else " ".join(items[-1].split()[:words]),
            ]
            rows = [row.removeprefix("either ").removeprefix("a ").removeprefix("an ") for row in rows]
            rows = list(dict.fromkeys(rows))
            shared = {row.split()[-1] for row in rows}
            if len(shared) == 1 and all(" " in row for row in rows):  # `a strong acid or a weak acid`
                rows = [row.rsplit(" ", 1)[0] for row in rows]
                key = key.removesuffix(f" {shared.pop()}")
            at = next((index for index, row in enumerate(rows) if key and _alike(row, key)), None)
            if at is not None and len(rows) > 1 and not any(set(r.split()) <= EMPTY for r in rows):
                return tuple(rows), at
    return _unsaid(problem.casefold(), wanted)


def _unsaid(problem: str, wanted: Sequence[str]) -> tuple[tuple[str, ...], int] | None:
    """Alternatives that everybody knows: the four quadrants, and words that have one opposite."""
    for key in wanted:
        if "quadrant" in problem and key.removeprefix("quadrant ") in ("i", "ii", "iii", "iv"):
            return ("i", "ii", "iii", "iv"), ("i", "ii", "iii", "iv").index(key.removeprefix("quadrant "))
        if key in OPPOSITES:
            return (key, OPPOSITES[key]), 0
    return None


def _alike(one: str, two: str) -> bool:
    """`diverge` and `diverges`."""
    if one == two:
        return True
    short, long = sorted((one, two), key=len)
    return len(short) >= 4 and short.isalpha() and len(long) - len(short) <= 3 and long.startswith(short[:-1])


class Alternatives:
    """The alternatives of a step, and how sentences tell the right one without its name."""

    def __init__(self, names: Sequence[str], right: int, problem: str) -> None:
        self.names, self.right = tuple(names), right
        self.struck: set[int] = set()
        words = [_as_pattern(n) for n in names]
        words.sort(key=len, reverse=True)
        verb, *rest = self.names[right].split()
        after = "".join(rf"(?: (?:it|them|this|that|the \w+))? {re.escape(word)}" for word in rest)
        asked_to = search(r"\b(?:do|does|did|should|will|can|must) [^?]{1,80}\?", problem) and verb.isalpha()
        self.verb = (
            compiled(
                r"^\W*(?:so |then |thus |therefore |yes |please )*(?:(?:we|you|it|they|this|that)(?: should| "
                r"must| will| can)? )?"
                rf"{verb}(?:s|es|ed)?{after}\b|\b(?:is|are|was|were|gets?) (?:being )?{verb.removesuffix('e')}ed\b"
            )
            if asked_to
            else None
        )
        self.pattern = compiled(rf"(?<![\w/.])(?:{'|'.join(words)})(?![\w/])")
        self.numbers = [_number(name) for name in names]
        # whether their order is the problem's: not where the opposite was only thought of, nor in a list of data
        self.in_order = names[-1] in problem and (
            len(names) == 2 or None in self.numbers or f"or {names[-1]}" in problem
        )
        self.asked_words = frozenset(findall(r"[a-z]{4,}", problem)) - frozenset(names)
        self.offered = self.in_order
        asked = findall(r"[a-z]+", problem)
        self.opposites = "|".join(dict.fromkeys(OPPOSITE[word] for word in asked if word in OPPOSITE))

    def leak(self, reader: Reader, folded: str) -> str:
        if "?" in folded:
            return ""
        if all(number is not None for number in self.numbers) and self._compared(reader):
            return "compares the alternatives"
        if search(GENERAL, folded):
            return ""
        if self.offered and self._chosen(folded):
            return "chooses it"
        placed = self._placed(folded) if self.in_order else ""
        return placed or self._done(folded) or self._left_over(folded)

    def _chosen(self, folded: str) -> bool:
        """`Use "their"`, `29 is the prime one`."""
        right = re.escape(self.names[self.right])
        if search(
            rf"^\W*(?:(?:so|just|then|please|you should|you can|you need to) )*(?:use|choose|pick|take|select|write|"
            rf"go with|it should be|you (?:need|want)) [\"'“]?(?:the |an? )?{right}[\"'”]?(?= ?(?:$|"
            rf"[.,!]|because|since|here))",
            folded,
        ):
            return True
        said = search(rf"^\W*{right} is (?:the |an? )?(?:only )?([a-z]{{4,}})\b", folded)
        return said is not None and said[1] in self.asked_words

    def _done(self, folded: str) -> str:
        """`We reject it`, `It speeds them up`: a verb that was asked for with `do` or `does`."""
        if self.verb is None or search(
            r"\b(?:if|when|whenever|whether|or|unless|would|to|fail|what|which|how)\b", folded
        ):
            return ""
        return "does what was asked" if self.verb.search(folded) else ""

    def _compared(self, reader: Reader) -> bool:
        """`2/3 > 3/5`, `0.667 is more than 0.6`, `0.4 beats 0.375`."""
        values = {run.exact for run in reader.runs if isinstance(run, Value)}
        if values >= set(self.numbers) and search(BEATS, " ".join(reader.lows)):
            return True
        return any(
            isinstance(run, Relation)
            and run.signs[0][0] in "<>"
            and {side.exact for side in run.sides if side is not None} >= set(self.numbers)
            for run in reader.runs
        )

    def _placed(self, folded: str) -> str:
        count = len(self.names)
        place = self.right + 1
        names = [*PLACES[place]]
        if place == count:
            names += ["last", "final"]
        if place == count - 1 and count > 2:
            names.append("second to last")
        if count == 3 and place == 2:
            names.append("middle")
        which = "|".join(names)
        if count == 2 and search(rf"\bthe {'former' if place == 1 else 'latter'}\b", folded):
            return "names its place"
        noun = (
            r"(?:one|word|spelling|form|version|number|statement|phrase|option|choice|possibility|alternative|answer|"
            r"name|case|term|candidate)s?"
        )
        if fullmatch(
            rf"\W*(?:so|it's|it is|pick|choose|take|the answer is|i'd say|say|well|\W)*the (?:{which})(?: {noun})?\W*",
            folded,
        ):
            return "names its place"
        listed = (
            r"(?:(?:in|on|of|from) (?:the|your|these|those|this) (?:\w+ )?(?:list|question|problem|"
            r"sentence|words?|options|choices|possibilities|alternatives|two|three|four|given)|you were given|"
            r"that (?:was|were|is) (?:listed|named|given)|listed)"
        )
        if search(rf"\bthe (?:{which})(?: {noun})? (?:{listed}|{WINS})", folded):
            return "names its place"
        return ""

    def _left_over(self, folded: str) -> str:
        if self.opposites or STRIKING.search(folded):
            marked = self.pattern.sub(self._mark, folded)
            right = chr(MARKS + self.right)
            if self.opposites and len(self.names) == 2:
                wrong = chr(MARKS + 1 - self.right)
                if search(rf"{wrong} is (?:the )?(?:{self.opposites})\b", marked):
                    return "compares the alternatives"
            for found in (*DENIED.finditer(marked), *LEFT.finditer(marked)):
                self.struck.update(ord(mark) - MARKS for mark in findall(MARK, found.group()) if mark != right)
        if len(self.names) > 2 and folded.rstrip(" .!").count(" ") < 14:
            rows = self.pattern.findall(folded)
            said = {at for row in rows for at, name in enumerate(self.names) if _same_word(row, name)}
            general = search(r"\b(?:compare|if|when|whether|recall|remember|think|consider|look|example)\b", folded)
            if said == set(range(len(self.names))) - {self.right} and not general and self.offered:
                return "speaks of all others alone"
        left = set(range(len(self.names))) - self.struck
        return "strikes out all others" if left == {self.right} else ""

    def _mark(self, found: re.Match[str]) -> str:
        return next((chr(MARKS + at) for at, name in enumerate(self.names) if _same_word(found.group(), name)), "")


def _as_pattern(name: str) -> str:
    """A name with its endings; `slow them down` is `slow down` too."""
    if len(name) > 5 and name.isalpha():
        return f"{re.escape(name[:-1])}[a-z]{{1,4}}"
    verb, _space, particle = name.partition(" ")
    if particle in ("up", "down", "off", "out", "away", "in"):
        return f"{re.escape(verb)}(?:s|ed|ing)?(?: (?:it|them|this|that|the [a-z]+))? {particle}"
    return re.escape(name)


def _same_word(said: str, name: str) -> bool:
    if " " in name and said.split()[-1] == name.split()[-1] and said.startswith(name.split()[0]):
        return True
    return said == name or (len(name) > 5 and name.isalpha() and said.startswith(name[:-1]))


def _number(name: str) -> Fraction | None:
    found = fullmatch(r"(-?\d+(?:\.\d+)?)(?:/(\d+))?", name)
    return None if found is None or found[2] == "0" else Fraction(found[1]) / int(found[2] or 1)
