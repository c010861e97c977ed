"""What ranks send, beside the prediction of scripts/traffic.py."""

import os
import random
import re
import subprocess
import sys
import unittest

from ranks_support import RanksTest

SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, os.pardir, "scripts", "traffic.py")
WORDS = 300000  # 8 rounds of 3 ranks at least


class Traffic(RanksTest):
    def setUp(self):
        """Words by Zipf's law, independent of each other."""
        super().setUp()
        draw = random.Random(1)
        names = ["word%d" % i for i in range(1, 2001)]
        words = draw.choices(names, [1 / i for i in range(1, 2001)], k=WORDS)
        self.write("text", "\n".join(" ".join(words[at:at + 20]) for at in range(0, WORDS, 20)).encode())

    def predicted(self, *options):
        command = [sys.executable, SCRIPT, "--vocab", self.path("vocab.tsv"), "--clumps", 1, "--text-words", WORDS,
                   *options]
        done = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, text=True, check=True)
        return float(re.search(r"in all: ([\d.]+) MB", done.stdout)[1])

    def test_the_model_predicts_what_is_sent(self):
        for ranks, bits, staleness in ((2, 32, 2), (3, 8, 16)):
            said = self.train_ranks(ranks, "text", "-o", "v.bin", "--epochs", 1, "--threads", 1, "--dim", 60,
                                    "--min-count", 1, "--sync-bits", bits, "--staleness", staleness,
                                    "--save-vocab", "vocab.tsv")
            sent = re.search(r"sent ([\d.]+) MB to other ranks, (\d+) bytes for each", said)
            megabytes, each = map(float, sent.groups())
            self.assertAlmostEqual(megabytes * 1e6 * ranks / WORDS / each, 1, delta=0.02)
            predicted = self.predicted("--ranks", ranks, "--bits", bits, "--staleness", staleness, "--dim", 60)
            self.assertAlmostEqual(megabytes / predicted, 1, delta=0.2, msg=said)


if __name__ == "__main__":
    unittest.main()
