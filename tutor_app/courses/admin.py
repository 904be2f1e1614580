"""Courses as the site's administrators see and mend them."""

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tutor_app.courses.models import (
    Course,
    ExpectedError,
    Figure,
    Hint,
    Lesson,
    LessonSkill,
    Misconception,
    Passage,
    Problem,
    Skill,
    Step,
)


@admin.register(Course)
class CourseAdmin(admin.ModelAdmin):
    list_display = ("title", "slug", "source", "language", "problem_count", "licence", "updated_at")
    list_filter = ("source", "language")
    search_fields = ("title", "slug", "description")
    readonly_fields = ("updated_at",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Course]:
        return super().get_queryset(request).annotate(problem_count=Count("problems"))

    @admin.display(description=_("problems"), ordering="problem_count")
    def problem_count(self, course: Course) -> int:
        return course.problem_count  # type: ignore[attr-defined]


class PassageInline(admin.StackedInline):
    model = Passage
    extra = 0


@admin.register(Skill)
class SkillAdmin(admin.ModelAdmin):
    list_display = ("name", "slug", "course", "position")
    list_filter = ("course",)
    list_select_related = ("course",)
    search_fields = ("name", "slug")
    autocomplete_fields = ("course", "prerequisites")
    inlines = (PassageInline,)


class LessonSkillInline(admin.TabularInline):
    model = LessonSkill
    autocomplete_fields = ("skill",)
    extra = 0


@admin.register(Lesson)
class LessonAdmin(admin.ModelAdmin):
    list_display = ("title", "slug", "course", "position")
    list_filter = ("course",)
    list_select_related = ("course",)
    search_fields = ("title", "slug")
    autocomplete_fields = ("course",)
    inlines = (LessonSkillInline,)


@admin.register(LessonSkill)
class LessonSkillAdmin(admin.ModelAdmin):
    list_display = ("lesson", "skill", "goal")
    list_filter = ("lesson__course",)
    list_select_related = ("lesson", "skill")
    search_fields = ("lesson__title", "skill__name")
    autocomplete_fields = ("lesson", "skill")


@admin.register(Passage)
class PassageAdmin(admin.ModelAdmin):
    list_display = ("title", "slug", "skill", "position")
    list_filter = ("skill__course",)
    list_select_related = ("skill",)
    search_fields = ("title", "text", "skill__name")
    autocomplete_fields = ("skill",)


@admin.register(Misconception)
class MisconceptionAdmin(admin.ModelAdmin):
    list_display = ("name", "slug", "course")
    list_filter = ("course",)
    list_select_related = ("course",)
    search_fields = ("name", "slug", "description")
    autocomplete_fields = ("course",)


class StepInline(admin.TabularInline):
    model = Step
    fields = ("slug", "position", "title", "answer_kind")
    show_change_link = True
    extra = 0


class FigureInline(admin.TabularInline):
    model = Figure
    extra = 0


@admin.register(Problem)
class ProblemAdmin(admin.ModelAdmin):
    list_display = ("slug", "title", "course", "lesson", "retired")
    list_filter = ("course", "retired")
    list_select_related = ("course", "lesson")
    search_fields = ("slug", "title", "body")
    autocomplete_fields = ("course", "lesson")
    inlines = (StepInline, FigureInline)


@admin.register(Figure)
class FigureAdmin(admin.ModelAdmin):
    list_display = ("name", "problem", "description")
    list_filter = ("problem__course",)
    list_select_related = ("problem",)
    search_fields = ("name", "description", "problem__slug")
    autocomplete_fields = ("problem",)


class HintInline(admin.TabularInline):
    model = Hint
    fields = ("slug", "position", "kind", "title")
    show_change_link = True
    extra = 0


class ExpectedErrorInline(admin.TabularInline):
    model = ExpectedError
    autocomplete_fields = ("misconception",)
    extra = 0


@admin.register(Step)
class StepAdmin(admin.ModelAdmin):
    list_display = ("__str__", "title", "answer_kind", "position")
    list_filter = ("problem__course", "answer_kind")
    list_select_related = ("problem",)
    search_fields = ("slug", "title", "problem__slug")
    autocomplete_fields = ("problem", "skills")
    inlines = (HintInline, ExpectedErrorInline)


@admin.register(Hint)
class HintAdmin(admin.ModelAdmin):
    list_display = ("__str__", "kind", "title", "position")
    list_filter = ("step__problem__course", "kind")
    list_select_related = ("step__problem",)
    search_fields = ("slug", "title", "text", "step__problem__slug")
    autocomplete_fields = ("step", "dependencies")


@admin.register(ExpectedError)
class ExpectedErrorAdmin(admin.ModelAdmin):
    list_display = ("step", "misconception", "answer")
    list_filter = ("step__problem__course",)
    list_select_related = ("step__problem", "misconception")
    search_fields = ("answer", "misconception__name", "step__problem__slug")
    autocomplete_fields = ("step", "misconception")
