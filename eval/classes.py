#!/usr/bin/python3
"""Word classes: k-means on the vectors, as word2vec.c's -classes does it.

Prints a line for each word, most frequent first: the word and the number of its class, from 0. A class has the words
whose vectors have the highest cosine with the sum of its vectors. The words are dealt out to the classes at first, and
then move for --rounds rounds, so that the result depends on nothing but the vectors."""

import sys

import common  # first: without NumPy it says what to install
import numpy as np

ROUNDS = 10    # word2vec.c's
CHUNK = 4096   # words whose cosines are computed together


def centers(rows, classes, count):
    """The direction of the sum of each class; zero for an empty one."""
    sums = np.zeros((count, rows.shape[1]), np.float64)
    np.add.at(sums, classes, rows)
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    return (sums / np.where(lengths > 0, lengths, 1)).astype(np.float32)


def assign(rows, count, rounds):
    """The class of each row."""
    classes = np.arange(len(rows)) % count
    for _ in range(rounds):
        middle = centers(rows, classes, count).T
        moved = np.concatenate([np.argmax(rows[at:at + CHUNK] @ middle, axis=1) for at in range(0, len(rows), CHUNK)])
        if (moved == classes).all():
            break
        classes = moved
    return classes


def main():
    options = common.parser(__doc__, files=1, scores=False)
    options.add_argument("-k", "--classes", type=common.whole_number(1), required=True, metavar="N",
                         help="number of classes")
    options.add_argument("--rounds", type=common.whole_number(1), default=ROUNDS, metavar="N",
                         help=f"rounds of k-means (default: {ROUNDS})")
    options = options.parse_args()
    vectors = common.load(options.vectors[0], options.vocabulary)
    classes = assign(vectors.rows, options.classes, options.rounds)
    sys.stdout.reconfigure(encoding="utf-8", errors="surrogateescape")
    for word, number in zip(vectors.words, classes):
        print(word, number)


if __name__ == "__main__":
    common.run(main)
