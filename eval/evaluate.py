#!/usr/bin/python3
"""All scores of word vectors in one table: similarity, analogies, categories.

The standard sets if they are at hand (see get-data.sh), and the sets shipped with nce2vec.
Scores are percentages, similarity is Spearman's rho times 100. Two or more files: also whether
their differences are more than noise. The single commands tell more."""

import itertools
import os

import analogy
import categories
import common
import significance
import similarity


def evaluate(models, folder, restrict=analogy.RESTRICT, replicates=significance.REPLICATES, seed=1):
    """Everything that the sets at hand allow; similarity is None without the standard sets."""
    pair_sets = similarity.standard_sets(folder)
    questions = [analogy.read_questions(path) for path in analogy.question_files(folder)]
    words = categories.read_categories(os.path.join(common.SHIPPED, "categories.txt"))
    return {
        "vectors": [model.describe() for model in models],
        "standard_sets": folder,
        "similarity": similarity.evaluate(models, pair_sets, replicates, seed) if pair_sets else None,
        "analogy": [analogy.evaluate(models, q, restrict, replicates=replicates, seed=seed) for q in questions],
        "categories": categories.evaluate(models, words, replicates=replicates, seed=seed),
    }


def table(result, which):
    """(header, rows) of the model at index which."""
    rows = []
    if result["similarity"]:
        entry = result["similarity"]["models"][which]
        for s in entry["sets"]:
            rows.append([f"similarity  {s['name']}", *_cells(s["skip"], "rho"), s["pairs"], s["missing"]])
        rows.append(["similarity  mean", *_cells(entry["mean"]["skip"], "rho"), "", ""])
        rows.append(["similarity  mean, mean vector for missing", *_cells(entry["mean"]["mean_vector"], "rho"), "", ""])
    for one in result["analogy"]:
        for method, parts in one["models"][which]["methods"].items():
            for part in ("semantic", "syntactic", "total"):
                score = parts[part]
                name = f"analogy     {one['set']}, 3Cos{method.capitalize()}, {part}"
                rows.append([name, *_cells(score, "accuracy"), score["asked"], score["skipped"]])
    entry = result["categories"]["models"][which]
    clusters, odd = entry["clustering"], entry["odd_one_out"]
    purity = f"purity (chance {common.percent(clusters['chance'], 0)}; range of {clusters['seeds']} seeds)"
    rows.append([f"categories  {purity}",
                 common.percent(clusters["purity"]), common.span((clusters["lowest"], clusters["highest"])),
                 clusters["words"], clusters["missing"]])
    rows.append([f"categories  odd one out (chance {common.percent(odd['chance'], 0)})", *_cells(odd, "accuracy"),
                 odd["asked"], odd["skipped"]])
    return ["", "score", "95 % interval", "used", "missing"], rows


def _cells(score, key):
    return common.percent(score[key]), common.span(score["interval"])


def comparisons(result, which):
    """(what, comparison) rows for the pair of models at index which."""
    rows = []
    if result["similarity"]:
        rows.append(("similarity  mean", result["similarity"]["differences"][which]["mean"]))
    for one in result["analogy"]:
        for method, parts in one["differences"][which]["methods"].items():
            rows.append((f"analogy     {one['set']}, 3Cos{method.capitalize()}", parts["total"]))
    rows.append(("categories  odd one out", result["categories"]["differences"][which]["odd_one_out"]))
    return rows


def print_result(result):
    restrict = result["analogy"][0]["restrict"]
    for which, v in enumerate(result["vectors"]):
        if which:
            print()
        limit = min(restrict or v["words"], v["words"])
        print(f"{v['path']}: {v['words']} words x {v['dim']}, {v['format']}; analogies among the first {limit}")
        common.print_table(*table(result, which))
    if not result["similarity"]:
        print("\nNo similarity sets at hand: eval/get-data.sh fetches them, "
              f"or {common.DATA_VARIABLE} names their folder.")
    for which, (a, b) in enumerate(itertools.combinations(result["vectors"], 2)):
        common.print_comparison(a["path"], b["path"], comparisons(result, which))


def main():
    options = common.parser(__doc__)
    common.add_data_option(options)
    options.add_argument("--restrict", type=common.whole_number(0), default=analogy.RESTRICT, metavar="N",
                         help=f"analogies to the first N words of the file (default {analogy.RESTRICT}; 0: all)")
    options = options.parse_args()
    folder = common.standard_folder(options.data)
    result = evaluate(common.load_all(options), folder, options.restrict, options.replicates, options.seed)
    if options.json:
        common.print_json(result)
    else:
        print_result(result)


if __name__ == "__main__":
    common.run(main)
