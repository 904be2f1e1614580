"""The style page: every component once, for those who build pages here."""

from typing import Any

from django.contrib.admin.views.decorators import staff_member_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

COLOURS = (
    "ground",
    "surface",
    "sunk",
    "ink",
    "ink-soft",
    "line",
    "line-strong",
    "accent",
    "accent-soft",
    "right",
    "right-soft",
    "not-yet",
    "not-yet-soft",
    "attention",
    "attention-soft",
    "broken",
    "broken-soft",
    "bar",
    "bar-band",
)


def _skill(
    slug: str, name: str, mastery: float, sd: float, attempts: int, *needs: str, due: bool = False
) -> dict[str, Any]:
    return {
        "slug": slug,
        "name": name,
        "mastery": mastery,
        "sd": sd,
        "attempts": attempts,
        "enough": attempts >= 3,
        "prerequisites": list(needs),
        "position": 0,
        "due": due,
    }


SKILLS = (
    _skill("one", "A skill that is reached", 0.93, 0.04, 14),
    _skill("two", "One on the way, with a review due", 0.62, 0.14, 6, due=True),
    _skill("three", "One with too little data", 0.4, 0.3, 1, "one"),
    _skill("four", "One that is ready to begin", 0.0, 0.5, 0, "one"),
    _skill("five", "One that comes later", 0.0, 0.5, 0, "two", "four"),
)


@staff_member_required
def style(request: HttpRequest) -> HttpResponse:
    return render(request, "style/style.html", {"colours": COLOURS, "skills": SKILLS})
