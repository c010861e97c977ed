#!/usr/bin/python3
"""Draws eval/plots/objectives.svg: loss and gradient of every objective as functions of the score.

usage: plot_objectives.py [--output FILE.svg]

All values come from the library (library.py). The tile has one row, one positive and five negatives. Needs Debian's
python3-matplotlib.
"""
import argparse
import os
import re

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt  # noqa: E402 (the backend is chosen first)
import numpy as np  # noqa: E402

from library import NEGATIVE, POSITIVE, Library  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
NEGATIVES = 5
INK = "#7d8590"  # readable on white and on black, as are the two colours of the curves
BLUE, ORANGE = "#3b8eea", "#e0731d"

# The panels: an objective, and the parameter of the dashed curves.
DOT = [("sgns", None), ("nce", "log kQ = -4"), ("siglip", "scale=2"), ("infonce", "temperature=0.5"),
       ("softmax", None), ("npair", None), ("debiased", "tau=0.1"), ("hardneg", "beta=2"),
       ("dcl", "temperature=0.5"),
       ("ranking", None), ("spectral", None), ("qwem", None), ("gbce", "t=0"), ("supcon", "temperature=0.5"),
       ("milnce", "temperature=0.5"), ("hs", None)]
DISTANCE = [("contrastive", "margin=1.4"), ("triplet", "negatives=1"), ("lifted", "hard=1"),
            ("softnn", "temperature=0.5"), ("alignuniform", "t=1")]
LOG_NOISE = -1

# The range of a score, and the values of the scores that do not vary (positive, negatives).
RANGES = {"dot": (-6, 6, 0, 0), "squared distance": (0, 4, 1, 2)}
LIMITS = {"dot": ((0, 10), (-2.2, 2.2)), "squared distance": ((-4, 12), (-5.5, 5.5))}


def curve(library, text, log_noise, varied):
    """Scores, losses and slopes as the score of column `varied` (0: the positive) runs over its range."""
    objective = library.describe(text)
    low, high, positive, negative = RANGES[objective.geometry]
    labels = np.full((1, 1 + NEGATIVES), NEGATIVE)
    labels[0, 0] = POSITIVE
    inputs = {"log_noise": np.full(1 + NEGATIVES, log_noise), "input_norms": np.zeros(1),
              "output_norms": np.zeros(1 + NEGATIVES),
              "input_pairs": np.full((1, 1), negative), "output_pairs": np.full((1 + NEGATIVES,) * 2, negative)}
    points, losses, slopes = np.linspace(low, high, 241), [], []
    for point in points:
        scores = np.full((1, 1 + NEGATIVES), float(negative))
        scores[0, 0] = positive
        if "log noise" in objective.needs:
            scores[0, :] = log_noise  # where pair and noise are equally likely
        scores[0, varied] = point
        within = varied and "sides" in objective.needs  # a negative is another row of the same side
        if within:
            inputs["output_pairs"][[0, varied], [varied, 0]] = point
        loss, gradient, *_, pairs = library.evaluate(text, scores, labels, **inputs)
        losses.append(loss)
        slopes.append(pairs[0, varied] + pairs[varied, 0] if within else gradient[0, varied])
    return points, losses, slopes


def draw(library, name, other, top, bottom):
    """One objective: the loss in the axes above, its slope in those below."""
    variants = [(name, LOG_NOISE, "-")]
    if other:
        variants.append((name, float(other.split("=")[1]), "--") if name == "nce" else
                        (f"{name}:{other}", LOG_NOISE, "--"))
    geometry = library.describe(name).geometry
    for text, log_noise, style in variants:
        for varied, color in ((0, BLUE), (1, ORANGE)):
            points, losses, slopes = curve(library, text, log_noise, varied)
            for axes, values in ((top, losses), (bottom, slopes)):
                axes.plot(points, values, style, color=color, linewidth=1.8 if style == "-" else 1.2,
                          dashes=(None, None) if style == "-" else (3, 2))
    top.set_title(name, loc="left", fontsize=12, fontweight="bold", color=INK, pad=16)
    note = f"dashed: {other}" if other else ""
    if name == "nce":
        note = f"log kQ = {LOG_NOISE}, dashed: {other.split()[-1]}"
    top.text(0, 1.04, note.replace("-", "\N{MINUS SIGN}"), transform=top.transAxes, fontsize=9, color=INK)
    low, high = RANGES[geometry][:2]
    for axes, limits in zip((top, bottom), LIMITS[geometry]):
        axes.patch.set_visible(False)
        axes.set_xlim(low, high)
        axes.set_ylim(*limits)
        axes.axhline(0, color=INK, linewidth=0.6)
        axes.set_xticks([low, 0, high] if low < 0 else [0, 1, 2, 3, 4])
        axes.tick_params(colors=INK, labelsize=9, length=3)
        for side, spine in axes.spines.items():
            spine.set_visible(side in ("left", "bottom"))
            spine.set_color(INK)
    top.tick_params(labelbottom=False)
    bottom.set_xlabel("score" if geometry == "dot" else "squared distance", fontsize=9, color=INK, labelpad=2)


def legend(figure, place):
    axes = figure.add_subplot(place)
    axes.axis("off")
    lines = [(BLUE, "the positive's score varies"), (ORANGE, "the score of one negative varies")]
    for line, (color, text) in enumerate(lines):
        axes.plot([0, 0.1], [0.92 - 0.1 * line] * 2, color=color, linewidth=2.5)
        axes.text(0.14, 0.92 - 0.1 * line, text, fontsize=11, color=INK, va="center")
    axes.text(0, 0.66, "Above: the loss. Below: its slope, the\ngradient of the score. One row with one\n"
              "positive and five negatives. Scores that do\nnot vary are 0 (nce: log kQ); among distances\n"
              "the positive has D² = 1, the negatives D² = 2.\nFor alignuniform a negative is another output,\n"
              "its D² that from the positive one.\nSolid: the default parameters.", fontsize=11, color=INK, va="top",
              linespacing=1.5)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)


def shorten(path):
    """Makes the file smaller: one decimal for matplotlib's six, each style once, no empty groups."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r"-?\d+\.\d{3,}", lambda number: f"{float(number[0]):.1f}".removesuffix(".0"), text)
    text = re.sub(r' transform="rotate\(-0 [^"]*\)"', "", text)
    text = re.sub(r' id="(\w+_\d+|matplotlib[^"]*)"', "", text)
    text = re.sub(r'(<use [^>]*?) style="[^"]*"', r"\1", text)  # as its definition has it
    text = re.sub(r"'DejaVu Sans', ", "", text)
    text = re.sub(r"\n[ \t]*(?=[LMzQC\"])", " ", text)
    text = re.sub(r"(\d) +L ", r"\1 L ", text)
    text = re.sub(r"\n[ \t]+", "\n", text)
    text = re.sub(r"</?g>\n", "", text)  # groups without a name or a style
    styles = sorted(set(re.findall(r' style="([^"]*)"', text)))
    text = re.sub(r' style="([^"]*)"', lambda style: f' class="s{styles.index(style[1])}"', text)
    text = text.replace("</style>", "".join(f"\n.s{i} {{{style}}}" for i, style in enumerate(styles)) + "\n</style>")
    with open(path, "w", encoding="utf-8") as file:
        file.write(re.sub(r"\n{2,}", "\n", text))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", default=os.path.join(HERE, "plots", "objectives.svg"))
    path = parser.parse_args().output
    library = Library()
    plt.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "nce2vec", "font.family": "sans-serif",
                         "font.sans-serif": ["DejaVu Sans", "sans-serif"], "path.simplify_threshold": 0.2})
    figure = plt.figure(figsize=(12, 19))
    bands = figure.add_gridspec(5, 5, left=0.06, right=0.985, top=0.965, bottom=0.02, hspace=0.38, wspace=0.3)
    panels = DOT + [None] * (-len(DOT) % 5) + DISTANCE
    missing = set(library.names()) ^ {panel[0] for panel in panels if panel}
    if missing:
        parser.error(f"objectives without a panel, or removed: {', '.join(sorted(missing))}")
    for number, panel in enumerate(panels):
        if not panel:
            continue  # the legend's place
        row, column = divmod(number, 5)
        pair = bands[row, column].subgridspec(2, 1, hspace=0.14)
        top, bottom = figure.add_subplot(pair[0]), figure.add_subplot(pair[1])
        draw(library, *panel, top, bottom)
        if column == 0:
            for axes, label in ((top, "loss"), (bottom, "slope")):
                axes.set_ylabel(label, fontsize=10, color=INK)
                axes.yaxis.set_label_coords(-0.22, 0.5)
    legend(figure, bands[4, :3])
    os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    figure.savefig(path, transparent=True, metadata={"Date": None})
    shorten(path)


if __name__ == "__main__":
    main()
