"""A small made language for tests: words of a topic occur together."""
import os
import random
import signal
import sys
from pathlib import Path

sys.path.insert(0, os.environ.get("NCE2VEC_PYTHON", str(Path(__file__).resolve().parents[2] / "python")))
# A job in the background has SIGINT ignored: the tests of interrupts want it as at a terminal.
signal.signal(signal.SIGINT, signal.default_int_handler)

TOPICS = [["sun", "moon", "star", "sky", "night"], ["bread", "milk", "salt", "egg", "oven"],
          ["road", "car", "wheel", "motor", "bridge"]]


def sentences(count=1500, seed=1):
    draw = random.Random(seed)
    return [draw.choices(draw.choice(TOPICS), k=8) for _ in range(count)]


TRAINING = dict(dim=16, min_count=1, epochs=3, subsample=0.0, threads=1, lr=0.05)
