"""Wishes are recognised by their words; answers stay answers."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor_app.tutoring.checking import Question
from tutor_app.tutoring.understanding import Intent, reads_as_prose, understand

NUMBER = Question(kind="arithmetic", answers=("5",))


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("", Intent.GREETING),
        ("hint", Intent.HINT),
        ("Hint please!", Intent.HINT),
        ("Can I have a hint?", Intent.HINT),
        ("help", Intent.HINT),
        ("I'm stuck", Intent.STUCK),
        ("i’m stuck.", Intent.STUCK),
        ("I don't know how to start", Intent.STUCK),
        ("idk", Intent.STUCK),
        ("next", Intent.NEXT),
        ("Next problem, please", Intent.NEXT),
        ("Another problem", Intent.NEXT),
        ("skip this one", Intent.NEXT),
        ("why this one?", Intent.WHY_THIS),
        ("Why did you choose this problem?", Intent.WHY_THIS),
        ("why?", Intent.WHY_WRONG),
        ("why is that wrong", Intent.WHY_WRONG),
        ("what did I do wrong?", Intent.WHY_WRONG),
        ("What does this mean?", Intent.CONCEPT),
        ("what is a coefficient", Intent.CONCEPT),
        ("How do you undo a multiplication?", Intent.CONCEPT),
        ("explain like terms", Intent.CONCEPT),
        ("how am I doing?", Intent.SUMMARY),
        ("thanks!", Intent.CHAT),
        ("are you a human?", Intent.CHAT),
        ("x = 5", Intent.ANSWER),
        ("5", Intent.ANSWER),
        ("3x + 15", Intent.ANSWER),
        (r"\frac{1}{2}", Intent.ANSWER),
        ("no solution", Intent.ANSWER),
        ("?", Intent.STUCK),
        ("...", Intent.UNCLEAR),
        ("pls help", Intent.HINT),
        ("another hint", Intent.HINT),
        ("I don't understand the question", Intent.STUCK),
        ("just tell me the answer", Intent.STUCK),
        ("What is the answer?", Intent.STUCK),
        ("ok next", Intent.NEXT),
        ("thank u", Intent.CHAT),
        ("explain", Intent.CONCEPT),
        ("Can you explain this?", Intent.CONCEPT),
        ("infinitely many solutions", Intent.ANSWER),
        ("yes", Intent.ANSWER),
        ("x = next", Intent.ANSWER),
        ("hint hint hint", Intent.ANSWER),
    ],
)
def test_a_message_is_meant_as(text: str, intent: Intent) -> None:
    assert understand(text, NUMBER) is intent


def test_the_right_word_is_an_answer_even_if_it_is_a_wish_elsewhere() -> None:
    assert understand("Next", Question(kind="string", answers=("next", "following"))) is Intent.ANSWER
    assert understand("hint", Question(kind="choice", answers=("hint",), choices=("hint", "clue"))) is Intent.ANSWER


def test_without_an_open_question_nothing_is_an_answer() -> None:
    assert understand("5", None) is Intent.UNCLEAR


def test_a_very_long_message_is_no_wish() -> None:
    assert understand("why " * 400, NUMBER) is Intent.ANSWER


@given(st.text(max_size=250))
def test_whatever_is_said_there_is_an_intent_and_only_silence_is_a_greeting(text: str) -> None:
    assert (understand(text, NUMBER) is Intent.GREETING) == (text == "")


@pytest.mark.parametrize("piece", ["please ", "why ", "ha", "a hint ", "i don't know ", "what is ", " ", ".!?"])
def test_no_repetition_takes_long(piece: str) -> None:
    begun = time.perf_counter()
    understand((piece * 200)[:200], NUMBER)
    assert time.perf_counter() - begun < 0.2


def test_prose_is_told_from_mathematics() -> None:
    assert reads_as_prose("my dog ate the paper")
    assert reads_as_prose("is it 5?")
    assert not reads_as_prose("2x + 3y")
    assert not reads_as_prose(r"\frac{1}{2} + 3")
