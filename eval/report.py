#!/usr/bin/python3
"""One HTML file about trainings and their vectors, side by side.

A RUN is a file of vectors or of metrics (nce2vec train --metrics). With vectors NAME.bin it also reads their metrics
from NAME.metrics.jsonl and the counts of their words from NAME.vocab.tsv (--save-vocab), where these files are there.
With metrics it also reads the vectors that their first line names. The page needs no network and no other file."""

import argparse
import datetime
import os
import sys

import analogy
import common
import evaluate
import significance
from reporting import change, maps, page, runs, scores, shapes

MAX_RUNS = 8  # as many colours as can be distinguished


def describe(run):
    """One run's part of the page's data."""
    data = {"name": run.name, "path": run.path, "parameters": run.parameters, "notes": run.notes,
            "vectors": run.vectors.describe() if run.vectors else None, "metrics": None}
    if run.metrics:
        m = run.metrics
        data["metrics"] = {"state": m.state, "started": m.first.get("started"), "training": m.training,
                           "heldout": m.heldout, "resumed": m.resumed, "end": m.end}
    return data


def collect(all_runs, options):
    """The page's data. Scores, shapes and maps are of the runs with vectors, whose places are in "with"."""
    having = [at for at, run in enumerate(all_runs) if run.vectors]
    models = [all_runs[at].vectors for at in having]
    data = {"made": datetime.datetime.now().isoformat(" ", "minutes"), "seed": options.seed,
            "replicates": options.replicates, "runs": [describe(run) for run in all_runs], "with": having}
    if not models:
        return data
    folder = common.standard_folder(options.data)
    log("scoring")
    measured = evaluate.evaluate(models, folder, options.restrict, options.replicates, options.seed)
    data["scores"] = scores.collect(measured)
    data["shapes"] = [shapes.describe(model, all_runs[at].counts, options.seed) for at, model in zip(having, models)]
    data["change"] = change.compare(models, options.same_space)
    log(f"computing the map of {min(options.map_words, max(map(len, models))):,} words")
    data["maps"] = maps.make(models, options.map_words, options.seed)
    return data


def log(what):
    print(f"report.py: {what} ...", file=sys.stderr)


def read_options():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("runs", nargs="+", metavar="RUN", help="vectors (as for evaluate.sh), or metrics")
    options.add_argument("-o", "--output", required=True, metavar="FILE", help="the page to write, such as report.html")
    common.add_data_option(options)
    analogy.add_restrict_option(options)
    options.add_argument("--map-words", type=common.whole_number(10), default=maps.WORDS, metavar="N",
                         help=f"show the N most frequent words on the map (default {maps.WORDS})")
    options.add_argument("--replicates", type=common.whole_number(100), default=significance.REPLICATES, metavar="N",
                         help=f"replicates of the bootstrap (default: {significance.REPLICATES})")
    options.add_argument("--same-space", action="store_true",
                         help="do not rotate vectors to compare words: the runs have "
                         "one space, as the slices of nce2vec compass")
    options.add_argument("--seed", type=common.whole_number(0), default=1,
                         help="seed of all random choices (default: 1)")
    options.add_argument("--d3", metavar="FILE", help="d3.min.js of D3 (default: that of Debian's node-d3)")
    chosen = options.parse_args()
    if len(chosen.runs) > MAX_RUNS:
        options.error(f"at most {MAX_RUNS} runs: the colours of more cannot be distinguished")
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
