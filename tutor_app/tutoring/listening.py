"""What a learner's words are meant as: the buttons' words by rule, everything else by the `understand` student.

Rules first, since whoever presses a button must get what stands on it, in every version of the model. Then, in this
order: yes and no to an offer, the answer itself letter by letter, the student. Where the student is not sure, the words
are tried as an answer; what cannot be read as one is asked back about, not guessed at.
"""

from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import structlog
from django.conf import settings

from tutor_app.tutoring.checking import Question, Verdict
from tutor_app.tutoring.recent import Recent
from tutor_app.tutoring.understanding import Intent, gives_reasons, is_spelled_out, reply_to_offer, wish_in

if TYPE_CHECKING:
    from models_core.classroom import Prediction
    from models_core.understanding.student import Meaning, Topics, UnderstandStudent

log = structlog.get_logger(__name__)

# What the student calls a message, and what the tutor calls it.
INTENTS = {
    "answer": Intent.ANSWER,
    "hint": Intent.HINT,
    "concept": Intent.CONCEPT,
    "why_wrong": Intent.WHY_WRONG,
    "stuck": Intent.STUCK,
    "skip": Intent.NEXT,
    "summary": Intent.SUMMARY,
    "chat": Intent.CHAT,
    "meta": Intent.META,
    "distress": Intent.DISTRESS,
}


# What the reasons for an answer are easily taken for by who does not know that they were asked for.
MAYBE_REASONS = (
    Intent.ANSWER,
    Intent.CHAT,
    Intent.STUCK,
    Intent.CONCEPT,
    Intent.WHY_WRONG,
    Intent.HINT,
    Intent.UNCLEAR,
)


@dataclass(frozen=True)
class Surroundings:
    """What stands around a message. `forecast`: what the models expect of the step on the table; `topics`: the course's
    skills."""

    question: "Question | None" = None
    recent: Recent = field(default_factory=Recent)
    problem: str = ""
    wrong_tries: int = 0
    hints: int = 0
    forecast: "Prediction | None" = None
    topics: "Topics | None" = None


@dataclass(frozen=True)
class Listened:
    """What was wanted. `answer`: the part of the message that is tried as an answer, the whole where it is None."""

    intent: Intent
    answer: str | None = None
    frustrated: bool = False
    topic: str | None = None  # the skill that it is about, by its slug


@lru_cache(maxsize=1)
def understander() -> "UnderstandStudent":
    """The student of this process. Loads half a second of files at first use, so workers ask for it when they start."""
    from models_core.artifacts import load_any_student
    from models_core.embeddings import TextEncoder
    from models_core.understanding.student import UnderstandStudent

    student = load_any_student(settings.UNDERSTAND_PATH)
    assert isinstance(student, UnderstandStudent)
    student.encoder = TextEncoder(Path(settings.ENCODER_PATH))
    return student


def listen(text: str, around: Surroundings) -> Listened:
    """What a message is meant as; empty where the tutor speaks first."""
    question = around.question
    if not text:
        return Listened(Intent.GREETING if around.recent.first else Intent.IDLE)
    if question is not None and is_spelled_out(text, question):
        return Listened(Intent.ANSWER)
    if around.recent.offered and (reply := reply_to_offer(text)) is not None:
        return Listened(reply)
    if (wish := wish_in(text)) is not None:
        return Listened(wish)
    try:
        meaning = _ask_student(text, around)
        listened = _meant(meaning, question)
    except (OSError, ValueError) as missing:  # no encoder was exported, or the weights are refused: the checker works
        log.error("not understood", reason=str(missing))
        return Listened(Intent.ANSWER if question is not None else Intent.UNCLEAR)
    answers = meaning.sure and listened.intent == Intent.ANSWER and listened.answer is not None
    if around.recent.probing and listened.intent in MAYBE_REASONS and not answers and gives_reasons(text):
        return replace(listened, intent=Intent.EXPLAINS)
    return listened


def _ask_student(text: str, around: Surroundings) -> "Meaning":
    from models_core.understanding.evidence import Situation
    from models_core.understanding.student import Message

    question = around.question
    verdict = "" if around.recent.verdict == Verdict.NOT_UNDERSTOOD else around.recent.verdict
    message = Message(
        text,
        problem=around.problem,
        keys=question.answers if question else (),
        choices=question.choices if question else (),
        situation=Situation(
            open=question is not None,
            kind=question.kind if question else "",
            tries=around.wrong_tries,
            hints=around.hints,
            verdict=verdict,
        ),
        topics=around.topics,
    )
    expected = around.forecast
    context = None if expected is None else np.array([expected.teacher_probability, expected.sd], np.float32)
    return understander().respond(message, context)


def _meant(meaning: "Meaning", question: Question | None) -> Listened:
    intent, frustrated = INTENTS[meaning.intent], meaning.sentiment == "frustrated"
    if intent == Intent.ANSWER or not meaning.sure:
        # Not sure, and there is a question: the checker knows better whether this is an answer.
        tried = Intent.ANSWER if question is not None else Intent.UNCLEAR
        return Listened(tried, meaning.answer, frustrated, meaning.topic)
    return Listened(intent, None, frustrated, meaning.topic)
