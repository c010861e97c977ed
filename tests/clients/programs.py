"""Runs one public program with gensim or with nce2vec in its place, and prints JSON: seconds of training, a score, ...

usage: programs.py PROGRAM gensim|nce2vec FOLDER [SCRATCH]

The program's sources are in FOLDER and are not changed. A score is between 0 and 1.
"""
import contextlib
import json
import os
import random
import runpy
import sys
import time
import types
from pathlib import Path

import numpy as np

GROUPS, SIZE = 8, 40


def _graph():
    """Groups of nodes with many edges inside and few between."""
    import networkx
    return networkx.planted_partition_graph(GROUPS, SIZE, 0.3, 0.01, seed=1)


def _groups_found(wv):
    """Of the ten nodes nearest to each, how many are of its group."""
    names = list(wv.key_to_index)
    assert sorted(map(int, names)) == list(range(GROUPS * SIZE)), "each node has a vector"
    return float(np.mean([int(other) // SIZE == int(name) // SIZE for name in names
                          for other, _ in wv.most_similar(name, topn=10)]))


def node2vec():
    from node2vec import Node2Vec
    from node2vec.edges import HadamardEmbedder
    walks = Node2Vec(_graph(), dimensions=32, walk_length=40, num_walks=10, quiet=True, seed=1)
    begin = time.perf_counter()
    model = walks.fit(window=10, min_count=1, batch_words=4, seed=1, alpha=0.01)
    seconds = time.perf_counter() - begin
    edges = HadamardEmbedder(keyed_vectors=model.wv, quiet=True)
    assert np.allclose(edges["3", "7"], model.wv["3"] * model.wv["7"])
    vectors = edges.as_keyed_vectors()
    assert vectors.most_similar(str(("3", "7")), topn=1)[0][0] in vectors.key_to_index
    return {"seconds": seconds, "score": _groups_found(model.wv)}


def node2vec_example(folder):
    """The program's own example, with four processes."""
    begin = time.perf_counter()
    runpy.run_path(str(folder / "example.py"), run_name="__main__")
    lines = Path("embeddings.emb").read_text().splitlines()
    assert lines[0] == "100 64" and {line.split(" ")[0] for line in lines[1:]} == set(map(str, range(100)))
    from gensim.models import KeyedVectors, Word2Vec
    assert len(KeyedVectors.load_word2vec_format("embeddings.emb")) == 100
    assert Word2Vec.load("embeddings.model").wv["2"].shape == (64,)
    return {"seconds": time.perf_counter() - begin, "score": 1.0}


def fastnode2vec():
    from fastnode2vec import Graph, Node2Vec
    graph = Graph([(str(a), str(b)) for a, b in _graph().edges], directed=False, weighted=False, verbose=False)
    model = Node2Vec(graph, dim=32, walk_length=40, window=10, q=2.0, seed=1, sample=0, alpha=0.01)
    model.generate_random_walk(0)  # compiles
    begin = time.perf_counter()
    model.train(epochs=20, verbose=False)
    return {"seconds": time.perf_counter() - begin, "score": _groups_found(model.wv)}


def _molecules():
    """Three families of molecules as SMILES."""
    draw = random.Random(1)
    chains = ["C" * draw.randint(2, 9) + draw.choice(["", "(C)C", "(CC)CC"]) for _ in range(120)]
    acids = ["C" * draw.randint(1, 8) + "C(=O)O" + draw.choice(["", "C", "CC"]) for _ in range(120)]
    rings = ["c1ccc(" + draw.choice("NOCF") * 1 + ")cc1" + draw.choice(["Cl", "Br", "C", "CC"]) for _ in range(120)]
    return [(text, family) for family, texts in enumerate((chains, acids, rings)) for text in texts]


def mol2vec():
    from mol2vec import features
    from rdkit import Chem
    molecules = _molecules()
    Path("molecules.smi").write_text("".join(f"{text}\t{i}\n" for i, (text, _) in enumerate(molecules)))
    features.generate_corpus("molecules.smi", "corpus", 1)
    features.insert_unk("corpus", "corpus_unk", threshold=3)
    begin = time.perf_counter()
    model = features.train_word2vec_model("corpus_unk", "model", vector_size=24, window=10, min_count=1, iter=30,
                                          seed=1)
    seconds = time.perf_counter() - begin
    assert "UNK" in model.wv.vocab
    features.featurize("molecules.smi", "features.csv", "model", 1, uncommon="UNK")
    assert len(Path("features.csv").read_text().splitlines()) == len(molecules) + 1
    sentences = [features.MolSentence(features.mol2alt_sentence(Chem.MolFromSmiles(text), 1)) for text, _ in molecules]
    rows = features.sentences2vec(sentences, model, unseen="UNK")
    rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    cosines, families = rows @ rows.T - 2 * np.eye(len(rows)), np.array([family for _, family in molecules])
    nearest = np.argsort(-cosines, axis=1)[:, :10]
    return {"seconds": seconds, "score": float((families[nearest] == families[:, None]).mean())}


def _stand_in_for_matchms():
    """The names that spec2vec takes from matchms and sparsestack, which Debian does not have."""
    class Spikes:
        def __init__(self, mz, intensities):
            self.mz, self.intensities = mz, intensities

    class Spectrum:
        def __init__(self, mz, intensities, metadata):
            self.peaks, self.metadata = Spikes(mz, intensities), metadata

    parts = {"matchms": {"Spectrum": Spectrum}, "matchms.Spikes": {"Spikes": Spikes}, "matchms.similarity": {},
             "matchms.similarity.BaseSimilarity": {"BaseSimilarity": object},
             "matchms.logging_functions": {}, "sparsestack": {"StackedSparseArray": object}}
    for name, values in parts.items():
        sys.modules[name] = types.ModuleType(name)
        vars(sys.modules[name]).update(values)
    sys.modules["matchms"].logging_functions = sys.modules["matchms.logging_functions"]
    for name in ("set_matchms_logger_level", "add_logging_to_file", "reset_matchms_logger", "_init_logger"):
        setattr(sys.modules["matchms.logging_functions"], name, lambda *_, **__: None)
    return Spectrum


def spec2vec():
    Spectrum = _stand_in_for_matchms()
    from spec2vec import Spec2Vec, SpectrumDocument
    from spec2vec.model_building import train_new_word2vec_model
    # Spectra with more peaks in common, the nearer their numbers are.
    documents = [SpectrumDocument(Spectrum(np.linspace(i, i + 19, 20), np.ones(20), {}), n_decimals=1)
                 for i in range(100) for _ in range(5)]
    begin = time.perf_counter()
    model = train_new_word2vec_model(documents, iterations=[10, 30], filename="spectra.model", vector_size=30, seed=1,
                                     workers=2)
    seconds = time.perf_counter() - begin
    assert (model.window, model.min_alpha, model.epochs) == (500, 0.025 - 30 * 0.00025, 30)
    assert sorted(path.name for path in Path().glob("*.model")) == ["spectra.model", "spectra_iter_10.model"]
    from gensim.models import Word2Vec
    assert np.array_equal(Word2Vec.load("spectra.model").wv.vectors, model.wv.vectors)
    similarity = Spec2Vec(model=model, intensity_weighting_power=0.5).matrix(documents[::5], documents[::5])
    near, far = np.abs(np.subtract.outer(range(100), range(100))), []
    for i in range(100):
        order = np.argsort(-similarity[i])[1:11]
        far.append((near[i][order] <= 10).mean())
    return {"seconds": seconds, "score": float(np.mean(far))}


def wefe():
    from gensim.models import Word2Vec
    from wefe.metrics import WEAT
    from wefe.query import Query
    from wefe.word_embedding_model import WordEmbeddingModel
    groups = [["flower", "rose", "tulip", "lily"], ["insect", "ant", "wasp", "flea"]]
    moods = [["love", "joy", "peace", "gift"], ["agony", "filth", "hatred", "rotten"]]
    draw = random.Random(1)
    text = [draw.choices(groups[k] + moods[k], k=8) for k in draw.choices((0, 1), k=2000)]
    begin = time.perf_counter()
    model = Word2Vec(text, vector_size=20, min_count=1, sg=1, seed=1, alpha=0.05, sample=0)
    seconds = time.perf_counter() - begin
    query = Query(groups, moods, ["Flowers", "Insects"], ["Pleasant", "Unpleasant"])

    def weat(vectors):
        return WEAT().run_query(query, WordEmbeddingModel(vectors, "made"))["effect_size"]
    # The same vectors give the same effect from both packages: made rows, without a training.
    words, rows = [word for group in groups + moods for word in group], np.random.RandomState(1).randn(16, 20)
    made = type(model.wv)(20)
    made.add_vectors(words, rows.astype(np.float32))
    unbiased = WordEmbeddingModel(model.wv, "made")
    unbiased.normalize()
    unbiased.update("rose", model.wv["ant"].copy())
    assert np.array_equal(unbiased["rose"], unbiased["ant"])
    return {"seconds": seconds, "score": weat(model.wv) / 2, "made": weat(made)}


def _slices(folder):
    """Two texts about groups of words; a few words are of another group in the second one. Returns which."""
    groups = [[f"w{group}_{i}" for i in range(20)] for group in range(6)]
    moving = {groups[k][0]: groups[k + 3][0] for k in range(3)}
    for number, name in enumerate(("old.txt", "new.txt")):
        draw, lines = random.Random(number), []
        for _ in range(2500):
            words = draw.choices(draw.choice(groups), k=10)
            lines.append(" ".join({**moving, **{b: a for a, b in moving.items()}}.get(word, word) if number else word
                                  for word in words))
        Path(folder, name).write_text("\n".join(lines) + "\n")
    return {*moving, *moving.values()}


def _with_a_compass(program):
    """The share of the words whose change of meaning is found: those of the lowest cosines between the two slices."""
    os.mkdir("texts")
    changed = _slices("texts")
    begin = time.perf_counter()
    aligner = program(size=20, siter=5, diter=5, workers=2, sg=0, min_count=1, opath="models")
    aligner.train_compass("texts")
    compass = aligner.compass.syn1neg.copy()
    old, new = (aligner.train_slice(f"texts/{name}.txt", save=True) for name in ("old", "new"))
    seconds = time.perf_counter() - begin
    for model in (old, new):
        order = [aligner.compass.wv.vocab[word].index for word in model.wv.index2word]
        assert np.array_equal(model.syn1neg, compass[order]), "the outputs of the compass stay"
        assert not np.allclose(model.wv.vectors, aligner.compass.wv.vectors[order]), "the inputs are trained"
    from gensim.models import Word2Vec
    assert np.array_equal(Word2Vec.load("models/new.model").wv["w0_0"], new.wv["w0_0"])

    def cosine(word):
        a, b = old.wv[word], new.wv[word]
        return a @ b / np.linalg.norm(a) / np.linalg.norm(b)
    least = sorted(old.wv.index2word, key=cosine)[:len(changed)]
    return {"seconds": seconds, "score": len(changed & set(least)) / len(changed)}


def twec():
    from twec.twec import TWEC
    return _with_a_compass(TWEC)


def cade():
    from cade.cade import CADE
    return _with_a_compass(CADE)


def main(name, package, folder, scratch):
    sys.path.insert(0, str(folder))
    if package == "nce2vec":
        sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "python"))
        from nce2vec import compat
        compat.as_gensim()
    os.chdir(scratch)
    with contextlib.redirect_stdout(sys.stderr):
        result = globals()[name](folder) if name.endswith("_example") else globals()[name]()
    print(json.dumps(result))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
