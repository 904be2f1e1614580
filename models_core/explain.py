"""Why this forecast? The past events that moved it, and by how much: `python -m models_core.explain --test T.jsonl`.

Letters: n events that are weighed, T events in the teacher's memory, G features.

An event moved a forecast by as much as the forecast would differ had it never happened. To find that for many events at
once, each of n copies of the query is asked of a memory in which one event is hidden, with a record that never counted
it; all of them are one batch. What the missing event would have changed in how *other* events were remembered is
neglected, so the weights are an approximation. Whether it is faithful is measured: the events that it names are taken
out of the log, everything is worked out again from the log alone, and the forecast must move much farther than when as
many other events are taken out (`deletion_test`).
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from models_core.artifacts import ArtifactRefused, load_teacher
from models_core.classroom import Classroom, LearnerState
from models_core.commands import positive
from models_core.corpus import corpus_of
from models_core.events import Attempt, Event
from models_core.logs import LogFileError, curriculum_of, log_events, read_logs
from models_core.metrics import Interval, bootstrap
from models_core.record import Record

MOST_WEIGHED = 100  # events: the latest, and the latest on the same skills


@dataclass(frozen=True, slots=True)
class Influence:
    """One past event: its number in the log, and the forecast with it less the forecast without it."""

    event: int
    moved: float


def influences(room: Classroom, events: Sequence[Event], step: str, at: float) -> list[Influence]:
    """The events of a log (oldest first) that moved the forecast of a step most, the strongest first.

    Hints and chats move the teacher as attempts do; what a student's fast layer learned from an event stays with it.
    Only events in the teacher's window are weighed, at most MOST_WEIGHED of them. Raises UnknownStep.
    """
    room.curriculum.step_index(step)
    state, records = room.start(), [Record()]
    for event in events:
        state = room.observe(state, event)
        records.append(state.record)
    weighed = _candidates(room, events, step)
    others = _without(room, events, records, weighed)
    hidden = [event - len(events) for event in weighed]
    here, *there = room.forecasts_without(state, step, at, [None, *hidden], [state.record, *others])
    found = [Influence(event, here - p) for event, p in zip(weighed, there, strict=True)]
    return sorted(found, key=lambda each: -abs(each.moved))


def _candidates(room: Classroom, events: Sequence[Event], step: str) -> list[int]:
    """Which events to weigh, oldest first."""
    window = range(max(0, len(events) - room.teacher.config.window), len(events))
    if len(window) <= MOST_WEIGHED:
        return list(window)
    skills = set(room.curriculum.skills_of(step))
    related = [
        i for i in window if (about := events[i].step) is not None and skills & set(room.curriculum.skills_of(about))
    ]
    chosen = set(related[-MOST_WEIGHED // 2 :])
    for i in reversed(window):
        if len(chosen) == MOST_WEIGHED:
            break
        chosen.add(i)
    return sorted(chosen)


def _without(
    room: Classroom, events: Sequence[Event], records: Sequence[Record], weighed: Sequence[int]
) -> list[Record]:
    """Per weighed event, the record of everything else; `records[i]` is what it was before event i."""
    found = []
    for event in weighed:
        record = records[event]
        for later in events[event + 1 :]:
            record = record.after(later, room.curriculum)
        found.append(record)
    return found


# Is it faithful? -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Faithfulness:
    """How far forecasts move, on the probability scale, when events are taken out of the log for good.

    Attributes:
        top: mean move when the k events that an explanation names first are taken out.
        random: the same for k others.
        ratio: top / random, with its 95 % interval over learners.
        learners, k: how many.
    """

    top: float
    random: float
    ratio: Interval
    learners: int
    k: int


def deletion_test(room: Classroom, logs: Sequence[Sequence[Event]], k: int, seed: int) -> Faithfulness:
    """Explain the last attempt of each log that has more than 2 k events before it, and take events out.

    Raises:
        ValueError: when no log, or the teacher's window, is long enough.
    """
    rng = np.random.default_rng(seed)
    moves = []
    for log in logs:
        last = next((i for i in reversed(range(len(log))) if isinstance(log[i], Attempt)), 0)
        past, asked = list(log[:last]), log[last] if log else None
        if min(len(past), room.teacher.config.window + 1) <= 2 * k or asked is None or asked.step is None:
            continue
        named = [each.event for each in influences(room, past, asked.step, asked.at)[:k]]
        others = [i for i in range(max(0, len(past) - room.teacher.config.window), len(past)) if i not in named]
        drawn = rng.choice(others, k, replace=False).tolist()
        whole = _forecast(room, past, asked)
        moves.append([abs(_forecast(room, _less(past, out), asked) - whole) for out in (named, drawn)])
    if not moves:
        raise ValueError(f"No learner has more than {2 * k} events before the last attempt.")
    moved = np.array(moves)  # (learners, 2)

    def ratio(counts: NDArray[np.int64]) -> float:
        top, random = counts @ moved
        return float(top / max(random, 1e-12))

    top, random = moved.mean(0)
    return Faithfulness(float(top), float(random), bootstrap(ratio, len(moved), seed=seed), len(moved), k)


def _forecast(room: Classroom, past: Sequence[Event], asked: Event) -> float:
    assert asked.step is not None
    state: LearnerState = room.recall(past)
    return room.predict(state, [asked.step], asked.at)[0].probability


def _less(events: Sequence[Event], out: Sequence[int]) -> list[Event]:
    gone = set(out)
    return [event for i, event in enumerate(events) if i not in gone]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m models_core.explain", description=__doc__)
    parser.add_argument("--teacher", type=Path, default=Path(__file__).parent / "weights" / "teacher")
    parser.add_argument("--test", type=Path, required=True, help="logs whose last attempts are explained")
    parser.add_argument("--train", type=Path, help="logs that tell how hard the steps are")
    parser.add_argument("--learners", type=positive, default=200)
    parser.add_argument("--top", type=positive, default=5, metavar="K")
    parser.add_argument("--most-events", type=positive, default=200, help="only so many events of a log are read")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    try:
        teacher = load_teacher(options.teacher)
        logs, others = read_logs(options.test), read_logs(options.train) if options.train else []
        curriculum = curriculum_of([*others, *logs], course=options.test.stem)
        if others:
            told = corpus_of(curriculum, [log_events(log) for log in others], None).statistics()
            curriculum = curriculum.known_by(told.tried, told.right)
        chosen = np.random.default_rng(options.seed).permutation(len(logs))
        events = [log_events(logs[i])[: options.most_events] for i in chosen]
        long_enough = [log for log in events if len(log) > 2 * options.top + 1][: options.learners]
        found = deletion_test(Classroom(teacher, {}, curriculum), long_enough, options.top, options.seed)
    except (LogFileError, ArtifactRefused, ValueError) as error:
        print(f"Not explained. {error}", file=sys.stderr)
        return 1
    print(json.dumps(asdict(found)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
