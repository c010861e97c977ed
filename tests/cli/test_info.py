"""nce2vec info: every format, what a model was trained with, files that are none."""

import json
import math
import unittest

from models import read_n2v
from support import CommandTest, text

FILES = {"text": "a.txt", "binary": "a.bin", "n2v": "a.n2v", "glove": "a.glove", "npy": "a.npy", "model2vec": "m",
         "safetensors": "a.safetensors", "finalfusion": "a.fifu", "projector": "a.tsv"}
NEED_SUBWORDS = ["fasttext", "floret"]  # test_vector.py


def norms_of(floats, dim):
    return [math.sqrt(sum(x * x for x in floats[at:at + dim])) for at in range(0, len(floats), dim)]


class Info(CommandTest):
    def setUp(self):
        super().setUp()
        self.write("text", text())
        self.train("text", "-o", "a.n2v", "--objective", "nce", "--dim", "18", "--epochs", "2", "--threads", "1")

    def info(self, name):
        return json.loads(self.succeeds("info", name, "--json").stdout)

    def check_norms(self, said, model, tensor):
        norms = norms_of(model[tensor], 18)
        ordered = sorted(norms)
        self.assertEqual(said["zeros"], 0)
        self.assertEqual(said["shortest"], model["words"][norms.index(ordered[0])])
        self.assertEqual(said["longest"], model["words"][norms.index(ordered[-1])])
        for name, expected in (("min", ordered[0]), ("max", ordered[-1]), ("mean", sum(norms) / 60),
                               ("median", (ordered[29] + ordered[30]) / 2)):
            self.assertAlmostEqual(said[name], expected, delta=1e-5 * expected, msg=name)

    def test_every_format(self):
        model = read_n2v(self.read("a.n2v"))
        listed = self.succeeds("help", "convert").stdout.decode()
        names = list(FILES)
        names[3:3] = NEED_SUBWORDS
        self.assertIn("One of: " + ", ".join(names), " ".join(listed.split()))
        for name, path in FILES.items():
            with self.subTest(format=name):
                if name != "n2v":
                    self.succeeds("convert", "a.n2v", path, "--to", name)
                said = self.info(path)
                self.assertEqual((said["file"], said["format"], said["words"], said["dimensions"]),
                                 (path, name, 60, 18))
                self.check_norms(said["norms"]["input"], model, "input")
                shown = self.succeeds("info", path).stdout.decode()
                self.assertIn("format     %s: " % name, shown)
                self.assertIn("words      60\ndimensions 18\n", shown)

    def test_a_model(self):
        model = read_n2v(self.read("a.n2v"))
        said = self.info("a.n2v")
        self.check_norms(said["norms"]["output"], model, "output")
        self.assertEqual((said["counted"], said["biases"]), (sum(model["counts"]), True))
        self.assertEqual(said["parameters"], dict(model["parameters"]))
        self.assertEqual((said["parameters"]["objective"], said["parameters"]["epochs"]), ("nce", "2"))
        shown = self.succeeds("info", "a.n2v").stdout.decode()
        for line in ("counted    4,800 words of text", "biases     one a word", "output vectors",
                     "  objective=nce", "  input=text"):
            self.assertIn(line + "\n", shown)

    def test_inputs_have_numbers(self):
        self.write("second", text(seed=2))
        self.train("text", "second", "text", "-o", "b.n2v", "--dim", "3", "--epochs", "1")
        shown = self.succeeds("info", "b.n2v", "--json").stdout
        pairs = json.loads(shown, object_pairs_hook=list)
        parameters = [pair for name, value in pairs if name == "parameters" for pair in value]
        self.assertEqual([(name, value) for name, value in parameters if name.split(".")[0] == "input"],
                         [("input", "text"), ("input.2", "second"), ("input.3", "text")])
        self.assertEqual(len({name for name, _ in parameters}), len(parameters))

    def test_vectors_alone(self):
        self.write("v.txt", b'3 2\n"a" 3 4\nb 0 0\nc 0 2\n')
        said = self.info("v.txt")
        self.assertEqual(said, {"file": "v.txt", "format": "text", "words": 3, "dimensions": 2, "counted": 0,
                                "checkpoint": None, "subwords": None,
                                "biases": False, "parameters": {},
                                "norms": {"input": {"zeros": 1, "shortest": "b", "longest": '"a"', "min": 0,
                                                    "median": 2, "mean": 2.33333, "max": 5}}})
        done = self.succeeds("info", "-", given=self.read("v.txt"))
        self.assertEqual(done.stdout.decode().splitlines()[2:],
                         ["words      3", "dimensions 2", "input vectors", "  norm     0 to 5, mean 2.333, median 2",
                          "  shortest b", '  longest  "a"', "  zero     1"])

    def test_names_that_would_write_to_the_terminal(self):
        name = self.write("a\x1b[1m.txt", b"1 1\na 1\n")
        self.assertTrue(self.succeeds("info", name).stdout.startswith(b"file       a?[1m.txt\n"))
        self.assertEqual(self.info(name)["file"], name)

    def test_refusals(self):
        self.fails(2, "no file is given", "info")
        self.fails(2, "one argument too many", "info", "a.n2v", "b")
        self.fails(2, "nothere", "info", "nothere")
        self.fails(1, "not a vector file", "info", "text")
        self.write("cut", self.read("a.n2v")[:-3])
        self.fails(1, "the file is truncated", "info", "cut")


if __name__ == "__main__":
    unittest.main()
