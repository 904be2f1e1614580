"""What one more event costs the teacher: `python -m models_core.bench`.

The engine's step against the same step in PyTorch, layer by layer, and against a full pass over the history: CPU time
of one thread, medians over rounds in which all take turns. Absolute times depend on the machine; the ratios hold. The
last column says how far the engine is from the full pass.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from rich.console import Console
from rich.table import Table

from models_core.artifacts import ArtifactRefused, load_teacher
from models_core.commands import positive
from models_core.corpus import Corpus, corpus_of
from models_core.engine import Engine, Memory
from models_core.events import Attempt
from models_core.simulator import invented_curriculum
from models_core.teacher import Batch, Content, TeacherConfig, TeacherModel, relate

FEWEST = 5  # rounds with a full pass, which takes long


def invented_log(count: int) -> Corpus:
    """One learner with `count` attempts on a made-up course."""
    course = invented_curriculum(0, skills=12, steps=48)
    attempts = [
        Attempt(course.steps[(i * 7) % 48], i % 3 > 0, 1.7e9 + 60.0 * i, 20.0, 0, 1, None) for i in range(count)
    ]
    return corpus_of(course, [attempts], None)


def side_by_side(works: Sequence[Callable[[], object]], repeats: int) -> list[list[float]]:
    """CPU milliseconds of each piece of work, warmed up, in rounds: the machine's neighbours slow them alike."""
    times: list[list[float]] = [[] for _ in works]
    for run in range(repeats + 3):
        for work, mine in zip(works, times, strict=True):
            began = time.thread_time()
            work()
            if run >= 3:
                mine.append(1000 * (time.thread_time() - began))
    return times


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The median, over rounds, of how many times as long ours took as theirs."""
    return statistics.median(a / max(b, 1e-9) for a, b in zip(ours, theirs, strict=True))


def grown(engine: Engine, log: Corpus, count: int) -> Memory:
    """A memory of the first `count` events."""
    memory = engine.remember_nothing()
    for t in range(count):
        memory, _ = engine.append(memory, int(log.asked[t]), float(log.at[t]), log.local[t], log.happened[t])
    return memory


def stepping(engine: Engine, memory: Memory, log: Corpus) -> Callable[[], object]:
    """One more event each time it is called."""
    t = memory.length

    def step() -> None:
        nonlocal memory, t
        memory, _ = engine.append(memory, int(log.asked[t]), float(log.at[t]), log.local[t], log.happened[t])
        t += 1

    return step


@torch.inference_mode()
def eager(teacher: TeacherModel, log: Corpus, history: int) -> Callable[[], object]:
    """The same step in PyTorch, on keys and values of the same shapes."""
    content, config, t = Content.of(log.curriculum, teacher.config), teacher.config, history
    seen = min(history, config.window)
    asks = teacher.ask(content)
    shape = (config.heads, seen, config.width // config.heads)
    past = [(torch.randn(shape), torch.randn(shape)) for _ in range(config.layers)]
    events, when = torch.from_numpy(log.asked[t - seen : t]), torch.from_numpy(log.at[t - seen : t])
    ago = torch.arange(seen, 0, -1)[None]

    @torch.inference_mode()
    def step() -> None:
        query, counts = torch.from_numpy(log.asked[t : t + 1]), teacher.usual(torch.from_numpy(log.local[t : t + 1]))
        x = start = teacher.look(asks[query], counts)
        relations = relate(content, query, events, ago, (log.at[t] - when)[None])
        happened = teacher.experience(torch.from_numpy(log.happened[t : t + 1]), None)
        for layer, (keys, values) in zip(teacher.layers, past, strict=True):
            layer.write(x, happened)
            x = layer.read(x, keys, values, relations, None)
        teacher.say(x, start, counts)

    return step


def full(teacher: TeacherModel, log: Corpus, history: int) -> Callable[[], object]:
    """The same forecast by a pass over everything."""
    batch = first(log, teacher, history + 1)
    return torch.inference_mode()(lambda: teacher(batch))


def first(log: Corpus, teacher: TeacherModel, count: int) -> Batch:
    """The first `count` events as a batch of one log."""
    return log.batch(Content.of(log.curriculum, teacher.config), [slice(0, count)])


def difference(teacher: TeacherModel, engine: Engine, log: Corpus, history: int) -> float:
    """The largest difference of a log-odds between the engine, event by event, and a full pass."""
    memory, said = engine.remember_nothing(), []
    for t in range(history):
        memory, heard = engine.append(memory, int(log.asked[t]), float(log.at[t]), log.local[t], log.happened[t])
        said.append(heard.logit[0])
    with torch.inference_mode():
        whole, _ = teacher(first(log, teacher, history))
    return float(np.abs(np.array(said) - whole.logit[0].numpy()).max())


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m models_core.bench", description=__doc__)
    parser.add_argument("--teacher", type=Path, help="an artifact; without it, an untrained teacher of the usual shape")
    parser.add_argument("--history", type=positive, nargs="+", default=[50, 200, 1000, 10_000])
    parser.add_argument("--repeats", type=positive, default=100)
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    try:
        teacher = load_teacher(options.teacher) if options.teacher else TeacherModel(TeacherConfig()).eval()
    except ArtifactRefused as refusal:
        print(f"Not measured. {refusal}", file=sys.stderr)
        return 1
    log = invented_log(max(options.history) + max(options.repeats, FEWEST) + 3)
    engine = Engine(teacher, log.curriculum)
    shape = teacher.config
    table = Table(
        title=f"One more event: width {shape.width}, {shape.layers} layers, window {shape.window}, CPU time, 1 thread"
    )
    columns = ("history", "engine, ms", "PyTorch, ms", "full pass, ms", "engine / PyTorch", "engine / full")
    for column in (*columns, "engine / engine at the first", "largest difference"):
        table.add_column(column, justify="right")
    steps = {history: stepping(engine, grown(engine, log, history), log) for history in options.history}
    rounds = side_by_side(list(steps.values()), options.repeats)  # of all lengths in turn, to compare them
    for history, mine in zip(steps, rounds, strict=True):
        again = stepping(engine, grown(engine, log, history), log)
        step, torch_step = side_by_side([again, eager(teacher, log, history)], options.repeats)
        passes = max(FEWEST, options.repeats // 10)
        paired, whole = side_by_side(
            [stepping(engine, grown(engine, log, history), log), full(teacher, log, history)], passes
        )
        apart = difference(teacher, engine, log, history)
        table.add_row(
            f"{history:,}",
            *(f"{statistics.median(times):.2f}" for times in (step, torch_step, whole)),
            f"{ratio(step, torch_step):.2f}",
            f"{ratio(paired, whole):.3f}",
            f"{ratio(mine, rounds[0]):.2f}",
            f"{apart:.0e}",
        )
    Console(width=120).print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
