"""What is believed about a skill, as pages show it: a number and how unsure it is, or that there is not enough data."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tutor_app.courses.models import Skill
from tutor_app.learners.models import SkillState

# From here a skill counts as reached, and below here as hard. Between them it is on the way.
REACHED = 0.85
HARD = 0.5


@dataclass(frozen=True)
class Belief:
    """One learner's skill; `state` is None where they have not met it yet."""

    skill: Skill
    state: SkillState | None

    @property
    def known(self) -> bool:
        return self.state is not None and self.state.enough

    @property
    def attempts(self) -> int:
        return self.state.attempts if self.state else 0

    @property
    def mean(self) -> int:
        """Points of 100."""
        return points(self.state.mastery) if self.state else 0

    @property
    def low(self) -> int:
        return points(self.state.mastery - self.state.sd) if self.state else 0

    @property
    def high(self) -> int:
        return points(self.state.mastery + self.state.sd) if self.state else 100

    @property
    def level(self) -> str:
        """ "reached", "way", "hard", "unknown" or "new"."""
        if self.state is None or not self.state.attempts:
            return "new"
        return level_of(self.state.mastery) if self.state.enough else "unknown"

    @property
    def words(self) -> str:
        """The whole of it in a sentence, for ears and for a closer look."""
        if not self.attempts:
            return _("not begun")
        tries = ngettext("%(count)d attempt", "%(count)d attempts", self.attempts) % {"count": self.attempts}
        if not self.known:
            return _("not enough data yet (%(attempts)s)") % {"attempts": tries}
        return _("%(mean)d of 100, probably between %(low)d and %(high)d, from %(attempts)s") % {
            "mean": self.mean,
            "low": self.low,
            "high": self.high,
            "attempts": tries,
        }


def points(share: float) -> int:
    """A probability in points of 100; what lies outside 0 to 1 is cut off."""
    return round(100 * min(1.0, max(0.0, share)))


def level_of(mastery: float) -> str:
    if mastery >= REACHED:
        return "reached"
    return "way" if mastery >= HARD else "hard"
