"""Runs the tests as `make test` does: everything but the browser, then the browser in a process of its own.

Browser tests use synchronous Playwright, which cannot share a process with pytest-asyncio. Under CI=true, or with
REQUIRE_BROWSER=1, a browser test that was skipped is a failure. PYTEST_ARGS are added to both runs.
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
    """Exit status and number of skipped tests of one run; nothing run at all counts as a failure."""
    print(f"\n== {title}", flush=True)
    with tempfile.TemporaryDirectory(prefix="tutor-report-") as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", f"--junit-xml={report}", *arguments]
        status = subprocess.run([*command, *shlex.split(os.environ.get("PYTEST_ARGS", ""))], cwd=ROOT, check=False)
        suites = ElementTree.parse(report).getroot().iter("testsuite") if report.exists() else ()  # noqa: S314  our own
        skipped = sum(int(suite.get("skipped", "0")) for suite in suites)
    if status.returncode == NO_TESTS:
        print(f"{title}: no test was found, which is a failure.")
    return status.returncode, skipped


def main() -> int:
    strict = os.environ.get("CI", "").lower() in ("1", "true", "yes") or os.environ.get("REQUIRE_BROWSER") == "1"
    if strict:
        os.environ["REQUIRE_BROWSER"] = "1"
    workers = min(2, os.cpu_count() or 1)
    status, _ = pytest("Unit and integration tests", "tests", "-n", str(workers), "--dist", "loadfile")
    browser_status, browser_skipped = pytest("Browser tests", "tests/browser")
    if strict and browser_skipped:
        print(f"{browser_skipped} browser tests were skipped, which is a failure here (CI or REQUIRE_BROWSER=1).")
        browser_status = browser_status or 1
    return status or browser_status


if __name__ == "__main__":
    sys.exit(main())
