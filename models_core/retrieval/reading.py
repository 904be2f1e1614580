"""How questions and texts are read: words, names of things, signs in mathematics, and what names mean."""

import json
import re
from functools import lru_cache
from pathlib import Path

from models_core.retrieval.shapes import names_of_shapes

WORDS = Path(__file__).parent.parent / "retrieval_words"
EXAMPLES = Path(__file__).parent.parent / "retrieval_examples"
PHRASINGS_STEP = 3  # of the known questions, every third is enough to know how learners ask

_WORD = re.compile(r"[a-z]+")
# Words that say that something is asked, or next to nothing; what is left says what is asked about.
_EMPTY = frozenset((WORDS / "asking.txt").read_text(encoding="utf-8").split())
# Words for one thing, by stem. A token of the thing is added to the word's own.
_SAME_THING = {
    "add": "add added adding addition additive plus sum total",
    "subtract": "subtract subtracting subtraction minus takeaway less difference",
    "multiply": "multiply multiplied multiplying multiplication times product factor",
    "divide": "divide divided dividing division quotient share sharing",
    "bracket": "bracket brackets parenthesis parentheses paren parens",
    "letter": "letter letters variable variables unknown unknowns x",
    "negative": "negative negatives minus minuses sign signs",
    "fraction": "fraction fractions fractional numerator denominator denominators numerators half third quarter",
    "percent": "percent percents percentage percentages discount markup",
    "decimal": "decimal decimals point points",
    "equal": "equal equals equality equation equations balance",
    "undo": "undo undoing undone inverse opposite reverse cancel cancels cancelling",
    "distribute": "distribute distributes distributing distribution distributive expand expanding foil",
    "solve": "solve solves solved solving solution solutions root roots answer answers",
    "check": "check checking checked checks verify verifying verification test testing",
    "rearrange": "rearrange rearranging rearranged formula formulas formulae subject isolate isolating literal",
    "combine": "combine combined combining join joined joining collect collecting gather simplify simplifying",
    "term": "term terms coefficient coefficients monomial",
    "story": "story sentence sentences phrase phrases translate translating translation english wording text",
    "evaluate": "evaluate evaluating value values substitute substituting substitution plug plugging",
    "power": "power powers exponent exponents exponential squared cubed square",
    "root": "root roots radical radicals sqrt",
    "slope": "slope slopes gradient steepness rise run",
    "graph": "graph graphs graphing plot plotting draw line lines",
    "inequality": "inequality inequalities greater smaller",
    "factorise": "factor factors factoring factored factorise factorize factorisation factorization gcf hcf",
    "gcf": "gcf hcf gcd greatest highest",
    "lcm": "lcm lcd lowest least",
    "log": "log logs logarithm logarithms ln logarithmic",
    "order": "order pemdas bodmas bidmas operations",
}
_ENDING = re.compile(r"(?:isation|ization|ational|ations?|ying|ing|edly|ied|ed|ies|eses|esis|es|s|ly|er|ions?|e|y)$")
# What a reader sees in mathematics, as words.
_SIGNS = (
    (r"\d\s*[a-z](?![a-z])", "sign:coefficient letter"),
    (r"(?:\d|\)|[-+])\s*\(|\([^()]*[-+][^()]*\)", "sign:bracket bracket"),
    (r"-\s*\d*\s*\(", "sign:minus-bracket negative"),
    (r"\w\s*/\s*\w|\\d?frac|÷", "sign:fraction fraction divide"),
    (r"%", "sign:percent percent"),
    (r"\d\.\d", "sign:decimal decimal"),
    (r"\^|²|³", "sign:power power"),
    (r"√|\\sqrt", "sign:root root"),
    (r"[<>≤≥]|\\leq?\b|\\geq?\b", "sign:inequality inequality"),
    (r"(?:^|[=(]|\s)\s*-[\da-z]", "sign:negative negative"),
    (r"\bx over\b|over \d", "sign:fraction fraction divide"),
    (r"(?<![\d.])0(?![\d.])", "sign:zero zero"),
    (r"=", "sign:equal equal"),
    (r"\\log|\blog", "sign:log log"),
    (r"\|[^|]+\|", "sign:absolute absolute"),
    (r"[a-z][^=a-z]*=[^=]*\d[a-z]|\d[a-z][^=]*=[^=]*[a-z](?![a-z])", "sign:both-sides"),
    (r"\+", "sign:plus"),
)
_SEEN = tuple((re.compile(pattern), tokens.split()) for pattern, tokens in _SIGNS)
_MATHEMATICS = re.compile(r"\$+([^$]*)\$+")


def stem(word: str) -> str:
    """The word without its commonest endings: "terms" and "term" are one, "adding" and "added" too."""
    short = _ENDING.sub("", word)
    short = short if len(short) >= 3 else word
    return short[:-1] if len(short) > 3 and short[-1] == short[-2] and short[-1] not in "aeslz" else short


_THINGS: dict[str, set[str]] = {}
for _thing, _words in _SAME_THING.items():
    for _word in _words.split():
        _THINGS.setdefault(stem(_word), set()).add(f"~{_thing}")


def tokens(text: str) -> list[str]:
    """What a text is about: stems of its words, the mathematical thing that each names, and the signs in it."""
    small = text.lower().replace("’", "'")
    mathematics = " ; ".join(_MATHEMATICS.findall(small)) if "$" in small else small
    prose = re.sub(r"\\[a-z]+", " ", _MATHEMATICS.sub(" ", small))
    found: list[str] = []
    for word in _WORD.findall(prose):
        if len(word) < 3 or word in _EMPTY:
            continue
        root = stem(word)
        found.append(root)
        found.extend(sorted(_THINGS.get(root, ())))
    for pattern, seen in _SEEN:
        if pattern.search(mathematics):
            found.extend(token if token.startswith("sign:") else f"~{token}" for token in seen)
    return found


def told_words(text: str) -> tuple[str, ...]:
    """The words of a text that tell what it is about, whole, each once."""
    found = _WORD.findall(text.lower().replace("’", "'"))
    return tuple(dict.fromkeys(word for word in found if len(word) > 1 and word not in _EMPTY))


_LATEX = (
    (re.compile(r"\\(?:left|right|displaystyle|[,;!:])"), ""),
    (re.compile(r"\\d?frac\{([^{}]*)\}\{([^{}]*)\}"), r"\1/\2"),
    (re.compile(r"\\sqrt\{([^{}]*)\}"), r"square root of \1"),
    (re.compile(r"\\(?:cdot|times)"), " times "),
    (re.compile(r"\\([a-z]+)"), r" \1 "),
    (re.compile(r"[${}]"), " "),
)


def plain(text: str) -> str:
    """The text as the encoder reads best: without typesetting."""
    for pattern, put in _LATEX:
        text = pattern.sub(put, text)
    return " ".join(text.replace("*", "").split())


@lru_cache(maxsize=1)
def glossary() -> dict[tuple[str, ...], str]:
    """What mathematical words, and what learners call these things, mean in the words of courses: the meaning by the
    stems of a name. A course may explain a thing without ever using the name that a learner has for it."""
    entries: dict[tuple[str, ...], str] = {}
    for line in (WORDS / "glossary.txt").read_text(encoding="utf-8").splitlines():
        names, _colon, meaning = line.partition(": ")
        for name in names.split(", "):
            entries.setdefault(_stems(name), meaning)
    return entries


@lru_cache(maxsize=1)
def _longest_name() -> int:
    return max(len(name) for name in glossary())


def _stems(text: str) -> tuple[str, ...]:
    return tuple(stem(word) for word in re.findall(r"[a-z0-9]+", text.lower().replace("’", "'").replace("'", "")))


def meanings(question: str) -> str:
    """What the names in a question mean, and what its mathematics is called; of names within names only the longest
    speaks."""
    asked = list(_stems(question))
    found: list[str] = []
    for length in range(min(_longest_name(), len(asked)), 0, -1):
        for start in range(len(asked) - length + 1):
            meaning = glossary().get(tuple(asked[start : start + length]))
            if meaning is not None:
                asked[start : start + length] = [""] * length
                found.append(meaning)
    return "; ".join(dict.fromkeys([*found, *names_of_shapes(question)]))


@lru_cache(maxsize=1)
def topics() -> tuple[str, ...]:
    """A wide list of what people ask about, in and out of school: what a question may be about instead."""
    return tuple(line for line in (WORDS / "topics.txt").read_text(encoding="utf-8").splitlines() if line)


@lru_cache(maxsize=1)
def phrasings() -> tuple[str, ...]:
    """How learners ask, of whatever course: a text that is near to all of these is near to none."""
    lines = [
        line for path in sorted(EXAMPLES.glob("*.jsonl")) for line in path.read_text(encoding="utf-8").splitlines()
    ]
    asked = [held["question"] for held in map(json.loads, lines) if held["answerable"]]
    return tuple(plain(question) for question in dict.fromkeys(asked[::PHRASINGS_STEP]))
