"""`python -m qmsreport` is the same as `qmsreport`."""

from qmsreport.cli import main

main()
