"""The report's few colours; each differs from the others in lightness, so that it also holds in black and white."""

from __future__ import annotations

INK = "#1c2127"
SOFT = "#5a6572"  # second voice: units, notes, axes
RULE = "#c4cbd3"
FAINT = "#e4e8ec"
ACCENT = "#1f4e79"
GOOD = "#6f95b8"
BAD = "#8c1d24"
UNKNOWN = "#e3ddcb"
SERIES = (ACCENT, "#9a6a12", "#5a6572", "#2f7f86", "#8c1d24")
FONT = "Report Sans"
