"""What the evaluation commands share: options, finding the sets, loading, tables, JSON, errors."""

import argparse
import json
import math
import os
import sys

SYSTEM_PYTHON = "/usr/bin/python3"

try:
    from significance import ALPHA, MIN_UNITS, REPLICATES, holm
    from vectors import VectorError, load
except ModuleNotFoundError as missing:
    library = {"numpy": "NumPy", "scipy": "SciPy"}.get((missing.name or "").split(".")[0])
    if not library:
        raise
    elsewhere = os.path.exists(SYSTEM_PYTHON) and not os.path.samefile(sys.executable, SYSTEM_PYTHON)
    script = os.path.basename(sys.argv[0])
    sys.exit(f"{script}: {sys.executable} has no {library}. On Debian: apt-get install python3-numpy python3-scipy"
             + (f", then run {SYSTEM_PYTHON} {sys.argv[0]}" if elsewhere else "")
             + ". Elsewhere: pip install numpy scipy")

import settings  # noqa: E402 (NumPy is checked first)
import text  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
SHIPPED = os.path.join(HERE, "data")
DATA_VARIABLE = "NCE2VEC_EVAL_DATA"
NOTHING = "nothing could be scored"


class DataError(Exception):
    """A sentence for the user about an input: which file, which line, what to do."""


def standard_folder(chosen=None):
    """The folder with the standard sets: --data, the environment, or where get-data.sh puts them; None if none."""
    for folder, source in ((chosen, "--data"), (os.environ.get(DATA_VARIABLE), DATA_VARIABLE)):
        if folder:
            if not os.path.isdir(folder):
                raise DataError(f"{source} names {folder}, which is not a folder")
            return folder
    fetched = os.path.join(SHIPPED, "standard")
    return fetched if os.path.isdir(fetched) else None


def read_lines(path):
    """(line number, fields) of each line that is neither blank nor a comment (see text.is_comment)."""
    for number, line in enumerate(read_bytes(path).splitlines(), 1):
        try:
            line = line.decode("utf-8")
        except UnicodeDecodeError:
            raise DataError(f"{path}, line {number}: not UTF-8. Convert the file: iconv -f ENCODING -t UTF-8") from None
        if line.strip() and not text.is_comment(line):
            yield number, line.split()


def read_bytes(path):
    """The bytes of a text file, without a byte-order mark."""
    try:
        with open(path, "rb") as file:
            return text.without_mark(file.read())
    except OSError as error:
        raise DataError(f"{path}: {error.strerror or error}") from None


def parser(description, files="+", scores=True):
    """The options that every command has; scores: that measures something, several times."""
    result = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter,
                                     epilog=settings.HELP if scores else None)
    result.add_argument("vectors", nargs=files, metavar="VECTORS", help="word2vec text or binary, GloVe, .n2v, .npy")
    result.add_argument("--vocabulary", metavar="FILE", help="the words of an .npy (default: vocab.txt beside it)")
    if not scores:
        return result
    result.add_argument("--seed", type=int, default=1, help="seed of all random choices (default: 1)")
    result.add_argument("--replicates", type=whole_number(100), default=REPLICATES, metavar="N",
                        help=f"replicates of the bootstrap (default: {REPLICATES})")
    result.add_argument("--json", action="store_true", help="print one JSON value instead of tables")
    return result


def add_data_option(options):
    options.add_argument("--data", metavar="DIR",
                         help=f"folder of the standard sets (default: ${DATA_VARIABLE}, then data/standard)")


def whole_number(low):
    """An argparse type: a whole number from low on."""

    def convert(value):
        try:
            number = int(value)
        except ValueError:
            number = low - 1
        if number < low:
            raise argparse.ArgumentTypeError(f"'{value}' is not a whole number of {low} or more")
        return number

    return convert


def load_all(options):
    """(models, groups): the files, and the places of those of each setting (see settings.py)."""
    try:
        paths, groups = settings.split(options.vectors)
    except ValueError as error:
        raise DataError(error) from None
    return [load(path, options.vocabulary) for path in paths], groups


def run(main):
    """Runs main(); an error is one line and status 1, a closed pipe is silent."""
    try:
        main()
        sys.stdout.flush()
    except (VectorError, DataError) as error:
        sys.exit(f"{os.path.basename(sys.argv[0])}: {error}")
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


def print_json(value):
    json.dump(plain(value), sys.stdout, indent=1, allow_nan=False)
    print()


def plain(value):
    """For JSON: no types of NumPy; null for what is not defined."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if hasattr(value, "item"):  # a NumPy number
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value


def print_results(results, options, print_result, compared_lines):
    """The results of several sets as one report."""
    compared = [one for result in results for one in compared_lines(result)]
    holm(compared)
    if options.json:
        print_json(results)
        return
    for at, result in enumerate(results):
        if at:
            print()
        print_result(result)
    print_note(compared, options.replicates)


def percent(value, digits=2, sign=False):
    if value is None or not math.isfinite(value):
        return "-"
    shown = f"{100 * value:{'+' if sign else ''}.{digits}f}"
    return "0." + "0" * digits if float(shown) == 0 else shown


def span(bounds, sign=False):
    if bounds is None or not all(map(math.isfinite, bounds)):
        return "-"
    return " .. ".join(percent(bound, 1, sign) for bound in bounds)


def headings(setting, score="score"):
    """Of the columns of cells()."""
    return [score if setting["runs"] == 1 else f"{score}, mean", *(["sd"] if setting["runs"] > 1 else []),
            "95 % interval"]


def cells(summary, used=None, bounds=None):
    """A summary of significance.py: mean, sd (with several runs), interval; or why there is no score.

    used: the number of pairs or questions; bounds: instead of the interval."""
    deviation = [percent(summary["deviation"])] if summary["runs"] > 1 else []
    if not math.isfinite(summary["mean"]):
        why = f"fewer than {MIN_UNITS}" if used else NOTHING
        return ["-", *["-" for _ in deviation], why]
    return [percent(summary["mean"]), *deviation, bounds or span(summary["interval"])]


def print_table(header, rows):
    """Columns of the width that they need: the first to the left, others to the right."""
    rows = [[str(cell) for cell in row] for row in [header, *rows]]
    widths = [max(len(row[column]) for row in rows) for column in range(len(header))]
    for row in rows:
        line = [row[0].ljust(widths[0])] + [cell.rjust(width) for cell, width in zip(row[1:], widths[1:])]
        print("  ".join(line).rstrip())


def describe_setting(models, name, group):
    """What JSON and tables say about a setting: its name, its files, and how many."""
    return {"name": name, "runs": len(group), "files": [models[at].path for at in group],
            "vectors": models[group[0]].describe()}


def print_setting(setting, more=""):
    v = setting["vectors"]
    runs = "" if setting["runs"] == 1 else f"{setting['runs']} runs, "
    print(f"{setting['name']}: {runs}{v['words']} words x {v['dim']}, {v['format']}{more}")


def print_comparison(difference, rows):
    """rows: (what, result of significance.compare)."""
    runs = next((result["runs"] for _, result in rows), [1, 1])
    test = "paired bootstrap" if runs == [1, 1] else f"t test over runs, {runs[0]} and {runs[1]}, and over units"
    print(f"\nA = {difference['a']}  minus  B = {difference['b']} ({test})")
    print_table(["", "A - B", "95 % interval", "p", "p, Holm", ""],
                [[what, percent(result["difference"], 2, True), span(result["interval"], True), *_chances(result),
                  verdict(result)] for what, result in rows])


def _chances(result):
    return ["-" if p is None else "<0.001" if p < 0.001 else f"{p:.3f}" for p in (result["p"], result["p_holm"])]


def verdict(result):
    if not math.isfinite(result["difference"]):
        return NOTHING
    if result["p"] is None:
        return "too few to compare"
    return {"A": "A is better", "B": "B is better", None: "no difference shown"}[result["better"]]


def print_note(comparisons, replicates):
    """After the comparisons of a report: what corrects their p."""
    tested = [one for one in comparisons if one["p"] is not None]
    if len(tested) > 1:
        print(f"\np, Holm: corrected for the {len(tested)} comparisons of this report. A or B is better where it is "
              f"below {ALPHA:.2f}.")
    if any(one["runs"] == [1, 1] for one in tested) and 2 * len(tested) / (replicates + 1) >= ALPHA:
        print(f"So many comparisons need more replicates: --replicates {100 * len(tested)}.")
