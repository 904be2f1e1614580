"""Writers that say what a test has written for them, matters to speak about, and a gate that knows one answer."""

import re
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import pytest

from tutor_app.courses.models import Course, Problem
from tutor_app.courses.variants import ProblemVariant, StepVariant
from tutor_app.tutoring.checking import Check, Verdict
from tutor_app.tutoring.moves import Move
from tutor_app.tutoring.table import Table, concrete_problem
from tutor_app.tutoring.understanding import Intent
from tutor_app.tutoring.voices.grounded import Matter
from tutor_app.tutoring.voices.phrasing import Account, build_prompt, script_of, speak
from tutor_app.tutoring.voices.writing import Patience, Prompt, Tokens, VoiceFailed, Writer


@dataclass
class Scripted:
    """Pushes its pieces, one after the other, with a pause before each; fails at the end if it is told to."""

    pieces: Iterable[str] = ()
    pause_s: float = 0.0
    failure: VoiceFailed | None = None
    name: str = "scripted"
    most_tokens: int = 160
    asked: list[Prompt] = field(default_factory=list)

    def write(self, prompt: Prompt, push: Callable[[str], None], stop: threading.Event) -> Tokens | None:
        self.asked.append(prompt)
        for piece in self.pieces:
            time.sleep(self.pause_s)
            push(piece)
        if self.failure:
            raise self.failure
        return Tokens(100, 20, counted=True)


class Open:
    """A gate that lets everything through, so that a test sees the other rules alone."""

    def passes(self, sentence: str) -> bool:
        return True


@dataclass
class Holding:
    """A gate that holds back what says these words."""

    words: str
    seen: list[str] = field(default_factory=list)

    def passes(self, sentence: str) -> bool:
        self.seen.append(sentence)
        return self.words not in sentence


def table(course: Course, problem: str = "add", seed: int = 5, step: int = 0, shown: int = 0) -> Table:
    row, variant, in_play = concrete_problem(course.problems.get(slug=problem).pk, seed, course.updated_at)
    return Table(row, variant, in_play, variant.steps[step], None, shown)


def matter_of(move: Move, on_table: Table, verdict: Verdict | None = None, **values) -> Matter:
    check = Check(verdict, read_as="x = 977") if verdict else None
    values = {"intent": Intent.ANSWER, "name": "Mia", "variety": 0, "tries": 1, "check": check, **values}
    return Matter(move=move, table=on_table, after=on_table, **values)


def spoken(
    matter: Matter, writer: Writer, gate: object = None, message: str = "x = 977", patience: Patience | None = None
) -> tuple[list[str], Account]:
    """The reply's sentences and what came of the model."""
    account = Account()
    script = script_of(matter)
    reply = speak(
        matter,
        script,
        build_prompt(matter, script, message),
        writer=writer,
        gate=gate or Open(),
        message=message,
        language="en",
        patience=patience or Patience(2, 4),
        hold=lambda: None,
        account=account,
    )
    return list(reply), account


def words(text: str) -> list[str]:
    """Pieces as a model sends them: a word each."""
    return re.findall(r"\s*\S+", text)


def plain_table(key: str = "5") -> Table:
    """A table that needs no database: one step of one problem."""
    step = StepVariant(
        step_id=1, key="s", title="What is x?", body="", answer_kind="arithmetic", answers=(key,), answer_latex=key,
        choices=(), skills=("undo-addition",), hints=(), expected_errors=(), asked="",
    )  # fmt: skip
    variant = ProblemVariant(problem_id=1, seed=0, title="Solve for x", body="$3x + 5 = 20$", steps=(step,))
    return Table(Problem(title="Solve for x"), variant, (), step, None, 0)


@pytest.fixture
def not_yet() -> Matter:
    """A wrong answer, for no known reason; right would be 5."""
    return matter_of(Move.FOCUS, plain_table(), Verdict.INCORRECT)


@pytest.fixture
def right() -> Matter:
    return matter_of(Move.CONFIRM, plain_table(), Verdict.CORRECT)


# --- a tiny model of our own ----------------------------------------------------------------------------------------

SAYS = "You stayed with it. Let's go on."
ADAPTED = {"lines": "Let's go line by line.", "slopes": "Let's look at both sides."}


class Tiny(NamedTuple):
    path: Path
    adapters: Path


def prompt_of(matter: Matter, message: str = "x = 977") -> Prompt:
    return build_prompt(matter, script_of(matter), message)


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Tiny:
    """A model that says SAYS, and adapters with which it says something else; made in half a minute."""
    from tests.tutoring.voices.tiny import make_adapter, make_model

    folder = tmp_path_factory.mktemp("voice")
    of_table = plain_table()
    matters = [matter_of(Move.CONFIRM, of_table, Verdict.CORRECT), matter_of(Move.FOCUS, of_table, Verdict.INCORRECT)]
    prompts = [prompt_of(matter) for matter in matters]
    make_model(folder / "model", prompts, SAYS)
    for name, says in ADAPTED.items():
        make_adapter(folder / "model", folder / "adapters" / name, prompts, says)
    return Tiny(folder / "model", folder / "adapters")
