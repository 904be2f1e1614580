"""The page of the tutor's voice in a real browser, as an administrator and as the class's teacher see it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.browser.conftest import NARROW, WIDE
from tests.site import Site

pytestmark = pytest.mark.browser


@pytest.fixture
def accounts(site: Site) -> Iterator[dict[str, dict[str, str]]]:
    yield site.accounts
    site.shell("from tutor_app.tutoring.models import VoiceSettings\nresult = VoiceSettings.objects.all().delete()[0]")


def sign_in(page: Any, site: Site, account: dict[str, str]) -> None:
    page.goto(f"{site.url}/accounts/login/")
    page.fill("input[name=login]", account["username"])
    page.fill("input[name=password]", account["password"])
    page.click("main button[type=submit]")
    page.wait_for_url(f"{site.url}/")


@pytest.mark.parametrize(("size", "scheme"), [(WIDE, "light"), (NARROW, "dark")])
def test_an_administrator_chooses_and_everybody_can_read_what_is_sent(
    site: Site,
    accounts: dict[str, dict[str, str]],
    open_page: Callable[..., Any],
    barriers: Any,
    size: Any,
    scheme: str,
):
    page = open_page(site.url, size, scheme)
    sign_in(page, site, accounts["admin"])
    section = site.shell("from tutor_app.learners.models import Section\nresult = Section.objects.first().pk")
    for path in (f"/classes/{section}/voice/", "/voice/"):
        page.goto(site.url + path)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert barriers(page) == []
    page.goto(f"{site.url}/classes/{section}/voice/")
    page.get_by_label("qwen3-8b on the server “school”").check()
    page.get_by_label("Tokens a day, at most").fill("12345")
    page.get_by_role("button", name="Keep").click()
    page.get_by_text("It holds from the next reply on.").wait_for()
    assert "12,345" in page.inner_text("main")
    assert "(name)" in page.inner_text("main")
    assert barriers(page) == []
