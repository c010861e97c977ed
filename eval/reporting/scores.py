"""The results of evaluate.py as rows for the page."""

import math
import re

import evaluate
from significance import MIN_UNITS

SETS = {"questions-words": "Google’s set", "analogies": "the project’s own set"}
MEAN_VECTOR = "mean, with the mean vector for missing words"


def collect(result):
    """groups: title, note and rows of {label, cells: one for each model, main, detail}; differences: of each two
    models. Scores are percentages; None where they are not defined."""
    groups = []
    if result["similarity"]:
        groups.append(_similarity(result["similarity"]))
    groups += [_analogy(one) for one in result["analogy"]]
    groups.append(_categories(result["categories"]))
    count = len(result["vectors"])
    pairs = [(a, b) for a in range(count) for b in range(a + 1, count)]
    differences = [
        {"a": a, "b": b, "rows": [_difference(what, d) for what, d in evaluate.comparisons(result, which)]}
        for which, (a, b) in enumerate(pairs)
    ]
    return {"groups": groups, "differences": differences}


def _similarity(result):
    models = result["models"]
    rows = []
    for at, s in enumerate(models[0]["sets"]):
        sets = [model["sets"][at] for model in models]
        rows.append(_row(s["name"], [_cell(one["skip"], "rho", one["pairs"], one["missing"]) for one in sets]))
    rows.append(_row("mean", [_cell(model["mean"]["skip"], "rho") for model in models], main=True))
    rows.append(_row(MEAN_VECTOR, [_cell(model["mean"]["mean_vector"], "rho") for model in models]))
    return {"title": "Word similarity", "measure": "Spearman’s ρ × 100", "rows": rows,
            "note": "Do cosines rank pairs of words as people do? Pairs with a missing word are skipped. Sets with "
                    f"fewer than {MIN_UNITS} known pairs have no score."}


def _analogy(result):
    models = result["models"]
    rows = []
    for method in models[0]["methods"]:
        for part in models[0]["methods"][method]:
            scores = [model["methods"][method][part] for model in models]
            cells = [_cell(one, "accuracy", one["asked"], one["skipped"]) for one in scores]
            is_sum = part in ("semantic", "syntactic", "total")
            label = f"{part}, 3Cos{method.capitalize()}" if is_sum else part
            if is_sum or method == "add":
                rows.append(_row(label, cells, main=part == "total", detail=not is_sum))
    name = SETS.get(result["set"], result["set"])
    limit = "all words" if not result["restrict"] else f"the first {result['restrict']:,} words of a file"
    return {"title": f"Analogies: {name}", "measure": "right answers, %", "rows": rows,
            "note": f"a is to b as c is to ? Questions and answers among {limit}; sections by 3CosAdd."}


def _categories(result):
    models = result["models"]
    odd = [model["odd_one_out"] for model in models]
    clusters = [model["clustering"] for model in models]
    return {
        "title": "Categories",
        "measure": "%",
        "rows": [
            _row("odd one out of five", [_cell(one, "accuracy", one["asked"], one["skipped"], one["chance"])
                                         for one in odd], main=True),
            _row("purity of clusters", [_cell({**one, "interval": (one["lowest"], one["highest"])}, "purity",
                                              one["words"], one["missing"], one["chance"]) for one in clusters]),
        ],
        "note": f"Are fruits with fruits? The tick is the score of chance. The bar of purity is the range of "
                f"{clusters[0]['seeds']} seeds of k-means, not a confidence interval.",
    }


def _row(label, cells, main=False, detail=False):
    return {"label": label, "cells": cells, "main": main, "detail": detail}


def _cell(score, key, used=None, missing=None, chance=None):
    low, high = score["interval"] or (None, None)
    return {"score": _percent(score[key]), "low": _percent(low), "high": _percent(high), "used": used,
            "missing": missing, "chance": _percent(chance)}


def _difference(what, comparison):
    low, high = comparison["interval"] or (None, None)
    return {"label": re.sub(" {2,}", ": ", what), "difference": _percent(comparison["difference"]),
            "low": _percent(low), "high": _percent(high), "p": comparison["p_holm"], "better": comparison["better"]}


def _percent(value):
    return None if value is None or not math.isfinite(value) else round(100 * value, 2)
