"""What the evaluation commands share: finding the sets, loading, tables, JSON, errors."""

import argparse
import json
import math
import os
import sys

try:
    from significance import REPLICATES
    from vectors import VectorError, load
except ModuleNotFoundError as missing:
    library = {"numpy": "NumPy", "scipy": "SciPy"}.get((missing.name or "").split(".")[0])
    if not library:
        raise
    sys.exit(f"{os.path.basename(sys.argv[0])}: {sys.executable} has no {library}: install Debian's python3-numpy and "
             f"python3-scipy and run this script with /usr/bin/python3, or 'pip install numpy scipy'")

HERE = os.path.dirname(os.path.abspath(__file__))
SHIPPED = os.path.join(HERE, "data")
DATA_VARIABLE = "NCE2VEC_EVAL_DATA"


class DataError(Exception):
    """A sentence for the user on a set of questions: which file, which line."""


def standard_folder(chosen=None):
    """The folder with the standard sets: --data, the environment, or what get-data.sh fetched; None if none."""
    for folder, source in ((chosen, "--data"), (os.environ.get(DATA_VARIABLE), DATA_VARIABLE)):
        if folder:
            if not os.path.isdir(folder):
                raise DataError(f"{source} names {folder}, which is not a folder")
            return folder
    fetched = os.path.join(SHIPPED, "standard")
    return fetched if os.path.isdir(fetched) else None


def read_lines(path):
    """(line number, fields) of each line that is neither blank nor a # comment."""
    try:
        with open(path, encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                if line.strip() and not line.startswith("#"):
                    yield number, line.split()
    except OSError as error:
        raise DataError(f"{path}: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: not UTF-8: {error}") from None


def parser(description, files="+"):
    """The options that every command has."""
    result = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    result.add_argument("vectors", nargs=files, metavar="VECTORS", help="word2vec text or binary, GloVe, .n2v, .npy")
    result.add_argument("--vocabulary", metavar="FILE", help="the words of an .npy (default: vocab.txt beside it)")
    result.add_argument("--seed", type=int, default=1, help="of everything random here (default: 1)")
    result.add_argument("--replicates", type=whole_number(100), default=REPLICATES, metavar="N",
                        help=f"of the bootstrap (default: {REPLICATES})")
    result.add_argument("--json", action="store_true", help="one JSON object instead of tables")
    return result


def add_data_option(options):
    options.add_argument("--data", metavar="DIR",
                         help=f"the standard sets (default: ${DATA_VARIABLE}, then data/standard)")


def whole_number(least):
    """An argparse type: a whole number of at least so much."""

    def convert(text):
        try:
            value = int(text)
        except ValueError:
            value = least - 1
        if value < least:
            raise argparse.ArgumentTypeError(f"'{text}' is not a whole number of at least {least}")
        return value

    return convert


def load_all(options):
    return [load(path, options.vocabulary) for path in options.vectors]


def run(main):
    """Runs main(); an error is one line and status 1, a closed pipe is silence."""
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
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if hasattr(value, "item"):  # a NumPy number
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value


def percent(value, digits=2, sign=False):
    if value is None or not math.isfinite(value):
        return "-"
    text = f"{100 * value:{'+' if sign else ''}.{digits}f}"
    return "0." + "0" * digits if float(text) == 0 else text


def span(bounds, sign=False):
    if bounds is None or not all(map(math.isfinite, bounds)):
        return "-"
    return " .. ".join(percent(bound, 1, sign) for bound in bounds)


def print_table(header, rows):
    """Columns as wide as they must be: the first to the left, numbers to the right."""
    cells = [[str(cell) for cell in row] for row in [header, *rows]]
    widths = [max(len(row[column]) for row in cells) for column in range(len(header))]
    for row in cells:
        line = [row[0].ljust(widths[0])] + [cell.rjust(width) for cell, width in zip(row[1:], widths[1:])]
        print("  ".join(line).rstrip())


def print_comparison(name_a, name_b, rows):
    """rows: (what, result of significance.compare)."""
    print(f"\nA = {name_a}  minus  B = {name_b} (paired bootstrap)")
    table = []
    for what, result in rows:
        verdict = {"A": "A is better", "B": "B is better", None: "no difference shown"}[result["better"]]
        if result["interval"] is None:
            verdict = "too few to tell"
        chance = "-" if result["p"] is None else f"{result['p']:.3f}"
        table.append([what, percent(result["difference"], 2, True), span(result["interval"], True), chance, verdict])
    print_table(["", "A - B", "95 % interval", "p", ""], table)
