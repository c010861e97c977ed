"""Vectors of words that a file does not have, from its subwords: the hashes of fastText and floret in plain Python."""

import struct

FASTTEXT, FLORET = 1, 2  # kinds, as .n2v numbers them
_WORD = (1 << 64) - 1


def fnv(data):
    """fastText's hash of bytes, which it takes as signed."""
    value = 2166136261
    for byte in data:
        value = (value ^ (byte if byte < 128 else byte + 0xFFFFFF00)) * 16777619 & 0xFFFFFFFF
    return value


def _rotate(x, bits):
    return (x << bits | x >> (64 - bits)) & _WORD


def _mix(x, first, second, bits):
    return _rotate(x * first & _WORD, bits) * second & _WORD


def _finish(x):
    x = (x ^ x >> 33) * 0xFF51AFD7ED558CCD & _WORD
    x = (x ^ x >> 33) * 0xC4CEB9FE1A85EC53 & _WORD
    return x ^ x >> 33


def murmur(data, seed):
    """The four hashes of floret: MurmurHash3, x64, 128 bits."""
    one, two = 0x87C37B91114253D5, 0x4CF5AD432745937F
    a = b = seed
    for at in range(0, len(data) - 15, 16):
        low, high = struct.unpack_from("<QQ", data, at)
        a = ((_rotate(a ^ _mix(low, one, two, 31), 27) + b) * 5 + 0x52DCE729) & _WORD
        b = ((_rotate(b ^ _mix(high, two, one, 33), 31) + a) * 5 + 0x38495AB5) & _WORD
    low, high = struct.unpack("<QQ", data[len(data) // 16 * 16 :].ljust(16, b"\0"))
    a ^= _mix(low, one, two, 31) ^ len(data)
    b ^= _mix(high, two, one, 33) ^ len(data)
    a, b = _finish((a + b) & _WORD), _finish((a + 2 * b) & _WORD)
    a = (a + b) & _WORD
    b = (a + b) & _WORD
    return [a & 0xFFFFFFFF, a >> 32, b & 0xFFFFFFFF, b >> 32]


def ngrams(word, minn, maxn):
    """The n-grams of <word> as bytes, by where they begin; a boundary alone is none."""
    text = f"<{word}>"
    pieces = [text[at : at + n] for at in range(len(text)) for n in range(minn, maxn + 1) if at + n <= len(text)]
    return [piece.encode() for piece in pieces if piece not in ("<", ">")]


class Subwords:
    """Options of subwords; rows of the buckets in use: all others are zero."""

    def __init__(self, kind, minn, maxn, buckets, hashes=1, seed=0):
        self.kind, self.minn, self.maxn, self.buckets = kind, minn, maxn, buckets
        self.hashes, self.seed = hashes, seed
        self.rows, self.row_of = None, {}  # row_of: bucket -> row

    def buckets_of(self, word):
        """The buckets of a word's n-grams, and with floret of the whole word."""
        if self.kind == FASTTEXT:
            pieces = [] if word == "</s>" else ngrams(word, self.minn, self.maxn)
            return [fnv(piece) % self.buckets for piece in pieces]
        pieces = [f"<{word}>".encode(), *ngrams(word, self.minn, self.maxn)]
        return [number % self.buckets for piece in pieces for number in murmur(piece, self.seed)[: self.hashes]]

    def compose(self, word):
        """The vector of a word that the file does not have: the mean over its buckets; None where all are zero."""
        buckets = self.buckets_of(word)
        used = [self.row_of[bucket] for bucket in buckets if bucket in self.row_of]
        total = self.rows[used].sum(axis=0) / len(buckets) if used else None
        return total if used and total.any() else None
