"""The names of gensim: those that are here, and errors that name the alternative to others."""
import contextlib
import importlib
import inspect
import os
import re
import subprocess
import sys
import unittest
from pathlib import Path

import toy

from nce2vec import compat
from nce2vec.compat import gensim as ours

try:
    import gensim.models as theirs
    import gensim.models.phrases
except ImportError:
    theirs = None

SETTINGS = dict(vector_size=16, min_count=1, sample=0, alpha=0.05, seed=3, workers=1)


class Names(unittest.TestCase):
    def test_names_that_a_model_does_not_have(self):
        """They are an AttributeError that names the alternative."""
        model = ours.FastText(toy.sentences(50), **SETTINGS, min_n=2, max_n=3, bucket=1000)
        for thing, name, says in ((model, "syn1", "the nodes of the tree"), (model, "raw_vocab", "build_vocab does"),
                                  (model, "load_binary_data", "load_facebook_model"),
                                  (model.wv, "vectors_ngrams", r"wv\[word\] composes"),
                                  (model.wv, "accuracy", "evaluate_word_analogies"),
                                  (ours.Phrases(), "vocab", "export_phrases"), (model, "nothing", "no attribute")):
            self.assertFalse(hasattr(thing, name))
            with self.subTest(name), self.assertRaisesRegex(AttributeError, says):
                getattr(thing, name)
        with self.assertRaisesRegex(NotImplementedError, "add_vectors"):
            model.wv.vocab = {}
        with self.assertRaisesRegex(NotImplementedError, "iconv -f latin1"):
            ours.KeyedVectors.load_word2vec_format("v", encoding="latin1")

    @unittest.skipUnless(theirs, "gensim is not installed: apt-get install python3-gensim")
    def test_every_name_of_gensim_is_there_or_names_the_alternative(self):
        words, parts = toy.sentences(20), dict(min_n=2, max_n=3, bucket=1000)
        for mine, other in ((ours.Word2Vec, theirs.Word2Vec), (ours.FastText, theirs.FastText)):
            one, two = (made(words, **SETTINGS, **(parts if made.__name__ == "FastText" else {}))
                        for made in (mine, other))
            self.check_names(one, two)
            self.check_names(one.wv, two.wv)
        self.check_names(ours.Phrases(words), gensim.models.phrases.Phrases(words))
        self.check_names(ours.Phrases(words).freeze(), gensim.models.phrases.Phrases(words).freeze())
        public = [name for name in dir(theirs) if not name.startswith("_") and
                  not inspect.ismodule(getattr(theirs, name))]
        self.assertEqual([name for name in public if not hasattr(ours.models, name)], [])

    def check_names(self, mine, other):
        for name in dir(other):
            if not name.startswith("_") and not hasattr(mine, name):
                with self.subTest(name), self.assertRaises(NotImplementedError):
                    getattr(mine, name)


def parameters_on_the_page(model):
    """The names in the first cells of the first table under a heading of docs/parity.md."""
    page = Path(__file__).resolve().parents[2].joinpath("docs", "parity.md").read_text(encoding="utf8")
    section = re.search(r"^#+ %s$\n(.*?)(?=^#|\Z)" % model, page, re.MULTILINE | re.DOTALL)[1]
    table = re.search(r"^\| parameter \|.*?\n\n", section + "\n", re.MULTILINE | re.DOTALL)[0]
    return {name for cell in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
            for name in re.findall(r"`([^`]*)`", cell)}


class Parity(unittest.TestCase):
    @unittest.skipUnless(theirs, "gensim is not installed: apt-get install python3-gensim")
    def test_the_page_has_the_parameters_of_the_installed_gensim(self):
        def parameters(model):
            return set(inspect.signature(model.__init__).parameters) - {"self"}
        words = parameters(theirs.Word2Vec)
        self.assertEqual(parameters_on_the_page("Word2Vec"), words)
        self.assertEqual(parameters_on_the_page("FastText"), parameters(theirs.FastText) - words)
        self.assertEqual(parameters_on_the_page("Phrases"), parameters(gensim.models.phrases.Phrases))


@contextlib.contextmanager
def without_gensim():
    names = [name for name in sys.modules if name == "gensim" or name.startswith("gensim.")]
    held = {name: sys.modules.pop(name) for name in names}
    path = list(sys.path)
    try:
        yield
    finally:
        sys.path[:] = path
        for name in [name for name in sys.modules if name == "gensim" or name.startswith("gensim.")]:
            del sys.modules[name]
        sys.modules.update(held)


class InPlace(unittest.TestCase):
    def test_programs_that_import_gensim_get_ours(self):
        with without_gensim():
            compat.as_gensim()
            compat.as_gensim()  # again is nothing new
            self.assertIs(importlib.import_module("gensim.models").Word2Vec, ours.Word2Vec)
            self.assertIs(importlib.import_module("gensim.models.word2vec").LineSentence, ours.LineSentence)
            self.assertIs(importlib.import_module("gensim.models.phrases").Phrases, ours.Phrases)
            self.assertIs(importlib.import_module("gensim.models.callbacks").CallbackAny2Vec, ours.CallbackAny2Vec)
            self.assertEqual(importlib.import_module("gensim.utils").simple_preprocess("The Sun, a 3 é"),
                             ["the", "sun"])

    def test_names_that_are_not_offered_name_the_alternative(self):
        with without_gensim():
            compat.as_gensim()
            self.assertTrue(importlib.import_module("gensim.models.doc2vec").TaggedDocument)  # importing is no use
            with self.assertRaisesRegex(NotImplementedError, "average the vectors"):
                importlib.import_module("gensim.models").Doc2Vec([])
            self.assertIs(importlib.import_module("gensim.models.fasttext").FastText, ours.FastText)
            with self.assertRaisesRegex(NotImplementedError, "load_word2vec_format"):
                importlib.import_module("gensim.downloader").load("glove")
            for name, says in (("models.ldamodel", "not about word vectors"), ("test", "a text of your own"),
                               ("scripts", "reads GloVe's files"), ("corpora", "Word2Vec alone"),
                               ("models.nothing", "docs/python.md lists")):
                with self.subTest(name), self.assertRaisesRegex(ModuleNotFoundError, f"has no {name}: .*{says}"):
                    importlib.import_module(f"gensim.{name}")
            for program, says in (("from gensim import corpora", "no corpora: it is not about"),
                                  ("from gensim.models import coherencemodel", "not about"),
                                  ("from gensim.utils import SaveLoad", "copy the function"),
                                  ("import gensim; gensim.similarities", "no similarities: KeyedVectors.most_similar"),
                                  ("import gensim.utils; gensim.utils.chunkize", "copy the function")):
                with self.subTest(program), self.assertRaisesRegex((ImportError, AttributeError), says):
                    exec(program, {})
            exec("from gensim.models import LdaModel; from gensim.utils import tokenize, deaccent", {})
        with self.assertRaisesRegex(NotImplementedError, "not about word vectors"):
            ours.LdaModel([])
        with self.assertRaises(ModuleNotFoundError) as caught:  # of another gensim again
            importlib.import_module("gensim.nothing")
        self.assertNotIn("nce2vec", str(caught.exception))

    def test_imports_with_another_name_for_gensim(self):
        from nce2vec.compat.gensim import utils
        from nce2vec.compat.gensim.models import Word2Vec
        from nce2vec.compat.gensim.models.word2vec import LineSentence
        self.assertEqual((Word2Vec, LineSentence, utils.RULE_KEEP), (ours.Word2Vec, ours.LineSentence, 2))
        with self.assertRaisesRegex(ModuleNotFoundError, "no corpora: it is not about word vectors"):
            importlib.import_module("nce2vec.compat.gensim.corpora")

    def test_in_processes_that_are_started(self):
        folder = Path(compat.__file__).with_name("in_gensims_place")
        code = ("import importlib.metadata, gensim.models.word2vec as w; from gensim.models import KeyedVectors; "
                "print(w.__name__, importlib.metadata.version('gensim'))")
        shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env={
            **os.environ, "PYTHONPATH": str(folder)}).stdout
        self.assertEqual(shown.split(), ["nce2vec.compat.gensim.word2vec", ours.__version__])

    @unittest.skipUnless(theirs, "gensim is not installed: apt-get install python3-gensim")
    def test_not_after_gensim(self):
        with self.assertRaisesRegex(RuntimeError, "imported already"):
            compat.as_gensim()


if __name__ == "__main__":
    unittest.main()
