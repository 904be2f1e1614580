"""People, classes, and what is known about learners. The log and its caches can be looked at, never edited."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as AuthUserAdmin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tutor_app.learners.models import Event, Membership, MisconceptionState, Record, Section, SkillState, User
from tutor_app.learners.rights import delete_account


class LookOnly:
    """An admin page of rows that people may look at; programs write them, and they go when their person goes."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class MembershipInline(admin.TabularInline):
    model = Membership
    autocomplete_fields = ("section", "user")
    extra = 0


@admin.register(User)
class UserAdmin(AuthUserAdmin):
    list_display = ("username", "first_name", "last_name", "email", "is_instructor", "is_staff", "last_login")
    list_filter = ("is_instructor", "is_staff", "is_superuser", "is_active", "groups")
    fieldsets = (*(AuthUserAdmin.fieldsets or ()), (_("Classes"), {"fields": ("is_instructor",)}))
    add_fieldsets = (*AuthUserAdmin.add_fieldsets, (_("Classes"), {"fields": ("is_instructor",)}))
    inlines = (MembershipInline,)

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[str]]:
        """Whoever may delete a person deletes their log with them; it is counted here, not listed row by row."""
        people = list(objs)
        counts = {str(User._meta.verbose_name_plural): len(people)}
        for relation in (Event, SkillState, MisconceptionState, Record, Membership):
            key = "user" if relation is Membership else "learner"
            counts[str(relation._meta.verbose_name_plural)] = relation._default_manager.filter(
                **{f"{key}__in": people}
            ).count()
        return [str(person) for person in people], counts, set(), self.who_must_stay(people, request)

    def who_must_stay(self, people: list[User], request: HttpRequest) -> list[str]:
        """Whoever is at the keyboard ("My data" asks them for their password), and the last of the administrators."""
        administrators = User.objects.filter(is_superuser=True, is_active=True)
        none_left = not administrators.exclude(pk__in=[person.pk for person in people]).exists()
        return [str(person) for person in people if person.pk == request.user.pk or (person.is_superuser and none_left)]

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        self.delete_queryset(request, User.objects.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset:
            delete_account(user=user)


@admin.register(Section)
class SectionAdmin(admin.ModelAdmin):
    list_display = ("name", "course", "learner_count", "join_code", "created_at")
    list_filter = ("course",)
    list_select_related = ("course",)
    search_fields = ("name", "join_code")
    autocomplete_fields = ("course",)
    readonly_fields = ("created_at",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Section]:
        learners = Count("memberships", filter=Q(memberships__role=Membership.Role.LEARNER))
        return super().get_queryset(request).annotate(learner_count=learners)

    @admin.display(description=_("learners"), ordering="learner_count")
    def learner_count(self, section: Section) -> int:
        return section.learner_count  # type: ignore[attr-defined]


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin):
    list_display = ("user", "section", "role", "joined_at")
    list_filter = ("role", "section__course")
    list_select_related = ("user", "section")
    search_fields = ("user__username", "user__first_name", "user__last_name", "section__name")
    autocomplete_fields = ("user", "section")
    readonly_fields = ("joined_at",)


@admin.register(Event)
class EventAdmin(LookOnly, admin.ModelAdmin):
    """The log: append-only, so rows can neither be made nor changed here, and go only with their learner."""

    list_display = ("learner", "course", "number", "kind", "at", "step", "correct", "hints", "student_probability")
    list_filter = ("kind", "correct", "course", "route")
    list_select_related = ("learner", "course", "step__problem")
    search_fields = ("learner__username", "text", "step__problem__slug")
    raw_id_fields = ("learner", "step")
    show_full_result_count = False
    ordering = ("-pk",)


@admin.register(Record)
class RecordAdmin(LookOnly, admin.ModelAdmin):
    list_display = ("learner", "course", "event_count", "models_version", "updated_at")
    list_filter = ("course",)
    list_select_related = ("learner", "course")
    search_fields = ("learner__username",)
    raw_id_fields = ("learner",)


@admin.register(SkillState)
class SkillStateAdmin(LookOnly, admin.ModelAdmin):
    list_display = ("learner", "skill", "mastery", "sd", "attempts", "correct", "last_at", "due_at")
    list_filter = ("skill__course",)
    list_select_related = ("learner", "skill")
    search_fields = ("learner__username", "skill__name", "skill__slug")
    raw_id_fields = ("learner", "skill")
    show_full_result_count = False


@admin.register(MisconceptionState)
class MisconceptionStateAdmin(LookOnly, admin.ModelAdmin):
    list_display = ("learner", "misconception", "stage", "probability", "times_met", "opportunities_since", "last_met")
    list_filter = ("stage", "misconception__course")
    list_select_related = ("learner", "misconception")
    search_fields = ("learner__username", "misconception__name", "misconception__slug")
    raw_id_fields = ("learner", "misconception")
    show_full_result_count = False
