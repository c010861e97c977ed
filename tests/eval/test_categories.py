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

    def test_the_spread_over_seeds(self):
        """Mean, deviation and range of the purity of each seed, computed here one by one."""
        world = random_vectors(ALL)
        points, labels = world.unit.astype(float), np.repeat(np.arange(12), 6)
        purities = [categories.purity(categories.cluster(points, 12, [5, run]), labels) for run in range(7)]
        self.assertGreater(np.ptp(purities), 0)
        got = categories.clustering(world, SET, seeds=7, seed=5)
        self.assertAlmostEqual(got["purity"], sum(purities) / 7)
        squares = [(p - sum(purities) / 7) ** 2 for p in purities]
        self.assertAlmostEqual(got["deviation"], math.sqrt(sum(squares) / 6))
        self.assertEqual((got["lowest"], got["highest"], got["seeds"]), (min(purities), max(purities), 7))
        self.assertTrue(math.isnan(categories.clustering(world, SET, seeds=1)["deviation"]))

    def test_chance_is_that_of_shuffled_words(self):
        world = clear_world()
        labels = np.repeat(np.arange(12), 6)
        expected = [categories.purity(np.repeat(np.arange(12), 6), np.random.default_rng(s).permutation(labels))
                    for s in range(2000)]
        got = categories.clustering(world, SET, seeds=20)
        self.assertAlmostEqual(got["purity"], 1)
        self.assertAlmostEqual(got["chance"], np.mean(expected), delta=0.01)

    def test_the_tightest_start_is_used(self):
        points = random_vectors(ALL).unit.astype(float)

        def spread(clusters):
            return sum(((points[clusters == c] - points[clusters == c].mean(axis=0)) ** 2).sum() for c in set(clusters))

        used = [spread(categories.cluster(points, 12, [1, run])) for run in range(15)]
        self.addCleanup(setattr, categories, "STARTS", categories.STARTS)
        categories.STARTS = 1
        single = [spread(categories.cluster(points, 12, [1, run])) for run in range(15)]
        self.assertTrue(all(one <= first + 1e-6 for one, first in zip(used, single)))  # its first start is that one
        self.assertLess(np.mean(used), np.mean(single) - np.std(single) / 2)

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
        plain = common.plain(result)
        self.assertEqual(plain["models"][0]["odd_one_out"]["asked"], 0)
        self.assertIsNone(plain["models"][0]["odd_one_out"]["accuracy"])
        self.assertIsNone(plain["settings"][0]["clustering"]["mean"])
        rows = categories.table(result, result["settings"][0])[1]
        self.assertEqual([row[1:3] for row in rows], [["-", "nothing could be scored"]] * 2)

    def test_intervals_resample_categories(self):
        """Not questions: those of one category are answered alike."""
        rows = dict(zip(ALL, clear_world().rows))
        for at, word in enumerate(SET.words[0] + SET.words[1] + SET.words[2]):
            rows[word] = rows[word] * (-1) ** at  # words of one category are opposites: wrong answers
        result = categories.evaluate([make_vectors(rows)], SET, seeds=1, replicates=1000)["models"][0]["odd_one_out"]
        by = result["categories"]
        shares = [by[name]["right"] / by[name]["asked"] for name in NAMES]
        self.assertAlmostEqual(np.mean(shares), result["accuracy"])
        draws = np.random.default_rng(3).integers(0, 12, (4000, 12))
        low, high = np.quantile(np.array(shares)[draws].mean(axis=1), (0.025, 0.975))
        np.testing.assert_allclose(result["interval"], (low, high), atol=0.05)

    def test_several_runs(self):
        models = [clear_world(seed, noise=2) for seed in (1, 2, 3)] + [random_vectors(ALL, seed=9)]
        lacking = models[1] = make_vectors({w: r for w, r in zip(ALL, models[1].rows) if w != "c3w1"})
        groups = [("clear", [0, 1, 2]), ("noise", [3])]
        result = categories.evaluate(models, SET, seeds=2, replicates=300, groups=groups)
        one = result["settings"][0]
        asked = categories.odd_one_out(lacking, categories.odd_one_out_questions(SET))[0]
        hits = []
        for model in models[:3]:
            known, right = categories.odd_one_out(model, categories.odd_one_out_questions(SET))
            hits.append(right[asked[known]].mean())
        self.assertAlmostEqual(one["odd_one_out"]["mean"], np.mean(hits))
        self.assertAlmostEqual(one["odd_one_out"]["deviation"], np.std(hits, ddof=1))
        self.assertEqual(one["odd_one_out"]["asked"], asked.sum())
        purities = [model["clustering"]["purity"] for model in result["models"][:3]]
        self.assertAlmostEqual(one["clustering"]["mean"], np.mean(purities))
        self.assertAlmostEqual(one["clustering"]["deviation"], np.std(purities, ddof=1))
        self.assertEqual((one["clustering"]["lowest"], one["clustering"]["highest"]), (min(purities), max(purities)))
        self.assertEqual((one["clustering"]["words"], one["clustering"]["missing"]), (71, 1))
        difference = result["differences"][0]
        self.assertEqual((difference["a"], difference["b"]), ("clear", "noise"))
        self.assertEqual(difference["odd_one_out"]["better"], "A")


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
