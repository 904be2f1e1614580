"""Real keys: 2,874 steps of OATutor content. Skipped where the content is not at hand."""

import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.tutoring.checking.rewritings import rewritings
from tests.tutoring.checking.slips import slips
from tutor_app.tutoring.checking import CheckerPool, Question, Verdict

SHARED = Path(os.environ.get("TUTOR_SHARED_DATA", Path(__file__).parents[4] / "shared" / "data"))
CONTENT = SHARED / "oatutor" / "content-pool"

Ways = Callable[[str], Iterator[tuple[str, str]]]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CONTENT.is_dir(), reason="the OATutor content is not here (TUTOR_SHARED_DATA)"),
]


def steps() -> Iterator[tuple[Question, str]]:
    """Every step with its first key."""
    for path in sorted(CONTENT.glob("*/steps/*/*.json")):
        if path.stem != path.parent.name:
            continue
        step = json.loads(path.read_text())
        problem = path.parents[2]
        about = json.loads((problem / f"{problem.name}.json").read_text())
        words = " ".join([about.get("title", ""), about.get("body", ""), step["stepTitle"], step["stepBody"]])
        kind = "choice" if step["problemType"] == "MultipleChoice" else step["answerType"]
        yield Question(kind, tuple(step["stepAnswer"]), tuple(step.get("choices") or ()), words), step["stepAnswer"][0]


def test_keys_are_accepted_against_themselves_quickly(pool: CheckerPool) -> None:
    checks = [pool.check(question, key) for question, key in steps()]
    accepted = sum(check.verdict is Verdict.CORRECT for check in checks)
    times = sorted(check.ms for check in checks)
    p50, p99 = times[len(times) // 2], times[int(len(times) * 0.99)]
    sys.stderr.write(f"\n{accepted}/{len(checks)} keys accepted, p50 {p50:.2f} ms, p99 {p99:.2f} ms\n")
    assert accepted / len(checks) >= 0.997
    assert p50 <= 10
    assert p99 <= 250


def tally(pool: CheckerPool, ways: Ways) -> tuple[Counter[Verdict], list[str]]:
    """How all keys that are mathematics fare in these ways of writing, and a line for each verdict that is unwanted."""
    counts: Counter[Verdict] = Counter()
    lines, times = [], []
    for key in sorted({key for question, key in steps() if question.kind == "arithmetic"}):
        for name, text in ways(key):
            check = pool.check(Question("arithmetic", (key,)), text)
            counts[check.verdict] += 1
            times.append(check.ms)
            wanted = Verdict.CORRECT if ways is rewritings else Verdict.INCORRECT
            if check.verdict is not wanted:
                lines.append(f"{name}: {key} as {text}: {check.verdict} {check.reason}")
    times.sort()
    p50, p99 = times[len(times) // 2], times[int(len(times) * 0.99)]
    sys.stderr.write(
        f"\n{ways.__name__}: {dict(counts)}, p50 {p50:.2f} ms, p99 {p99:.2f} ms\n" + "\n".join(lines[:60]) + "\n"
    )
    assert p50 <= 10
    assert p99 <= 250
    return counts, lines


def test_rewritten_keys_are_accepted(pool: CheckerPool) -> None:
    counts, lines = tally(pool, rewritings)
    assert counts[Verdict.CORRECT] / counts.total() >= 0.985, lines


def test_keys_with_a_slip_are_rejected(pool: CheckerPool) -> None:
    counts, lines = tally(pool, slips)
    assert (counts[Verdict.INCORRECT] + counts[Verdict.NOT_UNDERSTOOD]) / counts.total() >= 0.997, lines


def test_with_the_words_of_the_step_a_rewriting_may_break_the_form_but_is_never_wrong(pool: CheckerPool) -> None:
    counts: Counter[tuple[str, Verdict]] = Counter()
    for question, key in steps():
        if question.kind == "arithmetic":
            for name, text in rewritings(key):
                counts[name, pool.check(question, text).verdict] += 1
    sys.stderr.write("\n" + "\n".join(f"{name} {verdict}: {n}" for (name, verdict), n in sorted(counts.items())) + "\n")
    accepted = sum(n for (_, verdict), n in counts.items() if verdict in {Verdict.CORRECT, Verdict.FORM})
    assert accepted / counts.total() >= 0.985
    as_written = [(name, verdict) for name, verdict in counts if name in {"typed", "mathlive", "unicode", "reordered"}]
    right = sum(counts[one] for one in as_written if one[1] is Verdict.CORRECT)
    assert right / sum(counts[one] for one in as_written) >= 0.985  # only their notation is another
