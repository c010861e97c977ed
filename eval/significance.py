"""Correlations, bootstrap intervals and paired comparisons; nothing here knows of words.

The bootstrap is over the things that were sampled (word pairs, categories), called units.
A replicate gives every unit a weight drawn from Poisson(1), the large-sample form of drawing
units with replacement. Weights let one set of draws serve several sets that share units, and
several models: their differences are then paired, replicate by replicate.

What the intervals say: how far the score would move with other word pairs of the same sort.
They say nothing on how far it moves when the same program trains again with another seed."""

import numpy as np
from scipy.sparse import csr_matrix

REPLICATES = 2000
LEAST_UNITS = 10  # below, an interval would pretend to know
_CELLS_AT_ONCE = 1 << 20


def bootstrap_weights(units, replicates=REPLICATES, seed=1):
    """replicates x units weights; the same for the same arguments."""
    return np.random.default_rng(seed).poisson(1.0, (replicates, units)).astype(np.uint8)


def spearman(x, y):
    """Spearman's rho with average ranks for ties; NaN if one of the two is constant."""
    x, y = np.asarray(x, float), np.asarray(y, float)
    return float(weighted_spearman(x, y, np.ones((1, len(x))))[0]) if len(x) > 1 else float("nan")


def weighted_spearman(x, y, weights):
    """Spearman's rho for every row of weights (a whole weight w counts as w copies of the pair)."""
    group_x, group_y = _groups(x), _groups(y)
    rho = np.full(len(weights), np.nan)
    step = max(1, _CELLS_AT_ONCE // max(1, len(x)))
    for first in range(0, len(weights), step):
        w = weights[first : first + step].astype(float)
        rank_x, rank_y = _centred_ranks(group_x, w), _centred_ranks(group_y, w)
        weighted_x = w * rank_x
        covariance = np.einsum("ij,ij->i", weighted_x, rank_y)
        variance_x = np.einsum("ij,ij->i", weighted_x, rank_x)
        variance_y = np.einsum("ij,ij,ij->i", w, rank_y, rank_y)
        scale = np.sqrt(variance_x * variance_y)
        np.divide(covariance, scale, out=rho[first : first + step], where=scale > 0)
    return rho


def _groups(values):
    """The order that sorts the values, where each run of equal ones starts, and each value's run."""
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    new = np.concatenate([[True], ordered[1:] != ordered[:-1]])
    run = np.empty(len(values), np.intp)
    run[order] = np.cumsum(new) - 1
    return order, np.flatnonzero(new), run


def _centred_ranks(groups, weights):
    """Average ranks less their mean, had each value been repeated weight times: no sorting needed."""
    order, starts, run = groups
    sizes = np.add.reduceat(weights[:, order], starts, axis=1)
    ranks = np.cumsum(sizes, axis=1)
    ranks -= sizes / 2 + ranks[:, -1:] / 2
    return ranks[:, run]


def weighted_share(hits, weights):
    """The weighted share of true hits, for every row of weights."""
    weights = np.asarray(weights)
    total = weights.sum(axis=1, dtype=float)
    share = np.full(len(weights), np.nan)
    np.divide(weights @ np.asarray(hits, float), total, out=share, where=total > 0)
    return share


def crossed_share(hits, first, second, weights):
    """As weighted_share, for questions made of two units each: question q weighs
    weights[first[q]] * weights[second[q]]. Questions that share a pair rise and fall together,
    so thousands of questions made of few pairs get the wide interval they deserve; where the
    pairs matter little, it is wider than need be (Owen 2007: up to sqrt 3)."""
    units, place = np.unique(np.concatenate([first, second]), return_inverse=True)
    first, second = place.reshape(2, -1)
    w = np.asarray(weights).T[units].astype(float)

    def weigh(questions):  # sum of questions[q] w[first[q]] w[second[q]], as the form w' M w
        form = csr_matrix((np.asarray(questions, float), (first, second)), (len(units), len(units)))
        return np.einsum("ur,ur->r", form @ w, w)

    total = weigh(np.ones(len(first)))
    share = np.full(len(total), np.nan)
    np.divide(weigh(hits), total, out=share, where=total > 0)
    return share


def interval(replicates, units, level=0.95):
    """(low, high) percentiles of the replicates, or None when there is too little to tell."""
    known = replicates[np.isfinite(replicates)]
    if units < LEAST_UNITS or len(known) < 0.95 * len(replicates):
        return None
    low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def share_interval(share, replicates, units):
    """interval() for a share of right answers; None at 0 and 1, where resampling sees no doubt but there is some."""
    return interval(replicates, units) if 0 < share < 1 else None


def compare(score_a, score_b, replicates_a, replicates_b, units):
    """The difference A - B with its paired bootstrap interval and two-sided p, and a verdict:
    'A', 'B', or None when the interval holds zero (or cannot be told)."""
    difference = replicates_a - replicates_b
    known = difference[np.isfinite(difference)]
    bounds = interval(difference, units)
    result = {"difference": score_a - score_b, "interval": bounds, "p": None, "better": None}
    if bounds:
        tail = min(np.count_nonzero(known <= 0), np.count_nonzero(known >= 0))
        result["p"] = min(1.0, 2 * (tail + 1) / (len(known) + 1))
        if bounds[0] > 0 or bounds[1] < 0:
            result["better"] = "A" if bounds[0] > 0 else "B"
    return result
