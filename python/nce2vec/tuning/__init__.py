"""Finding better settings of a training within a time: successive halving, measured on data that did not choose."""

from .tune import Trial, Tuning, TuningResult, tune

__all__ = ["Trial", "Tuning", "TuningResult", "tune"]
