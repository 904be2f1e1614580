"""What a turn costs, on a whole site of real processes: `python -m tests.bench.turns latency|saturation|kill`.

Absolute times are this machine's on this day; read the ratios to the floor, which is measured in the same run.
"""

import argparse
import asyncio
import contextlib
import json
import os
import random
import statistics
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from websockets.asyncio.client import ClientConnection, connect

from tests.site import BUILTIN_COURSE, Learner, Site

# What a learner types: answers, mostly wrong (their ladder is long), and the ways to go on.
SAYINGS = ("7", "x = 3", "12", "5/2", "hint", "x = -4", "next")


@dataclass
class Times:
    """Milliseconds from sending, by what came back."""

    accepted: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    last: list[float] = field(default_factory=list)


def quantile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def row(name: str, values: list[float]) -> str:
    p50, p99 = quantile(values, 0.5), quantile(values, 0.99)
    return f"{name:<34}{len(values):>7}{p50:>10.1f}{p99:>10.1f}{p99 / p50:>8.1f}"


@contextlib.asynccontextmanager
async def socket_of(learner: Learner, path: str = "sessions") -> AsyncIterator[ClientConnection]:
    url = f"ws://127.0.0.1:{learner.site.port}/ws/{path}/{learner.session}/"
    headers = {"Cookie": f"sessionid={learner.cookie}"}
    async with connect(url, additional_headers=headers, origin=learner.site.url, max_size=2**22) as connection:
        await asyncio.wait_for(connection.recv(), 30)  # the state
        yield connection


async def one_turn(connection: ClientConnection, text: str, times: Times, *, until: str) -> None:
    """Says something and waits for the frame that ends it: `done`, or `chunk` on the floor."""
    turn = str(uuid4())
    begun = time.perf_counter()
    first = 0.0
    await connection.send(json.dumps({"type": "say", "turn": turn, "text": text}))
    while True:
        frame = json.loads(await asyncio.wait_for(connection.recv(), 60))
        now = 1000 * (time.perf_counter() - begun)
        if frame["type"] == "refused":
            raise RuntimeError(frame["reason"])
        about = frame["turn"]["turn"] if frame["type"] == "done" else frame.get("turn")
        if about != turn:
            continue
        if frame["type"] == "accepted":
            times.accepted.append(now)
        if frame["type"] == "chunk" and not first:
            first = now
            times.first.append(now)
        if frame["type"] == until:
            times.last.append(now)
            return


async def learners_at_once(
    learners: list[Learner], *, turns: int, think_s: float, path: str, until: str, seed: int
) -> Times:
    times = Times()

    async def one(learner: Learner, number: int) -> None:
        rng = random.Random(seed * 1000 + number)
        async with socket_of(learner, path) as connection:
            await asyncio.sleep(rng.uniform(0, think_s))
            for _ in range(turns):
                await one_turn(connection, rng.choice(SAYINGS), times, until=until)
                if think_s:
                    await asyncio.sleep(rng.uniform(0.5, 1.5) * think_s)

    await asyncio.gather(*(one(learner, number) for number, learner in enumerate(learners)))
    return times


def many_learners(site: Site, count: int, course: Path) -> list[Learner]:
    slug = json.loads((course / "course.json").read_text())["slug"]
    signed_in = site.shell(f"from tests.bench.people import sign_in_many\nresult = sign_in_many({slug!r}, {count})")
    return [Learner(site, name, cookie, session) for name, cookie, session in signed_in]


def stage_costs(site: Site) -> dict[str, list[float]]:
    stages: dict[str, list[float]] = defaultdict(list)
    stored = "Turn.objects.exclude(text='').values_list('stages_ms', flat=True)"
    for costs in site.shell(f"from tutor_app.tutoring.models import Turn\nresult = list({stored})"):
        for name, ms in costs.items():
            stages[name].append(ms)
    return stages


def latency(options: argparse.Namespace) -> None:
    with Site(asgi="tests.bench.floor:application", worker_includes="tests.bench.floor", course=options.course) as site:
        learners = many_learners(site, 50, options.course)
        settle(learners[:4], options.seed)
        print(f"{'':<34}{'n':>7}{'p50 ms':>10}{'p99 ms':>10}{'p99/p50':>8}")
        for count, turns, think in ((1, options.turns, 0.0), (50, 6, 10.0), (20, 10, 10.0)):
            name = f"{count} learner{'s' * (count > 1)}" + (f", {think:.0f} s thought" if think else "")
            floor = asyncio.run(
                learners_at_once(
                    learners[:count], turns=turns, think_s=think, path="floor", until="chunk", seed=options.seed
                )
            )
            real = asyncio.run(
                learners_at_once(
                    learners[:count], turns=turns, think_s=think, path="sessions", until="done", seed=options.seed
                )
            )
            print(row(f"{name}: floor", floor.first))
            print(row(f"{name}: accepted", real.accepted))
            print(row(f"{name}: first chunk", real.first))
            print(row(f"{name}: whole reply", real.last))
        print("\nstages of a turn, ms")
        costs = stage_costs(site)
        for stage, values in sorted(costs.items()):
            print(row(f"  {stage}", values))
        base = quantile(floor.first, 0.5)
        model = quantile(costs["model"], 0.5)
        check = quantile(costs["check"], 0.5)
        ratio = quantile(real.first, 0.5) / (base + model + check)
        print(f"\n20 learners: first chunk p50 / (floor + model + checker) = {ratio:.2f} (goal 2.5)")


def settle(learners: list[Learner], seed: int) -> None:
    """Past the first of everything: imports, caches, connections."""
    for path, until in (("floor", "chunk"), ("sessions", "done")):
        asyncio.run(learners_at_once(learners, turns=8, think_s=0.0, path=path, until=until, seed=seed + 1))


def cpu_seconds(site: Site) -> dict[str, float]:
    """CPU used so far by each of the site's processes with its children, and by this one, the learners."""
    tick = os.sysconf("SC_CLK_TCK")
    used = dict.fromkeys(site.processes, 0.0)
    groups = {process.pid: name for name, process in site.processes.items()}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = stat.read_text().rsplit(")", 1)[1].split()
            name = groups.get(int(fields[2]))  # its process group
            if name is not None:
                used[name] += (int(fields[11]) + int(fields[12])) / tick
    return used | {"learners (this benchmark)": time.process_time()}


def saturation(options: argparse.Namespace) -> None:
    with Site(asgi="tests.bench.floor:application", worker_includes="tests.bench.floor", course=options.course) as site:
        learners = many_learners(site, 24, options.course)
        settle(learners[:4], options.seed)
        for path, until in (("floor", "chunk"), ("sessions", "done")):
            begun, used = time.perf_counter(), cpu_seconds(site)
            times = asyncio.run(
                learners_at_once(learners, turns=options.turns, think_s=0, path=path, until=until, seed=options.seed)
            )
            took, count = time.perf_counter() - begun, len(times.last)
            print(f"{path}: {count / took:.1f} answers/s ({count} in {took:.1f} s); CPU ms per answer:")
            for name, seconds in cpu_seconds(site).items():
                print(f"  {name:<28}{1000 * (seconds - used[name]) / count:>8.1f}")
        for stage, values in sorted(stage_costs(site).items()):
            print(row(f"  {stage}", values))


def kill(options: argparse.Namespace) -> None:
    """Kills the live worker in mid-reply, again and again, and counts what became of every accepted turn."""
    env = {"VOICE_PAUSE_S": "0.05"}
    with Site(env=env, course=options.course) as site:
        learners = many_learners(site, 4, options.course)
        outcome = asyncio.run(kill_often(site, learners, options))
        struck_turns, waits, asked = outcome
        code = (
            "from tutor_app.tutoring.models import Turn\nfrom tutor_app.learners.models import Event\n"
            "from collections import Counter\n"
            "turns = list(Turn.objects.exclude(text='').values_list('pk', 'state', 'begun'))\n"
            "events = Counter(Event.objects.exclude(kind='hint').values_list('turn', flat=True))\n"
            "result = [[str(pk), state, begun, events.get(pk, 0)] for pk, state, begun in turns]"
        )
        rows = {pk: (state, begun, events) for pk, state, begun, events in site.shell(code)}
    lost = [turn for turn in asked if rows.get(turn, ("missing",))[0] != "done"]
    twice = [turn for turn, (_state, _begun, events) in rows.items() if events > 1]
    redone = sum(begun > 1 for _state, begun, _events in rows.values())
    hits = sum(rows[turn][1] > 1 for turn in struck_turns)  # else the reply was whole before the kill came
    print(f"kills: {len(struck_turns)}, of them in mid-reply: {hits}")
    print(f"turns asked: {len(asked)}, begun more than once: {redone}")
    print(f"lost: {len(lost)}, done twice: {len(twice)}")
    print(f"seconds until a hit reply was whole: median {statistics.median(waits):.1f}, worst {max(waits):.1f}")


async def kill_often(
    site: Site, learners: list[Learner], options: argparse.Namespace
) -> tuple[list[str], list[float], list[str]]:
    struck_turns, waits, asked = [], [], []
    rng = random.Random(options.seed)
    async with contextlib.AsyncExitStack() as stack:
        sockets = [await stack.enter_async_context(socket_of(learner)) for learner in learners]
        for _ in range(options.kills):
            turns = []
            for connection in sockets:
                turn = str(uuid4())
                await connection.send(json.dumps({"type": "say", "turn": turn, "text": rng.choice(SAYINGS)}))
                turns.append(turn)
            asked += turns
            await wait_for_chunk(sockets[0], turns[0])
            struck = time.perf_counter()
            site.kill("worker")
            site.start_worker()
            struck_turns.append(turns[0])
            await asyncio.gather(
                *(wait_done(connection, turn) for connection, turn in zip(sockets, turns, strict=True))
            )
            waits.append(time.perf_counter() - struck)
    return struck_turns, waits, asked


async def wait_for_chunk(connection: ClientConnection, turn: str) -> None:
    while True:
        frame: dict[str, Any] = json.loads(await asyncio.wait_for(connection.recv(), 60))
        if frame["type"] == "chunk" and frame["turn"] == turn:
            return


async def wait_done(connection: ClientConnection, turn: str) -> None:
    while True:
        frame: dict[str, Any] = json.loads(await asyncio.wait_for(connection.recv(), 90))
        if frame["type"] == "done" and frame["turn"]["turn"] == turn:
            return


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("latency", "saturation", "kill"))
    parser.add_argument("--course", type=Path, default=BUILTIN_COURSE)
    parser.add_argument("--turns", type=int, default=100)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    {"latency": latency, "saturation": saturation, "kill": kill}[options.what](options)


if __name__ == "__main__":
    main()
