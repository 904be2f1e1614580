"""What a view behind a login is given."""

from django.http import HttpRequest

from tutor_app.learners.models import User


class SignedInRequest(HttpRequest):
    """A request of somebody we know; for the types of views under `login_required`."""

    user: User
