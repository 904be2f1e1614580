"""A conversation in at most five honest lines, from the log: what was practised, how the answers came, what changed,
which misconceptions were met, what is next. Where the log is too short to say something, that is said."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from models_core.classroom import Mastery
from models_core.misconceptions import Stage
from tutor_app.courses.models import Misconception, Skill
from tutor_app.learners.models import Event, MisconceptionState, SkillState
from tutor_app.registry.classrooms import Room, model_events
from tutor_app.tutoring.choosing import candidate_problems, is_ready, ranked_skills, recent_problems, skill_standings
from tutor_app.tutoring.models import Session, Turn

MOST_NAMED = 2  # skills or misconceptions in a line; the others are counted
# A change of mastery that is smaller, or smaller than how unsure it is, is no news.
WORTH_SAYING = 0.05
# Events before the conversation that are read again to know where it began; beyond it, change is not spoken of.
MOST_REPLAYED = 600


@dataclass(frozen=True)
class Log:
    """What the learner did since the conversation began."""

    attempts: Sequence[Event]
    helps: int
    skills: Sequence[Skill]  # of the attempts, the most practised first

    @property
    def right(self) -> int:
        return sum(bool(event.correct) for event in self.attempts)

    @property
    def right_alone(self) -> int:
        return sum(bool(event.correct) and not event.hints for event in self.attempts)


def facts_of(
    session: Session, *, before: Mapping[str, Mastery] | None = None, now: datetime | None = None
) -> list[str]:
    """At most five lines. `before`: by skill, what was believed when the conversation began (`mastery_at_start`)."""
    now = now or timezone.now()
    log = log_of(session)
    coming = what_is_next(session, now)
    if not log.attempts and not log.helps:
        return [" ".join((_("You have not answered anything in this conversation yet."), coming))]
    lines = (
        what_was_practised(session, log),
        how_answers_came(log),
        what_changed(session, log, before or {}),
        misconceptions_met(session, log),
        coming,
    )
    return [line for line in lines if line]


def log_of(session: Session) -> Log:
    rows = Event.objects.of(session.learner, session.course).filter(at__gte=session.started_at)
    if session.ended_at is not None:
        rows = rows.filter(at__lte=session.ended_at)
    attempts = list(rows.attempts().prefetch_related("step__skills"))
    practised = Counter(skill for event in attempts if event.step for skill in event.step.skills.all())
    return Log(
        attempts=attempts,
        helps=rows.filter(kind=Event.Kind.HINT).count(),
        skills=[skill for skill, _times in sorted(practised.items(), key=lambda pair: (-pair[1], pair[0].position))],
    )


def mastery_at_start(session: Session, room: Room) -> dict[str, Mastery]:
    """By skill, what the models believed when the conversation began: the log up to then, read again. Empty where it is
    too long for a turn that somebody waits for."""
    log = log_of(session)
    earlier = Event.objects.of(session.learner, session.course).filter(at__lt=session.started_at)
    if not log.skills or earlier.count() > MOST_REPLAYED:
        return {}
    state = room.classroom.start()
    for event in model_events(earlier):
        state = room.observe(state, event)
    slugs = [skill.slug for skill in log.skills[:MOST_NAMED]]
    return {belief.skill: belief for belief in room.classroom.mastery(state, slugs, session.started_at.timestamp())}


# --- the lines ----------------------------------------------------------------------------------------------------


def what_was_practised(session: Session, log: Log) -> str:
    solved = problems_solved(session)
    told = ngettext(
        "You have solved %(n)d problem since we began.", "You have solved %(n)d problems since we began.", solved
    ) % {"n": solved}
    if not log.skills:
        return told
    return told + " " + _("You worked on %(skills)s.") % {"skills": listed([skill.name for skill in log.skills])}


def problems_solved(session: Session) -> int:
    """In this conversation alone: another may have gone on beside it."""
    return Turn.objects.filter(session=session, outcome__solved=True).count()


def how_answers_came(log: Log) -> str:
    tried, right, alone = len(log.attempts), log.right, log.right_alone
    if not tried:
        return ngettext(
            "You have not answered yet; you asked for %(n)d piece of help.",
            "You have not answered yet; you asked for %(n)d pieces of help.",
            log.helps,
        ) % {"n": log.helps}
    return ngettext(
        "You gave %(tried)d answer; right: %(right)d, of these %(alone)d by yourself and %(helped)d with help.",
        "You gave %(tried)d answers; right: %(right)d, of these %(alone)d by yourself and %(helped)d with help.",
        tried,
    ) % {"tried": tried, "right": right, "alone": alone, "helped": right - alone}


def what_changed(session: Session, log: Log, before: Mapping[str, Mastery]) -> str:
    """Of the most practised skills, what is expected now and, where both ends rest on enough, what it was."""
    states = {
        state.skill_id: state for state in SkillState.objects.filter(learner=session.learner, skill__in=log.skills)
    }
    told = [change_of(skill, states.get(skill.pk), before.get(skill.slug)) for skill in log.skills[:MOST_NAMED]]
    return " ".join(told)


def change_of(skill: Skill, state: SkillState | None, before: Mastery | None) -> str:
    words: dict[str, object] = {"skill": skill.name}
    if state is None or not state.enough:
        return _("“%(skill)s”: too few answers so far to say how well it sits.") % words
    words |= {"now": in_ten(state.mastery), "give": max(in_ten(state.sd), 1)}
    if before is None or before.attempts < SkillState.ENOUGH_ATTEMPTS:
        return _("“%(skill)s”: I expect you to get %(now)d in 10 right by yourself, give or take %(give)d.") % words
    words["then"] = in_ten(before.mean)
    change = state.mastery - before.mean
    if abs(change) < max(WORTH_SAYING, state.sd) or words["then"] == words["now"]:
        return (
            _("“%(skill)s”: %(now)d in 10 by yourself, give or take %(give)d; no change that I could be sure of.")
            % words
        )
    if change > 0:
        return _("“%(skill)s”: up from %(then)d to %(now)d in 10 by yourself, give or take %(give)d.") % words
    return _("“%(skill)s”: down from %(then)d to %(now)d in 10 by yourself, give or take %(give)d.") % words


def misconceptions_met(session: Session, log: Log) -> str:
    """Which were met in this conversation, how often, and where they stand; "" if none."""
    met = Counter(event.misconception for event in log.attempts if event.misconception)
    names = dict(Misconception.objects.filter(course=session.course, slug__in=met).values_list("slug", "name"))
    rows = MisconceptionState.objects.filter(learner=session.learner, misconception__course=session.course)
    states = {state.misconception.slug: state for state in rows.select_related("misconception")}
    known = [(slug, times) for slug, times in met.most_common() if slug in names]
    if not known:
        return ""
    told = [
        ngettext("“%(name)s” (%(times)d time; %(stands)s)", "“%(name)s” (%(times)d times; %(stands)s)", times)
        % {"name": names[slug], "times": times, "stands": where_it_stands(states.get(slug))}
        for slug, times in known[:MOST_NAMED]
    ]
    more = len(known) - len(told)
    if more:
        told.append(ngettext("%(n)d more", "%(n)d more", more) % {"n": more})
    return _("What got in the way: %(list)s.") % {"list": ", ".join(told)}


def where_it_stands(state: MisconceptionState | None) -> str:
    if state is not None and state.stage == Stage.RESOLVED:
        return _("it is behind you")
    if state is not None and state.opportunities_since:
        return ngettext(
            "right %(n)d time since, where it could have shown",
            "right %(n)d times since, where it could have shown",
            state.opportunities_since,
        ) % {"n": state.opportunities_since}
    if state is not None and state.stage == Stage.CONFIRMED:
        return _("it is worth another look")
    return _("I am not sure that it was more than a slip")


def what_is_next(session: Session, now: datetime) -> str:
    """The problem that lies open, else what would be chosen; and what is due."""
    due = SkillState.objects.filter(learner=session.learner, skill__course=session.course, due_at__lte=now).count()
    reviews = (
        ngettext("%(n)d skill is due for review.", "%(n)d skills are due for review.", due) % {"n": due} if due else ""
    )
    if session.problem_id is not None and not session.solved:
        return f"{_('Next: the problem that lies open.')} {reviews}".rstrip()
    chosen = would_choose(session, now)
    if chosen is None:
        return _("Nothing is next: this course has no problem to go on to.")
    kind, skill = chosen
    reasons = {
        "review": _("Next I would take up “%(skill)s” again: it is due for review."),
        "practise": _("Next I would go on with “%(skill)s”, which you have begun."),
        "new": _("Next I would begin “%(skill)s”, which is new to you."),
        "stretch": _("Next I would take “%(skill)s”, to keep it fresh."),
    }
    told = reasons[kind] % {"skill": skill.name}
    return told if kind == "review" and due == 1 else f"{told} {reviews}".rstrip()


def would_choose(session: Session, now: datetime) -> tuple[str, Skill] | None:
    """The skill that `choose_next` takes, and the kind of reason; None where the course has no problem."""
    standings, recent = skill_standings(session.learner, session.course), recent_problems(session)
    within_reach = {each.skill.pk for each in standings if each.begun or is_ready(each, standings)}
    for kind, standing in ranked_skills(standings, recent, now):
        if candidate_problems(standing.skill, recent, within_reach):
            return kind, standing.skill
    return None


def listed(names: Sequence[str]) -> str:
    """The first names in quotation marks, and how many more there are."""
    shown = ", ".join(f"“{name}”" for name in names[:MOST_NAMED])
    more = len(names) - MOST_NAMED
    if more <= 0:
        return shown
    return ngettext("%(shown)s and %(n)d more skill", "%(shown)s and %(n)d more skills", more) % {
        "shown": shown,
        "n": more,
    }


def in_ten(share: float) -> int:
    return round(10 * share)
