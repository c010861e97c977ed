"""Loads folders of nce2vec with a public library, and folders of the library with nce2vec.

usage: folders.py model2vec|sentence_transformers SOURCES SCRATCH

The library's sources are in SOURCES and are not changed.
"""
import os
import random
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "python"))
import nce2vec  # noqa: E402

WORDS = ["the", "river", "naïve", "don't", "서울은", "东京", "école", "2026", "mañana", "it's", "été", "привет"]
LINES = ["The RIVER\u2019s naïve; don\u2019t!", "서울은 (2026) 东京", "e\u0301cole, mañana: it's", "the unheard-of river",
         "the", "unheard", "", "the " * 400 + "été"]


def trained():
    draw = random.Random(1)
    Path("text").write_text("".join(" ".join(draw.choices(WORDS, k=8)) + "\n" for _ in range(200)), encoding="utf-8")
    return nce2vec.train("text", dim=8, min_count=1, epochs=2, subsample=0.0, threads=1, normal_form="nfc")


def mean(vectors, line):
    """The vector of a text: the mean of the vectors of the known words, of length 1."""
    rows = [vectors[word] for word in vectors.tokenize(line) if word in vectors]
    if not rows:
        return np.zeros(vectors.dim)
    vector = np.mean(rows, axis=0, dtype=np.float64)
    return vector / np.linalg.norm(vector)


def check(vectors, encode, tolerance=1e-5):
    expected = np.array([mean(vectors, line) for line in LINES])
    assert np.linalg.norm(expected, axis=1).round(6).tolist() == [1, 1, 1, 1, 1, 0, 0, 1]
    found = np.asarray(encode(LINES), dtype=np.float64)
    assert np.abs(found - expected).max() < tolerance, np.abs(found - expected).max(axis=1)


def tokenizers():
    """Of the words, made by the library tokenizers: a name, the tokenizer, and its words in the order of their ids."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    words = ["[PAD]", "[UNK]"] + [word for word in WORDS if "'" not in word] + ["##s"]
    ids = {word: number for number, word in enumerate(words)}
    for model in (models.WordLevel(ids, unk_token="[UNK]"), models.WordPiece(ids, unk_token="[UNK]"),
                  models.BPE(ids, [], unk_token="[UNK]"), models.Unigram([(word, -1.0) for word in words], unk_id=1)):
        tokenizer = Tokenizer(model)
        tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        yield type(model).__name__, tokenizer, words


def check_read(folder, kind, words, rows, scale=1):
    """That nce2vec reads the folder; or refuses it, where the tokenizer has scores."""
    try:
        read = nce2vec.load(folder)
    except nce2vec.FormatError as error:
        assert kind == "Unigram" and "a list, as Unigram has it" in str(error), error
        return
    assert kind != "Unigram" and read.words == words, (kind, read.words)
    assert np.array_equal(read.matrix, rows.astype(np.float32)), kind


def model2vec(vectors):
    from model2vec import StaticModel
    for settings, tolerance in (({}, 1e-5), ({"float16": True}, 2e-3), ({"int8": True}, 1e-5), ({"reduce": 4}, 1e-5)):
        vectors.save("written", format="model2vec", **settings)
        model = StaticModel.from_pretrained("written")
        kept = nce2vec.load("written")
        assert (list(model.tokens), model.dim) == (vectors.words + ["[UNK]"], kept.dim)
        check(kept, model.encode, tolerance)
    for kind, tokenizer, words in tokenizers():
        for dtype in (np.float32, np.float64, np.float16, np.int8):
            rows = (np.random.RandomState(1).rand(len(words), 4) * 100 - 50).astype(dtype)
            StaticModel(rows, tokenizer, normalize=True).save_pretrained("theirs")
            check_read("theirs", kind, words, rows)


def sentence_transformers(vectors):
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import StaticEmbedding
    for settings in ({}, {"reduce": 4}):
        vectors.save("written", format="model2vec", **settings)
        kept = nce2vec.load("written")
        check(kept, SentenceTransformer("written", device="cpu").encode)
    for kind, tokenizer, words in tokenizers():
        rows = np.random.RandomState(1).randn(len(words), 4).astype(np.float32)
        model = SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_weights=rows)], device="cpu")
        model.save("theirs", create_model_card=False)
        check_read("theirs", kind, words, rows)


if __name__ == "__main__":
    sys.path.insert(0, sys.argv[2])
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.chdir(sys.argv[3])
    {"model2vec": model2vec, "sentence_transformers": sentence_transformers}[sys.argv[1]](trained())
