"""One engine for all tests of a process: fonts are registered once."""

import pytest

from pipeline.typeset.renderer import TakumiRenderer


@pytest.fixture(scope="session")
def renderer() -> TakumiRenderer:
    """Return the real engine."""
    return TakumiRenderer()
