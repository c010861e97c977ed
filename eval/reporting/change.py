"""Words that changed between two runs: their cosine distance in one space, and their neighbours then and now."""

import numpy as np

from reporting import maps
from text import printable

FREQUENT = 5000  # words of both runs that are compared: rare ones seem to change by chance
SHOWN = 12
NEIGHBOURS = 6


def compare(models, same_space=False):
    """The first model and the last one; None where they cannot be compared. The last one's vectors are rotated onto the
    first one's (orthogonal Procrustes over the shared words), unless they have one space already."""
    if len(models) < 2 or models[0].dim != models[-1].dim:
        return None
    before, after = models[0], models[-1]
    rows = {word: row for row, word in enumerate(after.words)}
    shared = [(row, rows[word]) for row, word in enumerate(before.words) if word in rows]
    frequent = np.array([pair for pair in shared if max(pair) < FREQUENT])
    if len(shared) < before.dim or len(frequent) < 2:
        return None
    turned = after.unit if same_space else after.unit @ _rotation(*np.array(shared).T, before.unit, after.unit)
    distances = 1 - np.einsum("ij,ij->i", before.unit[frequent[:, 0]], turned[frequent[:, 1]])
    order = np.argsort(-distances, kind="stable")
    count = min(SHOWN, len(order) // 2)
    return {"rotated": not same_space, "shared": len(shared), "frequent": len(frequent),
            "changed": _entries(before, after, frequent[order[:count]], distances[order[:count]]),
            "stable": _entries(before, after, frequent[order[::-1][:count]], distances[order[::-1][:count]])}


def _rotation(first, second, before, after):
    """The orthogonal matrix that moves these rows of after nearest to those of before."""
    left, _, right = np.linalg.svd(after[second].T @ before[first])
    return left @ right


def _entries(before, after, pairs, distances):
    near = [maps.neighbours_of(model, rows, NEIGHBOURS)[0] for model, rows in zip((before, after), pairs.T)]
    return [{"word": printable(before.words[row]), "change": round(float(distance), 4),
             "then": [printable(before.words[other]) for other in near[0][at]],
             "now": [printable(after.words[other]) for other in near[1][at]]}
            for at, ((row, _), distance) in enumerate(zip(pairs, distances))]
