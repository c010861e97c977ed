"""gensim's FastText: words that were never seen, files of fastText."""
import tempfile
import unittest
from pathlib import Path

import numpy as np
import toy

from nce2vec.compat import gensim as ours

try:
    import gensim.models as theirs
except ImportError:
    theirs = None

SETTINGS = dict(vector_size=16, min_count=1, sample=0, alpha=0.05, seed=3, workers=1)


class Subwords(unittest.TestCase):
    SETTINGS = {**SETTINGS, "min_n": 2, "max_n": 3, "bucket": 1000, "sg": 1, "epochs": 10}

    @classmethod
    def setUpClass(cls):
        cls.model = ours.FastText(toy.sentences(), **cls.SETTINGS)

    def test_words_that_were_never_seen_have_vectors(self):
        wv = self.model.wv
        self.assertEqual({word for word, _ in wv.most_similar("sun", topn=4)}, set(toy.TOPICS[0]) - {"sun"})
        self.assertNotIn("bridges", wv.key_to_index)
        self.assertIn("bridges", wv)
        self.assertEqual(wv.most_similar("bridges", topn=1)[0][0], "bridge")
        self.assertGreater(wv.similarity("bridges", "bridge"), 0.5)
        self.assertEqual(wv.most_similar_cosmul("bridges", topn=1)[0][0], "bridge")
        self.assertNotIn("qqq", wv)
        with self.assertRaises(KeyError):
            wv["qqq"]

    def test_a_second_training_begins_where_the_first_has_ended(self):
        model = ours.FastText(toy.sentences(), **self.SETTINGS)
        before, unseen = model.wv.vectors.copy(), model.wv["bridges"]
        model.build_vocab([["sun", "comet"]] * 20, update=True)
        model.train([["sun", "moon"]], total_examples=1, epochs=1, start_alpha=1e-5)
        self.assertTrue(np.allclose(model.wv["bridges"], unseen, atol=1e-3))
        for word in toy.TOPICS[1]:
            self.assertTrue(np.allclose(model.wv[word], before[self.model.wv.get_index(word)], atol=0.01), word)

    def test_it_is_saved(self):
        with tempfile.TemporaryDirectory() as folder:
            self.model.save(str(Path(folder, "m")))
            loaded = ours.FastText.load(str(Path(folder, "m")))
        self.assertTrue(np.array_equal(loaded.wv["bridges"], self.model.wv["bridges"]))
        with tempfile.TemporaryDirectory() as folder:  # the vectors alone, and those of a model
            self.model.wv.save(Path(folder, "v"))
            self.model.save(Path(folder, "m"))
            for name in ("v", "m"):
                for kind in (ours.KeyedVectors, ours.FastTextKeyedVectors):
                    read = kind.load(Path(folder, name))
                    self.assertEqual(read.index_to_key, self.model.wv.index_to_key)
                    self.assertTrue(np.array_equal(read["bridges"], self.model.wv["bridges"]))
                    self.assertEqual(read.get_vecattr("sun", "count"), self.model.wv.get_vecattr("sun", "count"))
        loaded.train(toy.sentences(10), total_examples=10, epochs=1)
        self.assertEqual(loaded.wv.most_similar("bridges", topn=1)[0][0], "bridge")

    def test_a_model_of_fasttexts_goes_on(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "m.bin")
            with self.assertRaisesRegex(RuntimeError, "first train"):
                ours.save_facebook_model(ours.FastText(vector_size=2), path)
            ours.save_facebook_model(self.model, path)
            model = ours.load_facebook_model(path)
            self.model.wv.save_word2vec_format(path)
            with self.assertRaisesRegex(ValueError, "is no .bin file of fastText"):
                ours.load_facebook_model(path)
        self.assertEqual((model.sg, model.window, model.min_n, model.max_n, model.bucket), (1, 5, 2, 3, 1000))
        self.assertTrue(np.allclose(model.wv["bridges"], self.model.wv["bridges"], atol=1e-6))
        model.build_vocab([["sun", "comet"]] * 20, update=True)
        model.train([["sun", "comet"]] * 20, total_examples=20, epochs=1)
        self.assertEqual(model.wv.most_similar("bridges", topn=1)[0][0], "bridge")
        self.assertIn("comet", model.wv.key_to_index)

    @unittest.skipUnless(theirs, "gensim is not installed: apt-get install python3-gensim")
    def test_gensim_reads_our_file_and_gives_the_same_vectors(self):
        from gensim.models.fasttext import load_facebook_vectors
        with tempfile.TemporaryDirectory() as folder:
            path = str(Path(folder, "v.bin"))
            self.model._trained.save(path, format="fasttext")
            read, mine = load_facebook_vectors(path), ours.load_facebook_vectors(path)
        for word in ("bridge", "bridges", "sunny"):
            self.assertTrue(np.allclose(read[word], self.model.wv[word], atol=1e-5), word)
            self.assertTrue(np.allclose(mine[word], self.model.wv[word], atol=1e-5), word)

    def test_without_n_grams_it_is_word2vec(self):
        model = ours.FastText(toy.sentences(50), **{**self.SETTINGS, "max_n": 0})
        self.assertNotIn("bridges", model.wv)


if __name__ == "__main__":
    unittest.main()
