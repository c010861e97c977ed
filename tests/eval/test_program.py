"""Files that nce2vec writes, read by eval/. NCE2VEC names the program."""

import json
import os

import numpy as np
from helpers import EVAL, FolderTest

import similarity
import vectors
from reporting import runs


def corpus(words, seed=1, lines=400):
    generator = np.random.default_rng(seed)
    return "".join(" ".join(generator.choice(words, 6)) + "\n" for _ in range(lines))


class Written(FolderTest):
    def test_a_training_with_metrics(self):
        self.write("text", corpus([f"w{i}" for i in range(30)]))
        self.program("train", "-q", "text", "--dim", "7", "--threads", "1", "--epochs", "3", "--heldout", "0.1",
                     "--metrics", "v.metrics.jsonl", "--save-vocab", "v.vocab.tsv", "-o", "v.n2v")
        run = runs.open_run(self.path("v.n2v"))
        self.assertEqual((run.notes, run.metrics.state), ([], "done"))
        self.assertEqual(len(run.metrics.heldout["heldout_loss"]), 3)
        for curve in (run.metrics.training, run.metrics.heldout):
            for name, values in curve.items():
                self.assertTrue(np.isfinite(values).all() and len(values) >= 3, name)
        parameters = dict(run.parameters)
        for name, value in (("dim", "7"), ("epochs", "3"), ("heldout", "0.1"), ("input", "text"), ("objective", "nce")):
            self.assertEqual(parameters[name], value)
        self.assertEqual(dict(run.vectors.parameters), parameters)  # the record of the model is that of the metrics
        with open(self.path("v.vocab.tsv"), encoding="utf-8") as file:
            counts = [int(line.split("\t")[1]) for line in file]
        self.assertEqual(run.counts.tolist(), counts)
        os.rename(self.path("v.n2v"), self.path("elsewhere"))
        self.assertIn("are missing: v.n2v", runs.open_run(self.path("v.metrics.jsonl")).notes[0])

    def test_all_formats_have_the_same_vectors(self):
        self.write("text", corpus(["na\u00efve", "\u65e5\u672c", *(f"w{i}" for i in range(20))]))
        self.program("train", "-q", "text", "--dim", "5", "--threads", "1", "-o", "v.n2v")
        whole = vectors.load(self.path("v.n2v"))
        self.assertEqual(len(whole), 22)
        for name, kind in (("a.vec", "word2vec text"), ("b.bin", "word2vec binary"), ("c.npy", "NumPy"),
                           ("d.glove", "GloVe text"), ("e.n2v", "n2v")):
            self.program("convert", "-q", "v.n2v", name)
            loaded = vectors.load(self.path(name))
            self.assertEqual((loaded.kind, loaded.words), (kind, whole.words))
            np.testing.assert_array_equal(loaded.rows, whole.rows)

    def test_subwords_give_vectors_to_words_that_the_file_does_not_have(self):
        """With a set of such words nothing is missing; the cosines are those of the program."""
        words = ["na\u00efve", "playing", "replayed", "\u65e5\u672c", *(f"word{i}" for i in range(20))]
        self.write("text", corpus(words))
        pairs = [f"{a} {b} {i + j}" for i, a in enumerate(["plays", "naively", "word3"])
                 for j, b in enumerate(["sword", "wordless", "Display", "playing"])]
        pairs.append("plays \u00fc 3")  # has no n-gram of the text
        sets = similarity.read_pairs(self.write("p", "\n".join(pairs)))
        for kind in ("fasttext", "floret"):
            self.program("train", "-q", "text", "--dim", "6", "--threads", "1", "--subwords", kind, "--minn", "2",
                         "--buckets", "5000", "-o", "v.n2v")
            model = vectors.load(self.path("v.n2v"))
            cosines, known = similarity.cosines(model, sets.pairs)
            self.assertEqual(known.tolist(), [True] * 12 + [False])
            asked = [word for pair in sets.pairs[:12] for word in pair]
            answers = self.output("similarity", "v.n2v", "--json", *asked).splitlines()
            np.testing.assert_allclose(cosines[:12], [json.loads(line)["score"] for line in answers], atol=2e-6)
            entry = json.loads(self.command("similarity.py", self.path("v.n2v"), "--pairs", self.path("p"),
                                            "--json").stdout)
            self.assertEqual([entry["models"][0]["sets"][0][key] for key in ("pairs", "missing")], [12, 1])
            restricted, known = similarity.cosines(model, [("word1", "sword"), ("word1", "playing")], 1)
            self.assertEqual(known.tolist(),
                             [model.find("word1") == 0] + [False])  # known words after the first: missing

    def test_turkish_words_are_found(self):
        words = ["\u0130stanbul", "\u0130zmir", "\u0130rlanda", "\u0130spanya", "Ankara", "Bursa", "Konya", "Adana"]
        self.write("text", corpus(words))
        self.program("train", "-q", "text", "--dim", "4", "--threads", "1", "--subsample", "0", "-o", "v.vec")
        pairs = [f"{a} {b} {(i * j) % 10}" for i, a in enumerate(words) for j, b in enumerate(words[:i])]
        got = self.command("similarity.py", self.path("v.vec"), "--pairs", self.write("p", "\n".join(pairs)), "--json")
        entry = json.loads(got.stdout)["models"][0]["sets"][0]
        self.assertEqual((entry["pairs"], entry["missing"]), (28, 0))

    def test_the_page_of_a_real_training(self):
        self.write("text", corpus([f"w{i}" for i in range(30)]))
        self.program("train", "-q", "text", "--dim", "7", "--threads", "1", "--metrics", "v.metrics.jsonl",
                     "-o", "v.bin")
        d3 = self.write("d3.js", "// https://d3js.org v5.1.0\n")
        got = self.command("report.py", self.path("v.bin"), "-o", self.path("r.html"), "--d3", d3,
                           "--replicates", "100")
        if "scikit-learn" in got.stderr:
            self.skipTest("scikit-learn is not installed")
        self.assertEqual(got.returncode, 0, got.stderr)
        with open(self.path("r.html"), encoding="utf-8") as file:
            page = file.read()
        start = page.index('id="data">') + 10
        data = json.loads(page[start : page.index("</script>", start)])
        self.assertEqual((data["runs"][0]["metrics"]["state"], data["runs"][0]["vectors"]["words"]), ("done", 30))
        self.assertTrue(os.path.exists(os.path.join(EVAL, "reporting", "template", "page.html")))
