"""What a course's words would give away too early stays unsaid, and nothing else does."""

import pytest

from tests.factories import MisconceptionFactory
from tutor_app.tutoring.moves import Move
from tutor_app.tutoring.understanding import Intent
from tutor_app.tutoring.voices.grounded import Matter
from tutor_app.tutoring.voices.guarded import LazyGate, guarded
from tutor_app.tutoring.voices.leaks import Gate

REMEDY = ["Not yet. ", "Take 5 from both sides. ", "So x is 7."]


def said(move: Move, sentences: list[str], *, error: bool = True) -> list[str]:
    matter = Matter(move, Intent.ANSWER, "Mia", 0, error=MisconceptionFactory.build() if error else None)
    gate = LazyGate(lambda: Gate("Solve $2x + 5 = 19$.", ["7"]))
    return list(guarded(sentences, matter=matter, gate=gate))


def test_a_remedy_that_tells_the_answer_says_the_rest_of_itself():
    assert said(Move.FOCUS, REMEDY) == REMEDY[:2]


def test_where_nothing_is_left_something_that_helps_is_said():
    [instead] = said(Move.PROBE, ["So x is 7."])
    assert "line by line" in instead


@pytest.mark.parametrize("move", [Move.HINT, Move.SCAFFOLD, Move.SHOW, Move.CONFIRM, Move.NEXT])
def test_the_ladder_says_what_its_author_decided(move: Move):
    assert said(move, REMEDY) == REMEDY


def test_for_the_tutors_own_words_no_gate_is_made():
    matter = Matter(Move.FOCUS, Intent.ANSWER, "Mia", 0)
    assert list(guarded(REMEDY, matter=matter, gate=LazyGate(lambda: 1 / 0))) == REMEDY
