"""Gensim's interface, trained by nce2vec: change ``from gensim.models import Word2Vec`` to
``from nce2vec.compat.gensim.models import Word2Vec``, or without ``models``. Names of gensim 3 and 4. What is not
offered raises an error that names the alternative."""

from .callbacks import CallbackAny2Vec
from .fasttext import (FastText, FastTextKeyedVectors, load_facebook_model, load_facebook_vectors,
                       save_facebook_model)
from .keyedvectors import KeyedVectors, Word2VecKeyedVectors
from .phrases import ENGLISH_CONNECTOR_WORDS, FrozenPhrases, Phraser, Phrases
from .text import LineSentence, PathLineSentences, Text8Corpus
from .word2vec import Word2Vec
from ._modules import MODULES as _MODULES

models, utils, downloader = (_MODULES[_name] for _name in ("models", "utils", "downloader"))
__version__ = "4.3.0"  # the version whose interface this is, for programs that ask
__all__ = ["CallbackAny2Vec", "ENGLISH_CONNECTOR_WORDS", "FastText", "FastTextKeyedVectors", "FrozenPhrases",
           "KeyedVectors", "LineSentence", "PathLineSentences", "Phraser", "Phrases", "Text8Corpus", "Word2Vec",
           "Word2VecKeyedVectors", "load_facebook_model", "load_facebook_vectors", "save_facebook_model"]
