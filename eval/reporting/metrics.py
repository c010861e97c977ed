"""Reads what `nce2vec train --metrics` wrote (the lines are told in src/cli/metrics.h)."""

import json
import math

from common import DataError

MOST_POINTS = 1200  # of a curve; longer ones are thinned: a page shows no more


class Metrics:
    """One training: first, the line that began it; end, the one that ended it, or None while there is none.

    training, heldout: a list for each of their keys, of equal length; NaN stands where nothing was measured."""

    TRAINING = ("seconds", "epoch", "words", "words_per_second", "lr", "loss")
    HELDOUT = ("seconds", "epoch", "words", "heldout_loss")

    def __init__(self, path, first, rows, end):
        self.path, self.first, self.end = path, first, end
        training = _thin([row for row in rows if "heldout_loss" not in row])
        heldout = [row for row in rows if "heldout_loss" in row]
        self.training = {key: [_number(row.get(key)) for row in training] for key in self.TRAINING}
        self.heldout = {key: [_number(row.get(key)) for row in heldout] for key in self.HELDOUT}

    @property
    def state(self):
        """done, interrupted or failed; unfinished while it trains, or after a sudden end."""
        return self.end["end"] if self.end else "unfinished"

    @property
    def parameters(self):
        return self.first["parameters"]


def is_metrics(path):
    """Does the file begin as metrics do?"""
    try:
        with open(path, "rb") as file:
            return file.read(1) == b"{"
    except OSError as error:
        raise DataError(f"{path}: {error.strerror or error}") from None


def read(path):
    try:
        with open(path, encoding="utf-8") as file:
            lines = file.read().split("\n")
    except OSError as error:
        raise DataError(f"{path}: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: not UTF-8: {error}") from None
    lines.pop()  # empty, or a line that is not written to its end
    rows = [_parse(path, number, line) for number, line in enumerate(lines, 1)]
    if not rows or not isinstance(rows[0].get("parameters"), dict) or not rows[0]["parameters"].get("dim"):
        raise DataError(f"{path}: line 1: not the metrics of a training: no 'parameters' with a 'dim'")
    end = rows.pop() if len(rows) > 1 and "end" in rows[-1] else None
    for number, row in enumerate(rows[1:], 2):
        if not all(isinstance(row.get(key), (int, float)) for key in ("seconds", "epoch", "words")):
            raise DataError(f"{path}: line {number}: no 'seconds', 'epoch' and 'words'")
    return Metrics(path, rows[0], rows[1:], end)


def _parse(path, number, line):
    try:
        row = json.loads(line)
    except ValueError as error:
        raise DataError(f"{path}: line {number}: {error}") from None
    if not isinstance(row, dict):
        raise DataError(f"{path}: line {number}: not a JSON object")
    return row


def _number(value):
    return float("nan") if value is None else value


def _thin(rows):
    """At most MOST_POINTS rows: neighbours become one, with the last one's place and the means of rate and loss."""
    step = math.ceil(len(rows) / MOST_POINTS)
    if step < 2:
        return rows
    thinned = []
    for at in range(0, len(rows), step):
        group = rows[at : at + step]
        row = dict(group[-1])
        for key in ("words_per_second", "loss"):
            known = [one[key] for one in group if one.get(key) is not None]
            row[key] = sum(known) / len(known) if known else None
        thinned.append(row)
    return thinned
