"""Vectors of fewer bits or dimensions, and the folder of model2vec: `nce2vec convert` and `train -o`."""

import json
import math
import os
import re
import statistics
import unittest

from models import read_n2v, read_npy, read_safetensors
from support import CommandTest, read_text, text

SMALL = ("--dim", "12", "--epochs", "2", "--threads", "1")
FOLDER = ["config.json", "model.safetensors", "modules.json", "tokenizer.json"]


def rows_of(numbers, dim):
    return [numbers[i:i + dim] for i in range(0, len(numbers), dim)]


def cosine(a, b):
    return sum(x * y for x, y in zip(a, b)) / math.hypot(*a) / math.hypot(*b)


CATEGORIES = {r"\p{L}": "a-z", r"\p{M}": "\u0300-\u036f", r"\p{N}": "0-9", r"\p{Cf}": "\xad\ufeff"}


def for_python(pattern):
    """A regular expression with a few characters of each category: `re` does not know categories."""
    for category, characters in CATEGORIES.items():
        pattern = re.sub(r"\[[^]]*\]", lambda found: found[0].replace(category, characters), pattern)
        pattern = pattern.replace(category, "[%s]" % characters)
    assert "\\p" not in pattern, pattern
    return pattern


def pieces(tokenizer, line):
    """The words of a line by a tokenizer.json of the tokenizer `words`, of ASCII text: what its parts are for."""
    normalizers = tokenizer["normalizer"]["normalizers"]
    assert [n["type"] for n in normalizers] == ["Replace", "Lowercase"] + 6 * ["Replace"]
    for normalizer in normalizers:
        if normalizer["type"] == "Lowercase":
            line = line.lower()
        else:
            line = re.sub(for_python(normalizer["pattern"]["Regex"]), normalizer["content"], line)
    split = tokenizer["pre_tokenizer"]
    assert (split["type"], split["behavior"], split["invert"]) == ("Split", "Removed", True)
    vocabulary = tokenizer["model"]["vocab"]
    unknown = vocabulary[tokenizer["model"]["unk_token"]]
    return [vocabulary.get(word, unknown) for word in re.findall(for_python(split["pattern"]["Regex"]), line)]


class Small(CommandTest):
    def setUp(self):
        super().setUp()
        self.write("text", text())
        self.train("text", "-o", "a.n2v", "--objective", "nce", *SMALL)
        self.model = read_n2v(self.read("a.n2v"))
        self.rows = rows_of(self.model["input"], 12)

    def report(self, *arguments):
        return self.succeeds("convert", "a.n2v", *arguments).stderr.decode()

    def test_int8(self):
        largest = max(abs(x) for x in self.model["input"])
        wanted = [round(x * 127 / largest) for x in self.model["input"]]
        done = self.report("b.npy", "--int8")
        shape, numbers = read_npy(self.read("b.npy"))
        self.assertEqual(shape, (60, 12))
        self.assertLessEqual(max(abs(a - b) for a, b in zip(numbers, wanted)), 1)  # floats may round halves otherwise
        self.assertLess(sum(a != b for a, b in zip(numbers, wanted)), 5)
        self.assertGreater(float(re.search("mean cosine of old and new vectors: ([0-9.]+)", done)[1]), 0.999)
        self.assertGreater(float(re.search(r"nearest words: ([0-9.]+) % of the 10 nearest of 60 frequent", done)[1]),
                           90)
        self.report("b.safetensors", "--int8")
        tensors, _ = read_safetensors(self.read("b.safetensors"), ("F32", "I8"))
        self.assertEqual(tensors["input"], (shape, numbers))
        self.assertEqual(tensors["output_bias"], ((60,), self.model["output_bias"]))
        self.assertAlmostEqual(tensors["input_scale"][1][0], largest / 127, places=6)
        self.succeeds("convert", "b.safetensors", "back.n2v")
        back = read_n2v(self.read("back.n2v"))
        for side in ("input", "output"):
            scale = tensors[side + "_scale"][1][0]
            self.assertLess(max(abs(x - y) for x, y in zip(back[side], self.model[side])), scale * 0.501)
        self.succeeds("convert", "b.npy", "back.vec")
        vectors = read_text(self.path("back.vec"))
        self.assertEqual(vectors[self.model["words"][0]], [float(x) for x in numbers[:12]])
        nearest = {}
        for name in ("a.n2v", "b.npy", "b.safetensors"):
            answers = self.succeeds("neighbors", name, "--json", "-k", "5", *self.model["words"][:20]).stdout
            nearest[name] = [{answer["word"] for answer in json.loads(line)["answers"]}
                             for line in answers.splitlines()]
        for name in ("b.npy", "b.safetensors"):
            same = statistics.mean(len(a & b) / 5 for a, b in zip(nearest["a.n2v"], nearest[name]))
            self.assertGreater(same, 0.85)

    def test_reduced(self):
        done = self.report("b.n2v", "--reduce", "4")
        share = float(re.search("variance kept: ([0-9.]+) %", done)[1])
        self.assertTrue(10 < share < 100, done)
        self.assertIn("wrote b.n2v: 60 words x 4 dimensions, n2v", done)
        self.assertNotIn("mean cosine", done)
        reduced = read_n2v(self.read("b.n2v"))
        self.assertNotIn("output", reduced)
        self.assertEqual(reduced["parameters"][:-3], self.model["parameters"])
        self.assertEqual(reduced["parameters"][-3:-1], [("vectors", "input"), ("reduce", "4")])
        self.assertAlmostEqual(float(reduced["parameters"][-1][1]) * 100, share, delta=0.1)
        rows = rows_of(reduced["input"], 4)
        variances = []
        for i in range(4):
            column = [row[i] for row in rows]
            self.assertAlmostEqual(statistics.mean(column), 0, places=5)
            variances.append(statistics.pvariance(column))
        self.assertEqual(variances, sorted(variances, reverse=True))
        total = sum(statistics.pvariance([row[i] for row in self.rows]) for i in range(12))
        self.assertAlmostEqual(100 * sum(variances) / total, share, delta=0.1)
        self.report("c.n2v", "--reduce", "4")
        self.assertEqual(self.read("b.n2v"), self.read("c.n2v"))
        self.train("text", "-o", "d.n2v", "--objective", "nce", "--reduce", "4", *SMALL)
        self.assertEqual(self.read("b.n2v"), self.read("d.n2v"))

    def test_all_dimensions_keep_distances(self):
        self.assertIn("variance kept: 100.0 %", self.report("b.npy", "--reduce", "12"))
        _, numbers = read_npy(self.read("b.npy"))
        turned = rows_of(numbers, 12)
        for a, b in ((0, 1), (5, 40), (17, 59)):
            self.assertAlmostEqual(math.dist(turned[a], turned[b]), math.dist(self.rows[a], self.rows[b]), places=4)

    def test_removed(self):
        self.report("b.npy", "--remove-top", "2", "--normalize")
        for row in rows_of(read_npy(self.read("b.npy"))[1], 12):
            self.assertAlmostEqual(math.hypot(*row), 1, places=5)
        self.report("c.npy", "--reduce", "2")
        self.report("d.npy", "--remove-top", "2")
        top = read_npy(self.read("c.npy"))[1]
        rows = rows_of(read_npy(self.read("d.npy"))[1], 12)
        for i in range(12):  # nothing is left of the components
            column = [row[i] for row in rows]
            for component in (0, 1):
                self.assertAlmostEqual(sum(x * y for x, y in zip(column, top[component::2])), 0, places=3)

    def test_pairs(self):
        words = self.model["words"]
        self.write("pairs", "".join("%s %s %d\n" % (words[i], words[3 * i % 60], i % 7) for i in range(2, 30)).encode())
        done = self.report("b.npy", "--reduce", "3", "--pairs", "pairs")
        self.assertRegex(done, r"pairs: Spearman -?0\.\d{4} before, -?0\.\d{4} after \(28 pairs of 28\)")
        self.assertEqual(self.report("b.npy", "--reduce", "3", "--pairs", "pairs", "-q"), "")
        self.fails(2, "--pairs shows what vectors lose", "convert", "a.n2v", "c.npy", "--pairs", "pairs")
        self.fails(2, "cannot read nothere", "convert", "a.n2v", "c.npy", "--int8", "--pairs", "nothere")
        self.assertNotIn("nearest", self.report("c.npy", "--normalize"))

    def test_refusals(self):
        self.fails(2, "--reduce 13: the vectors have only 12 dimensions", "convert", "a.n2v", "b.npy",
                   "--reduce", "13")
        self.fails(2, "--reduce: '0' is not an integer from 1", "convert", "a.n2v", "b.npy", "--reduce", "0")
        self.fails(2, "--remove-top 12: the vectors have only 12", "convert", "a.n2v", "b.npy", "--remove-top", "12")
        self.fails(2, "are more than the 12 dimensions", "convert", "a.n2v", "b.npy", "--remove-top", "5", "--reduce",
                   "8")
        self.fails(2, "--float16 and --int8: choose one of them", "convert", "a.n2v", "b.npy", "--int8", "--float16")
        for name in ("text", "binary", "n2v", "glove", "finalfusion", "projector"):
            self.fails(2, "--int8: the format %s has no numbers of 8 bits" % name, "convert", "a.n2v", "d", "--to",
                       name, "--int8")
        self.fails(2, "it takes no --top", "convert", "a.n2v", "d", "--to", "fasttext", "--reduce", "2")
        # before the training
        self.fails(2, "--reduce 13: the vectors have only 12 dimensions", "train", "text", "-o", "b.npy", "--reduce",
                   "13", *SMALL)
        self.fails(2, "--int8: the format text", "train", "text", "-o", "b.txt", "--int8", *SMALL)
        self.fails(2, "cannot go to standard output", "convert", "a.n2v", "-", "--to", "model2vec")
        self.fails(2, "a file has this path", "convert", "a.n2v", "text", "--to", "model2vec")
        self.fails(2, "it is a directory, without the model.safetensors", "info", self.folder)

    def test_model2vec(self):
        done = self.succeeds("convert", "a.n2v", "b.model2vec")
        self.assertEqual(done.stderr, b"wrote b.model2vec: 60 words x 12 dimensions, model2vec\n")
        self.assertEqual(sorted(os.listdir(self.path("b.model2vec"))), FOLDER)
        tensors, metadata = read_safetensors(self.read("b.model2vec/model.safetensors"))
        self.assertEqual(tensors, {"embeddings": ((61, 12), self.model["input"] + (0.0,) * 12)})
        self.assertEqual(metadata["objective"], "nce")
        config = json.loads(self.read("b.model2vec/config.json"))
        self.assertEqual((config["model_type"], config["hidden_dim"], config["normalize"], config["embedding_dtype"]),
                         ("model2vec", 12, True, "float32"))
        modules = json.loads(self.read("b.model2vec/modules.json"))
        self.assertEqual([(m["path"], m["type"].split(".")[-1]) for m in modules],
                         [(".", "StaticEmbedding"), ("1_Normalize", "Normalize")])
        tokenizer = json.loads(self.read("b.model2vec/tokenizer.json"))
        self.assertEqual(tokenizer["model"]["vocab"],
                         {word: i for i, word in enumerate(self.model["words"] + ["[UNK]"])})
        words = self.model["words"]
        line = "%s, %s-%s... it's\tUnheard_%s" % (words[3].upper(), words[7], words[1], words[2])
        self.assertEqual(pieces(tokenizer, line), [3, 7, 1, 60, 60, 2])
        self.succeeds("convert", "b.model2vec/", "back.bin")
        self.succeeds("convert", "a.n2v", "same.bin")
        self.assertEqual(self.read("back.bin"), self.read("same.bin"))
        self.assertEqual(self.succeeds("neighbors", "b.model2vec", words[0]).stdout,
                         self.succeeds("neighbors", "a.n2v", words[0]).stdout)
        self.train("text", "-o", "c", "--format", "model2vec", "--objective", "nce", "--int8", *SMALL)
        self.succeeds("convert", "b.model2vec", "d/", "--to", "model2vec", "--int8")
        for name in FOLDER:
            self.assertEqual(self.read("c/" + name), self.read("d/" + name), name)
        tensors, _ = read_safetensors(self.read("c/model.safetensors"), ("F32", "I8"))
        self.assertEqual(tensors["embeddings"][1][-12:], (0,) * 12)
        self.assertEqual(max(abs(x) for x in tensors["embeddings"][1]), 127)

    def test_an_interrupted_folder_is_not_there(self):
        self.write("large.txt", b"1 2\na 1 70000\n")
        self.fails(1, "16 bits hold at most 65504", "convert", "large.txt", "m", "--to", "model2vec", "--float16")


if __name__ == "__main__":
    unittest.main()
