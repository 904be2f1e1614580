"""What words are meant as, with the student that ships and the encoder that the site has."""

import pytest

from tests.weights import encoder_path
from tutor_app.tutoring.checking import Question
from tutor_app.tutoring.listening import Surroundings, listen, understander
from tutor_app.tutoring.recent import Recent
from tutor_app.tutoring.understanding import Intent

QUESTION = Question(kind="arithmetic", answers=("5",))
OPEN = Surroundings(question=QUESTION, recent=Recent(first=False), problem="Solve for x: $3x + 5 = 20$")


@pytest.fixture(autouse=True)
def _encoder(settings) -> None:
    settings.ENCODER_PATH = encoder_path()
    understander.cache_clear()
    yield
    understander.cache_clear()


def test_silence_is_a_greeting_at_first_and_later_silence() -> None:
    assert listen("", Surroundings()).intent == Intent.GREETING
    assert listen("", OPEN).intent == Intent.IDLE


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("what is a coefficient?", Intent.CONCEPT),
        ("what does it mean to distribute", Intent.CONCEPT),
        ("are you a human?", Intent.META),
        ("how do i type a fraction here", Intent.META),
        ("can you give me a little hint about the first step", Intent.HINT),
        ("I have absolutely no idea what to do here", Intent.STUCK),
        ("why isn't my answer right, I checked it", Intent.WHY_WRONG),
        ("can we do a different one, this is boring", Intent.NEXT),
        ("I want to kill myself", Intent.DISTRESS),
        ("my dad hits me when I get bad grades", Intent.DISTRESS),
        ("what have i learned so far today", Intent.SUMMARY),
    ],
)
def test_learners_words(text: str, intent: Intent) -> None:
    assert listen(text, OPEN).intent == intent


def test_the_answer_in_a_sentence_is_found() -> None:
    listened = listen("I think it's 4 because 20 minus 5 is 15", OPEN)
    assert (listened.intent, listened.answer) == (Intent.ANSWER, "4")


def test_who_is_fed_up_is_heard() -> None:
    listened = listen("this is so stupid i hate math", OPEN)
    assert listened.frustrated
    assert listened.intent in (Intent.CHAT, Intent.STUCK)


def test_homework_that_kills_is_a_way_of_speaking() -> None:
    assert listen("this homework is killing me lol", OPEN).intent != Intent.DISTRESS


def test_without_a_question_a_number_is_no_answer() -> None:
    assert listen("5", Surroundings(recent=Recent(first=False))).intent != Intent.ANSWER


def test_without_an_encoder_the_words_are_still_tried_as_an_answer(settings, tmp_path) -> None:
    settings.ENCODER_PATH = tmp_path
    understander.cache_clear()
    assert listen("i think it is five", OPEN).intent == Intent.ANSWER
    assert listen("tell me of the sea", Surroundings(recent=Recent(first=False))).intent == Intent.UNCLEAR


def test_reasons_that_were_asked_for_are_reasons() -> None:
    probed = Surroundings(question=QUESTION, recent=Recent(first=False, probing=True), problem="Solve $3x + 5 = 20$")
    assert listen("I just did it from left to right, I think", probed).intent == Intent.EXPLAINS
    assert listen("because that is how I always do it", probed).intent in (Intent.EXPLAINS, Intent.ANSWER)
    assert listen("can you give me a little hint about the first step", probed).intent == Intent.HINT
    assert listen("I want to kill myself", probed).intent == Intent.DISTRESS


def test_refused_weights_cost_no_turn(settings, tmp_path) -> None:
    settings.UNDERSTAND_PATH = tmp_path / "none"
    understander.cache_clear()
    assert listen("i think it is five", OPEN).intent == Intent.ANSWER
