#!/usr/bin/env python3
"""Small files of NumPy and gensim for the fuzzer to begin with, as far as both are here. usage: seeds.py FOLDER"""
import pickle
import sys
from pathlib import Path

FOLDER = Path(sys.argv[1])


def numpy_files():
    import numpy as np
    rows, words = np.array([[1, -2], [0.5, 3e-9]]), ["a", "b"]
    np.savez(FOLDER / "stored.npz", vectors=rows.astype("f4"), words=words, counts=[3, 2])
    np.savez_compressed(FOLDER / "deflated.npz", np.asfortranarray(rows), np.array([b"a", b"b"]))
    np.save(FOLDER / "columns.npy", np.asfortranarray(rows))
    np.save(FOLDER / "big_endian.npy", rows.astype(">f2"))


def gensim_files():
    from gensim.models import FastText, Word2Vec
    sentences = [["a", "b", "b", "a"]] * 5
    small = {"vector_size": 2, "min_count": 1, "epochs": 1, "workers": 1, "negative": 1}
    word2vec = Word2Vec(sentences, **small)
    fasttext = FastText(sentences, bucket=9, **small)
    word2vec.wv.save(str(FOLDER / "vectors.kv"))
    fasttext.wv.save(str(FOLDER / "ngrams.kv"))
    for model, name in ((word2vec, "word2vec"), (fasttext, "fasttext")):
        model.cum_table = model.random = None
        model.save(str(FOLDER / f"{name}.model"))
    for protocol in range(2, 6):
        (FOLDER / f"protocol{protocol}.kv").write_bytes(pickle.dumps(word2vec.wv, protocol=protocol))


for write in (numpy_files, gensim_files):
    try:
        write()
    except ImportError as missing:
        print(f"seeds.py: {missing}", file=sys.stderr)
