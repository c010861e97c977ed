"""The statistics: against SciPy and by hand, and in simulated worlds whose truth is known."""

import json
import math
import unittest

import helpers
import numpy as np
from scipy.stats import spearmanr, t

import common
import significance
from significance import Score

LESS = 1 if helpers.ALL else 3


def compare_single(value_a, value_b, replicates_a, replicates_b, units):
    return significance.compare([Score(value_a, replicates_a, units)], [Score(value_b, replicates_b, units)])


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

    def test_few_units_have_no_interval(self):
        replicates = np.linspace(0, 1, 1001)
        np.testing.assert_allclose(significance.interval(replicates, 100), (0.025, 0.975))
        self.assertIsNone(significance.interval(replicates, significance.MIN_UNITS - 1))
        self.assertIsNone(significance.interval(np.full(1001, np.nan), 100))
        self.assertIsNone(significance.share_interval(0.0, replicates * 0, 100))
        self.assertIsNone(significance.share_interval(1.0, replicates * 0 + 1, 100))

    def test_compare(self):
        a, b = np.linspace(0.4, 0.6, 1000), np.full(1000, 0.3)
        better = compare_single(0.5, 0.3, a, b, 100)
        self.assertEqual((better["better"], better["p"], better["p_holm"]), ("A", 2 / 1001, 2 / 1001))
        self.assertAlmostEqual(better["difference"], 0.2)
        np.testing.assert_allclose(better["interval"], (0.105, 0.295))
        self.assertEqual(compare_single(0.3, 0.5, b, a, 100)["better"], "B")
        same = compare_single(0.5, 0.5, a, a, 100)
        self.assertEqual((same["better"], same["p"], same["interval"]), (None, 1.0, (0, 0)))
        few = compare_single(0.5, 0.3, a, b, 9)
        self.assertEqual((few["better"], few["p"], few["interval"]), (None, None, None))

    def test_p_is_the_share_beyond_zero_twice(self):
        for below, p in ((19, 0.04), (24, 0.05), (25, 0.052), (499, 1.0), (980, 0.04)):
            difference = np.concatenate([np.full(below, -0.1), np.full(999 - below, 0.1)])
            got = compare_single(0.1 if below < 500 else -0.1, 0, difference, 0 * difference, 100)
            self.assertAlmostEqual(got["p"], p)
            self.assertEqual(got["better"], (None if p > 0.0499 else "A" if below < 500 else "B"), below)

    def test_replicates_without_a_score(self):
        replicates = np.linspace(0, 1, 1001)
        replicates[::50] = np.nan  # one in 50: dropped
        np.testing.assert_allclose(significance.interval(replicates, 100), (0.025, 0.975), atol=0.002)
        replicates[::10] = np.nan
        self.assertIsNone(significance.interval(replicates, 100))


class Holm(unittest.TestCase):
    def test_by_hand(self):
        ps = [0.03, None, 0.001, 0.02, 0.6, 0.012]
        comparisons = [{"difference": -1, "p": p, "better": "?"} for p in ps]
        significance.holm(comparisons)
        # 5 * 0.001; 4 * 0.012; 3 * 0.02; 2 * 0.03, not below the one before; 0.6.
        got = [one["p_holm"] for one in comparisons]
        self.assertIsNone(got.pop(1))
        np.testing.assert_allclose(got, [0.06, 0.005, 0.06, 0.6, 0.048])
        self.assertEqual([one["better"] for one in comparisons], [None, None, "B", None, None, "B"])

    def test_never_above_one(self):
        comparisons = [{"difference": 1, "p": p} for p in (0.4, 0.9)]
        significance.holm(comparisons)
        self.assertEqual([one["p_holm"] for one in comparisons], [0.8, 0.9])
        significance.holm(comparisons * 3)
        self.assertEqual(comparisons[1]["p_holm"], 1)


class Runs(unittest.TestCase):
    """Several runs of a setting: against the formulas at the top of significance.py, written out."""

    def setUp(self):
        generator = np.random.default_rng(8)
        shared = generator.normal(size=400)
        self.a = [Score(v, v + 0.1 * shared + 0.05 * generator.normal(size=400), 40) for v in (0.5, 0.6, 0.58)]
        self.b = [Score(v, v + 0.1 * shared + 0.05 * generator.normal(size=400), 30) for v in (0.3, 0.35)]

    def test_summary(self):
        got = significance.summarize(self.a)
        self.assertEqual((got["runs"], got["lowest"], got["highest"]), (3, 0.5, 0.6))
        self.assertAlmostEqual(got["mean"], 0.56)
        self.assertAlmostEqual(got["deviation"], math.sqrt((0.06**2 + 0.04**2 + 0.02**2) / 2))
        c = np.cov([run.replicates for run in self.a])
        runs, units = got["deviation"] ** 2 / 3, (c[0, 1] + c[0, 2] + c[1, 2]) / 3
        freedom = (runs + units) ** 2 / (runs**2 / 2 + units**2 / 39)
        reach = t.ppf(0.975, freedom) * math.sqrt(runs + units)
        np.testing.assert_allclose(got["interval"], (0.56 - reach, 0.56 + reach), rtol=1e-9)

    def test_summary_of_one_run_is_the_run(self):
        got = significance.summarize(self.a[:1])
        self.assertEqual((got["runs"], got["mean"]), (1, 0.5))
        self.assertTrue(math.isnan(got["deviation"]))
        np.testing.assert_array_equal(got["interval"], np.quantile(self.a[0].replicates, (0.025, 0.975)))

    def test_intervals_stay_within_the_scale(self):
        for values in ((0.0, 0.1), (0.9, 1.0)):
            runs = [Score(v, self.a[0].replicates, 40) for v in values]
            low, high = significance.summarize(runs, is_share=True)["interval"]
            self.assertTrue(0 <= low < high <= 1)
            self.assertTrue(low == 0 or high == 1)
            self.assertEqual(significance.summarize(runs)["interval"][0] < 0, values[0] == 0)

    def test_comparison(self):
        got = significance.compare(self.a, self.b)
        c = np.cov([run.replicates for run in self.a + self.b])
        s_a, s_b = np.var([0.5, 0.6, 0.58], ddof=1) / 3, np.var([0.3, 0.35], ddof=1) / 2
        units = (c[0, 1] + c[0, 2] + c[1, 2]) / 3 + c[3, 4] - 2 * c[:3, 3:].mean()
        units = max(0, units)
        freedom = (s_a + s_b + units) ** 2 / (s_a**2 / 2 + s_b**2 / 1 + units**2 / 29)
        error = math.sqrt(s_a + s_b + units)
        self.assertAlmostEqual(got["difference"], 0.56 - 0.325)
        self.assertAlmostEqual(got["p"], 2 * t.sf(0.235 / error, freedom), 9)
        reach = t.ppf(0.975, freedom) * error
        np.testing.assert_allclose(got["interval"], (0.235 - reach, 0.235 + reach), rtol=1e-9)
        self.assertEqual((got["better"], got["runs"]), ("A", [3, 2]))
        back = significance.compare(self.b, self.a)
        self.assertEqual(back["better"], "B")
        self.assertAlmostEqual(back["p"], got["p"])

    def test_units_that_move_both_settings_differently(self):
        generator = np.random.default_rng(9)
        own = [generator.normal(size=400) for _ in range(2)]
        a, b = ([Score(v, v + 0.1 * x, 40) for v in (0.5, 0.51)] for x in own)
        c = np.cov(own) * 0.01
        units = c[0, 0] + c[1, 1] - 2 * c[0, 1]
        runs = 2 * np.var([0.5, 0.51], ddof=1) / 2
        low, high = significance.compare(a, b)["interval"]
        freedom = (runs + units) ** 2 / (2 * (runs / 2) ** 2 / 1 + units**2 / 39)
        self.assertAlmostEqual(high, t.ppf(0.975, freedom) * math.sqrt(runs + units), 9)
        self.assertAlmostEqual(low, -high)

    def test_one_run_takes_the_variance_of_the_other_setting(self):
        got = significance.compare(self.a, self.b[:1])
        s = np.var([0.5, 0.6, 0.58], ddof=1) * (1 / 3 + 1)
        c = np.cov([run.replicates for run in self.a + self.b[:1]])
        units = (c[0, 1] + c[0, 2] + c[1, 2]) / 3 + c[3, 3] - 2 * c[:3, 3].mean()
        freedom = (s + units) ** 2 / (s**2 / 2 + units**2 / 29)
        self.assertAlmostEqual(got["p"], 2 * t.sf(0.26 / math.sqrt(s + units), freedom), 9)
        self.assertAlmostEqual(significance.compare(self.b[:1], self.a)["p"], got["p"])

    def test_too_few_units_and_copies(self):
        few = [Score(run.value, run.replicates, 9) for run in self.b]
        got = significance.compare(self.a, few)
        self.assertEqual((got["p"], got["interval"], got["better"]), (None, None, None))
        self.assertIsNone(significance.summarize(few)["interval"])
        copies = [self.a[0]] * 2
        same = significance.compare(copies, copies)
        self.assertEqual((same["difference"], same["p"], same["better"]), (0, 1, None))
        json.dumps(common.plain(significance.compare([significance.undefined(400)] * 2, copies)), allow_nan=False)


class Calibration(unittest.TestCase):
    """Simulated worlds in which the truth is known. The seeds are fixed: these cannot fail by chance.
    make check has a third of the trials."""

    def test_the_interval_of_rho_covers_the_truth(self):
        rho, trials, covered = 0.5, 300 // LESS, 0
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

    def compare_settings(self, better, seeds, trials=252 // LESS, size=60, runs=3):
        """Shares of the trials with p < 0.05: of the test, and of the paired bootstrap of the first runs."""
        generator = np.random.default_rng(10)
        found = np.zeros(2)
        for trial in range(trials):
            gold, shared = generator.normal(size=(2, size))
            weights = significance.bootstrap_weights(size, 200, trial)
            both = []
            for gain in (better, 0):
                both.append([])
                for _ in range(runs):
                    quality = 1 + gain + seeds * generator.normal()  # of this seed
                    x = quality * gold + shared + 0.5 * generator.normal(size=size)
                    both[-1].append(Score(significance.spearman(gold, x),
                                          significance.weighted_spearman(gold, x, weights), size))
            found[0] += significance.compare(*both)["p"] < 0.05
            found[1] += significance.compare(both[0][:1], both[1][:1])["p"] < 0.05
        return found / trials

    def test_equal_settings_are_seldom_called_different(self):
        several, single = self.compare_settings(0, 0.3)
        self.assertLess(several, 0.07 if LESS == 1 else 0.08)
        self.assertGreater(several, 0.01)
        self.assertGreater(single, 0.2)  # a pair of single runs takes the seed for the setting

    def test_equal_settings_whose_seeds_matter_little(self):
        several, _ = self.compare_settings(0, 0.02)
        self.assertLess(several, 0.07)

    def test_a_better_setting_is_called_better(self):
        several, _ = self.compare_settings(1.0, 0.15)
        self.assertGreater(several, 0.8)

    def compare_models(self, noise_a, noise_b, trials=300 // LESS, size=100):
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
            verdicts.append(compare_single(*scores, *replicates, size)["better"])
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
        trials, covered, naive = 201 // LESS, 0, 0
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
        trials, none = 201 // LESS, 0
        generator = np.random.default_rng(7)
        for trial in range(trials):
            chance, first, second = self.analogy_world(generator)
            hits = [generator.random(len(chance)) < chance for _ in range(2)]
            weights = significance.bootstrap_weights(25, 400, trial)
            replicates = [significance.crossed_share(h, first, second, weights) for h in hits]
            none += compare_single(hits[0].mean(), hits[1].mean(), *replicates, 25)["better"] is None
        self.assertGreater(none / trials, 0.93)


if __name__ == "__main__":
    unittest.main()
