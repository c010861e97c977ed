"""Seconds of `nce2vec phrases` and of gensim's Phrases, in turn: finding the phrases of a text, and writing it with
them joined. Both write plain text, and what they write must be the same.

usage: NCE2VEC=build/nce2vec python3 tests/bench/phrases.py TEXT [ROUNDS]

TEXT is gzipped or not, lower-cased, with a space between two words. Seconds are those of whole processes; "cpu" is the
time of all threads. Needs python3-gensim.
"""
import filecmp
import os
import resource
import subprocess
import sys
import tempfile
import time

PYTHON = "/usr/bin/python3"  # Debian's, which has gensim
GENSIM = r"""
import gzip, sys
from gensim.models.phrases import Phrases

class Lines:
    def __iter__(self):
        with (gzip.open if sys.argv[1].endswith(".gz") else open)(sys.argv[1], "rt", encoding="utf-8") as file:
            for line in file:
                yield line.split()

phrases = Phrases(Lines())
with open(sys.argv[2], "w", encoding="utf-8") as out:
    for line in Lines():
        out.write(" ".join(phrases[line]) + "\n")
"""


def seconds(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    subprocess.run(command, check=True)
    wall = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main(text, rounds=3):
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = os.path.join(folder, "ours"), os.path.join(folder, "gensim")
        commands = {"nce2vec": [os.environ.get("NCE2VEC", "build/nce2vec"), "phrases", "-q", text, "--scorer", "gensim",
                                "--tokenizer", "space", "-o", ours],
                    "gensim": [PYTHON, "-c", GENSIM, text, theirs]}
        measured = {name: [] for name in commands}
        for _ in range(int(rounds)):
            for name, command in commands.items():
                measured[name].append(seconds(command))
        if not filecmp.cmp(ours, theirs, shallow=False):
            sys.exit("the joined texts differ")
    for name, times in measured.items():
        print("%-8s wall %s   cpu %s" % (name, " ".join("%.2f" % wall for wall, _ in times),
                                         " ".join("%.2f" % cpu for _, cpu in times)))
    print("ratio    wall %.1f   cpu %.1f" % tuple(min(t[i] for t in measured["gensim"]) /
                                                  min(t[i] for t in measured["nce2vec"]) for i in range(2)))


if __name__ == "__main__":
    if not 2 <= len(sys.argv) <= 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
