"""The main job, done as a learner does it: three problems, one wrong on purpose, one with hints, one right at once."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.site import Site

pytestmark = pytest.mark.browser
PATIENCE_MS = 20_000
ROOT = Path(__file__).resolve().parent.parent.parent
SIZES = {"wide": (1280, 900), "phone": (390, 844)}


@pytest.fixture(params=SIZES)
def page(request: pytest.FixtureRequest, open_page: Callable[..., Any], site: Site) -> Any:
    opened = open_page(site.url, size=SIZES[request.param])
    opened.width_name = request.param
    return opened


def sign_in(page: Any, site: Site, username: str, password: str) -> None:
    page.goto(f"{site.url}/accounts/login/")
    page.locator("input[name=login]").fill(username)
    page.locator("input[name=password]").fill(password)
    page.locator("form.card button[type=submit]").click()
    page.wait_for_url(f"{site.url}/", timeout=PATIENCE_MS)


def table(site: Site, username: str) -> dict[str, Any]:
    """What lies on the learner's table, with its keys: only the test may look behind the curtain."""
    return site.shell(
        f"""
from tutor_app.tutoring.models import Session
from tutor_app.tutoring.table import table_of
session = Session.objects.open().filter(learner__username={username!r}).order_by("-started_at").first()
found = table_of(session)
result = {{
    "wrong_choices": [choice for choice in found.step.choices if choice not in found.step.answers],
    "answers": found.step.answers, "hints": len(found.step.hints),
    "solved": session.solved, "last": found.next_step is None, "why": session.why,
    "scaffold": bool(found.scaffold),
}}
"""
    )


class Desk:
    """The conversation's page in a learner's hands."""

    def __init__(self, page: Any, site: Site, username: str) -> None:
        self.page, self.site, self.username = page, site, username

    def say(self, text: str) -> Any:
        """Types it, sends it, and waits until the tutor has answered; the last turn."""
        turns = self.page.locator("[data-turns] [data-turn]")
        before = turns.count()
        self.page.locator("#say").fill(text)
        self.page.keyboard.press("Enter")
        last = turns.nth(before)
        last.wait_for(timeout=PATIENCE_MS)
        self.page.wait_for_selector(f"[data-turn]:nth-child({before + 1})[data-state=done]", timeout=PATIENCE_MS)
        return last

    def solve(self) -> Any:
        """Answers every step that is left of the problem, rightly."""
        while True:
            now = table(self.site, self.username)
            turn = self.say(now["answers"][0].strip("$"))
            assert turn.get_attribute("data-move") == "confirm", turn.inner_text()
            if now["last"]:
                return turn


def walk(desk: Desk) -> None:
    """One wrong on purpose, one with hints, one right at once."""
    # wrong on purpose, then right
    before = masteries(desk.page)
    wrong = desk.say((table(desk.site, desk.username)["wrong_choices"] or ["987654"])[0].strip("$"))
    assert wrong.get_attribute("data-move") in ("focus", "probe"), wrong.inner_text()
    assert masteries(desk.page) != before, "the mastery did not move after an answer"
    desk.solve()
    # with hints
    desk.say("next")
    first = desk.say("hint")
    assert first.get_attribute("data-move") in ("hint", "scaffold", "show")
    desk.solve()
    # right at once
    desk.say("next")
    desk.solve()


def masteries(page: Any) -> list[str]:
    return page.locator("[data-skill-list] .mastery").evaluate_all("bars => bars.map(bar => bar.getAttribute('style'))")


def look(page: Any, name: str) -> None:
    """A picture for people, where SCREENSHOTS names a folder."""
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=f"{folder}/{name}-{page.width_name}.png")


def open_course(page: Any, slug: str) -> None:
    page.locator(f'form[action="/learn/{slug}/"] button').click()
    page.wait_for_url("**/sessions/**")
    page.wait_for_selector("[data-turns] [data-turn][data-state=done]", timeout=PATIENCE_MS)


def test_the_demo_learner_solves_three_problems_and_sees_the_mastery_move(
    page: Any, site: Site, barriers: Callable[[Any], list[str]]
) -> None:
    account = site.accounts["learner"]
    sign_in(page, site, account["username"], account["password"])
    look(page, "home")
    assert barriers(page) == []
    open_course(page, "linear-equations")
    look(page, "session")
    desk = Desk(page, site, account["username"])
    if table(site, account["username"])["solved"]:
        desk.say("next")
    walk(desk)
    look(page, "walked")
    assert barriers(page) == []


def test_the_same_walk_on_imported_content(page: Any, site: Site, barriers: Callable[[Any], list[str]]) -> None:
    data = Path(os.environ.get("TUTOR_SHARED_DATA", ROOT.parent / "shared" / "data")) / "oatutor"
    if not data.is_dir():
        pytest.skip("the OATutor content is not on this machine")
    site.manage("import_oatutor", str(data), "--course", "Solid Foundations: Algebra")
    name = f"mia-{page.width_name}"
    site.person(name, "a-good-password-7")
    sign_in(page, site, name, "a-good-password-7")
    open_course(page, "solid-foundations-algebra")
    desk = Desk(page, site, name)
    walk(desk)
    look(page, "oatutor")
    assert barriers(page) == []
