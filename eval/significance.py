"""Correlations, bootstrap intervals and tests of differences. Nothing here knows of words.

The bootstrap resamples what was sampled (word pairs, categories); these are called units. A replicate gives every unit
a weight drawn from Poisson(1), the large-sample form of drawing units with replacement. All sets and all models take
their weights from the same draws. So sets that share units, and models, are compared replicate by replicate.

Two kinds of variation are kept apart:
- Units: how far a score would move with other word pairs of the same kind. The bootstrap measures it.
- Runs: how far a score moves when the same setting trains again with another seed. Only several runs show it.

compare() of two single runs is a paired bootstrap over units. It says nothing about other seeds. compare() of settings
with several runs adds both kinds of variation, after Obuchowski and Rockette (1995): a score is a fixed effect of the
setting plus random effects of run and units. The variance of a difference of means is

    S_A^2 / n_A + S_B^2 / n_B + max(0, C_A + C_B - 2 C_AB)

S^2 is the variance of the scores over the n runs of a setting, C the mean covariance (over bootstrap replicates) of two
runs of that setting, and C_AB that of runs of different settings. Runs of a setting see the same units, so S^2 has
no variation that they share, and C has no variation of one run alone: nothing is counted twice. The statistic is
compared with Student's t, with Satterthwaite's degrees of freedom (Hillis 2007), since runs are few.

- N. A. Obuchowski, H. E. Rockette: Hypothesis testing of diagnostic accuracy for multiple readers and multiple tests:
  an ANOVA approach with dependent observations. Communications in Statistics - Simulation and Computation 24 (1995).
- S. L. Hillis: A comparison of denominator degrees of freedom methods for multiple observer ROC analysis. Statistics
  in Medicine 26 (2007).
- S. Holm: A simple sequentially rejective multiple test procedure. Scandinavian Journal of Statistics 6 (1979)."""

import math

import numpy as np
from scipy.sparse import csr_matrix
from scipy.special import stdtr, stdtrit

REPLICATES = 2000
MIN_UNITS = 10  # with fewer units there is no interval, with fewer questions no score
ALPHA = 0.05    # of tests; intervals have 1 - ALPHA
_CELLS_AT_ONCE = 1 << 20


class Score:
    """One run's score: its value, the same for every replicate, and the number of units that it comes from."""

    def __init__(self, value, replicates, units):
        self.value, self.replicates, self.units = value, replicates, units

    @property
    def is_defined(self):
        return math.isfinite(self.value)


def undefined(replicates, units=0):
    """The score of what could not be scored."""
    return Score(math.nan, np.full(replicates, np.nan), units)


def bootstrap_weights(units, replicates=REPLICATES, seed=1):
    """replicates x units weights; the same for the same arguments."""
    return np.random.default_rng(seed).poisson(1.0, (replicates, units)).astype(np.uint8)


def spearman(x, y):
    """Spearman's rho with average ranks for ties; NaN if one of the two is constant."""
    x, y = np.asarray(x, float), np.asarray(y, float)
    return float(weighted_spearman(x, y, np.ones((1, len(x))))[0]) if len(x) > 1 else float("nan")


def weighted_spearman(x, y, weights):
    """Spearman's rho for every row of weights (an integer weight w counts as w copies of the pair)."""
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
    """Average ranks minus their mean, as if each value were repeated weight times. Needs no sorting."""
    order, starts, run = groups
    sizes = np.add.reduceat(weights[:, order], starts, axis=1)
    ranks = np.cumsum(sizes, axis=1)
    ranks -= sizes / 2 + ranks[:, -1:] / 2
    return ranks[:, run]


def weighted_share(hits, weights):
    """The weighted share of hits, for every row of weights."""
    weights = np.asarray(weights)
    total = weights.sum(axis=1, dtype=float)
    share = np.full(len(weights), np.nan)
    np.divide(weights @ np.asarray(hits, float), total, out=share, where=total > 0)
    return share


def crossed_share(hits, first, second, weights):
    """As weighted_share, for questions made of two units each: question q weighs
    weights[first[q]] * weights[second[q]]. Questions that share a unit get more or less weight together. So thousands
    of questions made of few units get a wide interval, as they must. Where the units matter little the interval is too
    wide: up to sqrt 3 times (A. B. Owen: The pigeonhole bootstrap. Annals of Applied Statistics 1, 2007)."""
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


def interval(replicates, units, level=1 - ALPHA):
    """(low, high) percentiles of the replicates; None with too few units, or where many replicates have no score."""
    known = replicates[np.isfinite(replicates)]
    if units < MIN_UNITS or len(known) < 0.95 * len(replicates):
        return None
    low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def share_interval(share, replicates, units):
    """interval() of a share of right answers. None at 0 and 1: there every replicate is the same, although another
    sample of units might not be."""
    return interval(replicates, units) if 0 < share < 1 else None


def summarize(runs, is_share=False):
    """One setting's runs (a list of Score) as one: mean, standard deviation over the runs, interval of the mean."""
    values = np.array([run.value for run in runs])
    result = {"runs": len(runs), "mean": float(values.mean()), "deviation": math.nan, "lowest": float(values.min()),
              "highest": float(values.max()), "interval": None}
    if len(runs) == 1:
        value, replicates, units = runs[0].value, runs[0].replicates, runs[0].units
        bounds = share_interval(value, replicates, units) if is_share else interval(replicates, units)
        return {**result, "interval": bounds}
    result["deviation"] = float(values.std(ddof=1))
    units = min(run.units for run in runs)
    covariance = _covariance(runs, units)
    if covariance is not None:
        variance, freedom = _total([(values.var(ddof=1) / len(runs), len(runs) - 1),
                                    (max(0.0, _shared(covariance)), units - 1)])
        bounds = _t_interval(result["mean"], variance, freedom)
        result["interval"] = bounds and (max(bounds[0], 0.0 if is_share else -1.0), min(bounds[1], 1.0))
    return result


def compare(runs_a, runs_b):
    """The difference A - B of two settings (lists of Score): interval, two-sided p, and which is better.

    p_holm is p until holm() corrects it. better: 'A', 'B', or None where p does not show a difference."""
    result = {"difference": float(np.mean([run.value for run in runs_a]) - np.mean([run.value for run in runs_b])),
              "interval": None, "p": None, "runs": [len(runs_a), len(runs_b)]}
    units = min(run.units for run in [*runs_a, *runs_b])
    if len(runs_a) == len(runs_b) == 1:
        result.update(_compare_pair(runs_a[0].replicates - runs_b[0].replicates, units))
    else:
        result.update(_compare_settings(result["difference"], runs_a, runs_b, units))
    return _decide(result, result["p"])


def _compare_pair(difference, units):
    """The paired bootstrap."""
    bounds = interval(difference, units)
    if not bounds:
        return {}
    known = difference[np.isfinite(difference)]
    tail = min(np.count_nonzero(known <= 0), np.count_nonzero(known >= 0))
    return {"interval": bounds, "p": min(1.0, 2 * (tail + 1) / (len(known) + 1))}


def _compare_settings(difference, runs_a, runs_b, units):
    """The test over runs and units (see above)."""
    covariance = _covariance([*runs_a, *runs_b], units)
    if covariance is None:
        return {}
    cut = len(runs_a)
    shared = _shared(covariance[:cut, :cut]) + _shared(covariance[cut:, cut:]) - 2 * covariance[:cut, cut:].mean()
    variance, freedom = _total([*_variances_of_runs(runs_a, runs_b), (max(0.0, float(shared)), units - 1)])
    if variance == 0:  # runs that are copies of each other
        return {"interval": (0.0, 0.0), "p": 1.0} if difference == 0 else {}
    p = 2 * float(stdtr(freedom, -abs(difference) / math.sqrt(variance)))
    return {"interval": _t_interval(difference, variance, freedom), "p": p}


def _variances_of_runs(runs_a, runs_b):
    """(variance of the mean, degrees of freedom) of each setting. A single run shows no variance: it takes that of
    the other setting's runs."""
    both = [np.array([run.value for run in runs]) for runs in (runs_a, runs_b)]
    if min(map(len, both)) > 1:
        return [(values.var(ddof=1) / len(values), len(values) - 1) for values in both]
    several = max(both, key=len)
    return [(several.var(ddof=1) * (1 / len(both[0]) + 1 / len(both[1])), len(several) - 1)]


def _covariance(runs, units):
    """Of the runs' replicates; None with too few units, or where many replicates have no score."""
    replicates = np.array([run.replicates for run in runs])
    known = np.isfinite(replicates).all(axis=0)
    if units < MIN_UNITS or known.sum() < 0.95 * replicates.shape[1]:
        return None
    return np.atleast_2d(np.cov(replicates[:, known]))


def _shared(covariance):
    """The mean covariance of two different runs; of a single run its variance."""
    count = len(covariance)
    if count == 1:
        return float(covariance[0, 0])
    return float((covariance.sum() - np.trace(covariance)) / (count * (count - 1)))


def _total(parts):
    """The sum of estimated variances (variance, degrees of freedom), and Satterthwaite's degrees of freedom of it."""
    total = float(sum(variance for variance, _ in parts))
    doubt = sum(variance**2 / freedom for variance, freedom in parts)
    return total, total**2 / doubt if doubt else math.inf


def _t_interval(value, variance, freedom):
    if variance == 0:
        return None
    reach = float(stdtrit(min(freedom, 1e9), 1 - ALPHA / 2)) * math.sqrt(variance)
    return value - reach, value + reach


def _decide(comparison, p):
    comparison["p_holm"] = p
    shown = p is not None and p < ALPHA
    comparison["better"] = ("A" if comparison["difference"] > 0 else "B") if shown else None
    return comparison


def holm(comparisons):
    """Corrects the p of comparisons that are reported together (Holm 1979), and which is better."""
    tested = sorted((one for one in comparisons if one["p"] is not None), key=lambda one: one["p"])
    for one in comparisons:
        _decide(one, None)
    highest = 0.0
    for at, one in enumerate(tested):
        highest = max(highest, min(1.0, (len(tested) - at) * one["p"]))
        _decide(one, highest)
