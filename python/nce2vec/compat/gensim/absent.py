"""Names that programs import and this package does not have: their use is an error that names the alternative."""

import types as _types

from ._missing import Missing as _Missing
from ._missing import missing as _missing
from ._missing import names as _names
from ._missing import sentence as _sentence

_OTHER = ("it is not about word vectors: let the program import gensim itself, and change its import of Word2Vec alone "
          "to nce2vec.compat.gensim")
_AVERAGE = "train a Word2Vec, and average the vectors of a text's words"
_FACEBOOK = "load_facebook_model and load_facebook_vectors read fastText's .bin files"
_DOWNLOAD = "download a file of vectors, and read it with KeyedVectors.load_word2vec_format"

# Classes and functions of gensim.models and its modules.
CLASSES = {
    **_names("Doc2Vec TaggedDocument TaggedLineDocument Doc2VecKeyedVectors", _AVERAGE),
    **_names("LdaModel LdaMulticore LdaSeqModel LsiModel HdpModel Nmf EnsembleLda AuthorTopicModel CoherenceModel "
             "TfidfModel RpModel LogEntropyModel NormModel VocabTransform BM25ABC OkapiBM25Model AtireBM25Model "
             "LuceneBM25Model Metric Callback "
             "PerplexityMetric CoherenceMetric ConvergenceMetric DiffMetric PoincareModel PoincareKeyedVectors "
             "PoincareRelations WordRank VarEmbed", _OTHER),
    **_names("TranslationMatrix BackMappingTranslationMatrix", "nce2vec.align rotates vectors onto others"),
    **_names("Vocab CompatVocab Word2VecVocab Word2VecTrainables FastTextVocab FastTextTrainables",
             "KeyedVectors.add_vectors takes words and vectors, set_vecattr counts"),
    **_names("BrownCorpus", "give its sentences as lists of words"),
}
# Modules; the alternative to one is that to its parts, too.
MODULES = {
    "gensim": "docs/python.md lists what it has",
    **_names("gensim.corpora gensim.matutils gensim.interfaces gensim.parsing "
             "gensim.topic_coherence gensim.summarization gensim.sklearn_api gensim.models.ldamodel "
             "gensim.models.ldamulticore gensim.models.ldaseqmodel gensim.models.lsimodel gensim.models.hdpmodel "
             "gensim.models.nmf gensim.models.ensemblelda gensim.models.atmodel gensim.models.coherencemodel "
             "gensim.models.tfidfmodel gensim.models.rpmodel gensim.models.logentropy_model gensim.models.normmodel "
             "gensim.models.bm25model gensim.models.poincare", _OTHER),
    "gensim.downloader": _DOWNLOAD,
    **_names("gensim.fasttext gensim.models.fasttext gensim.models._fasttext_bin", _FACEBOOK),
    "gensim.models.wrappers": _FACEBOOK,
    "gensim.models.deprecated": "there are gensim.models.Word2Vec, FastText and KeyedVectors, with the old names",
    "gensim.models.translation_matrix": "nce2vec.align rotates vectors onto others",
    "gensim.scripts": "KeyedVectors.load_word2vec_format reads GloVe's files, and 'nce2vec convert' writes all formats",
    "gensim.similarities": "KeyedVectors.most_similar is exact and fast",
    "gensim.test": "its texts are part of gensim: give the program a text of your own",
    "gensim.utils": "Python has it, or copy the function into the program",
}


def alternative(name):
    """What to do instead of importing gensim.SOMETHING."""
    last = name.rpartition(".")[2]
    if last in CLASSES:
        return CLASSES[last]
    while name not in MODULES:
        name = name.rpartition(".")[0] or "gensim"
    return MODULES[name]


def _absent(name, instead):
    def refuse(*_, **__):
        _missing(name, instead)
    return type(name, (), {"__init__": refuse, "load": staticmethod(refuse), "__doc__": f"Not offered: {instead}."})


class BaseTopicModel:
    """What gensim's models have in common: nothing here."""


globals().update({name: _absent(name, instead) for name, instead in CLASSES.items()})


def missing_name(full):
    """The error of the name gensim.SOMETHING."""
    return _sentence(full.partition(".")[2], alternative(full))


def refuse_names(module):
    """Makes a module's missing names classes that cannot be used, or errors, which name the alternative."""
    def look(name):
        if name in CLASSES:
            return globals()[name]
        if name.startswith("_"):
            raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")
        raise _Missing(missing_name(f"gensim{module.__name__[len(__package__):]}.{name}"))
    module.__getattr__ = look


downloader = _types.ModuleType(f"{__package__}.downloader")
for _name in ("load", "info"):
    setattr(downloader, _name, lambda *_, **__: _missing("downloader", _DOWNLOAD))
