"""Files as gensim opens them: compressed where the ending says so."""

import bz2
import gzip
from pathlib import Path


def opened(path, mode):
    how = {".gz": gzip.open, ".bz2": bz2.open}.get(Path(path).suffix, open)
    return how(path, mode, **({"encoding": "utf8", "errors": "replace"} if "t" in mode else {}))
