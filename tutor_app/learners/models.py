"""Who learns and what they did.

The event log is the truth about a learner: rows are appended and never changed. `Record`, `SkillState` and
`MisconceptionState` are caches that `registry.classrooms.rebuild` makes again from the log, bit for bit.
"""

import secrets
from collections.abc import Iterable
from typing import Any, NoReturn, Self

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from models_core.misconceptions import OPEN, Stage
from tutor_app.courses.models import Course, Misconception, Skill, Step

# No letters or digits that are mistaken for one another when read from a blackboard.
JOIN_CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
JOIN_CODE_LENGTH = 8


def make_join_code() -> str:
    return "".join(secrets.choice(JOIN_CODE_ALPHABET) for _ in range(JOIN_CODE_LENGTH))


class User(AbstractUser):
    """A person. Everybody may learn; `is_instructor` may open classes, `is_staff` looks after the site."""

    is_instructor = models.BooleanField(_("teacher"), default=False, help_text=_("May open classes and watch them."))
    wants_offers = models.BooleanField(
        _("the tutor may offer help"),
        default=True,
        help_text=_("Before it is asked for: after some errors or in silence."),
    )

    @property
    def short_name(self) -> str:
        return self.first_name or self.username


class SectionQuerySet(models.QuerySet["Section"]):
    def of_learner(self, user: User) -> Self:
        return self.filter(memberships__user=user, memberships__role=Membership.Role.LEARNER)

    def of_instructor(self, user: User) -> Self:
        return self.filter(memberships__user=user, memberships__role=Membership.Role.INSTRUCTOR)

    def visible_to(self, user: User) -> Self:
        """The classes this person may look into: their own as an instructor, or all with the site's right."""
        return self.all() if user.has_perm("learners.view_section") else self.of_instructor(user)

    def managed_by(self, user: User) -> Self:
        """The classes this person may change: their own as an instructor, or all with the site's right."""
        return self.all() if user.has_perm("learners.change_section") else self.of_instructor(user)


class Section(models.Model):
    """What people call a class: a course, its learners, and the instructors who watch over them."""

    name = models.CharField(max_length=150)
    course = models.ForeignKey(Course, models.PROTECT, related_name="sections")
    join_code = models.CharField(max_length=20, unique=True, default=make_join_code)
    members = models.ManyToManyField(User, through="Membership", related_name="sections")
    offers_help = models.BooleanField(
        _("the tutor may offer help"),
        default=True,
        help_text=_("Before it is asked for: after some errors or in silence."),
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SectionQuerySet.as_manager()

    class Meta:
        ordering = ("name", "pk")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("insights:section", args=[self.pk])

    def renew_join_code(self) -> None:
        """The old code and its links lead nowhere from now on; who is in stays in."""
        self.join_code = make_join_code()
        self.save(update_fields=["join_code"])


class MembershipQuerySet(models.QuerySet["Membership"]):
    def learners(self) -> Self:
        return self.filter(role=Membership.Role.LEARNER)

    def instructors(self) -> Self:
        return self.filter(role=Membership.Role.INSTRUCTOR)


class Membership(models.Model):
    """A person's place in a section."""

    class Role(models.TextChoices):
        LEARNER = "learner", _("Learner")
        INSTRUCTOR = "instructor", _("Teacher")

    section = models.ForeignKey(Section, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role)
    joined_at = models.DateTimeField(auto_now_add=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=("section", "user"), name="person_once_per_section")]

    def __str__(self) -> str:
        return f"{self.user} in {self.section} ({self.role})"


class AppendOnly(RuntimeError):
    """Somebody tried to change an event that is already written."""


class EventQuerySet(models.QuerySet["Event"]):
    def of(self, learner: User, course: Course) -> Self:
        """One learner's log of one course, oldest first."""
        return self.filter(learner=learner, course=course).order_by("number")

    def attempts(self) -> Self:
        return self.filter(kind=Event.Kind.ATTEMPT)

    def unaided(self) -> Self:
        """Attempts that no hint helped: the only ones that the models forecast."""
        return self.attempts().filter(hints=0)

    def update(self, **fields: Any) -> NoReturn:
        raise AppendOnly(f"Events are appended, never changed (asked to change {', '.join(fields)}).")

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        if kwargs.get("update_conflicts") or kwargs.get("ignore_conflicts"):
            raise AppendOnly("Events are appended, never changed: a conflict is an error.")
        return super().bulk_create(objs, *args, **kwargs)


class Event(models.Model):
    """One thing that a learner did. `number` counts a learner's events of one course from 1 without gaps."""

    class Kind(models.TextChoices):
        ATTEMPT = "attempt", _("Attempt")
        HINT = "hint", _("Hint")
        CHAT = "chat", _("Chat")

    learner = models.ForeignKey(User, models.CASCADE, related_name="events")
    course = models.ForeignKey(Course, models.PROTECT, related_name="events")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=20, choices=Kind)
    at = models.DateTimeField()
    turn = models.UUIDField(null=True, blank=True, help_text=_("The turn that brought it about."))
    step = models.ForeignKey(Step, models.PROTECT, related_name="events", null=True, blank=True)
    variant_seed = models.PositiveBigIntegerField(default=0)
    text = models.TextField(blank=True)
    # An attempt
    correct = models.BooleanField(null=True, blank=True)
    seconds = models.FloatField(null=True, blank=True)
    hints = models.PositiveIntegerField(default=0)
    try_number = models.PositiveIntegerField(default=1)
    misconception = models.CharField(max_length=150, blank=True)
    fits = models.JSONField(
        default=list, blank=True, help_text=_("The misconceptions that lead to this answer; it may be named after one.")
    )
    probed = models.BooleanField(default=False, help_text=_("The reply asked about the misconception."))
    # A hint
    level = models.PositiveIntegerField(default=0)
    # What the models said at the time, before they knew the outcome
    student_probability = models.FloatField(null=True, blank=True)
    student_sd = models.FloatField(null=True, blank=True)
    teacher_probability = models.FloatField(null=True, blank=True)
    route = models.CharField(max_length=20, blank=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ("learner", "course", "number")
        constraints = [
            models.UniqueConstraint(fields=("learner", "course", "number"), name="event_numbers_have_no_twins"),
            models.UniqueConstraint(fields=("turn", "kind"), name="one_event_of_a_kind_per_turn"),
            models.CheckConstraint(
                condition=models.Q(kind="chat")
                | models.Q(kind="hint", step__isnull=False)
                | models.Q(kind="attempt", step__isnull=False, correct__isnull=False),
                name="attempts_and_hints_have_a_step",
            ),
        ]
        indexes = [models.Index(fields=("course", "kind", "at"))]

    def __str__(self) -> str:
        return f"{self.learner} #{self.number} {self.kind}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise AppendOnly(f"Event {self.pk} is written; events are appended, never changed.")
        super().save(*args, **kwargs)


class Record(models.Model):
    """Where one learner stands in one course: how far the log has been read, and by which models. A cache, and the lock
    that makes a learner's events one queue."""

    learner = models.ForeignKey(User, models.CASCADE, related_name="records")
    course = models.ForeignKey(Course, models.CASCADE, related_name="records")
    event_count = models.PositiveIntegerField(default=0)
    models_version = models.CharField(max_length=64, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("learner", "course"), name="one_record_per_course")]

    def __str__(self) -> str:
        return f"{self.learner} in {self.course}"


class SkillStateQuerySet(models.QuerySet["SkillState"]):
    def with_enough_data(self) -> Self:
        return self.filter(attempts__gte=SkillState.ENOUGH_ATTEMPTS)


class SkillState(models.Model):
    """What is believed about a learner's skill: mastery with its uncertainty, and when to see it again. A cache."""

    # Fewer attempts say too little to show a number.
    ENOUGH_ATTEMPTS = 3

    learner = models.ForeignKey(User, models.CASCADE, related_name="skill_states")
    skill = models.ForeignKey(Skill, models.CASCADE, related_name="states")
    mastery = models.FloatField()
    sd = models.FloatField()
    attempts = models.PositiveIntegerField(default=0)
    correct = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(null=True, blank=True)
    review = models.JSONField(default=dict, blank=True, help_text=_("The spacing card (fsrs) of this skill."))
    due_at = models.DateTimeField(null=True, blank=True)

    objects = SkillStateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("learner", "skill"), name="one_state_per_skill"),
            models.CheckConstraint(condition=models.Q(mastery__gte=0, mastery__lte=1), name="mastery_is_a_probability"),
        ]

    def __str__(self) -> str:
        return f"{self.learner}: {self.skill} {self.mastery:.2f}"

    @property
    def enough(self) -> bool:
        """Enough attempts to show a number."""
        return self.attempts >= self.ENOUGH_ATTEMPTS


class MisconceptionStateQuerySet(models.QuerySet["MisconceptionState"]):
    def met(self) -> Self:
        """Those that an answer was named after at least once."""
        return self.exclude(stage=Stage.UNSEEN)

    def open(self) -> Self:
        """Those that are not behind the learner yet."""
        return self.filter(stage__in=OPEN)

    def resolved(self) -> Self:
        return self.filter(stage=Stage.RESOLVED)

    def latest_first(self) -> Self:
        """What is open before what is resolved, the latest met first. With the misconceptions."""
        behind = models.Case(models.When(stage=Stage.RESOLVED, then=1), default=0, output_field=models.IntegerField())
        return self.select_related("misconception").order_by(behind, "-last_met", "pk")


class MisconceptionState(models.Model):
    """What is believed about a learner's misconception, and how far the tutor is with it. A cache.

    A row begins when it first could have shown, so that answers that did not show it count as well."""

    STAGES = (
        (Stage.UNSEEN.value, _("Not seen")),
        (Stage.SUSPECTED.value, _("Suspected")),
        (Stage.PROBED.value, _("Asked about")),
        (Stage.CONFIRMED.value, _("Confirmed")),
        (Stage.RESOLVED.value, _("Resolved")),
    )

    learner = models.ForeignKey(User, models.CASCADE, related_name="misconception_states")
    misconception = models.ForeignKey(Misconception, models.CASCADE, related_name="states")
    stage = models.CharField(max_length=20, choices=STAGES, default=Stage.UNSEEN.value)
    probability = models.FloatField(default=0.0)
    times_met = models.PositiveIntegerField(default=0)
    opportunities_since = models.PositiveIntegerField(
        default=0, help_text=_("Unaided first tries since, right where it could have shown.")
    )
    first_met = models.DateTimeField(null=True, blank=True)
    last_met = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)

    objects = MisconceptionStateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("learner", "misconception"), name="one_state_per_misconception"),
            models.CheckConstraint(
                condition=models.Q(probability__gte=0, probability__lte=1), name="belief_is_a_probability"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.learner}: {self.misconception} {self.stage}"
