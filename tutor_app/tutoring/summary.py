"""A conversation in a few honest lines, from the log."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tutor_app.learners.models import Event, SkillState
from tutor_app.tutoring.models import Session
from tutor_app.tutoring.standing import solved_since

MOST_SKILLS = 5


def facts_of(session: Session) -> list[str]:
    """What was solved, how many answers were right, and where the skills stand that were practised."""
    log = Event.objects.of(session.learner, session.course).filter(at__gte=session.started_at)
    attempts, helps = log.attempts(), log.filter(kind=Event.Kind.HINT)
    solved = solved_since(session, session.started_at)
    facts = [
        ngettext(
            "You have solved %(n)d problem since we began.", "You have solved %(n)d problems since we began.", solved
        )
        % {"n": solved},
        _("%(right)d of your %(tried)d answers were right, with %(help)d pieces of help.")
        % {"right": attempts.filter(correct=True).count(), "tried": attempts.count(), "help": helps.count()},
    ]
    practised = SkillState.objects.filter(
        learner=session.learner, skill__course=session.course, last_at__gte=session.started_at
    )
    for state in practised.select_related("skill").order_by("skill__position")[:MOST_SKILLS]:
        if state.enough:
            fact = _("“%(skill)s”: I expect you to get %(n)d in 10 right by yourself.")
        else:
            fact = _("“%(skill)s”: too few answers so far to say.")
        facts.append(fact % {"skill": state.skill.name, "n": round(10 * state.mastery)})
    return facts
