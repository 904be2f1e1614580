from collections.abc import Iterator

import pytest

from tutor_app.tutoring.checking import CheckerPool


@pytest.fixture(scope="session")
def pool() -> Iterator[CheckerPool]:
    with CheckerPool(size=2) as pool:
        assert pool.wait_ready()
        yield pool
