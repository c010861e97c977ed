"""The map of the most frequent words, and their neighbours in the whole vocabulary."""

import os
import warnings

import numpy as np
from scipy.cluster.vq import kmeans2

from common import DataError

WORDS = 2000
NEIGHBOURS = 10
GROUPS = 8       # colours of the map
PERPLEXITY = 30
EXTENT = 10000   # positions are whole numbers from 0 to this
_LEAST_WORDS = 10


def require():
    """Complains at once, and not after minutes, where scikit-learn is missing."""
    # Its threads meet thousands of times; where they wait for each other by spinning, a busy machine takes minutes.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    try:
        import sklearn.manifold  # noqa: F401
    except ImportError:
        raise DataError("scikit-learn, which makes the map, is not there: install Debian's python3-sklearn") from None


def make(models, words=WORDS, seed=1):
    """One map a model (see _map), None for one with too few words. Later maps begin where the first ended, so that a
    word stands near the same place in all of them."""
    places, maps = {}, []
    for model in models:
        count = min(words, len(model))
        if count < _LEAST_WORDS:
            maps.append(None)
            continue
        points = _project(model, count, places, seed)
        if not places:
            places = dict(zip(model.words, points))
        maps.append(_map(model, points, seed))
    return maps


def _map(model, points, seed):
    """words: those of the map, then others that are a neighbour of one; at: x and y of each word of the map; group: its
    colour; near: its neighbours, nearest first, as places in words, and cosine: theirs in thousandths."""
    count = len(points)
    rows, cosines = neighbours(model, count)
    place = {row: row for row in range(count)}
    for row in rows.ravel().tolist():
        place.setdefault(row, len(place))
    return {
        "words": [printable(model.words[row]) for row in place],
        "at": _to_extent(points).tolist(),
        "group": groups(model.unit[:count], seed).tolist(),
        "near": [[place[row] for row in line] for line in rows.tolist()],
        "cosine": np.rint(1000 * cosines).astype(int).tolist(),
    }


def neighbours(model, count, most=NEIGHBOURS):
    """(rows, cosines) of the words nearest to each of the first count words, among all words but itself."""
    unit = model.unit
    most = min(most, len(model) - 1)
    rows, cosines = np.empty((count, most), int), np.empty((count, most), np.float32)
    step = max(1, (1 << 24) // len(model))
    for low in range(0, count, step):
        scores = unit[low : min(low + step, count)] @ unit.T
        own = np.arange(len(scores))
        scores[own, low + own] = -np.inf
        best = np.argpartition(-scores, most - 1, axis=1)[:, :most]
        order = np.argsort(-scores[own[:, None], best], axis=1, kind="stable")
        rows[low : low + step] = best[own[:, None], order]
        cosines[low : low + step] = scores[own[:, None], rows[low : low + step]]
    return rows, cosines


def _project(model, count, places, seed):
    """t-SNE of the first count words by cosine; distances between unit vectors order as their angles do."""
    from sklearn.manifold import TSNE

    start = _start(model, count, places)
    how = {"init": "pca"} if start is None else {"init": start, "early_exaggeration": 1.0}  # which would scatter them
    projection = TSNE(perplexity=min(PERPLEXITY, (count - 1) / 3), learning_rate="auto", random_state=seed, n_jobs=-1,
                      **how)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        return projection.fit_transform(model.unit[:count])


def _start(model, count, places):
    """Where an earlier map has each word; a word that is new on this one begins at the known word that is most like
    it. None if no word is known."""
    known = [row for row in range(count) if model.words[row] in places]
    if not known:
        return None
    start = np.empty((count, 2), np.float32)
    start[known] = [places[model.words[row]] for row in known]
    new = np.setdiff1d(np.arange(count), known)
    if len(new):
        start[new] = start[np.array(known)[(model.unit[new] @ model.unit[known].T).argmax(axis=1)]]
    return start


def groups(points, seed, count=GROUPS):
    """k-means in the full space; group 0 holds the most words."""
    generator = np.random.default_rng(seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a group may be empty
        _, found = kmeans2(points.astype(float), min(count, len(points)), iter=30, minit="++", seed=generator)
    order = np.argsort(-np.bincount(found), kind="stable")
    return np.argsort(order)[found]


def _to_extent(points):
    low, high = points.min(axis=0), points.max(axis=0)
    scale = (high - low).max() or 1
    centred = (points - (low + high) / 2) / scale + 0.5
    return np.rint(EXTENT * centred).astype(int)


def printable(word):
    return word.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
