"""How time grows with the corpus, the settings and the vocabulary, and how much memory a run takes at most."""

import math
import os
import subprocess

import lab

GENERATOR = os.path.join(lab.BUILD, "tests", "bench", "zipf_text")
BASE = {"dim": 100, "window": 5, "noise": 5, "epochs": 1, "min-count": 1}
MEGABYTE = 2**20


class Point:
    """A run of nce2vec: seconds of its parts and what its memory is made of."""

    def __init__(self, path, times=1, **settings):
        options = {**BASE, **settings}
        dim = options["dim"]
        vectors, words = os.path.join(lab.FOLDER, "vectors.bin"), os.path.join(lab.FOLDER, "words.tsv")
        command = [lab.PROGRAM, "train", "-", "-o", vectors, "--save-vocab", words, "--tokenizer", "space",
                   "--objective", "sgns", "--noise-sharing", "1"]
        for name, value in options.items():
            command += ["--" + name, str(value)]
        run = lab.run(command, feeding=(path, times))
        self.total = run.seconds
        self.peak = run.peak
        self.corpus, self.reading = run.printed("read")
        _, self.training = run.printed("trained on")
        self.writing = self.total - self.reading - self.training
        with open(words, "rb") as file:
            lines = [len(line.split(b"\t")[0]) + 1 for line in file]
        self.words = len(lines)
        stride = (dim + 15) // 16 * 16
        self.parameters = 4 * self.words * (2 * stride + 1)
        self.vocabulary = sum(lines) + 16 * self.words + 16 * table_slots(self.words)
        os.remove(vectors)

    def rest(self):
        """Memory beyond parameters and vocabulary, at the peak, in MB."""
        return (self.peak - self.parameters - self.vocabulary) / MEGABYTE


def table_slots(words):
    """Places in the vocabulary's hash table: a power of two, at most two thirds of them taken."""
    slots = 16
    while slots // 3 * 2 < words:
        slots *= 2
    return slots


def exponent(sizes, seconds):
    """The slope of the line through the logarithms, least squares: 1 is linear growth."""
    x, y = [math.log(s) for s in sizes], [math.log(s) for s in seconds]
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    return sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y)) / sum((a - mean_x) ** 2 for a in x)


def print_points(title, column, sizes, points, note=""):
    print("### %s\n" % title)
    if note:
        print(note + "\n")
    rows = [[lab.count(size), "%.2f" % p.reading, "%.2f" % p.training, "%.2f" % p.writing, "%.2f" % p.total,
             "%.0f" % (p.peak / MEGABYTE), "%.0f" % (p.parameters / MEGABYTE), "%.0f" % (p.vocabulary / MEGABYTE),
             "%.0f" % p.rest()] for size, p in zip(sizes, points)]
    print(lab.table([column, "read", "train", "write and rest", "all, s", "peak MB", "parameters",
                     "vocabulary", "beyond both"], rows))
    upper = len(sizes) // 2
    for part in ("reading", "training", "total"):
        seconds = [getattr(p, part) for p in points]
        print("- exponent of %s: %.2f; of the upper half %.2f" % (
            part, exponent(sizes, seconds), exponent(sizes[upper:], seconds[upper:])))
    print()


def quickest(path, **settings):
    """Of three runs, which are too short for one to say much, the one whose training took least."""
    return min((Point(path, **settings) for _ in range(3)), key=lambda point: point.training)


def corpus_words(text):
    times = (1, 3, 10, 30) if lab.quick() else (1, 3, 10, 30, 100, 300)
    points = [Point(text.gz, t) for t in times]
    print_points("Corpus", "words", [p.corpus for p in points], points,
                 "The text again and again through a pipe, gzipped. 1 epoch, all cores.")


def settings(text):
    for name, title, values in (("noise", "Noise words", (1, 2, 5, 10, 20, 40)),
                                ("window", "Window", (1, 2, 4, 8, 16, 32))):
        print_points(title, name, values, [quickest(text.gz, **{name: value}) for value in values],
                     "Of three runs each, the one that trained quickest.")


def dims(text):
    values = (50, 100, 112, 113, 128, 129, 200, 300, 304, 511, 512, 513, 1000)
    points = [quickest(text.gz, dim=value) for value in values]
    print("### Dimensions\n\nOf three runs each, the one that trained quickest.\n")
    rows = [[dim, "%.3f" % p.training, "%.2f" % (p.training / p.corpus / dim * 1e9)] for dim, p in zip(values, points)]
    print(lab.table(["dim", "train, s", "ns a word and dimension"], rows))
    seconds = [p.training for p in points]
    print("- exponent of training: %.2f; from 200 on %.2f\n" % (
        exponent(values, seconds), exponent(values[6:], seconds[6:])))


def line_lengths(text):
    """The same words in lines of different lengths: a word should cost the same. The defaults, one thread."""
    path, vectors = os.path.join(lab.FOLDER, "lines.txt"), os.path.join(lab.FOLDER, "vectors.bin")
    lengths, windows, rows = (10, 100, 1000, 10_000, text.words), ("all", "5"), []
    for length in lengths:
        # A word at a time: the peak has this program's, too.
        with open(text.plain, "rb") as file, open(path, "wb") as out:
            for i, word in enumerate((word for line in file for word in line.split()), 1):
                out.write(word + (b" " if i % length else b"\n"))
        nanoseconds, peaks = [], []
        for window in windows:
            command = [lab.PROGRAM, "train", path, "-o", vectors, "--tokenizer", "space", "--min-count", "1",
                       "--subsample", "0", "--epochs", "1", "--threads", "1", "--window", window]
            runs = [lab.run(command) for _ in range(3)]
            trained = [run.printed("trained on") for run in runs]
            nanoseconds.append(min(seconds / words for words, seconds in trained) * 1e9)
            peaks.append(min(run.peak for run in runs) / MEGABYTE)
        rows.append([lab.count(length), *("%.0f" % value for value in nanoseconds + peaks)])
        os.remove(path)
    print("### Lines\n\nThe same words in lines of so many; nce, one thread. Of three runs each, the quickest.\n")
    print(lab.table(["words a line", "ns a word, window all", "window 5", "peak MB, window all", "window 5"], rows))
    print("Lines of 10 have fewer contexts: with window all 7 a word, where long lines have 10.\n")
    for column, window in enumerate(windows, 1):
        print("- window %s: a word in lines of 10,000 costs %.2f times what one in lines of 100 does" % (
            window, float(rows[3][column]) / float(rows[1][column])))
    print()


def vocabularies():
    words = 5_000_000 if lab.quick() else 20_000_000
    sizes = (10_000, 100_000, 1_000_000) if lab.quick() else (10_000, 100_000, 1_000_000, 5_000_000)
    points = []
    for size in sizes:
        path = os.path.join(lab.FOLDER, "zipf.txt")
        with open(path, "wb") as out:
            subprocess.run([GENERATOR, str(size), str(words)], stdout=out, check=True)
        points.append(Point(path))
        os.remove(path)
    print_points("Vocabulary", "words", sizes, points, "Words by Zipf's law, %s of them." % lab.count(words))


def growth():
    text = lab.Text(200_000 if lab.quick() else 1_000_000)
    print("%s; sgns, %d dimensions, window %d, %d noise words, %d threads. Peak is the most memory that was resident; "
          "parameters are both matrices and the bias, the vocabulary its words, counts and table.\n" % (
              text.described(), BASE["dim"], BASE["window"], BASE["noise"], lab.CORES))
    corpus_words(text)
    settings(text)
    dims(text)
    line_lengths(text)
    vocabularies()
