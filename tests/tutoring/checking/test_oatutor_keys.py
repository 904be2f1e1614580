"""Real keys: 2,874 steps of OATutor content. Skipped where the content is not at hand."""

import json
import os
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tutoring.checking.rewritings import perturbations, rewritings
from tutor_app.tutoring.checking import CheckerPool, Question, Verdict

SHARED = Path(os.environ.get("TUTOR_SHARED_DATA", Path(__file__).parents[4] / "shared" / "data"))
CONTENT = SHARED / "oatutor" / "content-pool"

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


def test_rewritten_keys_are_accepted_and_perturbed_ones_rejected(pool: CheckerPool) -> None:
    keys = sorted({key for question, key in steps() if question.kind == "arithmetic"})
    right: Counter[Verdict] = Counter()
    wrong: Counter[Verdict] = Counter()
    times = []
    for key in keys:
        question = Question("arithmetic", (key,))
        for tally, ways in ((right, rewritings(key)), (wrong, perturbations(key))):
            for _, text in ways:
                check = pool.check(question, text)
                tally[check.verdict] += 1
                times.append(check.ms)
    times.sort()
    p50, p99 = times[len(times) // 2], times[int(len(times) * 0.99)]
    sys.stderr.write(f"\nrewritten {dict(right)}, perturbed {dict(wrong)}, p50 {p50:.2f} ms, p99 {p99:.2f} ms\n")
    assert right[Verdict.CORRECT] / right.total() >= 0.985
    assert (wrong[Verdict.INCORRECT] + wrong[Verdict.NOT_UNDERSTOOD]) / wrong.total() >= 0.997
    assert p50 <= 10
    assert p99 <= 250
