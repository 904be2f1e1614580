"""What may import what. Read off the source, so that an import inside a function counts as well."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Imports go from right to left only.
ORDER = ["courses", "learners", "registry", "tutoring", "insights", "integrations"]
APPS = [app for app in ORDER if (ROOT / "tutor_app" / app).is_dir()]


def modules_imported(path: Path) -> Iterator[tuple[int, str]]:
    """(line, module) for every import of a file; `from a import b` gives a and a.b, since b may be a module."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), filename=str(path))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = absolute(node, path)
            yield node.lineno, module
            yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) == "import_module":
            first = node.args[0] if node.args else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield node.lineno, first.value


def absolute(node: ast.ImportFrom, path: Path) -> str:
    """The module that a `from` import names, relative ones resolved against the file's package."""
    if not node.level:
        return node.module or ""
    package = path.relative_to(ROOT).with_suffix("").parts[: -node.level]
    return ".".join([*package, *([node.module] if node.module else [])])


def sources(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def is_under(module: str, *packages: str) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def offences(folder: str, *forbidden: str) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{line} imports {module}"
        for path in sources(folder)
        for line, module in modules_imported(path)
        if is_under(module, *forbidden)
    ]


@pytest.mark.parametrize("app", APPS)
def test_an_app_imports_only_what_comes_before_it(app):
    later = [f"tutor_app.{name}" for name in ORDER[ORDER.index(app) + 1 :]]
    assert not offences(f"tutor_app/{app}", *later)


def test_every_app_has_its_place_in_the_order():
    apps = {path.parent.name for path in (ROOT / "tutor_app").glob("*/apps.py")}
    assert apps <= set(ORDER)


def test_the_models_know_neither_django_nor_the_site():
    assert not offences("models_core", "django", "channels", "celery", "tutor_app")


def test_checking_answers_needs_no_database():
    assert not offences(
        "tutor_app/tutoring/checking", "django.db", "tutor_app.courses.models", "tutor_app.tutoring.models"
    )


def test_nothing_reads_a_pickle():
    for folder in ("models_core", "tutor_app"):
        assert not offences(folder, "pickle", "joblib", "dill", "shelve", "marshal")


def test_only_one_file_reads_the_environment():
    readers = [
        str(path.relative_to(ROOT))
        for path in sources("tutor_app")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "os"
        and node.attr in ("environ", "getenv")
    ]
    # These two only name the settings module, as Django and Celery ask of every entrance.
    assert set(readers) <= {"tutor_app/asgi.py", "tutor_app/celery.py"}


@pytest.mark.parametrize("entrance", ["tutor_app.asgi", "tutor_app.urls"])
def test_web_processes_start_without_torch(entrance):
    """In a process of its own, with everything loaded that a first request would load."""
    heavy = ["torch", "transformers", "onnxruntime", "models_core.classroom", "models_core.teacher"]
    script = f"""
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
import django
django.setup()
import {entrance}
from django.urls import get_resolver
get_resolver().url_patterns
from django.contrib import admin
print(sorted(module for module in {heavy!r} if module in sys.modules))
"""
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert run.returncode == 0, run.stderr[-2000:]
    assert run.stdout.strip().splitlines()[-1] == "[]"


def test_the_reader_of_imports_sees_what_it_should(tmp_path, monkeypatch):
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    package = tmp_path / "tutor_app" / "courses"
    package.mkdir(parents=True)
    file = package / "sly.py"
    file.write_text(
        "def f():\n    from ..learners import models\n    import tutor_app.tutoring.tasks as t\n"
        "from tutor_app import insights\nimportlib.import_module('tutor_app.registry.models')\n"
    )
    seen = {module for _, module in modules_imported(file)}
    assert {
        "tutor_app.learners.models",
        "tutor_app.tutoring.tasks",
        "tutor_app.insights",
        "tutor_app.registry.models",
    } <= seen
