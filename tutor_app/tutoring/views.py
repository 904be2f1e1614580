"""The learner's pages."""

from django.http import HttpRequest, HttpResponse


def home(request: HttpRequest) -> HttpResponse: ...


def start(request: HttpRequest, course: str) -> HttpResponse: ...


def session(request: HttpRequest, pk: str) -> HttpResponse: ...
