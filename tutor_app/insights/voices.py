"""Which voice speaks in a class: to see for instructors, to choose for administrators, with all that is sent out."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings as site
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import Sum
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from tutor_app.courses.models import Problem
from tutor_app.courses.variants import ProblemVariant, StepVariant
from tutor_app.learners.models import Section, User
from tutor_app.learners.requests import SignedInRequest
from tutor_app.tutoring.checking import Check, Verdict
from tutor_app.tutoring.models import VoiceSettings, VoiceUse
from tutor_app.tutoring.moves import Move
from tutor_app.tutoring.table import Table
from tutor_app.tutoring.understanding import Intent
from tutor_app.tutoring.voices.adapters import adapter_names
from tutor_app.tutoring.voices.budget import day_of
from tutor_app.tutoring.voices.grounded import Matter
from tutor_app.tutoring.voices.phrasing import build_prompt, script_of
from tutor_app.tutoring.voices.writing import Prompt

INHERIT = "inherit"
NONE, LOCAL, REMOTE = VoiceSettings.Voice.NONE, VoiceSettings.Voice.LOCAL, VoiceSettings.Voice.REMOTE
LARGEST_BUDGET = 1_000_000_000


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def voice(request: SignedInRequest, pk: int) -> HttpResponse:
    """The voice of a class."""
    choosing = may_choose(request.user)
    sections = Section.objects.all() if choosing else Section.objects.visible_to(request.user)
    section = get_object_or_404(sections.select_related("course"), pk=pk)
    return _voice(request, section, choosing)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def site_voice(request: SignedInRequest) -> HttpResponse:
    """The voice of all classes that have no choice of their own, and of learners without a class."""
    if not may_choose(request.user):
        raise Http404
    return _voice(request, None, choosing=True)


def may_choose(user: User) -> bool:
    """Administrators: a model may cost money and may be elsewhere."""
    return user.is_staff and user.has_perm("tutoring.change_voicesettings")


def _voice(request: SignedInRequest, section: Section | None, choosing: bool) -> HttpResponse:
    if request.method == "POST" and not choosing:
        raise Http404
    chosen = VoiceSettings.objects.filter(section=section).first()
    form = VoiceForm(request.POST or None, section=section, chosen=chosen)
    if request.method == "POST" and form.is_valid():
        form.keep(request.user)
        messages.success(request, _("Kept. It holds from the next reply on."))
        return redirect(request.path)
    holding = VoiceSettings.objects.for_section(section.pk if section else None) or VoiceSettings()
    context = {
        "section": section,
        "form": form,
        "may_choose": choosing,
        "chosen": chosen,
        "holding": holding,
        "server": site.VOICE_SERVERS.get(holding.server) if holding.voice == REMOTE else None,
        "today": Today.of(section, holding),
        "example": example_prompt(),
        "message": SAMPLE_MESSAGE,
        "own": Section.objects.filter(voice__isnull=False).select_related("voice", "course") if not section else [],
    }
    return render(request, "insights/voice.html", context, status=400 if form.errors else 200)


class VoiceForm(forms.Form):
    """What an administrator chooses. Servers and models are those of the operator: nothing of them is typed here."""

    choice = forms.ChoiceField(label=gettext_lazy("Who puts the tutor's words"), widget=forms.RadioSelect)
    daily_tokens = forms.IntegerField(
        label=gettext_lazy("Tokens a day, at most"),
        min_value=0,
        max_value=LARGEST_BUDGET,
        help_text=gettext_lazy("Of each class. Above it the course's own words are said until midnight."),
    )
    price_in = forms.DecimalField(
        label=gettext_lazy("Price of a million tokens that are read"),
        min_value=0, max_digits=10, decimal_places=4, required=False,
        help_text=gettext_lazy("Empty: what the operator of the site has set."),
    )  # fmt: skip
    price_out = forms.DecimalField(
        label=gettext_lazy("Price of a million tokens that are written"),
        min_value=0, max_digits=10, decimal_places=4, required=False,
    )  # fmt: skip
    adapters = forms.CharField(
        label=gettext_lazy("Adapters of the model on this machine"),
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
        strip=False,
        help_text=gettext_lazy("One line for a skill: its short name, a colon, the adapter's name."),
    )

    def __init__(self, data: Any, *, section: Section | None, chosen: VoiceSettings | None) -> None:
        self.section, self.chosen = section, chosen
        now = chosen or VoiceSettings()
        super().__init__(
            data,
            initial={
                "choice": value_of(now.voice, now.server, now.model) if chosen or section is None else INHERIT,
                "daily_tokens": now.daily_tokens,
                "price_in": now.price_in if chosen else None,
                "price_out": now.price_out if chosen else None,
                "adapters": "\n".join(f"{skill}: {adapter}" for skill, adapter in sorted(now.adapters.items())),
            },
        )
        self.options = {value_of(*option): (option, label) for option, label in self._options()}
        choice = self.fields["choice"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [(value, label) for value, (_option, label) in self.options.items()]
        self.adapter_names = adapter_names(site.LOCAL_VOICE_ADAPTERS)
        if not self.adapter_names:
            del self.fields["adapters"]

    def _options(self) -> list[tuple[tuple[str, str, str], str]]:
        """Voice, server and model of each choice there is, with its label."""
        inherit = [((INHERIT, "", ""), _("As the site's default"))] if self.section else []
        none = [((str(NONE), "", ""), _("No language model: the course's own words"))]
        path = site.LOCAL_VOICE_MODEL
        local = [((str(LOCAL), "", path.name), _("A language model on this machine"))] if path else []
        remote = [
            ((str(REMOTE), name, model), _("%(model)s on the server “%(name)s”") % {"model": model, "name": name})
            for name, server in site.VOICE_SERVERS.items()
            for model in server.models
        ]
        return [*inherit, *none, *local, *remote]

    def clean_adapters(self) -> dict[str, str]:
        adapters = {}
        skills = set(self.section.course.skills.values_list("slug", flat=True)) if self.section else None
        for number, line in enumerate(self.cleaned_data["adapters"].splitlines(), start=1):
            if not line.strip():
                continue
            skill, _colon, adapter = (part.strip() for part in line.rpartition(":"))
            if not skill:
                raise forms.ValidationError(_("Line %(number)d has no colon.") % {"number": number})
            if skills is not None and skill not in skills:
                raise forms.ValidationError(
                    _("Line %(number)d: this course has no skill “%(skill)s”.") % {"number": number, "skill": skill}
                )
            if adapter not in self.adapter_names:
                raise forms.ValidationError(
                    _("Line %(number)d: there is no adapter “%(adapter)s”. There are: %(names)s.")
                    % {"number": number, "adapter": adapter, "names": ", ".join(self.adapter_names)}
                )
            adapters[skill] = adapter
        return adapters

    @transaction.atomic
    def keep(self, user: User) -> None:
        """Writes the choice down; a class that goes with the default has none of its own."""
        values = self.cleaned_data
        if values["choice"] == INHERIT:
            VoiceSettings.objects.filter(section=self.section).delete()
            return
        (kind, name, model), _label = self.options[values["choice"]]
        server = site.VOICE_SERVERS.get(name)
        prices = [
            given if given is not None else asked
            for given, asked in (
                (values["price_in"], server.price_in if server else Decimal(0)),
                (values["price_out"], server.price_out if server else Decimal(0)),
            )
        ]
        VoiceSettings.objects.update_or_create(
            section=self.section,
            defaults={
                "voice": kind,
                "server": name,
                "model": model,
                "daily_tokens": values["daily_tokens"],
                "price_in": prices[0],
                "price_out": prices[1],
                "adapters": values.get("adapters", self.chosen.adapters if self.chosen else {}),
                "changed_by": user,
            },
        )


def value_of(voice: str, server: str, model: str) -> str:
    """A choice as the form's button says it."""
    return " ".join((voice, server, model)) if voice == REMOTE else voice


@dataclass(frozen=True)
class Today:
    """What a class's model has done since midnight."""

    tokens: int
    budget: int
    cost: Decimal
    spoken: int
    partly: int
    grounded: int
    reasons: list[tuple[str, int]]

    @classmethod
    def of(cls, section: Section | None, holding: VoiceSettings) -> "Today":
        uses = VoiceUse.objects.of_day(section.pk if section else None, day_of(timezone.now()))
        outcomes = Counter(uses.values_list("outcome", flat=True))
        reasons = Counter(uses.exclude(why="").values_list("why", flat=True))
        return cls(
            tokens=uses.tokens(),
            budget=holding.daily_tokens,
            cost=uses.aggregate(cost=Sum("cost"))["cost"] or Decimal(0),
            spoken=outcomes[VoiceUse.Outcome.SPOKEN],
            partly=outcomes[VoiceUse.Outcome.PARTLY],
            grounded=outcomes[VoiceUse.Outcome.GROUNDED],
            reasons=reasons.most_common(),
        )


# --- what is sent, shown --------------------------------------------------------------------------------------------

SAMPLE_LEARNER = "Sam Sample"
SAMPLE_MESSAGE = "I am Sam Sample (sam@example.org). I took 5 away, so is it x = 8?"


def example_prompt() -> Prompt:
    """The prompt for a sample answer to a sample problem, made by the function that makes the real ones."""
    step = StepVariant(
        step_id=0, key="solve", title="What is $x$?", body="", answer_kind="arithmetic", answers=("5",),
        answer_latex="5", choices=(), skills=(), hints=(), expected_errors=(), asked="",
    )  # fmt: skip
    variant = ProblemVariant(problem_id=0, seed=0, title="Solve the equation", body="$3x + 5 = 20$", steps=(step,))
    table = Table(Problem(title=variant.title), variant, (), step, None, 0)
    check = Check(Verdict.INCORRECT, read_as="x = 8")
    matter = Matter(Move.FOCUS, Intent.ANSWER, SAMPLE_LEARNER, 0, table, table, check, tries=1)
    return build_prompt(matter, script_of(matter), SAMPLE_MESSAGE, [SAMPLE_LEARNER])
