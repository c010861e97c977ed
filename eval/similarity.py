#!/usr/bin/python3
"""Word similarity: do cosines rank word pairs as people do?

Prints Spearman's rho (times 100) between cosines and human scores, for each set and their mean, with 95 % intervals.
`rho` skips pairs with a missing word; `rho, all` uses the mean of all vectors for a missing word. A word that the file
does not have is not missing where its subwords give it a vector (.n2v). A set with fewer than 10 known pairs has no
score. With two or more settings: the difference of each two, with a test."""

import glob
import itertools
import os

import common  # first: without NumPy it says what to install
import numpy as np

import significance
import text
from settings import alone
from significance import MIN_UNITS


class PairSet:
    """A named list of word pairs with human scores."""

    def __init__(self, name, pairs, gold):
        self.name, self.pairs, self.gold = name, pairs, np.asarray(gold, float)


def read_pairs(path):
    """A file of lines `word word score`; the first may name the columns. src/query/pairs.c follows the same rules."""
    pairs, gold = [], []
    for number, fields in common.read_lines(path):
        try:
            first, second, score = fields
            if number == 1 and first[0] != "#" and not any(c in "0123456789" for c in score):
                continue  # names of columns
            score = float(score)
            if not np.isfinite(score):
                raise ValueError
        except ValueError:
            hint = ". A comment begins with '# '" if fields[0].startswith("#") else ""
            raise common.DataError(f"{path}, line {number}: expected two words and a score{hint}") from None
        pairs.append((text.fold(first), text.fold(second)))
        gold.append(score)
    if not pairs:
        raise common.DataError(f"{path}: no word pairs")
    name = os.path.splitext(os.path.basename(path))[0]
    return PairSet(name[3:] if name.startswith("EN-") else name, pairs, gold)


def standard_sets(folder):
    """The sets EN-*.txt of the folder; [] without a folder."""
    return [read_pairs(path) for path in sorted(glob.glob(os.path.join(folder, "EN-*.txt")))] if folder else []


def cosines(vectors, pairs, restrict=0):
    """(cosines with the mean vector for missing words, which pairs have both words, or vectors from their subwords)."""
    limit = restrict or len(vectors)
    sides, known = [], np.ones(len(pairs), bool)
    for side in (0, 1):
        rows = [vectors.find(pair[side]) for pair in pairs]
        rows = np.array([row if row is not None and row < limit else -1 for row in rows])
        # The row at -1 is replaced.
        unit, found = np.where((rows >= 0)[:, None], vectors.unit[rows], vectors.mean), rows >= 0
        for at in np.flatnonzero(~found):
            composed = vectors.compose(pairs[at][side])
            if composed is not None:
                unit[at], found[at] = composed, True
        sides.append(unit)
        known &= found
    return np.einsum("ij,ij->i", *sides), known


class _Measured:
    """Cosines of all models on all sets, and scores on any of their pairs."""

    def __init__(self, models, sets, replicates, seed, restrict):
        # A pair has one weight in all sets that have it: WS-353-SIM is a part of WS-353-ALL.
        units = {}
        self.sets = sets
        self.units = [np.array([units.setdefault(tuple(sorted(pair)), len(units)) for pair in s.pairs]) for s in sets]
        self.weights = significance.bootstrap_weights(len(units), replicates, seed)
        self.rows = [[cosines(model, s.pairs, restrict) for s in sets] for model in models]
        self._scores = {}

    def known(self, at, members):
        """The pairs of set at that all members know: else the vocabularies would be compared, not the vectors."""
        return np.logical_and.reduce([self.rows[member][at][1] for member in members])

    def scores(self, at, members, which):
        """A Score for each member, on these pairs of set at."""
        return [self._score(at, member, which) for member in members]

    def _score(self, at, member, which):
        key = at, member, which.tobytes()
        if key not in self._scores:
            x, gold = self.rows[member][at][0][which], self.sets[at].gold[which]
            replicates = significance.weighted_spearman(gold, x, self.weights[:, self.units[at][which]])
            self._scores[key] = significance.Score(significance.spearman(gold, x), replicates, len(x))
        return self._scores[key]

    def skipping(self, at, members):
        """Scores of the members on the pairs that all of them know."""
        known = self.known(at, members)
        return self.scores(at, members, known) if known.sum() >= MIN_UNITS else self._none(members, int(known.sum()))

    def filling(self, at, members):
        """Scores of the members on all pairs of set at, with the mean vector for missing words."""
        known = self.known(at, members)
        return self.scores(at, members, known | True) if known.sum() >= MIN_UNITS else self._none(members, 0)

    def _none(self, members, units):
        return [significance.undefined(len(self.weights), units) for _ in members]

    def mean(self, rows, members):
        """rows: for each set the members' scores. Each member's mean over the sets on which all are defined."""
        rows = [row for row in rows if all(score.is_defined for score in row)]
        if not rows:
            return self._none(members, 0)
        return [significance.Score(float(np.mean([score.value for score in column])),
                                   np.mean([score.replicates for score in column], axis=0),
                                   min(score.units for score in column)) for column in zip(*rows)]


def evaluate(models, sets, replicates=significance.REPLICATES, seed=1, restrict=0, groups=None):
    """Scores of every model and setting on every set, and every difference of settings; NaN where not defined.

    groups: (name, places in models) of each setting (see settings.py); None: each model is one."""
    groups = groups or alone([model.path for model in models])
    measured = _Measured(models, sets, replicates, seed, restrict)
    result = {"replicates": replicates, "seed": seed, "restrict": restrict,
              "models": [_entry(measured, model, at) for at, model in enumerate(models)],
              "settings": [_setting(measured, models, *group) for group in groups], "differences": []}
    for (name_a, a), (name_b, b) in itertools.combinations(groups, 2):
        rows = [measured.skipping(at, [*a, *b]) for at in range(len(sets))]
        compared = [{"name": s.name, "pairs": int(measured.known(at, [*a, *b]).sum()), **_compare(row, len(a))}
                    for at, (s, row) in enumerate(zip(sets, rows))]
        result["differences"].append({"a": name_a, "b": name_b, "sets": compared,
                                      "mean": _compare(measured.mean(rows, [*a, *b]), len(a))})
    significance.holm(compared_lines(result))
    return result


def _entry(measured, model, at):
    entry = {"vectors": model.describe(), "sets": []}
    skipped = [measured.skipping(s, [at]) for s in range(len(measured.sets))]
    filled = [measured.filling(s, [at]) for s in range(len(measured.sets))]
    for place, s in enumerate(measured.sets):
        known = measured.known(place, [at])
        entry["sets"].append({"name": s.name, "pairs": int(known.sum()), "missing": int((~known).sum()),
                              "skip": _public(skipped[place]), "mean_vector": _public(filled[place])})
    entry["mean"] = {"skip": _public(measured.mean(skipped, [at])), "mean_vector": _public(measured.mean(filled, [at]))}
    return entry


def _setting(measured, models, name, members):
    entry = {**common.describe_setting(models, name, members), "sets": []}
    skipped = [measured.skipping(s, members) for s in range(len(measured.sets))]
    filled = [measured.filling(s, members) for s in range(len(measured.sets))]
    for place, s in enumerate(measured.sets):
        known = measured.known(place, members)
        entry["sets"].append({"name": s.name, "pairs": int(known.sum()), "missing": int((~known).sum()),
                              "skip": significance.summarize(skipped[place]),
                              "mean_vector": significance.summarize(filled[place])})
    entry["mean"] = {"skip": significance.summarize(measured.mean(skipped, members)),
                     "mean_vector": significance.summarize(measured.mean(filled, members))}
    return entry


def _public(scores):
    summary = significance.summarize(scores)
    return {"rho": summary["mean"], "interval": summary["interval"]}


def _compare(scores, cut):
    return significance.compare(scores[:cut], scores[cut:])


def lines(difference):
    """(what, comparison) of each printed line of a difference. Of a single set the mean is the same once more."""
    rows = [(s["name"], s) for s in difference["sets"]]
    return rows + [("mean", difference["mean"])] if len(rows) > 1 else rows


def compared_lines(result):
    return [one for difference in result["differences"] for _, one in lines(difference)]


def table(setting):
    """(header, rows) of one setting."""
    rows = [[s["name"], *common.cells(s["skip"], s["pairs"]), s["pairs"], s["missing"],
             *common.cells(s["mean_vector"], s["pairs"])] for s in setting["sets"]]
    used = sum(s["pairs"] for s in setting["sets"])
    mean = setting["mean"]
    if len(rows) > 1:
        rows.append(["mean", *common.cells(mean["skip"], used), "", "", *common.cells(mean["mean_vector"], used)])
    return ["similarity", *common.headings(setting, "rho"), "pairs", "missing",
            *common.headings(setting, "rho, all")], rows


def print_result(result):
    for setting in result["settings"]:
        common.print_setting(setting)
        common.print_table(*table(setting))
    for difference in result["differences"]:
        common.print_comparison(difference, lines(difference))
    common.print_note(compared_lines(result), result["replicates"])


def main():
    options = common.parser(__doc__)
    common.add_data_option(options)
    options.add_argument("--pairs", nargs="+", metavar="FILE",
                         help="your own pairs instead of the standard sets: a line has two words and a score")
    options.add_argument("--restrict", type=common.whole_number(0), default=0, metavar="N",
                         help="count words after the first N of the file as missing (default 0: no limit)")
    options = options.parse_args()
    sets = [read_pairs(path) for path in options.pairs or []] or standard_sets(common.standard_folder(options.data))
    if not sets:
        raise common.DataError("no similarity sets (EN-*.txt). Run eval/get-data.sh, or set "
                               f"{common.DATA_VARIABLE} to a folder that has them, or give --pairs FILE")
    models, groups = common.load_all(options)
    result = evaluate(models, sets, options.replicates, options.seed, options.restrict, groups)
    if options.json:
        common.print_json(result)
    else:
        print_result(result)


if __name__ == "__main__":
    common.run(main)
