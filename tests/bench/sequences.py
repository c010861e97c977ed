#!/usr/bin/python3
"""Times and scores beside gensim, on sessions, graphs and text. Prints a table in Markdown.

usage: sequences.py sessions TRAIN HELDOUT       sessions, a line each: hit rate at 10 (docs/examples/sessions.py)
       sequences.py graph EDGES                  link prediction from walks (docs/examples/walks.py, links.py)
       sequences.py text                         the text BENCH_TEXT: similarity, analogies (eval/evaluate.py); also
                                                 fastText
       sequences.py lines PICKLE                 prints the sessions of a Python pickle of lists of numbers, a line each

Run it with a Python that has NumPy, SciPy and gensim (Debian's python3-gensim). Each program trains with the same
number of dimensions, from a plain file to a file of vectors, on each number of threads in turn; the scores are those of
the last one. Seconds are those of the wall's clock, and in brackets those of the processor, of all threads. With
--validate the held-out part is taken from the training part, to choose settings by.
"""

import argparse
import collections
import json
import os
import pickle
import sys

import numpy as np

import lab

EXAMPLES = os.path.join(lab.ROOT, "docs", "examples")
sys.path.insert(0, EXAMPLES)
sys.dont_write_bytecode = True

import links  # noqa: E402
import sessions  # noqa: E402
import walks  # noqa: E402

GENSIM = """
import json, sys
import numpy as np
from gensim.models import Word2Vec
text, output, options = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
model = Word2Vec(corpus_file=text, **options)
np.save(output + ".input.npy", model.wv.vectors)
np.save(output + ".output.npy", model.syn1neg)
with open(output + ".vocab.txt", "w", encoding="utf-8") as file:
    file.writelines(word + "\\n" for word in model.wv.index_to_key)
"""


class Trained:
    """Vectors of a program: the index of each name, and the rows that scores are taken of."""

    def __init__(self, base):
        with open(base + ".vocab.txt", encoding="utf-8") as file:
            self.index = {name: at for at, name in enumerate(file.read().split("\n")[:-1])}
        rows = np.load(base + ".input.npy")
        self.units = {"input": sessions.unit_rows(rows)}
        if os.path.exists(base + ".output.npy"):
            self.units["sum"] = sessions.unit_rows(rows + np.load(base + ".output.npy"))


class Gensim:
    def __init__(self, name, **options):
        self.name, self.options = name, options

    def command(self, text, base, dim, threads):
        options = {"sg": 1, "min_count": 1, "sample": 0, "vector_size": dim, "workers": threads, **self.options}
        return [sys.executable, "-c", GENSIM, text, base, json.dumps(options)]

    def finish(self, base):
        """What comes after the time is taken."""


class Nce2vec:
    def __init__(self, name, *options):
        self.name, self.options = name, options

    def command(self, text, base, dim, threads):
        return [lab.PROGRAM, "train", "-q", text, "-o", base + ".n2v", "--tokenizer", "space", "--dim", str(dim),
                "--threads", str(threads), *self.options]

    def finish(self, base):
        for part in ("input", "output"):
            lab.run([lab.PROGRAM, "convert", "-q", base + ".n2v", base + ".%s.npy" % part, "--vectors", part])
        os.replace(base + ".input.vocab.txt", base + ".vocab.txt")


class FastText:
    def __init__(self, name, *options):
        self.name, self.options = name, options

    def command(self, text, base, dim, threads):
        return ["fasttext", "skipgram", "-input", text, "-output", base, "-dim", str(dim), "-thread", str(threads),
                *self.options]

    def finish(self, base):
        lab.run([lab.PROGRAM, "convert", "-q", base + ".vec", base + ".input.npy"])
        os.replace(base + ".input.vocab.txt", base + ".vocab.txt")


NO_MINIMUM = ("--min-count", "1", "--subsample", "0")
SGNS = ("--objective", "sgns", "--noise", "5", "--lr", "0.025")

# "equal": the same loss and parameters. "chosen": the best of those that were tried on a validation part.
PROGRAMS = {
    "sessions": [
        Gensim("gensim, equal parameters", window=5, epochs=5),
        Nce2vec("nce2vec, equal parameters", *NO_MINIMUM, *SGNS, "--window", "5", "--epochs", "5"),
        Gensim("gensim, chosen parameters", window=5, epochs=20, ns_exponent=-0.5),
        Nce2vec("nce2vec, `--preset sessions`", "--preset", "sessions"),
    ],
    "graph": [
        Gensim("gensim, equal parameters", window=5, epochs=1),
        Nce2vec("nce2vec, equal parameters", *NO_MINIMUM, *SGNS, "--window", "5", "--epochs", "1"),
        Gensim("gensim, chosen parameters", window=5, epochs=1, alpha=0.1),
        Nce2vec("nce2vec, `--preset walks`", "--preset", "walks"),
    ],
    "text": [
        FastText("fastText", "-epoch", "5", "-ws", "5", "-neg", "5", "-t", "1e-4", "-minCount", "5", "-maxn", "0"),
        Gensim("gensim", window=5, epochs=5, sample=1e-4, min_count=5),
        Nce2vec("nce2vec, equal parameters", *SGNS, "--epochs", "5"),
        Nce2vec("nce2vec, its default"),
    ],
}


def race(programs, text, given, score):
    """Trains with each program in turn; score: from Trained to {column: value}. Returns rows of (name, scores,
    times)."""
    base, rows = os.path.join(lab.FOLDER, "sequences"), []
    for program in programs:
        if given.only not in program.name:
            continue
        runs = [lab.run(program.command(text, base, given.dim, threads)) for threads in given.threads]
        times = ["%.1f (%.1f)" % (run.seconds, run.cpu) for run in runs]
        program.finish(base)
        rows.append((program.name, score(Trained(base)), times))
        for part in ("input.npy", "output.npy", "vocab.txt"):  # the next program must not be scored by these
            if os.path.exists(base + "." + part):
                os.remove(base + "." + part)
        print("%s: %s; %s" % (rows[-1][0], rows[-1][1], times), file=sys.stderr)
    return rows


def print_table(rows, given, described):
    columns = list(dict.fromkeys(column for _, scores, _ in rows for column in scores))
    head = ["", *columns, *("seconds (processor), %d thread%s" % (n, "s" * (n > 1)) for n in given.threads)]
    cells = [[name, *("%.1f" % (100 * scores[column]) if column in scores else "" for column in columns),
              *(times or [""] * len(given.threads))] for name, scores, times in rows]
    print("%s\n\n%s\n%s" % (described, lab.table(head, cells), lab.machine()))


# Sessions ---------------------------------------------------------------------------------


def counted_together(train, heldout, k=10):
    """The hit rate where the items nearest to one are those that were most often in a session with it."""
    together = collections.defaultdict(collections.Counter)
    for session in train:
        items = list(dict.fromkeys(session))
        for item in items:
            together[item].update(items)
    hits, asked = 0, sessions.questions(heldout)
    for items, last in asked:
        near = [item for item, _ in together[items[-1]].most_common(k + len(items)) if item not in items]
        hits += last in near[:k]
    return hits / len(asked)


def race_sessions(given):
    train, heldout = sessions.read_sessions(given.train), sessions.read_sessions(given.heldout)
    if given.validate:
        train, heldout = sessions.split(train, 0.1)
    text = os.path.join(lab.FOLDER, "sessions.txt")
    sessions.write_sessions(text, train)
    counts = collections.Counter(item for session in train for item in session)
    name = "hit rate at 10, "
    rows = [("the most popular items", {name + "input": sessions.popular_hit_rate(counts, heldout)}, []),
            ("the items most often in the same session", {name + "input": counted_together(train, heldout)}, [])]
    rows += race(PROGRAMS["sessions"], text, given, lambda trained: {
        name + part: sessions.hit_rate(trained.index, unit, heldout) for part, unit in trained.units.items()})
    print_table(rows, given,
                "%s sessions of %s items, %s different ones; %s held-out sessions that end with a new item" % (
        *map(lab.count, (len(train), counts.total(), len(counts), len(sessions.questions(heldout)))),))


# A graph ----------------------------------------------------------------------------------


def race_graph(given):
    names, edges = walks.read_edges(given.edges)
    train, heldout = links.split(edges, len(names), 0.1, seed=1)
    heldout = heldout[int(not given.validate)::2]  # a half to choose settings by, a half to test them
    text = os.path.join(lab.FOLDER, "walks.txt")
    graph = walks.Graph(train, len(names))
    with open(text, "wb") as file:
        walks.write_walks(file, names, graph, given.walks, given.length, given.p, given.q)

    def score(trained):
        order = np.array([trained.index.get(name.decode(), 0) for name in names])
        return {"%s, %s" % (what, part): value for part, unit in trained.units.items()
                for what, value in links.score(unit[order], train, heldout).items()}

    rows = [("product of degrees", {what + ", input": value for what, value in
                                    links.score_degrees(graph, train, heldout).items()}, [])]
    rows += race(PROGRAMS["graph"], text, given, score)
    print_table(rows, given, "%s nodes, %s edges, %s held-out edges; %d walks of %d nodes from each node" % (
        *map(lab.count, (len(names), len(train), len(heldout))), given.walks, given.length))


# Text -------------------------------------------------------------------------------------


def race_text(given):
    text = lab.Text().plain
    base = os.path.join(lab.FOLDER, "scored")

    def score(trained):
        np.save(base + ".npy", trained.units["input"])
        with open(base + ".vocab.txt", "w", encoding="utf-8") as file:
            file.writelines(word + "\n" for word in trained.index)
        result = json.loads(lab.run([sys.executable, os.path.join(lab.ROOT, "eval", "evaluate.py"), base + ".npy",
                                     "--json", "--replicates", "100"]).said)
        scores = {}
        if result["similarity"]:
            scores["similarity"] = result["similarity"]["settings"][0]["mean"]["skip"]["mean"]
        for one in result["analogy"]:
            scores["analogies, " + one["set"]] = one["settings"][0]["methods"]["add"]["total"]["mean"]
        return scores

    print_table(race(PROGRAMS["text"], text, given, score), given, lab.Text().described())


# Files ------------------------------------------------------------------------------------


class Lists(pickle.Unpickler):
    """Reads lists of numbers and nothing else: a pickle can otherwise run any program."""

    def find_class(self, module, name):
        raise pickle.UnpicklingError("this is no pickle of lists of numbers: it has a %s.%s" % (module, name))


def print_lines(given):
    with open(given.pickle, "rb") as file:
        found = Lists(file).load()
    if isinstance(found, tuple):  # beginnings of sessions, the longest one first, and the item that follows each
        whole = [items + [last] for items, last in zip(*found)]
        found = [session for before, session in zip([[]] + whole, whole) if before[:-1] != session]
    sys.stdout.writelines(" ".join(map(str, session)) + "\n" for session in found)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = options.add_subparsers(required=True)

    def command(name, function, *arguments):
        one = commands.add_parser(name)
        one.set_defaults(function=function)
        for argument in arguments:
            one.add_argument(argument)
        if name != "lines":
            one.add_argument("--dim", type=int, default=100)
            one.add_argument("--threads", type=int, nargs="+", default=[1, 2])
            one.add_argument("--validate", action="store_true")
            one.add_argument("--only", default="", metavar="NAME", help="programs whose names have this in them")
        return one

    command("sessions", race_sessions, "train", "heldout")
    graph = command("graph", race_graph, "edges")
    for name, kind, default in ("walks", int, 2), ("length", int, 20), ("p", float, 1), ("q", float, 1):
        graph.add_argument("--" + name, type=kind, default=default)
    command("text", race_text)
    command("lines", print_lines, "pickle")
    given = options.parse_args()
    os.makedirs(lab.FOLDER, exist_ok=True)
    try:
        given.function(given)
    except pickle.UnpicklingError as error:
        sys.exit("%s: %s" % (given.pickle, error))


if __name__ == "__main__":
    main()
