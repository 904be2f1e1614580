"""Conversations as administrators see them: to look at, not to edit. They go when their learner goes."""

from django.contrib import admin

from tutor_app.learners.admin import LookOnly
from tutor_app.tutoring.models import Alert, Session, Turn, VoiceSettings, VoiceUse


@admin.register(Session)
class SessionAdmin(LookOnly, admin.ModelAdmin):
    list_display = ("learner", "course", "section", "started_at", "ended_at", "problem", "solved")
    list_filter = ("course", "solved")
    list_select_related = ("learner", "course", "section", "problem")
    search_fields = ("learner__username", "section__name")
    date_hierarchy = "started_at"
    show_full_result_count = False


@admin.register(Turn)
class TurnAdmin(LookOnly, admin.ModelAdmin):
    list_display = ("session", "number", "text", "state", "move", "verdict", "accepted_at", "begun")
    list_filter = ("state", "move", "verdict", "intent")
    list_select_related = ("session__learner",)
    search_fields = ("text", "session__learner__username")
    show_full_result_count = False
    ordering = ("-accepted_at",)


@admin.register(Alert)
class AlertAdmin(LookOnly, admin.ModelAdmin):
    list_display = ("session", "kind", "raised_at", "told", "seen_at", "seen_by")
    list_filter = ("kind", ("seen_at", admin.EmptyFieldListFilter))
    list_select_related = ("session__learner", "seen_by")
    search_fields = ("session__learner__username",)
    show_full_result_count = False


@admin.register(VoiceSettings)
class VoiceSettingsAdmin(LookOnly, admin.ModelAdmin):
    """To look at: they are chosen on the page of the class, or of the site, which shows what is sent."""

    list_display = ("section", "voice", "server", "model", "daily_tokens", "changed_at", "changed_by")
    list_filter = ("voice",)
    list_select_related = ("section", "changed_by")
    search_fields = ("section__name", "model")


@admin.register(VoiceUse)
class VoiceUseAdmin(LookOnly, admin.ModelAdmin):
    list_display = ("at", "section", "voice", "model", "tokens_in", "tokens_out", "cost", "outcome", "why")
    list_filter = ("voice", "outcome", "day")
    list_select_related = ("section",)
    search_fields = ("section__name", "model", "why")
    show_full_result_count = False
