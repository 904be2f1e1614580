"""Two people load the same course at the same moment: one after the other, nothing doubled."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.courses.folders import write_course

ROOT = Path(__file__).parents[2]
COUNT = "from tutor_app.courses.models import *; print(*(m.objects.count() for m in (Course, Problem, Hint)))"


@pytest.mark.slow
def test_two_loadings_at_once_make_one_course(tmp_path: Path) -> None:
    folder = write_course(tmp_path / "course")
    environment = {
        **os.environ,
        "TUTOR_VAR": str(tmp_path / "var"),
        "DJANGO_SETTINGS_MODULE": "tutor_app.settings",
        "DATABASE_URL": "",
        "REDIS_URL": "memory://",  # nobody is there to take the tasks
    }

    def manage(*arguments: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "manage.py", *arguments], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
        )

    assert manage("migrate", "--verbosity=0").wait() == 0
    assert [loading.wait() for loading in [manage("load_course", str(folder)) for _ in range(3)]] == [0, 0, 0]
    counts, _errors = manage("shell", "--verbosity=0", "-c", COUNT).communicate()
    assert counts.split() == ["1", "2", "3"]
