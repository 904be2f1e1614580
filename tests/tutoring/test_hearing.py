"""What is tried as an answer, and what was only said about it."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from tutor_app.tutoring.checking import CheckerPool, Question, Verdict
from tutor_app.tutoring.hearing import Heard, judge
from tutor_app.tutoring.understanding import Intent

QUESTION = Question(kind="string", answers=("equation",))
STEP = SimpleNamespace(expected_errors=[], answer_kind="string", answers=["equation"], choices=[])
TABLE = SimpleNamespace(scaffold=None, step=STEP, variant=None, wording="Is it an equation or an expression?")


@pytest.fixture(scope="module")
def pool() -> Iterator[CheckerPool]:
    with CheckerPool(size=1) as pool:
        yield pool


def heard(pool: CheckerPool, text: str, offered: str | None = None, *, probing: bool = False) -> Heard:
    return judge(text, QUESTION, TABLE, offered=offered, probing=probing, checker=pool)  # type: ignore[arg-type]


def test_a_word_is_an_answer_alone_and_in_a_sentence(pool: CheckerPool) -> None:
    assert heard(pool, "equation").verdict == Verdict.CORRECT
    assert heard(pool, "expression").verdict == Verdict.INCORRECT
    assert (
        heard(pool, "i would say it is an equation because of the equals sign", "equation").verdict == Verdict.CORRECT
    )
    assert heard(pool, "i would say expression since it has an x in it", "expression").verdict == Verdict.INCORRECT


def test_a_sentence_that_offers_nothing_costs_no_try(pool: CheckerPool) -> None:
    said = heard(pool, "i went from left to right i guess")
    assert (said.intent, said.verdict) == (Intent.UNCLEAR, None)
    assert heard(pool, "i went from left to right i guess", probing=True).intent == Intent.EXPLAINS
    assert not said.attempted
