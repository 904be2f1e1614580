"""A corpus: the logs of many learners of one course as arrays, which models are trained and scored on.

Letters: B learners, R rows (events of all learners, one after another), F and G features, N steps.

What the record says about a row depends on how hard the steps proved *for others*, so every learner gets statistics
without their own answers. Learners of the training split are dealt into five folds and each fold gets the statistics of
the other four: leaving out single learners instead would tell a flexible model the answer (the one who is missing in
the count is the one who is asked).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from models_core.curriculum import Curriculum
from models_core.events import EncodedLog, Event, encode_log, note_features
from models_core.item_statistics import ItemStatistics
from models_core.record import LOCAL_WIDTH, Record, query_features
from models_core.teacher import Batch, Content

FOLDS = 5


@dataclass(frozen=True, eq=False)
class Corpus:
    """Logs of B learners, R rows in all.

    Attributes:
        curriculum: of all of them; its statistics are not those that the rows were made with.
        begins: (B + 1,) where each learner's rows begin, and R.
        asked: (R,) int64.
        at: (R,) float64 seconds.
        happened: (R, F) float32.
        local: (R, G) float32, what the record said before each event.
        correct: (R,) float32.
        scored: (R,) bool, the unaided attempts.
    """

    curriculum: Curriculum
    begins: NDArray[np.int64]
    asked: NDArray[np.int64]
    at: NDArray[np.float64]
    happened: NDArray[np.float32]
    local: NDArray[np.float32]
    correct: NDArray[np.float32]
    scored: NDArray[np.bool_]

    @property
    def learners(self) -> int:
        return len(self.begins) - 1

    def rows(self, learner: int) -> slice:
        return slice(int(self.begins[learner]), int(self.begins[learner + 1]))

    def split(self, values: NDArray[np.float64]) -> list[tuple[NDArray[np.float32], NDArray[np.float64]]]:
        """Per learner who has any, the outcomes of the scored rows and what `values` (R,) says of them."""
        found = []
        for learner in range(self.learners):
            rows = self.rows(learner)
            kept = self.scored[rows]
            if kept.any():
                found.append((self.correct[rows][kept], values[rows][kept]))
        return found

    def new_skill(self) -> NDArray[np.bool_]:
        """(R,) True where the learner meets the main skill of a step for the first time."""
        main = np.array(self.curriculum.main_skills, np.int64)
        new = np.zeros(len(self.asked), bool)
        for learner in range(self.learners):
            rows = np.arange(self.begins[learner], self.begins[learner + 1])
            rows = rows[self.asked[rows] < len(main)]
            _, first = np.unique(main[self.asked[rows]], return_index=True)
            new[rows[first]] = True
        return new

    def practice(self) -> list[list[tuple[str, bool]]]:
        """Per learner, main skill and outcome of each scored row: what knowledge tracing without a teacher reads."""
        names, main = self.curriculum.skills, self.curriculum.main_skills
        found = []
        for learner in range(self.learners):
            rows = np.arange(self.begins[learner], self.begins[learner + 1])
            kept = rows[self.scored[rows]]
            found.append(
                [(names[main[step]], bool(y)) for step, y in zip(self.asked[kept], self.correct[kept], strict=True)]
            )
        return found

    def statistics(self, learners: Iterable[int] | None = None) -> ItemStatistics:
        """What these learners' unaided attempts say about the steps."""
        kept = self.scored.copy()
        if learners is not None:
            mine = np.zeros(len(kept), bool)
            for learner in learners:
                mine[self.rows(learner)] = True
            kept &= mine
        curriculum = self.curriculum
        return ItemStatistics.of(self.asked[kept], self.correct[kept], curriculum.main_skills, len(curriculum.skills))

    def batch(self, content: Content, parts: Sequence[slice]) -> Batch:
        """Some stretches of rows as a padded batch."""
        return Batch(
            content,
            asked=padded([self.asked[part] for part in parts], content.nothing),
            at=padded([self.at[part] for part in parts], 0.0),
            local=padded([self.local[part] for part in parts], 0.0),
            happened=padded([self.happened[part] for part in parts], 0.0),
        )


def padded(rows: Sequence[NDArray[np.generic]], fill: float) -> torch.Tensor:
    """Stretches of different length as one tensor (B, T, ...)."""
    size = max(len(row) for row in rows)
    array = np.full((len(rows), size, *rows[0].shape[1:]), fill, rows[0].dtype)
    for place, row in enumerate(rows):
        array[place, : len(row)] = row
    return torch.from_numpy(array)


Progress = Callable[[Sequence[int]], Iterable[int]]


def corpus_of(
    curriculum: Curriculum,
    logs: Sequence[Sequence[Event]],
    statistics: Sequence[ItemStatistics | None] | ItemStatistics | None,
    progress: Progress = iter,
) -> Corpus:
    """Encode logs.

    Args:
        curriculum: of all of them.
        logs: per learner, oldest event first.
        statistics: how hard the steps proved for others: the same for all, or per learner.
        progress: wraps the numbers of the learners, to show how far it has come.

    Raises:
        UnknownStep: for an event about a step that the curriculum does not have.
    """
    each = (
        [statistics] * len(logs) if statistics is None or isinstance(statistics, ItemStatistics) else list(statistics)
    )
    known: dict[int, Curriculum] = {}
    codes: list[EncodedLog] = []
    local: list[NDArray[np.float32]] = []
    for learner in progress(range(len(logs))):
        which = id(each[learner])
        if which not in known:
            known[which] = replace(curriculum, statistics=each[learner])
        code = encode_log(logs[learner], curriculum)
        codes.append(code)
        local.append(local_rows(logs[learner], code, known[which]))
    if not codes:
        raise ValueError("A corpus needs at least one learner.")
    return Corpus(
        curriculum=curriculum,
        begins=np.cumsum([0, *map(len, codes)]),
        asked=np.concatenate([code.asked for code in codes]),
        at=np.concatenate([code.at for code in codes]),
        happened=np.concatenate([code.happened for code in codes]),
        local=np.concatenate(local),
        correct=np.concatenate([code.correct for code in codes]),
        scored=np.concatenate([code.scored for code in codes]),
    )


def local_rows(events: Sequence[Event], code: EncodedLog, curriculum: Curriculum) -> NDArray[np.float32]:
    """(T, G) what the record said before each event of a log."""
    record, rows = Record(), np.empty((len(events), LOCAL_WIDTH), np.float32)
    for t, event in enumerate(events):
        rows[t] = query_features(record, curriculum, int(code.asked[t]), float(code.at[t]))
        record = record.after(event, curriculum)
    return rows


def out_of_fold(corpus: Corpus, folds: int = FOLDS) -> list[ItemStatistics]:
    """Per learner, the statistics of all learners who are not in the same fold."""
    everybody = corpus.statistics()
    without = [everybody.without(corpus.statistics(range(fold, corpus.learners, folds))) for fold in range(folds)]
    return [without[learner % folds] for learner in range(corpus.learners)]


def thinned(corpus: Corpus, sizes: Sequence[int], rng: np.random.Generator) -> list[ItemStatistics]:
    """Per learner, the statistics of a few others: of how many is drawn from `sizes`.

    Others of the same size share a draw by fold, so that nobody is among those who tell about their steps.
    """
    draws: dict[tuple[int, int], ItemStatistics] = {}
    found = []
    for learner in range(corpus.learners):
        fold, size = learner % FOLDS, int(rng.choice(sizes))
        if (fold, size) not in draws:
            others = np.array([other for other in range(corpus.learners) if other % FOLDS != fold])
            draws[fold, size] = corpus.statistics(rng.permutation(others)[:size].tolist())
        found.append(draws[fold, size])
    return found


def notes_of(corpus: Corpus, student: NDArray[np.float64], teacher: NDArray[np.float64]) -> NDArray[np.float32]:
    """(R, notes) the columns of a note about every unaided attempt, zero elsewhere; student and teacher (R,)."""
    columns = note_features(student, 0.5 * student * (1 - student), teacher, corpus.correct)
    return (np.stack(columns, -1) * corpus.scored[:, None]).astype(np.float32)
