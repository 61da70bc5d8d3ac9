"""A line of numbers drawn in characters, for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from velo.formats import in_text

EIGHTHS = " ▁▂▃▄▅▆▇█"


def sketch(values: Sequence[float], width: int = 72, height: int = 8) -> list[str]:
    """Lines of text, the highest first, each led by its level; columns filled from the lowest.

    Args:
        values: in their order; of more than `width` the last of each stretch stands for it.
        width, height: in characters.
    """
    if not values:
        return []
    columns = min(width, len(values))
    heights = [values[(place + 1) * len(values) // columns - 1] for place in range(columns)]
    low, high = min(heights), max(heights)
    span = (high - low) or 1.0
    eighths = [round((value - low) / span * (8 * height - 1)) + 1 for value in heights]
    levels = [low + span * (row + 1) / height for row in range(height)]
    labels = [in_text.points(level) for level in levels]
    room = max(map(len, labels))
    return [
        f"{labels[row]:>{room}} "
        + "".join(EIGHTHS[min(max(each - 8 * row, 0), 8)] for each in eighths)
        for row in reversed(range(height))
    ]
