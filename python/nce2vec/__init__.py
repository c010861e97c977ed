"""nce2vec: train, query and convert word vectors.

    import nce2vec
    vectors = nce2vec.train("text.gz", dim=200)
    vectors.most_similar("tea")
    vectors.save("vectors.txt")
"""

import sys
from importlib.util import find_spec

if find_spec("numpy") is None:
    raise ModuleNotFoundError(f"nce2vec needs NumPy, which {sys.executable} does not have: pip install numpy, or for "
                              "Debian's Python apt-get install python3-numpy", name="numpy")

from . import objectives
from ._native import (ArgumentError, DataError, DivergenceError, DurabilityError, Error, FileError, FormatError,
                      Interrupted, OutOfMemory, library as _library)
from .corpus import Corpus, sessions
from .semantic_change import Alignment, Change, WordChange, align
from .slices import Compass, compass
from .training import EpochEnd, History, Trainer, train
from .tuning import Trial, Tuning, TuningResult, tune
from .vectors import Vectors, load

__version__ = _library.version().decode()
__all__ = ["Alignment", "ArgumentError", "Change", "Compass", "Corpus", "DataError", "DivergenceError",
           "DurabilityError", "EpochEnd", "Error", "FileError", "FormatError", "History", "Interrupted",
           "OutOfMemory", "Trainer", "Trial", "Tuning", "TuningResult", "Vectors", "WordChange", "align", "compass",
           "load", "objectives", "sessions", "train", "tune"]
