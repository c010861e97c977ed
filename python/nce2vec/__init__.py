"""nce2vec: train, query and convert word vectors.

    import nce2vec
    vectors = nce2vec.train("text.gz", dim=200)     # or lists of words
    vectors.most_similar("tea")
    vectors.save("vectors.txt")

Where to look next:

    help(nce2vec.train)         texts, and all settings
    help(nce2vec.Vectors)       queries, files, arrays: what train and load return
    help(nce2vec.Trainer)       pause, save, continue
    help(nce2vec.load)          read vectors of any format
    help(nce2vec.sessions)      make sentences of events: user, item, time
    help(nce2vec.tune)          better settings in a given time
    help(nce2vec.align)         words that changed between two files of vectors
    help(nce2vec.compass)       words that changed between texts
    help(nce2vec.objectives)    losses: list, evaluate, write your own
    nce2vec.compat.gensim       gensim's Word2Vec, FastText, KeyedVectors and Phrases
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
