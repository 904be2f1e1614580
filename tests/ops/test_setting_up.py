"""The set-up does each thing once, and says in one sentence what is missing."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from deploy import install
from deploy.frontend import vendor

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("OSError: [Errno 28] No space left on device", "The disk is full: free about"),
        ("npm error code ENOSPC", "The disk is full: free about"),
        (
            "WARNING: Retrying after connection broken by 'NewConnectionError(...)'\n"
            "ERROR: No matching distribution found for Django==5.2.19",
            "Step: the package index cannot be reached; check the network",
        ),
        ("npm error code ENOTFOUND\nnpm error network request failed", "Step: the package index cannot be reached"),
        ("E: Could not resolve 'deb.invalid'", "Step: the package index cannot be reached"),
        ("SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]", "Step: the package index showed a"),
        ("ERROR: No matching distribution found for lxml==6.1.3", "lxml==6.1.3 has no ready-made build for Python"),
        ("ERROR: Could not install: [Errno 13] Permission denied: '/x'", "Step: this user may not write in"),
        ("Traceback (most recent call last):\nERROR: it is broken\nmore", "Step failed: ERROR: it is broken"),
        ("", "Step failed: it printed nothing"),
    ],
)
def test_a_failed_command_becomes_one_sentence(output: str, sentence: str) -> None:
    said = install.explain(output, "Step")
    assert said.startswith(sentence)
    assert "\n" not in said


def test_a_step_is_done_once_until_what_it_was_given_changes(tmp_path: Path) -> None:
    done: list[str] = []
    for key in ("one", "one", "two", "two", "one"):
        install.step("Working", tmp_path / "stamps" / "work", key, lambda key=key: done.append(key))
    assert done == ["one", "two", "one"]


def test_a_step_that_failed_is_done_again(tmp_path: Path) -> None:
    def fail() -> None:
        raise install.InstallFailed("no")

    with pytest.raises(install.InstallFailed):
        install.step("Working", tmp_path / "work", "key", fail)
    done: list[int] = []
    install.step("Working", tmp_path / "work", "key", lambda: done.append(1))
    assert done == [1]


def pip_that_knows(answers: dict[str, bool], asked: list[tuple[object, ...]]) -> object:
    """A stand-in for pip: it can install when a word of the command is known to it."""

    def pip(*arguments: object, step: str) -> str:
        asked.append(arguments)
        for word, works in answers.items():
            if word in arguments:
                if works:
                    return ""
                break
        raise install.InstallFailed(f"{arguments[-1]} has no ready-made build for this Python")

    return pip


def test_without_a_network_torch_is_not_looked_for_among_gigabytes_of_cuda(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[object, ...]] = []

    def unreachable(*arguments: object, step: str) -> str:
        asked.append(arguments)
        raise install.InstallFailed(f"{step}: the package index cannot be reached")

    monkeypatch.setattr(install, "pip", unreachable)
    monkeypatch.setattr(install, "torch_is_there", lambda: False)
    monkeypatch.setattr(install.sys, "platform", "linux")
    with pytest.raises(install.InstallFailed, match="cannot be reached"):
        install.install_torch()
    assert all("--no-deps" in command for command in asked)


@pytest.mark.parametrize(
    ("known", "commands"),
    [
        ({"--no-deps": True}, ["configured"]),
        ({"--index-url": True}, ["configured", "index"]),
        ({"torch==2.13.0": True}, ["configured", "index", "ordinary"]),
    ],
)
def test_torch_comes_from_pips_own_settings_then_its_index_then_the_ordinary_one(
    known: dict[str, bool], commands: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[object, ...]] = []
    monkeypatch.setattr(install, "pip", pip_that_knows(known, asked))
    monkeypatch.setattr(install, "torch_is_there", lambda: False)
    monkeypatch.setattr(install, "check_disk", lambda needed: None)
    monkeypatch.setattr(install.sys, "platform", "linux")
    install.install_torch()
    kinds = [
        "index" if "--index-url" in command else "configured" if "--no-deps" in command else "ordinary"
        for command in asked
    ]
    assert kinds == commands


def test_a_disk_too_small_for_cuda_stops_before_downloading_it(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[object, ...]] = []
    monkeypatch.setattr(install, "pip", pip_that_knows({}, asked))
    monkeypatch.setattr(install, "torch_is_there", lambda: False)
    monkeypatch.setattr(install, "NEEDED_BYTES_CUDA", 2**60)
    monkeypatch.setattr(install.sys, "platform", "linux")
    with pytest.raises(install.InstallFailed, match="GiB are free where"):
        install.install_torch()
    assert len(asked) == 2


def test_an_older_python_is_told_which_one_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install.sys, "version_info", (3, 9, 2))
    with pytest.raises(install.InstallFailed, match=r"and 3\.11 is needed"):
        install.check_python()


def test_make_without_python_says_what_to_install(tmp_path: Path) -> None:
    command = ["make", "-C", str(ROOT), "--no-print-directory", "install", "PYTHON="]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert done.stdout.startswith("Python 3.11 was not found: install it")


def test_every_requirement_is_pinned_and_agrees_with_the_constraints() -> None:
    def pins(name: str) -> dict[str, str]:
        lines = (line.split("#")[0].strip() for line in (ROOT / name).read_text().splitlines())
        found = dict(line.split("==") for line in lines if line)
        return {re.sub(r"[-_.]+", "-", package).lower(): version for package, version in found.items()}

    constraints = pins("deploy/constraints.txt")
    for name in ("requirements.txt", "tests/requirements.txt"):
        for package, version in pins(name).items():
            assert constraints.get(package) == version, (name, package)


def test_the_lock_file_names_no_registry_and_exactly_the_packages_that_are_copied() -> None:
    folder = ROOT / "deploy" / "frontend"
    lock = json.loads((folder / "package-lock.json").read_text())
    assert not [name for name, package in lock["packages"].items() if "resolved" in package]
    assert all("integrity" in package for name, package in lock["packages"].items() if name)
    wanted = json.loads((folder / "package.json").read_text())["dependencies"]
    assert lock["packages"][""]["dependencies"] == wanted
    assert {package for package, _ in vendor.FILES.values()} == set(wanted)


def test_copying_takes_the_listed_files_and_replaces_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vendor, "FILES", {"kit": ("@scope/kit", (("dist/*.js", ""), ("fonts/*.woff2", "fonts")))})
    package = tmp_path / "node_modules" / "@scope" / "kit"
    for name in ("dist/kit.js", "dist/kit.ts", "fonts/a.woff2", "fonts/a.ttf"):
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        (package / name).write_text(name)
    target = tmp_path / "static" / "vendor"
    (target / "old").mkdir(parents=True)
    assert vendor.copy_vendor(tmp_path / "node_modules", target) == 2
    assert sorted(str(file.relative_to(target)) for file in target.rglob("*") if file.is_file()) == [
        "kit/fonts/a.woff2",
        "kit/kit.js",
    ]


def test_a_package_that_lost_a_file_is_named_and_the_old_copy_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vendor, "FILES", {"kit": ("kit", (("dist/kit.js", ""),))})
    target = tmp_path / "static" / "vendor"
    target.mkdir(parents=True)
    (target / "old.js").touch()
    with pytest.raises(FileNotFoundError, match=r"The package kit has no file dist/kit\.js\."):
        vendor.copy_vendor(tmp_path / "node_modules", target)
    assert (target / "old.js").exists()
