"""Scores the shipped `understand` student on labelled messages: `python -m models_core.understanding.score FILE`.

`labelled.py` says what such a file holds. Only counts are printed, never a message: a test set stays unseen.
"""

import argparse
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from models_core.understanding import load
from models_core.understanding.answers import sort_of
from models_core.understanding.labelled import BadLine, Labelled, read_labelled
from models_core.understanding.network import INTENTS
from models_core.understanding.student import Meaning, Message, UnderstandStudent

WEIGHTS = Path(__file__).resolve().parents[1] / "weights" / "understand"


# Comparing answers ----------------------------------------------------------------------------------------------------

SIMPLER = (
    (r"\\(?:left|right|,|;|!)|\\[()\[\]]|[$\s]", ""), (r"\\d?frac\{([^{}]*)\}\{([^{}]*)\}", r"(\1)/(\2)"),
    (r"\\sqrt\{([^{}]*)\}|√\(?([\w.]+)\)?", r"sqrt(\1\2)"), (r"\\(?:cdot|times)|[×·]", "*"), (r"[−–]", "-"),
    (r"≤|\\leq?", "<="), (r"≥|\\geq?", ">="), (r"\^\{(\w+)\}", r"^\1"), (r"²", "^2"), (r"³", "^3"), (r"½", "1/2"),
    (r"infinity|\\infty|∞", "inf"), (r"^(?:the|a|an|option|choice|letter|number|answer)(?=\w)", ""), (r"one$", ""),
    (r"\((-?[\w.]+)\)(?=/|$)", r"\1"), (r"(?<=/)\(([\w.]+)\)", r"\1"), (r"[.?!,]+$", ""), (r"\*(?=[a-z(])", ""),
)  # fmt: skip
NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
WORDS = {word: str(value) for value, word in enumerate(NUMBERS)} | {
    **{"minus": "-", "negative": "-", "half": "1/2", "a half": "1/2", "one half": "1/2", "equals": "=", "plus": "+"},
}


def plain(answer: str) -> str:
    """An answer without what two people write differently: spaces, dollar signs, LaTeX or not."""
    text = answer.strip().lower().strip("\"'`*")
    text = re.sub(r"^(?:the )?(\w+) (?:one|option|choice)$", r"\1", text)
    text = re.sub(r"\b(?:no )?(?:real )?solutions\b", lambda match: match.group()[:-1], text)
    for word in sorted(WORDS, key=len, reverse=True):
        text = re.sub(rf"\b{word}\b", WORDS[word], text)
    text = re.sub(r"\b([a-z]) (?:is|equals) ", r"\1=", text)
    for pattern, instead in SIMPLER:
        text = re.sub(pattern, instead, text)
    if text.startswith("(") and text.endswith(")") and "," not in text and text.count("(") == 1:
        text = text[1:-1]
    return text


NAMED = re.compile(r"^(?:[a-z]{1,9}['′]?(?:\([a-z]+\))?|d[a-z]/d[a-z])=")  # x =, f'(x) =, p(red) =, dy/dx =


def same(said: str, wanted: str) -> bool:
    """Whether two ways to write an answer are the same: as text, as a value after "x =", as a number without unit."""
    a, b = plain(said), plain(wanted)
    if a == b:
        return True
    if NAMED.sub("", a) == NAMED.sub("", b):
        return True
    x, y = _value(a), _value(b)
    return x is not None and x == y


def _value(text: str) -> Fraction | None:
    match = re.fullmatch(r"(?:[a-z]=)?(-?\d[\d,]*(?:\.\d+)?|-?\.\d+)(?:/(\d+))?(?:%|[a-z²^/°]{0,14}\d?)", text)
    if match is None or (match[2] and int(match[2]) == 0):
        return None
    return Fraction(match[1].replace(",", "")) / int(match[2] or 1)


# Scoring --------------------------------------------------------------------------------------------------------------


def score(student: UnderstandStudent, rows: Sequence[Labelled]) -> dict[str, Any]:
    """Counts and rates, and how long a message took."""
    meanings: list[Meaning] = []
    times: list[float] = []
    for row in rows:
        began = time.perf_counter()
        meanings.append(student.respond(row.message))
        times.append(1000 * (time.perf_counter() - began))
    pairs = Counter((row.intent, meaning.intent) for row, meaning in zip(rows, meanings, strict=True))
    f1 = {}
    for intent in INTENTS:
        hits = pairs[intent, intent]
        involved = sum(count for (true, said), count in pairs.items() if true == intent) + sum(
            count for (true, said), count in pairs.items() if said == intent
        )
        if any(true == intent for true, _ in pairs):
            f1[intent] = round(2 * hits / involved, 4)
    offering = [pair for pair in zip(rows, meanings, strict=True) if pair[0].answers]
    found = [m.answer is not None and any(same(m.answer, each) for each in row.answers) for row, m in offering]
    missed = Counter(
        _how_missed(meaning, row.answers, row.message)
        for (row, meaning), hit in zip(offering, found, strict=True)
        if not hit
    )
    invented = [m.answer is not None for row, m in zip(rows, meanings, strict=True) if not row.answers]
    tones = [m.sentiment == row.sentiment for row, m in zip(rows, meanings, strict=True) if row.sentiment]
    right = np.array([row.intent == m.intent for row, m in zip(rows, meanings, strict=True)])
    sure = np.array([m.sure for m in meanings])
    return {
        "messages": len(rows),
        "macro_f1": round(float(np.mean(list(f1.values()))), 4),
        "accuracy": round(float(right.mean()), 4),
        "f1": f1,
        "confusions": {f"{t} read as {s}": n for (t, s), n in pairs.most_common() if t != s},
        "answers_found": _rate(found),
        "answers_wanted": len(found),
        "answers_missed": dict(missed.most_common()),
        "answers_invented": _rate(invented),
        "sentiment_accuracy": _rate(tones),
        "sure_share": round(float(sure.mean()), 4),
        "accuracy_where_sure": _rate(right[sure].tolist()),
        "mean_confidence": round(float(np.mean([m.confidence for m in meanings])), 4),
        "ms_p50": round(float(np.percentile(times, 50)), 2),
        "ms_p99": round(float(np.percentile(times, 99)), 2),
    }


def summary(scores: Mapping[str, Any]) -> Iterator[str]:
    """The scores, a line each."""
    return (f"{name}: {value}" for name, value in scores.items())


def _how_missed(meaning: Meaning, wanted: Sequence[str], message: Message) -> str:
    """The kind of a miss, without its words: where it went wrong, and what sort of answer was wanted."""
    key = sort_of(wanted)
    sort = "words" if key.wordy else "letter" if key.letter else "number" if key.number else "mathematics"
    if meaning.answer is None:
        return f"{sort}: taken for another intent"
    said, longest = plain(meaning.answer), max(map(plain, wanted), key=len)
    if all(plain(each) not in plain(message.text) for each in wanted):
        return f"{sort}: wanted in other characters than the message has"
    if said in longest:
        return f"{sort}: only a part of it"
    return f"{sort}: more than it" if longest in said else f"{sort}: something else"


def _rate(hits: Sequence[bool]) -> float | None:
    return round(sum(hits) / len(hits), 4) if hits else None


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the scores of a file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--encoder", type=Path, default=Path("var/encoder"))
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    options = parser.parse_args(arguments)
    try:
        rows = read_labelled(options.file)
    except (BadLine, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    if not rows:
        print(f"{options.file} holds no messages.", file=sys.stderr)
        return 1
    student = load(options.weights, options.encoder)
    student.respond(Message("Hello, warm up."))
    for line in summary(score(student, rows)):
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
