"""What the tests of eval/ share: its folder on the path, small files, running its commands."""

import os
import subprocess
import sys
import tempfile
import unittest

import numpy as np

ALL = os.environ.get("NCE2VEC_ALL") == "1"  # make check-slow: also what takes long
EVAL = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "eval")
sys.path.insert(0, EVAL)

from vectors import Vectors  # noqa: E402


def make_vectors(rows, name="test"):
    """Vectors from {word: numbers}, in that order."""
    return Vectors(name, "test", list(rows), np.array(list(rows.values()), np.float32))


def random_vectors(words, dim=20, seed=1):
    rows = np.random.default_rng(seed).normal(size=(len(words), dim)).astype(np.float32)
    return Vectors("random", "test", list(words), rows)


def write_text(path, vectors):
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"{len(vectors)} {vectors.dim}\n")
        for word, row in zip(vectors.words, vectors.rows):
            file.write(word + " " + " ".join(repr(float(x)) for x in row) + "\n")


def standard_data(test):
    """The folder of the standard sets, or skips the test."""
    folder = os.environ.get("NCE2VEC_EVAL_DATA")
    if not folder:
        test.skipTest("machine: NCE2VEC_EVAL_DATA names no folder with the standard sets")
    return folder


MARK = b"\xef\xbb\xbf"  # UTF-8's byte-order mark


class FolderTest(unittest.TestCase):
    """A test with a folder of its own."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, content):
        with open(self.path(name), "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
        return self.path(name)

    def program(self, *arguments):
        """Runs nce2vec in the test's folder, or skips the test."""
        path = os.environ.get("NCE2VEC")
        if not path:
            self.skipTest("NCE2VEC does not name the program")
        return subprocess.run([os.path.abspath(path), *arguments], cwd=self.folder, check=True, capture_output=True,
                              timeout=600)

    def output(self, *arguments):
        return self.program(*arguments).stdout.decode()

    def command(self, name, *arguments, **environment):
        settings = {key: value for key, value in os.environ.items() if key != "NCE2VEC_EVAL_DATA"}
        settings["PYTHON"] = sys.executable
        start = [sys.executable] if name.endswith(".py") else []
        return subprocess.run([*start, os.path.join(EVAL, name), *arguments], env={**settings, **environment},
                              capture_output=True, text=True, timeout=600)
