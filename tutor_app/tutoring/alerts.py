"""When a person has to know: an alert is raised with the reply, and those who watch over the learner are told at once.

Told twice over: on their pages, which look every few seconds, and by mail, where the site can send any. What the
learner wrote is not in the mail: it stands behind the sign-in.
"""

from datetime import datetime

import structlog
from django.conf import settings
from django.core.mail import send_mail
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from tutor_app.learners.models import Membership, Section, User
from tutor_app.tutoring.models import Alert, Session, Turn
from tutor_app.tutoring.understanding import Intent

log = structlog.get_logger(__name__)

KINDS = {Intent.DISTRESS: Alert.Kind.DISTRESS, Intent.PERSON: Alert.Kind.PERSON}


def watchers_of(learner: User) -> QuerySet[User]:
    """The instructors of all classes that a learner is in."""
    return User.objects.filter(
        is_active=True,
        memberships__role=Membership.Role.INSTRUCTOR,
        memberships__section__in=Section.objects.of_learner(learner),
    ).distinct()


def somebody_watches(learner: User) -> bool:
    """There is a person whom an alert reaches: an instructor, or the institution's own address."""
    return bool(settings.CARE_EMAIL) or watchers_of(learner).exists()


def raise_alert(turn: Turn, session: Session, intent: Intent, now: datetime) -> Alert:
    """Part of the turn's transaction; a turn that is done again raises it once. `tell` comes after the commit."""
    alert, _created = Alert.objects.get_or_create(
        turn=turn, defaults={"session": session, "kind": KINDS[intent], "raised_at": now}
    )
    return alert


def tell(alert_id: int) -> int:
    """Writes to those who watch over the learner; how many that were. Safe to repeat."""
    alert = Alert.objects.select_related("session__learner").filter(pk=alert_id, told=0).first()
    if alert is None:
        return 0
    learner = alert.session.learner
    addresses = {user.email for user in watchers_of(learner) if user.email}
    if alert.kind == Alert.Kind.DISTRESS and settings.CARE_EMAIL:
        addresses.add(settings.CARE_EMAIL)
    name = learner.get_full_name() or learner.username
    subject = {
        Alert.Kind.DISTRESS: _("Please look at once: %(name)s wrote something worrying to the tutor"),
        Alert.Kind.PERSON: _("%(name)s would like to talk to a person"),
    }[Alert.Kind(alert.kind)] % {"name": name}
    where = f"{settings.SITE_URL.rstrip('/')}{reverse('insights:sections')}" if settings.SITE_URL else ""
    body = _("Sign in to read the conversation and to note that you have seen this. %(where)s") % {"where": where}
    told = 0
    for address in sorted(addresses):
        try:
            told += send_mail(subject, body, None, [address])
        except OSError as error:  # no mail server: the pages still show it
            log.warning("alert not mailed", alert=alert_id, error=repr(error))
    Alert.objects.filter(pk=alert_id).update(told=told)
    return told
