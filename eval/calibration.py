#!/usr/bin/python3
"""Are the probabilities of `nce2vec predict` right?

Predicts words of a held-out text from the words around them. Of the words that are predicted with probability p, a
share p should be right. P is that of the text after the subsampling of the training, so frequent words are predicted
as rarely as training keeps them. Without --repeat, places whose word is also one of those around it are skipped.
Prints the mean log-likelihood and perplexity of the right words, how often the right word is first or among the first
ten, the mean of the sums over all words, and for each range of p: how many words were predicted there, their mean p,
and the share that is right.

Needs build/libnce2vec.so, or the library that NCE2VEC_LIBRARY names."""

import argparse

import common  # first: without NumPy it says what to install
import numpy as np

from library import Library, RefusedError

BOUNDS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, np.inf)
LISTED = 1000  # words of a prediction: no other one has a probability above 1 / LISTED where their sum is 1


def places(predictor, lines, count, seed, repeat=False):
    """(the right word, its context) of random places; a word comes as often as training keeps it."""
    draw, found = np.random.default_rng(seed), []
    with np.errstate(divide="ignore"):
        ratio = predictor.subsample * predictor.counts.sum() / predictor.counts
    keep = np.minimum(1, np.sqrt(ratio) + ratio) if predictor.subsample else np.ones(len(ratio))
    for line in lines:
        ids = predictor.ids(line)
        for at in np.flatnonzero(draw.random(len(ids)) < keep[ids]):
            context = [(ids[near], abs(near - at)) for near in
                       range(max(0, at - predictor.window), min(len(ids), at + predictor.window + 1)) if near != at]
            if context and (repeat or ids[at] not in [near for near, _ in context]):
                found.append((ids[at], context))
    return [found[i] for i in draw.permutation(len(found))[:count]]


def measure(predictor, chosen):
    """What the module prints, as numbers."""
    right, first, ten, totals = [], 0, 0, 0
    count, predicted, hits = (np.zeros(len(BOUNDS) - 1) for _ in range(3))
    for word, context in chosen:
        ids, p, total = predictor.predict(context, min(LISTED, len(predictor.words)))
        right.append(predictor.probabilities(context, [word])[0])
        first, ten, totals = first + (ids[0] == word), ten + (word in ids[:10]), totals + total
        ranges = np.searchsorted(BOUNDS, p, side="right") - 1
        for inside, one in zip(ranges, zip(p, ids == word)):
            if inside >= 0:
                count[inside] += 1
                predicted[inside] += one[0]
                hits[inside] += one[1]
    places_count = len(chosen)
    with np.errstate(divide="ignore"):
        likelihood = float(np.mean(np.log(right)))
    return {"places": places_count, "log_likelihood": likelihood, "perplexity": float(np.exp(-likelihood)),
            "first": first / places_count, "among_ten": ten / places_count, "total": totals / places_count,
            "ranges": [{"from": low, "to": high if np.isfinite(high) else None, "words": int(n),
                        "predicted": p / n if n else None, "right": h / n if n else None}
                       for low, high, n, p, h in zip(BOUNDS, BOUNDS[1:], count, predicted, hits)]}


def print_result(result):
    print(f"{result['places']} places, log-likelihood {result['log_likelihood']:.3f}, perplexity "
          f"{result['perplexity']:.0f}; right: {common.percent(result['first'])} % first, "
          f"{common.percent(result['among_ten'])} % among ten; mean sum {result['total']:.3f}")
    common.print_table(["probability", "words", "predicted", "right"],
                       [[f"{row['from']} to {row['to']}" if row["to"] else f"above {row['from']}", row["words"],
                         *("-" if row[of] is None else f"{row[of]:.4f}" for of in ("predicted", "right"))]
                        for row in result["ranges"]])


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("model", metavar="MODEL.n2v")
    options.add_argument("text", metavar="TEXT", help="held-out text, a sentence a line")
    options.add_argument("--places", type=common.whole_number(1), default=2000, metavar="N",
                         help="how many words are predicted (default: 2000)")
    options.add_argument("--exact", action="store_true", help="as in nce2vec predict")
    options.add_argument("--combine", default="product", help="as in nce2vec predict: product or mean")
    options.add_argument("--repeat", action="store_true", help="as in nce2vec predict")
    options.add_argument("--seed", type=int, default=1, help="seed of the choice of words (default: 1)")
    options.add_argument("--json", action="store_true", help="print one JSON value instead of a table")
    options = options.parse_args()
    lines = common.read_bytes(options.text).splitlines()
    try:
        predictor = Library().predictor(options.model, exact=str(int(options.exact)), combine=options.combine,
                                        repeat=str(int(options.repeat)))
        chosen = places(predictor, lines, options.places, options.seed, options.repeat)
        if not chosen:
            raise common.DataError(f"{options.text}: no word of the model has another one beside it")
        result = measure(predictor, chosen)
    except RefusedError as refused:
        raise common.DataError(f"{options.model}: {refused}") from None
    predictor.close()
    (common.print_json if options.json else print_result)(result)


if __name__ == "__main__":
    common.run(main)
