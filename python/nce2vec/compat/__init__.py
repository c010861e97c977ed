"""Interfaces of other packages."""

import sys
import types
from pathlib import Path

# A folder with a module `gensim`, and the version for programs that ask importlib.metadata.
_PLACE = Path(__file__).with_name("in_gensims_place")


def as_gensim():
    """Puts nce2vec.compat.gensim in gensim's place: programs that import gensim get it from then on.

    Call it before such a program is imported. Processes that multiprocessing or joblib start have it, too. Raises
    RuntimeError where gensim has been imported already.
    """
    from . import gensim as replacement

    loaded = sys.modules.get("gensim")
    ours = {replacement.__file__, str(_PLACE / "gensim.py")}
    if loaded is not None and getattr(loaded, "__file__", None) not in ours:
        raise RuntimeError("gensim has been imported already: call as_gensim() first")
    sys.modules.update(_modules(replacement))
    if str(_PLACE) not in sys.path:
        sys.path.insert(0, str(_PLACE))


def _modules(replacement):
    """gensim's modules, by name."""
    from .gensim import absent, callbacks, fasttext, keyedvectors, phrases, text, word2vec

    models = types.ModuleType("gensim.models", "gensim's models, trained by nce2vec.")
    models.__path__ = []
    utils = types.ModuleType("gensim.utils", "What programs use of gensim's tools.")
    utils.RULE_DEFAULT, utils.RULE_DISCARD, utils.RULE_KEEP = 0, 1, 2
    utils.simple_preprocess = text.simple_preprocess
    for part in (replacement, phrases, absent):
        for name, value in vars(part).items():
            if not name.startswith("_") and not isinstance(value, types.ModuleType):
                setattr(models, name, value)
    replacement.models, replacement.utils, replacement.downloader = models, utils, absent.downloader
    found = {"gensim": replacement, "gensim.models": models, "gensim.utils": utils,
             "gensim.downloader": absent.downloader}
    for name, module in {"word2vec": word2vec, "keyedvectors": keyedvectors, "phrases": phrases,
                         "callbacks": callbacks, "doc2vec": absent, "fasttext": fasttext, "basemodel": absent}.items():
        setattr(models, name, module)
        found["gensim.models." + name] = module
    return found
