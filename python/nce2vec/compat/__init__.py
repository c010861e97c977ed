"""Interfaces of other packages."""

import sys
from pathlib import Path

# A folder with a module `gensim`, and the version for programs that ask importlib.metadata.
_PLACE = Path(__file__).with_name("in_gensims_place")


def as_gensim():
    """Puts nce2vec.compat.gensim in gensim's place: programs that import gensim get it from then on.

    Call it before such a program is imported. Processes that multiprocessing or joblib start have it, too. Raises
    RuntimeError where gensim has been imported already.
    """
    from . import gensim as replacement
    from .gensim._modules import MODULES

    loaded = sys.modules.get("gensim")
    ours = {replacement.__file__, str(_PLACE / "gensim.py")}
    if loaded is not None and getattr(loaded, "__file__", None) not in ours:
        raise RuntimeError("gensim has been imported already: call as_gensim() first")
    sys.modules.update({"gensim": replacement, **{f"gensim.{name}": module for name, module in MODULES.items()}})
    if str(_PLACE) not in sys.path:
        sys.path.insert(0, str(_PLACE))
