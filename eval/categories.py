#!/usr/bin/python3
"""Categories: do the vectors keep fruits with fruits?

Purity: k-means on the unit vectors with as many clusters as there are categories; the share of
words in a cluster whose commonest category is theirs, over several seeds; chance is the purity of
the same clusters with the words shuffled. Odd one out: of four words of a category and one of
another, the stranger should be the word least similar to the rest; chance is 20 %. Intervals
resample the categories. Two or more files: paired differences."""

import itertools
import os
import warnings

import common  # first: without NumPy it says what to install
import numpy as np
from scipy.cluster.vq import kmeans2

import significance
from folding import fold

SEEDS = 10
STARTS = 5           # k-means runs a seed; the tightest counts
STRIDES = (1, 2, 4)  # of the four members through their category
MEMBERS = 4
LEAST_WORDS = MEMBERS + 1


class Categories:
    """Named lists of words."""

    def __init__(self, name, names, words):
        self.name, self.names, self.words = name, names, words


def read_categories(path):
    """Lines `name: word word ...`."""
    names, words, home = [], [], {}
    for number, fields in common.read_lines(path):
        where = f"{path}: line {number}"
        if not fields[0].endswith(":") or len(fields[0]) == 1 or len(fields) <= LEAST_WORDS:
            raise common.DataError(f"{where}: expected 'name:' and at least {LEAST_WORDS} words")
        members = [fold(word) for word in fields[1:]]
        for word in members:
            if word in home:
                raise common.DataError(f"{where}: '{word}' for the second time (first: line {home[word]})")
            home[word] = number
        names.append(fields[0][:-1])
        words.append(members)
    if len(names) < 2:
        raise common.DataError(f"{path}: at least two categories are needed")
    return Categories(os.path.splitext(os.path.basename(path))[0], names, words)


def odd_one_out_questions(categories):
    """(category, five words, the last of them the stranger): every category with every start and
    stride; strangers from the other categories in turn, and of each its words in turn. The same for
    all vectors."""
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
    """Which questions could be asked, and which of those were answered rightly."""
    rows = [[vectors.find(word) for word in words] for _, words in questions]
    asked = np.array([None not in row for row in rows])
    rows = np.array([row for row in rows if None not in row], int).reshape(-1, MEMBERS + 1)
    five = vectors.unit[rows]
    # A word's cosines with the other four: with the sum of all five, less the one with itself.
    similarity = np.einsum("qid,qd->qi", five, five.sum(axis=1)) - np.einsum("qid,qid->qi", five, five)
    return asked, similarity.argmin(axis=1) == MEMBERS


def purity(clusters, labels):
    """The share of words in a cluster whose commonest label is theirs."""
    counts = np.zeros((clusters.max() + 1, labels.max() + 1), int)
    np.add.at(counts, (clusters, labels), 1)
    return counts.max(axis=1).sum() / len(labels)


def cluster(points, count, seed):
    """k-means from STARTS starts (k-means++); the clusters of the tightest."""
    generator = np.random.default_rng(seed)
    best, best_spread = None, np.inf
    for _ in range(STARTS):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an empty cluster keeps its centre; purity is still defined
            centres, clusters = kmeans2(points, count, iter=30, minit="++", missing="warn", seed=generator)
        spread = ((points - centres[clusters]) ** 2).sum()
        if best is None or spread < best_spread:
            best, best_spread = clusters, spread
    return best


def clustering(vectors, categories, seeds=SEEDS, seed=1):
    """Purity over seeds, and what chance gives."""
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
    result = {"words": len(rows), "missing": missing, "clusters": count, "seeds": seeds, "purity": float("nan"),
              "deviation": float("nan"), "lowest": float("nan"), "highest": float("nan"), "chance": float("nan")}
    if count < 2:
        return result
    points = vectors.unit[rows].astype(float)
    purities, chances = [], []
    for run in range(seeds):
        clusters = cluster(points, count, [seed, run])
        purities.append(purity(clusters, labels))
        shuffle = np.random.default_rng([seed, run])
        chances += [purity(clusters, shuffle.permutation(labels)) for _ in range(20)]
    result.update(purity=float(np.mean(purities)), lowest=min(purities), highest=max(purities),
                  chance=float(np.mean(chances)))
    if seeds > 1:
        result["deviation"] = float(np.std(purities, ddof=1))
    return result


def evaluate(models, categories, seeds=SEEDS, replicates=significance.REPLICATES, seed=1):
    """Scores of every model, and every difference of odd-one-out accuracy; JSON-ready but for NaN."""
    questions = odd_one_out_questions(categories)
    home = np.array([category for category, _ in questions])
    weights = significance.bootstrap_weights(len(categories.names), replicates, seed)
    answers = [odd_one_out(model, questions) for model in models]
    result = {"set": categories.name, "categories": len(categories.names), "replicates": replicates, "seed": seed,
              "models": [], "differences": []}
    for model, (asked, right) in zip(models, answers):
        score = _score(right, home[asked], weights)
        by_category = {}
        for index, name in enumerate(categories.names):
            mine = home[asked] == index
            by_category[name] = {"asked": int(mine.sum()), "right": int(right[mine].sum())}
        result["models"].append({
            "vectors": model.describe(),
            "clustering": clustering(model, categories, seeds, seed),
            "odd_one_out": {
                "accuracy": score["accuracy"],
                "interval": significance.share_interval(score["accuracy"], score["replicates"], score["units"]),
                "asked": int(asked.sum()),
                "skipped": int((~asked).sum()),
                "chance": 1 / (MEMBERS + 1),
                "categories": by_category,
            },
        })
    for a, b in itertools.combinations(range(len(models)), 2):
        both = answers[a][0] & answers[b][0]
        one, other = (_score(right[both[asked]], home[both], weights) for asked, right in (answers[a], answers[b]))
        comparison = significance.compare(one["accuracy"], other["accuracy"], one["replicates"], other["replicates"],
                                          one["units"])
        result["differences"].append({"a": models[a].path, "b": models[b].path, "odd_one_out": comparison})
    return result


def _score(right, home, weights):
    if not len(right):
        return {"accuracy": float("nan"), "replicates": np.full(len(weights), np.nan), "units": 0}
    replicates = significance.weighted_share(right, weights[:, home])
    return {"accuracy": float(right.mean()), "replicates": replicates, "units": len(np.unique(home))}


def table(result, entry):
    """(header, rows) of one model's entry."""
    c, o = entry["clustering"], entry["odd_one_out"]
    over_seeds = f"{common.span((c['lowest'], c['highest']))} ({c['seeds']} seeds)"
    rows = [
        ["clustering purity", common.percent(c["purity"]), over_seeds, common.percent(c["chance"], 1), c["words"],
         c["missing"]],
        ["odd one out", common.percent(o["accuracy"]), f"{common.span(o['interval'])} (95 %)",
         common.percent(o["chance"], 1), o["asked"], o["skipped"]],
    ]
    return [result["set"], "score", "interval", "chance", "used", "missing"], rows


def print_result(result, details=True):
    for entry in result["models"]:
        v = entry["vectors"]
        print(f"{v['path']}: {v['words']} words x {v['dim']}, {v['format']}")
        common.print_table(*table(result, entry))
        if details:
            print()
            rows = []
            for name, s in entry["odd_one_out"]["categories"].items():
                rows.append([name, common.percent(s["right"] / s["asked"]) if s["asked"] else "-", s["asked"]])
            common.print_table(["odd one out", "right", "asked"], rows)
    for d in result["differences"]:
        common.print_comparison(d["a"], d["b"], [("odd one out", d["odd_one_out"])])


def main():
    options = common.parser(__doc__)
    options.add_argument("--categories", nargs="+", metavar="FILE", help="these sets instead of the shipped one")
    options.add_argument("--seeds", type=common.whole_number(1), default=SEEDS, metavar="N",
                         help=f"of k-means (default: {SEEDS})")
    options = options.parse_args()
    paths = options.categories or [os.path.join(common.SHIPPED, "categories.txt")]
    sets = [read_categories(path) for path in paths]
    models = common.load_all(options)
    results = [evaluate(models, s, options.seeds, options.replicates, options.seed) for s in sets]
    if options.json:
        common.print_json(results)
    else:
        for at, result in enumerate(results):
            if at:
                print()
            print_result(result)


if __name__ == "__main__":
    common.run(main)
