"""The leak gate: may this sentence be said while the ladder does not yet allow telling the answer?

Every voice passes it, sentence by sentence, before anything is sent. It looks for the key in whatever notation,
language, arithmetic or code a sentence may hide it, and lets the numbers of the problem itself, intermediate results
and small numbers in other roles pass. What it cannot judge it holds back.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence

from tutor_app.tutoring.voices.gate.alternatives import Alternatives, alternatives_in
from tutor_app.tutoring.voices.gate.asked import Asked
from tutor_app.tutoring.voices.gate.checks import Checks
from tutor_app.tutoring.voices.gate.codes import readings
from tutor_app.tutoring.voices.gate.expressions import Reader
from tutor_app.tutoring.voices.gate.formulas import Formulas
from tutor_app.tutoring.voices.gate.keys import know, read_keys, with_intercepts
from tutor_app.tutoring.voices.gate.measures import Measures
from tutor_app.tutoring.voices.gate.numbers import Numbers, values_in
from tutor_app.tutoring.voices.gate.numerals import SMALL
from tutor_app.tutoring.voices.gate.options import Options, choices_in
from tutor_app.tutoring.voices.gate.patterns import findall, fullmatch, search, split, sub
from tutor_app.tutoring.voices.gate.plain import listed, plain
from tutor_app.tutoring.voices.gate.shapes import Shapes
from tutor_app.tutoring.voices.gate.spoken import Spoken, shown_values
from tutor_app.tutoring.voices.gate.tongues import in_another_language
from tutor_app.tutoring.voices.gate.values import Value
from tutor_app.tutoring.voices.gate.verbatim import Verbatim
from tutor_app.tutoring.voices.gate.words import Words, ciphers

logger = logging.getLogger(__name__)

LONGEST = 2_000  # characters of a sentence; no honest one is longer, and time stays bounded
REMEMBERED = 300  # characters of this reply that a sentence is read together with
DEEPEST = 2  # codes within codes
MOST_READINGS = 120  # of one sentence as hidden writing; an honest one has a handful
IN_PROSE = frozenset(
    {
        "leetspeak",
        "stretched",
        "cut up",
        "capitals",
        "pig latin",
        "look-alikes",
        "spelling alphabet",
        "backwards",
        "upside down",
        "morse",
        "braille",
        "rot13",
    }
)  # readings that keep the words of a sentence apart
LETTERED = frozenset(
    {"spelled", "letters", "initials", "line initials", "line ends", "capitals only", "places in the alphabet",
     "character codes"}
)  # fmt: skip  # readings that are letters without spaces
SPELLING = frozenset(
    listed(
        "backwards backward read spell spelled spelt it reverse reversed letters letter then followed by "
        "capital small lower "
        "upper uppercase lowercase case and the answer is big next comes with first second plus"
    )
)
UNSEEN = (
    r"(?s)<!--(.{1,200}?)-->|<[^>]{0,200}(?:display ?: ?none|visibility ?: ?hidden|opacity ?: ?0|font-size ?: "
    r"?0|hidden)"
    r"[^>]{0,200}>([^<]{1,200})<|(?:title|alt|data-\w+|aria-label) ?= ?[\"']([^\"']{1,200})[\"']"
)
NOUNS = re.compile(
    r"(?:what (?:is|are|was|were|does|will be|would be)|find|determine|calculate|compute|state|give|"
    r"identify|name|write|work out|evaluate|"
    r"which (?:is|was)) (?:the |its |their |an? |your |this )*((?:[a-z\-]+ ){0,3}[a-z\-]+)"
)
SAME = {
    "mean": ("average",), "average": ("mean",), "slope": ("gradient", "steepness"), "sum": ("total",),
    "total": ("sum",),
    "derivative": ("slope",), "probability": ("chance", "likelihood", "odds"), "chance": ("probability",),
    "coefficient": ("number",), "speed": ("velocity", "rate"), "price": ("cost",), "cost": ("price",),
    "degree": ("exponent", "power", "order"),
    "quartile": ("q1", "q3"), "zero": ("root",), "zeros": ("roots",), "root": ("zero",), "area": ("surface",),
}  # fmt: skip
IMPLIED = (  # what the notation asks for without its name
    (r"\blim\b", ("limit",)), (r"\bint\b|∫", ("integral", "area")), (r"'\(|\bdy ?/ ?dx|\bd ?/ ?dx|"
        r"derivative", ("derivative",)),
    (r"\bsqrt\b", ("root",)), (r"\blog\b|\bln\b", ("logarithm", "log")), (r"\|-?\d", ("absolute", "distance")),
    (r"\bsum\b|\bsigma\b|∑", ("sum", "total")),
    (r"\biqr\b", ("iqr", "range")), (r"\bfast|\bspeed", ("speed", "velocity")),
    (r"how likely|\bp\(", ("probability", "chance")),
    (r"time does|how long|when does", ("time",)), (r"z-score", ("z", "score")),
)  # fmt: skip
COUNTED = re.compile(
    r"how (?:many|much|long|far|old|tall|wide|high|fast|big|large|often)(?: ([a-z\-]+))?(?: ([a-z\-]+))?"
)
WHICH = re.compile(r"\b(?:which|what) ([a-z\-]+)(?: ([a-z\-]+))?")
NO_NOUNS = frozenset(
    listed(
        "is are was the a an of in on to for x y and or does do if by you it its value following at "
        "per cm km that with as from when "
        "this these then than be would will can have has not each all any both happens what how did "
        "their your our there called"
    )
)
SOLVED_FOR = re.compile(
    r"(?:solve|find|what is|isolate|value of|values of|for|determine|evaluate)\s+(?:for\s+)?([a-z])(?![a-z])"
)


class Gate:
    """Judges the sentences of one reply to one step.

    `allowed` is what the learner has seen already: rungs that were shown, their own words. Not for use by several
    threads at once: it remembers what it let through, because an answer can be split over two sentences.
    """

    def __init__(
        self,
        problem: str,
        keys: Sequence[str],
        kind: str = "",
        choices: Sequence[str] = (),
        allowed: Sequence[str] = (),
    ) -> None:
        self.why = ""
        self._said = ""
        self._broken = ""
        self._shapes: Shapes | None = None
        self._alternatives: Alternatives | None = None
        self._options: Options | None = None
        try:
            self._set_up(problem, keys, kind, choices, allowed)
        except Exception:
            logger.exception("the leak gate could not read a step; it will hold everything back")
            self._broken = "the step could not be read"

    def _set_up(
        self, problem: str, keys: Sequence[str], kind: str, choices: Sequence[str], allowed: Sequence[str]
    ) -> None:
        choices = tuple(choices) or choices_in(plain(problem))
        known = know((problem, *choices), allowed)
        read = read_keys(keys, kind, choices)
        read = with_intercepts(read, known.own.text)
        asked, letters = _asked(known.own.text), _letters(known.own.text, known.own.names | frozenset(read.roots))
        self._numbers = Numbers(read.numbers, known, asked, letters) if read.numbers else None
        has_shapes = read.expressions or read.relations or read.regions or read.sequences
        self._shapes = Shapes(read, known, asked, letters) if has_shapes else None
        self._words = Words(read.words, known, asked, letters) if read.words else None
        self._options = Options(read.letters, choices, known.text) if read.letters else None
        spoken = [name for name in (self._numbers.aliases if self._numbers else ()) if name.isalpha() and len(name) > 2]
        self._number_names = Words(spoken, known, asked, letters) if spoken else None
        names = list(self._numbers.aliases) if self._numbers else []
        names += [key for key in (self._words.keys if self._words else ()) if fullmatch(r"[a-z][a-z '\-]{2,}", key)]
        self._names = tuple(names)
        self._ciphers = ciphers(names) - frozenset(findall(r"[^\W\d_]+", known.text))
        self._known_text = known.own.text
        self._short = tuple(
            key for key in (plain(k).strip() for k in keys) if fullmatch(r"[A-Za-z][A-Za-z0-9]{1,3}", key)
        )
        named = None if choices else alternatives_in(problem, keys)
        self._backwards = frozenset(name for name in self._names if len(name) > 3 and name != name[::-1])
        self._alternatives = Alternatives(*named, known.own.text) if named else None
        self._asked_again = Asked(problem, keys, read.numbers, known)
        self._spoken = Spoken(
            keys, read.words, shown_values([*read.numbers, *read.expressions, *read.relations]), known
        )
        self._measures = Measures(keys, read.numbers, known.own.text) if read.numbers else None
        self._checks = Checks(read.numbers, read.expressions, read.relations, known)
        self._formulas = Formulas(keys, known.own.text)
        self._verbatim = Verbatim(
            keys if choices else read.words, choices, "\n".join((problem, *allowed)), asked, letters
        )

    def passes(self, sentence: str) -> bool:
        """Whether the sentence may be sent; `why` says what was found where it may not."""
        self.why = ""
        if not sentence.strip():
            return True
        told = set(self._shapes.told) if self._shapes else set()
        struck = set(self._options.struck) if self._options else set()
        fallen = set(self._alternatives.struck) if self._alternatives else set()
        try:
            self.why = self._broken or self._judge(sentence)
        except Exception:
            logger.exception("the leak gate failed on a sentence and holds it back")
            self.why = "could not be judged"
        if self.why:  # what was not said is not remembered
            if self._shapes:
                self._shapes.told = told
            if self._options:
                self._options.struck = struck
            if self._alternatives:
                self._alternatives.struck = fallen
        else:
            self._said = (self._said + " " + sentence.strip())[-REMEMBERED:]
        return not self.why

    # -- judging ---------------------------------------------------------------------------------------------------

    def _judge(self, sentence: str) -> str:
        if len(sentence) > LONGEST:
            return "too long to judge"
        return self._written(sentence) or self._hidden(sentence, 0) or self._with_what_was_said(sentence)

    def _written(self, raw: str) -> str:
        """What a reader sees."""
        text = plain(raw)
        reader = Reader(text)
        if self._numbers is not None:
            why = self._numbers.leak(reader)
            if why:
                return f"number: {why}"
            if self._number_names is not None:
                folded = " ".join(text.casefold().split())
                why = next(
                    filter(None, (self._number_names.hinted(raw, folded, name) for name in self._number_names.keys)), ""
                )
                if why:
                    return f"number: {why}"
            if search(r"\\f?boxed|\\fbox", raw) and any(self._numbers.equal(v) for v in _values_of(reader)):
                return "number: in a box"
        if self._shapes is not None:
            why = self._shapes.leak(reader)
            if why:
                return f"expression: {why}"
        why = self._verbatim.leak(reader.tokens)
        if why:
            return f"text: {why}"
        if self._words is not None:
            why = self._words.leak(raw, text)
            if why:
                return f"word: {why}"
        if self._options is not None:
            why = self._options.leak(text)
            if why:
                return f"choice: {why}"
        return self._in_other_ways(reader, " ".join(text.casefold().split()))

    def _in_other_ways(self, reader: Reader, folded: str) -> str:
        if self._alternatives is not None:
            why = self._alternatives.leak(reader, folded)
            if why:
                return f"alternative: {why}"
        why = self._checks.leak(reader, folded)
        if why:
            return f"check: {why}"
        why = self._asked_again.leak(reader, folded)
        if why:
            return f"question: {why}"
        why = self._spoken.leak(reader, folded)
        if why:
            return f"expression: {why}"
        if self._measures is not None:
            why = self._measures.leak(reader, folded)
            if why:
                return f"number: {why}"
        why = self._formulas.leak(folded)
        if why:
            return f"formula: {why}"
        if self._words is not None and in_another_language(folded, self._words.keys, self._known_text):
            return "word: in another language"
        return ""

    def _hidden(self, raw: str, depth: int) -> str:
        """What a decoder sees."""
        text = plain(raw)
        words = findall(r"[^\W\d_]+", text.casefold())
        if self._ciphers.intersection(words):
            return "hidden: a simple cipher"
        if self._numbers is not None and self._numbers.counted(raw):
            return "hidden: signs to count"
        for count, (trick, says) in enumerate(readings(raw, text)):
            if count > MOST_READINGS:
                return "hidden: too much that looks like code"
            if not says or says.isspace():
                continue
            if self._is_named(says, trick, text):
                return f"hidden: {trick}"
            if (
                trick in ("base64", "base32", "hex", "bits", "look-alikes", "backwards", "character codes")
                and depth < DEEPEST
            ):
                why = self._written(says) or self._hidden(says, depth + 1)
                if why:
                    return f"hidden: {trick}"
        if self._rhymes(text):
            return "hidden: a rhyme"
        if self._spelled_out(raw, text):
            return "hidden: spelled"
        return self._unseen(raw) if "<" in raw else ""

    def _spelled_out(self, raw: str, text: str) -> bool:
        """Keys of a few letters, which make up the whole sentence: `N. O.`, `capital N followed by small a`, `aN`."""
        if len(text) > 90 or not (self._short or self._backwards):
            return False
        tokens = [
            SMALL.get(word, word) if len(word) > 1 else word
            for word in findall(r"[a-z]+|\d+", text.casefold())
            if word not in SPELLING
        ]
        said = ["".join(map(str, tokens)), "".join(str(word) for word in tokens if word not in ("a", "an"))]
        turned = search(r"revers|backward|mirror|other way|turn(?:ed)? (?:it )?(?:a)?round", text.casefold())
        loose = all(len(str(token)) == 1 for token in tokens)
        for key in self._short:
            folded = key.casefold()
            if loose and len(tokens) >= len(folded) and folded in said:
                return True
            if turned and folded[::-1] in said:
                return True
            if raw.strip(" .!") == key[::-1] != key and not key.isdigit():
                return True
        if text.strip(" .!").casefold()[::-1] in self._backwards:
            return True
        found = search(
            r"\b(first|last) (two|three|four|five|\d) letters (?:of|in) (?:the word )?\W*([a-z]{3,})", text.casefold()
        )
        if found is None:
            return False
        size = int(SMALL.get(found[2], 0) or (found[2] if found[2].isdigit() else 0))
        return (found[3][:size] if found[1] == "first" else found[3][-size:]) in {key.casefold() for key in self._short}

    def _unseen(self, raw: str) -> str:
        """A key in a comment or an element that is not shown: there it is the answer, though the problem shows it."""
        pieces = [part for found in findall(UNSEEN, raw) for part in found if part.strip()]
        if self._words is not None and any(self._words.named_in(plain(piece)) for piece in pieces):
            return "hidden: in what is not shown"
        if self._numbers is not None and any(self._numbers.named_in(plain(piece)) for piece in pieces):
            return "hidden: in what is not shown"
        return ""

    def _is_named(self, says: str, trick: str, text: str) -> bool:
        folded = says.casefold()
        seen = text.casefold()
        if trick in LETTERED or trick in IN_PROSE:
            squeezed = sub(r"[^a-z0-9]", "", folded)
            shortest = {"initials": 5, "letters": 4, "spelled": 3}.get(trick, 3)
            if trick == "rot13" and not search(r"\b(?:the|is|answer|it)\b", folded):
                return False
            for name in self._names:
                compact = name.replace(" ", "").replace("-", "")
                if squeezed == compact and len(compact) >= (3 if trick != "initials" else 4):
                    return True
                whole = name in folded and search(rf"(?<![a-z]){re.escape(name)}(?![a-z])", folded)
                if whole and trick in IN_PROSE and not search(rf"(?<![a-z]){re.escape(name)}(?![a-z])", seen):
                    return True
                if (
                    trick == "leetspeak"
                    and len(compact) >= 5
                    and compact in squeezed
                    and compact not in sub(r"[^a-z0-9]", "", seen)
                ):
                    return True
                if (
                    len(compact) >= shortest
                    and compact in squeezed
                    and trick
                    in (
                        "spelled",
                        "letters",
                        "line initials",
                        "line ends",
                        "capitals only",
                        "places in the alphabet",
                        "morse",
                        "spelling alphabet",
                    )
                ):
                    return True
                if trick == "initials" and len(compact) >= 5 and compact in squeezed:
                    return True
            if trick in ("morse", "braille", "character codes", "upside down") and self._numbers is not None:
                return any(part and self._numbers.named_in(part) for part in findall(r"-?\d+(?:[./]\d+)?", folded))
            return False
        return (self._numbers is not None and self._numbers.named_in(says)) or (
            self._words is not None and self._words.named_in(says)
        )

    def _rhymes(self, text: str) -> bool:
        return bool(search(r"\brhym(?:es?|ing)\b", text.casefold())) and "rhym" not in self._known_text

    def _with_what_was_said(self, sentence: str) -> str:
        """An answer that is split: `The answer is` and `7.`; `The first digit is 1.` and `The second is 2.`"""
        if not self._said:
            return ""
        begun = search(
            r"(?:\b(?:is|are|be|equals?|get|gives?|write|answer|=|digit is|choose|option|choice|"
            r"pick)|[:=,\-–—(\"“]|\.\.\.|…)\s*$",
            self._said.rstrip(" .…"),
        )
        if begun or search(
            r"(?i)digit|first|start|letter|then|take|add|subtract|between|more than|less than|greater|smaller|not ",
            self._said,
        ):
            joined = f"{self._said.rstrip(' .…')}{' ' if begun else ', '}{sentence.strip()}"
            why = self._written(joined[-LONGEST:])
            if why:
                return f"{why}, with what was said before"
        return self._hidden_across(sentence)

    def _hidden_across(self, sentence: str) -> str:
        initials = "".join(part.strip()[:1] for part in split(r"(?<=[.!?])\s+", f"{self._said} {sentence}")).casefold()
        if any(len(name) >= 5 and name.replace("-", "").replace(" ", "") in initials for name in self._names):
            return "hidden: initials of sentences"
        return ""


def warm_up() -> None:
    """Compiles what the first sentences would otherwise wait for."""
    problem = "Solve x + 5 = 12 for x. What is the slope? Is it even or odd?"
    said = ("Sum of 2 and 3, x = 4 or so", "Is it between 6 and 8, siete?", "So it is 5, Option C", "It is not odd.")
    for keys, choices in ((["7"], ()), (["even"], ()), (["yes"], ()), (["x + 1", "(2, 3)", "x > 2"], ())):
        gate = Gate(problem, keys, choices=choices)
        for sentence in said:
            gate.passes(sentence)
    for letter in "ABCDEFGH":
        gate = Gate(problem, [letter], "choice", choices=[f"{number} cats" for number in range(1, 9)])
        for sentence in said:
            gate.passes(sentence)


def _values_of(reader: Reader) -> list[Value]:
    return [value for run in reader.runs for value in values_in(run)]


def _asked(problem: str) -> tuple[str, ...]:
    """The nouns that the problem asks for: `slope`, `apples`."""
    found: list[str] = []
    for pattern in (NOUNS, COUNTED, WHICH):
        for match in pattern.finditer(problem):
            for group in match.groups():
                found += (group or "").split()
    found += [noun for pattern, nouns in IMPLIED if search(pattern, problem) for noun in nouns]
    found += [other for noun in found for other in SAME.get(noun, ())]
    kept = [noun for noun in dict.fromkeys(found) if noun not in NO_NOUNS and (len(noun) > 2 or noun[-1].isdigit())]
    return tuple(kept[:10])


def _letters(problem: str, names: frozenset[str]) -> tuple[str, ...]:
    """The unknowns: what the problem solves for, else every letter in it."""
    solved = [letter for letter in SOLVED_FOR.findall(problem) if letter != "a"]
    if "slope" in problem:
        solved.append("m")
    found = {*solved, *(name for name in names if len(name) == 1 and name not in "ai")}
    return ("x", *sorted(found - {"x"})[:8])
