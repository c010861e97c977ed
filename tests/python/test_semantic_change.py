"""Alignment of two spaces, changes of words, the command align."""
import unittest

import numpy as np
from commands import CommandCase

import nce2vec

WORDS = [f"w{i}" for i in range(60)]


def rotation(dim=8, seed=1):
    return np.linalg.qr(np.random.default_rng(seed).normal(size=(dim, dim)))[0]


def pair(moved=(5,), dim=8):
    """Two spaces: the second is the first, rotated, with other lengths; only some words have moved."""
    draw = np.random.default_rng(2)
    rows = draw.normal(size=(len(WORDS), dim))
    other = rows * draw.uniform(0.5, 2, size=(len(WORDS), 1))
    for word in moved:
        other[word] = -rows[word]
    counts = np.arange(len(WORDS), 0, -1) * 10
    return (nce2vec.Vectors.from_arrays(WORDS, rows, counts),
            nce2vec.Vectors.from_arrays(WORDS[::-1], (other @ rotation(dim))[::-1], counts[::-1]))


class Align(unittest.TestCase):
    def test_a_rotation_is_found_and_the_word_that_moved(self):
        a, b = pair()
        found = nce2vec.align(a, b, words=[word for word in WORDS if word != "w5"])
        np.testing.assert_allclose(found.rotation, rotation().T, atol=1e-5)
        self.assertAlmostEqual(found.fit, 1, 5)
        self.assertEqual((found.anchors, len(found)), (59, 60))
        self.assertEqual(found.most_changed(1)[0].word, "w5")
        self.assertAlmostEqual(found["w5"].distance, 2, 4)
        self.assertEqual((found["w5"].count_before, found["w5"].count_after), (550, 550))
        self.assertLess(found.most_changed(2)[1].distance, 1e-5)
        self.assertNotIn("w5", [one.word for one in found.most_stable(59)])
        then, now = found.neighbors("w5", k=3)
        self.assertEqual(len(then), 3)
        self.assertNotEqual(then, now)
        # Cosines within b, and its words and counts, stay.
        self.assertAlmostEqual(found.after.similarity("w1", "w2"), b.similarity("w1", "w2"), 5)
        self.assertEqual((found.after.words, found.after.counts.tolist()), (b.words, b.counts.tolist()))

    def test_all_shared_words_are_enough_where_one_has_moved(self):
        self.assertEqual(nce2vec.align(*pair()).most_changed(1)[0].word, "w5")

    def test_length_does_not_matter(self):
        a, b = pair(())
        longer = nce2vec.Vectors.from_arrays(b.words, b.matrix * np.linspace(1, 50, 60)[:, None])
        np.testing.assert_allclose(nce2vec.align(a, longer).rotation, nce2vec.align(a, b).rotation, atol=1e-5)

    def test_frequent_words_alone_are_listed(self):
        a, b = pair((5, 50))
        words = [one.word for one in nce2vec.Change(a, nce2vec.align(a, b).after).most_changed(60, frequent=None)]
        self.assertEqual(set(words[:2]), {"w5", "w50"})
        found = nce2vec.align(a, b)
        self.assertEqual(found.most_changed(1, min_count=200)[0].word, "w5")
        self.assertEqual(found.considered(min_count=200), 41)
        self.assertEqual(found.considered(frequent=31), 2)  # b has the words in the other order
        bare = nce2vec.align(nce2vec.Vectors.from_arrays(a.words, a.matrix), b)
        with self.assertRaisesRegex(nce2vec.ArgumentError, "needs the counts"):
            bare.most_changed(1, min_count=200)

    def test_what_does_not_fit_is_refused(self):
        a, b = pair()
        with self.assertRaisesRegex(nce2vec.ArgumentError, "8 and 5 dimensions"):
            nce2vec.align(a, nce2vec.Vectors.from_arrays(["x"], np.ones((1, 5))))
        with self.assertRaisesRegex(nce2vec.DataError, "2 of the given words are in both vectors: a rotation in 8"):
            nce2vec.align(a, b, ["w1", "w2", "none", "w1"])
        with self.assertRaisesRegex(nce2vec.DataError, "no word is in both"):
            nce2vec.Change(a, nce2vec.Vectors.from_arrays(["x"], np.ones((1, 8))))
        with self.assertRaises(KeyError):
            nce2vec.align(a, b)["none"]


class FromArrays(unittest.TestCase):
    def test_they_are_copied(self):
        rows = np.arange(6, dtype=np.float32).reshape(3, 2)
        made = nce2vec.Vectors.from_arrays(["a", "b", "c"], rows, [3, 2, 1])
        rows[0] = 9
        self.assertEqual((made["a"].tolist(), made.counts.tolist()), ([0, 1], [3, 2, 1]))
        self.assertEqual(nce2vec.Vectors.from_bytes(made.to_bytes()).counts.tolist(), [3, 2, 1])

    def test_what_is_wrong_is_refused(self):
        for words, rows, says in ((["a"], np.ones((2, 2)), "1 words need"),
                                  (["a", "a"], np.ones((2, 2)), "appears twice"),
                                  (["a\0b"], np.ones((1, 2)), "NUL character"), ([3], np.ones((1, 2)), "not 3"),
                                  (["a b"], np.ones((1, 2)), "white space"), ([], np.ones((0, 2)), "0 words")):
            with self.subTest(says), self.assertRaisesRegex(nce2vec.ArgumentError, says):
                nce2vec.Vectors.from_arrays(words, rows)
        with self.assertRaises(nce2vec.DivergenceError):
            nce2vec.Vectors.from_arrays(["a"], np.array([[np.nan]]))
        with self.assertRaisesRegex(nce2vec.ArgumentError, "not the string 'ab'"):
            nce2vec.Vectors.from_arrays("ab", np.eye(2))
        for wrong in ([-1], [1.5], np.array([2.0])):
            with self.assertRaisesRegex(nce2vec.ArgumentError, "counts are whole numbers"):
                nce2vec.Vectors.from_arrays(["a"], np.ones((1, 2)), wrong)
        for wrong in (None, "v.txt"):
            with self.assertRaisesRegex(TypeError, "Vectors are expected"):
                nce2vec.Vectors.from_arrays(["a"], np.ones((1, 2))).compare(wrong)


class Command(CommandCase):
    def setUp(self):
        super().setUp()
        for name, vectors in zip("ab", pair()):
            vectors.save(f"{name}.n2v")

    def test_lists_scores_and_rotated_vectors(self):
        out = self.succeeds("align", "a.n2v", "b.n2v", "-o", "c.bin", "--scores", "s.tsv", "--top", 3, "--neighbors", 2)
        self.assertRegex(out, r"(?s)b.n2v rotated onto a.n2v by 60 words.*changed most, of 60.*"
                              r"w5  \(550 and 550 times\)\n"
                              r" +then: w\d+, w\d+\n +now:  w\d+, w\d+\n.*most stable")
        scores = [line.split("\t") for line in (self.folder / "s.tsv").read_text().splitlines()]
        self.assertEqual((len(scores), scores[0][0], scores[0][2:]), (60, "w5", ["550", "550"]))
        again = self.json("align", "--same-space", "a.n2v", "c.bin", "--top", 2)
        self.assertEqual((again["changed"][0]["word"], len(again["stable"])), ("w5", 2))
        self.assertAlmostEqual(again["changed"][0]["change"], float(scores[0][1]), 4)
        (self.folder / "words").write_text("\n".join(word for word in WORDS if word != "w5") + "\n")
        found = self.json("align", "a.n2v", "b.n2v", "--words", "words")
        self.assertEqual((found["anchors"], round(found["fit"], 4)), (59, 1))

    def test_malformed_rows_are_skipped(self):
        for name in "ab":
            nce2vec.load(f"{name}.n2v").save(f"{name}.txt")
        (self.folder / "b.txt").write_text((self.folder / "b.txt").read_text().replace("\nw7 ", "\nw7 x", 1))
        self.fails(1, "--skip-bad skips such rows", "align", "a.txt", "b.txt")
        status, out, err = self.run_command("align", "a.txt", "b.txt", "--skip-bad", "--top", "2")
        self.assertEqual((status, err.count("\n")), (0, 1), err)
        self.assertIn("warning: skipped 1 malformed row; the first: b.txt: line ", err)
        self.assertIn("by 59 words", out)
        self.fails(2, "--skip-bad is for the file of --compass", "compass", "a", "b", "-o", "o", "--skip-bad")

    def test_refusals(self):
        (self.folder / "few").write_text("w1\n")
        (self.folder / "latin").write_bytes(b"caf\xe9\n")
        for status, says, *arguments in (
                (2, "the following arguments are required: B; 'nce2vec help align' lists", "a.n2v"),
                (2, "--fromat is not an option of align; did you mean --format?", "a.n2v", "b.n2v", "--fromat=npy"),
                (2, "unexpected argument 'c'", "a.n2v", "b.n2v", "c"),
                (2, "--format: 'foo' is not one of text, binary", "a.n2v", "b.n2v", "-o", "x", "--format", "foo"),
                (2, "--normalize needs --output", "a.n2v", "b.n2v", "--normalize"),
                (2, "'x' is not a whole number of 1 or more", "a.n2v", "b.n2v", "--top", "x"),
                (2, "cannot read none: No such file", "a.n2v", "none"),
                (2, "cannot read none: No such file", "a.n2v", "b.n2v", "--words", "none"),
                (1, "1 of the given words are in both", "a.n2v", "b.n2v", "--words", "few"),
                (1, "latin is not UTF-8", "a.n2v", "b.n2v", "--words", "latin"),
                (2, "cannot write none/x: the folder none: No such file", "a.n2v", "b.n2v", "-o", "none/x"),
                (2, "cannot write none/s", "a.n2v", "b.n2v", "--scores", "none/s"),
                (2, "--same-space does not rotate", "a.n2v", "b.n2v", "--same-space", "-o", "x")):
            with self.subTest(says):
                self.fails(status, says, "align", *arguments)

    def test_help(self):
        out = self.succeeds("align", "--help")
        self.assertTrue(out.startswith("nce2vec align: "))
        self.assertLessEqual(max(map(len, out.splitlines())), 80)


if __name__ == "__main__":
    unittest.main()
