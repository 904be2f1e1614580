"""A request of somebody who has signed in, for the type checker."""

from django.http import HttpRequest

from tutor_app.learners.models import User


class SignedInRequest(HttpRequest):
    """What a view behind `login_required` gets."""

    user: User
