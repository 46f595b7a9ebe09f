"""What tests of several packages need: a real Docker engine."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from tests.engine import NoEngineError, engine

# A busy machine is slow: that is no finding about what is tested.
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")


@pytest.fixture(scope="session")
def engine_host() -> Iterator[str]:
    """The address of an engine that is ready; where there is none, its tests are skipped."""
    try:
        with engine() as host:
            yield host
    except NoEngineError as error:
        pytest.skip(f"NO DOCKER ENGINE, nothing of Docker was tested: {error}")


@pytest.fixture
def docker_host(engine_host: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The same, where SMILE and the docker command look for it."""
    monkeypatch.setenv("DOCKER_HOST", engine_host)
    monkeypatch.delenv("DOCKER_CONTEXT", raising=False)
    return engine_host


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave out what would double the time of a run, and say so."""
    if item.get_closest_marker("heavy") and os.environ.get("SMILE_HEAVY") != "1":
        pytest.skip("HEAVY, NOT TESTED HERE: SMILE_HEAVY=1 ./dev test -m heavy does it")
