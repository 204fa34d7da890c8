"""Word-sized trends for table cells, drawn directly: a chart library would cost more than the table around them."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from qmsreport.render import filters
from qmsreport.render.palette import ACCENT, FAINT

WIDTH, HEIGHT, EDGE = 76.0, 16.0, 2.5


def sparkline(
    values: Sequence[float | None] | None,
    *,
    title: str = "Trend",
    low: float | None = None,
    top: float | None = None,
) -> Markup:
    """A line over the values, oldest first, a gap where one is missing and a dot on the last one.

    Args:
        values: oldest first; None is a gap.
        title: the text alternative.
        low: the smallest value of the scale, by default the smallest of these: the numbers beside the line say how much.
        top: the largest value of the scale, by default the largest of these.
    """
    numbers = [None if filters.missing(value) else float(value) for value in values or ()]  # type: ignore[arg-type]  # missing() left no None
    known = [value for value in numbers if value is not None]
    if not known:
        return filters.NO_DATA
    low, top = min(known) if low is None else low, max(known) if top is None else top
    low, span = (low, top - low) if top > low else (low - 1, 2.0)  # what never moves runs through the middle
    step = (WIDTH - 2 * EDGE) / max(len(numbers) - 1, 1)
    points = [
        None
        if value is None
        else (EDGE + index * step, HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * (value - low) / span)
        for index, value in enumerate(numbers)
    ]
    path, pen_down = [], False
    for point in points:
        if point is not None:
            path.append(f"{'L' if pen_down else 'M'}{point[0]:.1f} {point[1]:.1f}")
        pen_down = point is not None
    dots = [point for index, point in enumerate(points) if point is not None and _alone(points, index)]
    if points[-1] is not None and points[-1] not in dots:
        dots.append(points[-1])
    circles = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="1.7" fill="{ACCENT}"/>' for x, y in dots)
    base = HEIGHT - 0.5
    return Markup(  # noqa: S704 – numbers and one escaped text
        f'<svg xmlns="http://www.w3.org/2000/svg" class="spark" role="img" width="{WIDTH:.0f}" height="{HEIGHT:.0f}" '
        f'viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}"><title>{escape(title)}</title>'
        f'<path d="M0 {base}H{WIDTH:.0f}" stroke="{FAINT}" fill="none" stroke-width="0.5"/>'
        f'<path d="{"".join(path)}" stroke="{ACCENT}" fill="none" stroke-width="1.2"/>{circles}</svg>'
    )


def _alone(points: Sequence[tuple[float, float] | None], index: int) -> bool:
    """Whether a point has no neighbour to draw a line to."""
    before = points[index - 1] if index else None
    after = points[index + 1] if index + 1 < len(points) else None
    return before is None and after is None
