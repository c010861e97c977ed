"""fastText's models and floret's tables in plain Python, by their published layouts and the hashes of
eval/subwords.py."""

import os
import struct
import sys

from native import ROOT

sys.path.insert(0, os.path.join(ROOT, "eval"))
from subwords import fnv, murmur, ngrams  # noqa: E402


def mean(rows):
    return [sum(column) / len(rows) for column in zip(*rows)]


class FastText:
    """A .bin of version 12: words with counts, own rows, buckets, outputs."""

    def __init__(self, content):
        self.at, self.content = 0, content
        assert self.take("<ii") == (793712314, 12)
        (self.dim, self.window, self.epochs, self.min_count, self.negatives, _, self.loss, self.model, self.buckets,
         self.minn, self.maxn, _) = self.take("<12i")
        (self.subsample,) = self.take("<d")
        entries, words, labels, self.tokens, pruned = self.take("<iii") + self.take("<qq")
        assert (entries, labels, pruned) == (words, 0, -1)
        self.words, self.counts = [], []
        for _ in range(words):
            end = content.index(b"\0", self.at)
            self.words.append(content[self.at:end].decode())
            self.at = end + 1
            count, kind = self.take("<qb")
            self.counts.append(count)
            assert kind == 0
        self.inputs = self.matrix(words + self.buckets)
        self.outputs = self.matrix(words)
        assert self.at == len(content)

    def take(self, layout):
        numbers = struct.unpack_from(layout, self.content, self.at)
        self.at += struct.calcsize(layout)
        return numbers

    def matrix(self, rows):
        assert self.take("<b") == (0,) and self.take("<qq") == (rows, self.dim)
        return [self.take("<%df" % self.dim) for _ in range(rows)]

    def vector(self, word):
        own = [self.inputs[self.words.index(word)]] if word in self.words else []
        buckets = [fnv(ngram) % self.buckets for ngram in ngrams(word, self.minn, self.maxn)]
        return mean(own + [self.inputs[len(self.words) + bucket] for bucket in buckets])


class Floret:
    """The table of floret, which alone gives the vector of every word."""

    def __init__(self, text):
        header, *lines = text.splitlines()
        *numbers, begin, end = header.split(" ")
        self.buckets, self.dim, self.minn, self.maxn, self.hashes, self.seed = map(int, numbers)
        assert (begin, end, self.buckets) == ("<", ">", len(lines))
        self.rows = [[float(number) for number in line.split(" ")] for line in lines]
        assert all(row.pop(0) == index and len(row) == self.dim for index, row in enumerate(self.rows))

    def vector(self, word):
        pieces = [("<" + word + ">").encode()] + ngrams(word, self.minn, self.maxn)
        return mean([self.rows[number % self.buckets] for piece in pieces
                     for number in murmur(piece, self.seed)[:self.hashes]])
