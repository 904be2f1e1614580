"""The learner's pages: home, starting a course, and the conversation."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_POST

from tutor_app.courses.models import Course
from tutor_app.learners.models import Section
from tutor_app.learners.requests import SignedInRequest
from tutor_app.tutoring.home import course_cards
from tutor_app.tutoring.mixed_up import mixed_up
from tutor_app.tutoring.models import Session
from tutor_app.tutoring.tasks import queue_reply
from tutor_app.tutoring.turns import open_session


def home(request: HttpRequest) -> HttpResponse:
    """What to go on with; for strangers, what this is."""
    if not request.user.is_authenticated:
        return render(request, "tutoring/landing.html")
    sections = Section.objects.of_learner(request.user).select_related("course")
    recent = (
        Session.objects.of(request.user)
        .select_related("course")
        .annotate(solved_count=Count("turns", filter=Q(turns__outcome__solved=True)))[:5]
    )
    context = {
        "courses": course_cards(request.user, timezone.now()),
        "sections": sections,
        "recent": recent,
        "mixed_up": mixed_up(request.user),
        "is_instructor": request.user.is_instructor,
    }
    return render(request, "tutoring/home.html", context)


@login_required
@require_POST
def start(request: SignedInRequest, course: str) -> HttpResponse:
    """Goes on with the course where the learner left it, or begins a conversation."""
    taught = get_object_or_404(Course, slug=course)
    section = Section.objects.of_learner(request.user).filter(course=taught).first()
    session, greeting = open_session(learner=request.user, course=taught, section=section, now=timezone.now())
    if greeting is not None:
        queue_reply(greeting.pk)
    return redirect("tutoring:session", pk=session.pk)


@login_required
@ensure_csrf_cookie
def session(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """The conversation's page; all that is in it comes over the websocket."""
    conversation = get_object_or_404(Session.objects.of(request.user).select_related("course"), pk=pk)
    context = {
        "session": conversation,
        "course": conversation.course,
        "socket_path": f"/ws/sessions/{conversation.pk}/",
    }
    return render(request, "tutoring/session.html", context)
