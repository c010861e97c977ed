"""Similarity: known answers on small vectors; agreement with SciPy and gensim."""

import json
import math
import os
import unittest

import numpy as np
from helpers import FolderTest, make_vectors, random_vectors, standard_data, write_text
from scipy.stats import spearmanr

import common
import significance
import similarity
from similarity import PairSet

ANGLES = {f"w{degrees}": (math.cos(math.radians(degrees)), math.sin(math.radians(degrees))) for degrees in range(0, 91)}


def one_set(pairs, gold, name="set"):
    return [PairSet(name, pairs, gold)]


def far_from(degrees):
    return [("w0", f"w{d}") for d in degrees]


class Scores(unittest.TestCase):
    def score(self, models, sets, **options):
        options.setdefault("replicates", 200)
        return similarity.evaluate(models, sets, **options)

    def test_perfect_and_reversed(self):
        pairs = far_from(range(5, 85, 5))
        model = make_vectors(ANGLES)
        for gold, rho in ((range(16, 0, -1), 1), (range(16), -1)):
            entry = self.score([model], one_set(pairs, gold))["models"][0]["sets"][0]
            self.assertAlmostEqual(entry["skip"]["rho"], rho)
            self.assertEqual((entry["pairs"], entry["missing"]), (16, 0))
            np.testing.assert_allclose(entry["skip"]["interval"], (rho, rho))

    def test_length_of_vectors_does_not_matter(self):
        stretched = make_vectors({w: (5 * x, 5 * y) if w != "w30" else (x / 9, y / 9) for w, (x, y) in ANGLES.items()})
        cosines, _ = similarity.cosines(stretched, [("w0", "w30"), ("w0", "w60"), ("w45", "w45")])
        np.testing.assert_allclose(cosines, [math.sqrt(3) / 2, 0.5, 1], rtol=1e-6)

    def test_ties_get_average_ranks(self):
        model = make_vectors(ANGLES)
        gold = [4, 4, 2, 1, 0, 0, 0, -1, -1, -2]
        pairs = far_from(range(0, 50, 5))
        got = self.score([model], one_set(pairs, gold))["models"][0]["sets"][0]["skip"]["rho"]
        self.assertAlmostEqual(got, spearmanr(gold, range(10, 0, -1)).correlation)

    def test_missing_words_are_counted_and_both_ways_of_treating_them_differ(self):
        degrees = range(0, 50, 5)
        model = make_vectors({f"w{d}": ANGLES[f"w{d}"] for d in degrees})
        pairs = far_from(degrees) + [("w0", "none"), ("none", "nil")]
        gold = [*range(10, 0, -1), 20, 0]
        entry = self.score([model], one_set(pairs, gold))["models"][0]["sets"][0]
        self.assertEqual((entry["pairs"], entry["missing"]), (10, 2))
        self.assertAlmostEqual(entry["skip"]["rho"], 1)
        mean = model.rows.sum(axis=0) / np.linalg.norm(model.rows.sum(axis=0))
        filled, known = similarity.cosines(model, pairs)
        np.testing.assert_allclose(filled[10:], [mean[0], 1], rtol=1e-6)
        self.assertEqual(known.tolist(), [True] * 10 + [False, False])
        self.assertAlmostEqual(entry["mean_vector"]["rho"], spearmanr(gold, filled).correlation)

    def test_few_pairs_have_no_score(self):
        """Also with the mean vector, which would give a number even where no word is known."""
        model = make_vectors(ANGLES)
        unknown = [(f"w{i}", f"none{i}") for i in range(20)]
        for count, defined in ((0, False), (9, False), (10, True)):
            gold = range(20 + count)
            result = self.score([model], one_set(unknown + far_from(range(count)), gold))
            entry = result["models"][0]
            for score in (entry["sets"][0]["skip"], entry["sets"][0]["mean_vector"], entry["mean"]["skip"],
                          entry["mean"]["mean_vector"]):
                self.assertEqual(math.isfinite(score["rho"]), defined, count)
            row = [str(cell) for cell in similarity.table(result["settings"][0])[1][0]]
            self.assertEqual("fewer than 10" in row, count == 9)
            self.assertEqual("nothing could be scored" in row, count == 0)
            plain = common.plain(result)["settings"][0]["sets"][0]
            self.assertEqual(plain["skip"]["mean"] is None, not defined)
            self.assertEqual(plain["mean_vector"]["mean"] is None, not defined)

    def test_case_and_restriction(self):
        model = make_vectors({"Paris": (1, 0), "b": (1, 1), "paris": (0, 1)})
        cosines, known = similarity.cosines(model, [("paris", "b"), ("paris", "PARIS".lower())], restrict=2)
        np.testing.assert_allclose(cosines, [math.sqrt(0.5), 1], rtol=1e-6)
        self.assertTrue(known.all())
        self.assertEqual(similarity.cosines(model, [("paris", "b")], restrict=1)[1].tolist(), [False])

    def test_case_is_folded_as_the_tokenizer_does(self):
        model = make_vectors({"istanbul": (1, 0), "σίσυφοσ": (1, 1), "ankara": (0, 1)})
        self.assertEqual([model.find(word) for word in ("İstanbul", "ISTANBUL", "ΣΊΣΥΦΟΣ", "Ankara", "none")],
                         [0, 0, 1, 2, None])

    def test_nothing_known(self):
        result = self.score([make_vectors(ANGLES)] * 2, one_set([("x", "y")] * 12, range(12)))
        entry = result["models"][0]
        self.assertTrue(math.isnan(entry["sets"][0]["skip"]["rho"]))
        self.assertTrue(math.isnan(entry["mean"]["skip"]["rho"]))
        self.assertIsNone(result["differences"][0]["mean"]["interval"])
        json.dumps(common.plain(result), allow_nan=False)

    def test_the_mean_is_that_of_the_sets_which_can_be_scored(self):
        pairs = far_from(range(5, 85, 5))
        sets = one_set(pairs, range(16, 0, -1)) + one_set(pairs, range(16)) + one_set([("x", "y")] * 9, range(9))
        self.assertAlmostEqual(self.score([make_vectors(ANGLES)], sets)["models"][0]["mean"]["skip"]["rho"], 0)

    def test_a_set_given_twice_does_not_narrow_the_mean(self):
        generator = np.random.default_rng(1)
        model = random_vectors([f"w{i}" for i in range(60)])
        pairs = [(f"w{a}", f"w{b}") for a, b in generator.integers(0, 60, (80, 2))]
        sets = one_set(pairs, generator.normal(size=80))
        once = self.score([model], sets, replicates=1000)["models"][0]["mean"]["skip"]
        twice = self.score([model], sets * 2, replicates=1000)["models"][0]["mean"]["skip"]
        self.assertEqual(once, twice)
        again = [PairSet("again", [(b, a) for a, b in pairs], sets[0].gold)]  # under another name, words swapped
        other = self.score([model], sets + again, replicates=1000)["models"][0]["mean"]["skip"]
        self.assertEqual(once["interval"], other["interval"])

    def test_a_mean_has_the_units_of_its_smallest_set(self):
        sets = one_set(far_from(range(5, 85, 5)), range(16))
        measured = similarity._Measured([make_vectors(ANGLES)], sets, 100, 1, 0)
        rows = [[significance.Score(0.5, np.zeros(100), units)] for units in (40, 12, 30)]
        self.assertEqual(measured.mean(rows, [0])[0].units, 12)

    def test_the_interval_of_a_mean(self):
        """Of two sets without common pairs: narrower than each, as their errors are independent."""
        generator = np.random.default_rng(2)
        words = [f"w{i}" for i in range(400)]
        model = random_vectors(words)
        sets = [PairSet(str(at), list(zip(words[low : low + 100], words[low + 100 : low + 200])),
                        generator.normal(size=100)) for at, low in enumerate((0, 200))]
        entry = self.score([model], sets, replicates=2000)["models"][0]
        each = [np.ptp(s["skip"]["interval"]) for s in entry["sets"]]
        self.assertAlmostEqual(np.ptp(entry["mean"]["skip"]["interval"]), math.hypot(*each) / 2, delta=0.02)
        self.assertAlmostEqual(entry["mean"]["skip"]["rho"], np.mean([s["skip"]["rho"] for s in entry["sets"]]))

    def test_differences_rest_on_pairs_that_both_know(self):
        pairs = far_from(range(5, 85, 2))
        gold = -np.arange(len(pairs))
        good = make_vectors(ANGLES)
        lacking = make_vectors({w: row for w, row in ANGLES.items() if w not in ("w5", "w7")})
        noise = random_vectors(ANGLES)
        result = self.score([good, lacking, noise], one_set(pairs, gold), replicates=1000)
        same, better = result["differences"][0]["sets"][0], result["differences"][1]["sets"][0]
        self.assertEqual((same["pairs"], same["difference"], same["better"]), (38, 0, None))
        self.assertEqual((better["pairs"], better["better"]), (40, "A"))
        self.assertEqual(result["differences"][2]["sets"][0]["better"], "A")


class Files(FolderTest):
    def test_reading(self):
        path = self.write("EN-MINE.txt", "# comment\nA\tb\t1.5\r\n\nc d 2\n")
        got = similarity.read_pairs(path)
        self.assertEqual((got.name, got.pairs, got.gold.tolist()), ("MINE", [("a", "b"), ("c", "d")], [1.5, 2]))

    def test_names_of_columns(self):
        path = self.write("p", "word1 word2 score\na b 1\n")
        self.assertEqual(similarity.read_pairs(path).pairs, [("a", "b")])
        with self.assertRaisesRegex(common.DataError, "line 2: expected two words and a score"):
            similarity.read_pairs(self.write("p", "x y z\nx y z\na b 1\n"))

    def test_malformed(self):
        for content in ("a b 1\na b\n", "a b 1\na b c d\n", "a b 1\na b x\n", "a b 1\na b nan\n"):
            with self.assertRaisesRegex(common.DataError, "line 2: expected two words and a score"):
                similarity.read_pairs(self.write("p", content))
        with self.assertRaisesRegex(common.DataError, "no word pairs"):
            similarity.read_pairs(self.write("p", "\n"))

    def test_command(self):
        write_text(self.path("v"), make_vectors(ANGLES))
        write_text(self.path("u"), random_vectors(ANGLES))
        pairs = "".join(f"w0 w{d} {90 - d}\n" for d in range(0, 90, 3))
        pairs = self.write("EN-P.txt", pairs)
        got = self.command("similarity.py", self.path("v"), self.path("u"), "--pairs", pairs)
        self.assertEqual((got.returncode, got.stderr), (0, ""))
        self.assertRegex(got.stdout, r"P +100\.00 +100\.0 \.\. 100\.0 +30 +0 ")
        self.assertRegex(got.stdout, r"P .* A is better")
        self.assertNotIn("mean ", got.stdout)  # of one set
        got = self.command("similarity.py", self.path("v"), "--json", NCE2VEC_EVAL_DATA=self.folder)
        self.assertAlmostEqual(json.loads(got.stdout)["models"][0]["sets"][0]["skip"]["rho"], 1)

    def test_errors_are_one_line(self):
        write_text(self.path("v"), make_vectors(ANGLES))
        for arguments, environment, message in (
            ([self.path("none"), "--data", self.folder], {}, "no similarity sets"),
            ([self.path("none"), "--pairs", self.write("p", "a b 1")], {}, "none: No such file"),
            ([self.path("v")], {"NCE2VEC_EVAL_DATA": self.path("nowhere")}, "which is not a folder"),
            ([self.path("v"), "--pairs", self.path("none")], {}, "none: No such file"),
        ):
            got = self.command("similarity.py", *arguments, **environment)
            self.assertEqual((got.returncode, got.stdout, got.stderr.count("\n")), (1, "", 1), got.stderr)
            self.assertIn(message, got.stderr)


class Agreement(FolderTest):
    def test_with_the_program(self):
        """train --validate and this script: the same score of the same vectors, also for words in another case."""
        generator = np.random.default_rng(3)
        words = [f"Word{i}" if i % 2 else f"word{i}" for i in range(60)]
        lines = [" ".join(words[10 * topic + i] for i in generator.integers(0, 10, 12))
                 for topic in generator.integers(0, 6, 400)]
        self.write("text", "\n".join(lines + ["word1 WORD2"] * 9) + "\n")
        drawn = generator.integers(0, 62, (80, 2))
        self.write("pairs", "a b c\n# \n" + "".join(f"WORD{a}\tword{b} {(a // 10 == b // 10) + (a % 3)}\n"
                                                     for a, b in drawn))
        self.program("train", "text", "-o", "v.n2v", "--dim", "10", "--tokenizer", "space", "--epochs", "2",
                     "--validate", "pairs", "--metrics", "m")
        with open(self.path("m"), encoding="ascii") as lines:
            last = [row for row in map(json.loads, lines) if "validation" in row][-1]
        got = self.command("similarity.py", self.path("v.n2v"), "--pairs", self.path("pairs"), "--json")
        scored = json.loads(got.stdout)["models"][0]["sets"][0]
        self.assertEqual(last["validation_pairs"], scored["pairs"])
        self.assertGreater(scored["missing"], 0)
        self.assertAlmostEqual(last["validation"], scored["skip"]["rho"], 4)

    def test_with_gensim_on_the_standard_sets(self):
        folder = standard_data(self)
        try:
            from gensim.models import KeyedVectors
        except ImportError:
            self.skipTest("gensim is not installed")
        sets = similarity.standard_sets(folder)
        words = sorted({word for s in sets for pair in s.pairs for word in pair})
        model = random_vectors(words[::7] + words[1::7] + words[2::7], dim=30)
        other = KeyedVectors(model.dim)
        other.add_vectors(model.words, model.rows)
        entries = similarity.evaluate([model], sets, replicates=100)["models"][0]["sets"]
        self.assertGreaterEqual(len(entries), 7)
        for entry in entries:
            path = os.path.join(folder, f"EN-{entry['name']}.txt")
            _, rho, missing = other.evaluate_word_pairs(path)
            self.assertAlmostEqual(entry["skip"]["rho"], rho[0], 5, entry["name"])
            self.assertAlmostEqual(100 * entry["missing"] / (entry["pairs"] + entry["missing"]), missing)


if __name__ == "__main__":
    unittest.main()
