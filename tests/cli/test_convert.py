"""nce2vec convert: every format into every other, to the bit, and each by its published layout."""

import math
import os
import struct
import subprocess
import sys
import unittest

from models import read_fifu, read_n2v, read_npy, read_safetensors
from support import CommandTest, read_binary, read_text, text

SMALL = ("--dim", "18", "--epochs", "2", "--threads", "1")


def as_float(number):
    return struct.unpack("<f", struct.pack("<f", number))[0]


def python_with_safetensors():
    for python in (sys.executable, "/usr/bin/python3"):
        if os.path.exists(python) and not subprocess.run([python, "-c", "import numpy, safetensors.numpy"],
                                                         capture_output=True, check=False).returncode:
            return python
    return None


class Convert(CommandTest):
    def setUp(self):
        super().setUp()
        self.write("text", text())
        self.train("text", "-o", "a.n2v", "--objective", "nce", *SMALL)

    def check_tensors(self, name, words, parameters=True):
        model = read_n2v(self.read("a.n2v"))
        tensors, metadata = read_safetensors(self.read(name))
        rows = len(model["words"])
        self.assertEqual(sorted(tensors), ["input", "output", "output_bias"])
        for tensor, shape in (("input", (rows, 18)), ("output", (rows, 18)), ("output_bias", (rows,))):
            self.assertEqual(tensors[tensor], (shape, model[tensor]), tensor)
        self.assertTrue(any(model["output"]) and any(model["output_bias"]))
        self.assertEqual(self.read(words).decode(), "".join(word + "\n" for word in model["words"]))
        if parameters:
            self.assertEqual(metadata, dict(model["parameters"]))
            self.assertEqual((metadata["objective"], metadata["dim"], metadata["input"]), ("nce", "18", "text"))

    def test_safetensors(self):
        done = self.succeeds("convert", "a.n2v", "a.safetensors")
        self.assertEqual(done.stdout, b"")
        self.assertEqual(done.stderr, b"wrote a.safetensors: 60 words x 18 dimensions, safetensors\n")
        self.check_tensors("a.safetensors", "a.vocab.txt")
        self.assertEqual(sorted(os.listdir(self.folder)), ["a.n2v", "a.safetensors", "a.vocab.txt", "text"])
        self.succeeds("convert", "a.n2v", "tensors", "--to", "safetensors", "--quiet")
        self.check_tensors("tensors", "tensors.vocab.txt")

    def test_train_writes_it_too(self):
        self.train("text", "-o", "b.safetensors", "--objective", "nce", *SMALL)
        self.check_tensors("b.safetensors", "b.vocab.txt")
        self.succeeds("convert", "a.n2v", "a.safetensors")
        self.assertEqual(self.read("a.safetensors"), self.read("b.safetensors"))

    def test_the_safetensors_library_reads_it(self):
        python = python_with_safetensors()
        if not python:
            self.skipTest("machine: no Python module safetensors, which Debian 12 lacks")
        self.succeeds("convert", "a.n2v", "a.safetensors")
        script = ("from safetensors.numpy import load_file\nt = load_file('a.safetensors')\n"
                  "print(*[(n, t[n].dtype, t[n].shape, float(abs(t[n]).sum())) for n in sorted(t)], sep='\\n')")
        done = subprocess.run([python, "-c", script], cwd=self.folder, capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        self.assertIn(b"('input', dtype('float32'), (60, 18)", done.stdout)

    def test_odd_parameters(self):
        name = 'a "b" \\ \xe9\t\udcff.txt'
        os.rename(self.path("text"), self.path(name))
        self.write("other", text(seed=3))
        self.train(name, "other", name, "-o", "b.n2v", *SMALL)
        self.succeeds("convert", "b.n2v", "b.safetensors")
        _, metadata = read_safetensors(self.read("b.safetensors"))
        self.assertEqual(metadata["input"], 'a "b" \\ \xe9?\ufffd.txt')
        self.assertEqual(metadata["input.2"], "other")
        self.assertEqual(metadata["input.3"], metadata["input"])
        self.assertEqual(metadata["inputs"], "3")

    def test_vectors_alone(self):
        self.succeeds("convert", "a.n2v", "a.txt")
        self.succeeds("convert", "a.txt", "b.safetensors")
        tensors, metadata = read_safetensors(self.read("b.safetensors"))
        self.assertEqual(list(tensors), ["input"])
        self.assertEqual(tensors["input"][1], read_n2v(self.read("a.n2v"))["input"])
        self.assertEqual(metadata, {})

    def test_every_format_into_every_other(self):
        expected = read_n2v(self.read("a.n2v"))
        rows = {word: list(expected["input"][18 * i:18 * i + 18]) for i, word in enumerate(expected["words"])}
        words = "".join(word + "\n" for word in expected["words"])
        names = ("a.txt", "a.vec", "a.bin", "a.glove", "a.npy", "a.safetensors", "a.fifu", "a.tsv", "vectors.tsv")
        for name in names:
            self.succeeds("convert", "a.n2v", name)
        self.train("text", "-o", "trained.bin", "--objective", "nce", *SMALL)
        self.assertEqual(self.read("a.bin"), self.read("trained.bin"))
        os.mkdir(self.path("out"))
        for source in names + ("a.n2v",):
            for target in ("out/b.vec", "out/b.bin", "out/b.glove", "out/b.npy", "out/b.fifu", "out/b.tsv"):
                self.succeeds("convert", source, target)
            self.assertEqual(read_text(self.path("out/b.vec")), rows, source)
            self.assertEqual(read_binary(self.path("out/b.bin")), rows, source)
            self.assertEqual(b"60 18\n" + self.read("out/b.glove"), self.read("out/b.vec"), source)
            self.assertEqual(read_npy(self.read("out/b.npy")), ((60, 18), expected["input"]), source)
            self.assertEqual(read_fifu(self.read("out/b.fifu"))[:3], (expected["words"], 18, expected["input"]), source)
            lines = self.read("out/b.vec").decode().splitlines()[1:]
            tabs = ["\t".join(line.split(" ")[1:]) for line in lines]
            self.assertEqual(self.read("out/b.tsv").decode(), "\n".join(tabs) + "\n", source)
            for beside in ("out/b.vocab.txt", "out/b.metadata.tsv", "a.vocab.txt", "a.metadata.tsv", "metadata.tsv"):
                self.assertEqual(self.read(beside).decode(), words, source)
            self.succeeds("convert", source, "b.n2v")
            again = read_n2v(self.read("b.n2v"))
            self.assertEqual((again["words"], again["input"]), (expected["words"], expected["input"]))
            self.assertEqual("output" in again, source in ("a.n2v", "a.safetensors"), source)
        for source in ("a.n2v", "a.safetensors"):
            self.succeeds("convert", source, "out/b.safetensors")
            self.assertEqual(self.read("out/b.safetensors"), self.read("a.safetensors"))
        self.succeeds("convert", "a.n2v", "b.n2v")
        self.assertEqual(self.read("b.n2v"), self.read("a.n2v"))

    def test_safetensors_that_begin_as_a_pickle(self):
        """The length of the header is the first bytes of the file: 0x80 and a version of pickle."""
        self.succeeds("convert", "a.n2v", "a.safetensors", "-q")
        content = self.read("a.safetensors")
        (length,) = struct.unpack_from("<Q", content)
        for longer in (0x0480, 0x0580):
            header = content[8:8 + length].ljust(longer)
            self.write("b.safetensors", struct.pack("<Q", longer) + header + content[8 + length:])
            self.write("b.vocab.txt", self.read("a.vocab.txt"))
            self.succeeds("convert", "b.safetensors", "b.txt", "-q")
            self.assertEqual(len(read_text(self.path("b.txt"))), 60)

    def test_a_model_goes_through_safetensors(self):
        self.succeeds("convert", "a.n2v", "a.safetensors")
        self.succeeds("convert", "a.safetensors", "b.n2v")
        self.assertEqual({**read_n2v(self.read("b.n2v")), "counts": 0}, {**read_n2v(self.read("a.n2v")), "counts": 0})

    def test_vectors_and_normalize(self):
        model = read_n2v(self.read("a.n2v"))
        rows = [[model[side][18 * i:18 * i + 18] for side in ("input", "output")] for i in range(60)]
        wanted = {"input": [a for a, _ in rows], "output": [b for _, b in rows],
                  "sum": [[as_float(x + y) for x, y in zip(a, b)] for a, b in rows], "concat": [a + b for a, b in rows]}
        for vectors, expected in wanted.items():
            self.succeeds("convert", "a.n2v", "b.n2v", "--vectors", vectors)
            part = read_n2v(self.read("b.n2v"))
            self.assertEqual(list(part["input"]), [x for row in expected for x in row], vectors)
            self.assertNotIn("output", part)
            self.assertEqual(part["parameters"], model["parameters"] + [("vectors", vectors)])
            self.assertEqual(part["counts"], model["counts"])
            self.train("text", "-o", "trained.n2v", "--objective", "nce", "--vectors", vectors, *SMALL)
            self.assertEqual(self.read("trained.n2v"), self.read("b.n2v"))
            self.succeeds("convert", "a.n2v", "b.npy", "--vectors", vectors, "--normalize")
            (_, dim), numbers = read_npy(self.read("b.npy"))
            self.assertEqual(dim, len(expected[0]))
            for i, row in enumerate(expected):
                length = math.sqrt(sum(x * x for x in row))
                for x, y in zip(row, numbers[dim * i:dim * i + dim]):
                    self.assertAlmostEqual(x / length, y, delta=1e-7)
        self.succeeds("convert", "a.n2v", "b.bin", "--normalize")
        self.succeeds("convert", "a.n2v", "c.bin", "--normalize", "--vectors", "input")
        self.assertEqual(self.read("b.bin"), self.read("c.bin"))
        self.fails(1, "--vectors sum needs output vectors", "convert", "b.bin", "c.bin", "--vectors", "sum")
        self.fails(2, "not one of input, output, sum, concat", "convert", "a.n2v", "c.bin", "--vectors", "both")

    def test_top(self):
        model = read_n2v(self.read("a.n2v"))
        self.succeeds("convert", "a.n2v", "b.n2v", "--top", "7")
        part = read_n2v(self.read("b.n2v"))
        self.assertEqual((part["words"], part["counts"]), (model["words"][:7], model["counts"][:7]))
        self.assertEqual((part["input"], part["output"]), (model["input"][:126], model["output"][:126]))
        self.assertEqual(part["output_bias"], model["output_bias"][:7])
        self.succeeds("convert", "a.n2v", "c.n2v", "--top", "1000")
        self.assertEqual(self.read("c.n2v"), self.read("a.n2v"))
        self.fails(2, "--top", "convert", "a.n2v", "c.n2v", "--top", "0")

    def test_float16(self):
        model = read_n2v(self.read("a.n2v"))
        self.succeeds("convert", "a.n2v", "b.npy", "--float16")
        self.succeeds("convert", "a.n2v", "b.safetensors", "--float16")
        halves = {side: tuple(struct.unpack("<e", struct.pack("<e", x))[0] for x in model[side])
                  for side in ("input", "output")}
        self.assertNotEqual(halves["input"], model["input"])
        self.assertEqual(read_npy(self.read("b.npy")), ((60, 18), halves["input"]))
        tensors, _ = read_safetensors(self.read("b.safetensors"), ("F16", "F32"))
        self.assertEqual(tensors, {"input": ((60, 18), halves["input"]), "output": ((60, 18), halves["output"]),
                                   "output_bias": ((60,), model["output_bias"])})
        self.assertLess(len(self.read("b.npy")) - 128, 60 * 18 * 2 + 1)
        for source, target in (("b.npy", "c.npy"), ("b.safetensors", "c.safetensors")):
            self.succeeds("convert", source, target, "--float16")
            self.assertEqual(self.read(source), self.read(target))
        self.succeeds("convert", "b.npy", "c.bin")
        self.assertEqual(sum(read_binary(self.path("c.bin")).values(), []), list(halves["input"]))
        for name in ("text", "binary", "n2v", "glove", "finalfusion", "projector"):
            self.fails(2, "--float16: the format %s has no numbers of 16 bits" % name, "convert", "a.n2v", "d", "--to",
                       name, "--float16")
        self.write("large.txt", b"1 2\na 1 70000\n")
        self.fails(1, "number 2 of the vector of 'a' is 70000, and 16 bits hold at most 65504", "convert", "large.txt",
                   "large.npy", "--float16")

    def test_the_file_of_words(self):
        self.succeeds("convert", "a.n2v", "a.npy")
        self.fails(2, "a.npy is two files, and cannot come from standard input".replace("a.npy", "npy"), "convert", "-",
                   "b.txt", given=self.read("a.npy"))
        self.fails(2, "the output a.vocab.txt is the same file as the input a.vocab.txt", "convert", "a.npy",
                   "a.vocab.txt")
        self.fails(2, "the words' file a.vocab.txt is the same file", "convert", "a.npy", "a.safetensors", "--top", "5")
        words = self.read("a.vocab.txt")
        self.succeeds("convert", "a.npy", "a.safetensors")  # which share it
        self.assertEqual(self.read("a.vocab.txt"), words)
        os.rename(self.path("a.vocab.txt"), self.path("elsewhere"))
        self.fails(2, "a.npy has its words in a second file: cannot read a.vocab.txt: No such file or "
                      "directory; write them there, a word a line", "convert", "a.npy", "b.txt")
        self.write("a.vocab.txt", words + b"more\n")
        self.fails(1, "a.npy: byte 128: expected a row for each of the 61 words, found 60", "convert", "a.npy", "b.txt")
        self.write("a.vocab.txt", b"the\nthe\n")
        self.fails(1, "a.vocab.txt: line 2: the word 'the' appears twice", "convert", "a.npy", "b.txt")

    def test_metadata_of_finalfusion(self):
        try:
            import tomllib
        except ImportError:
            self.skipTest("machine: Python before 3.11 reads no TOML")
        self.succeeds("convert", "a.n2v", "a.fifu")
        metadata = tomllib.loads(read_fifu(self.read("a.fifu"))[3])
        lines = ["%s=%s\n" % pair for pair in read_n2v(self.read("a.n2v"))["parameters"]]
        self.assertEqual(metadata, {"parameters": "".join(lines)})
        for words in range(1, 9):  # all places of the array
            self.succeeds("convert", "a.n2v", "b.fifu", "--top", words)
            self.assertEqual(len(read_fifu(self.read("b.fifu"))[0]), words)

    def test_streams(self):
        done = self.succeeds("convert", "-", "-", "--to", "binary", given=b"2 2\na 1 2\nb -3 0.5\n")
        self.assertEqual(done.stdout, b"2 2\na \0\0\x80?\0\0\0@\nb \0\0@\xc0\0\0\0?\n")

    def test_refusals(self):
        self.fails(2, "nothere", "convert", "nothere", "b.txt")
        self.fails(2, "two files are needed: IN OUT", "convert", "a.n2v")
        self.fails(2, "one argument too many", "convert", "a.n2v", "b.n2v", "c.n2v")
        self.fails(2, "the same file as the input", "convert", "a.n2v", "./a.n2v")
        self.fails(2, "no/such", "convert", "a.n2v", "no/such/folder.txt")
        self.fails(2, "cannot go to standard output", "convert", "a.n2v", "-", "--to", "safetensors")
        self.fails(2,
                   "not one of text, binary, n2v, fasttext, floret, glove, npy, model2vec, safetensors, finalfusion, "
                   "projector", "convert", "a.n2v", "b", "--to", "pickle")
        self.fails(1, "not a vector file", "convert", "text", "b.safetensors")
        self.write("b.vocab.txt", b"1 1\nword 1\n")
        self.fails(2, "the words' file b.vocab.txt is the same file", "convert", "b.vocab.txt", "b.safetensors")
        self.fails(2, "--save-vocab and --output are the same file", "train", "text", "-o", "c.safetensors",
                   "--save-vocab", "c.vocab.txt")
        self.fails(2, "--output text.vocab.txt is the same file as the input", "train",
                   self.write("text.vocab.txt", text()), "-o", "text.safetensors")

    def test_both_files_or_none(self):
        os.mkdir(self.path("b.vocab.txt"))
        self.fails(2, "b.vocab.txt: it is a directory", "convert", "a.n2v", "b.safetensors")
        os.rmdir(self.path("b.vocab.txt"))
        self.write("b.vocab.txt", b"old\n")
        self.write("b.safetensors", b"old")
        self.write("bad", b"2 2\na 1 2\nb 1 nan\n")
        self.fails(1, "nan", "convert", "bad", "b.safetensors")
        self.assertEqual((self.read("b.safetensors"), self.read("b.vocab.txt")), (b"old", b"old\n"))
        self.succeeds("convert", "a.n2v", "b.safetensors")
        self.check_tensors("b.safetensors", "b.vocab.txt")
        self.assertEqual(sorted(os.listdir(self.folder)), ["a.n2v", "b.safetensors", "b.vocab.txt", "bad", "text"])


if __name__ == "__main__":
    unittest.main()
