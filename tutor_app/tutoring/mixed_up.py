"""What a learner is told of their misconceptions: what it is, how sure the tutor is, and what helps. In kind words."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from models_core.misconceptions import Stage
from tutor_app.learners.models import MisconceptionState, User

MOST_OPEN = 6
MOST_RESOLVED = 3


@dataclass(frozen=True)
class MixedUp:
    """One misconception of the learner who looks."""

    state: MisconceptionState

    @property
    def name(self) -> str:
        return self.state.misconception.name

    @property
    def remedy(self) -> str:
        return self.state.misconception.remedy

    @property
    def resolved(self) -> bool:
        return self.state.stage == Stage.RESOLVED

    @property
    def words(self) -> str:
        """How far it is, in a sentence."""
        if self.resolved:
            return _("This is behind you: it did not come back where it could have.")
        if self.state.opportunities_since:
            return ngettext(
                "It is getting better: %(count)d time since, you got it right without help.",
                "It is getting better: %(count)d times since, you got it right without help.",
                self.state.opportunities_since,
            ) % {"count": self.state.opportunities_since}
        if self.state.stage == Stage.SUSPECTED:
            return _("One answer looked like it. It may have been a slip.")
        if self.state.stage == Stage.PROBED:
            return _("I asked you about it. Let us see how the next one goes.")
        return _("It has come up more than once. Many people meet this one, and it can be put right.")


def mixed_up(user: User) -> list[MixedUp]:
    """What is open, the latest first, then what was resolved last."""
    states = MisconceptionState.objects.filter(learner=user)
    resolved = states.resolved().select_related("misconception").order_by("-resolved_at", "pk")[:MOST_RESOLVED]
    return [MixedUp(state) for state in (*states.open().latest_first()[:MOST_OPEN], *resolved)]
