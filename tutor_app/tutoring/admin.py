"""Conversations as administrators see them: to look at, not to edit. They go when their learner goes."""

from django.contrib import admin

from tutor_app.learners.admin import LookOnly
from tutor_app.tutoring.models import Session, Turn


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
