#!/usr/bin/python3
"""A page to look at: what trainings did and what came of them, side by side, in one HTML file.

A RUN is a file of vectors or of metrics (nce2vec train --metrics). Beside vectors NAME.bin are looked
for their metrics, NAME.metrics.jsonl, and the counts of their words, NAME.vocab.tsv (--save-vocab); of
metrics, the vectors that they name. The page holds all that it needs: no network, no other file."""

import argparse
import datetime
import os
import sys

import analogy
import common
import evaluate
import significance
from reporting import maps, page, runs, scores, shapes

MOST_RUNS = 8  # colours that can be told apart


def describe(run):
    """One run's own part of the page's data."""
    data = {"name": run.name, "path": run.path, "parameters": run.parameters, "notes": run.notes,
            "vectors": run.vectors.describe() if run.vectors else None, "metrics": None}
    if run.metrics:
        m = run.metrics
        data["metrics"] = {"state": m.state, "started": m.first.get("started"), "training": m.training,
                           "heldout": m.heldout, "end": m.end}
    return data


def collect(all_runs, options):
    """All that the page shows. Scores, shapes and maps are of the runs that have vectors, in the order of "with"."""
    having = [at for at, run in enumerate(all_runs) if run.vectors]
    models = [all_runs[at].vectors for at in having]
    data = {"made": datetime.datetime.now().isoformat(" ", "minutes"), "seed": options.seed,
            "replicates": options.replicates, "runs": [describe(run) for run in all_runs], "with": having}
    if not models:
        return data
    folder = common.standard_folder(options.data)
    say("scoring")
    measured = evaluate.evaluate(models, folder, options.restrict, options.replicates, options.seed)
    data["scores"] = scores.collect(measured)
    data["shapes"] = [shapes.describe(model, all_runs[at].counts, options.seed) for at, model in zip(having, models)]
    say(f"drawing the map of {min(options.map_words, max(map(len, models))):,} words")
    data["maps"] = maps.make(models, options.map_words, options.seed)
    return data


def say(what):
    print(f"report.py: {what} ...", file=sys.stderr)


def read_options():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("runs", nargs="+", metavar="RUN", help="vectors (any format of evaluate.sh), or metrics")
    options.add_argument("-o", "--output", required=True, metavar="FILE", help="the page, such as report.html")
    common.add_data_option(options)
    options.add_argument("--restrict", type=common.whole_number(0), default=analogy.RESTRICT, metavar="N",
                         help=f"analogies to the first N words of the file (default {analogy.RESTRICT}; 0: all)")
    options.add_argument("--map-words", type=common.whole_number(10), default=maps.WORDS, metavar="N",
                         help=f"the map's most frequent words (default {maps.WORDS})")
    options.add_argument("--replicates", type=common.whole_number(100), default=significance.REPLICATES, metavar="N",
                         help=f"of the bootstrap (default: {significance.REPLICATES})")
    options.add_argument("--seed", type=common.whole_number(0), default=1,
                         help="of everything random here (default: 1)")
    options.add_argument("--d3", metavar="FILE", help="D3's d3.min.js, if it is not where Debian's node-d3 has it")
    chosen = options.parse_args()
    if len(chosen.runs) > MOST_RUNS:
        options.error(f"at most {MOST_RUNS} runs: more lines cannot be told apart")
    return chosen


def main():
    options = read_options()
    maps.require()
    d3 = page.find_d3(options.d3)
    all_runs = [runs.open_run(path) for path in options.runs]
    runs.name_apart(all_runs)
    for run in all_runs:
        for note in run.notes:
            print(f"report.py: {note}", file=sys.stderr)
    text = page.render(collect(all_runs, options), d3)
    page.write(options.output, text)
    print(f"wrote {options.output}: {len(text.encode()) / 1e6:.1f} MB, {', '.join(run.name for run in all_runs)}")


if __name__ == "__main__":
    common.run(main)
