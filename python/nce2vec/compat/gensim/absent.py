"""Names that programs import and this package does not have: their use is an error that names the alternative."""

import types as _types

from ._missing import missing as _missing


def _absent(name, instead):
    def refuse(*_, **__):
        _missing(name, instead)
    return type(name, (), {"__init__": refuse, "load": staticmethod(refuse), "__doc__": f"Not offered: {instead}."})


class BaseTopicModel:
    """What gensim's models have in common: nothing here."""


TaggedDocument = _absent("TaggedDocument", "train a Word2Vec, and average the vectors of a text's words")
Doc2Vec = _absent("Doc2Vec", "train a Word2Vec, and average the vectors of a text's words")

downloader = _types.ModuleType("gensim.downloader")
downloader.load = lambda *_, **__: _missing(
    "downloader", "download a file of vectors, and read it with KeyedVectors.load_word2vec_format")
