"""Fits the few parameters of the `answer` student to questions with known answers.

    python -m models_core.fit_retrieval --course TEXTS.jsonl QUESTIONS.jsonl ... [--course ...] --out FILE

A line of TEXTS is a text of a course, as `manage.py export_texts` writes it; a line of QUESTIONS is
`{"question": ..., "passages": [names of texts], "answerable": true}`, or with `"skills"` (names) instead of passages.
Who wrote a file stands at the end of its name ("-b"; none is "a"). Questions that a course has nothing on, though they
are answerable, are of another course and left out.

First the score: a softmax over the texts, so that a right one stands first. Then P(the first is right), a logistic
regression on what tells answered questions from others. The threshold is the least at which enough unanswerable
questions of courses held out are abstained from. Printed: how it does on questions held out in turn, on the questions
of an author held out, and on a course held out.

Letters: n texts, F features, D doubts, m questions.
"""

import argparse
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models_core.embeddings import EncoderMissing, TextEncoder
from models_core.logistic import LogisticRegression
from models_core.retrieval import (
    DOUBTS,
    FEATURES,
    WEIGHTS_PATH,
    Answer,
    Answerer,
    Asked,
    Encode,
    Floats,
    Index,
    Text,
    Weights,
)

FOLDS = 5
MOST_FOUND = 3
RIVALS = 120  # texts of a course that the right ones are held against, the right ones among them
ROUNDS, RATE, MOMENTUM = 250, 0.05, 0.9
SCORE_PENALTY = 0.05  # on squared weights, in standard units
DOUBT_PENALTY = 1.0
ENOUGH_ABSTAINED = 0.93  # of the unanswerable, of courses held out


class QuestionsRefused(ValueError):
    """A file of texts or questions that can't be read; its text says which line, and why."""


@dataclass(frozen=True)
class Question:
    """A question and what answers it: names of texts, or names of skills; nothing where the course does not say."""

    text: str
    passages: frozenset[str]
    skills: frozenset[str]
    answerable: bool


@dataclass(frozen=True)
class Case:
    """A question against its course: (n, F) features, which texts are right, and the vectors for the doubts."""

    course: int
    author: str
    question: Question
    asked: Asked
    in_play: dict[str, float]
    features: Floats
    right: NDArray[np.bool_]


# --- reading ------------------------------------------------------------------------------------------------------


def read_lines(path: Path, read: Callable[[dict[str, Any]], Any]) -> list[Any]:
    """Each line, read. Raises QuestionsRefused with the line's number."""
    found = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionsRefused(f"{path} can't be read: {error}") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            held = json.loads(line)
            if not isinstance(held, dict):
                raise QuestionsRefused("it is not a JSON object")
            found.append(read(held))
        except (ValueError, KeyError, TypeError) as error:
            why = f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else str(error)
            raise QuestionsRefused(f"{path}, line {number}: {why}.") from error
    if not found:
        raise QuestionsRefused(f"{path} holds no line.")
    return found


def question_of(held: dict[str, Any]) -> Question:
    """A line of questions. Raises QuestionsRefused and KeyError."""
    text, answerable = held["question"], held["answerable"]
    if not isinstance(text, str) or not text.strip():
        raise QuestionsRefused("the question is not a text")
    if not isinstance(answerable, bool):
        raise QuestionsRefused("answerable is neither true nor false")
    passages, skills = strings(held.get("passages", [])), strings(held.get("skills", []))
    if answerable and not passages and not skills:
        raise QuestionsRefused("an answerable question names passages or skills")
    return Question(text, frozenset(passages), frozenset(skills), answerable)


def text_of(held: dict[str, Any]) -> tuple[Text, frozenset[str]]:
    """A line of texts, with the names of its skills."""
    text = Text(
        name=held["name"],
        title=held["title"],
        about=held["about"],
        also=tuple(strings(held["also"])),
        body=held["body"],
        skills=tuple(strings(held["skills"])),
        group=held["group"],
    )
    return text, frozenset(strings(held["skill_names"]))


def strings(value: object) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise QuestionsRefused(f"{value!r} is not a list of texts")
    return value


def plain_name(name: str) -> str:
    """A skill's name without what importing changes of it: capitals, spaces and signs."""
    return re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_")


def answers(question: Question, text: Text, skill_names: frozenset[str]) -> bool:
    wanted = {plain_name(name) for name in question.skills}
    return text.name in question.passages or any(plain_name(name) in wanted for name in (*skill_names, *text.skills))


def author_of(path: Path) -> str:
    """Who wrote a file of questions."""
    named = re.search(r"-([b-z])$", path.stem)
    return named.group(1) if named else "a"


# --- fitting ------------------------------------------------------------------------------------------------------


def cases_of(
    course: int,
    author: str,
    index: Index,
    names: Sequence[frozenset[str]],
    questions: Sequence[Question],
    encode: Encode,
    rng: random.Random,
) -> list[Case]:
    """Each question twice: at the start of a course, and with something in play (of five, thrice the right skill)."""
    found = []
    skills = sorted({skill for text in index.texts for skill in text.skills})
    for question in questions:
        right = np.array([answers(question, text, own) for text, own in zip(index.texts, names, strict=True)])
        if question.answerable and not right.any():
            continue
        asked = Asked.read(question.text, encode)
        its_own = sorted(
            {skill for text, is_right in zip(index.texts, right, strict=True) if is_right for skill in text.skills}
        )
        on_table = rng.choice(its_own) if its_own and rng.random() < 0.6 else rng.choice(skills)
        for in_play in ({}, {on_table: 1.0, rng.choice(skills): 0.5}):
            found.append(Case(course, author, question, asked, in_play, index.features(asked, in_play), right))
    return found


def fit_score(cases: Sequence[Case]) -> Floats:
    """The score's weights (F,): gradient ascent, in standard units, on the mean log share that the right texts have
    among their likeliest rivals."""
    trained = [case for case in cases if case.right.any()]
    many = Counter(case.course for case in trained)
    share_of = np.array([many[case.course] ** -0.5 for case in trained])  # (m,): a course of few questions still counts
    share_of /= share_of.sum()
    spread = np.sqrt(np.average([case.features.var(0) for case in trained], axis=0, weights=share_of)) + 1e-6  # (F,)
    features = np.zeros((len(trained), RIVALS, len(FEATURES)))  # (m, R, F)
    offset = np.full((len(trained), RIVALS), -np.inf)
    right = np.zeros((len(trained), RIVALS), bool)
    for row, case in enumerate(trained):
        likely = np.argsort(-(case.features / spread).sum(1) - 1e6 * case.right, kind="stable")[:RIVALS]
        features[row, : len(likely)] = case.features[likely] / spread
        offset[row, : len(likely)] = 0.0
        right[row, : len(likely)] = case.right[likely]
    weights, step = np.full(len(FEATURES), 0.3), np.zeros(len(FEATURES))
    for _ in range(ROUNDS):
        scores = features @ weights + offset  # (m, R)
        share = np.exp(scores - scores.max(1, keepdims=True))
        share /= share.sum(1, keepdims=True)
        own = np.where(right, share, 0.0)
        pull = (own / own.sum(1, keepdims=True) - share) * share_of[:, None]
        step = MOMENTUM * step + np.einsum("mr,mrf->f", pull, features) - 2 * SCORE_PENALTY * weights
        weights = weights + RATE * step
    return weights / spread


def fit(cases: Sequence[Case], indexes: Sequence[Index], abstain_below: float = 0.5) -> Weights:
    """All weights, from these questions."""
    score = fit_score(cases)
    rows = [doubts_of(case, indexes[case.course], score) for case in cases]
    doubts = np.array([row for row, _right in rows])  # (m, D)
    first_right = fit_probability(doubts, [right for _row, right in rows])
    says = fit_probability(doubts, [case.question.answerable for case in cases])
    return Weights(tuple(map(float, score)), first_right, says, abstain_below)


def fit_probability(doubts: Floats, happened: Sequence[bool]) -> tuple[float, ...]:
    """Weights of the plain doubts, and the intercept: (D + 1,)."""
    model = LogisticRegression.fit(doubts, np.array(happened, float), penalty=DOUBT_PENALTY)
    weights = model.weights / model.spread
    return (*map(float, weights), model.intercept - float(weights @ model.mean))


def doubts_of(case: Case, index: Index, score: Floats) -> tuple[Floats, bool]:
    """The doubts (D,) about the best text, and whether it is right."""
    scores = case.features @ score
    order = np.argsort(-scores, kind="stable")
    best = order[0]
    second = next((each for each in order if index.groups[each] != index.groups[best]), None)
    margin = 1.0 if second is None else float(scores[best] - scores[second])
    row = index.doubts(case.asked, case.features[best], float(scores[best]), margin)
    return row, bool(case.right[best])


# --- judging ------------------------------------------------------------------------------------------------------


@dataclass
class Tally:
    """How questions were answered."""

    answerable: int = 0
    first: int = 0
    among: int = 0
    kept: int = 0
    unanswerable: int = 0
    abstained: int = 0

    def count(self, question: Question, answer: Answer, right: Sequence[bool]) -> None:
        """`right`: of each text found, whether it answers."""
        if question.answerable:
            self.answerable += 1
            self.first += bool(right) and right[0]
            self.among += any(right)
            self.kept += not answer.abstains
        else:
            self.unanswerable += 1
            self.abstained += answer.abstains

    def __str__(self) -> str:
        parts = []
        if self.answerable:
            n = self.answerable
            parts.append(f"{n} answerable: right one first {self.first / n:.1%}, among three {self.among / n:.1%}")
            parts.append(f"not abstained from {self.kept / n:.1%}")
        if self.unanswerable:
            parts.append(f"{self.unanswerable} unanswerable: abstained from {self.abstained / self.unanswerable:.1%}")
        return "; ".join(parts)


def answer_to(case: Case, indexes: Sequence[Index], weights: Weights) -> Answer:
    index = indexes[case.course]
    everything = np.ones(len(index), bool)
    return Answerer(index, weights, no_encoder).answer_asked(case.asked, case.in_play, everything, MOST_FOUND)


def no_encoder(texts: Sequence[str]) -> NDArray[np.float32]:
    raise AssertionError(f"All was encoded before, also {texts!r}.")


def judge(pairs: Sequence[tuple[Case, Weights]], indexes: Sequence[Index]) -> tuple[Tally, list[tuple[float, bool]]]:
    """The tally, and of each question the probability of the first text and whether it was right."""
    tally, said = Tally(), []
    for case, weights in pairs:
        answer = answer_to(case, indexes, weights)
        right = [bool(case.right[found.position]) for found in answer.found]
        tally.count(case.question, answer, right)
        said.append((answer.probability, bool(right) and right[0]))
    return tally, said


def held_out(
    cases: Sequence[Case], indexes: Sequence[Index], part_of: Callable[[int, Case], object]
) -> list[tuple[Case, Weights]]:
    """Each question with weights that were fitted without its part; none where there is one part."""
    parts = list(dict.fromkeys(part_of(i, case) for i, case in enumerate(cases)))
    found: list[tuple[Case, Weights]] = []
    for part in parts if len(parts) > 1 else ():
        rest = [case for i, case in enumerate(cases) if part_of(i, case) != part]
        weights = fit(rest, indexes)
        found += [(case, weights) for i, case in enumerate(cases) if part_of(i, case) == part]
    return found


def threshold(pairs: Sequence[tuple[Case, Weights]], indexes: Sequence[Index]) -> float:
    """The least probability that the course says it at which enough of the unanswerable are abstained from."""
    said = sorted(answer_to(each, indexes, weights).says for each, weights in pairs if not each.question.answerable)
    return round(said[min(int(ENOUGH_ABSTAINED * len(said)), len(said) - 1)] + 1e-4, 4)


def calibration_error(said: Sequence[tuple[float, bool]], bins: int = 10) -> float:
    """Mean distance of probability and share of right, in equally filled bins."""
    ordered = np.array(sorted(said), float)
    return float(
        sum(len(part) * abs(part[:, 0].mean() - part[:, 1].mean()) for part in np.array_split(ordered, bins))
        / len(ordered)
    )


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--course", nargs="+", type=Path, action="append", required=True, metavar="TEXTS QUESTIONS")
    parser.add_argument("--encoder", type=Path, default=Path("var/encoder"))
    parser.add_argument("--out", type=Path, default=WEIGHTS_PATH)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(argv)
    if any(len(paths) < 2 for paths in options.course):
        parser.error("--course takes a file of texts and at least one of questions")
    try:
        report(options.course, TextEncoder(options.encoder).encode, options.out, random.Random(options.seed))
    except (QuestionsRefused, EncoderMissing) as refused:
        print(refused, file=sys.stderr)
        return 1
    return 0


def report(courses: Sequence[Sequence[Path]], encode: Encode, out: Path, rng: random.Random) -> None:
    """Fits, says how it does, writes the weights."""
    indexes: list[Index] = []
    cases: list[Case] = []
    for number, (texts, *files) in enumerate(courses):
        rows = read_lines(texts, text_of)
        indexes.append(Index([text for text, _names in rows], encode))
        names = [own for _text, own in rows]
        for path in files:
            questions = read_lines(path, question_of)
            cases += cases_of(number, author_of(path), indexes[-1], names, questions, encode, rng)
    ways = {
        "questions held out": held_out(cases, indexes, lambda i, _case: (i // 2) % FOLDS),
        "author held out": held_out(cases, indexes, lambda _i, case: case.author),
        "course held out": held_out(cases, indexes, lambda _i, case: case.course),
    }
    below = threshold(ways["course held out"] or ways["questions held out"], indexes)
    for how, pairs in ways.items():
        for number, (texts, *_files) in enumerate(courses):
            for author in sorted({case.author for case, _weights in pairs if case.course == number}):
                own = [
                    (case, replace(weights, abstain_below=below))
                    for case, weights in pairs
                    if (case.course, case.author) == (number, author) and not case.in_play
                ]
                print(f"{texts.stem}, {how}, author {author}: {judge(own, indexes)[0]}")
    _tally, said = judge(ways["questions held out"], indexes)
    print(f"calibration error, questions held out: {calibration_error(said):.3f}; abstains below {below}")
    weights = fit(cases, indexes, below)
    for what, of, values in (
        ("score", FEATURES, weights.score),
        ("first right", (*DOUBTS, "1"), weights.first_right),
        ("says", (*DOUBTS, "1"), weights.says),
    ):
        print(f"{what}: " + ", ".join(f"{name} {value:.2f}" for name, value in zip(of, values, strict=True)))
    weights.save(out)


if __name__ == "__main__":
    sys.exit(main())
