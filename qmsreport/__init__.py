"""qmsreport: audit reports from delivery metrics, SLO attainment and control checks."""

__version__ = "0.1.0"
