"""fastText's models and floret's tables in plain Python, by their published layouts and hashes."""

import struct

MASK = (1 << 64) - 1


def fnv(text):
    """fastText's hash of bytes, which it takes as signed."""
    value = 2166136261
    for byte in text:
        value = (value ^ (byte if byte < 128 else byte + 0xffffff00)) * 16777619 & 0xffffffff
    return value


def rotated(x, bits):
    return (x << bits | x >> (64 - bits)) & MASK


def murmur(text, seed):
    """The four hashes of floret: MurmurHash3, x64, 128 bits, by its reference."""
    c1, c2 = 0x87c37b91114253d5, 0x4cf5ad432745937f
    a = b = seed

    def mixed(k, first, second, bits):
        return rotated(k * first & MASK, bits) * second & MASK

    at = 0
    while at + 16 <= len(text):
        k1, k2 = struct.unpack_from("<QQ", text, at)
        a = ((rotated(a ^ mixed(k1, c1, c2, 31), 27) + b) * 5 + 0x52dce729) & MASK
        b = ((rotated(b ^ mixed(k2, c2, c1, 33), 31) + a) * 5 + 0x38495ab5) & MASK
        at += 16
    k1, k2 = struct.unpack("<QQ", text[at:].ljust(16, b"\0"))
    a ^= mixed(k1, c1, c2, 31) ^ len(text)
    b ^= mixed(k2, c2, c1, 33) ^ len(text)

    def final(k):
        k = (k ^ k >> 33) * 0xff51afd7ed558ccd & MASK
        k = (k ^ k >> 33) * 0xc4ceb9fe1a85ec53 & MASK
        return k ^ k >> 33

    a, b = (a + b) & MASK, (a + 2 * b) & MASK
    a, b = final(a), final(b)
    a = (a + b) & MASK
    b = (a + b) & MASK
    return [a & 0xffffffff, a >> 32, b & 0xffffffff, b >> 32]


def ngrams(word, minn, maxn):
    """The n-grams of <word>, by their beginnings, as bytes; a boundary alone is none."""
    text = "<" + word + ">"
    pieces = [text[at:at + n] for at in range(len(text)) for n in range(minn, maxn + 1) if at + n <= len(text)]
    return [piece.encode() for piece in pieces if piece not in ("<", ">")]


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
