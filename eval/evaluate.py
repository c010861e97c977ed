#!/usr/bin/python3
"""All scores of word vectors in one table: similarity, analogies, categories.

Uses the standard sets, if get-data.sh has fetched them, and the project's own. Scores are percentages; similarity is
Spearman's rho times 100. With two or more settings it also tests whether they differ. similarity.py, analogy.py and
categories.py print more about each kind of score."""

import os

import analogy
import categories
import common
import significance
import similarity
from settings import alone


def evaluate(models, folder, restrict=analogy.RESTRICT, replicates=significance.REPLICATES, seed=1, groups=None):
    """All scores that the available sets allow; similarity is None without the standard sets.

    groups: (name, places in models) of each setting (see settings.py); None: each model is one."""
    groups = groups or alone([model.path for model in models])
    pair_sets = similarity.standard_sets(folder)
    questions = [analogy.read_questions(path) for path in analogy.question_files(folder)]
    words = categories.read_categories(os.path.join(common.SHIPPED, "categories.txt"))
    result = {
        "vectors": [model.describe() for model in models],
        "settings": [common.describe_setting(models, *group) for group in groups],
        "standard_sets": folder,
        "similarity": similarity.evaluate(models, pair_sets, replicates, seed, groups=groups) if pair_sets else None,
        "analogy": [analogy.evaluate(models, q, restrict, replicates=replicates, seed=seed, groups=groups)
                    for q in questions],
        "categories": categories.evaluate(models, words, replicates=replicates, seed=seed, groups=groups),
    }
    significance.holm(compared_lines(result))
    return result


def table(result, which):
    """(header, rows) of the setting at index which."""
    rows = []
    if result["similarity"]:
        entry = result["similarity"]["settings"][which]
        for s in entry["sets"]:
            rows.append([f"similarity  {s['name']}", *common.cells(s["skip"], s["pairs"]), s["pairs"], s["missing"]])
        used = sum(s["pairs"] for s in entry["sets"])
        for what, key in (("mean", "skip"), ("mean, mean vector for missing", "mean_vector")):
            rows.append([f"similarity  {what}", *common.cells(entry["mean"][key], used), "", ""])
    for one in result["analogy"]:
        for method, parts in one["settings"][which]["methods"].items():
            for part in analogy.SUMS:
                score = parts[part]
                name = f"analogy     {one['set']}, 3Cos{method.capitalize()}, {part}"
                rows.append([name, *common.cells(score, score["asked"]), score["asked"], score["skipped"]])
    entry = result["categories"]["settings"][which]
    rows += _category_rows(entry["clustering"], entry["odd_one_out"])
    return ["", *common.headings(result["settings"][which]), "used", "missing"], rows


def _category_rows(clusters, odd):
    over = f"{clusters['runs']} runs" if clusters["runs"] > 1 else f"{clusters['seeds']} seeds"
    spread = common.span((clusters["lowest"], clusters["highest"]))
    return [
        [f"categories  purity (chance {common.percent(clusters['chance'], 0)}; range of {over})",
         *common.cells(clusters, clusters["words"], spread), clusters["words"], clusters["missing"]],
        [f"categories  odd one out (chance {common.percent(odd['chance'], 0)})", *common.cells(odd, odd["asked"]),
         odd["asked"], odd["skipped"]],
    ]


def comparisons(result, which):
    """(what, comparison) rows for the pair of settings at index which."""
    rows = []
    if result["similarity"]:
        rows.append(("similarity  mean", result["similarity"]["differences"][which]["mean"]))
    for one in result["analogy"]:
        for method, parts in one["differences"][which]["methods"].items():
            rows.append((f"analogy     {one['set']}, 3Cos{method.capitalize()}", parts["total"]))
    rows.append(("categories  odd one out", result["categories"]["differences"][which]["odd_one_out"]))
    return rows


def compared_lines(result):
    """The comparisons that are printed: p is corrected for these."""
    pairs = range(len(result["categories"]["differences"]))
    return [one for which in pairs for _, one in comparisons(result, which)]


def print_result(result):
    restrict = result["analogy"][0]["restrict"]
    for which, setting in enumerate(result["settings"]):
        if which:
            print()
        words = setting["vectors"]["words"]
        common.print_setting(setting, f"; analogies among the first {min(restrict or words, words)}")
        common.print_table(*table(result, which))
    if not result["similarity"]:
        print(f"\nNo similarity sets. Run eval/get-data.sh, or set {common.DATA_VARIABLE} to a folder that has them.")
    rows = [row for which in range(len(result["settings"])) for row in table(result, which)[1]]
    if max(row[-2] for row in rows if row[-2] != "") < 10:
        print("\nThe words of the sets, which are English, are not in the file. For another language make word pairs "
              "of your own: eval/similarity.py --pairs PAIRS -- FILE")
    for which, difference in enumerate(result["categories"]["differences"]):
        common.print_comparison(difference, comparisons(result, which))
    common.print_note(compared_lines(result), result["categories"]["replicates"])


def main():
    options = common.parser(__doc__)
    common.add_data_option(options)
    analogy.add_restrict_option(options)
    options = options.parse_args()
    folder = common.standard_folder(options.data)
    models, groups = common.load_all(options)
    result = evaluate(models, folder, options.restrict, options.replicates, options.seed, groups)
    if options.json:
        common.print_json(result)
    else:
        print_result(result)


if __name__ == "__main__":
    common.run(main)
