"""A learner's misconceptions as an instructor sees them: the stage, how sure, and the answers behind it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tutor_app.courses.models import Course, Misconception
from tutor_app.insights.beliefs import points
from tutor_app.learners.models import Event, EventQuerySet, MisconceptionState, User


@dataclass(frozen=True)
class Held:
    """One misconception of one learner."""

    state: MisconceptionState

    @property
    def misconception(self) -> Misconception:
        return self.state.misconception

    @property
    def chance(self) -> int:
        """That it is held, in points of 100."""
        return points(self.state.probability)

    @property
    def met(self) -> str:
        """How often it was met, and what came since."""
        met = ngettext("met %(count)d time", "met %(count)d times", self.state.times_met) % {
            "count": self.state.times_met
        }
        if not self.state.opportunities_since:
            return met
        since = ngettext(
            "%(count)d right answer since where it could have shown",
            "%(count)d right answers since where it could have shown",
            self.state.opportunities_since,
        ) % {"count": self.state.opportunities_since}
        return _("%(met)s, %(since)s") % {"met": met, "since": since}


def held_by(learner: User, course: Course) -> list[Held]:
    """Those that an answer was named after, what is open first."""
    states = MisconceptionState.objects.filter(learner=learner, misconception__course=course)
    return [Held(state) for state in states.met().latest_first()]


def answers_behind(learner: User, misconception: Misconception) -> EventQuerySet:
    """The answers that were named after it, latest first."""
    log = Event.objects.of(learner, misconception.course).attempts().filter(misconception=misconception.slug)
    return log.select_related("step").order_by("-number")
