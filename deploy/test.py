"""Runs the tests as `make test` does: everything but the browser, then the browser in a process of its own.

Browser tests use synchronous Playwright, which cannot share a process with pytest-asyncio. Under CI=true, or with
REQUIRE_BROWSER=1, browser tests that could not find a browser have failed. PYTEST_ARGS are added to both runs.
"""

import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
NO_TESTS = 5  # pytest's exit status when it ran nothing


def pytest(title: str, *arguments: str) -> tuple[int, int]:
    """Exit status of one run, and how many tests were really run; a run without a single test is a failure."""
    print(f"\n== {title}", flush=True)
    with tempfile.TemporaryDirectory(prefix="tutor-report-") as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", f"--junit-xml={report}", *arguments]
        status = subprocess.run([*command, *shlex.split(os.environ.get("PYTEST_ARGS", ""))], cwd=ROOT, check=False)
        tree = ElementTree.parse(report).getroot() if report.exists() else ElementTree.Element("nothing")  # noqa: S314  our own
        ran = sum(int(suite.get("tests", "0")) - int(suite.get("skipped", "0")) for suite in tree.iter("testsuite"))
    if status.returncode == NO_TESTS:
        print(f"{title}: no test was found, which is a failure.")
    return status.returncode, ran


def main() -> int:
    strict = os.environ.get("CI", "").lower() in ("1", "true", "yes") or os.environ.get("REQUIRE_BROWSER") == "1"
    if strict:
        os.environ["REQUIRE_BROWSER"] = "1"
    workers = min(2, os.cpu_count() or 1)
    status, _ = pytest("Unit and integration tests", "tests", "-n", str(workers), "--dist", "loadfile")
    browser_status, browser_ran = pytest("Browser tests", "tests/browser")
    if strict and not browser_ran:
        print("No browser test was run, which is a failure here (CI or REQUIRE_BROWSER=1).")
        browser_status = browser_status or 1
    return status or browser_status


if __name__ == "__main__":
    sys.exit(main())
