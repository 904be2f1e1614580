"""Encoded logs for a teacher, with made-up records: the same for `TeacherModel.forward` and for the `Engine`, whose
numbers must agree."""

from dataclasses import fields, replace

import numpy as np
import torch

from models_core.engine import Engine, Memory, Said
from models_core.events import EncodedLog
from models_core.record import LOCAL_WIDTH
from models_core.teacher import Batch, Content, TeacherModel

LOCAL = np.random.default_rng(9).normal(size=(700, LOCAL_WIDTH)).astype(np.float32)  # what the record says, made up


def as_batch(content: Content, code: EncodedLog) -> Batch:
    said = None if code.said is None else torch.from_numpy(code.said)[None]
    asked, at, happened = (torch.from_numpy(a)[None] for a in (code.asked, code.at, code.happened))
    return Batch(content, asked, at, torch.from_numpy(LOCAL[: len(code)])[None], happened, said)


def upto(code: EncodedLog, length: int) -> EncodedLog:
    """The first events of a log."""
    return EncodedLog(*(getattr(code, field.name)[:length] for field in fields(code)))


def differing(code: EncodedLog, which: np.ndarray) -> EncodedLog:
    """The same log, but in these events (T,) everything that can be was otherwise: about another thing, 9 s earlier,
    with another outcome, after other words."""
    return replace(
        code,
        asked=np.where(which, (code.asked + 1) % 6, code.asked),
        at=np.where(which, code.at - 9, code.at),
        happened=np.where(which[:, None], 1 - 3 * code.happened, code.happened),
        said=np.where(which[:, None], 1 - code.said, code.said),
    )


def with_config(teacher: TeacherModel, **change: object) -> TeacherModel:
    """A teacher of another shape, with as many of these weights as it has room for."""
    other = TeacherModel(replace(teacher.config, **change))
    other.load_state_dict({name: tensor for name, tensor in teacher.state_dict().items() if name in other.state_dict()})
    return other.eval().requires_grad_(False)


def remember(engine: Engine, code: EncodedLog, memory: Memory | None = None) -> tuple[list[Memory], list[Said]]:
    """Live through a log, from its first event or on from a memory.

    Returns:
        the memories, from the one before the first of these events to the last; and what was said before each event.
    """
    memories, heard = [memory or engine.remember_nothing()], []
    for t in range(memories[0].length, len(code)):
        text = None if code.said is None else code.said[t]
        memory, said = engine.append(
            memories[-1], int(code.asked[t]), float(code.at[t]), LOCAL[t], code.happened[t], text
        )
        memories.append(memory)
        heard.append(said)
    return memories, heard


def remembered(engine: Engine, code: EncodedLog, length: int) -> Memory:
    """The memory of the first `length` events."""
    return remember(engine, upto(code, length))[0][-1]
