"""The live conversation: a session of one learner with the tutor, turn by turn."""

import uuid
from typing import Any, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tutor_app.courses.models import Course, Hint, Problem, Step
from tutor_app.learners.models import Section, User


class SessionQuerySet(models.QuerySet["Session"]):
    def of(self, user: Any) -> Self:
        """The sessions this person may take part in: their own, nobody else's."""
        return self.filter(learner=user)

    def open(self) -> Self:
        return self.filter(ended_at__isnull=True)


class Session(models.Model):
    """A conversation, and where it stands: the problem on the table, the step, and how much help was given on it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    learner = models.ForeignKey(User, models.CASCADE, related_name="tutoring_sessions")
    course = models.ForeignKey(Course, models.PROTECT, related_name="tutoring_sessions")
    section = models.ForeignKey(Section, models.SET_NULL, related_name="tutoring_sessions", null=True, blank=True)
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    # The problem on the table
    problem = models.ForeignKey(Problem, models.PROTECT, null=True, blank=True, related_name="+")
    variant_seed = models.PositiveBigIntegerField(default=0)
    step = models.ForeignKey(Step, models.PROTECT, null=True, blank=True, related_name="+")
    step_shown_at = models.DateTimeField(null=True, blank=True)
    scaffold = models.ForeignKey(Hint, models.PROTECT, null=True, blank=True, related_name="+")
    why = models.TextField(blank=True, help_text=_("Why this problem was chosen, in words for the learner."))
    hints_given = models.PositiveIntegerField(default=0, help_text=_("Rungs of the step's ladder shown so far."))
    wrong_tries = models.PositiveIntegerField(default=0)
    tries = models.PositiveIntegerField(default=0)
    scaffold_tries = models.PositiveIntegerField(default=0)
    misconception = models.CharField(max_length=150, blank=True, help_text=_("Met at this step, by its slug."))
    solved = models.BooleanField(default=False, help_text=_("The problem on the table is done."))

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ("-started_at",)

    def __str__(self) -> str:
        return f"{self.learner} {self.started_at:%Y-%m-%d %H:%M}"


class TurnQuerySet(models.QuerySet["Turn"]):
    def unfinished(self) -> Self:
        return self.filter(Turn.UNFINISHED)

    def overdue(self, now: Any) -> Self:
        """Accepted or begun, and nobody is at work on them any more."""
        return self.unfinished().filter(models.Q(lease_until__lt=now) | models.Q(lease_until__isnull=True))


class Turn(models.Model):
    """One message of the learner and the tutor's reply to it. The browser makes the id, so that a repeat is known."""

    class State(models.TextChoices):
        ACCEPTED = "accepted", _("Accepted")
        WORKING = "working", _("Working")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    UNFINISHED = models.Q(state__in=(State.ACCEPTED, State.WORKING))

    id = models.UUIDField(primary_key=True, editable=False)
    session = models.ForeignKey(Session, models.CASCADE, related_name="turns")
    number = models.PositiveIntegerField()
    text = models.TextField(blank=True, help_text=_("What the learner said; empty for the tutor's greeting."))
    state = models.CharField(max_length=20, choices=State, default=State.ACCEPTED)
    accepted_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True, blank=True)
    # The lease: whoever holds it does the turn; a lapsed one is taken over
    lease = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    begun = models.PositiveIntegerField(default=0, help_text=_("How often work on it was begun."))
    # The reply
    reply = models.JSONField(default=list, help_text=_("The reply as it was streamed, chunk by chunk."))
    move = models.CharField(max_length=20, blank=True)
    reasons = models.JSONField(default=dict, blank=True, help_text=_("Why this move: what the decision looked at."))
    intent = models.CharField(max_length=20, blank=True)
    verdict = models.CharField(max_length=20, blank=True)
    read_as = models.TextField(blank=True)
    outcome = models.JSONField(default=dict, blank=True, help_text=_("What the page shows besides: mastery, problem."))
    stages_ms = models.JSONField(default=dict, blank=True, help_text=_("What the turn cost, by stage."))

    objects = TurnQuerySet.as_manager()

    class Meta:
        ordering = ("session", "number")
        constraints = [models.UniqueConstraint(fields=("session", "number"), name="turn_numbers_have_no_twins")]
        indexes = [
            models.Index(
                fields=("state", "lease_until"), condition=models.Q(state__in=("accepted", "working")), name="turns_due"
            )
        ]

    def __str__(self) -> str:
        return f"{self.session_id} #{self.number}"
