"""Interfaces of other packages."""

import sys
import types


def as_gensim():
    """Puts nce2vec.compat.gensim in gensim's place: programs that import gensim get it from then on.

    Call it before such a program is imported. Raises RuntimeError where gensim has been imported already.
    """
    from . import gensim as replacement
    from .gensim import callbacks, keyedvectors, phrases, text, word2vec

    loaded = sys.modules.get("gensim")
    if loaded is not None and loaded is not replacement:
        raise RuntimeError("gensim has been imported already: call as_gensim() first")
    models = types.ModuleType("gensim.models", "Gensim's models, trained by nce2vec.")
    for part in (replacement, phrases):
        for name, value in vars(part).items():
            if not name.startswith("_"):
                setattr(models, name, value)
    utils = types.ModuleType("gensim.utils", "What programs use of gensim's tools.")
    utils.RULE_DEFAULT, utils.RULE_DISCARD, utils.RULE_KEEP = 0, 1, 2
    utils.simple_preprocess = text.simple_preprocess
    replacement.models, replacement.utils = models, utils
    models.word2vec, models.keyedvectors, models.phrases, models.callbacks = word2vec, keyedvectors, phrases, callbacks
    sys.modules.update({
        "gensim": replacement, "gensim.models": models, "gensim.utils": utils, "gensim.models.word2vec": word2vec,
        "gensim.models.keyedvectors": keyedvectors, "gensim.models.phrases": phrases,
        "gensim.models.callbacks": callbacks})
