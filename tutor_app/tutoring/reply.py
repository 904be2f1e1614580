"""One turn, from the learner's words to the reply that is kept: understand, check, ask the models, decide, say, write.

Until the last step nothing is written but the lease, so a turn whose worker dies is done again from the start by
another. The last step is one transaction: reply, events, the students' update and the conversation's new position, or
none of it.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from models_core.classroom import LearnerState, Prediction
from models_core.curriculum import UnknownStep
from tutor_app.courses.models import Hint, Misconception, Passage
from tutor_app.courses.variants import HintVariant
from tutor_app.learners.models import Event, Record, SkillState
from tutor_app.registry.classrooms import (
    Room,
    model_event,
    rooms,
    save_skill_states,
    seconds_between,
    update_skill_states,
)
from tutor_app.registry.curricula import step_key
from tutor_app.tutoring import turns
from tutor_app.tutoring.checking import Check, CheckerPool, Verdict
from tutor_app.tutoring.choosing import Choice, NothingToPractise, choose_next
from tutor_app.tutoring.messages import Chunk, Done, Status, Understood
from tutor_app.tutoring.models import Session, Turn
from tutor_app.tutoring.moves import Decision, Move, Situation, decide
from tutor_app.tutoring.passages import passage_for
from tutor_app.tutoring.push import door
from tutor_app.tutoring.standing import solved_since, standing_of, turn_view
from tutor_app.tutoring.table import Table, table_of
from tutor_app.tutoring.understanding import Intent, reads_as_prose, understand
from tutor_app.tutoring.voices import grounded

log = structlog.get_logger(__name__)

# Another session of the same learner may finish between our reading of the log and our writing: read again and redo,
# so often before the turn goes back into the queue.
MOST_STALE = 3
# What a turn may change of its session's row; the rest belongs to others.
POSITION = (
    *("problem", "variant_seed", "step", "step_shown_at", "scaffold", "why", "hints_given", "wrong_tries", "tries"),
    *("scaffold_tries", "misconception", "solved"),
)
# A lease is renewed no more often than this.
RENEW_AFTER_S = 1.0


class RecordMoved(Exception):
    """The learner's log grew while the turn was being worked out: what the models said is out of date."""


@dataclass
class Work:
    """A turn being worked out. Nothing in it is written down before `_keep`."""

    turn: Turn
    session: Session
    at: datetime
    room: Room
    event_count: int
    state: LearnerState
    before: Table | None
    intent: Intent = Intent.UNCLEAR
    check: Check | None = None
    on_scaffold: bool = False
    misconception: Misconception | None = None
    prediction: Prediction | None = None
    decision: Decision | None = None
    rung: HintVariant | None = None
    choice: Choice | None = None
    after: Table | None = None
    solved_now: bool = False
    events: list[Event] = field(default_factory=list)
    skill_states: dict[int, SkillState] = field(default_factory=dict)
    changes: dict[str, int] = field(default_factory=dict)
    chunks: list[str] = field(default_factory=list)
    tries: int = 0
    stages_ms: dict[str, float] = field(default_factory=dict)
    held_at: float = field(default_factory=time.monotonic)

    def hold(self) -> None:
        """Holds on to the lease; called between all that may take a second or more. Raises LeaseLost."""
        if time.monotonic() - self.held_at > RENEW_AFTER_S:
            turns.renew_lease(self.turn, timezone.now())
            self.held_at = time.monotonic()

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        begun = time.perf_counter()
        yield
        self.stages_ms[name] = round(self.stages_ms.get(name, 0.0) + 1000 * (time.perf_counter() - begun), 2)


def answer_turn(turn_id: UUID, *, checker: CheckerPool) -> UUID | None:
    """Does one accepted turn, if it is to be done and nobody else is at it. Returns the next turn of the conversation
    that waits for its turn to come."""
    _prepare(turn_id)
    turn = turns.take_lease(turn_id, timezone.now())
    if turn is None:
        return None
    if turn.begun > turns.MOST_BEGINNINGS:
        log.error("turn given up", turn=str(turn_id), begun=turn.begun)
        _give_up(turn)
        return turns.next_waiting(turn.session_id)
    try:
        for _attempt in range(MOST_STALE):
            try:
                _do(turn, checker)
                break
            except RecordMoved:
                turns.begin_again(turn, timezone.now())
        else:
            turns.let_go(turn)  # the sweep begins it again
    except turns.LeaseLost:
        log.warning("lease lost", turn=str(turn_id))
        return None
    except Exception:
        log.exception("turn failed", turn=str(turn_id), begun=turn.begun)
        turns.let_go(turn)
        return None
    return turns.next_waiting(turn.session_id)


def _prepare(turn_id: UUID) -> None:
    """Gets ready what may take longer than a lease lasts: a course just imported, a learner with a long log."""
    turn = Turn.objects.unfinished().filter(pk=turn_id).select_related("session__course", "session__learner").first()
    if turn is None:
        return
    session = turn.session
    try:
        rooms.state(session.learner, session.course, _events_so_far(session))
    except Exception:
        # It will fail again under the lease, where beginnings are counted and a hopeless turn is given up.
        log.exception("not prepared", turn=str(turn_id))


def _events_so_far(session: Session) -> int:
    record = Record.objects.filter(learner=session.learner_id, course=session.course_id)
    return record.values_list("event_count", flat=True).first() or 0


def _give_up(turn: Turn) -> None:
    """The learner is told that it was us, and can go on."""
    now = timezone.now()
    sorry = _("Something broke on my side while I was answering this. It is noted; please say it another way.")
    turns.give_up(turn, now, [sorry])
    session = Session.objects.select_related("course").get(pk=turn.session_id)
    door().send(turn.session_id, Done(turn=turn_view(turn), standing=standing_of(session, now)))


def _do(turn: Turn, checker: CheckerPool) -> None:
    work = _begin(turn)
    with work.stage("understand"):
        _understand(work, checker)
    with work.stage("model"):
        _predict(work)
    _decide(work)
    with work.stage("model"):
        _learn(work)
    _move(work)
    with work.stage("voice"):
        _say(work)
    with work.stage("keep"):
        done = _keep(work)
    door().send(turn.session_id, done)


def _begin(turn: Turn) -> Work:
    session = Session.objects.select_related("course", "learner").get(pk=turn.session_id)
    begun = time.perf_counter()
    room = rooms.room(session.course)
    count = _events_so_far(session)
    work = Work(
        turn=turn,
        session=session,
        at=turn.accepted_at,
        room=room,
        event_count=count,
        state=rooms.state(session.learner, session.course, count),
        before=table_of(session),
    )
    if work.before is not None and work.before.step.step_id != session.step_id:
        _put_step(session, work.before.step.step_id, work.at)  # the step has retired since the last turn
    work.stages_ms["read"] = round(1000 * (time.perf_counter() - begun), 2)
    work.stages_ms["waited"] = round(1000 * (timezone.now() - turn.accepted_at).total_seconds(), 2)
    return work


# --- what was meant -----------------------------------------------------------------------------------------------


def _understand(work: Work, checker: CheckerPool) -> None:
    """Sets the intent and, for an answer, the check and the misconception it fits."""
    table, text = work.before, work.turn.text
    open_question = table.question() if table and not work.session.solved else None
    work.intent = understand(text, open_question)
    stage = "checking" if work.intent == Intent.ANSWER else "thinking"
    door().send(work.session.pk, Status(turn=work.turn.pk, stage=stage))
    if work.intent != Intent.ANSWER or table is None or open_question is None:
        return
    with work.stage("check"):
        work.check = checker.check(open_question, text)
        work.hold()
        work.on_scaffold = table.scaffold is not None
        if work.on_scaffold and work.check.verdict != Verdict.CORRECT:
            # Whoever answers the step itself has no need of the smaller one.
            whole = checker.check(table.main_question(), text)
            work.hold()
            if whole.verdict == Verdict.CORRECT:
                work.check, work.on_scaffold = whole, False
    if work.check.verdict == Verdict.NOT_UNDERSTOOD and reads_as_prose(text):
        work.intent = Intent.UNCLEAR
        return
    if work.check.read_as:
        door().send(work.session.pk, Understood(turn=work.turn.pk, read_as=work.check.read_as))
    if work.check.verdict == Verdict.INCORRECT and not work.on_scaffold and table.step.expected_errors:
        with work.stage("check"):
            expected = table.step.expected_errors
            match = checker.first_match(text, [error.answer for error in expected])
            work.hold()
        if match is not None:
            work.misconception = Misconception.objects.get(pk=expected[match].misconception_id)


def _attempted(work: Work) -> bool:
    """The message is an attempt at the step itself: right or wrong, not unreadable and not about a smaller step."""
    judged = work.check is not None and work.check.verdict in (Verdict.CORRECT, Verdict.INCORRECT)
    return judged and work.intent == Intent.ANSWER and not work.on_scaffold


# --- what the models say ------------------------------------------------------------------------------------------


def _predict(work: Work) -> None:
    """What the classroom expected of this step before the outcome is told to it."""
    if _attempted(work) and work.before is not None:
        key = step_key(work.before.problem.slug, work.before.step.key)
        with suppress(UnknownStep):  # a step of no skill: the models have nothing to say
            [work.prediction] = work.room.classroom.predict(work.state, [key], work.at.timestamp())


def _learn(work: Work) -> None:
    """Makes the turn's events and shows them to the classroom; the skills' rows follow, in memory."""
    for event in _events(work):
        work.state = work.room.observe(work.state, model_event(event))
        work.events.append(event)
        if event.kind != Event.Kind.ATTEMPT:
            continue
        skills = list(event.step.skills.all())
        rows = SkillState.objects.filter(learner=work.session.learner_id, skill__in=skills)
        work.skill_states = {row.skill_id: row for row in rows}
        was = {row.skill_id: row.mastery for row in work.skill_states.values()}
        update_skill_states(
            work.skill_states,
            learner=work.session.learner,
            skills=skills,
            event=event,
            room=work.room,
            state=work.state,
        )
        for skill in skills:
            if skill.pk in was:
                points = round(100 * work.skill_states[skill.pk].mastery) - round(100 * was[skill.pk])
                work.changes[skill.slug] = points


def _events(work: Work) -> list[Event]:
    """What goes into the learner's log: the attempt, the hint that was shown, or what was said besides."""
    session, table = work.session, work.before
    step = next((s for s in table.problem.steps.all() if s.pk == table.step.step_id), None) if table else None
    common: dict[str, Any] = {
        "learner": session.learner,
        "course": session.course,
        "turn": work.turn.pk,
        "at": work.at,
        "step": step,
        "variant_seed": session.variant_seed,
    }
    events: list[Event] = []
    if _attempted(work):
        said = work.prediction
        events.append(
            Event(
                **common,
                kind=Event.Kind.ATTEMPT,
                text=work.turn.text,
                correct=work.check.verdict == Verdict.CORRECT,
                seconds=seconds_between(session.step_shown_at, work.at),
                hints=table.shown,
                try_number=session.tries + 1,
                misconception=work.misconception.slug if work.misconception else "",
                student_probability=said.probability if said else None,
                student_sd=min(said.sd, 1.0) if said else None,
                teacher_probability=said.teacher_probability if said else None,
                route=said.route if said else "",
            )
        )
    if work.rung is not None:
        events.append(Event(**common, kind=Event.Kind.HINT, level=table.shown + 1, text=""))
    if not events and work.turn.text:
        events.append(Event(**common, kind=Event.Kind.CHAT, text=work.turn.text))
    for position, event in enumerate(events, start=1):
        event.number = work.event_count + position
    return events


# --- what to do about it ------------------------------------------------------------------------------------------


def _decide(work: Work) -> None:
    session, table = work.session, work.before
    wrong = work.check is not None and work.check.verdict == Verdict.INCORRECT and work.intent == Intent.ANSWER
    attempted = _attempted(work)
    next_rung = table.next_rung if table and not session.solved else None
    work.tries = session.tries + attempted
    work.decision = decide(
        Situation(
            intent=work.intent,
            verdict=work.check.verdict if work.check else None,
            on_scaffold=work.on_scaffold,
            solved=session.solved or table is None,
            wrong_tries=session.wrong_tries + (wrong and attempted),
            scaffold_tries=session.scaffold_tries + (wrong and work.on_scaffold),
            rungs_shown=table.shown if table else 0,
            next_rung=next_rung.kind if next_rung else None,
            misconception=work.misconception.slug if work.misconception else None,
            probed_before=bool(work.misconception) and session.misconception == work.misconception.slug,
        )
    )
    helps = work.decision.move in (Move.HINT, Move.SCAFFOLD, Move.SHOW)
    if helps and not (work.on_scaffold and work.decision.move == Move.SHOW):
        work.rung = next_rung
    if work.intent == Intent.WHY_WRONG and session.misconception:
        work.misconception = Misconception.objects.filter(course=session.course, slug=session.misconception).first()


def _move(work: Work) -> None:
    """Brings the conversation to where the move leads (in memory)."""
    session, move = work.session, work.decision.move
    wrong = work.check is not None and work.check.verdict == Verdict.INCORRECT and work.intent == Intent.ANSWER
    if _attempted(work):
        session.tries += 1
        session.wrong_tries += wrong
        session.step_shown_at = work.at
        session.misconception = work.misconception.slug if work.misconception else session.misconception
    if work.on_scaffold and wrong:
        session.scaffold_tries += 1
    if work.rung is not None:
        session.hints_given = work.before.shown + 1
        _open_scaffold(session, work.rung if work.rung.kind == Hint.Kind.SCAFFOLD and work.rung.answers else None)
    elif work.on_scaffold and move in (Move.CONFIRM, Move.SHOW):
        _open_scaffold(session, None)
    elif move == Move.CONFIRM:
        following = work.before.next_step
        if following is not None:
            _put_step(session, following.step_id, work.at)
        else:
            _open_scaffold(session, None)
            session.solved = work.solved_now = True
    elif move in (Move.NEXT, Move.GREET):
        _next_problem(work)
    work.after = table_of(session)


def _next_problem(work: Work) -> None:
    session = work.session
    try:
        with work.stage("choose"):
            work.choice = choose_next(
                learner=session.learner,
                course=session.course,
                session=session,
                classroom=work.room.classroom,
                state=work.state,
                now=work.at,
                seed=work.turn.pk.int,
            )
    except NothingToPractise as nothing:
        session.problem = session.step = None
        session.why = str(nothing)
        return
    session.problem, session.variant_seed = work.choice.problem, work.choice.seed
    session.why, session.solved = work.choice.reason, False
    session.step = None
    session.step_id = work.choice.problem.steps.filter(retired=False).first().pk
    _put_step(session, session.step_id, work.at)


def _put_step(session: Session, step_id: int, at: datetime) -> None:
    """The step is on the table, fresh: no tries, no help."""
    session.step_id = step_id
    session.step_shown_at = at
    session.hints_given = session.tries = session.wrong_tries = 0
    session.misconception = ""
    _open_scaffold(session, None)


def _open_scaffold(session: Session, rung: HintVariant | None) -> None:
    session.scaffold_id = rung.hint_id if rung else None
    session.scaffold_tries = 0


# --- how it is said -----------------------------------------------------------------------------------------------


def _say(work: Work) -> None:
    """Speaks the reply, sentence by sentence, while holding on to the lease."""
    turn, session = work.turn, work.session
    door().send(session.pk, Status(turn=turn.pk, stage="writing"))
    for number, text in enumerate(grounded.say(_matter(work)), start=1):
        work.chunks.append(text)
        door().send(session.pk, Chunk(turn=turn.pk, begun=turn.begun, number=number, text=text))
        if settings.VOICE_PAUSE_S:
            time.sleep(settings.VOICE_PAUSE_S)
        work.hold()


def _matter(work: Work) -> grounded.Matter:
    session, move = work.session, work.decision.move
    return grounded.Matter(
        move=move,
        intent=work.intent,
        name=session.learner.short_name,
        variety=work.turn.pk.int,
        table=work.before,
        after=work.after,
        check=work.check,
        on_scaffold=work.on_scaffold,
        asked_for=work.intent in (Intent.HINT, Intent.STUCK),
        tries=work.tries,
        rungs_shown=work.before.shown if work.before else 0,
        why=session.why,
        new_skill=work.choice.skill.name if work.choice else "",
        rung=work.rung,
        misconception=work.misconception,
        passage=_passage(work) if move == Move.EXPLAIN and work.intent == Intent.CONCEPT else None,
        facts=_facts(work) if move == Move.SUMMARISE else [session.why] if work.after is None else [],
    )


def _passage(work: Work) -> Passage | None:
    skills = work.before.step.skills if work.before else ()
    return passage_for(work.turn.text, course=work.session.course, skills_in_play=skills)


def _facts(work: Work) -> list[str]:
    """The session in honest numbers, from the log."""
    session = work.session
    attempts = Event.objects.of(session.learner, session.course).attempts().filter(at__gte=session.started_at)
    tried, right = attempts.count(), attempts.filter(correct=True).count()
    solved = solved_since(session, session.started_at)
    helps = Event.objects.of(session.learner, session.course).filter(kind=Event.Kind.HINT, at__gte=session.started_at)
    facts = [
        ngettext(
            "You have solved %(n)d problem since we began.", "You have solved %(n)d problems since we began.", solved
        )
        % {"n": solved},
        _("%(right)d of your %(tried)d answers were right, with %(help)d pieces of help.")
        % {"right": right, "tried": tried, "help": helps.count()},
    ]
    practised = (
        SkillState.objects.filter(
            learner=session.learner, skill__course=session.course, last_at__gte=session.started_at
        )
        .select_related("skill")
        .order_by("skill__position")
    )
    for state in practised[:5]:
        if state.enough:
            facts.append(
                _("“%(skill)s”: I expect you to get %(n)d in 10 right by yourself.")
                % {"skill": state.skill.name, "n": round(10 * state.mastery)}
            )
        else:
            facts.append(_("“%(skill)s”: too few answers so far to say.") % {"skill": state.skill.name})
    return facts


# --- writing it down ----------------------------------------------------------------------------------------------


@transaction.atomic
def _keep(work: Work) -> Done:
    """Reply, events, skill rows and position in one go. Raises LeaseLost or RecordMoved, having written nothing."""
    turn, session, now = work.turn, work.session, timezone.now()
    turns.hold_for_finish(turn)
    record, _created = Record.objects.select_for_update().get_or_create(learner=session.learner, course=session.course)
    if record.event_count != work.event_count:
        raise RecordMoved
    if work.events:
        Event.objects.bulk_create(work.events)
        record.event_count += len(work.events)
        record.models_version = work.room.version
        record.save()
        save_skill_states(work.skill_states.values())
    session.save(update_fields=POSITION)
    turn.state, turn.done_at, turn.lease_until = Turn.State.DONE, now, None
    turn.reply = work.chunks
    turn.move, turn.reasons = work.decision.move, {"because": work.decision.because, **work.decision.looked_at}
    turn.intent = work.intent
    turn.verdict = work.check.verdict if work.check else ""
    turn.read_as = work.check.read_as if work.check else ""
    turn.outcome = {"solved": work.solved_now, "changes": work.changes}
    if work.choice:
        chosen = {"problem": work.choice.problem.pk, "seed": work.choice.seed, **work.choice.facts}
        turn.outcome["chosen"] = chosen
    turn.stages_ms = work.stages_ms
    turn.save()
    rooms_after = (session.learner, session.course, record.event_count, work.state, work.room.version)
    transaction.on_commit(lambda: rooms.remember(*rooms_after))
    return Done(turn=turn_view(turn), standing=standing_of(session, now, work.changes))
