"""The pool: children that are limited, killed, replaced, and never left behind."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tutor_app.tutoring.checking import CheckerPool, Question, Verdict

ROOT = Path(__file__).parents[3]
ALGEBRA = Question("arithmetic", ("x^2-1",))  # needs a child for "(x-1)(x+1)"
RIGHT = "(x-1)(x+1)"


def pids(pool: CheckerPool) -> list[int]:
    return [child.process.pid for child in pool._idle]


def wait_until(true: object, seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():  # type: ignore[operator]
            return True
        time.sleep(0.02)
    return False


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture
def small() -> object:
    with CheckerPool(size=1, time_limit_s=1.0) as pool:
        assert wait_until(lambda: len(pool._idle) == 2)
        yield pool


def test_a_slow_check_is_cut_off_and_the_next_one_is_served_at_once(small: CheckerPool) -> None:
    for child in small._idle:
        os.kill(child.process.pid, signal.SIGSTOP)
        break
    begun = time.monotonic()
    stuck = small.check(ALGEBRA, RIGHT)
    assert stuck.verdict is Verdict.NOT_UNDERSTOOD
    assert "in time" in stuck.reason
    assert 0.9 < time.monotonic() - begun < 1.6
    check = small.check(ALGEBRA, RIGHT)
    assert check.verdict is Verdict.CORRECT
    assert check.ms < 500  # the spare was warm
    assert wait_until(lambda: len(small._idle) == 2)


def test_a_child_that_dies_at_work_costs_only_its_own_check(small: CheckerPool) -> None:
    child = small._idle[0]
    os.kill(child.process.pid, signal.SIGSTOP)
    threading.Timer(0.2, os.kill, (child.process.pid, signal.SIGKILL)).start()
    assert small.check(ALGEBRA, RIGHT).verdict is Verdict.NOT_UNDERSTOOD
    assert small.check(ALGEBRA, RIGHT).verdict is Verdict.CORRECT


def test_a_child_that_dies_idle_costs_nothing(small: CheckerPool) -> None:
    os.kill(small._idle[0].process.pid, signal.SIGKILL)
    small._idle[0].process.wait()
    assert small.check(ALGEBRA, RIGHT).verdict is Verdict.CORRECT
    assert wait_until(lambda: len(small._idle) == 2)


def test_children_are_limited(small: CheckerPool) -> None:
    limits = Path(f"/proc/{pids(small)[0]}/limits").read_text()
    values = {line[:26].strip(): line[26:].split()[:2] for line in limits.splitlines()[1:]}
    assert values["Max address space"] == [str(512 * 1024 * 1024)] * 2
    assert values["Max core file size"] == ["0", "0"]
    assert values["Max file size"] == ["0", "0"]
    assert values["Max open files"] == ["32", "32"]


def test_children_know_no_secret_of_the_site(small: CheckerPool, monkeypatch: pytest.MonkeyPatch) -> None:
    environment = Path(f"/proc/{pids(small)[0]}/environ").read_bytes()
    assert b"DJANGO" not in environment
    assert b"SECRET" not in environment


def test_the_child_imports_neither_the_site_nor_django_nor_torch() -> None:
    program = (
        "import sys; sys.path.append(sys.argv[1]); import judging.child, judging.symbolic; "
        "print([m for m in ('django', 'torch', 'tutor_app', 'celery', 'numpy') if m in sys.modules])"
    )
    folder = ROOT / "tutor_app" / "tutoring" / "checking"
    done = subprocess.run(
        [sys.executable, "-P", "-c", program, str(folder)], capture_output=True, text=True, check=True, cwd="/"
    )
    assert done.stdout.strip() == "[]"


def test_the_audit_hook_ends_a_child_that_starts_a_program() -> None:
    program = (
        "import sys; sys.path.append(sys.argv[1]); from judging.child import _forbid; import os; "
        "sys.addaudithook(_forbid); os.system('true'); print('survived')"
    )
    folder = ROOT / "tutor_app" / "tutoring" / "checking"
    done = subprocess.run([sys.executable, "-P", "-c", program, str(folder)], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (3, "")


def test_many_threads_share_two_children(pool: CheckerPool) -> None:
    verdicts: list[tuple[int, Verdict]] = []

    def ask(number: int) -> None:
        given = f"(x-{number})(x+{number})"
        verdicts.append((number, pool.check(Question("arithmetic", ("x^2-9",)), given).verdict))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(1, 31)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert {number for number, verdict in verdicts if verdict is Verdict.CORRECT} == {3}
    assert {verdict for number, verdict in verdicts if number != 3} == {Verdict.INCORRECT}


def test_a_busy_pool_answers_in_bounded_time(small: CheckerPool) -> None:
    for child in small._idle:
        os.kill(child.process.pid, signal.SIGSTOP)
    begun = time.monotonic()
    threads = [threading.Thread(target=small.check, args=(ALGEBRA, RIGHT)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert time.monotonic() - begun < 2.0 * small.time_limit_s + 0.8


def test_closing_ends_every_child_and_later_checks_say_so() -> None:
    pool = CheckerPool(size=1)
    assert pool.wait_ready()
    children = pids(pool)
    pool.close()
    pool.close()
    assert children
    assert wait_until(lambda: not any(map(alive, children)), 3)
    assert pool.check(ALGEBRA, RIGHT).verdict is Verdict.NOT_UNDERSTOOD
    assert pool.check(Question("arithmetic", ("5",)), "5").verdict is Verdict.CORRECT  # needs no child


def test_children_go_when_their_parent_is_killed() -> None:
    program = (
        "from tutor_app.tutoring.checking import CheckerPool\nimport time\n"
        "pool = CheckerPool(size=1)\nassert pool.wait_ready()\n"
        "print(*[child.process.pid for child in pool._idle], flush=True)\ntime.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert parent.stdout is not None
    children = list(map(int, parent.stdout.readline().split()))
    assert children
    assert all(map(alive, children))
    parent.kill()
    parent.wait()
    assert wait_until(lambda: not any(map(alive, children)), 5)


def test_a_forked_process_gets_children_of_its_own(small: CheckerPool) -> None:
    before = pids(small)
    fork = os.fork()
    if fork == 0:
        ready = small.wait_ready(15)
        right = small.check(ALGEBRA, RIGHT).verdict is Verdict.CORRECT
        own = not set(pids(small)) & set(before)
        small.close()
        os._exit(0 if ready and right and own else 1)
    assert os.waitpid(fork, 0)[1] == 0
    assert small.check(ALGEBRA, RIGHT).verdict is Verdict.CORRECT
    assert set(before) == set(pids(small))


@pytest.mark.parametrize("wrong", [{"size": 0}, {"time_limit_s": 0}, {"memory_mb": 10}, {"max_chars": 0}])
def test_senseless_limits_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="checker pool needs"):
        CheckerPool(**wrong)
