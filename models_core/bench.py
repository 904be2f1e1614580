"""What one more event costs the teacher: `python -m models_core.bench`.

One cached step against a full pass over the history: CPU time of one thread, medians of repeated runs. Absolute times
depend on the machine; the ratios hold.
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

from models_core.artifacts import load_teacher
from models_core.events import Attempt, EncodedLog, encode_log
from models_core.record import LOCAL_WIDTH
from models_core.simulator import invented_curriculum
from models_core.teacher import Batch, Content, Memory, TeacherConfig, TeacherModel

LOCAL = np.zeros(LOCAL_WIDTH, np.float32)


def invented_log(count: int) -> EncodedLog:
    """`count` attempts on a made-up course."""
    course = invented_curriculum(0, skills=12, steps=48)
    attempts = [
        Attempt(course.steps[(i * 7) % 48], i % 3 > 0, 1.7e9 + 60.0 * i, 20.0, 0, 1, None) for i in range(count)
    ]
    return encode_log(attempts, course)


def median_ms(work: Callable[[], object], repeats: int) -> float:
    """Median CPU time of a call in milliseconds, warmed up; wall time would measure the neighbours as well."""
    times = []
    for run in range(repeats + 2):
        began = time.thread_time()
        work()
        if run >= 2:
            times.append(time.thread_time() - began)
    return 1000 * statistics.median(times)


def grown(teacher: TeacherModel, content: Content, log: EncodedLog, count: int) -> Memory:
    """A memory of the first `count` events."""
    memory = teacher.remember_nothing(content)
    for t in range(count):
        memory, _ = teacher.append(memory, int(log.asked[t]), float(log.at[t]), LOCAL, log.happened[t])
    return memory


def step_ms(teacher: TeacherModel, content: Content, log: EncodedLog, history: int, repeats: int) -> float:
    """One more event each time, from `history` events on."""
    memory, t = grown(teacher, content, log, history), history

    def step() -> None:
        nonlocal memory, t
        memory, _ = teacher.append(memory, int(log.asked[t]), float(log.at[t]), LOCAL, log.happened[t])
        t += 1

    return median_ms(step, repeats)


def full_ms(teacher: TeacherModel, content: Content, log: EncodedLog, history: int, repeats: int) -> float:
    """The same prediction by a pass over everything."""
    asked, at, happened = (torch.from_numpy(a[: history + 1])[None] for a in (log.asked, log.at, log.happened))
    with torch.inference_mode():
        local = torch.zeros(1, history + 1, LOCAL_WIDTH)
        return median_ms(lambda: teacher(Batch(content, asked, at, local, happened)), repeats)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m models_core.bench", description=__doc__)
    parser.add_argument("--teacher", type=Path, help="an artifact; without it, an untrained teacher of the usual shape")
    parser.add_argument("--history", type=int, nargs="+", default=[50, 200, 1000])
    parser.add_argument("--repeats", type=int, default=60)
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    teacher = load_teacher(options.teacher) if options.teacher else TeacherModel(TeacherConfig()).eval()
    log = invented_log(max(options.history) + options.repeats + 3)
    content = Content.of(invented_curriculum(0, skills=12, steps=48))
    shape = teacher.config
    table = Table(title=f"One more event, width {shape.width}, {shape.layers} layers, CPU time, 1 thread")
    for column in ("history", "one step, ms", "full pass, ms", "step / full", "step / step at the first"):
        table.add_column(column, justify="right")
    first = None
    for history in options.history:
        step = step_ms(teacher, content, log, history, options.repeats)
        full = full_ms(teacher, content, log, history, max(5, options.repeats // 6))
        first = step if first is None else first
        table.add_row(f"{history:,}", f"{step:.2f}", f"{full:.2f}", f"{step / full:.3f}", f"{step / first:.2f}")
    Console().print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
