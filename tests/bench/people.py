"""Many signed-in learners at once, made inside the site's own Django."""

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from tutor_app.courses.models import Course
from tutor_app.learners.models import User
from tutor_app.tutoring.tasks import queue_reply
from tutor_app.tutoring.turns import open_session


def sign_in_many(course: str, count: int) -> list[tuple[str, str, str]]:
    """(username, session cookie, conversation) of each; the tutor greets them all."""
    taught = Course.objects.get(slug=course)
    signed_in = []
    for number in range(count):
        user, _ = User.objects.get_or_create(username=f"learner{number}")
        store = SessionStore()
        store[SESSION_KEY] = str(user.pk)
        store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        store[HASH_SESSION_KEY] = user.get_session_auth_hash()
        store.create()
        session, greeting = open_session(learner=user, course=taught, section=None, now=timezone.now())
        if greeting is not None:
            queue_reply(greeting.pk)
        signed_in.append((user.username, store.session_key, str(session.pk)))
    return signed_in
