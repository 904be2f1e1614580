"""Two real courses, 2,874 steps: nearly all imported, none silently wrong. Skipped where the content is not at hand."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tutor_app.courses.models import AnswerKind, Hint
from tutor_app.courses.oatutor.folder import ContentFolder
from tutor_app.courses.oatutor.reading import read_courses
from tutor_app.courses.oatutor.records import CourseRecord, Findings, HintRecord, StepRecord
from tutor_app.tutoring.checking import CheckerPool, Question, Verdict

SHARED = Path(os.environ.get("TUTOR_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))
CONTENT = SHARED / "oatutor"
MATHEMATICS = re.compile(r"(?<!\\)\$((?:\\.|[^$\\])+)\$")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CONTENT.is_dir(), reason="the OATutor content is not here (TUTOR_SHARED_DATA)"),
]

Read = tuple[list[CourseRecord], Findings]


@pytest.fixture(scope="module")
def read() -> Read:
    return read_courses(ContentFolder(CONTENT))


def steps_of(read: Read) -> Iterator[StepRecord]:
    return (step for course in read[0] for problem in course.problems for step in problem.steps)


def answered(read: Read) -> Iterator[StepRecord | HintRecord]:
    for step in steps_of(read):
        yield step
        yield from (hint for hint in step.hints if hint.kind == Hint.Kind.SCAFFOLD)


def texts_of(read: Read) -> Iterator[str]:
    for course in read[0]:
        for problem in course.problems:
            yield from (problem.title, problem.body)
    for step in steps_of(read):
        yield from (step.title, step.body, *step.choices)
        for hint in step.hints:
            yield from (hint.title, hint.text, *hint.choices)


def test_nearly_every_step_is_imported(read: Read) -> None:
    findings = read[1]
    assert findings.steps == 2874
    assert findings.refused_steps <= 0.005 * findings.steps
    assert sum(1 for _step in steps_of(read)) == findings.steps - findings.refused_steps


def test_no_text_keeps_a_mark_of_the_old_writing(read: Read) -> None:
    for text in texts_of(read):
        assert "$$" not in text
        assert "##" not in text
        assert "@{" not in text
        assert "\\n" not in re.sub(MATHEMATICS, "", text)
        assert len(re.findall(r"(?<!\\)\$", text)) == 2 * len(MATHEMATICS.findall(text))
        assert not re.search(r"\$\d", MATHEMATICS.sub("M", text).replace(r"\$", ""))


def test_every_choice_has_its_key_and_a_wrong_one(read: Read) -> None:
    for question in answered(read):
        if question.answer_kind == AnswerKind.CHOICE:
            assert set(question.answers) < set(question.choices)
            assert len(set(question.choices)) == len(question.choices)


def test_every_ladder_puts_dependencies_first_and_the_answer_last(read: Read) -> None:
    for step in steps_of(read):
        placed: set[str] = set()
        for hint in step.hints:
            assert set(hint.dependencies) <= placed
            placed.add(hint.slug)
        assert all(hint.kind != Hint.Kind.BOTTOM_OUT for hint in step.hints[:-1])


def test_the_answer_checker_accepts_every_key_as_it_is(read: Read) -> None:
    refused: list[tuple[str, str, str]] = []
    pool = CheckerPool(size=1)
    try:
        for question in answered(read):
            asked = Question(str(question.answer_kind), question.answers, question.choices)  # type: ignore[arg-type]
            for key in question.answers:
                check = pool.check(asked, key)
                if check.verdict != Verdict.CORRECT:
                    refused.append((question.slug, key, check.reason))
    finally:
        pool.close()
    assert refused == []
