"""One turn, from the learner's words to the reply that is kept: hear, expect, decide, go on, say, learn, write.

Until the last step nothing is written but the lease, so a turn whose worker dies is done again from the start by
another. The last step is one transaction: reply, events, the students' update and the conversation's new position, or
none of it.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property, partial
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from models_core.classroom import LearnerState, Prediction
from models_core.understanding.student import Topics
from tutor_app.courses.models import Misconception
from tutor_app.courses.variants import HintVariant
from tutor_app.learners.models import Event, Record
from tutor_app.registry.classrooms import Room, rooms, save_skill_states
from tutor_app.registry.misconceptions import save_misconception_states
from tutor_app.tutoring import position, turns
from tutor_app.tutoring.about import about
from tutor_app.tutoring.alerts import raise_alert, somebody_watches
from tutor_app.tutoring.checking import CheckerPool, Question, Verdict
from tutor_app.tutoring.choosing import Choice, NothingToPractise, choose_next
from tutor_app.tutoring.hearing import Heard, judge, name_error
from tutor_app.tutoring.learning import Learnt, events_of, expect, learn
from tutor_app.tutoring.listening import Surroundings, listen
from tutor_app.tutoring.messages import Chunk, Done, Status, Understood
from tutor_app.tutoring.models import Session, Turn
from tutor_app.tutoring.moves import Decision, Move, Situation, decide
from tutor_app.tutoring.passages import explanations_for, shelves
from tutor_app.tutoring.push import door
from tutor_app.tutoring.recent import Recent, recent_of
from tutor_app.tutoring.small_talk import small_talk
from tutor_app.tutoring.standing import standing_of, turn_view
from tutor_app.tutoring.summary import facts_of, mastery_at_start
from tutor_app.tutoring.table import Table, table_of
from tutor_app.tutoring.tasks import queue_alert
from tutor_app.tutoring.understanding import Intent, reads_as_prose
from tutor_app.tutoring.voices import choice, grounded
from tutor_app.tutoring.voices.guarded import LazyGate, guarded
from tutor_app.tutoring.voices.leaks import Gate

log = structlog.get_logger(__name__)

# Another session of the same learner may finish between our reading of the log and our writing: read again and redo,
# so often before the turn goes back into the queue.
MOST_STALE = 3
# A lease is renewed no more often than this.
RENEW_AFTER_S = 1.0


class RecordMoved(Exception):
    """The learner's log grew while the turn was being worked out: what the models said is out of date."""


@dataclass
class Work:
    """A turn being worked out, and all that was true when it began; only the session moves on, in memory."""

    turn: Turn
    session: Session
    room: Room
    event_count: int
    state: LearnerState
    table: Table | None
    recent: Recent
    stages_ms: dict[str, float] = field(default_factory=dict)
    held_at: float = field(default_factory=time.monotonic)

    @property
    def at(self) -> datetime:
        """When the learner spoke: the time of all that the turn writes into the log, however often it is begun."""
        return self.turn.accepted_at

    @cached_property
    def expected(self) -> Prediction | None:
        """What the models expect of the step on the table, before they hear more."""
        return expect(self.room, self.state, self.table, self.at) if self.table else None

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


@dataclass(frozen=True)
class Outcome:
    """What a turn comes to, before it is said and written down."""

    heard: Heard
    decision: Decision
    events: list[Event]
    learnt: Learnt | None  # None where the learner hears the reply first
    rung: HintVariant | None
    choice: Choice | None
    solved: bool
    tries: int  # at the step, with this one


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
    turn = Turn.objects.unfinished().filter(pk=turn_id)
    about = turn.values_list("session__learner", "session__course", "text").first()
    if about is None:
        return
    learner, course, text = about
    asks = reads_as_prose(text)  # only who asks something needs the course's texts
    if rooms.remembers(learner, course) and (not asks or shelves.remembers(course)):
        return
    session = Session.objects.select_related("course", "learner").get(turns=turn_id)
    try:
        rooms.state(session.learner, session.course, _events_so_far(session))
        if asks:
            shelves.shelf(session.course)
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
    """The turn, once through. Raises LeaseLost or RecordMoved, having written nothing."""
    work = _begin(turn)
    outcome = _work_out(work, _hear(work, checker))
    chunks = _say(work, outcome)
    learnt = outcome.learnt or _learn(work, outcome.events)
    with work.stage("keep"):
        done = _keep(work, outcome, learnt, chunks)
    door().send(turn.session_id, done)


def _begin(turn: Turn) -> Work:
    begun = time.perf_counter()
    session = turn.session
    count = _events_so_far(session)
    work = Work(
        turn=turn,
        session=session,
        room=rooms.room(session.course),
        event_count=count,
        state=rooms.state(session.learner, session.course, count),
        table=table_of(session),
        recent=recent_of(turn),
    )
    if work.table is not None and work.table.step.step_id != session.step_id:
        position.put_step(session, work.table.step.step_id, work.at)  # the step has retired since the last turn
    work.stages_ms["read"] = round(1000 * (time.perf_counter() - begun), 2)
    work.stages_ms["waited"] = round(1000 * (timezone.now() - turn.accepted_at).total_seconds(), 2)
    return work


def _hear(work: Work, checker: CheckerPool) -> Heard:
    """Understands the message; the browser is told how an answer was read before it is told what it is worth."""
    turn, session, table = work.turn, work.session, work.table
    question = table.question() if table and not session.solved else None
    with work.stage("understand"):
        listened = listen(turn.text, _surroundings(work, question))
        intent = listened.intent
        unread = work.recent.verdict == Verdict.NOT_UNDERSTOOD
        if intent == Intent.WHY_WRONG and not session.wrong_tries and not unread:
            intent = Intent.WHY_THIS  # nothing was wrong yet, so it is the problem that "why?" is about
    answers = intent == Intent.ANSWER
    door().send(session.pk, Status(turn=turn.pk, stage="checking" if answers else "thinking"))
    if not answers or table is None or question is None:
        met = _misconception_met(session) if intent == Intent.WHY_WRONG or work.recent.probing else None
        return Heard(intent, misconception=met, frustrated=listened.frustrated, topic=listened.topic)
    with work.stage("check"):
        heard = judge(
            turn.text,
            question,
            table,
            offered=listened.answer,
            probing=work.recent.probing,
            checker=checker,
            hold=work.hold,
        )
        heard = replace(heard, frustrated=listened.frustrated, topic=listened.topic)
        if heard.intent == Intent.EXPLAINS:
            heard = replace(heard, misconception=_misconception_met(session))
    if heard.verdict is not None and heard.check is not None and heard.check.read_as:
        door().send(session.pk, Understood(turn=turn.pk, read_as=heard.check.read_as))
    return heard


def _surroundings(work: Work, question: Question | None) -> Surroundings:
    session, table = work.session, work.table
    curriculum = work.room.classroom.curriculum
    return Surroundings(
        question=question,
        recent=work.recent,
        problem=table.wording if table else "",
        wrong_tries=session.wrong_tries,
        hints=table.shown if table else 0,
        forecast=work.expected if question else None,
        topics=Topics(curriculum.skills, curriculum.skill_vectors) if curriculum.skill_vectors is not None else None,
    )


def _misconception_met(session: Session) -> Misconception | None:
    """The one that an earlier answer to this step came from."""
    return Misconception.objects.filter(course=session.course_id, slug=session.misconception).first()


def _work_out(work: Work, heard: Heard) -> Outcome:
    """Asks the models, decides, and brings the conversation to where the move leads. What is learnt can wait until the
    reply is on its way, unless the next problem is chosen by it."""
    session, table = work.session, work.table
    with work.stage("model"):
        expected = work.expected if heard.attempted else None
        forecast = expected.probability if expected else None
        heard = name_error(heard, table, learner=session.learner, forecast=forecast)
    decision = decide(_situation(work, heard))
    rung = _rung(session, table, heard, decision)
    events = events_of(
        turn_id=work.turn.pk,
        text=work.turn.text,
        session=session,
        table=table,
        heard=heard,
        expected=expected,
        help_given=rung is not None,
        probed=decision.move == Move.PROBE,
        after=work.event_count,
        at=work.at,
    )
    position.count_answer(session, heard, work.at)
    tries, learnt, choice, solved = session.tries, None, None, False
    if decision.move in (Move.NEXT, Move.GREET):
        learnt = _learn(work, events)
        with work.stage("choose"):
            choice = _next_problem(work, learnt.state)
    elif table is not None and rung is not None:
        position.show_rung(session, table, rung)
    elif table is not None:
        solved = position.after_answer(session, table, decision.move, on_scaffold=heard.on_scaffold, at=work.at)
    return Outcome(heard, decision, events, learnt, rung, choice, solved, tries)


def _learn(work: Work, events: list[Event]) -> Learnt:
    table = work.table
    with work.stage("learn"):
        return learn(work.room, work.state, events, work.session.learner, table.variant if table else None)


def _situation(work: Work, heard: Heard) -> Situation:
    session, table, recent = work.session, work.table, work.recent
    next_rung = table.next_rung if table else None
    met = heard.misconception.slug if heard.misconception else None
    return Situation(
        intent=heard.intent,
        verdict=heard.verdict,
        on_scaffold=heard.on_scaffold,
        solved=session.solved or table is None,
        wrong_tries=session.wrong_tries + (heard.wrong and heard.attempted),
        scaffold_tries=session.scaffold_tries + (heard.wrong and heard.on_scaffold),
        rungs_shown=table.shown if table else 0,
        next_rung=next_rung.kind if next_rung else None,
        misconception=met,
        probed_before=met is not None and session.misconception == met,
        slip=heard.slip.slug if heard.slip else None,
        helps_in_a_row=recent.helps_in_a_row,
        frustrated=heard.frustrated,
        offered=recent.offered,
        probing=recent.probing,
        slowed=recent.slowed,
        proactive=session.proactive,
    )


def _rung(session: Session, table: Table | None, heard: Heard, decision: Decision) -> HintVariant | None:
    """The rung of the ladder that the move shows, if it shows one; the answer to a scaffold is none."""
    helps = decision.move in (Move.HINT, Move.SCAFFOLD, Move.SHOW)
    tells_scaffold = heard.on_scaffold and decision.move == Move.SHOW
    return table.next_rung if table and helps and not tells_scaffold and not session.solved else None


def _next_problem(work: Work, state: LearnerState) -> Choice | None:
    """Chooses the next problem and puts it on the table; None, and a table cleared, where the course has none."""
    session = work.session
    try:
        choice = choose_next(
            learner=session.learner,
            course=session.course,
            session=session,
            classroom=work.room.classroom,
            state=state,
            now=work.at,
            seed=work.turn.pk.int,
        )
    except NothingToPractise as nothing:
        position.clear_table(session, str(nothing))
        return None
    position.put_problem(session, choice, work.at)
    return choice


def _say(work: Work, outcome: Outcome) -> list[str]:
    """Speaks the reply, sentence by sentence, while holding on to the lease; the sentences."""
    turn, chunks = work.turn, []
    door().send(turn.session_id, Status(turn=turn.pk, stage="writing"))
    with work.stage("voice"):
        matter = _matter(work, outcome)
        make_gate = partial(_gate, work, matter)  # each keeps what it let through, so each door has its own
        spoken = choice.say(matter, turn=turn, session=work.session, gate=LazyGate(make_gate), hold=work.hold)
        spoken = guarded(spoken, matter=matter, gate=LazyGate(make_gate))
        for number, text in enumerate(spoken, start=1):
            chunks.append(text)
            door().send(turn.session_id, Chunk(turn=turn.pk, begun=turn.begun, number=number, text=text))
            if settings.VOICE_PAUSE_S:
                time.sleep(settings.VOICE_PAUSE_S)
            work.hold()
    return chunks


def _gate(work: Work, matter: grounded.Matter) -> Gate:
    """Of the step that is still to be answered after this move."""
    table = matter.after or matter.table
    if table is None or work.session.solved:
        return Gate("", [])
    seen = [rung.text for rung in table.step.hints[: table.shown]]
    return Gate(table.wording, table.step.answers, table.step.answer_kind, table.step.choices, [*seen, work.turn.text])


def _matter(work: Work, outcome: Outcome) -> grounded.Matter:
    """What there is to say. `work.table` is as the learner saw it, the session's as the move leaves it."""
    session, table, heard = work.session, work.table, outcome.heard
    after, move = table_of(session), outcome.decision.move
    explanations, facts = [], [session.why] if after is None else []
    if move == Move.EXPLAIN and heard.intent == Intent.CONCEPT:
        explanations = explanations_for(work.turn.text, course=session.course, table=table)
    if move == Move.EXPLAIN and heard.intent == Intent.META:
        facts = [about(work.turn.text)]
    if move == Move.SUMMARISE:
        facts = facts_of(session, before=mastery_at_start(session, work.room), now=work.at)
    return grounded.Matter(
        move=move,
        intent=heard.intent,
        name=session.learner.short_name,
        variety=work.turn.pk.int,
        table=table,
        after=after,
        check=heard.check,
        on_scaffold=heard.on_scaffold,
        asked_for=heard.intent in (Intent.HINT, Intent.STUCK, Intent.ACCEPT),
        tries=outcome.tries,
        rungs_shown=table.shown if table else 0,
        why=session.why,
        new_skill=outcome.choice.skill.name if outcome.choice else "",
        rung=outcome.rung,
        error=heard.misconception or heard.slip,
        explanation=explanations[0] if explanations else None,
        see_also=explanations[1:],
        facts=facts,
        small_talk=small_talk(work.turn.text, work.turn.pk.int) if heard.intent == Intent.CHAT else "",
        solved=session.solved,
        offers=outcome.decision.offers,
        frustrated=heard.frustrated,
        rushed=move == Move.FOCUS and heard.intent in (Intent.HINT, Intent.ACCEPT) and work.recent.helps_in_a_row > 0,
        told_somebody=move == Move.HAND_OVER and somebody_watches(session.learner),
        contact=settings.CARE_CONTACT,
    )


def _lengthen_record(session: Session, before: int, after: int, version: str) -> None:
    """Moves the learner's record on, if it still stands where the turn found it; its row is the log's lock. Raises
    RecordMoved."""
    record = Record.objects.filter(learner=session.learner_id, course=session.course_id)
    values = {"event_count": after, "models_version": version, "updated_at": timezone.now()}
    if record.filter(event_count=before).update(**values):
        return
    if before or record.exists():
        raise RecordMoved
    _record, created = Record.objects.get_or_create(learner=session.learner, course=session.course, defaults=values)
    if not created:
        raise RecordMoved  # the learner's first events came from two conversations at once


def _reasons(decision: Decision) -> dict[str, Any]:
    return {"because": decision.because, **({"offers": True} if decision.offers else {}), **decision.looked_at}


@transaction.atomic
def _keep(work: Work, outcome: Outcome, learnt: Learnt, chunks: list[str]) -> Done:
    """Reply, events, skill rows and position in one go. Raises LeaseLost or RecordMoved, having written nothing."""
    turn, session, now = work.turn, work.session, timezone.now()
    heard, choice = outcome.heard, outcome.choice
    results: dict[str, Any] = {"solved": outcome.solved, "changes": learnt.changes}
    if choice is not None:
        results["chosen"] = {"problem": choice.problem.pk, "seed": choice.seed, **choice.facts}
    turns.finish(
        turn,
        now,
        reply=chunks,
        move=outcome.decision.move,
        intent=heard.intent,
        reasons=_reasons(outcome.decision),
        verdict=heard.check.verdict if heard.check else "",
        read_as=heard.check.read_as if heard.check else "",
        outcome=results,
        stages_ms=work.stages_ms,
    )
    count, version = work.event_count + len(learnt.events), work.room.version
    if learnt.events:
        _lengthen_record(session, work.event_count, count, version)
        Event.objects.bulk_create(learnt.events)
        save_skill_states(learnt.skill_states.values())
        save_misconception_states(learnt.misconception_states.values())
    session.save(update_fields=position.FIELDS)
    if outcome.decision.move == Move.HAND_OVER:
        alert = raise_alert(turn, session, heard.intent, now)
        transaction.on_commit(lambda: queue_alert(alert.pk))
    transaction.on_commit(lambda: rooms.remember(session.learner, session.course, count, learnt.state, version))
    return Done(turn=turn_view(turn), standing=standing_of(session, now, learnt.changes))
