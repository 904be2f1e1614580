"""The sample course and small models for it, for every test of the registry that wants them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.weights import encoder_path, save_small_models
from tutor_app.courses.loading import load_course
from tutor_app.courses.models import Course
from tutor_app.registry.classrooms import rooms

SAMPLE_COURSE = Path(__file__).resolve().parent.parent / "sample_course"


@pytest.fixture
def course(db: None, settings: Any) -> Iterator[Course]:
    settings.ENCODER_PATH = encoder_path()
    load_course(SAMPLE_COURSE)
    rooms.forget_all()
    yield Course.objects.get(slug="sample")
    rooms.forget_all()


@pytest.fixture(scope="session")
def small_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_small_models(tmp_path_factory.mktemp("weights"))
