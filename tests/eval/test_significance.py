"""The statistics: against SciPy and by hand, and whether the intervals keep what they promise."""

import math
import unittest

import helpers  # noqa: F401
import numpy as np
import significance
from scipy.stats import spearmanr


class Spearman(unittest.TestCase):
    def test_by_hand(self):
        self.assertEqual(significance.spearman([1, 2, 3], [10, 20, 30]), 1)
        self.assertEqual(significance.spearman([1, 2, 3], [3, 2, 1]), -1)
        # Ranks 1, 2.5, 2.5, 4 against 1, 2, 3, 4: covariance 4.5, variances 4.5 and 5.
        self.assertAlmostEqual(significance.spearman([1, 2, 2, 3], [1, 2, 3, 4]), 4.5 / math.sqrt(4.5 * 5), 14)

    def test_against_scipy_with_ties(self):
        generator = np.random.default_rng(1)
        for size in (3, 10, 500):
            for levels in (2, 5, 1000):
                x, y = generator.integers(0, levels, (2, size))
                expected = spearmanr(x, y).correlation if min(np.ptp(x), np.ptp(y)) else math.nan
                np.testing.assert_allclose(significance.spearman(x, y), expected, atol=1e-12)

    def test_undefined(self):
        for x, y in (([1, 1, 1], [1, 2, 3]), ([1, 2], [5, 5]), ([1], [2]), ([], [])):
            self.assertTrue(math.isnan(significance.spearman(x, y)))

    def test_a_weight_is_a_number_of_copies(self):
        generator = np.random.default_rng(2)
        x, y = generator.integers(0, 8, (2, 40))
        weights = generator.poisson(1, (30, 40))
        weights[0] = 0
        weights[1] = [1] + 39 * [0]
        got = significance.weighted_spearman(x, y, weights)
        self.assertTrue(np.isnan(got[:2]).all())
        for row, rho in zip(weights[2:], got[2:]):
            self.assertAlmostEqual(rho, spearmanr(np.repeat(x, row), np.repeat(y, row)).correlation, 12)

    def test_blocks_of_replicates_join(self):
        generator = np.random.default_rng(3)
        x, y = generator.normal(size=(2, 700))
        weights = significance.bootstrap_weights(700, 3000)  # more than one block
        got = significance.weighted_spearman(x, y, weights)
        for row in (0, 1497, 1498, 2999):
            self.assertEqual(got[row], significance.weighted_spearman(x, y, weights[row : row + 1])[0])


class Shares(unittest.TestCase):
    def test_by_hand(self):
        weights = [[1, 2, 0], [0, 0, 0]]
        got = significance.weighted_share([True, False, True], weights)
        self.assertAlmostEqual(got[0], 1 / 3)
        self.assertTrue(math.isnan(got[1]))
        # Questions 0-1, 1-2, 1-0 weigh 2, 0 and 2.
        got = significance.crossed_share([True, True, False], [0, 1, 1], [1, 2, 0], np.array(weights))
        self.assertAlmostEqual(got[0], 0.5)
        self.assertTrue(math.isnan(got[1]))


class Intervals(unittest.TestCase):
    def test_the_seed_decides(self):
        one, same, other = (significance.bootstrap_weights(50, 100, seed) for seed in (1, 1, 2))
        np.testing.assert_array_equal(one, same)
        self.assertTrue((one != other).any())
        self.assertAlmostEqual(one.mean(), 1, delta=0.05)

    def test_too_little_to_tell(self):
        replicates = np.linspace(0, 1, 1001)
        np.testing.assert_allclose(significance.interval(replicates, 100), (0.025, 0.975))
        self.assertIsNone(significance.interval(replicates, significance.LEAST_UNITS - 1))
        self.assertIsNone(significance.interval(np.full(1001, np.nan), 100))
        self.assertIsNone(significance.share_interval(0.0, replicates * 0, 100))
        self.assertIsNone(significance.share_interval(1.0, replicates * 0 + 1, 100))

    def test_compare(self):
        a, b = np.linspace(0.4, 0.6, 1000), np.full(1000, 0.3)
        better = significance.compare(0.5, 0.3, a, b, 100)
        self.assertEqual((better["better"], better["p"]), ("A", 2 / 1001))
        self.assertEqual(significance.compare(0.3, 0.5, b, a, 100)["better"], "B")
        same = significance.compare(0.5, 0.5, a, a, 100)
        self.assertEqual((same["better"], same["p"], same["interval"]), (None, 1.0, (0, 0)))
        self.assertIsNone(significance.compare(0.5, 0.3, a, b, 5)["better"])


class Calibration(unittest.TestCase):
    """Simulated worlds in which the truth is known. The seeds are fixed: these cannot fail by chance."""

    def test_the_interval_of_rho_covers_the_truth(self):
        rho, trials, covered = 0.5, 300, 0
        truth = 6 / math.pi * math.asin(rho / 2)  # Spearman's rho of a bivariate normal
        generator = np.random.default_rng(4)
        for trial in range(trials):
            x, noise = generator.normal(size=(2, 100))
            y = rho * x + math.sqrt(1 - rho * rho) * noise
            weights = significance.bootstrap_weights(100, 400, trial)
            low, high = significance.interval(significance.weighted_spearman(x, y, weights), 100)
            covered += low <= truth <= high
        self.assertGreater(covered / trials, 0.91)
        self.assertLess(covered / trials, 0.98)

    def compare_models(self, noise_a, noise_b, trials=300, size=100):
        generator = np.random.default_rng(5)
        verdicts = []
        for trial in range(trials):
            gold = generator.normal(size=size)
            shared = generator.normal(size=size)  # what two models of one language have in common
            a = gold + shared + noise_a * generator.normal(size=size)
            b = gold + shared + noise_b * generator.normal(size=size)
            weights = significance.bootstrap_weights(size, 400, trial)
            replicates = [significance.weighted_spearman(gold, x, weights) for x in (a, b)]
            scores = [significance.spearman(gold, x) for x in (a, b)]
            verdicts.append(significance.compare(*scores, *replicates, size)["better"])
        return [verdicts.count(verdict) / trials for verdict in ("A", "B", None)]

    def test_equal_models_are_seldom_called_different(self):
        _, _, none = self.compare_models(0.7, 0.7)
        self.assertGreater(none, 0.92)
        self.assertLess(none, 0.985)

    def test_a_better_model_is_called_better(self):
        a, b, _ = self.compare_models(0.3, 1.5)
        self.assertGreater(a, 0.8)
        self.assertEqual(b, 0)

    def analogy_world(self, generator, pairs=25):
        """Answers to all questions made of some pairs, easy and hard; and who made each question."""
        first, second = (index.ravel() for index in np.nonzero(~np.eye(pairs, dtype=bool)))
        ease = generator.normal(size=pairs)
        chance = 1 / (1 + np.exp(-(ease[first] + ease[second])))
        return chance, first, second

    def test_questions_made_of_few_pairs_get_a_wide_interval(self):
        trials, covered, naive = 200, 0, 0
        generator = np.random.default_rng(6)
        for trial in range(trials):
            chance, first, second = self.analogy_world(generator)
            hits = generator.random(len(chance)) < chance
            weights = significance.bootstrap_weights(25, 400, trial)
            low, high = significance.interval(significance.crossed_share(hits, first, second, weights), 25)
            covered += low <= 0.5 <= high  # by symmetry the truth is one half
            naive += abs(hits.mean() - 0.5) <= 1.96 * math.sqrt(0.25 / len(hits))
        self.assertGreater(covered / trials, 0.92)
        self.assertLess(naive / trials, 0.6)  # what taking questions for independent would promise

    def test_equal_models_on_analogies(self):
        trials, none = 200, 0
        generator = np.random.default_rng(7)
        for trial in range(trials):
            chance, first, second = self.analogy_world(generator)
            hits = [generator.random(len(chance)) < chance for _ in range(2)]
            weights = significance.bootstrap_weights(25, 400, trial)
            replicates = [significance.crossed_share(h, first, second, weights) for h in hits]
            none += significance.compare(hits[0].mean(), hits[1].mean(), *replicates, 25)["better"] is None
        self.assertGreater(none / trials, 0.93)


if __name__ == "__main__":
    unittest.main()
