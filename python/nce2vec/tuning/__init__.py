"""Finding better settings of a training within a time: successive halving, measured on data that did not choose."""

from .halving import Trial, Tuning, TuningResult, tune

__all__ = ["Trial", "Tuning", "TuningResult", "tune"]
