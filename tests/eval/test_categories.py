"""Categories: worlds in which they are perfect, absent or swapped."""

import collections
import json
import math
import os
import unittest

import numpy as np
from helpers import EVAL, FolderTest, make_vectors, random_vectors, write_text

import categories
import common
from categories import Categories

NAMES = [f"c{i}" for i in range(12)]
SET = Categories("test", NAMES, [[f"{name}w{j}" for j in range(6)] for name in NAMES])
ALL = [word for words in SET.words for word in words]


def clear_world(seed=1, noise=0.1):
    """Every category a place of its own."""
    generator = np.random.default_rng(seed)
    places = np.eye(len(NAMES), 20)
    return make_vectors({w: places[i] + noise * generator.normal(size=20) / math.sqrt(20)
                         for i, words in enumerate(SET.words) for w in words})


class Purity(unittest.TestCase):
    def test_by_hand(self):
        labels = np.array([0, 0, 0, 1, 1, 2])
        self.assertEqual(categories.purity(labels, labels), 1)
        self.assertEqual(categories.purity(np.zeros(6, int), labels), 0.5)
        self.assertAlmostEqual(categories.purity(np.array([0, 0, 1, 1, 1, 1]), labels), 4 / 6)

    def test_clear_categories_are_found(self):
        result = categories.clustering(clear_world(), SET, seeds=4)
        self.assertGreater(result["purity"], 0.95)
        self.assertLess(result["chance"], 0.5)
        self.assertEqual((result["words"], result["missing"], result["clusters"]), (72, 0, 12))

    def test_noise_scores_like_chance(self):
        result = categories.clustering(random_vectors(ALL), SET, seeds=10)
        self.assertAlmostEqual(result["purity"], result["chance"], delta=0.05)

    def test_the_seed_decides(self):
        world = random_vectors(ALL)
        one, same, other = (categories.clustering(world, SET, seeds=3, seed=s) for s in (1, 1, 2))
        self.assertEqual(one, same)
        self.assertNotEqual(one, other)

    def test_missing_words(self):
        world = make_vectors({w: row for w, row in zip(ALL[:12], clear_world().rows)})
        result = categories.clustering(world, SET, seeds=2)
        self.assertEqual((result["words"], result["missing"], result["clusters"]), (12, 60, 2))
        self.assertTrue(math.isnan(categories.clustering(make_vectors({"x": (1,)}), SET)["purity"]))


class OddOneOut(unittest.TestCase):
    questions = categories.odd_one_out_questions(SET)

    def test_questions(self):
        home = {word: i for i, words in enumerate(SET.words) for word in words}
        for category, words in self.questions:
            homes = [home[word] for word in words]
            self.assertEqual(homes[:4], [category] * 4)
            self.assertNotEqual(homes[4], category)
            self.assertEqual(len(set(words)), 5)
        self.assertEqual(self.questions, categories.odd_one_out_questions(SET))

    def test_clear_noise_and_swapped(self):
        asked, right = categories.odd_one_out(clear_world(), self.questions)
        self.assertTrue(asked.all() and right.all())
        rights = [categories.odd_one_out(random_vectors(ALL, seed=s), self.questions)[1].mean() for s in range(20)]
        self.assertAlmostEqual(np.mean(rights), 0.2, delta=0.02)
        world = clear_world()  # each word takes the vector of another category's
        swapped = make_vectors(dict(zip(ALL, world.rows.reshape(12, 6, -1).swapaxes(0, 1).reshape(72, -1))))
        _, right = categories.odd_one_out(swapped, self.questions)
        self.assertLess(right.mean(), 0.6)

    def test_same_answer_as_gensim(self):
        try:
            from gensim.models import KeyedVectors
        except ImportError:
            self.skipTest("gensim is not installed")
        world = clear_world(noise=2)
        other = KeyedVectors(world.dim)
        other.add_vectors(world.words, world.rows)
        _, right = categories.odd_one_out(world, self.questions)
        self.assertTrue(0.2 < right.mean() < 1)
        expected = [other.doesnt_match(words) == words[4] for _, words in self.questions]
        self.assertEqual(right.tolist(), expected)

    def test_missing_words_are_skipped_and_counted(self):
        rows = dict(zip(ALL, clear_world().rows))
        del rows["c0w0"]
        asked, right = categories.odd_one_out(make_vectors(rows), self.questions)
        self.assertEqual(asked.tolist(), ["c0w0" not in words for _, words in self.questions])
        self.assertEqual(len(right), asked.sum())

    def test_differences(self):
        world = clear_world()
        rows = dict(zip(ALL, world.rows))
        del rows["c3w1"]
        result = categories.evaluate([world, make_vectors(rows), random_vectors(ALL)], SET, seeds=1, replicates=200)
        self.assertEqual([d["odd_one_out"]["better"] for d in result["differences"]], [None, "A", "A"])
        self.assertEqual(result["differences"][0]["odd_one_out"]["difference"], 0)

    def test_nothing_known(self):
        result = categories.evaluate([make_vectors({"x": (1, 2)})] * 2, SET, seeds=1, replicates=100)
        json.dumps(common.plain(result), allow_nan=False)
        self.assertEqual(result["models"][0]["odd_one_out"]["asked"], 0)


class Files(FolderTest):
    def test_malformed(self):
        five = "a b c d e"
        for content, message in (
            (f"x: {five}\ny f g h i j\n", "line 2: expected 'name:'"),
            (f"x: {five}\ny: f g\n", "line 2: expected 'name:' and 5 words or more"),
            (f"x: {five}\ny: f g h i A\n", "line 2: duplicate word 'a' .first on line 1"),
            (f"x: {five}\n", "expected two categories or more, found 1"),
        ):
            with self.assertRaisesRegex(common.DataError, message):
                categories.read_categories(self.write("c", content))

    def test_command(self):
        write_text(self.path("v"), clear_world())
        path = self.write("mine.txt", "".join(f"{n}: {' '.join(w)}\n" for n, w in zip(SET.names, SET.words)))
        got = self.command("categories.py", self.path("v"), "--categories", path, "--seeds", "2")
        self.assertEqual((got.returncode, got.stderr), (0, ""))
        self.assertRegex(got.stdout, r"odd one out +100\.00 +- \(95 %\) +20\.0 +\d+ +0\n")

    def test_shipped_set(self):
        shipped = categories.read_categories(os.path.join(EVAL, "data", "categories.txt"))
        self.assertGreaterEqual(len(shipped.names), 20)
        self.assertEqual({len(words) for words in shipped.words}, {15})
        for words in shipped.words:
            for word in words:
                self.assertTrue(word.isalpha() and word.isascii() and word.islower(), word)
        questions = categories.odd_one_out_questions(shipped)
        self.assertEqual(len(questions), 45 * len(shipped.names))
        strangers = collections.Counter(words[4] for _, words in questions)
        self.assertEqual(set(strangers.values()), {3})  # no stranger carries the set


if __name__ == "__main__":
    unittest.main()
