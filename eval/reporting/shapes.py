"""The shape of the vectors: their norms by the frequency of the words, and the distribution of cosines."""

import numpy as np

from reporting import maps
from text import printable

POINTS = 1500       # words shown as dots
BINS = 24           # of frequency, for the median
PAIRS = 200000      # random pairs of words
NEAREST = 1000      # words whose nearest neighbour is searched
COSINE_BINS = 60


def describe(model, counts, seed=1):
    """Norms and cosines of one model, JSON-ready."""
    return {"norms": norms(model, counts), "cosines": cosines(model, seed)}


def norms(model, counts):
    """x is the word's count, or its rank (from 1) if counts are not known. points: (x, norm, word) of words at equal
    distances in the logarithm of rank; trend: (x, 10th, 50th and 90th percentile) of all words, in bins of x."""
    lengths = np.sqrt(np.einsum("ij,ij->i", model.rows, model.rows, dtype=np.float64))
    x = np.arange(1, len(model) + 1, dtype=float) if counts is None else counts
    shown = np.unique(np.rint(np.geomspace(1, len(model), POINTS)).astype(int)) - 1
    scale = np.log(x)
    edges = np.linspace(scale.min(), scale.max(), BINS + 1)
    place = np.clip(np.searchsorted(edges, scale, side="right") - 1, 0, BINS - 1)
    trend = []
    for at in range(BINS):
        inside = place == at
        if inside.sum() >= 5:
            middle = float(np.exp(scale[inside].mean()))
            trend.append([middle, *np.quantile(lengths[inside], (0.1, 0.5, 0.9)).tolist()])
    return {
        "by": "rank" if counts is None else "count",
        "points": [[x[row], round(float(lengths[row]), 4), printable(model.words[row])] for row in shown],
        "trend": [[round(value, 4) for value in row] for row in trend],
    }


def cosines(model, seed):
    """Histograms of cosines: of random pairs of different words, and of words with their nearest neighbour."""
    generator = np.random.default_rng(seed)
    words = len(model)
    if words < 2:
        return None
    first = generator.integers(0, words, PAIRS)
    second = (first + generator.integers(1, words, PAIRS)) % words
    chance = np.einsum("ij,ij->i", model.unit[first], model.unit[second])
    nearest = maps.neighbours(model, min(NEAREST, words), 1)[1][:, 0]
    edges = np.linspace(min(-0.4, float(chance.min())), 1, COSINE_BINS + 1)

    def share(values):
        return (np.histogram(np.clip(values, edges[0], edges[-1]), edges)[0] / len(values)).round(5).tolist()

    return {
        "edges": edges.round(4).tolist(),
        "random": share(chance),
        "nearest": share(nearest),
        "words": int(min(NEAREST, words)),
        "random_mean": float(chance.mean()),
        "nearest_mean": float(nearest.mean()),
    }
