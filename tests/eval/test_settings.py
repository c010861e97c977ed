"""Several runs of a setting: the command line, scores, tables, corrected p."""

import json
import math
import unittest

import numpy as np
from helpers import FolderTest, make_vectors, random_vectors, write_text
from scipy.stats import spearmanr

import analogy
import common
import evaluate
import settings
import similarity
from similarity import PairSet

WORDS = [f"w{i}" for i in range(40)]
PAIRS = [(f"w{i}", f"w{(i * 7 + 3) % 40}") for i in range(40)]


class CommandLine(unittest.TestCase):
    def test_without_colons_each_file_is_a_setting(self):
        self.assertEqual(settings.split(["a", "b"]), (["a", "b"], [("a", [0]), ("b", [1])]))

    def test_colons(self):
        paths, groups = settings.split(["x-1.bin", "x-2.bin", ":", "y.bin"])
        self.assertEqual(paths, ["x-1.bin", "x-2.bin", "y.bin"])
        self.assertEqual(groups, [("x-{1,2}.bin", [0, 1]), ("y.bin", [2])])
        self.assertEqual(settings.split(["a1", "a2", ":"])[1], [("a{1,2}", [0, 1])])
        for arguments in ([":"], [":", "a"], ["a", ":", ":", "b"], ["a", ":", ":"]):
            with self.assertRaisesRegex(ValueError, "no files before a ':'"):
                settings.split(arguments)

    def test_names(self):
        self.assertEqual(settings.name(["one/v.bin", "two/v.bin"]), "{one,two}/v.bin")
        self.assertEqual(settings.name(["s1.bin", "s11.bin"]), "s1{,1}.bin")
        self.assertEqual(settings.name(["a", "b"]), "{a,b}")
        self.assertEqual(settings.name(["same", "same"]), "same{,}")
        self.assertEqual([name for name, _ in settings.split(["a", ":", "a"])[1]], ["1: a", "2: a"])


def noisy(gold, seed, noise):
    """Vectors whose cosine of each pair of WORDS with a partner follows gold, more or less."""
    generator = np.random.default_rng(seed)
    angles = np.pi * (1 - gold) + noise * generator.normal(size=len(gold))
    rows = {}
    for i, angle in enumerate(angles):
        rows[f"a{i}"], rows[f"b{i}"] = (1, 0), (math.cos(angle), math.sin(angle))
    return make_vectors(rows, f"noise{noise}-{seed}")


class Similarity(FolderTest):
    gold = np.linspace(0, 1, 40)
    set = PairSet("set", [(f"a{i}", f"b{i}") for i in range(40)], gold)
    groups = [("good", [0, 1, 2]), ("bad", [3, 4, 5])]

    def models(self):
        return [noisy(self.gold, seed, 0.3) for seed in (1, 2, 3)] + [noisy(self.gold, seed, 4) for seed in (4, 5, 6)]

    def test_one_row_for_a_setting(self):
        models = self.models()
        result = similarity.evaluate(models, [self.set, self.set], replicates=300, groups=self.groups)
        rhos = [spearmanr(self.gold, similarity.cosines(model, self.set.pairs)[0]).correlation for model in models]
        for setting, of in zip(result["settings"], (rhos[:3], rhos[3:])):
            for score in (setting["sets"][0]["skip"], setting["mean"]["skip"], setting["sets"][1]["mean_vector"],
                          setting["mean"]["mean_vector"]):
                self.assertAlmostEqual(score["mean"], np.mean(of))
                self.assertAlmostEqual(score["deviation"], np.std(of, ddof=1))
                self.assertEqual(score["runs"], 3)
                self.assertTrue(score["interval"][0] < score["mean"] < score["interval"][1])
        self.assertEqual([setting["name"] for setting in result["settings"]], ["good", "bad"])
        self.assertEqual(result["settings"][1]["files"], [model.path for model in models[3:]])
        self.assertEqual(len(result["differences"]), 1)
        difference = result["differences"][0]
        self.assertEqual((difference["a"], difference["b"], difference["mean"]["better"]), ("good", "bad", "A"))
        self.assertAlmostEqual(difference["mean"]["difference"], np.mean(rhos[:3]) - np.mean(rhos[3:]))
        self.assertEqual(len(result["models"]), 6)

    def test_only_pairs_that_all_runs_know(self):
        models = self.models()
        models[1] = make_vectors({w: r for w, r in zip(models[1].words, models[1].rows) if w not in ("a3", "b7")})
        result = similarity.evaluate(models, [self.set], replicates=100, groups=self.groups)
        entry = result["settings"][0]["sets"][0]
        self.assertEqual((entry["pairs"], entry["missing"]), (38, 2))
        kept = [i for i in range(40) if i not in (3, 7)]
        rhos = [spearmanr(self.gold[kept], similarity.cosines(m, self.set.pairs)[0][kept]).correlation
                for m in models[:3]]
        self.assertAlmostEqual(entry["skip"]["mean"], np.mean(rhos))
        self.assertEqual(result["settings"][1]["sets"][0]["pairs"], 40)
        self.assertEqual(result["differences"][0]["sets"][0]["pairs"], 38)

    def test_p_is_corrected_over_the_report(self):
        sets = [PairSet(name, self.set.pairs, self.gold) for name in "abc"]
        result = similarity.evaluate(self.models()[:2] + self.models()[3:4], sets, replicates=500)
        compared = similarity.compared_lines(result)
        self.assertEqual(len(compared), 3 * 4)
        lowest = min(one["p"] for one in compared)
        self.assertAlmostEqual(min(one["p_holm"] for one in compared), min(1, 12 * lowest))
        for one in compared:
            self.assertGreaterEqual(one["p_holm"], one["p"])
            self.assertEqual(one["better"] is None, one["p_holm"] >= 0.05)

    def test_a_set_that_one_run_cannot_score(self):
        models = self.models()[:3]
        models[2] = make_vectors(dict(zip(models[2].words[:10], models[2].rows)))
        other = PairSet("other", [("a0", f"b{i % 5}") for i in range(12)], range(12))
        result = similarity.evaluate(models, [self.set, other], replicates=100, groups=[("x", [0, 1, 2])])
        entry = common.plain(result)["settings"][0]
        self.assertEqual((entry["sets"][0]["skip"]["mean"], entry["sets"][0]["pairs"]), (None, 5))
        self.assertEqual(entry["mean"]["skip"]["mean"], entry["sets"][1]["skip"]["mean"])

    def test_a_mean_leaves_out_sets_that_one_run_cannot_score(self):
        """Also where a run gives every pair the same cosine, which has no rank correlation."""
        model, flat = noisy(self.gold, 1, 0.3), noisy(self.gold, 2, 0.3)
        flat = make_vectors({w: (1, 0) if w[0] == "b" and int(w[1:]) < 20 else r
                             for w, r in zip(flat.words, flat.rows)})
        sets = [PairSet("x", self.set.pairs[:20], self.gold[:20]), PairSet("y", self.set.pairs[20:], self.gold[20:])]
        result = similarity.evaluate([model, flat], sets, replicates=100, groups=[("s", [0, 1])])
        entry = common.plain(result)["settings"][0]
        self.assertIsNone(entry["sets"][0]["skip"]["mean"])
        self.assertEqual(entry["mean"]["skip"]["mean"], entry["sets"][1]["skip"]["mean"])

    def test_command(self):
        paths = []
        for at, model in enumerate(self.models()):
            paths.append(self.path(f"{'good' if at < 3 else 'bad'}-{at}.txt"))
            write_text(paths[-1], model)
        pairs = self.write("p.txt", "".join(f"a{i} b{i} {g}\n" for i, g in enumerate(self.gold)))
        got = self.command("similarity.py", *paths[:3], ":", *paths[3:], "--pairs", pairs)
        self.assertEqual((got.returncode, got.stderr), (0, ""))
        self.assertIn("good-{0,1,2}.txt: 3 runs, 80 words x 2", got.stdout)
        self.assertRegex(got.stdout, r"similarity +rho, mean +sd +95 % interval +pairs +missing +rho, all, mean +sd ")
        self.assertRegex(got.stdout, r"\n +A - B +95 % interval +p +p, Holm\n")
        self.assertIn("(t test over runs, 3 and 3, and over units)", got.stdout)
        self.assertRegex(got.stdout, r"p .* A is better\n")
        self.assertNotIn("corrected", got.stdout)  # a single comparison
        self.assertEqual(got.stdout.count("minus"), 1)
        got = self.command("similarity.py", *paths[:3], ":", *paths[3:], "--pairs", pairs, pairs)
        self.assertIn("corrected for the 3 comparisons", got.stdout)
        got = self.command("similarity.py", *paths[:3], ":", "--pairs", pairs, "--json")
        self.assertEqual([s["runs"] for s in json.loads(got.stdout)["settings"]], [3])
        got = self.command("similarity.py", ":", paths[0], "--pairs", pairs)
        self.assertEqual((got.returncode, got.stdout), (1, ""))
        self.assertIn("no files before a ':'", got.stderr)

    def test_no_verdict_beside_a_p_that_does_not_show_it(self):
        for p, holm, better, says in ((0.051, 0.051, None, "no difference shown"), (0.03, 0.06, None, "no difference"),
                                      (0.01, 0.02, "B", "B is better"), (None, None, None, "too few to compare")):
            result = {"difference": -0.1, "interval": (-0.2, -0.01), "p": p, "p_holm": holm, "better": better}
            self.assertIn(says, common.verdict(result))
        self.assertEqual(common.verdict({"difference": math.nan, "p": None}), "nothing could be scored")


class Evaluate(FolderTest):
    def test_everything_by_settings(self):
        read = evaluate.categories.read_categories(evaluate.os.path.join(common.SHIPPED, "categories.txt"))
        words = [word for of in read.words for word in of]
        models = [random_vectors(words, dim=8, seed=seed) for seed in range(4)]
        for at, model in enumerate(models):
            model.path = f"m{at}"
        result = evaluate.evaluate(models, None, replicates=200, groups=[("a", [0, 1]), ("b", [2, 3])])
        header, rows = evaluate.table(result, 0)
        self.assertEqual(header, ["", "score, mean", "sd", "95 % interval", "used", "missing"])
        self.assertEqual({len(row) for row in rows}, {6})
        odd = [m["odd_one_out"]["accuracy"] for m in result["categories"]["models"][:2]]
        self.assertEqual(rows[-1][1:3], [common.percent(np.mean(odd)), common.percent(np.std(odd, ddof=1))])
        self.assertIn("range of 2 runs", rows[-2][0])
        purities = sorted(m["clustering"]["purity"] for m in result["categories"]["models"][:2])
        self.assertEqual(rows[-2][3], common.span(purities))
        compared = evaluate.compared_lines(result)
        self.assertEqual(len(compared), len(evaluate.comparisons(result, 0)))
        for one in result["analogy"]:
            for parts in one["differences"][0]["methods"].values():
                self.assertTrue(any(line is parts["total"] for line in compared))
                self.assertFalse(any(line is parts["semantic"] for line in compared))
        tested = [one for one in compared if one["p"] is not None]
        self.assertAlmostEqual(min(one["p_holm"] for one in tested),
                               min(1, len(tested) * min(one["p"] for one in tested)))


class Analogies(unittest.TestCase):
    def test_mean_and_spread(self):
        words = [f"w{i}" for i in range(30)]
        generator = np.random.default_rng(1)
        questions = [tuple(words[i] for i in generator.choice(30, 4, replace=False)) for _ in range(200)]
        questions = analogy.Questions("q", questions, [0] * 200, ["s"])
        models = [random_vectors(words, dim=2, seed=seed) for seed in range(3)]
        result = analogy.evaluate(models, questions, replicates=200, groups=[("x", [0, 1, 2])])
        each = [m["methods"]["mul"]["total"]["accuracy"] for m in result["models"]]
        self.assertGreater(np.ptp(each), 0)
        total = result["settings"][0]["methods"]["mul"]["total"]
        self.assertAlmostEqual(total["mean"], np.mean(each))
        self.assertAlmostEqual(total["deviation"], np.std(each, ddof=1))
        self.assertEqual((total["asked"], total["skipped"]), (200, 0))


class Cells(unittest.TestCase):
    def test_percentages(self):
        for value, options, shown in ((0.1234, {}, "12.34"), (-0.5, {}, "-50.00"), (0.00001, {}, "0.00"),
                                      (-0.00001, {}, "0.00"), (-0.0004, {"digits": 1}, "0.0"),
                                      (0.05, {"sign": True}, "+5.00"), (-0.05, {"sign": True}, "-5.00"),
                                      (0, {"sign": True}, "0.00"), (math.nan, {}, "-"), (None, {}, "-")):
            self.assertEqual(common.percent(value, **options), shown)
        self.assertEqual(common.span((-0.25, 0.5), True), "-25.0 .. +50.0")
        self.assertEqual(common.span((math.nan, 0.5)), "-")
        self.assertEqual(common.span(None), "-")

    def test_small_p(self):
        for p, shown in ((0.0004, "<0.001"), (0.0012, "0.001"), (0.051, "0.051"), (1.0, "1.000"), (None, "-")):
            self.assertEqual(common._chances({"p": p, "p_holm": p}), [shown, shown])


class Notes(FolderTest):
    def test_too_few_replicates_for_so_many_comparisons(self):
        import contextlib
        import io

        one = {"difference": 0.1, "p": 2 / 101, "runs": [1, 1]}
        for count, says in ((1, False), (2, False), (3, True)):
            out = io.StringIO()
            with contextlib.redirect_stdout(out):
                common.print_note([one] * count, 100)
            self.assertEqual("need more replicates: --replicates 300" in out.getvalue(), says, count)


if __name__ == "__main__":
    unittest.main()
