"""What is taught: courses, their skills, and problems of steps with a ladder of help each.

Texts are Markdown with `$...$` and `$$...$$` mathematics; `![words](figure:NAME)` shows a figure of the problem.
A problem with `parameters` is a template: `variants.realise` makes a concrete problem of it from a seed.
"""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _


class Course(models.Model):
    """Something a class can follow; `slug` is its name for ever."""

    class Source(models.TextChoices):
        NATIVE = "native", _("Course folder")
        OATUTOR = "oatutor", _("OATutor")

    slug = models.SlugField(max_length=100, unique=True)
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    language = models.CharField(max_length=10, default="en")
    source = models.CharField(max_length=20, choices=Source, default=Source.NATIVE)
    attribution = models.CharField(max_length=300, blank=True)
    attribution_url = models.URLField(max_length=500, blank=True)
    licence = models.CharField(max_length=100, blank=True)
    licence_url = models.URLField(max_length=500, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("title",)

    def __str__(self) -> str:
        return self.title


class Skill(models.Model):
    """One thing a learner can get better at."""

    course = models.ForeignKey(Course, models.CASCADE, related_name="skills")
    slug = models.CharField(max_length=150)
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    position = models.PositiveIntegerField(default=0)
    prerequisites = models.ManyToManyField("self", symmetrical=False, related_name="unlocks", blank=True)

    class Meta:
        ordering = ("course", "position", "slug")
        constraints = [models.UniqueConstraint(fields=("course", "slug"), name="skill_slug_once_per_course")]

    def __str__(self) -> str:
        return self.name


class Lesson(models.Model):
    """A stretch of a course with the skills it is about."""

    course = models.ForeignKey(Course, models.CASCADE, related_name="lessons")
    slug = models.CharField(max_length=150)
    title = models.CharField(max_length=300)
    position = models.PositiveIntegerField(default=0)
    skills = models.ManyToManyField(Skill, through="LessonSkill", related_name="lessons")

    class Meta:
        ordering = ("course", "position", "slug")
        constraints = [models.UniqueConstraint(fields=("course", "slug"), name="lesson_slug_once_per_course")]

    def __str__(self) -> str:
        return self.title


class LessonSkill(models.Model):
    """A skill of a lesson, with the mastery at which the lesson counts it as reached."""

    lesson = models.ForeignKey(Lesson, models.CASCADE)
    skill = models.ForeignKey(Skill, models.CASCADE)
    goal = models.FloatField(default=0.85)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("lesson", "skill"), name="skill_once_per_lesson"),
            models.CheckConstraint(condition=models.Q(goal__gt=0, goal__lt=1), name="goal_is_a_probability"),
        ]

    def __str__(self) -> str:
        return f"{self.lesson}: {self.skill}"


class Passage(models.Model):
    """A short explanation of a skill, in the course's own words."""

    skill = models.ForeignKey(Skill, models.CASCADE, related_name="passages")
    slug = models.CharField(max_length=150)
    title = models.CharField(max_length=200)
    text = models.TextField()
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("skill", "position")
        constraints = [models.UniqueConstraint(fields=("skill", "slug"), name="passage_slug_once_per_skill")]

    def __str__(self) -> str:
        return self.title


class Misconception(models.Model):
    """A named wrong idea: what it is, a question that brings it to light, and what helps."""

    course = models.ForeignKey(Course, models.CASCADE, related_name="misconceptions")
    slug = models.CharField(max_length=150)
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    probe = models.TextField(blank=True)
    remedy = models.TextField(blank=True)

    class Meta:
        ordering = ("course", "slug")
        constraints = [models.UniqueConstraint(fields=("course", "slug"), name="misconception_slug_once_per_course")]

    def __str__(self) -> str:
        return self.name


class ProblemQuerySet(models.QuerySet["Problem"]):
    def in_use(self) -> Self:
        return self.filter(retired=False)

    def with_everything(self) -> Self:
        """All that `variants.realise` reads, in a fixed number of queries."""
        return self.prefetch_related(
            "steps__skills", "steps__hints__dependencies", "steps__expected_errors__misconception", "figures"
        )


class Problem(models.Model):
    """Something to work on, in one or more steps."""

    course = models.ForeignKey(Course, models.CASCADE, related_name="problems")
    lesson = models.ForeignKey(Lesson, models.SET_NULL, related_name="problems", null=True, blank=True)
    slug = models.CharField(max_length=150)
    title = models.CharField(max_length=300, blank=True)
    body = models.TextField(blank=True)
    parameters = models.JSONField(default=dict, blank=True)
    attribution = models.CharField(max_length=300, blank=True)
    attribution_url = models.URLField(max_length=500, blank=True)
    licence = models.CharField(max_length=100, blank=True)
    licence_url = models.URLField(max_length=500, blank=True)
    retired = models.BooleanField(default=False)

    objects = ProblemQuerySet.as_manager()

    class Meta:
        ordering = ("course", "slug")
        constraints = [models.UniqueConstraint(fields=("course", "slug"), name="problem_slug_once_per_course")]

    def __str__(self) -> str:
        return self.title or self.slug


class Figure(models.Model):
    """A picture of a problem; texts name it as `figure:NAME`."""

    problem = models.ForeignKey(Problem, models.CASCADE, related_name="figures")
    name = models.CharField(max_length=150)
    file = models.FileField(upload_to="figures")
    description = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("problem", "name")
        constraints = [models.UniqueConstraint(fields=("problem", "name"), name="figure_name_once_per_problem")]

    def __str__(self) -> str:
        return self.name


class AnswerKind(models.TextChoices):
    ARITHMETIC = "arithmetic", _("Mathematics")
    STRING = "string", _("Words")
    CHOICE = "choice", _("Choice")


class Step(models.Model):
    """One question of a problem. `answers` are the keys that count as right; they never leave the server."""

    problem = models.ForeignKey(Problem, models.CASCADE, related_name="steps")
    slug = models.CharField(max_length=150)
    position = models.PositiveIntegerField(default=0)
    title = models.TextField(blank=True)
    body = models.TextField(blank=True)
    answer_kind = models.CharField(max_length=20, choices=AnswerKind)
    answers = models.JSONField(default=list)
    answer_latex = models.TextField(blank=True)
    choices = models.JSONField(default=list, blank=True)
    asked = models.CharField(max_length=200, blank=True)
    skills = models.ManyToManyField(Skill, related_name="steps")
    retired = models.BooleanField(default=False, help_text=_("Gone from the course, kept for the log's sake."))

    class Meta:
        ordering = ("problem", "position", "slug")
        constraints = [models.UniqueConstraint(fields=("problem", "slug"), name="step_slug_once_per_problem")]

    def __str__(self) -> str:
        return f"{self.problem.slug}/{self.slug}"


class Hint(models.Model):
    """One rung of a step's ladder: a hint, a scaffold (a smaller question with its own answers), or the worked step."""

    class Kind(models.TextChoices):
        HINT = "hint", _("Hint")
        SCAFFOLD = "scaffold", _("Scaffold")
        BOTTOM_OUT = "bottom_out", _("Worked step")

    step = models.ForeignKey(Step, models.CASCADE, related_name="hints")
    slug = models.CharField(max_length=150)
    position = models.PositiveIntegerField(default=0)
    kind = models.CharField(max_length=20, choices=Kind)
    title = models.TextField(blank=True)
    text = models.TextField()
    answer_kind = models.CharField(max_length=20, choices=AnswerKind, blank=True)
    answers = models.JSONField(default=list, blank=True)
    choices = models.JSONField(default=list, blank=True)
    dependencies = models.ManyToManyField("self", symmetrical=False, blank=True)
    retired = models.BooleanField(default=False, help_text=_("Gone from the ladder, kept for the log's sake."))

    class Meta:
        ordering = ("step", "position", "slug")
        constraints = [models.UniqueConstraint(fields=("step", "slug"), name="hint_slug_once_per_step")]

    def __str__(self) -> str:
        return f"{self.step}/{self.slug}"


class ExpectedError(models.Model):
    """The wrong answer that a misconception produces at a step (an expression over the problem's parameters)."""

    step = models.ForeignKey(Step, models.CASCADE, related_name="expected_errors")
    misconception = models.ForeignKey(Misconception, models.CASCADE, related_name="expected_errors")
    answer = models.CharField(max_length=500)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("step", "misconception", "answer"), name="expected_error_once_per_step")
        ]

    def __str__(self) -> str:
        return f"{self.step}: {self.misconception}"
