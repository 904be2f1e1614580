"""The words whose meaning is certain; everything else is for the student (`test_listening.py`)."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor_app.tutoring.checking import Question
from tutor_app.tutoring.understanding import Intent, is_spelled_out, reads_as_prose, wish_in


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("hint", Intent.HINT),
        ("Hint please!", Intent.HINT),
        ("Can I have a hint?", Intent.HINT),
        ("help", Intent.HINT),
        ("pls help", Intent.HINT),
        ("another hint", Intent.HINT),
        ("I'm stuck", Intent.STUCK),
        ("i’m stuck.", Intent.STUCK),
        ("I don't know how to start", Intent.STUCK),
        ("I don't understand the question", Intent.STUCK),
        ("just tell me the answer", Intent.STUCK),
        ("What is the answer?", Intent.STUCK),
        ("idk", Intent.STUCK),
        ("?", Intent.STUCK),
        ("next", Intent.NEXT),
        ("ok next", Intent.NEXT),
        ("Next problem, please", Intent.NEXT),
        ("Another problem", Intent.NEXT),
        ("skip this one", Intent.NEXT),
        ("why this one?", Intent.WHY_THIS),
        ("Why did you choose this problem?", Intent.WHY_THIS),
        ("why?", Intent.WHY_WRONG),
        ("why is that wrong", Intent.WHY_WRONG),
        ("what did I do wrong?", Intent.WHY_WRONG),
        ("What does this mean?", Intent.CONCEPT),
        ("how am I doing?", Intent.SUMMARY),
        ("thanks!", Intent.CHAT),
        ("thank u", Intent.CHAT),
        ("Can I talk to a real person?", Intent.PERSON),
        ("I want to speak to my teacher", Intent.PERSON),
        ("...", Intent.UNCLEAR),
    ],
)
def test_these_words_are_known(text: str, intent: Intent) -> None:
    assert wish_in(text) is intent


@pytest.mark.parametrize(
    "text",
    ["x = 5", "5", "3x + 15", r"\frac{1}{2}", "no solution", "yes", "x = next", "hint hint hint",
     "what is a coefficient", "are you a human?", "i hate this", "why " * 400, "I talk to my teacher about 5"],
)  # fmt: skip
def test_these_are_for_the_student(text: str) -> None:
    assert wish_in(text) is None


def test_the_right_word_is_an_answer_even_if_it_is_a_wish_elsewhere() -> None:
    assert is_spelled_out("Next", Question(kind="string", answers=("next", "following")))
    assert is_spelled_out("hint", Question(kind="choice", answers=("hint",), choices=("hint", "clue")))
    assert not is_spelled_out("hint", Question(kind="arithmetic", answers=("5",)))


@given(st.text(max_size=250))
def test_silence_alone_is_never_a_wish(text: str) -> None:
    assert wish_in(text) not in (Intent.GREETING, Intent.IDLE, Intent.ANSWER, Intent.DISTRESS)


@pytest.mark.parametrize("piece", ["please ", "why ", "ha", "a hint ", "i don't know ", "what is ", " ", ".!?"])
def test_no_repetition_takes_long(piece: str) -> None:
    begun = time.perf_counter()
    wish_in((piece * 200)[:200])
    assert time.perf_counter() - begun < 0.2


def test_prose_is_told_from_mathematics() -> None:
    assert reads_as_prose("my dog ate the paper")
    assert reads_as_prose("is it 5?")
    assert not reads_as_prose("2x + 3y")
    assert not reads_as_prose(r"\frac{1}{2} + 3")
