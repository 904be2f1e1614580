"""Answers as learners type them to the keys of other courses, each with the verdict that a teacher would give."""

import json
from pathlib import Path

import pytest

from tutor_app.tutoring.checking import CheckerPool, Question, Verdict

FILES = sorted((Path(__file__).parents[2] / "data" / "answers").glob("*.jsonl"))
SPOKEN = {Verdict.NOT_UNDERSTOOD: "unreadable"}
AGREEMENT = 0.998


def said(pool: CheckerPool, line: dict[str, object]) -> str:
    question = Question(line["kind"], tuple(line["key"]), tuple(line["choices"] or ()), line["asked"] or "")  # type: ignore[arg-type]
    verdict = pool.check(question, str(line["given"])).verdict
    return SPOKEN.get(verdict, verdict.value)


@pytest.mark.slow
def test_the_checker_says_what_a_teacher_would(pool: CheckerPool) -> None:
    lines = [json.loads(text) for path in FILES for text in path.read_text(encoding="utf-8").splitlines()]
    others = [(line, verdict) for line in lines if (verdict := said(pool, line)) not in line["want"]]
    for line, verdict in others:
        print(verdict, "for", line)
    print(f"\n{len(lines) - len(others)}/{len(lines)} verdicts as wanted")
    assert len(lines) > 2000
    assert [line for line, verdict in others if verdict == "correct"] == []  # the worse mistake
    assert len(others) <= (1 - AGREEMENT) * len(lines)
