"""The student itself: ranks a course's texts for a question and knows when none answers."""

import json
import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models_core.retrieval.index import DOUBTS, FEATURES, Asked, Encode, Floats, Index
from models_core.retrieval.reading import tokens

WEIGHTS_PATH = Path(__file__).parent.parent / "weights" / "answer" / "weights.json"
LONGEST_QUESTION = 500  # characters; whoever writes more tells a story


@dataclass(frozen=True)
class Found:
    """A text that may answer, by its place in the index."""

    position: int
    name: str
    score: float


@dataclass(frozen=True)
class Answer:
    """The best texts, best first.

    `probability`: that the first of them answers the question; `says`: that the course answers it at all. It abstains
    where `says` is too low.
    """

    found: tuple[Found, ...]
    probability: float
    says: float
    abstains: bool


class WeightsRefused(ValueError):
    """A file of weights that is not what it should be; its text says why."""


@dataclass(frozen=True)
class Weights:
    """All that was fitted: the score's weights, those of both probabilities (the intercept last), where to abstain."""

    score: tuple[float, ...]  # (F,)
    first_right: tuple[float, ...]  # (D + 1,)
    says: tuple[float, ...]  # (D + 1,)
    abstain_below: float

    def __post_init__(self) -> None:
        for name, many in (("score", len(FEATURES)), ("first_right", len(DOUBTS) + 1), ("says", len(DOUBTS) + 1)):
            values = getattr(self, name)
            if len(values) != many or not all(math.isfinite(value) for value in values):
                raise WeightsRefused(f"{name} must be {many} finite numbers, not {values!r}.")
        if not 0 <= self.abstain_below <= 1:
            raise WeightsRefused(f"abstain_below must lie in [0, 1], not {self.abstain_below!r}.")

    @classmethod
    def load(cls, path: Path = WEIGHTS_PATH) -> "Weights":
        """Raises WeightsRefused for a file that is missing, malformed, or not made for these features."""
        try:
            held = json.loads(path.read_text(encoding="utf-8"))
            for name, order in (("features", FEATURES), ("doubts", DOUBTS)):
                if tuple(held.pop(name)) != order:
                    raise WeightsRefused(f"{path}: {name} are not those of this version.")
            if set(held) != {each.name for each in fields(cls)}:
                raise WeightsRefused(f"{path}: fields are {sorted(held)}.")
            score, first_right, says = (tuple(map(float, held[name])) for name in ("score", "first_right", "says"))
            return cls(score, first_right, says, float(held["abstain_below"]))
        except WeightsRefused:
            raise
        except (OSError, KeyError, TypeError, AttributeError, ValueError) as error:
            raise WeightsRefused(f"{path}: {error!r}") from error

    def save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        held = {"features": FEATURES, "doubts": DOUBTS, **asdict(self)}
        path.write_text(json.dumps(held, indent=1) + "\n", encoding="utf-8")


_NAMES_SOMETHING = re.compile(r"[\d=+*/^<>%√≠≤≥]|\b[xyzn]\b", re.IGNORECASE)


class Answerer:
    """Ranks a course's texts for a question."""

    def __init__(self, index: Index, weights: Weights, encode: Encode) -> None:
        self.index = index
        self.weights = weights
        self._encode = encode
        self._score = np.array(weights.score)
        self._first_right, self._says = np.array(weights.first_right), np.array(weights.says)

    def answer(
        self,
        question: str,
        *,
        in_play: Mapping[str, float] | None = None,
        without: Collection[int] = (),
        most: int = 3,
    ) -> Answer:
        """The best texts and whether the first answers.

        Args:
            question: in the learner's words.
            in_play: by skill, how much it is in play: 1 on the table, less for what that builds on.
            without: positions of texts that may not be told.
            most: texts returned.
        """
        question = question[:LONGEST_QUESTION]
        allowed = np.ones(len(self.index), bool)
        allowed[list(without)] = False
        if not allowed.any():
            return Answer((), 0.0, 0.0, abstains=True)
        if not tokens(question) and not _NAMES_SOMETHING.search(question):
            return self._of_what_is_in_play(in_play or {}, allowed, most)
        return self.answer_asked(
            Asked.read(question, self._encode, self.index.word_vectors), in_play or {}, allowed, most
        )

    def answer_asked(self, asked: Asked, in_play: Mapping[str, float], allowed: NDArray[np.bool_], most: int) -> Answer:
        """The same for a question that was read before."""
        features = self.index.features(asked, in_play)
        scores = np.where(allowed, features @ self._score, -np.inf)
        best = self._best_of_groups(scores, most + 1)
        margin = scores[best[0]] - scores[best[1]] if len(best) > 1 else 1.0
        doubts = self.index.doubts(asked, features[best[0]], float(scores[best[0]]), float(margin))
        right, says = (_logistic(float(w[:-1] @ doubts + w[-1])) for w in (self._first_right, self._says))
        return Answer(self._found(best[:most], scores), right, says, abstains=says < self.weights.abstain_below)

    def _of_what_is_in_play(self, in_play: Mapping[str, float], allowed: NDArray[np.bool_], most: int) -> Answer:
        """A question that names nothing ("what does this mean?") is about the skill on the table."""
        texts = self.index.texts
        scores = np.array([max((in_play.get(skill, 0.0) for skill in text.skills), default=0.0) for text in texts])
        scores = np.where(allowed & (scores > 0), scores, -np.inf)
        best = [position for position in self._best_of_groups(scores, most) if np.isfinite(scores[position])]
        sure = float(bool(best))
        return Answer(self._found(best, scores), sure, sure, abstains=not best)

    def _best_of_groups(self, scores: Floats, most: int) -> list[int]:
        """The best text of each of the best groups; among equals the first."""
        taken: dict[int, int] = {}
        for position in np.argsort(-scores, kind="stable"):
            taken.setdefault(int(self.index.groups[position]), int(position))
            if len(taken) == most or not np.isfinite(scores[position]):
                break
        return [position for position in taken.values() if np.isfinite(scores[position])]

    def _found(self, positions: Sequence[int], scores: Floats) -> tuple[Found, ...]:
        return tuple(Found(each, self.index.texts[each].name, float(scores[each])) for each in positions)


def _logistic(margin: float) -> float:
    return 0.5 + 0.5 * math.tanh(margin / 2)  # never overflows
