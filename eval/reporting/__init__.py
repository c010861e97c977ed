"""The parts of report.py: the files of a run, what is computed from its vectors, and the page."""
