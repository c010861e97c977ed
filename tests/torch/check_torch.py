#!/usr/bin/python3
"""Compares every objective with PyTorch: loss and gradient of the library with those of autograd, in double, of the
definition written in torch, on random tiles of every kind. `make check-torch` runs it.

usage: check_torch.py [--tiles N] [--seed N]

Without PyTorch it fails, unless NCE2VEC_MAY_SKIP=1.
"""
import argparse
import os
import sys

try:
    import numpy as np
    import torch
    from torch.nn.functional import softplus
except ImportError as missing:
    skip = os.environ.get("NCE2VEC_MAY_SKIP") == "1"
    print(f"check-torch: {'skipped' if skip else 'FAILED'}, nothing was compared: {missing} in {sys.executable}. On "
          "Debian: apt-get install python3-torch python3-numpy", file=sys.stderr)
    sys.exit(0 if skip else 1)

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "eval"))
from library import MASKED, NEGATIVE, POSITIVE, Library  # noqa: E402 (the path comes first)

TOLERANCE = 1e-5


class Tile:
    """A tile in double: scores s, labels, counts c of the columns, log kQ, squared norms, scores within each side."""

    def __init__(self, inputs):
        self.s, self.c, self.log_noise, self.x2, self.y2, self.xx, self.yy = (
            torch.tensor(inputs.get(name, np.zeros(0)).astype(np.float64)) for name in
            ("scores", "multiplicity", "log_noise", "input_norms", "output_norms", "input_pairs", "output_pairs"))
        self.labels = torch.tensor(inputs["labels"])
        for variable in self.variables():
            variable.requires_grad_(True)

    def variables(self):
        return self.s, self.x2, self.y2, self.xx, self.yy

    def cases(self):
        """The row and the column of each positive."""
        return [(int(i), int(j)) for i, j in (self.labels == POSITIVE).nonzero()]

    def negatives(self, i):
        """The columns that are negatives of row i."""
        return (self.labels[i] == NEGATIVE).nonzero()[:, 0]

    def distances(self):
        """The square roots of the scores, which are squared distances."""
        return self.s.sqrt()


def logistic(t, u):
    """Logistic loss of the logits u: each positive against its noise words."""
    return sum(softplus(-u[i, j], threshold=700) +
               (t.c * softplus(u[i], threshold=700))[t.negatives(i)].sum() for i, j in t.cases())


def categorical(t, u):
    """The cross-entropy of each positive among itself and its negatives."""
    total = 0
    for i, j in t.cases():
        k = t.negatives(i)
        everything = torch.cat([u[i, j].reshape(1), u[i, k] + t.c[k].log()])
        total = total + everything.logsumexp(0) - u[i, j]
    return total


def sgns(t, p):
    return logistic(t, t.s)


def nce(t, p):
    return logistic(t, t.s - t.log_noise)


def siglip(t, p):
    return logistic(t, p["scale"] * t.s)


def infonce(t, p):
    return categorical(t, (t.s - p["correct"] * t.log_noise) / p["temperature"])


def npair(t, p):
    return categorical(t, t.s) + p["l2"] * sum(t.x2[i] + t.y2[j] for i, j in t.cases())


def softmax(t, p):
    total = 0
    for i, j in t.cases():
        words = [w for w in range(t.s.shape[1]) if t.labels[i, w] != MASKED]
        counts = torch.tensor([1.0 if w == j else t.c[w] for w in words], dtype=torch.float64)
        total = total + (t.s[i, words] + counts.log()).logsumexp(0) - t.s[i, j]
    return total


def contrastive(t, p):
    total = 0
    for i, j in t.cases():
        k = t.negatives(i)
        total = total + t.s[i, j] + (t.c[k] * (p["margin"] - t.distances()[i, k]).clamp(min=0) ** 2).sum()
    return total


def triplet(t, p):
    total = 0 * t.s.sum()
    for i, j in t.cases():
        k, c = t.negatives(i), t.c
        if p["negatives"] == 2:
            k = k[t.s[i, k] > t.s[i, j]]
        if p["negatives"] and len(k):
            k, c = k[t.s[i, k].argmin()].reshape(1), torch.ones_like(t.c)
        total = total + (c[k] * (t.s[i, j] - t.s[i, k] + p["margin"]).clamp(min=0)).sum()
    return total


def lifted(t, p):
    total = 0 * t.s.sum()
    d = t.distances()
    for i, j in t.cases():
        k = t.negatives(i)
        edges, counts = p["margin"] - d[i, k], t.c[k]
        if p["in_batch"]:
            rows = (t.labels[:, j] == NEGATIVE).nonzero()[:, 0]
            edges = torch.cat([edges, p["margin"] - d[rows, j]])
            counts = torch.cat([counts, torch.ones(len(rows), dtype=torch.float64)])
        if len(edges):
            top = edges.max() if p["hard"] else (edges + counts.log()).logsumexp(0)
            total = total + (d[i, j] + top).clamp(min=0) ** 2 / 2
    return total


def softnn(t, p):
    total = 0
    for i in range(len(t.s)):
        u, own, k = -t.s[i] / p["temperature"], t.labels[i] == POSITIVE, t.negatives(i)
        total = total + torch.cat([u[own], u[k] + t.c[k].log()]).logsumexp(0) - u[own].logsumexp(0)
    return total


def hardneg(t, p):
    """Robinson et al., equation 4, in its form there: exponentials, no logarithms."""
    total = 0 * t.s.sum()
    for i, j in t.cases():
        k = t.negatives(i)
        if not len(k):
            continue
        positive, noise, c = (t.s[i, j] / p["temperature"]).exp(), (t.s[i, k] / p["temperature"]).exp(), t.c[k]
        weight = noise ** p.get("beta", 0)
        mean = (c * weight * noise).sum() / (c * weight).sum()
        g = ((mean - p["tau"] * positive) / (1 - p["tau"])).clamp(min=float(np.exp(-1 / p["temperature"])))
        total = total - (positive / (positive + c.sum() * g)).log()
    return total


def uniformity(pairs, counts, sharpness):
    """The log of the mean Gaussian potential over all pairs of a side, with counts copies of each row."""
    rows = torch.repeat_interleave(torch.arange(len(pairs)), counts.long())
    potentials = [0 * pairs[j, k] if j == k else -sharpness * pairs[j, k]  # copies of a row are at distance 0
                  for a, j in enumerate(rows) for b, k in enumerate(rows) if a != b]
    if not potentials:
        return 0
    return torch.stack(potentials).logsumexp(0) - np.log(len(potentials))


def alignuniform(t, p):
    sides = uniformity(t.xx, torch.ones(len(t.xx)), p["t"]) + uniformity(t.yy, t.c, p["t"])
    return sum(t.s[i, j] + p["weight"] * sides / 2 for i, j in t.cases())


def dcl(t, p):
    total = 0 * t.s.sum()
    for i, j in t.cases():
        k = t.negatives(i)
        if len(k):
            total = total - t.s[i, j] / p["temperature"] + (t.s[i, k] / p["temperature"] + t.c[k].log()).logsumexp(0)
    return total


def ranking(t, p):
    """Without the log k in log kQ: any constant cancels."""
    return categorical(t, t.s - (t.log_noise - np.log(7)))


def noise_mean(t, i, values):
    """The mean over the draws of row i."""
    k = t.negatives(i)
    return (t.c[k] * values[i, k]).sum() / t.c[k].sum() if len(k) else 0


def spectral(t, p):
    return sum(noise_mean(t, i, t.s ** 2) - 2 * t.s[i, j] for i, j in t.cases())


def qwem(t, p):
    return sum(t.s[i, j] ** 2 / 4 - t.s[i, j] + noise_mean(t, i, t.s ** 2 / 4 + t.s) for i, j in t.cases())


def gbce(t, p):
    beta = p["alpha"] * (p["t"] * (1 - 1 / p["alpha"]) + 1 / p["alpha"])
    return logistic(t, t.s) - (1 - beta) * sum(softplus(-t.s[i, j], threshold=700) for i, j in t.cases())


def supcon(t, p):
    """Khosla et al., equation 2, row by row."""
    total = 0
    for i in range(len(t.s)):
        u, own, k = t.s[i] / p["temperature"], t.labels[i] == POSITIVE, t.negatives(i)
        total = total + torch.cat([u[own], u[k] + t.c[k].log()]).logsumexp(0) - u[own].mean()
    return total


def milnce(t, p):
    total = 0
    for i in range(len(t.s)):
        u, own, k = t.s[i] / p["temperature"], t.labels[i] == POSITIVE, t.negatives(i)
        total = total + torch.cat([u[own], u[k] + t.c[k].log()]).logsumexp(0) - u[own].logsumexp(0)
    return total


def hs(t, p):
    """Mikolov et al., equation 3: each cell is a decision of its own."""
    own, k = t.labels == POSITIVE, t.labels == NEGATIVE
    return softplus(-t.s, threshold=700)[own].sum() + (t.c * softplus(t.s, threshold=700))[k].sum()


DEFINITIONS = {"sgns": sgns, "nce": nce, "infonce": infonce, "contrastive": contrastive, "triplet": triplet,
               "lifted": lifted, "npair": npair, "softmax": softmax, "softnn": softnn, "debiased": hardneg,
               "hardneg": hardneg, "siglip": siglip, "alignuniform": alignuniform, "dcl": dcl, "ranking": ranking,
               "spectral": spectral, "qwem": qwem, "gbce": gbce, "supcon": supcon, "milnce": milnce,
               "hs": hs}

# Tested besides the defaults. debiased and hardneg are defined with exponentials, which overflow at extreme scores.
FURTHER = {
    "infonce": ["temperature=0.1", "correct=1", "temperature=0.3,correct=1,in_batch=1"],
    "contrastive": ["margin=2,unit=0"],
    "triplet": ["margin=1", "negatives=1", "negatives=2,margin=2"],
    "lifted": ["hard=1", "in_batch=0", "margin=0.3,hard=1,in_batch=0"],
    "npair": ["l2=0", "l2=1"],
    "softnn": ["temperature=1"],
    "debiased": ["tau=0", "tau=0.1,temperature=0.5"],
    "hardneg": ["beta=0", "beta=2,tau=0.1", "temperature=0.2,tau=0"],
    "siglip": ["scale=10"],
    "alignuniform": ["weight=3,t=0.5"],
    "dcl": ["temperature=1,unit=0", "temperature=0.1,in_batch=0"],
    "ranking": ["bias=0", "in_batch=1"],
    "spectral": ["in_batch=0"],
    "qwem": ["in_batch=1"],
    "gbce": ["t=0", "t=1,alpha=0.3"],
    "supcon": ["temperature=0.1,unit=1"],
    "milnce": ["temperature=0.1,unit=1"],
}
EXTREME = set(DEFINITIONS) - {"debiased", "hardneg"}


def random_tile(rng, objective, square, extreme):
    """Inputs of a tile with every kind of label. In a square one column i is the positive of row i."""
    m = int(rng.integers(1, 9))
    n = m if square else int(rng.integers(1, 13))
    labels = np.zeros((m, n), np.uint8)
    if square:
        np.fill_diagonal(labels, POSITIVE)
    else:
        labels[rng.random((m, n)) < 0.2] = MASKED
        for i in range(m):
            labels[i, rng.integers(0, n, rng.integers(1, 4))] = POSITIVE
    def scores(*shape):
        if objective.geometry == "dot":
            return rng.normal(0, 5000 if extreme else 2, shape).astype(np.float32)
        return rng.uniform(0.01, 10000 if extreme else 4, shape).astype(np.float32)

    def pairs(count):
        upper = np.triu(scores(count, count), 1)
        return upper + upper.T

    return {"scores": scores(m, n), "labels": labels,
            "multiplicity": rng.integers(1, 4, n).astype(np.float32),
            "log_noise": rng.uniform(-9, 0, n).astype(np.float32),
            "input_norms": rng.uniform(0, 4, m).astype(np.float32),
            "output_norms": rng.uniform(0, 4, n).astype(np.float32),
            **({"input_pairs": pairs(m), "output_pairs": pairs(n)} if "sides" in objective.needs else {})}


def differences(library, objective, inputs):
    """Relative differences of loss and gradients from those of autograd."""
    tile = Tile(inputs)
    # The library has floats.
    values = {p.name: float(np.float32(p.value)) for p in objective.parameters.values()}
    wanted = DEFINITIONS[objective.name](tile, values)
    wanted.backward()
    loss, *gradients = library.evaluate(objective.text, **inputs)
    worst = 0
    for variable, gradient in zip(tile.variables(), gradients):
        right = np.zeros_like(gradient) if variable.grad is None else variable.grad.numpy()
        worst = max(worst, np.abs(gradient - right).max() / max(1, np.abs(right).max()))
    return abs(loss - wanted.item()) / max(1, abs(wanted.item())), worst


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tiles", type=int, default=40, help="tiles for each line (default %(default)s)")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    library, failed = Library(), False
    unknown = set(library.names()) ^ set(DEFINITIONS)
    if unknown:
        sys.exit(f"check-torch: objectives without a definition here, or removed: {', '.join(sorted(unknown))}")
    print(f"largest relative differences from PyTorch {torch.__version__}, {options.tiles} tiles for each line")
    print(f"{'objective':<60} {'loss':>8} {'gradient':>9}")
    for name in library.names():
        for text in [name] + [f"{name}:{values}" for values in FURTHER.get(name, [])]:
            for extreme in (False, True) if name in EXTREME else (False,):
                objective = library.describe(text)
                rng = np.random.default_rng([options.seed, extreme])
                both = [differences(library, objective, random_tile(rng, objective, number % 2, extreme))
                        for number in range(options.tiles)]
                loss, gradient = (max(column) for column in zip(*both))
                good = loss <= TOLERANCE and gradient <= TOLERANCE
                failed |= not good
                print(f"{text + (', scores to 1e4' if extreme else ''):<60} {loss:8.1e} {gradient:9.1e}"
                      f"{'' if good else '  DIFFERS'}")
    print(f"check-torch: {'DIFFERENCES above' if failed else 'all agree to'} {TOLERANCE:g}")
    sys.exit(failed)


if __name__ == "__main__":
    main()
