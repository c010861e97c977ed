"""nce2vec tune."""

import argparse
import re
import sys

from .. import _native as native
from .._output import check_output
from ..tuning import Tuning
from .change import print_json

SUMMARY = "find better settings of a training within a time"
USAGE = "[options] INPUT... --budget TIME --for PAIRS|heldout|hitrate"
ABOUT = """Trains on INPUT (as 'nce2vec train') with many settings on a small part of the text, and with the best of
them on more (successive halving), until the time is over. Prints what was tried, the gain over the defaults, and the
best command line. The gain is measured on data that did not choose the settings.

Options of 'nce2vec train', such as --dim 200 or --model cbow, are fixed, for the defaults, too. By default objective
and its parameters, learning rate, window and its weights, noise words, subsampling and epochs are tried; of sessions
min-count, too. Ctrl-C prints the best so far."""
_HEADER = "  text  seconds       score  settings"
_ROWS = 20  # of the table, with more the best settings scroll out of sight
_UNITS = {"s": 1, "m": 60, "h": 3600}


def seconds(text):
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([smh]?)", text)
    if not found:
        raise argparse.ArgumentTypeError(f"'{text}' is not a time, such as 90s, 10m or 1h")
    return float(found[1]) * _UNITS[found[2] or "s"]


def values(text):
    name, equals, rest = text.partition("=")
    if not equals or not rest:
        raise argparse.ArgumentTypeError(f"'{text}' is not NAME=VALUE,VALUE, such as dim=50,100")
    return name.replace("-", "_"), rest.split(",")


def add_options(parser):
    parser.add_argument("inputs", metavar="INPUT", nargs="+")
    parser.option("--budget", metavar="TIME", type=seconds, required=True,
                  help="how long it may take, with the last training: 90s, 10m, 1h")
    parser.option("--for", dest="purpose", metavar="PURPOSE", required=True,
                  help="a file of word pairs (two words and a score a line): Spearman's rho; heldout: the exact "
                       "likelihood of held-out text; hitrate: lines are sessions, and the last item of held-out ones "
                       "is among the ten nearest of the item before it (it sets --preset sessions, unless another one "
                       "is given)")
    parser.option("-o", "--output", metavar="FILE",
                  help="write the vectors of the best settings, trained on all of the text")
    parser.option("--query", metavar="ITEMS", choices=("last", "mean"), default="last",
                  help="of hitrate: the neighbors of the last item before, or of the mean of all before; one of: "
                       "last, mean [last]")
    parser.option("--try", dest="values", metavar="NAME=V,V", type=values, action="append", default=[],
                  help="also try these values of a setting, such as dim=50,100,200; of one that is tried anyway, these "
                       "alone")
    parser.option("--json", action="store_true", help="print one JSON object")
    parser.option("-q", "--quiet", action="store_true", help="print the result and errors only")
    parser.add_settings(native.FOR_TRAINING, without=("heldout", "patience"))


def _changes(trial):
    made = trial.settings
    return " ".join(f"{name.replace('_', '-')}={made.get(name, 'default')}" for name in trial.changes
                    if name in made) or "(the defaults)"


def _line(tuning, trial):
    score = trial.failure or tuning.shown(trial.score)
    return f"{100 * trial.fraction:4.0f} %  {trial.seconds:7.1f}  {score:>10}  {_changes(trial)}"


def _report(tuning, trial):
    if tuning.trials == 1:
        print(_HEADER, file=sys.stderr)
    print(_line(tuning, trial), file=sys.stderr, flush=True)


def _json(result, purpose, budget):
    def trial(one):
        return one and {"settings": one.settings, "fraction": round(one.fraction, 4), "seconds": round(one.seconds, 3),
                        "score": one.score, "test": one.test, "failure": one.failure}
    return {"for": purpose, "measure": result.unit, "budget": budget, "seconds": round(result.seconds, 2),
            "default": trial(result.default), "best": trial(result.best), "gain": result.gain,
            "command": result.command, "notes": result.notes, "trials": [trial(one) for one in result.trials]}


def _print(tuning, result):
    print(f"What was tried ({result.unit}):\n\n{_HEADER}")
    trials = sorted(result.trials, key=lambda one: (-one.fraction, one.score is None, -(one.score or 0)))
    shown = [trial for i, trial in enumerate(trials) if i < _ROWS or trial is result.default]
    for trial in shown:
        print(_line(tuning, trial))
    if len(shown) < len(trials):
        print(f"and {len(trials) - len(shown)} more, with lower scores or on less text; --json prints all")
    for note in result.notes:
        print(f"\n{note}")
    if not result.best:
        print("\nNo settings were compared: give a longer budget.")
        return
    print(f"\n{'':10}{'chooses':>10}{'measures':>10}  seconds")
    for name, one in (("defaults", result.default), ("best", result.best)):
        if one:
            print(f"{name:10}{tuning.shown(one.score):>10}{tuning.shown(one.test):>10}  {one.seconds:7.1f}")
    if not result.best.changes:
        print("\nNo settings better than the defaults were found.")
    elif result.gain is not None:
        fall = ", as a fall" if "fewer" in result.unit else ""
        print("\nThe settings were chosen by the first column, so its gain is too high; the second is of data that\n"
              f"did not choose: the gain is {result.gain:+.4g} ({result.unit.partition(',')[0]}{fall}).")
        if result.gain <= 0:
            print("So the first column's gain was chance: keep the defaults, or give a longer budget or more data.")
    print(f"\n{result.command}")


def run(options):
    check_output(options.output)
    given = {}
    for name, tried in options.values:
        given.setdefault(name, []).extend(tried)
    tuning = Tuning(options.inputs, options.purpose, options.budget, train_best=bool(options.output),
                    query=options.query, values=given, **options.settings[native.FOR_TRAINING])
    if not options.quiet:
        tuning.on_trial = lambda trial: _report(tuning, trial)
    interrupted = False
    try:
        tuning.run()
    except KeyboardInterrupt:
        interrupted = True
    result = tuning.result()
    if options.output and result.vectors is not None and not interrupted:
        result.vectors.save(options.output)
    if options.json:
        print_json(_json(result, options.purpose, options.budget))
    else:
        _print(tuning, result)
    if interrupted:
        raise KeyboardInterrupt
    if options.output and result.vectors is not None:
        print(f"wrote {options.output}", file=sys.stderr)
