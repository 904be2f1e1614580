"""The models in use: versions of the teacher and of the students, who put them there, and what courses taught them."""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tutor_app.courses.models import Course, Skill


class TeacherVersionQuerySet(models.QuerySet["TeacherVersion"]):
    def active(self) -> "TeacherVersion | None":
        return self.filter(active=True).first()


class TeacherVersion(models.Model):
    """One trained teacher. `path` is a folder with its safetensors, config, metrics and model card."""

    name = models.CharField(max_length=100)
    path = models.CharField(max_length=500)
    fingerprint = models.CharField(max_length=64, unique=True)
    metrics = models.JSONField(default=dict, blank=True)
    active = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = TeacherVersionQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at",)
        constraints = [
            models.UniqueConstraint(fields=("active",), condition=models.Q(active=True), name="one_active_teacher")
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.fingerprint[:8]})"


class StudentModel(models.Model):
    """A place for a model: one skill (or a whole course) and one task."""

    class Task(models.TextChoices):
        PREDICT = "predict", _("Predict")
        DIAGNOSE = "diagnose", _("Diagnose")
        UNDERSTAND = "understand", _("Understand")
        ANSWER = "answer", _("Answer")
        SUMMARISE = "summarise", _("Summarise")

    course = models.ForeignKey(Course, models.CASCADE, related_name="student_models")
    skill = models.ForeignKey(Skill, models.CASCADE, related_name="student_models", null=True, blank=True)
    task = models.CharField(max_length=20, choices=Task)

    class Meta:
        ordering = ("course", "task", "skill")
        constraints = [
            models.UniqueConstraint(fields=("course", "skill", "task"), name="one_student_per_skill_and_task"),
            models.UniqueConstraint(
                fields=("course", "task"),
                condition=models.Q(skill__isnull=True),
                name="one_student_per_course_and_task",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task}: {self.skill or self.course}"


class StudentVersionQuerySet(models.QuerySet["StudentVersion"]):
    def serving(self, course: Course) -> Self:
        return self.filter(student__course=course, state=StudentVersion.State.ACTIVE).select_related("student__skill")


class StudentVersion(models.Model):
    """One trained student for one place, bound to the teacher it was trained with."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        TRAINING = "training", _("Training")
        EVALUATED = "evaluated", _("Evaluated")
        SHADOW = "shadow", _("Shadow")
        CANARY = "canary", _("Canary")
        ACTIVE = "active", _("Active")
        RETIRED = "retired", _("Retired")

    student = models.ForeignKey(StudentModel, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    teacher = models.ForeignKey(TeacherVersion, models.PROTECT, related_name="students")
    state = models.CharField(max_length=20, choices=State, default=State.DRAFT)
    path = models.CharField(max_length=500)
    fingerprint = models.CharField(max_length=64)
    metrics = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = StudentVersionQuerySet.as_manager()

    class Meta:
        ordering = ("student", "-number")
        constraints = [
            models.UniqueConstraint(fields=("student", "number"), name="version_numbers_have_no_twins"),
            models.UniqueConstraint(
                fields=("student",), condition=models.Q(state="active"), name="one_active_version_per_student"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.student} v{self.number}"


class Promotion(models.Model):
    """The audit log of versions: what changed state, when, by whom and why. Rows are only added."""

    version = models.ForeignKey(StudentVersion, models.CASCADE, related_name="promotions")
    from_state = models.CharField(max_length=20, choices=StudentVersion.State, blank=True)
    to_state = models.CharField(max_length=20, choices=StudentVersion.State)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True)
    reason = models.TextField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-at",)

    def __str__(self) -> str:
        return f"{self.version}: {self.from_state or '-'} -> {self.to_state}"


class CourseStatistics(models.Model):
    """How hard a course's steps proved, and the two numbers that make forecasts mean what they say on it.

    A cache of the log over all learners, which `registry.statistics.refresh` makes again; a person who leaves is
    forgotten by the next refresh.
    """

    course = models.OneToOneField(Course, models.CASCADE, related_name="statistics", verbose_name=_("course"))
    counts = models.JSONField(
        _("counts"),
        default=dict,
        blank=True,
        help_text=_("By “problem/step”: unaided attempts, and how many of them were right."),
    )
    attempts = models.PositiveIntegerField(_("attempts"), default=0, help_text=_("Unaided ones, at all steps."))
    learners = models.PositiveIntegerField(_("learners"), default=0, help_text=_("Who made them."))
    scale = models.FloatField(_("scale"), default=1.0, help_text=_("What a forecast’s log-odds are multiplied by."))
    shift = models.FloatField(_("shift"), default=0.0, help_text=_("What is added to them then."))
    teacher = models.ForeignKey(
        TeacherVersion,
        models.SET_NULL,
        related_name="calibrations",
        null=True,
        blank=True,
        verbose_name=_("teacher model"),
        help_text=_("Whose forecasts scale and shift mend; another’s are left as they are."),
    )
    calibrated_at = models.DateTimeField(
        _("calibrated at"), null=True, blank=True, help_text=_("Forecasts made since then were mended in this way.")
    )
    refreshed_at = models.DateTimeField(_("refreshed at"))

    class Meta:
        ordering = ("course",)
        verbose_name = _("course statistics")
        verbose_name_plural = _("course statistics")
        constraints = [
            models.CheckConstraint(condition=models.Q(scale__gt=0), name="calibration_keeps_the_order_of_forecasts")
        ]

    def __str__(self) -> str:
        return str(self.course)
