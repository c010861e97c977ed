"""The report without a browser: metrics, the files of a run, maps, shapes, the text of the page."""

import json
import math
import os
import unittest

import numpy as np
from helpers import ALL, FolderTest, make_vectors, random_vectors, write_text

import categories
import common
import evaluate
import report
from reporting import change, maps, metrics, page, runs, scores, shapes
from vectors import Vectors

FIRST = {"started": "2026-11-24T10:00:00Z", "output": "v.txt", "vocabulary": 30, "words_total": 1000,
         "parameters": {"objective": "nce", "dim": 20, "lr": 0.05, "input": ["a", "b"]}}
ROW = {"seconds": 1.0, "epoch": 1, "words": 500, "words_per_second": 500.0, "lr": 0.02, "loss": 2.5}
RESUMED = {"resumed": "2026-11-25T08:00:00Z", "seconds": 1.25, "words": 500}
HELDOUT = {"seconds": 1.1, "epoch": 1, "words": 500, "heldout_loss": 2.75, "heldout_pairs": 7}
END = {"end": "done", "seconds": 2.0, "words": 1000, "words_per_second": 500.0, "last_epoch_loss": 2.25}
WORDS = [f"w{i}" for i in range(30)]


def lines(*rows):
    return "".join(json.dumps(row) + "\n" for row in rows)


class ReadMetrics(FolderTest):
    def test_a_run(self):
        got = metrics.read(self.write("m", lines(FIRST, ROW, HELDOUT, {**ROW, "words": 1000, "loss": None}, END)))
        self.assertEqual((got.state, got.parameters["dim"]), ("done", 20))
        self.assertEqual(got.training["words"], [500, 1000])
        self.assertEqual(got.training["loss"][0], 2.5)
        self.assertTrue(math.isnan(got.training["loss"][1]))
        self.assertEqual(got.heldout["heldout_loss"], [2.75])

    def test_states(self):
        for end, state in (([{**END, "end": "interrupted"}], "interrupted"), ([{**END, "end": "failed"}], "failed"),
                           ([], "unfinished")):
            self.assertEqual(metrics.read(self.write("m", lines(FIRST, ROW, *end))).state, state)
        cut = metrics.read(self.write("m", lines(FIRST, ROW) + '{"seconds": 1.5, "epo'))
        self.assertEqual((cut.state, cut.training["seconds"]), ("unfinished", [1.0]))
        self.assertEqual(metrics.read(self.write("m", lines(FIRST))).training["words"], [])

    def test_resumed(self):
        """One curve with marks; the time is that of training."""
        later = {**ROW, "seconds": 1.5, "words": 750}
        again = {**RESUMED, "resumed": "2026-11-26T08:00:00Z", "seconds": 1.5, "words": 750}
        got = metrics.read(self.write("m", lines(FIRST, ROW, RESUMED, HELDOUT, later, again,
                                                 {**ROW, "seconds": 2.0, "words": 1000}, END)))
        self.assertEqual(got.resumed, [RESUMED, again])
        self.assertEqual(got.training["words"], [500, 750, 1000])
        self.assertEqual(got.training["seconds"], [1.0, 1.5, 2.0])
        self.assertEqual((got.heldout["words"], got.end["seconds"], got.state), ([500], 2.0, "done"))
        run = report.describe(runs.open_run(self.path("m")))
        self.assertEqual(run["metrics"]["resumed"], [RESUMED, again])
        self.assertEqual(metrics.read(self.write("m", lines(FIRST, ROW, RESUMED))).state, "unfinished")

    def test_malformed(self):
        for content, says in (("", "line 1: not the metrics"), ("{}\n", "line 1: not the metrics"),
                              ("[]\n", "line 1: not a JSON object"), (lines(FIRST) + "{x\n", "line 2: "),
                              (lines(FIRST, {"seconds": 1}), "line 2: no 'seconds' and 'words'"),
                              (lines(FIRST, {"seconds": 1, "words": 2}), "line 2: no 'epoch', or"),
                              (lines(FIRST, {**RESUMED, "resumed": 7}), "line 2: no 'epoch', or"),
                              (lines(FIRST, {"resumed": "x", "seconds": 1}), "line 2: no 'seconds' and 'words'"),
                              (lines(FIRST, END, ROW), "line 2: no")):
            with self.assertRaisesRegex(common.DataError, says):
                metrics.read(self.write("m", content))
        with self.assertRaisesRegex(common.DataError, "none: No such file"):
            metrics.read(self.path("none"))
        with self.assertRaisesRegex(common.DataError, "not UTF-8"):
            metrics.read(self.write("m", lines(FIRST).encode() + b'{"a": "\xff"}\n'))

    def test_long_curves_are_thinned(self):
        rows = [{**ROW, "words": i, "loss": float(i % 2), "words_per_second": None if i % 3 else 6.0}
                for i in range(1, 5001)]
        got = metrics.read(self.write("m", lines(FIRST, *rows)))
        self.assertLessEqual(len(got.training["words"]), metrics.MAX_POINTS)
        self.assertEqual(got.training["words"][-1], 5000)
        self.assertAlmostEqual(np.mean(got.training["loss"]), 0.5, 2)
        self.assertEqual(set(got.training["words_per_second"]), {6.0})


class Runs(FolderTest):
    def setUp(self):
        super().setUp()
        write_text(self.path("v.txt"), random_vectors(WORDS))

    def test_what_belongs_to_vectors(self):
        alone = runs.open_run(self.path("v.txt"))
        self.assertEqual((alone.metrics, alone.counts, alone.notes, alone.name), (None, None, [], "v"))
        self.write("v.metrics.jsonl", lines(FIRST, ROW, END))
        self.write("v.vocab.tsv", "".join(f"{word}\t{60 - i}\n" for i, word in enumerate(WORDS)))
        got = runs.open_run(self.path("v.txt"))
        self.assertEqual((got.metrics.state, got.counts[:2].tolist(), got.notes), ("done", [60, 59], []))
        self.assertIn(("lr", "0.05"), got.parameters)
        self.assertIn(("input", "a, b"), got.parameters)

    def test_what_does_not(self):
        for first, end in (({**FIRST, "vocabulary": 31}, END), (FIRST, {**END, "end": "interrupted"})):
            self.write("v.metrics.jsonl", lines(first, ROW, end))
            got = runs.open_run(self.path("v.txt"))
            self.assertIsNone(got.metrics)
            self.assertIn("of another training", got.notes[0])
        self.write("v.vocab.tsv", "other\t9\n")
        self.assertIsNone(runs.open_run(self.path("v.txt")).counts)
        self.write("v.vocab.tsv", "w0\t9\nw1 8\n")
        with self.assertRaisesRegex(common.DataError, "line 2: expected a word and its count"):
            runs.open_run(self.path("v.txt"))

    def test_what_belongs_to_metrics(self):
        path = self.write("m.metrics.jsonl", lines(FIRST, ROW, END))
        got = runs.open_run(path)  # v.txt is not here, but where the metrics are
        self.assertEqual((got.name, len(got.vectors), got.notes), ("m", 30, []))
        self.write("m.metrics.jsonl", lines({**FIRST, "vocabulary": 31}, ROW, END))
        self.assertIsNone(runs.open_run(path).vectors)
        self.assertIn("has other vectors", runs.open_run(path).notes[0])
        self.write("other.fifu", b"FIFU\0\0")
        self.write("m.metrics.jsonl", lines({**FIRST, "output": "other.fifu"}, ROW, END))
        self.assertRegex(runs.open_run(path).notes[0], "other.fifu: .*The vectors are skipped")
        self.write("m.metrics.jsonl", lines({**FIRST, "output": "gone.txt"}, ROW, END))
        self.assertIn("are missing: gone.txt", runs.open_run(path).notes[0])
        for first, end in (({**FIRST, "output": "-"}, [END]), (FIRST, [])):  # none, or not yet
            self.write("m.metrics.jsonl", lines(first, ROW, *end))
            self.assertEqual((runs.open_run(path).vectors, runs.open_run(path).notes), (None, []))

    def test_equal_names(self):
        os.makedirs(self.path("one"))
        os.makedirs(self.path("two"))
        paths = [self.write(f"{name}/v.metrics.jsonl", lines(FIRST)) for name in ("one", "two")]
        opened = [runs.open_run(path) for path in [*paths, self.path("v.txt")]]
        runs.name_apart(opened)
        self.assertEqual([run.name for run in opened][:2], ["one/v", "two/v"])
        opened = [runs.open_run(paths[0])] * 2
        runs.name_apart(opened)
        self.assertEqual(len(opened), 2)


class Maps(unittest.TestCase):
    def test_neighbours_against_brute_force(self):
        model = random_vectors(WORDS)
        rows, cosines = maps.neighbours(model, 12, 5)
        for i in range(12):
            expected = [(float(model.unit[i] @ model.unit[j]), -j) for j in range(30) if j != i]
            expected = sorted(expected, reverse=True)[:5]
            self.assertEqual(rows[i].tolist(), [-j for _, j in expected])
            np.testing.assert_allclose(cosines[i], [cosine for cosine, _ in expected], rtol=1e-5)
        self.assertEqual(maps.neighbours(make_vectors({"a": (1, 0), "b": (1, 1)}), 2)[0].tolist(), [[1], [0]])

    def test_neighbours_of_many_words(self):
        model = random_vectors([f"w{i}" for i in range(4500)], dim=3)  # more than are compared at once
        rows, cosines = maps.neighbours(model, len(model), 2)
        self.assertFalse((rows == np.arange(len(model))[:, None]).any())
        for i in (0, 3000, 4000, 4499):
            scores = model.unit @ model.unit[i]
            scores[i] = -1
            self.assertEqual(rows[i, 0], scores.argmax())
            self.assertAlmostEqual(cosines[i, 0], scores.max(), delta=1e-5)

    def test_groups_are_those_of_the_full_space(self):
        generator = np.random.default_rng(1)
        places = np.repeat(np.eye(4, 20), (40, 30, 20, 10), axis=0) + 0.02 * generator.normal(size=(100, 20))
        found = maps.groups(places, 1, 4)
        self.assertEqual([len(set(found[a:b])) for a, b in ((0, 40), (40, 70), (70, 90), (90, 100))], [1, 1, 1, 1])
        self.assertEqual(sorted(np.bincount(found), reverse=True), np.bincount(found).tolist())

    def test_maps(self):
        try:
            maps.require()
        except common.DataError as error:
            self.skipTest(str(error))
        generator = np.random.default_rng(2)
        topics = [f"t{i % 4}x{i}" for i in range(80)]
        rows = {word: np.eye(4, 16)[int(word[1])] + 0.05 * generator.normal(size=16) for word in topics}
        model = make_vectors(rows)
        other = Vectors("other", "test", topics[::-1], model.rows[::-1] + 0)
        few = make_vectors({"a": (1, 0), "b": (0, 1)})
        first, second, none = maps.make([model, other, few], 60)
        self.assertIsNone(none)
        for made in (first, second):
            at = np.array(made["at"])
            self.assertEqual((at.shape, at.min() >= 0, at.max() <= maps.EXTENT), ((60, 2), True, True))
            topic = np.array([word[1] for word in made["words"][:60]])
            inside = [np.linalg.norm(at[topic == t] - at[topic == t].mean(axis=0), axis=1).mean() for t in "0123"]
            self.assertLess(np.mean(inside), 0.2 * np.linalg.norm(at - at.mean(axis=0), axis=1).mean())
            for word, near in zip(made["words"], made["near"]):
                self.assertTrue(all(made["words"][i][1] == word[1] for i in near))
        where = [np.array([np.mean([at for word, at in zip(made["words"], made["at"]) if word[1] == t], axis=0)
                           for t in "0123"]) for made in (first, second)]
        moved = np.linalg.norm(where[0] - where[1], axis=1).mean()
        self.assertLess(moved, 0.2 * maps.EXTENT)  # the second map begins where the first ended


class Shapes(unittest.TestCase):
    def test_norms(self):
        model = make_vectors({f"w{i}": (3.0 * (i + 1), 4.0 * (i + 1)) for i in range(200)})
        got = shapes.norms(model, None)
        self.assertEqual((got["by"], got["points"][0], got["points"][-1]), ("rank", [1, 5, "w0"], [200, 1000, "w199"]))
        for x, low, middle, high in got["trend"]:
            self.assertTrue(low < middle < high and abs(middle - 5 * x) < 0.3 * middle)
        counts = np.arange(200, 0, -1.0)
        self.assertEqual(shapes.norms(model, counts)["points"][0], [200, 5, "w0"])
        self.assertEqual(shapes.norms(model, counts)["by"], "count")

    def test_cosines(self):
        got = shapes.cosines(random_vectors([f"w{i}" for i in range(400)], dim=50), 1)
        self.assertAlmostEqual(got["random_mean"], 0, 2)
        self.assertGreater(got["nearest_mean"], 0.3)
        for which in ("random", "nearest"):
            self.assertAlmostEqual(sum(got[which]), 1, 3)
            self.assertEqual(len(got[which]), len(got["edges"]) - 1)
        middle = np.convolve(got["edges"], [0.5, 0.5], "valid")
        self.assertAlmostEqual(float(np.sqrt(np.dot(got["random"], middle**2))), 1 / math.sqrt(50), 2)
        self.assertIsNone(shapes.cosines(make_vectors({"a": (1, 0)}), 1))


class Change(unittest.TestCase):
    def setUp(self):
        self.model = random_vectors([f"w{i}" for i in range(200)], dim=6)
        turn = np.linalg.qr(np.random.default_rng(3).normal(size=(6, 6)))[0].astype(np.float32)
        rows = 3 * self.model.rows @ turn
        rows[7] *= -1
        self.other = Vectors("other", "test", self.model.words, rows)

    def test_the_word_that_moved(self):
        got = change.compare([self.model, self.model, self.other])
        self.assertEqual((got["shared"], got["frequent"], got["rotated"]), (200, 200, True))
        self.assertEqual([len(got["changed"]), len(got["stable"])], [change.SHOWN] * 2)
        first, second = got["changed"][:2]
        self.assertEqual(first["word"], "w7")
        self.assertTrue(first["change"] > 1.9 and second["change"] < 0.1, got)
        self.assertNotEqual(first["then"], first["now"])
        rows = maps.neighbours(self.model, 8, change.NEIGHBOURS)[0]
        self.assertEqual(first["then"], [self.model.words[row] for row in rows[7]])
        self.assertLess(got["stable"][0]["change"], 0.01)

    def test_one_space_is_not_rotated(self):
        got = change.compare([self.model, self.other], same_space=True)
        self.assertEqual((got["rotated"], got["stable"][0]["change"] > 0.01), (False, True))
        same = change.compare([self.model, self.model], same_space=True)
        self.assertLess(same["changed"][0]["change"], 1e-5)

    def test_what_cannot_be_compared(self):
        few = make_vectors({"w1": np.ones(6), "w2": np.ones(6)})
        for models in ([self.model], [self.model, few], [self.model, random_vectors(self.model.words, dim=5)]):
            self.assertIsNone(change.compare(models))


class Page(FolderTest):
    def test_scores_are_those_of_evaluate(self):
        read = categories.read_categories(os.path.join(common.SHIPPED, "categories.txt"))
        model = random_vectors([word for words in read.words for word in words])
        measured = evaluate.evaluate([model, model], None, replicates=100)
        got = scores.collect(measured)
        odd = measured["categories"]["models"][0]["odd_one_out"]
        row = next(row for row in got["groups"][-1]["rows"] if row["label"].startswith("odd"))
        self.assertEqual(row["cells"][1]["score"], round(100 * odd["accuracy"], 2))
        self.assertEqual(row["cells"][1]["low"], round(100 * odd["interval"][0], 2))
        self.assertEqual((row["cells"][0]["used"], row["cells"][0]["chance"]), (odd["asked"], 20))
        self.assertEqual(got["differences"][0]["rows"][-1]["difference"], 0)
        self.assertEqual(len(got["differences"]), 1)

    def test_nothing_can_end_the_script(self):
        hostile = "</script><!--\u2028$title & </SCRIPT>"
        data = {"runs": [{"name": hostile}], "value": float("nan")}
        text = page.render(data, "// https://d3js.org v5.1.0\nconst a = '</script>';")
        self.assertEqual(text.lower().count("</script>"), text.count("<script"))
        start = text.index('id="data">') + 10
        read = json.loads(text[start : text.index("</script>", start)])
        self.assertEqual(read, {"runs": [{"name": hostile}], "value": None})
        self.assertIn("&lt;/script>&lt;!--", text[: text.index("</title>")])
        for address in ("http://", "src=", "href=\"http", "@import", "url("):
            self.assertNotIn(address, text.replace("// https://d3js.org", ""))

    def test_d3(self):
        good = self.write("d3.min.js", "// https://d3js.org v7.0.0\n")
        self.assertTrue(page.find_d3(good))
        with self.assertRaisesRegex(common.DataError, "not a d3.min.js of version 5"):
            page.find_d3(self.write("d3.min.js", "// https://d3js.org v4.9\n"))
        with self.assertRaisesRegex(common.DataError, "No such file"):
            page.find_d3(self.path("none"))

    def test_writing(self):
        page.write(self.path("r.html"), "new ü")
        with open(self.path("r.html"), encoding="utf-8") as file:
            self.assertEqual(file.read(), "new ü")
        with self.assertRaisesRegex(common.DataError, "cannot write .*none/r.html: No such file"):
            page.write(self.path("none/r.html"), "x")
        self.assertEqual(os.listdir(self.folder), ["r.html"])

    def test_command_errors(self):
        cases = (([self.write("m", "{}\n")], 1, "not the metrics of a training"),
                 ([self.path("none")], 1, "none: No such file"),
                 ([self.write("m", "{}\n")] * 9, 2, "at most 8 runs"))
        for arguments, code, says in cases if ALL else cases[:1]:  # each imports what takes a second
            d3 = self.write("d3", "// https://d3js.org v5.0")
            got = self.command("report.py", *arguments, "-o", self.path("r.html"), "--d3", d3)
            if "scikit-learn" in got.stderr:
                self.skipTest("scikit-learn is not installed")
            self.assertEqual(got.returncode, code, got.stderr)
            self.assertIn(says, got.stderr)
            self.assertFalse(os.path.exists(self.path("r.html")))


if __name__ == "__main__":
    unittest.main()
