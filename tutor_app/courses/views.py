"""Pictures of problems."""

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import cache_control

from tutor_app.courses.models import Figure


@login_required
@cache_control(private=True, max_age=86_400)
def figure(request: HttpRequest, pk: int, name: str) -> FileResponse:
    """A figure's file. It was checked to be a picture when it was imported; the browser is told not to guess."""
    picture = get_object_or_404(Figure, pk=pk, name=name)
    return FileResponse(picture.file.open("rb"), filename=picture.name, headers={"X-Content-Type-Options": "nosniff"})
