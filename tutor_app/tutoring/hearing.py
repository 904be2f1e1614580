"""What a learner's message comes to: what is wanted or, if it is an answer, its verdict and the error that it fits."""

from collections.abc import Callable
from dataclasses import dataclass

from tutor_app.courses.models import Misconception
from tutor_app.tutoring.checking import Check, CheckerPool, Question, Verdict
from tutor_app.tutoring.table import Table
from tutor_app.tutoring.understanding import Intent, reads_as_prose, understand


@dataclass(frozen=True)
class Heard:
    """A message, understood. `check` is there when it was tried as an answer, also if it turned out to be none."""

    intent: Intent
    check: Check | None = None
    on_scaffold: bool = False
    misconception: Misconception | None = None

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


def wish_in(text: str, table: Table | None, *, solved: bool) -> tuple[Intent, Question | None]:
    """What the words alone say, and the question that an answer would be held against."""
    question = table.question() if table and not solved else None
    return understand(text, question), question


def judge(
    text: str, question: Question, table: Table, *, checker: CheckerPool, hold: Callable[[], None] = lambda: None
) -> Heard:
    """A message that is tried as an answer. `hold` is called after each check, which may take seconds."""
    check = checker.check(question, text)
    hold()
    on_scaffold = table.scaffold is not None
    if on_scaffold and check.verdict != Verdict.CORRECT:
        # Whoever answers the step itself has no need of the smaller one.
        whole = checker.check(table.main_question(), text)
        hold()
        if whole.verdict == Verdict.CORRECT:
            check, on_scaffold = whole, False
    if check.verdict == Verdict.NOT_UNDERSTOOD and reads_as_prose(text):
        return Heard(Intent.UNCLEAR, check)
    misconception = None
    if check.verdict == Verdict.INCORRECT and not on_scaffold:
        misconception = misconception_behind(text, table, checker)
        hold()
    return Heard(Intent.ANSWER, check, on_scaffold, misconception)


def misconception_behind(text: str, table: Table, checker: CheckerPool) -> Misconception | None:
    """The misconception of the step that gives just this wrong answer, if one does."""
    expected = table.step.expected_errors
    match = checker.first_match(text, [error.answer for error in expected]) if expected else None
    return None if match is None else Misconception.objects.get(pk=expected[match].misconception_id)
