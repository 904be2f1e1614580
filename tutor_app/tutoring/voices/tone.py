"""What a language model may say: kind small words around what the course says, and nothing that it knows itself.

A sentence is let through when every word of it is an everyday word (`tone_en.txt`) or stands in the course's own text,
when mathematics in it is quoted whole from the problem, the course or the learner, and when it agrees with the verdict.
So it can't state a fact, a number or a method that was not given to it, in whatever disguise: a number word, another
alphabet, a code or a foreign language are simply words that were not given. The answer key is never sayable, even where
the ladder shows it: those words are the course's. The leak gate looks at each sentence besides.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from pathlib import Path

from tutor_app.tutoring.checking import Verdict
from tutor_app.tutoring.voices.writing import MOST_SENTENCE_CHARS, Why

FOLDER = Path(__file__).resolve().parent

# "One" that counts nothing.
THIS_ONE = re.compile(
    r"\b(this|that|the|another|next|new|last|which|each|every|easier|harder) one\b"
    r"|\bone (?=(small |more |last )*(step|moment|piece|thing|line|look|try|question|problem|part|way|idea)\b)",
    re.IGNORECASE,
)

SPAN = re.compile(r"\$\$(.+?)\$\$|\$((?:\\.|[^$\\])+)\$", re.DOTALL)
# Outside mathematics: letters, digits and plain punctuation. No markup, link, tag or picture can be made of these.
PLAIN = re.compile(r"[^\W_]|[ \n.,;:!?'’\"“”()…–—-]")
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
NUMBER = re.compile(r"\d+(?:[.,/]\d+)*")

# Counting out loud: the same mark or word again and again.
REPEATED = re.compile(r"([^\w\s])(?:\s*\1)+(?<!\w\.\.\.)|\b(\w+)(?:\W+\2\b)+", re.IGNORECASE)

# A letter that names something, where "a" and "I" are words.
LETTER = re.compile(r"\b[aA]\b(?!\s+[a-zA-Z])|(?<=[a-z,:] )A\b|\bI\b(?=\s*([.,;:!)]|$))")

# Judgements. Which of them may be said depends on the verdict; harsh ones may never be.
RIGHT = re.compile(
    r"\b(right|correct(ly)?|yes|exactly|precisely|perfect|absolutely|indeed|bravo|congratulations|solved|true|"
    r"spot on|got it|well[ -]done|(good|great|nice|excellent|brilliant|amazing|awesome|fantastic) (job|work)|"
    r"brilliant(ly)?|excellent|fantastic|terrific|amazing|awesome|wonderful(ly)?|great|you did it|(it|that) works)\b"
    r"|^(good|great|nice|lovely|super|ok|okay|fine)\b\s*[,.!–—-]",
    re.IGNORECASE,
)
NOT_YET = re.compile(r"\b(not (there |quite )?yet|not quite|not there|not it)\b", re.IGNORECASE)
AGAIN = re.compile(
    r"\b(try (it |this |that )?again|(another|one more) (go|try|look)|once more|look again)\b", re.IGNORECASE
)
HARSH = re.compile(
    r"\b(wrong|incorrect|false|mistakes?|errors?|fail(ed|s|ure)?|bad|nope|sorry|"
    r"no(?! (rush|hurry|worry|worries|pressure|matter|need)))\b",
    re.IGNORECASE,
)
CLOSENESS = re.compile(
    r"\b(almost|nearly|on (the )?track|(getting|so|very|really|are|re|is) (close|warm)(er)?|(is|are|re|bit) off)\b",
    re.IGNORECASE,
)
NEGATION = re.compile(r"\b(not|no|never|none|nothing|but|yet|neither|nor)\b|n['’]t\b", re.IGNORECASE)
OF_ITSELF = re.compile(
    r"\b(humans?|persons?|people|somebody|teachers?|tutors?|assistants?|robots?|machines?|programs?|ai|models?|"
    r"alive|born|friends?|my (own )?(name|story|life|heart|time|school)|i (was|went|felt|grew)|"
    r"i( am|['’]m) (not )?(an?|your))\b",
    re.IGNORECASE,
)


DECLINES = re.compile(
    r"\b(i|we) (cannot|can['’]t|could not|couldn['’]t|won['’]t|am (not able|unable))\b|\bunable to\b", re.I
)


@dataclass(frozen=True)
class Sources:
    """What a phrasing may draw on: the course's words, mathematics to quote whole, numbers that stand in plain text."""

    words: frozenset[str]
    mathematics: frozenset[str] = field(default=frozenset())
    numbers: frozenset[str] = field(default=frozenset())
    keys: frozenset[str] = field(default=frozenset())
    verdict: Verdict | None = None


def languages() -> frozenset[str]:
    """The languages in which a model may speak: those with a vocabulary."""
    return frozenset(path.stem.removeprefix("tone_") for path in FOLDER.glob("tone_*.txt"))


@cache
def vocabulary(language: str) -> dict[str, frozenset[str]]:
    """The words of `tone_LANGUAGE.txt` by section: "hold together", "numbers", "everyday"."""
    lines = (FOLDER / f"tone_{language}.txt").read_text(encoding="utf-8").splitlines()
    sections: defaultdict[str, set[str]] = defaultdict(set)
    section = ""
    for line in lines:
        if line.startswith("["):
            section = line.strip("[]")
        elif not line.startswith("#"):
            sections[section].update(line.split())
    return {name: frozenset(words) for name, words in sections.items()}


def sources_of(
    *, course: Iterable[str], quotable: Iterable[str], keys: Iterable[str], verdict: Verdict | None, language: str
) -> Sources:
    """`course` are texts of the course that the learner sees in this turn; of the learner's own words (`quotable`) only
    mathematics may be taken up, so nobody can put words into the tutor's mouth. `keys` may not be said at all."""
    course, keys, known = list(course), list(keys), vocabulary(language)
    plain = [SPAN.sub(" ", text) for text in course]
    words = {word for text in plain for word in words_in(text)} - known["numbers"]
    of_keys = {word for key in keys for word in words_in(key)} - known["hold together"]
    quotable = [text for text in quotable if text]
    return Sources(
        words=frozenset((known["everyday"] | known["hold together"] | words) - of_keys),
        mathematics=frozenset(
            squeezed(span) for span in [*(span for text in [*course, *quotable] for span in spans_in(text)), *quotable]
        ),
        numbers=frozenset(number for text in [*plain, *quotable] for number in NUMBER.findall(text)),
        keys=frozenset(value for key in keys for value in values_of(key)),
        verdict=verdict,
    )


def refusal(sentence: str, sources: Sources) -> Why:
    """Why a model's sentence may not be said; `Why.NONE` if it may."""
    if len(sentence) > MOST_SENTENCE_CHARS:
        return Why.TOO_LONG
    if unicodedata.normalize("NFKC", sentence.replace("…", "")) != sentence.replace("…", ""):
        return Why.MARKUP
    for span in spans_in(sentence):
        if squeezed(span) not in sources.mathematics or sources.keys & values_of(span):
            return Why.MATHEMATICS
    text = THIS_ONE.sub(r" \1 ", SPAN.sub(" ", sentence))
    if len(PLAIN.findall(text)) != len(text) or "\n" in text.strip() or REPEATED.search(text):
        return Why.MARKUP
    for number in NUMBER.findall(text):
        if number not in sources.numbers or sources.keys & values_of(number):
            return Why.MATHEMATICS
    if "?" in text:
        return Why.QUESTION
    if DECLINES.search(text):
        return Why.DECLINED
    if OF_ITSELF.search(text):
        return Why.HUMAN
    if judges_otherwise(text, sources.verdict):
        return Why.VERDICT
    if LETTER.search(text) or any(not is_given(word, sources) for word in words_in(text)):
        return Why.VOCABULARY
    return Why.NONE


def judges_otherwise(text: str, verdict: Verdict | None) -> bool:
    """Whether a sentence speaks of right and wrong in another sense than the verdict. Without a verdict there is
    nothing to judge; how near an answer is, nobody has checked."""
    if HARSH.search(text) or CLOSENESS.search(text):
        return True
    match verdict:
        case Verdict.CORRECT:
            return bool(NEGATION.search(text) or AGAIN.search(text))
        case Verdict.INCORRECT | Verdict.FORM:
            return bool(RIGHT.search(text))
    return bool(RIGHT.search(text) or NOT_YET.search(text))


def is_given(word: str, sources: Sources) -> bool:
    """A word stands for itself and for its forms; a single letter is a name of something, and is none of ours."""
    if len(word) == 1:
        return word in ("a", "i")
    return any(form in sources.words for form in stems(word))


def stems(word: str) -> Iterator[str]:
    """The word, and what it may be a form of: "trying" of "try", "closer" of "close", "stopped" of "stop"."""
    yield word
    for ending in ("'s", "s", "es", "d", "ed", "r", "er", "est", "ing", "ly"):
        stem = word.removesuffix(ending)
        if stem == word or len(stem) < 3:
            continue
        yield stem
        yield stem + "e"
        if stem.endswith("i"):
            yield stem[:-1] + "y"
        if stem[-1] == stem[-2]:
            yield stem[:-1]


def words_in(text: str) -> Iterator[str]:
    for word in WORD.findall(text):
        yield word.casefold().replace("’", "'")


def spans_in(text: str) -> Iterator[str]:
    for displayed, inline in SPAN.findall(text):
        yield displayed or inline


def squeezed(mathematics: str) -> str:
    return re.sub(r"\s+", "", mathematics).strip("$")


def values_of(text: str) -> set[str]:
    """The ways in which a key, or a quotation, says a value: as it stands, and what stands after its last "="."""
    whole = squeezed(text).casefold()
    return {value for part in {whole, whole.rsplit("=", 1)[-1]} for value in (part, _as_number(part)) if value}


def _as_number(text: str) -> str:
    fraction = re.fullmatch(r"(-?)\\[dt]?frac\{?(-?\d+)\}?\{?(\d+)\}?", text)
    plain = "".join(fraction.group(1, 2)) + "/" + fraction[3] if fraction else text.replace(",", "")
    try:
        return str(Fraction(plain))
    except (ValueError, ZeroDivisionError):
        return ""
