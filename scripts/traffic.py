#!/usr/bin/env python3
"""Predicts the traffic and the speed of a training by several ranks (mpirun nce2vec train).

usage: scripts/traffic.py [options]        the prediction for one cluster
       scripts/traffic.py --table [...]    efficiency at 8, 32, 128 ranks, as a Markdown table

The model. Symbols: R ranks with t threads each; n = t x --round words that a rank trains on in a step;
f(w) the share of word w in the text; s(w) the probability that subsampling keeps it; Q(w) the share of w among noise
words; K noise words for M windows; d dimensions (plus 1 for nce's bias).

1. Touches. In n words of text, the input row of w is touched n f(w) s(w) / g times: a kept word is a context of its
   neighbors, and g occurrences of a word are close together, as one (--clumps; 1 if words were in random order).
   Its output row is touched as often as a center, and D Q(w) times as a noise word. D is the number of independent
   noise draws. A draw of 64 words is used four times, in four fillings of 256 words, and each thread starts anew in
   each step. So D = t x 64 x (ceil(k / 256) + 3), where k = n/t x K/M x sum of f s is the number of noise words that a
   thread uses in a step. (With K > 64 each draw is used once: D = t k.)
2. Changed rows. A row that is combined every 2^j steps has x = 2^j times these touches. It is changed on one rank with
   probability 1 - exp(-x), and on any rank with probability 1 - exp(-R x). The sums over all rows whose turn it is are
   C (changed on one rank) and U (changed on any rank).
3. Bytes. A rank owns 1/R of the rows. It sends its changes to the owners, and the new values of the rows that it owns
   to all others: (R-1)/R x (C + U) rows. A row has b = 4 + 4d bytes at 32 bits, 8 + 2d at 16 bits, 8 + d at 8 bits.
   At a pause all rows that have changed since their turn, or were rounded, are combined at 32 bits: about half an
   interval's C + U at 32 bits, else with V words 4V.
4. Intervals. A row that tiles of a rank have at least S times in a step (--staleness) is combined at every step, one
   that they have S/2 times at every second one, and so on; all others at every 2^T-th one, where 2^T is at most an
   eighth of the steps of an epoch. In a step tiles have an input row n f(w) s(w) x (W + M)/M times, with windows of W
   words, and an output row n x (f(w) s(w) + K/M x Q(w) x sum of f s) times.
5. Time. One step is combined while the next one is trained on, by as many threads, on the same cores: a step takes
   n / (t x words/s of a core), plus the floats of the rows divided by t x --combine-rate, for packing, adding and
   storing them; or the time of its messages, if that is longer: of the exchanges (one, and four for each 65,536 rows
   whose turn it is), plus the bytes of the step divided by the link's rate. The efficiency is the time of training
   divided by that of the step.
"""

import argparse
import math
import sys

STREAM_DRAWS, STREAM_USES = 64, 4  # of src/noise/stream.h
TURN_LEVELS = 16     # of src/train/ranks/turns.c
MIN_TURNS = 8        # of each row in an epoch: src/train/ranks/steps.c
SLICE = 65536        # rows that are combined at once: src/train/ranks/replica.c
EAGER = 65536        # bytes; larger messages of Open MPI over TCP wait for the receiver
FRAME = 1538 / 1448  # bytes on the wire for a byte of a TCP stream, with frames of 1500 bytes
MESSAGE_BYTES = 100  # what is sent to each rank in a step besides rows, about


def read_vocabulary(path):
    """[(count, how many words have it)], in the order of the file."""
    groups = []
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            count = int(line.rsplit("\t", 1)[1])
            if groups and groups[-1][0] == count:
                groups[-1][1] += 1
            else:
                groups.append([count, 1])
    return [tuple(group) for group in groups]


def zipf(words, bend=7873, steep=1.77):
    """Zipf's law: a word's count falls as 1/rank, and from rank `bend` on as 1/rank^steep (Gerlach and Altmann 2013).
    Ranks far down are put together by hundredths."""
    groups, rank = [], 1
    while rank <= words:
        end = min(words + 1, max(rank + 1, int(rank * 1.01)))
        middle = (rank + end - 1) / 2
        count = 1 / middle if middle < bend else bend ** (steep - 1) / middle ** steep
        groups.append((count, end - rank))
        rank = end
    return groups


class Words:
    """Groups of words that occur equally often: (how many, f s, Q), and the share of the text that is kept."""

    def __init__(self, groups, subsample, power):
        total = sum(count * words for count, words in groups)
        noise = sum(count ** power * words for count, words in groups)
        self.groups = []
        for count, words in groups:
            ratio = subsample * total / count
            keep = min(1, math.sqrt(ratio) + ratio) if subsample > 0 else 1
            self.groups.append((words, count / total * keep, count ** power / noise))
        self.kept = sum(words * share for words, share, _ in self.groups)
        self.count = sum(words for words, _, _ in self.groups)


class Step:
    """The rows and bytes that a rank sends in steps."""

    def __init__(self, o, words, ranks):
        self.o, self.ranks = o, ranks
        self.words = o.threads * o.round
        width = o.dim + o.bias
        self.row_bytes = 4 + 4 * width if o.bits == 32 else 8 + (width * o.bits // 8 + 3) // 4 * 4
        self.width = width
        self.last = self.last_level()
        self.levels = [[0.0, 0.0, 0] for _ in range(self.last + 1)]  # of rows combined every 2^j steps: C, U, how many
        used = o.round * words.kept * o.noise / o.sharing
        if o.noise > STREAM_DRAWS:
            draws = o.threads * used
        else:
            draws = o.threads * STREAM_DRAWS * (math.ceil(used / STREAM_DRAWS / STREAM_USES) + STREAM_USES - 1)
        for count, share, noise in words.groups:
            occurrences = share * self.words
            centers = occurrences / o.clumps
            self.add(count, occurrences * (o.window + o.sharing) / o.sharing, centers)
            self.add(count, occurrences + o.threads * used * noise, centers + draws * noise)

    def last_level(self):
        """Of rare words."""
        most_steps = self.o.text_words / self.o.epochs / self.ranks / self.words / MIN_TURNS
        level = 0
        while level + 1 < TURN_LEVELS and 2 ** (level + 1) <= most_steps:
            level += 1
        return level

    def add(self, count, tiles, touches):
        """Rows that so many tiles have in a step, with so many independent touches."""
        level = 0
        while level < self.last and tiles < self.o.staleness / 2 ** level:
            level += 1
        self.levels[level][0] -= count * math.expm1(-touches * 2 ** level)
        self.levels[level][1] -= count * math.expm1(-touches * 2 ** level * self.ranks)
        self.levels[level][2] += count

    def rows(self, level):
        """C and U of a step whose rows go as far as this level, and how many rows these are."""
        return [sum(each[i] for each in self.levels[:level + 1]) for i in (0, 1, 2)]

    def mean_rows(self):
        """C and U."""
        return [sum(each[i] / 2 ** level for level, each in enumerate(self.levels)) for i in (0, 1)]

    def bytes(self, rows):
        changed, union = rows
        return (self.ranks - 1) * ((changed + union) / self.ranks * self.row_bytes + MESSAGE_BYTES)

    def combining(self, level):
        """Seconds of a step's messages, and of a core's work."""
        o, ranks = self.o, self.ranks
        if ranks == 1:
            return 0, 0
        changed, union, turn = self.rows(level)
        sent = self.bytes((changed, union))
        slices = max(1, math.ceil(turn / SLICE))
        trips = 1 + 2 * slices  # what each rank has done, and sizes before rows
        for rows in (changed, union):
            trips += (3 if rows * self.row_bytes / slices / ranks > EAGER else 1) * slices
        floats = (2 * changed + (1 + 1 / ranks) * union) * self.width
        return trips * (o.latency / 1000 + o.overhead / 1000) + sent * 8 * FRAME / (o.link * 1e9), \
            floats / o.combine_rate

    def seconds(self):
        """(computing, all) of a step, as a mean over the steps from one combination of the tail to the next."""
        computing = self.words / (self.o.threads * self.o.core)
        seconds = self.longest(computing, self.last) / 2 ** self.last
        for level in range(self.last):
            seconds += self.longest(computing, level) / 2 ** (level + 1)
        return computing, seconds

    def longest(self, computing, level):
        messages, work = self.combining(level)
        return max(messages, computing + work / self.o.threads)


def pause_bytes(step, words):
    rows = 4 * words.count
    if step.o.bits == 32:
        rows = sum(changed + union for changed, union, _ in step.levels) / 2
    return rows * (step.ranks - 1) / step.ranks * (4 + 4 * step.width)


def whole(o, words):
    """(MB that a rank sends, seconds) of a training on o.text_words."""
    step = Step(o, words, o.ranks)
    steps = o.text_words / o.ranks / step.words
    pauses = o.pauses * pause_bytes(step, words)
    seconds = steps * step.seconds()[1] + pauses * 8 * FRAME / (o.link * 1e9)
    return (steps * step.bytes(step.mean_rows()) + pauses) / 1e6, seconds


def predict(o, words):
    step = Step(o, words, o.ranks)
    changed, union = step.mean_rows()
    sent = step.bytes((changed, union))
    computing, seconds = step.seconds()
    print(f"rows of a step: {changed:.0f} changed on a rank, {union:.0f} on all; {step.row_bytes} bytes each")
    print(f"sent by a rank: {(changed + union) * (o.ranks - 1) / o.ranks / step.words:.3f} rows, "
          f"{sent / step.words:.0f} bytes for each word that it trains on; "
          f"{pause_bytes(step, words) / 1e6:.1f} MB at each pause")
    megabytes, all_seconds = whole(o, words)
    print(f"in all: {megabytes:.1f} MB by a rank, {megabytes * 1e6 * o.ranks / o.text_words:.0f} bytes a word; "
          f"{all_seconds:.1f} s")
    print(f"a step: {computing * 1000:.2f} ms of computing, {seconds * 1000:.2f} ms in all; "
          f"{o.ranks * step.words / seconds / 1e6:.2f} M words/s; efficiency {100 * computing / seconds:.0f} %")


def table(o):
    """Of the options, those that the table does not name are as given."""
    print("| words | nodes | `--sync-bits` | `--staleness` | `--round` | bytes a word "
          "| 10 Gbit/s | 25 Gbit/s | 100 Gbit/s |")
    print("|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
    for count in (1000000, 10000000):
        words = Words(zipf(count), o.subsample, o.noise_power)
        for o.ranks in (8, 32, 128):
            for o.bits, o.staleness, o.round in ((32, 8, 8192), (8, 8, 8192), (8, 64, 8192), (8, 64, 65536)):
                step = Step(o, words, o.ranks)
                sent = step.bytes(step.mean_rows()) / step.words
                cells = []
                for o.link in (10, 25, 100):
                    computing, seconds = step.seconds()
                    cells.append(f"{100 * computing / seconds:.1f} %")
                print(f"| {count // 1000000} M | {o.ranks} | {o.bits} | {o.staleness} | {o.round} | {sent:.0f} | "
                      f"{' | '.join(cells)} |")


def options(arguments=None):
    parser = argparse.ArgumentParser(description="Predicts the traffic and the speed of a training by several ranks.",
                                     formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    add = parser.add_argument
    add("--vocab", metavar="FILE", help="counts of words, from --save-vocab; without it Zipf's law")
    add("--words", type=int, default=1000000, help="words of the vocabulary, for Zipf's law")
    add("--dim", type=int, help="dimensions; with --table 200, else 100")
    add("--bias", type=int, default=1, help="numbers of a row besides: nce has 1, sgns 0")
    add("--noise", type=int, default=7, help="noise words")
    add("--sharing", type=int, default=3, help="windows that share noise words")
    add("--noise-power", type=float, default=0.75, help="noise words are drawn by count^power")
    add("--subsample", type=float, default=1e-4, help="threshold of subsampling")
    add("--clumps", type=float, default=1.6, help="occurrences of a word that are close together")
    add("--ranks", type=int, default=2, help="processes")
    add("--threads", type=int, help="of a rank; with --table 16, else 1")
    add("--round", type=int, default=8192, help="words of a thread in a step")
    add("--staleness", type=float, default=8, help="how often tiles of a rank have a row between combinations")
    add("--window", type=int, default=5, help="words on each side")
    add("--bits", type=int, default=32, choices=(32, 16, 8), help="of a number that is sent")
    add("--core", type=float, default=3e6, help="words a second of a thread")
    add("--link", type=float, default=10, help="Gbit/s")
    add("--latency", type=float, default=0.05, help="of a message, one way, in milliseconds")
    add("--overhead", type=float, default=0.05, help="of an exchange besides, in milliseconds: waiting sleeps")
    add("--combine-rate", type=float, default=3e8, help="floats of rows a second that a core packs, adds, or stores")
    add("--text-words", type=float, default=1e10, help="words that all ranks train on, over all epochs")
    add("--epochs", type=int, default=1, help="among which these words are")
    add("--pauses", type=int, default=1, help="combinations of all rows: 1 at the end, or as many as epochs")
    add("--table", action="store_true", help="efficiency of clusters, as a table")
    o = parser.parse_args(arguments)
    o.dim = o.dim or (200 if o.table else 100)
    o.threads = o.threads or (16 if o.table else 1)
    return o


def main():
    o = options()
    if o.table:
        table(o)
    else:
        predict(o, Words(read_vocabulary(o.vocab) if o.vocab else zipf(o.words), o.subsample, o.noise_power))
    return 0


if __name__ == "__main__":
    sys.exit(main())
