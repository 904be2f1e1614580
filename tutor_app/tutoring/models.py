"""The live conversation: a session of one learner with the tutor, turn by turn."""

import uuid
from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models.functions import Coalesce
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

    @property
    def proactive(self) -> bool:
        """The tutor may offer help before it is asked for: neither learner nor class have switched that off."""
        return self.learner.wants_offers and (self.section is None or self.section.offers_help)


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


class AlertQuerySet(models.QuerySet["Alert"]):
    def unseen(self) -> Self:
        return self.filter(seen_at__isnull=True)

    def for_instructor(self, user: User) -> Self:
        """About learners of the classes that this person watches, whatever the course they were in."""
        return self.filter(session__learner__sections__in=Section.objects.visible_to(user)).distinct()


class Alert(models.Model):
    """A person has to look: a learner's words were about harm, or asked for a person. Raised with the turn's reply."""

    class Kind(models.TextChoices):
        DISTRESS = "distress", _("Words about harm")
        PERSON = "person", _("Asked for a person")

    turn = models.OneToOneField(Turn, models.CASCADE, related_name="alert")
    session = models.ForeignKey(Session, models.CASCADE, related_name="alerts")
    kind = models.CharField(max_length=20, choices=Kind)
    raised_at = models.DateTimeField(default=timezone.now)
    told = models.PositiveIntegerField(default=0, help_text=_("How many people were written to."))
    seen_at = models.DateTimeField(null=True, blank=True)
    seen_by = models.ForeignKey(User, models.SET_NULL, related_name="+", null=True, blank=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        ordering = ("-raised_at",)

    def __str__(self) -> str:
        return f"{self.session.learner}: {self.get_kind_display()}"


class VoiceSettingsQuerySet(models.QuerySet["VoiceSettings"]):
    def for_section(self, section_id: int | None) -> "VoiceSettings | None":
        """What holds for a class: its own choice, else the site's; None where nobody has chosen anything."""
        choices = self.filter(models.Q(section=section_id) | models.Q(section=None))
        return choices.order_by(models.F("section").asc(nulls_last=True)).first()


class VoiceSettings(models.Model):
    """Which voice speaks in a class, and what it may cost. The row without a class is the site's default.

    Servers and their keys are the operator's, in the environment; here only their names.
    """

    class Voice(models.TextChoices):
        NONE = "none", _("No language model")
        LOCAL = "local", _("A language model on this machine")
        REMOTE = "remote", _("A language model on a server")

    section = models.OneToOneField(Section, models.CASCADE, related_name="voice", null=True, blank=True)
    voice = models.CharField(max_length=20, choices=Voice, default=Voice.NONE)
    server = models.CharField(max_length=100, blank=True, help_text=_("Its name in VOICE_SERVERS."))
    model = models.CharField(max_length=200, blank=True)
    adapters = models.JSONField(default=dict, blank=True, help_text=_("Skill to adapter of the local model, by name."))
    daily_tokens = models.PositiveIntegerField(default=200_000, help_text=_("Of one class, from midnight to midnight."))
    price_in = models.DecimalField(max_digits=10, decimal_places=4, default=0, help_text=_("Of a million tokens read."))
    price_out = models.DecimalField(max_digits=10, decimal_places=4, default=0, help_text=_("Of a million written."))
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.ForeignKey(User, models.SET_NULL, related_name="+", null=True, blank=True)

    objects = VoiceSettingsQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "voice settings"
        constraints = [
            models.UniqueConstraint(Coalesce("section", 0), name="one_voice_per_class_and_one_for_the_site"),
            models.CheckConstraint(
                condition=models.Q(price_in__gte=0, price_out__gte=0), name="tokens_cost_nothing_or_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.section or _('the site')}: {self.get_voice_display()}"


class VoiceUseQuerySet(models.QuerySet["VoiceUse"]):
    def of_day(self, section_id: int | None, day: date) -> Self:
        return self.filter(section=section_id, day=day)

    def tokens(self) -> int:
        """Read and written, and set aside for replies that are being written."""
        total = models.Sum(models.F("tokens_in") + models.F("tokens_out"))
        return int(self.aggregate(total=total)["total"] or 0)


class VoiceUse(models.Model):
    """One time that a language model was to speak: what it took and what came of it. Holds nothing that was said."""

    class Outcome(models.TextChoices):
        SPEAKING = "speaking", _("Is being written")
        SPOKEN = "spoken", _("Spoken")
        PARTLY = "partly", _("Begun, then the course's words")
        GROUNDED = "grounded", _("The course's words instead")

    turn = models.ForeignKey(Turn, models.SET_NULL, related_name="voice_uses", null=True, blank=True)
    section = models.ForeignKey(Section, models.SET_NULL, related_name="voice_uses", null=True, blank=True)
    at = models.DateTimeField(default=timezone.now)
    day = models.DateField(help_text=_("Of the site's clock: what its budget counts by."))
    voice = models.CharField(max_length=20, choices=VoiceSettings.Voice)
    server = models.CharField(max_length=100, blank=True)
    model = models.CharField(max_length=200, blank=True)
    tokens_in = models.PositiveIntegerField(default=0)
    tokens_out = models.PositiveIntegerField(default=0)
    counted = models.BooleanField(default=False, help_text=_("Counted by the model; otherwise estimated."))
    cost = models.DecimalField(max_digits=14, decimal_places=8, default=0)
    first_word_ms = models.FloatField(null=True, blank=True)
    total_ms = models.FloatField(default=0)
    outcome = models.CharField(max_length=20, choices=Outcome, default=Outcome.SPEAKING)
    why = models.CharField(max_length=80, blank=True, help_text=_("Why the course's words were said."))

    objects = VoiceUseQuerySet.as_manager()

    class Meta:
        ordering = ("-at",)
        indexes = [models.Index(fields=("section", "day"), name="voice_use_by_day")]

    def __str__(self) -> str:
        return f"{self.model}: {self.get_outcome_display()}"
