"""The tutor's decision, as a table of claims: in this situation, this move."""

from itertools import product

import pytest

from tutor_app.tutoring.checking import Verdict
from tutor_app.tutoring.moves import Move, Situation, decide
from tutor_app.tutoring.understanding import Intent

RIGHT, WRONG, FORM, UNREAD = Verdict.CORRECT, Verdict.INCORRECT, Verdict.FORM, Verdict.NOT_UNDERSTOOD


def answer(verdict, **more):
    return Situation(intent=Intent.ANSWER, verdict=verdict, **more)


def ask(intent, **more):
    return Situation(intent=intent, **more)


CLAIMS = {
    "a right answer is confirmed": (answer(RIGHT), Move.CONFIRM),
    "a right answer is confirmed however often it was wrong before": (answer(RIGHT, wrong_tries=9), Move.CONFIRM),
    "a right answer to a scaffold is confirmed": (answer(RIGHT, on_scaffold=True), Move.CONFIRM),
    "the right value in another form is pointed at": (answer(FORM), Move.FOCUS),
    "the other form never brings unasked help": (answer(FORM, wrong_tries=9, next_rung="hint"), Move.FOCUS),
    "an unexplained error is pointed at": (answer(WRONG, wrong_tries=1), Move.FOCUS),
    "a known error is asked about first": (answer(WRONG, wrong_tries=1, misconception="m"), Move.PROBE),
    "a known error is pointed at when it was asked about": (
        answer(WRONG, wrong_tries=2, misconception="m", probed_before=True),
        Move.FOCUS,
    ),
    "errors never force help on anybody": (answer(WRONG, wrong_tries=9, next_rung="hint"), Move.FOCUS),
    "nor the worked step": (answer(WRONG, wrong_tries=9, next_rung=None), Move.FOCUS),
    "the first error at a scaffold is pointed at": (answer(WRONG, on_scaffold=True, scaffold_tries=1), Move.FOCUS),
    "the second error at a scaffold tells it": (answer(WRONG, on_scaffold=True, scaffold_tries=2), Move.SHOW),
    "errors at the step do not count at the scaffold": (
        answer(WRONG, on_scaffold=True, scaffold_tries=1, wrong_tries=5, next_rung="hint"),
        Move.FOCUS,
    ),
    "what can't be read is asked back": (answer(UNREAD), Move.ASK_BACK),
    "what can't be read costs nothing however often": (answer(UNREAD, wrong_tries=9, next_rung="hint"), Move.ASK_BACK),
    "help is given when asked for": (ask(Intent.HINT, next_rung="hint"), Move.HINT),
    "who is stuck is helped": (ask(Intent.STUCK, next_rung="hint"), Move.HINT),
    "a scaffold comes when asked for": (ask(Intent.HINT, next_rung="scaffold"), Move.SCAFFOLD),
    "without a ladder, trying comes before telling": (ask(Intent.HINT, next_rung=None), Move.FOCUS),
    "without a ladder, who errs often and asks is shown": (ask(Intent.HINT, wrong_tries=3, next_rung=None), Move.SHOW),
    "yes takes the help that was offered": (ask(Intent.ACCEPT, offered=True, next_rung="scaffold"), Move.SCAFFOLD),
    "no leaves the learner to it": (ask(Intent.DECLINE, offered=True, next_rung="hint"), Move.ENCOURAGE),
    "two hints in one breath are enough": (ask(Intent.HINT, helps_in_a_row=2, next_rung="hint"), Move.FOCUS),
    "who was asked to slow down once gets the next": (
        ask(Intent.HINT, helps_in_a_row=2, slowed=True, next_rung="hint"),
        Move.HINT,
    ),
    "who is stuck is never slowed down": (ask(Intent.STUCK, helps_in_a_row=5, next_rung="hint"), Move.HINT),
    "what was thought is answered with what helps": (ask(Intent.EXPLAINS, probing=True, misconception="m"), Move.FOCUS),
    "reasoning that nobody asked for is asked back": (ask(Intent.EXPLAINS), Move.ASK_BACK),
    "silence is met with encouragement": (ask(Intent.IDLE, next_rung="hint"), Move.ENCOURAGE),
    "who is fed up is met kindly": (ask(Intent.CHAT, frustrated=True, next_rung="hint"), Move.ENCOURAGE),
    "who is fed up and stuck is met kindly first": (
        ask(Intent.STUCK, frustrated=True, next_rung="hint"),
        Move.ENCOURAGE,
    ),
    "and helped when they say it again": (
        ask(Intent.STUCK, frustrated=True, offered=True, next_rung="hint"),
        Move.HINT,
    ),
    "a question about the page is answered": (ask(Intent.META), Move.EXPLAIN),
    "who wants a person gets one": (ask(Intent.PERSON), Move.HAND_OVER),
    "words of harm go to a person, whatever is on the table": (
        ask(Intent.DISTRESS, solved=True, wrong_tries=9, offered=True, probing=True),
        Move.HAND_OVER,
    ),
    "the worked step comes last": (ask(Intent.HINT, next_rung="bottom_out"), Move.SHOW),
    "help with a solved problem is another problem": (ask(Intent.HINT, solved=True, next_rung="hint"), Move.NEXT),
    "being stuck with a solved problem too": (ask(Intent.STUCK, solved=True), Move.NEXT),
    "why, after an error, points at it": (ask(Intent.WHY_WRONG), Move.FOCUS),
    "why this problem is explained": (ask(Intent.WHY_THIS), Move.EXPLAIN),
    "a concept is explained": (ask(Intent.CONCEPT), Move.EXPLAIN),
    "small talk is met kindly": (ask(Intent.CHAT), Move.ENCOURAGE),
    "what is not understood is asked back": (ask(Intent.UNCLEAR), Move.ASK_BACK),
    "next is next, solved or not": (ask(Intent.NEXT, solved=False), Move.NEXT),
    "a summary on request": (ask(Intent.SUMMARY), Move.SUMMARISE),
    "the conversation begins with a greeting": (ask(Intent.GREETING), Move.GREET),
}


OFFERS = {
    "the first error is the learner's own": (answer(WRONG, wrong_tries=1, next_rung="hint"), False),
    "from the second on help is offered": (answer(WRONG, wrong_tries=2, next_rung="hint"), True),
    "also where the error is a known one": (
        answer(WRONG, wrong_tries=2, next_rung="hint", misconception="m", probed_before=True),
        True,
    ),
    "a question about the reasoning stands alone": (
        answer(WRONG, wrong_tries=2, next_rung="hint", misconception="m"),
        False,
    ),
    "nothing is offered to who switched it off": (
        answer(WRONG, wrong_tries=9, next_rung="hint", proactive=False),
        False,
    ),
    "nothing is offered at a scaffold": (answer(WRONG, on_scaffold=True, scaffold_tries=1, next_rung="hint"), False),
    "without a ladder nothing is offered at once": (answer(WRONG, wrong_tries=2), False),
    "without a ladder the worked step is offered after three errors": (answer(WRONG, wrong_tries=3), True),
    "the other form needs no hint": (answer(FORM, wrong_tries=5, next_rung="hint"), False),
    "a right answer needs none": (answer(RIGHT, wrong_tries=5, next_rung="hint"), False),
    "silence gets an offer": (ask(Intent.IDLE, next_rung="hint"), True),
    "but not from who switched it off": (ask(Intent.IDLE, next_rung="hint", proactive=False), False),
    "who is fed up gets an offer": (ask(Intent.CHAT, frustrated=True, next_rung="hint"), True),
    "small talk gets none": (ask(Intent.CHAT, next_rung="hint"), False),
    "no means no": (ask(Intent.DECLINE, offered=True, next_rung="hint"), False),
}


@pytest.mark.parametrize("claim", OFFERS)
def test_offer(claim: str):
    situation, offers = OFFERS[claim]
    assert decide(situation).offers is offers


@pytest.mark.parametrize("claim", CLAIMS)
def test_claim(claim: str):
    situation, move = CLAIMS[claim]
    assert decide(situation).move == move


def test_there_is_a_move_and_a_reason_in_every_situation_and_nothing_is_shown_while_a_hint_is_left():
    rungs = (None, "hint", "scaffold", "bottom_out")
    for intent, verdict, rung, wrong, on_scaffold, solved in product(
        Intent, (None, *Verdict), rungs, (0, 1, 2, 3, 50), (False, True), (False, True)
    ):
        situation = Situation(
            intent,
            verdict,
            on_scaffold=on_scaffold,
            solved=solved,
            wrong_tries=wrong,
            scaffold_tries=wrong if on_scaffold else 0,
            next_rung=rung,
        )
        decision = decide(situation)
        assert decision.because, situation
        assert all(isinstance(value, str) for value in decision.looked_at.values()), situation
        if rung in ("hint", "scaffold") and not on_scaffold:
            assert decision.move != Move.SHOW, situation


def test_a_decision_keeps_what_it_looked_at_for_the_instructor():
    decision = decide(answer(WRONG, wrong_tries=1, misconception="loses-the-sign"))
    assert decision.because == "the answer is what a known misconception gives"
    assert decision.looked_at["misconception"] == "loses-the-sign"
    assert decision.looked_at["verdict"] == "incorrect"
    assert decision.looked_at["wrong_tries"] == "1"
