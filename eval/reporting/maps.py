"""The map of the most frequent words, and their neighbours in the whole vocabulary."""

import os
import warnings

import numpy as np
from scipy.cluster.vq import kmeans2

from common import DataError
from text import printable

WORDS = 2000
NEIGHBOURS = 10
GROUPS = 8       # colours of the map
PERPLEXITY = 30
EXTENT = 10000   # positions are integers from 0 to this
_MIN_WORDS = 10


def require():
    """Reports at the start, not after minutes, that scikit-learn is missing."""
    # Its threads wait for each other thousands of times. If they wait by spinning, a busy machine takes minutes.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    try:
        import sklearn.manifold  # noqa: F401
    except ImportError:
        raise DataError("scikit-learn, which computes the map, is missing. On Debian: apt-get install python3-sklearn. "
                        "Elsewhere: pip install scikit-learn") from None


def make(models, words=WORDS, seed=1):
    """One map for each model (see _map); None with too few words. Later maps start from the positions of the first, so
    that a word is at a similar place in all of them."""
    places, maps = {}, []
    for model in models:
        count = min(words, len(model))
        if count < _MIN_WORDS:
            maps.append(None)
            continue
        points = _project(model, count, places, seed)
        if not places:
            places = dict(zip(model.words, points))
        maps.append(_map(model, points, seed))
    return maps


def _map(model, points, seed):
    """words: those of the map, then other words that are their neighbours. For each word of the map: at, its x and y;
    group, its colour; near, the places of its neighbours in words, the nearest first; cosine, theirs in thousandths."""
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


def neighbours(model, count, number=NEIGHBOURS):
    """(rows, cosines) of the words nearest to each of the first count words, among all other words."""
    return neighbours_of(model, np.arange(count), number)


def neighbours_of(model, wanted, number=NEIGHBOURS):
    """The same of the words in these rows."""
    unit = model.unit
    number = min(number, len(model) - 1)
    rows, cosines = np.empty((len(wanted), number), int), np.empty((len(wanted), number), np.float32)
    step = max(1, (1 << 24) // len(model))
    for low in range(0, len(wanted), step):
        part = wanted[low : low + step]
        scores = unit[part] @ unit.T
        own = np.arange(len(scores))
        scores[own, part] = -np.inf
        best = np.argpartition(-scores, number - 1, axis=1)[:, :number]
        order = np.argsort(-scores[own[:, None], best], axis=1, kind="stable")
        rows[low : low + step] = best[own[:, None], order]
        cosines[low : low + step] = scores[own[:, None], rows[low : low + step]]
    return rows, cosines


def _project(model, count, places, seed):
    """t-SNE of the first count words by cosine: distances between unit vectors have the order of their angles."""
    from sklearn.manifold import TSNE

    start = _start(model, count, places)
    # Early exaggeration would move the words away from where they start.
    how = {"init": "pca"} if start is None else {"init": start, "early_exaggeration": 1.0}
    projection = TSNE(perplexity=min(PERPLEXITY, (count - 1) / 3), learning_rate="auto", random_state=seed, n_jobs=-1,
                      **how)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        return projection.fit_transform(model.unit[:count])


def _start(model, count, places):
    """The position of each word on an earlier map. A word that is not on it starts at the most similar word that is.
    None if no word is on it."""
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
    """k-means in the full space; group 0 is the largest."""
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
