"""Where a conversation stands, and how an answer or a move takes it on. In memory: the turn's last step writes it."""

from datetime import datetime

from tutor_app.courses.models import Hint
from tutor_app.courses.variants import HintVariant
from tutor_app.tutoring.choosing import Choice
from tutor_app.tutoring.hearing import Heard
from tutor_app.tutoring.models import Session
from tutor_app.tutoring.moves import Move
from tutor_app.tutoring.table import Table

# What a turn may change of its session's row; the rest belongs to others.
FIELDS = (
    *("problem", "variant_seed", "step", "step_shown_at", "scaffold", "why", "hints_given", "wrong_tries", "tries"),
    *("scaffold_tries", "misconception", "solved"),
)


def count_answer(session: Session, heard: Heard, at: datetime) -> None:
    """An answer is counted where it belongs: at the step, or at the open scaffold."""
    if heard.attempted:
        session.tries += 1
        session.wrong_tries += heard.wrong
        session.step_shown_at = at
        session.misconception = heard.misconception.slug if heard.misconception else session.misconception
    elif heard.on_scaffold and heard.wrong:
        session.scaffold_tries += 1


def show_rung(session: Session, table: Table, rung: HintVariant) -> None:
    """One more rung of the ladder is shown; a scaffold that asks for something waits for its answer."""
    session.hints_given = table.shown + 1
    open_scaffold(session, rung if rung.kind == Hint.Kind.SCAFFOLD and rung.answers else None)


def after_answer(session: Session, table: Table, move: Move, *, on_scaffold: bool, at: datetime) -> bool:
    """Closes a smaller step that is done, or goes on after a right answer. Whether the problem is solved by it."""
    if on_scaffold:
        if move in (Move.CONFIRM, Move.SHOW):
            open_scaffold(session, None)
        return False
    if move != Move.CONFIRM:
        return False
    if table.next_step is not None:
        put_step(session, table.next_step.step_id, at)
        return False
    open_scaffold(session, None)
    session.solved = True
    return True


def put_problem(session: Session, choice: Choice, at: datetime) -> None:
    session.problem, session.variant_seed = choice.problem, choice.seed
    session.why, session.solved = choice.reason, False
    put_step(session, choice.first_step_id, at)


def clear_table(session: Session, why: str) -> None:
    session.problem = session.step = None
    session.why = why


def put_step(session: Session, step_id: int, at: datetime) -> None:
    """The step is on the table, fresh: no tries, no help."""
    session.step_id = step_id
    session.step_shown_at = at
    session.hints_given = session.tries = session.wrong_tries = 0
    session.misconception = ""
    open_scaffold(session, None)


def open_scaffold(session: Session, rung: HintVariant | None) -> None:
    session.scaffold_id = rung.hint_id if rung else None
    session.scaffold_tries = 0
