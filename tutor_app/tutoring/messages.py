"""Every message that crosses the websocket, both ways. Unknown fields and unknown types are refused.

Texts are Markdown with `$...$` mathematics. Nothing here has a place for an answer key.
"""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

MAX_FRAME_CHARS = 16_000
MAX_TEXT_CHARS = 2_000


class Message(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


# --- browser -> server --------------------------------------------------------------------------------------------


class Say(Message):
    """The learner says something: an answer, a question, or the words of a button. `turn` is made by the browser."""

    type: Literal["say"]
    turn: UUID
    text: Annotated[str, Field(min_length=1, max_length=MAX_TEXT_CHARS)]


class Resume(Message):
    """After a reconnect: send what is new of this turn since chunk `after` of its `begun`-th beginning."""

    type: Literal["resume"]
    turn: UUID
    begun: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    after: Annotated[int, Field(ge=0, le=1_000_000)] = 0


class Quiet(Message):
    """Nothing was typed for a while over an open problem: the tutor may speak first, in this turn."""

    type: Literal["quiet"]
    turn: UUID


FromBrowser = TypeAdapter(Annotated[Say | Resume | Quiet, Field(discriminator="type")])


# --- server -> browser --------------------------------------------------------------------------------------------


class SkillView(Message):
    """A skill as the learner sees it. `change` is the last move of the mastery in points of 100, if there was one."""

    slug: str
    name: str
    mastery: Annotated[float, Field(ge=0, le=1)]
    sd: Annotated[float, Field(ge=0)]
    attempts: int
    enough: bool  # enough data to show a number
    change: int | None = None


class ScaffoldView(Message):
    """A smaller question that is open at the moment; answers go to it first."""

    title: str
    text: str
    choices: list[str]


class ProblemView(Message):
    """The problem on the table, without its keys."""

    title: str
    body: str
    step_title: str
    step_body: str
    step_number: int
    step_count: int
    answer_kind: Literal["arithmetic", "string", "choice"]
    choices: list[str]
    why: str
    hints_given: int
    hints_total: int
    scaffold: ScaffoldView | None
    solved: bool
    figures: dict[str, str]  # name in `figure:NAME` -> address
    figure_texts: dict[str, str]  # name -> description
    attribution: str
    attribution_url: str
    licence: str
    licence_url: str


TurnState = Literal["accepted", "working", "done", "failed"]


class TurnView(Message):
    """One turn so far. `text` is the learner's words (empty: the tutor began), `reply` the chunks up to now."""

    turn: UUID
    number: int
    text: str
    state: TurnState
    begun: int
    reply: list[str]
    move: str
    verdict: str
    read_as: str


class Standing(Message):
    """What stands beside the conversation. Sent whole, so that a late or repeated one does no harm."""

    problem: ProblemView | None
    skills: list[SkillView]
    solved_today: int
    reviews_due: int


class State(Message):
    """Everything, on connect."""

    type: Literal["state"] = "state"
    session: UUID
    turns: list[TurnView]
    standing: Standing


class Accepted(Message):
    """The turn is saved: it will be answered, once."""

    type: Literal["accepted"] = "accepted"
    turn: UUID
    number: int
    text: str


class Status(Message):
    """What is going on with a turn right now."""

    type: Literal["status"] = "status"
    turn: UUID
    stage: Literal["checking", "thinking", "writing"]


class Understood(Message):
    """How an answer was read, as LaTeX, before it is judged."""

    type: Literal["understood"] = "understood"
    turn: UUID
    read_as: str


class Chunk(Message):
    """A piece of the reply, numbered from 1. A higher `begun` replaces all that came before of this turn."""

    type: Literal["chunk"] = "chunk"
    turn: UUID
    begun: int
    number: int
    text: str


class Done(Message):
    """The reply is whole and kept; here is what changed."""

    type: Literal["done"] = "done"
    turn: TurnView
    standing: Standing


class Refused(Message):
    """Something could not be taken; nothing has changed. `turn` names the message, where it could be read."""

    type: Literal["refused"] = "refused"
    turn: UUID | None
    reason: str
    retry_after_s: float | None = None


ToBrowser = State | Accepted | Status | Understood | Chunk | Done | Refused
