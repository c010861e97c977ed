#!/usr/bin/python3
"""Categories: do the vectors keep fruits with fruits?

Purity: k-means on the unit vectors makes as many clusters as there are categories. Purity is the share of words whose
category is the most common one of their cluster: the mean over several seeds of k-means. Chance is the purity of the
same clusters with the words shuffled. Odd one out: of four words of one category and a fifth word of another, the fifth
must be the least similar to the rest; chance is 20 %. Intervals resample the categories. With two or more settings:
the difference of each two, with a test."""

import itertools
import math
import os
import warnings

import common  # first: without NumPy it says what to install
import numpy as np
from scipy.cluster.vq import kmeans2

import significance
import text
from settings import alone
from significance import MIN_UNITS

SEEDS = 10
STARTS = 5           # starts of k-means for each seed; the one with the tightest clusters is used
SHUFFLES = 20        # for each seed, to measure chance
STRIDES = (1, 2, 4)  # between the four words of a question in their category
MEMBERS = 4
MIN_WORDS = MEMBERS + 1


class Categories:
    """Named lists of words."""

    def __init__(self, name, names, words):
        self.name, self.names, self.words = name, names, words


def read_categories(path):
    """Lines `name: word word ...`."""
    names, words, home = [], [], {}
    for number, fields in common.read_lines(path):
        where = f"{path}, line {number}"
        if not fields[0].endswith(":") or len(fields[0]) == 1 or len(fields) <= MIN_WORDS:
            raise common.DataError(f"{where}: expected 'name:' and {MIN_WORDS} words or more")
        members = [text.fold(word) for word in fields[1:]]
        for word in members:
            if word in home:
                raise common.DataError(f"{where}: duplicate word '{word}' (first on line {home[word]})")
            home[word] = number
        names.append(fields[0][:-1])
        words.append(members)
    if len(names) < 2:
        raise common.DataError(f"{path}: expected two categories or more, found {len(names)}")
    return Categories(os.path.splitext(os.path.basename(path))[0], names, words)


def odd_one_out_questions(categories):
    """(category, five words, the last of them the stranger): for every category every start and stride. Strangers come
    from the other categories in turn, and in each from its words in turn. All vectors get the same questions."""
    questions = []
    count = len(categories.words)
    taken = [0] * count  # strangers from each category so far
    for at, members in enumerate(categories.words):
        for turn, (stride, start) in enumerate(itertools.product(STRIDES, range(len(members)))):
            places = [(start + stride * step) % len(members) for step in range(MEMBERS)]
            if len(set(places)) < MEMBERS:
                continue
            other = (at + 1 + turn % (count - 1)) % count
            stranger = categories.words[other][taken[other] % len(categories.words[other])]
            taken[other] += 1
            questions.append((at, [members[place] for place in places] + [stranger]))
    return questions


def odd_one_out(vectors, questions):
    """Which questions have all words, and which of those were answered correctly."""
    rows = [[vectors.find(word) for word in words] for _, words in questions]
    asked = np.array([None not in row for row in rows])
    rows = np.array([row for row in rows if None not in row], int).reshape(-1, MEMBERS + 1)
    five = vectors.unit[rows]
    # A word's cosines with the other four: the one with the sum of all five, minus the one with itself.
    similarity = np.einsum("qid,qd->qi", five, five.sum(axis=1)) - np.einsum("qid,qid->qi", five, five)
    return asked, similarity.argmin(axis=1) == MEMBERS


def purity(clusters, labels):
    """The share of words whose label is the most common one of their cluster."""
    counts = np.zeros((clusters.max() + 1, labels.max() + 1), int)
    np.add.at(counts, (clusters, labels), 1)
    return counts.max(axis=1).sum() / len(labels)


def cluster(points, count, seed):
    """The tightest clusters of STARTS runs of k-means (k-means++)."""
    generator = np.random.default_rng(seed)
    best, best_spread = None, np.inf
    for _ in range(STARTS):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an empty cluster keeps its centre; purity is defined all the same
            centres, clusters = kmeans2(points, count, iter=30, minit="++", missing="warn", seed=generator)
        spread = ((points - centres[clusters]) ** 2).sum()
        if best is None or spread < best_spread:
            best, best_spread = clusters, spread
    return best


def clustering(vectors, categories, seeds=SEEDS, seed=1):
    """Purity over seeds of k-means, and that of chance."""
    rows, labels, missing = [], [], 0
    for label, words in enumerate(categories.words):
        for word in words:
            row = vectors.find(word)
            missing += row is None
            if row is not None:
                rows.append(row)
                labels.append(label)
    labels = np.array(labels, int)
    count = len(np.unique(labels))
    result = {"words": len(rows), "missing": missing, "clusters": count, "seeds": seeds,
              **dict.fromkeys(("purity", "deviation", "lowest", "highest", "chance"), math.nan)}
    if count < 2 or len(rows) < MIN_UNITS:
        return result
    points = vectors.unit[rows].astype(float)
    purities, chances = [], []
    for run in range(seeds):
        clusters = cluster(points, count, [seed, run])
        purities.append(purity(clusters, labels))
        shuffle = np.random.default_rng([seed, run])
        chances += [purity(clusters, shuffle.permutation(labels)) for _ in range(SHUFFLES)]
    return {**result, **_spread(purities), "purity": float(np.mean(purities)), "chance": float(np.mean(chances))}


def _spread(values):
    """The standard deviation of values, and their range."""
    deviation = float(np.std(values, ddof=1)) if len(values) > 1 else math.nan
    return {"deviation": deviation, "lowest": float(min(values)), "highest": float(max(values))}


def summarize_clustering(runs):
    """The clustering of a setting's runs as one: of one run its own, else mean and spread over the runs."""
    if len(runs) == 1:
        return {"runs": 1, "mean": runs[0]["purity"], **runs[0]}
    purities = [run["purity"] for run in runs]
    return {"runs": len(runs), "mean": float(np.mean(purities)), **_spread(purities),
            "chance": float(np.mean([run["chance"] for run in runs])), "seeds": runs[0]["seeds"],
            "words": min(run["words"] for run in runs), "missing": max(run["missing"] for run in runs)}


class _Measured:
    """Answers of all models, and scores on any of the questions."""

    def __init__(self, models, categories, replicates, seed):
        questions = odd_one_out_questions(categories)
        self.home = np.array([category for category, _ in questions])
        self.weights = significance.bootstrap_weights(len(categories.names), replicates, seed)
        self.asked, self.hits = [], []
        for model in models:
            asked, right = odd_one_out(model, questions)
            self.asked.append(asked)
            self.hits.append(np.zeros(len(questions), bool))
            self.hits[-1][asked] = right

    def known(self, members):
        """The questions of which all members have all words."""
        return np.logical_and.reduce([self.asked[member] for member in members])

    def scores(self, members, which):
        """A Score for each member, on these questions."""
        home = self.home[which]
        units = len(np.unique(home))
        if len(home) < MIN_UNITS:
            return [significance.undefined(len(self.weights), units) for _ in members]
        hits = [self.hits[member][which] for member in members]
        return [significance.Score(float(h.mean()), significance.weighted_share(h, self.weights[:, home]), units)
                for h in hits]


def evaluate(models, categories, seeds=SEEDS, replicates=significance.REPLICATES, seed=1, groups=None):
    """Scores of every model and setting, and every difference of odd-one-out accuracy; NaN where not defined.

    groups: (name, places in models) of each setting (see settings.py); None: each model is one."""
    groups = groups or alone([model.path for model in models])
    measured = _Measured(models, categories, replicates, seed)
    result = {"set": categories.name, "categories": len(categories.names), "replicates": replicates, "seed": seed,
              "models": [], "settings": [], "differences": []}
    clusters = [clustering(model, categories, seeds, seed) for model in models]
    for at, model in enumerate(models):
        result["models"].append({"vectors": model.describe(), "clustering": clusters[at],
                                 "odd_one_out": _odd_one_out(measured, categories, at)})
    for name, members in groups:
        asked = measured.known(members)
        result["settings"].append({
            **common.describe_setting(models, name, members),
            "clustering": summarize_clustering([clusters[member] for member in members]),
            "odd_one_out": {**significance.summarize(measured.scores(members, asked), is_share=True),
                            "asked": int(asked.sum()), "skipped": int((~asked).sum()), "chance": 1 / (MEMBERS + 1),
                            "categories": _by_category(measured, categories, members)}})
    for (name_a, a), (name_b, b) in itertools.combinations(groups, 2):
        known = measured.known([*a, *b])
        compared = significance.compare(measured.scores(a, known), measured.scores(b, known))
        result["differences"].append({"a": name_a, "b": name_b, "odd_one_out": compared})
    significance.holm(compared_lines(result))
    return result


def _odd_one_out(measured, categories, at):
    asked = measured.asked[at]
    summary = significance.summarize(measured.scores([at], asked), is_share=True)
    return {"accuracy": summary["mean"], "interval": summary["interval"], "asked": int(asked.sum()),
            "skipped": int((~asked).sum()), "chance": 1 / (MEMBERS + 1),
            "categories": _by_category(measured, categories, [at])}


def _by_category(measured, categories, members):
    """For each category: how many questions all members know, and the mean number of correct answers."""
    known, result = measured.known(members), {}
    for index, name in enumerate(categories.names):
        which = known & (measured.home == index)
        right = float(np.mean([measured.hits[member][which].sum() for member in members]))
        result[name] = {"asked": int(which.sum()), "right": int(right) if len(members) == 1 else right}
    return result


def lines(difference):
    """(what, comparison) of each printed line of a difference."""
    return [("odd one out", difference["odd_one_out"])]


def compared_lines(result):
    return [one for difference in result["differences"] for _, one in lines(difference)]


def table(result, setting):
    """(header, rows) of one setting."""
    c, o = setting["clustering"], setting["odd_one_out"]
    over = f"{c['runs']} runs" if c["runs"] > 1 else f"{c['seeds']} seeds"
    spread = f"{common.span((c['lowest'], c['highest']))} ({over})"
    rows = [
        ["clustering purity", *common.cells(c, c["words"], spread), common.percent(c["chance"], 1), c["words"],
         c["missing"]],
        ["odd one out", *common.cells(o, o["asked"], f"{common.span(o['interval'])} (95 %)"),
         common.percent(o["chance"], 1), o["asked"], o["skipped"]],
    ]
    return [result["set"], *common.headings(setting)[:-1], "interval", "chance", "used", "missing"], rows


def print_result(result, details=True):
    for setting in result["settings"]:
        common.print_setting(setting)
        common.print_table(*table(result, setting))
        if details:
            print()
            common.print_table(["odd one out", "right", "asked"],
                               [[name, common.percent(s["right"] / s["asked"]) if s["asked"] else "-", s["asked"]]
                                for name, s in setting["odd_one_out"]["categories"].items()])
    for difference in result["differences"]:
        common.print_comparison(difference, lines(difference))


def main():
    options = common.parser(__doc__)
    options.add_argument("--categories", nargs="+", metavar="FILE", help="your own sets instead of the project's")
    options.add_argument("--seeds", type=common.whole_number(1), default=SEEDS, metavar="N",
                         help=f"seeds of k-means (default: {SEEDS})")
    options = options.parse_args()
    paths = options.categories or [os.path.join(common.SHIPPED, "categories.txt")]
    sets = [read_categories(path) for path in paths]
    models, groups = common.load_all(options)
    results = [evaluate(models, s, options.seeds, options.replicates, options.seed, groups) for s in sets]
    common.print_results(results, options, print_result, compared_lines)


if __name__ == "__main__":
    common.run(main)
