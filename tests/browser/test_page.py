"""The learner's page in a real Chromium, with a stand-in at the other end of the websocket that can be as slow, late,
doubled or hostile as a test wants. The walk with the real tutor is in `test_walk.py`."""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.browser.conftest import NARROW, WIDE
from tests.site import ROOT, Site
from tutor_app.tutoring import messages

pytestmark = pytest.mark.browser

SESSION = UUID(int=7)
LEFT_BELOW = """() => {
    const log = document.querySelector(".log");
    return log.scrollHeight - log.scrollTop - log.clientHeight;
}"""
PROBLEM = messages.ProblemView(
    title="Two-step equations",
    body="Solve for $x$.\n\n$$3x + 5 = 20$$",
    step_title="",
    step_body="",
    step_number=1,
    step_count=2,
    answer_kind="arithmetic",
    choices=[],
    why="Because you undo additions well.",
    hints_given=1,
    hints_total=4,
    scaffold=None,
    solved=False,
    figures={},
    figure_texts={},
    attribution="Our own",
    attribution_url="",
    licence="CC BY 4.0",
    licence_url="https://creativecommons.org/licenses/by/4.0/",
)
CHOICES = PROBLEM.model_copy(
    update={"answer_kind": "choice", "choices": ["$3x = 15$", "$3x = 25$"], "step_title": "What follows?"}
)
SURE = messages.SkillView(slug="two", name="Two steps", mastery=0.5, sd=0.1, attempts=6, enough=True)
UNKNOWN = messages.SkillView(slug="neg", name="Negatives", mastery=0.5, sd=0.3, attempts=1, enough=False)


class Pages(Site):
    """The web server alone: no Redis, no worker, one learner with one conversation."""

    def start(self) -> None:
        self.manage("migrate", "-v0")
        self.cookie = self.shell(f"""
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from tutor_app.courses.models import Course
from tutor_app.learners.models import User
from tutor_app.tutoring.models import Session
user = User.objects.create(username="ana", first_name="Ana", is_staff=True)
course = Course.objects.create(slug="linear-equations", title="Linear equations")
Session.objects.create(pk="{SESSION}", learner=user, course=course)
store = SessionStore()
store.update({{
    SESSION_KEY: str(user.pk),
    BACKEND_SESSION_KEY: "django.contrib.auth.backends.ModelBackend",
    HASH_SESSION_KEY: user.get_session_auth_hash(),
}})
store.create()
result = store.session_key
""")
        self.start_web()
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                self.run("curl", "-sf", "-o", "/dev/null", f"{self.url}/accounts/login/")
            except AssertionError:
                time.sleep(0.2)
            else:
                return
        raise AssertionError(self.logs())


class StandIn:
    """The server's end of the line: keeps what came in, sends what a test gives it."""

    def __init__(self, page: Any, *, turns: tuple[messages.TurnView, ...] = (), problem: Any = PROBLEM) -> None:
        self.turns = list(turns)
        self.problem = problem
        self.skills = [SURE, UNKNOWN]
        self.heard: list[dict[str, Any]] = []
        self.away = False
        self.line: Any = None
        page.route_web_socket(re.compile("/ws/"), self._connect)

    def _connect(self, line: Any) -> None:
        if self.away:
            line.close(code=1012)
            return
        self.line = line
        line.on_message(lambda text: self.heard.append(messages.FromBrowser.validate_json(text).model_dump()))
        self.send(messages.State(session=SESSION, turns=self.turns, standing=self.standing()))

    def standing(self) -> messages.Standing:
        return messages.Standing(problem=self.problem, skills=self.skills, solved_today=3, reviews_due=2)

    def send(self, message: messages.Message) -> None:
        self.line.send(message.model_dump_json())

    def drop(self) -> None:
        self.away = True
        self.line.close(code=1012)

    def said(self) -> list[dict[str, Any]]:
        return [frame for frame in self.heard if frame["type"] == "say"]

    def chunk(self, turn: UUID, number: int, text: str, begun: int = 1) -> None:
        self.send(messages.Chunk(turn=turn, begun=begun, number=number, text=text))

    def done(self, turn: UUID, text: str, *reply: str, number: int = 2, **fields: str) -> None:
        self.send(messages.Done(turn=view(turn, text, *reply, number=number, **fields), standing=self.standing()))


def view(turn: UUID, text: str, *reply: str, number: int = 1, state: str = "done", **fields: str) -> messages.TurnView:
    more = {"move": "", "verdict": "", "read_as": "", **fields}
    return messages.TurnView(turn=turn, number=number, text=text, state=state, begun=1, reply=list(reply), **more)


GREETING = view(UUID(int=1), "", "Hello. ", "Solve $3x + 5 = 20$.", move="next")


@pytest.fixture(scope="module")
def pages() -> Iterator[Pages]:
    if not (ROOT / "static" / "vendor" / "katex").is_dir():
        pytest.skip("The front-end packages are not installed (make install).")
    with Pages(course=None) as running:
        yield running


@pytest.fixture
def visit(pages: Pages, open_page: Callable[..., Any]) -> Callable[..., tuple[Any, StandIn]]:
    def go(size: tuple[int, int] = WIDE, scheme: str = "light", **given: Any) -> tuple[Any, StandIn]:
        page = open_page(pages.url, size, scheme, pages.cookie)
        tutor = StandIn(page, **{"turns": (GREETING,), **given})
        page.goto(f"{pages.url}/sessions/{SESSION}/")
        page.wait_for_selector('[data-connection="open"]')
        return page, tutor

    return go


def say(page: Any, text: str) -> None:
    page.fill("#say", text)
    page.press("#say", "Enter")


def until(page: Any, claim: Callable[[], bool], timeout_s: float = 10) -> None:
    """Lets the page live until the claim holds."""
    deadline = time.monotonic() + timeout_s
    while not claim():
        assert time.monotonic() < deadline, "it did not come true in time"
        page.wait_for_timeout(20)


def last_reply(page: Any) -> str:
    return str(page.locator(".turn .reply .prose").last.inner_text())


# --- saying something -------------------------------------------------------------------------------------------------


def test_what_is_said_stands_in_the_conversation_at_once(visit: Any) -> None:
    page, tutor = visit()
    page.fill("#say", "x = 8")
    took_ms = page.evaluate("""() => {
        const began = performance.now();
        document.querySelector("[data-part=composer]").requestSubmit();
        const shown = [...document.querySelectorAll(".bubble")].at(-1)?.textContent.includes("x = 8");
        const working = document.querySelector(".working") !== null;
        return shown && working ? performance.now() - began : Infinity;
    }""")
    assert took_ms < 100
    until(page, lambda: len(tutor.said()) == 1)
    assert tutor.said()[0]["text"] == "x = 8"
    assert page.input_value("#say") == ""


def test_shift_enter_makes_a_line_and_enter_sends(visit: Any) -> None:
    page, tutor = visit()
    page.fill("#say", "first")
    page.press("#say", "Shift+Enter")
    page.keyboard.type("second")
    page.press("#say", "Enter")
    until(page, lambda: len(tutor.said()) == 1)
    assert tutor.said()[0]["text"] == "first\nsecond"


def test_buttons_are_words(visit: Any) -> None:
    page, tutor = visit()
    page.get_by_role("button", name="Hint (2 of 4)").click()
    page.get_by_role("button", name="Another problem").click()
    until(page, lambda: len(tutor.said()) == 2)
    assert [frame["text"] for frame in tutor.said()] == ["Hint", "Another problem"]


def test_a_refusal_says_why_and_gives_the_words_back(visit: Any) -> None:
    page, tutor = visit()
    say(page, "too quick")
    until(page, lambda: len(tutor.said()) == 1)
    tutor.send(messages.Refused(turn=tutor.said()[0]["turn"], reason="Please wait 4 seconds.", retry_after_s=4))
    page.get_by_role("alert").get_by_text("Please wait 4 seconds.").wait_for()
    assert page.input_value("#say") == "too quick"
    assert page.locator(".bubble").count() == 0


def test_a_choice_is_picked_with_the_arrows_and_sent_with_enter(visit: Any) -> None:
    page, tutor = visit(problem=CHOICES)
    page.get_by_role("radio").first.focus()
    page.keyboard.press("ArrowDown")
    assert tutor.said() == []  # picking is not answering
    page.keyboard.press("Enter")
    until(page, lambda: len(tutor.said()) == 1)
    assert tutor.said()[0]["text"] == "$3x = 25$"


def test_mathematics_is_typed_in_a_field_and_sent_as_latex(visit: Any) -> None:
    page, tutor = visit()
    page.get_by_role("button", name="Type mathematics").click()
    page.wait_for_selector("math-field:focus")
    page.keyboard.type("3/4")
    page.keyboard.press("Enter")
    until(page, lambda: len(tutor.said()) == 1)
    assert tutor.said()[0]["text"] == r"\frac34"
    assert page.locator(".bubble .mfrac").count() == 1


# --- the reply --------------------------------------------------------------------------------------------------------


def test_chunks_late_twice_or_anew_make_one_reply(visit: Any) -> None:
    page, tutor = visit()
    turn = uuid4()
    tutor.send(messages.Accepted(turn=turn, number=2, text="why?"))
    tutor.chunk(turn, 1, "Begun by one that died. ")
    tutor.chunk(turn, 2, "Second. ", begun=2)
    tutor.chunk(turn, 2, "Second. ", begun=2)
    tutor.chunk(turn, 1, "Late, of the first. ", begun=1)
    tutor.chunk(turn, 1, "First. ", begun=2)
    until(page, lambda: last_reply(page) == "First. Second.")
    tutor.done(turn, "why?", "First. ", "Second. ", "Third.")
    tutor.done(turn, "why?", "First. ", "Second. ", "Third.")
    until(page, lambda: last_reply(page) == "First. Second. Third.")
    assert page.locator(".turn").count() == 2


def test_a_gap_is_asked_for(visit: Any) -> None:
    page, tutor = visit()
    turn = uuid4()
    tutor.send(messages.Accepted(turn=turn, number=2, text="why?"))
    tutor.chunk(turn, 1, "One. ")
    tutor.chunk(turn, 3, "Three. ")
    until(page, lambda: any(frame["type"] == "resume" for frame in tutor.heard))
    asked = next(frame for frame in tutor.heard if frame["type"] == "resume")
    assert (asked["turn"], asked["begun"], asked["after"]) == (turn, 1, 1)


def test_an_answer_is_echoed_and_not_yet_is_amber_with_an_arrow(visit: Any) -> None:
    page, tutor = visit()
    turn = uuid4()
    tutor.done(turn, "x=8", "Not yet.", verdict="incorrect", read_as="x = 8")
    after = page.locator(".turn").last.locator(".after")
    after.wait_for()
    assert after.inner_text().startswith("I read")
    assert after.locator(".katex").count() == 1
    assert after.locator(".chip.not-yet svg.lucide-rotate-cw, .chip.not-yet svg").count() == 1
    assert "Not yet" in after.inner_text()


def test_the_smaller_step_has_an_input_of_its_own_while_it_is_open(visit: Any) -> None:
    page, tutor = visit()
    scaffold = messages.ScaffoldView(title="First undo", text="What is $20 - 5$?", choices=[])
    tutor.problem = PROBLEM.model_copy(update={"scaffold": scaffold})
    tutor.done(uuid4(), "stuck", "A smaller step. What is $20 - 5$?", move="scaffold")
    page.get_by_label("Your answer to the smaller step").fill("15")
    page.keyboard.press("Enter")
    until(page, lambda: len(tutor.said()) == 1)
    tutor.problem = PROBLEM
    tutor.done(tutor.said()[0]["turn"], "15", "Yes.", number=3)
    page.locator(".inset").wait_for(state="detached")


def test_nothing_pulls_down_a_reader_who_has_scrolled_up(visit: Any) -> None:
    long = tuple(view(UUID(int=9 + n), f"question {n}", "An answer. " * 30, number=n + 2) for n in range(12))
    page, tutor = visit(turns=(GREETING, *long))
    page.evaluate("() => document.querySelector('.log').scrollTop = 0")
    page.wait_for_timeout(100)
    tutor.done(uuid4(), "more", "News.", number=40)
    button = page.get_by_role("button", name="New below")
    button.wait_for()
    assert page.evaluate("() => document.querySelector('.log').scrollTop") == 0
    button.click()
    page.get_by_text("News.").last.wait_for()
    assert (
        page.evaluate(
            "() => { const l = document.querySelector('.log'); return l.scrollHeight - l.scrollTop - l.clientHeight; }"
        )
        < 2
    )


def test_new_text_is_announced_by_the_sentence_and_once(visit: Any) -> None:
    page, tutor = visit()
    region = page.locator("[data-part=announcer]")
    assert region.inner_text() == ""  # what stood there before is read like any page
    turn = uuid4()
    tutor.send(messages.Accepted(turn=turn, number=2, text="why?"))
    tutor.chunk(turn, 1, r"Take $\frac{1}{2}$. ")
    until(page, lambda: "Take 1 over 2." in region.inner_text())
    tutor.chunk(turn, 1, r"Take $\frac{1}{2}$. ")
    tutor.done(turn, "why?", r"Take $\frac{1}{2}$. ", "Then $x^2$.")
    until(page, lambda: "Then x squared" in region.inner_text())
    assert region.inner_text().count("1 over 2") == 1


# --- the line ---------------------------------------------------------------------------------------------------------


def test_words_said_while_the_line_is_down_go_out_once_when_it_is_back(visit: Any) -> None:
    page, tutor = visit()
    tutor.drop()
    page.get_by_text("Reconnecting… your words are kept.").wait_for()
    say(page, "said in the dark")
    page.get_by_text("Kept here").wait_for()
    assert tutor.said() == []
    page.reload()  # even that
    tutor.away = False
    until(page, lambda: len(tutor.said()) == 1, timeout_s=20)
    assert tutor.said()[0]["text"] == "said in the dark"
    turn = tutor.said()[0]["turn"]
    tutor.send(messages.Accepted(turn=turn, number=2, text="said in the dark"))
    tutor.turns.append(view(turn, "said in the dark", "Heard.", number=2))
    page.get_by_text("Kept here").wait_for(state="detached")
    tutor.line.close(code=1012)
    # in the conversation, that is: what screen readers are told stands in a region of its own, for a while
    page.get_by_role("log", name="Conversation").get_by_text("Heard.").wait_for()
    assert len(tutor.said()) == 1
    assert page.locator(".bubble").count() == 1


def test_a_half_written_thought_outlives_a_reload(visit: Any) -> None:
    page, _ = visit()
    page.fill("#say", "half a thou")
    page.reload()
    until(page, lambda: page.input_value("#say") == "half a thou")


def test_who_is_signed_out_is_told_so_and_asked_no_more(visit: Any) -> None:
    page, tutor = visit()
    tutor.line.close(code=4401)
    page.get_by_text("You are signed out here. Your words are kept.").wait_for()
    assert page.get_by_role("link", name="Sign in again").get_attribute("href").startswith("/accounts/login/?next=")


# --- what is shown ----------------------------------------------------------------------------------------------------


def test_hostile_text_stays_text(visit: Any) -> None:
    page, tutor = visit()
    hostile = (
        '<img src="https://evil.example/x.png" onerror="document.title = 1"><script>document.title = 2</script>'
        "![a](https://evil.example/y.png) ![b](figure:none) [c](javascript:document.title=3) [d](https://example.org/) "
        r"$\href{javascript:alert(1)}{x}$ <iframe src='//evil.example'></iframe> <style>body{display:none}</style>"
    )
    tutor.done(uuid4(), "<b onclick=alert(1)>mine</b>", hostile, read_as=r"\includegraphics{https://evil.example/z}")
    page.locator(".turn").nth(1).wait_for()
    page.wait_for_timeout(300)
    turn = page.locator(".turn").last
    assert turn.locator("img, script, iframe, style, b[onclick]").count() == 0
    assert turn.locator("a").evaluate_all("links => links.map((link) => link.protocol)") == ["https:"]
    assert turn.locator("a").get_attribute("rel") == "noopener noreferrer nofollow"
    assert "<b onclick=alert(1)>mine</b>" in turn.locator(".bubble").inner_text()
    assert "Linear equations" in page.title()


def test_mathematics_survives_markdown_and_prices_are_prices(visit: Any) -> None:
    page, tutor = visit()
    tutor.done(uuid4(), "?", r"$a_1 * b_2 * c_3$ and *this* for \$5, $6 or $7. Also $$x_1$$ here.")
    prose = page.locator(".turn").last.locator(".prose")
    prose.wait_for()
    sources = prose.locator("annotation").all_text_contents()
    assert sources == ["a_1 * b_2 * c_3", "x_1"]
    assert prose.locator("em").all_inner_texts() == ["this"]
    assert "for $5, $6 or $7." in prose.inner_text()
    assert prose.locator(".katex-display").count() == 0  # inside a sentence it stays in the line


def test_a_figure_comes_from_the_problem_alone(visit: Any) -> None:
    figures = {"meter": "/static/img/mark.svg"}
    texts = {"meter": "A taxi meter."}
    problem = PROBLEM.model_copy(update={"body": "Look: ![m](figure:meter)", "figures": figures, "figure_texts": texts})
    page, _ = visit(problem=problem)
    picture = page.locator(".problem img")
    picture.wait_for()
    assert picture.get_attribute("src") == "/static/img/mark.svg"
    assert picture.get_attribute("alt") == "A taxi meter."


def test_a_change_of_mastery_is_shown_once_and_said_in_words(visit: Any) -> None:
    page, tutor = visit()
    tutor.skills = [SURE.model_copy(update={"mastery": 0.56, "change": 6}), UNKNOWN]
    turn = uuid4()
    tutor.done(turn, "x=5", "Right.", verdict="correct", read_as="x = 5")
    page.locator(".skill .change").get_by_text("+6").wait_for()
    until(page, lambda: "Two steps: up 6, now 56 of 100." in page.locator("[data-part=announcer]").inner_text())
    tutor.done(turn, "x=5", "Right.", verdict="correct", read_as="x = 5")
    page.wait_for_timeout(200)
    assert page.locator(".skill .change").count() == 1


def test_not_enough_data_looks_different_from_low(visit: Any) -> None:
    page, _ = visit()
    unknown = page.locator(".skill").nth(1)
    assert "not enough data yet" in unknown.inner_text()
    assert unknown.locator(".mastery.unknown .sure").is_hidden()
    assert page.locator(".skill").nth(0).locator(".mastery .sure").is_visible()


def test_when_it_is_solved_the_way_on_is_a_button_that_says_next(visit: Any) -> None:
    page, tutor = visit()
    tutor.problem = PROBLEM.model_copy(update={"solved": True})
    tutor.done(uuid4(), "x=5", "Right.", verdict="correct", read_as="x = 5")
    page.get_by_role("button", name="Next problem").click()
    until(page, lambda: [frame["text"] for frame in tutor.said()] == ["Next"])


# --- for everybody ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, NARROW, (320, 256)])
def test_there_are_no_barriers(visit: Any, barriers: Any, size: tuple[int, int], scheme: str) -> None:
    page, tutor = visit(size, scheme, problem=CHOICES)
    assert barriers(page) == []
    scaffold = messages.ScaffoldView(title="First undo", text="What is $20 - 5$?", choices=["15", "25"])
    tutor.problem = PROBLEM.model_copy(update={"scaffold": scaffold})
    tutor.done(uuid4(), "x = 8", "A smaller step.", move="scaffold", verdict="incorrect", read_as="x = 8")
    page.locator(".inset").wait_for()
    tutor.drop()
    page.locator(".trouble").wait_for()
    assert barriers(page) == []
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def test_the_keyboard_alone_reaches_everything_and_is_never_caught(visit: Any) -> None:
    page, tutor = visit()
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.className") == "skip"
    seen: list[str] = []
    for _ in range(40):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("() => document.activeElement.id || document.activeElement.textContent.trim()"))
    wanted = ["Home", "Why this one?", "say", "Hint (2 of 4)", "I’m stuck", "What does this mean?", "Another problem"]
    assert [name for name in dict.fromkeys(seen) if name in wanted] == wanted
    page.focus("#say")
    page.keyboard.type("hint")
    page.keyboard.press("Enter")
    until(page, lambda: len(tutor.said()) == 1)
    assert page.evaluate("() => document.activeElement.id") == "say"


def test_targets_are_large_enough_for_a_finger_and_text_for_an_eye(visit: Any) -> None:
    page, _ = visit(NARROW)
    small = page.evaluate("""() => [...document.querySelectorAll("button, summary, textarea, .choice, .bar a")]
        .filter((node) => node.checkVisibility())
        .map((node) => [node.textContent.trim(), node.getBoundingClientRect()])
        .filter(([, box]) => box.height < 43.5 || box.width < 27.5)
        .map(([name, box]) => `${name} ${box.width}x${box.height}`)""")
    assert small == []
    tiny = page.evaluate("""() => [...document.querySelectorAll("main *")]
        .filter((node) => !node.closest(".katex, .unseen"))
        .filter((node) => [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim()))
        .filter((node) => parseFloat(getComputedStyle(node).fontSize) < 16)
        .map((node) => node.outerHTML.slice(0, 80))""")
    assert tiny == []


def test_on_a_phone_the_problem_folds_to_one_line_that_stays(visit: Any) -> None:
    page, _ = visit(NARROW)
    page.focus("#say")
    fold = page.locator("[data-fold]")
    until(page, lambda: fold.get_attribute("aria-expanded") == "false")
    assert fold.bounding_box()["height"] < 60
    assert fold.locator("annotation").all_text_contents() == ["x", "3x + 5 = 20"]
    fold.click()
    assert page.locator(".problem .katex-display").is_visible()


def test_light_and_dark_follow_the_system_until_one_is_chosen(visit: Any) -> None:
    page, _ = visit(scheme="dark")

    def ground() -> str:
        return str(page.evaluate("() => getComputedStyle(document.body).backgroundColor"))

    dark = ground()
    page.locator("[data-theme-switch]").click()
    assert ground() != dark
    page.reload()
    assert ground() != dark
    page.locator("[data-theme-switch]").click()
    assert ground() == dark


def test_every_script_is_a_file_of_ours() -> None:
    """No inline script, handler or style element in a template: the policy would stop it on somebody's screen."""
    for template in Path(ROOT / "templates").rglob("*.html"):
        text = template.read_text()
        assert not re.search(r"<script(?![^>]*\bsrc=)", text), template
        assert not re.search(r"<style|\son[a-z]+=|javascript:", text), template
