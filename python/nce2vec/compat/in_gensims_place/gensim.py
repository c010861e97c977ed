"""Found as gensim once nce2vec.compat.as_gensim() has put this folder first, also by the processes that Python starts.

    PYTHONPATH=$(python3 -m nce2vec.compat) program

runs a whole program with it.
"""
import sys
from pathlib import Path

try:
    import nce2vec
except ModuleNotFoundError:  # the folder of this package is not on the path of a child process
    sys.path.append(str(Path(__file__).resolve().parents[3]))

from nce2vec import compat

compat.as_gensim()  # the import statement returns what sys.modules has then
