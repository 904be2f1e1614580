"""What a learner's message comes to: what is wanted or, if it is an answer, its verdict and the error that it fits."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from tutor_app.courses.models import Misconception
from tutor_app.learners.models import User
from tutor_app.tutoring.checking import Check, CheckerPool, Question, Verdict
from tutor_app.tutoring.diagnosing import (
    GenericSlip,
    beliefs_about,
    diagnose,
    misconceptions_fitting,
    rule_behind,
    slip_behind,
)
from tutor_app.tutoring.table import Table
from tutor_app.tutoring.understanding import Intent, is_sentence, reads_as_prose


@dataclass(frozen=True)
class Heard:
    """A message, understood. `check` is there when it was tried as an answer, also if it turned out to be none."""

    intent: Intent
    check: Check | None = None
    on_scaffold: bool = False
    fits: tuple[str, ...] = ()  # slugs of the misconceptions that lead to just this wrong answer
    misconception: Misconception | None = None  # that it is named after, or that an earlier answer was
    slip: GenericSlip | None = None  # a common slip of no misconception, where none fits
    frustrated: bool = False
    topic: str | None = None  # the skill that was asked about, where one was named

    @property
    def verdict(self) -> Verdict | None:
        """The verdict on an answer; None for whatever else was said."""
        return self.check.verdict if self.check and self.intent == Intent.ANSWER else None

    @property
    def attempted(self) -> bool:
        """An attempt at the step itself: right or wrong, not unreadable and not about a smaller step."""
        return self.verdict in (Verdict.CORRECT, Verdict.INCORRECT) and not self.on_scaffold

    @property
    def wrong(self) -> bool:
        return self.verdict == Verdict.INCORRECT


def judge(
    text: str,
    question: Question,
    table: Table,
    *,
    offered: str | None = None,
    probing: bool = False,
    checker: CheckerPool,
    hold: Callable[[], None] = lambda: None,
) -> Heard:
    """A message that is tried as an answer.

    Args:
        offered: the answer that was found in it.
        probing: the tutor had asked for the reasoning.
        hold: called after each check, which may take seconds.
    """
    said = text
    text = offered if offered and reads_as_prose(text) else text
    check = checker.check(question, text)
    hold()
    if check.verdict == Verdict.NOT_UNDERSTOOD and text != said:
        whole = checker.check(question, said)
        hold()
        if whole.verdict != Verdict.INCORRECT:  # a sentence that is not the word asked for was no try at it
            text, check = said, whole
    elif check.verdict == Verdict.INCORRECT and question.kind == "string" and text == said and is_sentence(said):
        check = replace(check, verdict=Verdict.NOT_UNDERSTOOD, read_as="")
    on_scaffold = table.scaffold is not None
    if on_scaffold and check.verdict != Verdict.CORRECT:
        # Whoever answers the step itself has no need of the smaller one.
        whole = checker.check(table.main_question(), text)
        hold()
        if whole.verdict == Verdict.CORRECT:
            check, on_scaffold = whole, False
    if check.verdict == Verdict.NOT_UNDERSTOOD and reads_as_prose(text):
        return Heard(Intent.EXPLAINS if probing else Intent.UNCLEAR, check)
    fits: tuple[str, ...] = ()
    slip = None
    if check.verdict == Verdict.INCORRECT and not on_scaffold:
        fits = misconceptions_fitting(text, table.step, checker)
        hold()
        if not fits:
            slip = slip_behind(text, table.variant, table.step, checker) or rule_behind(text, table.wording)
            hold()
    return Heard(Intent.ANSWER, check, on_scaffold, fits, slip=slip)


def name_error(heard: Heard, table: Table | None, *, learner: User, forecast: float | None) -> Heard:
    """The same with the misconception that a wrong answer is named after, where one is likely enough: `forecast` is the
    P(correct) that was expected of it."""
    if table is None or not heard.fits:
        return heard
    beliefs = beliefs_about(learner, table.step)
    named = diagnose(heard.fits, table.variant, table.step, beliefs=beliefs, forecast=forecast).named
    ids = {error.slug: error.misconception_id for error in table.step.expected_errors}
    return replace(heard, misconception=Misconception.objects.get(pk=ids[named]) if named else None)
