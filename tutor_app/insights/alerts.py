"""Who needs a person now: shown on an instructor's pages, which ask for it again every few seconds."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tutor_app.learners.models import Section, User
from tutor_app.learners.requests import SignedInRequest
from tutor_app.tutoring.models import Alert

MOST_SHOWN = 20


@dataclass(frozen=True)
class Call:
    """An alert with the way to where it was raised, if this person may read that conversation."""

    alert: Alert
    conversation: str

    @property
    def learner(self) -> User:
        return self.alert.session.learner


def calls_for(user: User, section: Section | None = None) -> list[Call]:
    """What nobody has noted yet, words about harm first; of one class or of all that this person watches."""
    alerts = Alert.objects.unseen().for_instructor(user).select_related("session__learner", "turn")
    watched = Section.objects.visible_to(user)
    if section is not None:
        alerts, watched = alerts.filter(session__learner__sections=section), watched.filter(pk=section.pk)
    shown = list(alerts.order_by("kind", "-raised_at")[:MOST_SHOWN])
    learners = [alert.session.learner_id for alert in shown]
    shared = {
        (learner, course): pk
        for pk, course, learner in watched.filter(memberships__user__in=learners).values_list(
            "pk", "course", "memberships__user"
        )
    }
    return [Call(alert, _conversation(alert, shared.get(_place(alert)))) for alert in shown]


def _place(alert: Alert) -> tuple[int, int]:
    return alert.session.learner_id, alert.session.course_id


def _conversation(alert: Alert, section: int | None) -> str:
    if section is None:
        return ""
    return reverse("insights:conversation", args=[section, alert.session.learner_id, alert.session_id])


@login_required
@require_safe
@never_cache
def unseen(request: SignedInRequest) -> HttpResponse:
    """The fragment that the pages fetch."""
    if not Section.objects.visible_to(request.user).exists():
        raise Http404
    return render(request, "insights/_alerts.html", {"calls": calls_for(request.user)})


@login_required
@require_POST
def seen(request: SignedInRequest, pk: int) -> HttpResponse:
    """Notes that somebody looks after it; the first to say so is kept."""
    alert = get_object_or_404(Alert.objects.for_instructor(request.user), pk=pk)
    Alert.objects.unseen().filter(pk=alert.pk).update(seen_at=timezone.now(), seen_by=request.user)
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return redirect(back if safe else reverse("insights:sections"))
