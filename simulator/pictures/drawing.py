"""Drawn pictures."""

from simulator.orders import Order


class Studio:
    """Draws pictures from prompts."""

    def __init__(self, misspelling: float) -> None:
        self._misspelling = misspelling

    def draw(
        self,
        order: Order,
        seed: int,
        size: tuple[int, int],
        file_format: str,
        scenario: tuple[tuple[str, str], ...],
    ) -> bytes:
        """Return a picture."""
        raise NotImplementedError(order, seed, size, file_format, scenario)
