"""A round trip through gensim, where the system's Python has it."""

import os
import subprocess
import unittest

from support import CommandTest, text

PYTHON = "/usr/bin/python3"

SCRIPT = """
import sys
from gensim.models import KeyedVectors
a = KeyedVectors.load_word2vec_format("a.txt", binary=False)
b = KeyedVectors.load_word2vec_format("a.bin", binary=True)
assert a.index_to_key == b.index_to_key and len(a) == 60 and a.vector_size == 16, (len(a), a.vector_size)
assert (a.vectors == b.vectors).all() and (a.vectors != 0).any()
a.save_word2vec_format("again.txt", binary=False)
a.save_word2vec_format("again.bin", binary=True)
for word, cosine in a.most_similar("word7", topn=5):
    print("%8.4f  %s" % (cosine, word))
"""


def has_gensim():
    return os.path.exists(PYTHON) and not subprocess.run([PYTHON, "-c", "import gensim"], capture_output=True,
                                                         check=False).returncode


@unittest.skipUnless(has_gensim(), "no gensim in %s" % PYTHON)
class Gensim(CommandTest):
    def test_round_trip(self):
        self.write("text", text())
        for name in ("a.txt", "a.bin"):
            self.train("text", "-o", name, "--dim", "16", "--epochs", "10", "--threads", "1")
        done = subprocess.run([PYTHON, "-c", SCRIPT], cwd=self.folder, capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        for name in ("a.txt", "a.bin", "again.txt", "again.bin"):
            answer = self.succeeds("neighbors", name, "word7", "-k", "5").stdout
            self.assertEqual(answer, b"word7\n" + done.stdout, name)


if __name__ == "__main__":
    unittest.main()
