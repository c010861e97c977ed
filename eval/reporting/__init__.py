"""The parts of report.py: what a run left behind, what is computed of its vectors, and the page."""
