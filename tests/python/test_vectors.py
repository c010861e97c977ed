"""Vectors as a mapping, their queries and files."""
import gc
import os
import pickle
import signal
import tempfile
import unittest
import unittest.mock
from pathlib import Path

import numpy as np
import toy

import nce2vec
from nce2vec._watch import Watch


class Mapping(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.vectors = nce2vec.train(toy.sentences(), **toy.TRAINING)

    def test_words_ids_and_counts(self):
        v = self.vectors
        self.assertEqual(len(v), 15)
        self.assertEqual(list(v), v.words)
        self.assertEqual(v.id(v.words[3]), 3)
        self.assertIn("sun", v)
        self.assertNotIn("sunn", v)
        self.assertNotIn(3, v)
        self.assertEqual(v.counts.sum(), 12000)
        self.assertEqual(sorted(v.counts, reverse=True), list(v.counts))
        with self.assertRaisesRegex(KeyError, "'sunn' is not in the vocabulary; did you mean sun"):
            v["sunn"]
        self.assertIsNone(v.get("sunn"))
        for name, says in (("wv", "the object itself"), ("index_to_key", "words"), ("colour", "'colour'$")):
            with self.assertRaisesRegex(AttributeError, says):
                getattr(v, name)
        self.assertTrue(v == v and v != nce2vec.Vectors.from_bytes(v.to_bytes()) and {v: 1}[v])
        self.assertTrue(all(np.array_equal(v[word], row) for word, row in v.items()))
        for other in (3, None, b"sun"):
            self.assertIsNone(v.get(other))

    def test_words_that_the_text_does_not_have(self):
        v = nce2vec.train(toy.sentences(), **{**toy.TRAINING, "subwords": "fasttext", "buckets": 5000})
        self.assertNotIn("sunmoon", v)
        self.assertEqual(v["sunmoon"].shape, (16,))
        self.assertTrue(np.array_equal(v.compose("sun"), v["sun"]))
        a, b = v["sunmoon"].astype(float), v["moon"].astype(float)
        self.assertAlmostEqual(v.similarity("sunmoon", "moon"), a @ b / np.linalg.norm(a) / np.linalg.norm(b), places=6)
        best, score = v.most_similar("sunmoon", k=1)[0]
        self.assertAlmostEqual(v.similarity("sunmoon", best), score, places=5)
        with self.assertRaisesRegex(KeyError, "'#' is not in the vocabulary, and none of its n-grams has a vector"):
            v["#"]
        with self.assertRaisesRegex(KeyError, "have no subwords"):
            self.vectors.compose("sunmoon")
        with tempfile.TemporaryDirectory() as folder:
            v.save(Path(folder, "v.bin"), format="fasttext")
            self.assertTrue(np.allclose(nce2vec.load(Path(folder, "v.bin"))["sunmoon"], v["sunmoon"], atol=1e-6))
            Path(folder, "pairs").write_text("sun sunmoon 1\nsun moon 2\nsun # 3\n")
            score = v.evaluate_pairs(Path(folder, "pairs"))
            self.assertEqual([score[key] for key in ("pairs", "found", "composed")], [3, 2, 1])

    def test_the_matrix_is_the_librarys_memory(self):
        v = self.vectors
        self.assertEqual(v.matrix.shape, (15, 16))
        self.assertTrue(np.shares_memory(v.matrix, v.matrix) and np.shares_memory(v["moon"], v.matrix))
        with self.assertRaises(ValueError):
            v.matrix[0, 0] = 1
        self.assertTrue(np.array_equal(v["moon"], v.matrix[v.id("moon")]))
        self.assertEqual(v.output_matrix.shape, (15, 16))
        self.assertEqual(v.output_biases.shape, (15,))

    def test_a_dataframe(self):
        try:
            import pandas
        except ImportError:
            pandas = None
        if pandas:
            frame = self.vectors.to_dataframe()
            self.assertEqual(frame.index.tolist(), self.vectors.words)
            self.assertTrue(np.array_equal(frame.loc["sun"], self.vectors["sun"]))
            frame.copy().iloc[0, 0] = 1
        with unittest.mock.patch.dict("sys.modules", pandas=None):
            with self.assertRaisesRegex(ImportError, "pip install pandas"):
                self.vectors.to_dataframe()

    def test_an_array_outlives_its_vectors(self):
        with tempfile.TemporaryDirectory() as folder:
            self.vectors.save(Path(folder, "v.txt"))
            loaded = nce2vec.load(Path(folder, "v.txt"))
        row, copy = loaded["sun"], np.array(loaded["sun"])
        del loaded
        gc.collect()
        np.zeros((1000, 1000))
        self.assertTrue(np.array_equal(row, copy))

    def test_queries(self):
        v = self.vectors
        unit = v.matrix / np.linalg.norm(v.matrix, axis=1, keepdims=True)
        scores = unit @ (unit[v.id("sun")] + unit[v.id("milk")] - unit[v.id("car")])
        scores[[v.id(w) for w in ("sun", "milk", "car")]] = -np.inf
        best = [v.words[i] for i in np.argsort(-scores)[:3]]
        self.assertEqual([w for w, _ in v.most_similar(["sun", "milk"], ["car"], k=3)], best)
        self.assertEqual(v.analogy("car", "sun", "milk", k=3), v.most_similar(["sun", "milk"], ["car"], k=3))
        self.assertEqual(v.most_similar(v["sun"], k=1)[0][0], "sun")
        for sums in ((["sun", v["milk"]], "car"), ([3 * v["sun"], v["milk"]], "car"), ([v["sun"], "milk"], v["car"]),
                     ([v["sun"], v["milk"]], [2 * v["car"]])):
            answers = v.most_similar(*sums, k=6)
            self.assertEqual(len(answers), 6)
            words = {item for side in sums for item in (side if isinstance(side, list) else [side])
                     if isinstance(item, str)}
            self.assertFalse(words & {word for word, _ in answers})
            others = [answer for answer in answers if answer[0] not in ("sun", "milk", "car")][:3]
            wanted = v.most_similar(["sun", "milk"], ["car"], k=3)
            self.assertEqual([word for word, _ in others], [word for word, _ in wanted])
            self.assertAlmostEqual(others[0][1], wanted[0][1], places=5)
        self.assertAlmostEqual(v.similarity("sun", "moon"), float(unit[v.id("sun")] @ unit[v.id("moon")]), places=5)
        many = v.most_similar_many([(["sun"], ()), (["car"], ())], k=2)
        self.assertEqual(many, [v.most_similar("sun", k=2), v.most_similar("car", k=2)])
        self.assertEqual(v.most_similar_many([]), [])
        self.assertEqual(v.most_similar("sun", k=10 ** 12), v.most_similar("sun", k=np.int64(15)))
        for positive, negative in ((["sun", "egg"], ["egg", "sun"]), (v["sun"], "sun"), 
                                   ([v["sun"]], [2 * v["sun"]]), ([], [])):
            with self.assertRaisesRegex(nce2vec.ArgumentError, "query 0 has no direction"):
                v.most_similar(positive, negative)
        with self.assertRaisesRegex(nce2vec.ArgumentError, "a query is a word"):
            v.most_similar(5)
        for wrong in (dict(k=0), dict(k=2.5), dict(k=None), dict(method="mean")):
            with self.assertRaises(nce2vec.ArgumentError):
                v.most_similar("sun", **wrong)
        with self.assertRaisesRegex(nce2vec.ArgumentError, "16 dimensions"):
            v.most_similar(np.zeros(3))

    def test_answers_among_some_words(self):
        v = self.vectors
        full = v.most_similar("sun", k=15)
        some = ["milk", "egg", "moon", "sun", "egg"]
        self.assertEqual([word for word, _ in v.most_similar("sun", among=some)],
                         [word for word, _ in full if word in some])
        self.assertEqual(v.most_similar_many([("sun", ()), ("car", ())], among=["egg"], k=3)[1][0][0], "egg")
        near = v.most_similar("sun", k=15, min_cosine=full[3][1])
        self.assertEqual([word for word, _ in near], [word for word, _ in full[:4]])
        self.assertEqual(v.most_similar("sun", k=15), full)
        with self.assertRaisesRegex(KeyError, "'mil' is not in the vocabulary"):
            v.most_similar("sun", among=["mil"])
        for wrong, says in (({"among": []}, "is empty"), ({"among": "moon"}, "not a string"),
                            ({"min_cosine": 2}, "from -1 to 1"),
                            ({"min_cosine": 0, "method": "multiply"}, "no cosines")):
            with self.assertRaisesRegex(nce2vec.ArgumentError, says):
                v.most_similar("sun", **wrong)

    def test_likelihoods(self):
        v = self.vectors
        text = toy.sentences(50, seed=3) + [[], ["sun"], ["sun", "nothing", "moon"], ["sun", "egg", "car"]]
        whole, lines = v.likelihood(text), v.line_likelihoods(iter(text), threads=2)
        self.assertEqual(list(lines["line"]), list(range(1, 55)))
        self.assertEqual(list(lines["words"][-4:]), [0, 1, 2, 3])
        self.assertEqual(list(lines["unknown"][-4:]), [0, 0, 1, 0])
        self.assertEqual([bool(np.isnan(x)) for x in lines["exact"][-4:]], [True, True, False, False])
        self.assertEqual(int(lines["pairs"].sum()), whole["pairs"])
        self.assertAlmostEqual(np.nansum(lines["weight"] * lines["exact"]) / whole["weight"], whole["exact"], places=5)
        self.assertEqual(np.nanargmin(lines["exact"]), 53)
        self.assertEqual((whole["objective"], len(whole["quantiles"])), ("nce", 7))
        self.assertGreater(v.likelihood(text, window=1)["exact"], -3)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "text")
            path.write_text("\n".join(map(" ".join, text)))
            again = v.line_likelihoods(path, threads=1)
        self.assertEqual(lines.tobytes(), again.tobytes())
        with self.assertRaisesRegex(nce2vec.DataError, "no pair of words"):
            v.line_likelihoods([["nothing"]])
        with self.assertRaisesRegex(TypeError, "windows"):
            v.line_likelihoods(text, windows=3)

        def fails():
            yield ["sun", "moon"]
            raise RuntimeError("mine")
        with self.assertRaisesRegex(RuntimeError, "mine"):
            v.line_likelihoods(fails())

    def test_a_text_is_read_as_that_of_the_training(self):
        """With its letter case, and without the program that a file names."""
        with tempfile.TemporaryDirectory() as folder:
            text, seen = Path(folder, "text"), Path(folder, "seen")
            text.write_text("IRMAK ILIK\n" * 50)
            v = nce2vec.train(text, case="lower:tr", **toy.TRAINING)
            self.assertEqual(set(v.words), {"ırmak", "ılık"})
            self.assertEqual(v.line_likelihoods(text)["words"][0], 2)
            v = nce2vec.train(text, tokenizer=f"command:tee {seen}", **toy.TRAINING)
            seen.unlink()
            self.assertEqual(v.line_likelihoods(text)["words"][0], 2)
            self.assertGreater(v.likelihood(text)["pairs"], 0)
            self.assertFalse(seen.exists())

    def test_likelihoods_by_weight(self):
        """Weights of 1 and 3 are the sentences once and three times; each line has its own likelihood."""
        v, a, b = self.vectors, ["sun", "moon", "star"], ["milk", "car", "egg"]
        weighted, plain = v.likelihood([[1, *a], [3, *b]], weighted=True), v.likelihood([a, b, b, b])
        self.assertAlmostEqual(weighted["exact"], plain["exact"], places=6)
        lines = v.line_likelihoods([[1, *a], [3, *b]], weighted=True)
        self.assertTrue(np.allclose(lines["exact"], v.line_likelihoods([a, b])["exact"]))
        with self.assertRaisesRegex(nce2vec.DataError, "the weight 'sun' is no number"):
            v.likelihood([a], weighted=True)

    def test_tokenize_and_record(self):
        self.assertEqual(self.vectors.tokenize("The Sun, THE moon!"), ["the", "sun", "the", "moon"])
        self.assertEqual(self.vectors.tokenize("..."), [])
        self.assertEqual(dict(self.vectors.record)["dim"], "16")

    def test_norms(self):
        norms, lengths = self.vectors.norms(), np.linalg.norm(self.vectors.matrix, axis=1)
        self.assertAlmostEqual(norms["max"], lengths.max(), places=5)
        self.assertEqual(norms["longest"], self.vectors.words[int(lengths.argmax())])


class Files(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.vectors = nce2vec.train(toy.sentences(), **toy.TRAINING)

    def test_every_ending_is_read_as_it_was_written(self):
        with tempfile.TemporaryDirectory() as folder:
            for ending in ("txt", "bin", "n2v", "glove", "npy", "safetensors", "fifu", "txt.gz"):
                path = Path(folder, "v." + ending)
                self.vectors.save(path)
                loaded = nce2vec.load(path)
                with self.subTest(ending):
                    self.assertEqual(loaded.words, self.vectors.words)
                    self.assertTrue(np.allclose(loaded.matrix, self.vectors.matrix, atol=1e-6))

    def test_files_of_others(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "v.npz")
            np.savez_compressed(path, words=self.vectors.words,
                                vectors=np.asfortranarray(self.vectors.matrix, dtype=float))
            loaded = nce2vec.load(path)
            self.assertEqual(loaded.words, self.vectors.words)
            self.assertTrue(np.array_equal(loaded.matrix, self.vectors.matrix))

    def test_malformed_rows(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "v.txt")
            path.write_text("3 2\na 1 2\na 3 4\nb 5\n")
            with self.assertRaisesRegex(nce2vec.FormatError,
                                        "line 3: the word 'a' appears twice; skip_bad skips such rows"):
                nce2vec.load(path)
            with self.assertWarnsRegex(UserWarning, "skipped 2 malformed rows; the first: .*line 3: the word 'a'"):
                self.assertEqual(nce2vec.load(path, skip_bad=True).words, ["a"])
            with self.assertWarns(UserWarning) as caught:
                nce2vec.load(path, skip_bad=True)
            self.assertEqual(caught.filename, __file__)
            with self.assertRaisesRegex(TypeError, "skip_bat"):
                nce2vec.load(path, skip_bat=True)

    def test_settings_of_output(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "v.vec")
            self.vectors.save(path, format="text", normalize=True, top=4)
            loaded = nce2vec.load(path)
            self.assertEqual(loaded.words, self.vectors.words[:4])
            self.assertTrue(np.allclose(np.linalg.norm(loaded.matrix, axis=1), 1, atol=1e-5))
            with self.assertRaisesRegex(TypeError, "formatt"):
                self.vectors.save(path, formatt="text")
            with self.assertWarnsRegex(UserWarning, "word2vec text, because the ending .bni is not known") as caught:
                self.vectors.save(Path(folder, "v.bni"))
            self.assertEqual(caught.filename, __file__)

    def test_fewer_dimensions_and_bits(self):
        v = self.vectors
        X = v.matrix - v.matrix.mean(axis=0)
        values, components = np.linalg.eigh(X.T @ X)
        kept = components[:, :-6:-1]  # those of the five largest
        kept *= np.sign(kept[np.abs(kept).argmax(axis=0), range(5)])
        reduced = v.derive(reduce=5)
        self.assertTrue(np.allclose(reduced.matrix, X @ kept, atol=1e-4))
        self.assertAlmostEqual(float(dict(reduced.record)["variance-kept"]), values[-5:].sum() / values.sum(), places=3)
        self.assertIsNone(reduced.output_matrix)
        flat = v.derive(remove_top=2, normalize=True).matrix
        wanted = X - X @ kept[:, :2] @ kept[:, :2].T
        self.assertTrue(np.allclose(flat, wanted / np.linalg.norm(wanted, axis=1, keepdims=True), atol=1e-4))
        same = v.compare(v.derive(float16=True))
        self.assertEqual((same["words"], same["sampled"], same["neighbors"]), (15, 15, 10))
        self.assertTrue(same["mean_cosine"] > 0.9999 and same["overlap"] > 0.95, same)
        self.assertTrue(np.isnan(v.compare(reduced)["mean_cosine"]))
        with self.assertRaisesRegex(nce2vec.ArgumentError, "reduce 17: the vectors have only 16 dimensions"):
            v.derive(reduce=17)
        with self.assertRaisesRegex(nce2vec.ArgumentError, "other words"):
            reduced.derive(top=3).compare(v)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "v.npy")
            v.save(path, int8=True)
            numbers = np.load(path)
            self.assertEqual((numbers.dtype, np.abs(numbers.astype(int)).max()), (np.int8, 127))
            self.assertTrue(np.allclose(numbers * (np.abs(v.matrix).max() / 127), v.derive(int8=True).matrix,
                                        atol=1e-6))
            v.save(Path(folder, "m"), format="model2vec", reduce=5)
            loaded = nce2vec.load(Path(folder, "m"))
            self.assertEqual(loaded.words, v.words)
            self.assertTrue(np.array_equal(loaded.matrix, reduced.matrix))

    def test_control_c_ends_long_calls(self):
        asked, real = [], Watch._stop

        def stop(watch, context):
            asked.append(watch)
            os.kill(os.getpid(), signal.SIGINT)
            return real(watch, context)
        before, v = signal.getsignal(signal.SIGINT), self.vectors
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "v.txt")
            v.save(path)
            for call in (lambda: v.derive(reduce=5), lambda: v.derive(int8=True), lambda: nce2vec.load(path),
                         lambda: v.save(Path(folder, "w.txt"), reduce=5)):
                with unittest.mock.patch.object(Watch, "_stop", stop), self.assertRaises(KeyboardInterrupt):
                    call()
                self.assertTrue(asked)
                asked.clear()
            self.assertEqual(os.listdir(folder), ["v.txt"])
        self.assertIs(signal.getsignal(signal.SIGINT), before)

    def test_pickles_and_bytes(self):
        copy = pickle.loads(pickle.dumps(self.vectors))
        self.assertEqual(copy.words, self.vectors.words)
        self.assertTrue(np.array_equal(copy.matrix, self.vectors.matrix))
        self.assertTrue(np.array_equal(copy.output_matrix, self.vectors.output_matrix))

    def test_bad_files(self):
        with self.assertRaises(nce2vec.ArgumentError):
            nce2vec.load("/no/such/file")
        with self.assertRaisesRegex(nce2vec.FormatError, "the made bytes"):
            nce2vec.Vectors.from_bytes(b"3 2\na 1 2\n", "the made bytes")

    def test_pairs(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "pairs")
            path.write_text("sun moon 9\nsun bread 1\ncar wheel 8\nmilk nothing 3\n")
            score = self.vectors.evaluate_pairs(path)
        self.assertEqual((score["pairs"], score["found"]), (4, 3))
        self.assertGreater(score["spearman"], 0)


if __name__ == "__main__":
    unittest.main()
