"""Pages about oneself: joining and leaving classes, and what one may do with one's own data."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tutor_app.learners.forms import DeleteAccountForm, JoinForm
from tutor_app.learners.joining import (
    CannotJoin,
    count_guess,
    forget_code,
    join_section,
    keep_code_for_later,
    leave_section,
    waiting_code,
)
from tutor_app.learners.models import Event, Section, User
from tutor_app.learners.requests import SignedInRequest
from tutor_app.learners.rights import CannotDelete, collect_data, delete_account


@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """Join a class by its code. A link with `?code=` fills it in, and waits for somebody who has to sign in first."""
    if not request.user.is_authenticated:
        if code := request.GET.get("code", ""):
            keep_code_for_later(request, code)
        return redirect_to_login(request.get_full_path())
    if request.method != "POST":
        return render_join(request, request.user, JoinForm(initial={"code": waiting_code(request)}))
    form = JoinForm(request.POST)
    if form.is_valid():
        try:
            count_guess(request.user)
            section = join_section(user=request.user, code=form.cleaned_data["code"])
        except CannotJoin as refusal:
            form.add_error("code", str(refusal))
        else:
            forget_code(request)
            messages.success(
                request, _("You are in %(section)s (%(course)s).") % {"section": section, "course": section.course}
            )
            return redirect("home")
    return render_join(request, request.user, form, status=400)


def render_join(request: HttpRequest, user: User, form: JoinForm, status: int = 200) -> HttpResponse:
    sections = Section.objects.of_learner(user).select_related("course")
    return render(request, "learners/join.html", {"form": form, "sections": sections}, status=status)


@login_required
@require_POST
def leave(request: SignedInRequest, pk: int) -> HttpResponse:
    section = get_object_or_404(Section.objects.of_learner(request.user), pk=pk)
    leave_section(user=request.user, section=section)
    messages.success(request, _("You have left %(section)s. What you did stays yours.") % {"section": section})
    return redirect("learners:join")


@login_required
@require_safe
def mine(request: SignedInRequest) -> HttpResponse:
    return render_mine(request, DeleteAccountForm(request.user))


def render_mine(request: SignedInRequest, form: DeleteAccountForm, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "may_be_sent": bool(settings.VOICE_SERVERS),
        "event_count": Event.objects.filter(learner=request.user).count(),
        "sections": Section.objects.of_learner(request.user).select_related("course"),
        "watched_sections": Section.objects.of_instructor(request.user).select_related("course"),
    }
    return render(request, "learners/mine.html", context, status=status)


@login_required
@require_POST
def offers(request: SignedInRequest) -> HttpResponse:
    """Whether the tutor may offer help before it is asked for."""
    request.user.wants_offers = request.POST.get("wants_offers") == "on"
    request.user.save(update_fields=["wants_offers"])
    kept = (
        _("The tutor may offer you help by itself.")
        if request.user.wants_offers
        else _("The tutor waits until you ask.")
    )
    messages.success(request, kept)
    return redirect("learners:mine")


@login_required
@require_safe
@never_cache
def download(request: SignedInRequest) -> HttpResponse:
    """Everything that is known about oneself, as a JSON file."""
    response = JsonResponse(collect_data(request.user, timezone.now()), json_dumps_params={"indent": 1})
    response["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response


@sensitive_post_parameters("password")
@login_required
@require_POST
def delete(request: SignedInRequest) -> HttpResponse:
    """Deletes oneself, after the password."""
    form = DeleteAccountForm(request.user, request.POST)
    if form.is_valid():
        try:
            delete_account(user=request.user)
        except CannotDelete as refusal:
            form.add_error(None, str(refusal))
        else:
            logout(request)
            messages.success(request, _("Your account and everything known about you are deleted."))
            return redirect("home")
    return render_mine(request, form, status=400)
