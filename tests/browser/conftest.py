"""A real Chromium, and pages that are watched: a console error, a breach of the security policy or a request that
leaves the host fails the test that caused it."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.site import Site

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
WIDE, NARROW = (1280, 800), (390, 844)


# A server that an administrator may choose, and that nobody answers at.
SERVERS = '{"school": {"url": "http://127.0.0.1:9/v1", "models": ["qwen3-8b"], "price_in": 0.1, "price_out": 0.4}}'


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """One site for all walks: the built-in course, the demo class and its people."""
    with Site(env={"VOICE_SERVERS": SERVERS}) as running:
        running.accounts = running.demo_accounts()
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        reason = "No Chromium on this machine (Debian: apt-get install chromium)."
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Any) -> Iterator[Callable[..., Any]]:
    """`open_page(host, size=WIDE, scheme="light", cookies=...)`: an empty page in a context of its own."""
    faults: list[str] = []

    def open_one(host: str, size: tuple[int, int] = WIDE, scheme: str = "light", cookie: str = "") -> Any:
        width, height = size
        context = stack.enter_context(
            browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
        )
        if cookie:
            context.add_cookies([{"name": "sessionid", "value": cookie, "url": host}])
        page = context.new_page()
        page.on("console", lambda said: faults.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: faults.append(f"uncaught: {error}"))
        page.on("request", lambda request: _watch(request.url, host, faults))
        return page

    with ExitStack() as stack:
        yield open_one
    assert not faults, "\n".join(dict.fromkeys(faults))


def _watch(url: str, host: str, faults: list[str]) -> None:
    if not url.startswith((host, "data:", "blob:")):
        faults.append(f"left the host: {url}")


@pytest.fixture
def barriers() -> Callable[[Any], list[str]]:
    """`barriers(page)`: what axe finds against WCAG 2.2 AA and good practice, one line each."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")

    def find(page: Any) -> list[str]:
        rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
        # Without preload: axe would fetch style sheets by addresses of its own and put them in as inline styles.
        found = axe.Axe().run(page, options={"runOnly": rules, "preload": False}).response["violations"]
        return [f"{each['id']}: {each['help']} {[node['html'][:120] for node in each['nodes']][:3]}" for each in found]

    return find
