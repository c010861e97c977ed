"""What the tests of the command line share: running it, texts to train on, reading what it wrote."""

import gzip
import os
import random
import shutil
import signal
import struct
import subprocess
import tempfile
import unittest

# A job in the background has SIGINT ignored, and its children inherit that: the tests of
# interrupts want it as at a terminal, wherever they run.
signal.signal(signal.SIGINT, signal.default_int_handler)

PROGRAM = os.environ.get("NCE2VEC", "nce2vec")
TIMEOUT = 60


def text(sentences=400, words=60, seed=1):
    """Sentences in which words of the same tens keep company, one a line."""
    draw = random.Random(seed)
    lines = []
    for _ in range(sentences):
        topic = draw.randrange(words // 10) * 10
        lines.append(" ".join("word%d" % (topic + draw.randrange(10)) for _ in range(12)))
    return ("\n".join(lines) + "\n").encode()


def read_text(path):
    """Words and rows of a word2vec text file, each number as the float it stands for."""
    with open(path, "rb") as file:
        count, dim = map(int, file.readline().split())
        rows = {}
        for line in file:
            word, *numbers = line.decode().split()
            rows[word] = [struct.unpack("<f", struct.pack("<f", float(n)))[0] for n in numbers]
            assert len(rows[word]) == dim
    assert len(rows) == count
    return rows


def read_binary(path):
    with open(path, "rb") as file:
        count, dim = map(int, file.readline().split())
        rows = {}
        for _ in range(count):
            word = b""
            while (byte := file.read(1)) != b" ":
                word += byte
            rows[word.decode()] = list(struct.unpack("<%df" % dim, file.read(4 * dim)))
            assert file.read(1) == b"\n"
        assert file.read() == b""
    return rows


class CommandTest(unittest.TestCase):
    """A folder of its own, where the program runs."""

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="nce2vec-test-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, content, zipped=False):
        with open(self.path(name), "wb") as file:
            file.write(gzip.compress(content, 1) if zipped else content)
        return name

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def run_program(self, *arguments, given=None, **more):
        return subprocess.run(
            [PROGRAM, *map(str, arguments)],
            cwd=self.folder,
            input=given,
            stdin=subprocess.DEVNULL if given is None else None,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            timeout=TIMEOUT,
            check=False,
            **more,
        )

    def succeeds(self, *arguments, given=None, **more):
        done = self.run_program(*arguments, given=given, **more)
        self.assertEqual(done.returncode, 0, done.stderr.decode(errors="replace"))
        return done

    def fails(self, code, says, *arguments, given=None, **more):
        """The exit status, a message of one line that says this, and no file that was not there before."""
        before = sorted(os.listdir(self.folder))
        done = self.run_program(*arguments, given=given, **more)
        message = done.stderr.decode(errors="replace")
        last = message.rstrip("\n").split("\n")[-1]
        self.assertEqual(done.returncode, code, message)
        self.assertTrue(last.startswith("nce2vec: "), message)
        self.assertIn(says, last)
        self.assertEqual(sorted(os.listdir(self.folder)), before)
        if code == 2:
            self.assertEqual(message.count("\n"), 1, message)
        return done

    def train(self, *arguments, given=None, **more):
        return self.succeeds("train", *arguments, given=given, **more)
