"""Model versions as administrators see them. States change through promotion only, and its log is never edited."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from tutor_app.learners.admin import LookOnly
from tutor_app.registry.models import CourseStatistics, Promotion, StudentModel, StudentVersion, TeacherVersion


@admin.register(TeacherVersion)
class TeacherVersionAdmin(admin.ModelAdmin):
    list_display = ("name", "short_fingerprint", "active", "created_at")
    list_filter = ("active",)
    search_fields = ("name", "fingerprint")
    readonly_fields = ("fingerprint", "path", "metrics", "active", "created_at")

    def has_add_permission(self, request: object) -> bool:
        return False

    @admin.display(description=_("fingerprint"))
    def short_fingerprint(self, version: TeacherVersion) -> str:
        return version.fingerprint[:8]


@admin.register(StudentModel)
class StudentModelAdmin(admin.ModelAdmin):
    list_display = ("__str__", "course", "skill", "task")
    list_filter = ("task", "course")
    list_select_related = ("course", "skill")
    search_fields = ("skill__name", "skill__slug", "course__title")
    autocomplete_fields = ("course", "skill")


class PromotionInline(LookOnly, admin.TabularInline):
    model = Promotion
    fields = readonly_fields = ("at", "from_state", "to_state", "by", "reason")
    extra = 0


@admin.register(StudentVersion)
class StudentVersionAdmin(LookOnly, admin.ModelAdmin):
    list_display = ("__str__", "state", "teacher", "created_at")
    list_filter = ("state", "student__task", "student__course")
    list_select_related = ("student__course", "student__skill", "teacher")
    search_fields = ("student__skill__name", "student__skill__slug", "fingerprint")
    inlines = (PromotionInline,)


@admin.register(Promotion)
class PromotionAdmin(LookOnly, admin.ModelAdmin):
    list_display = ("at", "version", "from_state", "to_state", "by", "reason")
    list_filter = ("to_state",)
    list_select_related = ("version__student__course", "version__student__skill", "by")
    search_fields = ("reason", "by__username", "version__student__skill__name")
    date_hierarchy = "at"


@admin.register(CourseStatistics)
class CourseStatisticsAdmin(LookOnly, admin.ModelAdmin):
    list_display = ("course", "attempts", "learners", "scale", "shift", "teacher", "calibrated_at", "refreshed_at")
    list_select_related = ("course", "teacher")
    search_fields = ("course__title", "course__slug")
