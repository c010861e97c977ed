"""nce2vec convert: every format into every other, and safetensors by its published layout."""

import os
import subprocess
import sys
import unittest

from models import read_n2v, read_safetensors
from support import CommandTest, read_binary, read_text, text

SMALL = ("--dim", "18", "--epochs", "2", "--threads", "1")


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
            self.skipTest("no Python module safetensors")
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
        self.succeeds("convert", "a.n2v", "a.txt")
        self.succeeds("convert", "a.n2v", "a.bin")
        self.train("text", "-o", "trained.bin", "--objective", "nce", *SMALL)
        self.assertEqual(self.read("a.bin"), self.read("trained.bin"))
        for source in ("a.txt", "a.bin", "a.n2v"):
            for target, read in (("b.vec", read_text), ("b.bin", read_binary)):
                self.succeeds("convert", source, target)
                self.assertEqual(read(self.path(target)), rows, (source, target))
            self.succeeds("convert", source, "b.n2v")
            again = read_n2v(self.read("b.n2v"))
            self.assertEqual((again["words"], again["input"]), (expected["words"], expected["input"]))
            self.assertEqual("output" in again, source == "a.n2v")
        self.succeeds("convert", "a.n2v", "b.n2v")
        self.assertEqual(self.read("b.n2v"), self.read("a.n2v"))

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
        self.fails(2, "not one of text, binary, n2v, safetensors", "convert", "a.n2v", "b", "--to", "pickle")
        self.fails(1, "not a vector file", "convert", "text", "b.safetensors")
        self.write("b.vocab.txt", b"1 1\nword 1\n")
        self.fails(2, "the words' file b.vocab.txt is the same file", "convert", "b.vocab.txt", "b.safetensors")
        self.succeeds("convert", "a.n2v", "a.safetensors")
        self.fails(1, "not a vector file", "convert", "a.safetensors", "b.txt")
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
