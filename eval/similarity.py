#!/usr/bin/python3
"""Word similarity: do cosines rank word pairs as people do?

Spearman's rho (times 100) between cosines and human scores, for each set and their mean, with
bootstrap 95 % intervals; pairs with a missing word skipped, and again with the mean vector in
place of a missing word. Two or more files: the paired bootstrap of each difference."""

import glob
import itertools
import os

import common  # first: without NumPy it says what to install
import numpy as np

import significance
from folding import fold


class PairSet:
    """A named list of word pairs with human scores."""

    def __init__(self, name, pairs, gold):
        self.name, self.pairs, self.gold = name, pairs, np.asarray(gold, float)


def read_pairs(path):
    """A file of lines `word word score`."""
    pairs, gold = [], []
    for number, fields in common.read_lines(path):
        try:
            first, second, score = fields
            score = float(score)
            if not np.isfinite(score):
                raise ValueError
        except ValueError:
            raise common.DataError(f"{path}: line {number}: expected two words and a score") from None
        pairs.append((fold(first), fold(second)))
        gold.append(score)
    if not pairs:
        raise common.DataError(f"{path}: no word pairs")
    name = os.path.splitext(os.path.basename(path))[0]
    return PairSet(name[3:] if name.startswith("EN-") else name, pairs, gold)


def standard_sets(folder):
    """The sets EN-*.txt of the folder; [] without a folder."""
    return [read_pairs(path) for path in sorted(glob.glob(os.path.join(folder, "EN-*.txt")))] if folder else []


def cosines(vectors, pairs, restrict=0):
    """(cosines with the mean vector for missing words, which pairs have both words)."""
    limit = restrict or len(vectors)
    sides, known = [], np.ones(len(pairs), bool)
    for side in (0, 1):
        rows = [vectors.find(pair[side]) for pair in pairs]
        rows = np.array([row if row is not None and row < limit else -1 for row in rows])
        # The row that -1 finds is replaced at once.
        sides.append(np.where((rows >= 0)[:, None], vectors.unit[rows], vectors.mean))
        known &= rows >= 0
    return np.einsum("ij,ij->i", *sides), known


def evaluate(models, sets, replicates=significance.REPLICATES, seed=1, restrict=0):
    """Scores of every model on every set, and every difference; JSON-ready but for NaN."""
    # A pair has one weight in all sets that hold it: WS-353-SIM is a part of WS-353-ALL.
    units = {}
    members = [np.array([units.setdefault(tuple(sorted(pair)), len(units)) for pair in s.pairs]) for s in sets]
    weights = significance.bootstrap_weights(len(units), replicates, seed)
    measured = [[cosines(model, s.pairs, restrict) for s in sets] for model in models]

    result = {"replicates": replicates, "seed": seed, "restrict": restrict, "models": [], "differences": []}
    for model, rows in zip(models, measured):
        skipped = [_score(s, x, known, weights, unit) for s, (x, known), unit in zip(sets, rows, members)]
        filled = [_score(s, x, known | True, weights, unit) for s, (x, known), unit in zip(sets, rows, members)]
        entry = {"vectors": model.describe(), "sets": []}
        for s, (_, known), skip, fill in zip(sets, rows, skipped, filled):
            entry["sets"].append(
                {
                    "name": s.name,
                    "pairs": int(known.sum()),
                    "missing": int((~known).sum()),
                    "skip": _public(skip),
                    "mean_vector": _public(fill),
                }
            )
        entry["mean"] = {"skip": _public(_mean(skipped)), "mean_vector": _public(_mean(filled))}
        result["models"].append(entry)

    for a, b in itertools.combinations(range(len(models)), 2):
        rows = []
        both_a, both_b = [], []
        for s, unit, (x_a, known_a), (x_b, known_b) in zip(sets, members, measured[a], measured[b]):
            # Only pairs that both know: else the sets, not the vectors, would be compared.
            known = known_a & known_b
            both_a.append(_score(s, x_a, known, weights, unit))
            both_b.append(_score(s, x_b, known, weights, unit))
            rows.append({"name": s.name, "pairs": int(known.sum()), **_compare(both_a[-1], both_b[-1])})
        defined = [np.isfinite(one["rho"]) and np.isfinite(other["rho"]) for one, other in zip(both_a, both_b)]
        mean = _compare(*(_mean(list(itertools.compress(both, defined))) for both in (both_a, both_b)))
        result["differences"].append({"a": models[a].path, "b": models[b].path, "sets": rows, "mean": mean})
    return result


def _score(pair_set, x, known, weights, unit):
    """Rho on the known pairs with its replicates."""
    gold, x = pair_set.gold[known], x[known]
    if len(x) < 3:
        return {"rho": float("nan"), "replicates": np.full(len(weights), np.nan), "units": len(x)}
    replicates = significance.weighted_spearman(gold, x, weights[:, unit[known]])
    return {"rho": significance.spearman(gold, x), "replicates": replicates, "units": len(x)}


def _mean(scores):
    """The mean over the sets on which rho is defined."""
    defined = [score for score in scores if np.isfinite(score["rho"])]
    if not defined:
        return {"rho": float("nan"), "replicates": np.empty(0), "units": 0}
    return {
        "rho": float(np.mean([score["rho"] for score in defined])),
        "replicates": np.mean([score["replicates"] for score in defined], axis=0),
        "units": min(score["units"] for score in defined),
    }


def _public(score):
    return {"rho": score["rho"], "interval": significance.interval(score["replicates"], score["units"])}


def _compare(a, b):
    return significance.compare(a["rho"], b["rho"], a["replicates"], b["replicates"], min(a["units"], b["units"]))


def table(entry):
    """(header, rows) of one model's entry."""
    rows = []
    for s in entry["sets"]:
        rows.append([s["name"], *_cells(s["skip"]), s["pairs"], s["missing"], *_cells(s["mean_vector"])])
    mean = entry["mean"]
    rows.append(["mean", *_cells(mean["skip"]), "", "", *_cells(mean["mean_vector"])])
    return ["similarity", "rho", "95 % interval", "pairs", "missing", "rho, all", "95 % interval"], rows


def _cells(score):
    return common.percent(score["rho"]), common.span(score["interval"])


def print_result(result):
    for entry in result["models"]:
        v = entry["vectors"]
        print(f"{v['path']}: {v['words']} words x {v['dim']}, {v['format']}")
        common.print_table(*table(entry))
    for d in result["differences"]:
        rows = [(s["name"], s) for s in d["sets"]] + [("mean", d["mean"])]
        common.print_comparison(d["a"], d["b"], rows)


def main():
    options = common.parser(__doc__)
    common.add_data_option(options)
    options.add_argument("--pairs", nargs="+", metavar="FILE", help="these sets instead: lines of word, word, score")
    options.add_argument("--restrict", type=common.whole_number(0), default=0, metavar="N",
                         help="count words after the first N as missing (default 0: no limit)")
    options = options.parse_args()
    sets = [read_pairs(path) for path in options.pairs or []] or standard_sets(common.standard_folder(options.data))
    if not sets:
        raise common.DataError("no similarity sets (EN-*.txt): eval/get-data.sh fetches them, "
                               f"or let {common.DATA_VARIABLE} name a folder that has them")
    result = evaluate(common.load_all(options), sets, options.replicates, options.seed, options.restrict)
    if options.json:
        common.print_json(result)
    else:
        print_result(result)


if __name__ == "__main__":
    common.run(main)
