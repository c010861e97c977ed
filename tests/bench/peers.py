"""Commands that train the same: nce2vec and the peers that are installed."""

import os
import shutil
import subprocess

import lab

# What all have in common: skip-gram, 5 noise words (our default of its own: 6), a random window of up to 5, and these.
MIN_COUNT, WINDOW, NOISE, SUBSAMPLE = 5, 5, 5, "1e-4"

GENSIM = """
import sys
from gensim.models import Word2Vec
text, output, dim, epochs, threads = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:])
model = Word2Vec(sg=1, hs=0, vector_size=dim, window=%d, negative=%d, sample=%s, min_count=%d, workers=threads)
model.build_vocab(corpus_file=text)
if epochs:
    model.train(corpus_file=text, total_examples=model.corpus_count, total_words=model.corpus_total_words,
                epochs=epochs)
model.wv.save_word2vec_format(output)
""" % (WINDOW, NOISE, SUBSAMPLE, MIN_COUNT)


class Program:
    """How to train with it. A peer's least number of epochs is 0: it reads the text and writes vectors."""

    min_epochs = 0
    environment = None
    reads_gzip = False

    def __init__(self, name):
        self.name = name

    def command(self, text, output, dim, epochs, threads):
        raise NotImplementedError

    def train(self, text, dim, epochs, threads):
        output = os.path.join(lab.FOLDER, "vectors.txt")
        return lab.run(self.command(text, output, dim, epochs, threads), environment=self.environment)


class Nce2vec(Program):
    min_epochs = 1
    reads_gzip = True

    def __init__(self, name, options=(), kernels=None):
        super().__init__(name)
        self.options = list(options)
        self.environment = {"N2V_KERNELS": kernels} if kernels else None

    def command(self, text, output, dim, epochs, threads):
        return [lab.PROGRAM, "train", text, "-o", output, "--tokenizer", "space", "--dim", str(dim), "--epochs",
                str(epochs), "--threads", str(threads), "--window", str(WINDOW), "--min-count", str(MIN_COUNT),
                "--subsample", SUBSAMPLE, *self.options]


class FastText(Program):
    def command(self, text, output, dim, epochs, threads):
        return ["fasttext", "skipgram", "-input", text, "-output", output, "-dim", str(dim), "-epoch", str(epochs),
                "-thread", str(threads), "-ws", str(WINDOW), "-neg", str(NOISE), "-t", SUBSAMPLE, "-minCount",
                str(MIN_COUNT), "-maxn", "0", "-loss", "ns"]


class Gensim(Program):
    def command(self, text, output, dim, epochs, threads):
        return ["/usr/bin/python3", "-c", GENSIM, text, output, str(dim), str(epochs), str(threads)]


def ours():
    sgns = ["--objective", "sgns", "--noise", str(NOISE)]
    programs = [Nce2vec("nce2vec, sgns", sgns), Nce2vec("nce2vec, its default")]
    if {"avx2", "avx512f"} <= lab.processor_flags():
        programs.append(Nce2vec("nce2vec, sgns, AVX2", sgns, kernels="avx2"))
    return programs


def installed():
    """The peers on this machine, the one that ratios are taken of first."""
    found = []
    if shutil.which("fasttext"):
        found.append(FastText("fasttext"))
    if subprocess.call(["/usr/bin/python3", "-c", "import gensim"], stderr=subprocess.DEVNULL) == 0:
        found.append(Gensim("gensim, corpus_file"))
    return found
