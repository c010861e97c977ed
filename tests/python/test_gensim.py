"""gensim's interface: the same calls, and where gensim is, the same answers."""
import copy
import pickle
import tempfile
import unittest
import warnings
from pathlib import Path

import numpy as np
import toy

import nce2vec
from nce2vec.compat import gensim as ours

try:
    import gensim.models as theirs
    import gensim.models.phrases
except ImportError:
    theirs = None

SETTINGS = dict(vector_size=16, min_count=1, sample=0, alpha=0.05, seed=3, workers=1)


def trained(**changes):
    return ours.Word2Vec(toy.sentences(), **{**SETTINGS, "sg": 1, **changes})


def moved(model, **options):
    """How far one more training moves the vectors of each word, as inputs and as outputs."""
    before = model.wv.vectors.copy(), model.syn1neg.copy()
    model.train(toy.sentences(300, seed=2), total_examples=300, epochs=1, **options)
    return [np.linalg.norm(rows - old, axis=1) for rows, old in zip((model.wv.vectors, model.syn1neg), before)]


class Locks(unittest.TestCase):
    """Factors of learning rates: 0 is a lock."""

    def check(self, package, sg):
        model = package.Word2Vec(toy.sentences(), **SETTINGS, sg=sg)
        factors = np.ones(len(model.wv), dtype=np.float32)
        factors[:5], factors[5] = 0, 1e-3
        model.wv.vectors_lockf = factors
        inputs, outputs = moved(model)
        self.assertTrue((inputs[:5] == 0).all())
        self.assertTrue((inputs[6:] > 0).all())
        self.assertTrue(0 < inputs[5] < 0.05 * inputs[6:].mean())
        self.assertTrue((outputs > 0).all())

    def test_vectors_lockf(self):
        for package in (ours, theirs) if theirs else (ours,):
            for sg in (0, 1):
                with self.subTest(package=package.__name__, sg=sg):
                    self.check(package, sg)

    def test_fewer_numbers_than_words(self):
        """They come again, as in gensim."""
        for package in (ours, theirs) if theirs else (ours,):
            model = package.Word2Vec(toy.sentences(), **SETTINGS, sg=1)
            model.wv.vectors_lockf = np.array([0, 1], dtype=np.float32)
            inputs = moved(model)[0]
            self.assertTrue((inputs[::2] == 0).all() and (inputs[1::2] > 0).all(), package.__name__)

    def test_names_of_gensim_3(self):
        model = trained()
        model.syn0_lockf[2:] = 0
        self.assertEqual(model.trainables.vectors_lockf.tolist(), [1, 1] + [0] * 13)
        self.assertEqual((moved(model)[0] > 0).tolist(), [True, True] + [False] * 13)

    def test_one_side(self):
        for sg in (0, 1):
            model = trained(sg=sg)
            model.learn_hidden = False
            inputs, outputs = moved(model)
            self.assertTrue((inputs > 0).all() and (outputs == 0).all())
            model.learn_hidden, model.learn_vectors = True, False
            inputs, outputs = moved(model)
            self.assertTrue((inputs == 0).all() and (outputs > 0).all())

    def test_words_that_share_parts(self):
        model = ours.FastText(toy.sentences(), **SETTINGS, min_n=2, max_n=3, bucket=1000)
        model.learn_vectors = False
        inputs, outputs = moved(model)
        self.assertTrue((inputs == 0).all() and (outputs > 0).all())
        model.wv.vectors_ngrams_lockf = np.zeros(1)
        with self.assertRaisesRegex(NotImplementedError, "share their n-grams"):
            model.train(toy.sentences(10), total_examples=10, epochs=1)


class Training(unittest.TestCase):
    def assert_topics(self, wv):
        for topic in toy.TOPICS:
            self.assertEqual({word for word, _ in wv.most_similar(topic[0], topn=4)}, set(topic[1:]))

    def test_both_models_learn(self):
        self.assert_topics(trained().wv)
        self.assert_topics(trained(sg=0, epochs=10).wv)

    def test_names_of_gensim_3(self):
        model = ours.Word2Vec(toy.sentences(), size=8, iter=2, min_count=1)
        self.assertEqual(model.wv.vectors.shape, (15, 8))
        self.assertEqual(model.epochs, 2)
        self.assertEqual(model.wv.index2word, model.wv.index_to_key)
        word = model.wv.index2word[4]
        self.assertEqual(model.wv.vocab[word].index, 4)
        self.assertEqual(model.wv.vocab[word].count, model.wv.get_vecattr(word, "count"))
        self.assertTrue(np.array_equal(model[word], model.wv.word_vec(word)))
        self.assertTrue(np.allclose(model.wv.word_vec(word, use_norm=True), model.wv.vectors_norm[4]))
        with self.assertRaisesRegex(TypeError, "sizes"):
            ours.Word2Vec(sizes=3)

    def test_errors_name_the_parameters(self):
        for name, value in (("vector_size", 0), ("size", 0), ("window", 0), ("sample", -1), ("alpha", -1),
                            ("min_alpha", -1), ("negative", -1), ("ns_exponent", 1e9), ("max_final_vocab", -1),
                            ("workers", 10 ** 9), ("seed", -1), ("vector_size", 2.5)):
            with self.subTest(name), self.assertRaisesRegex(ValueError, rf"^{name}: '{value}' is not an? "):
                ours.Word2Vec(**{name: value})
        for name in ("vector_size", "size", "iter", "epochs", "min_count", "workers", "alpha"):
            with self.subTest(name), self.assertRaisesRegex(TypeError, f"^{name} is a number, not 'x'"):
                ours.Word2Vec(**{name: "x"})
        for name, value in (("min_n", -1), ("max_n", 10 ** 9), ("bucket", 0), ("size", 0)):
            with self.subTest(name), self.assertRaisesRegex(ValueError, f"^{name}: '{value}' is not an integer"):
                ours.FastText(**{name: value})
        for name in ("start_alpha", "end_alpha"):
            model = ours.Word2Vec(toy.sentences(9), min_count=1, size=4, iter=1, min_alpha=None)
            with self.assertRaisesRegex(ValueError, f"^{name}: '-1' is not"):
                model.train(toy.sentences(9), epochs=1, **{name: -1})
        model.vector_size = -3
        with self.assertRaisesRegex(ValueError, "^size: '-3' is not"):
            model.build_vocab(toy.sentences(9))
        with self.assertRaisesRegex(TypeError, "threshold is a number, not 'high'"):
            ours.Phrases(threshold="high")
        with self.assertRaisesRegex(ValueError, "^threshold: '-2' is not"):
            ours.Phrases(toy.sentences(9), threshold=-2)

    def test_no_subsampling(self):
        self.assertEqual(ours.Word2Vec(sample=None)._settings()["subsample"], 0)

    def test_in_steps(self):
        model = ours.Word2Vec(**SETTINGS, sg=1)
        with self.assertRaisesRegex(RuntimeError, "build vocabulary"):
            model.train(toy.sentences(), total_examples=10, epochs=1)
        text = toy.sentences()
        model.build_vocab(text)
        self.assertEqual((model.corpus_count, model.corpus_total_words), (1500, 12000))
        before = model.wv.vectors.copy()
        model.train(text, total_examples=model.corpus_count, epochs=5)
        self.assertFalse(np.array_equal(before, model.wv.vectors))
        self.assert_topics(model.wv)

    def test_a_second_training_begins_where_the_first_has_ended(self):
        model = trained()
        before = model.wv.vectors.copy()
        model.train([toy.TOPICS[0]], total_examples=1, epochs=1, start_alpha=1e-4)
        self.assertFalse(np.array_equal(before, model.wv.vectors))
        self.assertTrue(np.allclose(before, model.wv.vectors, atol=0.01))

    def test_a_changed_array_is_what_is_trained(self):
        model = trained()
        model.wv.vectors[:] = 0.25
        model.syn1neg[:] = 0
        model.train([["sun", "moon"]], total_examples=1, epochs=1, start_alpha=1e-4)
        self.assertTrue(np.allclose(model.wv.vectors, 0.25, atol=1e-3))

    def test_new_words(self):
        model = trained()
        old = model.wv["sun"].copy()
        model.build_vocab([["sun", "comet"]] * 20, update=True)
        self.assertEqual(len(model.wv), 16)
        self.assertEqual(model.wv.get_vecattr("comet", "count"), 20)
        self.assertTrue(np.array_equal(model.wv["sun"], old))
        model.train([["comet", *toy.TOPICS[0]]] * 200, total_examples=200, epochs=5)
        self.assertTrue({word for word, _ in model.wv.most_similar("comet", topn=3)} <= set(toy.TOPICS[0]))

    def test_rules_and_frequencies(self):
        model = ours.Word2Vec(vector_size=4, min_count=2)
        model.build_vocab([["a", "b", "b", "c", "c"]], trim_rule=lambda word, count, least: 2 if word == "a" else
                          1 if word == "c" else 0)
        self.assertEqual(sorted(model.wv.index_to_key), ["a", "b"])
        model.build_vocab_from_freq({"x": 5, "y": 1})
        self.assertEqual(model.wv.index_to_key, ["x"])

    def test_callbacks_and_the_loss(self):
        calls = []

        class Watch(ours.CallbackAny2Vec):
            def on_train_begin(self, model):
                calls.append("begin")

            def on_epoch_begin(self, model):
                calls.append("epoch")

            def on_epoch_end(self, model):
                calls.append((model.get_latest_training_loss(), model.wv["sun"].copy()))

            def on_train_end(self, model):
                calls.append("end")
        model = trained(callbacks=[Watch()], compute_loss=True, epochs=2)
        self.assertEqual([c for c in calls if isinstance(c, str)], ["begin", "epoch", "epoch", "end"])
        (first, early), (second, late) = (c for c in calls if not isinstance(c, str))
        self.assertLess(0, second - first)
        self.assertLess(second - first, first)  # the second epoch has less loss than the first
        self.assertFalse(np.array_equal(early, late))
        self.assertEqual(model.get_latest_training_loss(), second)

    def test_a_vocabulary_of_sentences_of_one_word(self):
        model = ours.Word2Vec(**SETTINGS, sg=1)
        model.build_vocab([word] for topic in toy.TOPICS for word in topic)
        model.train(toy.sentences(), total_examples=1500, epochs=5)
        self.assert_topics(model.wv)

    def test_a_subclass_makes_its_own_sentences(self):
        text = toy.sentences()

        class Numbered(ours.Word2Vec):
            def _do_train_job(self, sentences, alpha, inits):
                return super()._do_train_job([text[number] for number, in sentences], alpha, inits)
        model = Numbered(**SETTINGS, sg=1, batch_words=100)
        model.build_vocab(text)
        model.train(([i] for i in range(len(text))), total_examples=len(text), epochs=5)
        self.assert_topics(model.wv)

    def test_copies_are_models_of_their_own(self):
        model = trained()
        for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
            before = model.wv["sun"].copy()
            other.train(toy.sentences(), total_examples=1500, epochs=1)
            self.assertFalse(np.array_equal(other.wv["sun"], before))
            self.assertTrue(np.array_equal(model.wv["sun"], before))

    def test_names_that_programs_assign(self):
        model = trained()
        model.iter, model.wv.syn0 = 7, np.zeros_like(model.wv.vectors)
        self.assertEqual((model.epochs, model.wv.vectors.sum()), (7, 0))
        self.assertIn("sun", model.wv.vocab)
        self.assertNotIn("none", model.wv.vocab)
        self.assertEqual(list(model.wv.vocab), model.wv.index_to_key)

    def test_letters_of_a_string(self):
        """As in gensim, with a warning."""
        with self.assertWarnsRegex(UserWarning, "its letters are the words") as shown:
            model = ours.Word2Vec(["abab", "baba"], min_count=1, vector_size=4, sample=0, seed=2 ** 40, callbacks=None)
        self.assertEqual(shown.filename, __file__)
        self.assertEqual(set(model.wv.index_to_key), {"a", "b"})

    def test_tokens_of_other_kinds(self):
        model = ours.Word2Vec([[1, "new york", ""], [1, "new york", 2]] * 20, min_count=1, vector_size=4)
        self.assertEqual(set(model.wv.index_to_key), {1, 2, "new york", ""})
        self.assertEqual(model.wv["new york"].shape, (4,))

    def test_a_model_is_saved_and_goes_on(self):
        model = trained()
        with tempfile.TemporaryDirectory() as folder:
            model.save(str(Path(folder, "m")))
            loaded = ours.Word2Vec.load(str(Path(folder, "m")))
        self.assertTrue(np.array_equal(loaded.wv.vectors, model.wv.vectors))
        self.assertEqual(loaded.wv.get_vecattr("sun", "count"), model.wv.get_vecattr("sun", "count"))
        loaded.train(toy.sentences(10), total_examples=10, epochs=1)
        self.assert_topics(loaded.wv)

    def test_predicted_words(self):
        words = [word for word, _ in trained(epochs=10).predict_output_word(["sun", "moon", "star"], topn=3)]
        self.assertTrue(set(words) <= set(toy.TOPICS[0]))
        self.assertIsNone(trained(epochs=1).predict_output_word(["nothing"]))

    def test_hierarchical_softmax(self):
        for changes in (dict(negative=0), dict(negative=5), dict(negative=0, sg=0, epochs=10)):
            model = trained(hs=1, **changes)
            self.assert_topics(model.wv)
            self.assertEqual(model.syn1neg is None, changes["negative"] == 0)
            good, bad, none = ["sun", "moon", "star", "sky"], ["sun", "egg", "wheel", "moon"], ["sun", "nothing"]
            scores = model.score([good, bad, none])
            self.assertEqual((scores.shape, scores[2]), ((3,), 0))
            self.assertGreater(scores[0], scores[1] + 1)
            with tempfile.TemporaryDirectory() as folder:
                model.save(str(Path(folder, "m")))
                loaded = ours.Word2Vec.load(str(Path(folder, "m")))
            for other in (loaded, copy.deepcopy(model)):
                self.assertTrue(np.array_equal(other.score([good, bad]), scores[:2]))
        with self.assertRaisesRegex(RuntimeError, "negative above 0"):
            model.predict_output_word(["sun"])
        with self.assertRaisesRegex(RuntimeError, "hs=1"):
            trained(epochs=1).score([["sun", "moon"]])
        with self.assertRaisesRegex(ValueError, "either 'hs' or 'negative'"):
            ours.Word2Vec(negative=0)

    def test_a_tree_goes_on(self):
        """The nodes are those of the first training, and the changed array is what is trained."""
        model = trained(hs=1, negative=0, epochs=10)
        before = model.score(toy.sentences(20, seed=2)).sum()
        model.train([toy.TOPICS[0]], total_examples=1, epochs=1, start_alpha=1e-5)
        self.assertAlmostEqual(model.score(toy.sentences(20, seed=2)).sum() / before, 1, 3)
        model.wv.vectors[:] = 0
        model.train([toy.TOPICS[0]], total_examples=1, epochs=1, start_alpha=1e-5)
        self.assertLess(model.score(toy.sentences(20, seed=2)).sum() / before, 3)
        self.assertGreater(model.score(toy.sentences(20, seed=2)).sum() / before, 1.2)

    def test_scores_are_sums_over_all_pairs(self):
        model = trained(hs=1, negative=0, window=2)
        words = ["sun", "moon", "bread", "star"]
        two = {(a, b): model.score([[a, b]])[0] for a in words for b in words if a != b}
        pairs = [(words[i], words[j]) for i in range(4) for j in range(i + 1, min(i + 3, 4))]
        self.assertAlmostEqual(model.score([words])[0], sum(two[pair] for pair in pairs), places=3)

    @unittest.skipUnless(theirs, "machine: gensim is not here")
    def test_scores_are_like_gensims(self):
        """Of likely sentences: gensim skips nodes whose scores are beyond its table, those of the most unlikely
        words."""
        arguments = {**SETTINGS, "sg": 1, "hs": 1, "negative": 0, "alpha": 0.025, "epochs": 1}
        text = toy.sentences(30, seed=2)
        mine = ours.Word2Vec(toy.sentences(), **arguments).score(text)
        other = theirs.Word2Vec(toy.sentences(), **arguments).score(text, total_sentences=len(text))
        self.assertGreater(np.corrcoef(mine, other)[0, 1], 0.5)
        self.assertAlmostEqual(mine.sum() / other.sum(), 1, delta=0.1)

    def test_what_is_missing_names_the_alternative(self):
        with self.assertRaisesRegex(NotImplementedError, "cbow_mean"):
            ours.Word2Vec(cbow_mean=0)
        with self.assertRaisesRegex(NotImplementedError, "exact"):
            trained().wv.most_similar("sun", indexer=object())
        with self.assertRaisesRegex(TypeError, "not a string"):
            ours.Word2Vec("text.txt")

    def test_missing_values(self):
        """As pandas has them: among the words, and in the place of a sentence."""
        for sentences, says in (([["a", float("nan")]], r"a word is missing \(nan\): leave it out"),
                                ([["a"], None], r"sentence 2 is missing \(None\): leave it out")):
            for model in (ours.Word2Vec, ours.FastText):
                with self.assertRaisesRegex(TypeError, says):
                    model(sentences, min_count=1)

    def test_texts_of_models(self):
        """As gensim prints them; a warning is that of the caller's line."""
        model = trained()
        self.assertEqual(str(model.wv), f"KeyedVectors<vector_size={model.vector_size}, {len(model.wv)} keys>")
        with self.assertWarnsRegex(UserWarning, "its letters are the words") as caught:
            ours.Word2Vec(["abcabc"] * 20, vector_size=2, min_count=1, epochs=1)
        self.assertEqual(caught.filename, __file__)


class Attributes:
    def __init__(self, **attributes):
        self.__dict__.update(attributes)


class Vectors(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.model = trained()

    def test_files(self):
        wv = self.model.wv
        with tempfile.TemporaryDirectory() as folder:
            for binary in (False, True):
                path, counts = Path(folder, "v"), Path(folder, "counts")
                wv.save_word2vec_format(path, fvocab=counts, binary=binary)
                loaded = ours.KeyedVectors.load_word2vec_format(path, binary=binary)
                self.assertEqual(loaded.index_to_key, wv.index_to_key)
                self.assertTrue(np.allclose(loaded.vectors, wv.vectors, atol=1e-6))
                self.assertEqual(len(counts.read_text().splitlines()), 15)
            wv.save_word2vec_format(Path(folder, "v.txt.gz"))  # compressed, as in gensim
            self.assertEqual(Path(folder, "v.txt.gz").read_bytes()[:2], b"\x1f\x8b")
            self.assertEqual(len(ours.KeyedVectors.load_word2vec_format(Path(folder, "v.txt.gz"))), 15)
            wv.save(path)
            self.assertEqual(ours.KeyedVectors.load(path).get_vecattr("sun", "count"), wv.get_vecattr("sun", "count"))
            with self.assertRaisesRegex(ValueError, "has vectors and no model: KeyedVectors.load"):
                ours.Word2Vec.load(path)
            self.model.save(path)
            self.assertEqual(ours.KeyedVectors.load(path).index_to_key, wv.index_to_key)
            nce2vec.Vectors.from_arrays(["a"], np.ones((1, 2))).save(Path(folder, "d.model2vec"))
            self.assertEqual(ours.KeyedVectors.load(Path(folder, "d.model2vec")).index_to_key, ["a"])
            np.savez(Path(folder, "n.npz"), embeddings=np.ones((1, 2)), vocab=["a"])
            self.assertEqual(ours.KeyedVectors.load(Path(folder, "n.npz")).index_to_key, ["a"])
            # gensim's own files, whose classes are not needed
            path.write_bytes(pickle.dumps(Attributes(index_to_key=["sun", "moon"], vectors=np.eye(2, dtype="f4"))))
            loaded = ours.KeyedVectors.load(path)
            self.assertEqual(loaded.index_to_key, ["sun", "moon"])
            self.assertTrue((loaded.vectors == np.eye(2)).all())
            path.write_bytes(b"\x80\x04]q\x00.")
            with self.assertRaisesRegex(ValueError, "a Python pickle without word vectors"):
                ours.KeyedVectors.load(path)
            with self.assertRaisesRegex(ValueError, "nce2vec.load read"):
                ours.Word2Vec.load(path)
            path.write_text("1 2\nsun 0 1\n")
            with self.assertRaisesRegex(ValueError, "not written by save of this class: KeyedVectors.load"):
                ours.Word2Vec.load(path)

    def test_intersect(self):
        model = trained()
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "v")
            path.write_text("2 16\nsun " + "1 " * 16 + "\nnothing " + "1 " * 16 + "\n")
            model.wv.intersect_word2vec_format(path, lockf=0.5)
        self.assertTrue((model.wv["sun"] == 1).all())
        self.assertEqual(model.wv.vectors_lockf[model.wv.get_index("sun")], 0.5)
        self.assertEqual(model.wv.vectors_lockf.sum(), 14.5)
        with tempfile.TemporaryDirectory() as folder:  # gensim 3 has it of the model
            path = Path(folder, "v")
            path.write_text("1 16\nmoon " + "1 " * 16 + "\n")
            model.intersect_word2vec_format(path)
        model.train(toy.sentences(10), total_examples=10, epochs=1)
        self.assertTrue((model.wv["moon"] == 1).all())
        self.assertFalse((model.wv["sun"] == 1).any())

    @unittest.skipUnless(theirs, "gensim is not installed: apt-get install python3-gensim")
    def test_queries_answer_as_gensim_does(self):
        wv = self.model.wv
        other = theirs.KeyedVectors(16)
        other.add_vectors(wv.index_to_key, wv.vectors)
        for ask in (lambda v: v.most_similar("sun", topn=5), lambda v: v.most_similar(["sun", "milk"], ["car"]),
                    lambda v: v.most_similar_cosmul(["sun", "milk"], ["car"]),
                    lambda v: v.most_similar([("sun", 0.5), v["car"]], topn=3),
                    lambda v: v.similar_by_vector(v["moon"], topn=2),
                    lambda v: v.most_similar("sun", topn=5, restrict_vocab=6),
                    lambda v: [("", v.similarity("sun", "moon")), ("", v.distance("sun", "car")),
                               ("", v.n_similarity(["sun", "moon"], ["car", "road"]))],
                    lambda v: [(w, 0) for w in v.closer_than("sun", "car")] + [("", v.rank("sun", "car"))],
                    lambda v: [(v.doesnt_match(["sun", "moon", "car"]), 0),
                               (v.most_similar_to_given("sun", ["car", "moon"]), 0)]):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                got, wanted = ask(wv), ask(other)
            self.assertEqual([word for word, _ in got], [word for word, _ in wanted])
            self.assertTrue(np.allclose([s for _, s in got], [s for _, s in wanted], atol=1e-5))
        self.assertTrue(np.allclose(wv.most_similar("sun", topn=None), other.most_similar("sun", topn=None), atol=1e-5))
        for use_norm in (False, True):
            got, wanted = (v.rank_by_centrality(["sun", "moon", "car"], use_norm) for v in (wv, other))
            self.assertEqual([word for _, word in got], [word for _, word in wanted])
            self.assertTrue(np.allclose([score for score, _ in got], [score for score, _ in wanted], atol=1e-5))
        self.assertAlmostEqual(wv.relative_cosine_similarity("sun", "moon"),
                               other.relative_cosine_similarity("sun", "moon"), places=5)
        got, wanted = (v.vectors_for_all(["sun", "none", "egg", "sun"]) for v in (wv, other))
        self.assertEqual(got.index_to_key, wanted.index_to_key)
        self.assertTrue(np.array_equal(got.vectors, wanted.vectors))

    def test_changes(self):
        wv = ours.KeyedVectors(2)
        wv[["a", "b"]] = [[1, 2], [3, 4]]
        wv["a"] = np.array([5, 6])
        wv.add_vectors(["c"], [[7, 8]], extras={"count": [9]})
        self.assertEqual(wv.vectors.tolist(), [[5, 6], [3, 4], [7, 8]])
        wv.sort_by_descending_frequency()
        self.assertEqual((wv.index_to_key[0], wv["c"].tolist(), wv.get_vecattr("c", "count")), ("c", [7, 8], 9))
        wv.index2word = ["x", "y", "z"]
        self.assertEqual(wv["x"].tolist(), [7, 8])
        self.assertEqual(wv.norms.shape, (3,))
        with tempfile.TemporaryDirectory() as folder:  # keys that are numbers
            numbers = ours.KeyedVectors(1)
            numbers.add_vectors([4, "4", 2], [[1], [2], [3]])
            numbers.save(Path(folder, "v"))
            self.assertEqual(ours.KeyedVectors.load(Path(folder, "v")).index_to_key, [4, "4", 2])
            Path(folder, "v.txt").write_text("2 1\na 1\nb 2\n")
            Path(folder, "counts").write_text("a 7\nb 5\n")
            read = ours.KeyedVectors.load_word2vec_format(Path(folder, "v.txt"), fvocab=Path(folder, "counts"))
            self.assertEqual(read.get_vecattr("b", "count"), 5)

    @unittest.skipUnless(theirs, "gensim is not installed: apt-get install python3-gensim")
    def test_evaluations_are_gensims(self):
        other = theirs.KeyedVectors(16)
        other.add_vectors(self.model.wv.index_to_key, self.model.wv.vectors)
        with tempfile.TemporaryDirectory() as folder:
            pairs, questions = Path(folder, "pairs"), Path(folder, "questions")
            pairs.write_text("# set\nsun\tmoon\t9\nSUN\tbread\t1\ncar\twheel\t8\nmilk\tnone\t3\nsalt\tegg\t7\n")
            questions.write_text(": topics\nsun moon bread milk\ncar road egg salt\nsun moon none milk\n")
            got, wanted = (v.evaluate_word_pairs(pairs) for v in (self.model.wv, other))
            self.assertTrue(np.allclose([got[0][0], got[1][0], got[2]], [wanted[0][0], wanted[1][0], wanted[2]]))
            self.assertEqual(self.model.wv.evaluate_word_analogies(questions),
                             other.evaluate_word_analogies(str(questions)))


class Phrases(unittest.TestCase):
    TEXT = [s + ["new", "york", "bank", "of", "america"] for s in toy.sentences(300)]

    @unittest.skipUnless(theirs, "gensim is not installed: apt-get install python3-gensim")
    def test_the_same_phrases(self):
        for settings in ({"threshold": 0.05}, {"connector_words": ours.ENGLISH_CONNECTOR_WORDS, "threshold": 0.1},
                         {"scoring": "npmi", "threshold": 0.3}, {"scoring": ours.models.npmi_scorer, "threshold": 0.2},
                         {"delimiter": "-", "min_count": 2, "threshold": 0.01}):
            mine = ours.Phrases(self.TEXT, **settings)
            if callable(settings.get("scoring")):
                settings["scoring"] = gensim.models.phrases.npmi_scorer
            other = gensim.models.phrases.Phrases(self.TEXT, **settings)
            with self.subTest(settings):
                self.assertEqual(set(mine.export_phrases()), set(other.export_phrases()))
                for phrase, score in other.export_phrases().items():
                    self.assertAlmostEqual(mine.export_phrases()[phrase], score, places=5)
                self.assertEqual([mine[s] for s in self.TEXT[:50]], [other[s] for s in self.TEXT[:50]])
                self.assertEqual(list(mine[self.TEXT[:9]]), list(other[self.TEXT[:9]]))

    def test_what_a_sentence_is(self):
        """As in gensim, also of iterators; texts that can be read again are read when they are asked for."""
        mine = ours.Phrases(self.TEXT, threshold=0.05)
        joined = mine[self.TEXT[0]]
        self.assertIn("new_york", joined)
        self.assertEqual(mine[iter(self.TEXT[0])], joined)
        self.assertEqual(list(mine[iter(self.TEXT[:2])])[0], joined)

        class Text:
            reads = 0

            def __iter__(self):
                Text.reads += 1
                return iter(Phrases.TEXT)
        text = mine[Text()]
        self.assertEqual(list(text), list(text))
        self.assertEqual(Text.reads, 3)  # once to look whether it is a sentence
        self.assertEqual(mine[[]], [])

    @unittest.skipUnless(theirs, "gensim is not installed: apt-get install python3-gensim")
    def test_scorers(self):
        for name in ("original_scorer", "npmi_scorer"):
            for counts in ((10, 20, 8, 100, 5, 1000), (10, 20, 3, 100, 5, 1000)):
                mine, other = (getattr(module, name)(*counts) for module in (ours.models, gensim.models.phrases))
                self.assertAlmostEqual(mine, other)

    def test_the_table_is_saved(self):
        mine = ours.Phrases(self.TEXT, connector_words=ours.ENGLISH_CONNECTOR_WORDS, threshold=0.1).freeze()
        self.assertIn("bank_of_america", mine.phrasegrams)
        with tempfile.TemporaryDirectory() as folder:
            mine.save(Path(folder, "table"))
            loaded = ours.Phraser.load(Path(folder, "table"))
        self.assertEqual(loaded[self.TEXT[0]], mine[self.TEXT[0]])


class Sources(unittest.TestCase):
    def test_lines_folders_and_text8(self):
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "a").write_text("a b c d e\nf g\n")
            Path(folder, "b").write_text("h\n")
            self.assertEqual(list(ours.LineSentence(Path(folder, "a"), max_sentence_length=3)),
                             [["a", "b", "c"], ["d", "e"], ["f", "g"]])
            self.assertEqual(list(ours.LineSentence(str(Path(folder, "a")), limit=1)), [["a", "b", "c", "d", "e"]])
            whole = ours.PathLineSentences(folder)
            self.assertEqual(list(whole), [["a", "b", "c", "d", "e"], ["f", "g"], ["h"]])
            whole.input_files = [path for path in whole.input_files if path.endswith("b")]
            self.assertEqual(list(whole), [["h"]])
            text = " ".join(f"w{i}" for i in range(30000))
            Path(folder, "c").write_text(text)
            chunks = list(ours.Text8Corpus(Path(folder, "c"), max_sentence_length=7000))
            self.assertEqual([word for chunk in chunks for word in chunk], text.split())
            self.assertEqual([len(chunk) for chunk in chunks], [7000] * 4 + [2000])
            self.assertEqual(len(list(ours.Text8Corpus(Path(folder, "c")))), 3)

if __name__ == "__main__":
    unittest.main()
