#!/usr/bin/python3
"""Word analogies: a is to b as c is to ?

Accuracy by 3CosAdd (the word nearest to b - a + c) and 3CosMul (Levy & Goldberg 2014), for each
section, semantic and syntactic. Answers are sought among the first --restrict words, less a, b, c;
questions with a word outside them are skipped and counted. Intervals resample the word pairs that
questions are made of. Two or more files: the paired bootstrap of each difference."""

import itertools
import os
from concurrent.futures import ThreadPoolExecutor

import common  # first: without NumPy it says what to install
import numpy as np

import significance
from folding import fold

RESTRICT = 30000
METHODS = ("add", "mul")
EPSILON = 0.001  # of 3CosMul, as published
PARTNERS = 10    # a pair from a list is asked with this many that follow it
_WORDS_AT_ONCE = 4096


class Questions:
    """Questions (a, b, c, d) by section; a section whose name begins with 'gram' is syntactic."""

    def __init__(self, name, words, section, sections):
        self.name, self.words, self.section, self.sections = name, words, np.array(section, int), sections
        self.syntactic = np.array([sections[s].startswith("gram") for s in section], bool)

    def __len__(self):
        return len(self.words)


def read_questions(path):
    """Sections `: name`, then lines of four words (questions) or of two (pairs, see ask_pairs)."""
    sections, groups = [], []
    for number, fields in common.read_lines(path):
        if fields[0].startswith(":"):
            name = " ".join(fields).lstrip(": ")
            if not name or name in sections:
                raise common.DataError(f"{path}: line {number}: a section needs a name of its own")
            sections.append(name)
            groups.append([])
            continue
        if not groups:
            raise common.DataError(f"{path}: line {number}: words before the first section (': name')")
        expected = len(groups[-1][0]) if groups[-1] else len(fields)
        if len(fields) != expected or expected not in (2, 4):
            raise common.DataError(f"{path}: line {number}: expected four words, or two throughout the section")
        groups[-1].append(tuple(fold(word) for word in fields))
    words, section = [], []
    for index, group in enumerate(groups):
        asked = ask_pairs(group) if group and len(group[0]) == 2 else group
        words += asked
        section += [index] * len(asked)
    if not words:
        raise common.DataError(f"{path}: no questions")
    return Questions(os.path.splitext(os.path.basename(path))[0], words, section, sections)


def ask_pairs(pairs):
    """Each pair with the PARTNERS that follow it (the list is a ring), if the four words differ."""
    asked = []
    for at, first in enumerate(pairs):
        for step in range(1, min(PARTNERS, len(pairs) - 1) + 1):
            question = first + pairs[(at + step) % len(pairs)]
            if len(set(question)) == 4:
                asked.append(question)
    return asked


def question_files(folder):
    """The sets of questions at hand: the standard one, if there is one, and the shipped one."""
    paths = [os.path.join(folder, "questions-words.txt")] if folder else []
    return [path for path in paths + [os.path.join(common.SHIPPED, "analogies.txt")] if os.path.exists(path)]


def answer(vectors, questions, restrict=RESTRICT, methods=METHODS):
    """Which questions could be asked, and for each method which of those were answered rightly."""
    limit = min(restrict or len(vectors), len(vectors))
    spelling, variants = _spellings(vectors.words[:limit])
    rows = np.array([[spelling.get(word, -1) for word in question] for question in questions.words])
    asked = (rows >= 0).all(axis=1)
    rows = rows[asked]
    unit = vectors.unit[:limit]
    same = np.arange(limit)
    for row, others in variants.items():
        same[others] = row
    right = {}
    for method in methods:
        found = _nearest(unit, rows[:, :3], variants, method)
        right[method] = same[found] == rows[:, 3]
    return asked, right


def _spellings(words):
    """Lower-cased word -> its first row; first row -> the rows of its other spellings."""
    spelling, variants = {}, {}
    for row, word in enumerate(words):
        first = spelling.setdefault(fold(word), row)
        if first != row:
            variants.setdefault(first, []).append(row)
    return spelling, variants


def _nearest(unit, rows, variants, method):
    """The best row for each question (a, b, c), never one of its own words in any spelling."""
    if not len(rows):
        return np.zeros(0, np.intp)
    distinct, place = np.unique(rows, return_inverse=True)
    place = place.reshape(rows.shape)
    offsets, offset = np.unique(place[:, :2], axis=0, return_inverse=True)
    # Questions with the same a and b side by side: what those two contribute is computed once.
    order = np.argsort(offset.ravel(), kind="stable")
    starts = np.searchsorted(offset.ravel()[order], np.arange(len(offsets) + 1))
    banned = _banned(rows[order], variants)

    def search(low):
        return _search(unit[low : low + _WORDS_AT_ONCE], low, unit[distinct], offsets, starts, place[order, 2], banned,
                       method)

    # NumPy computes outside the interpreter's lock, so threads share the work. Not more of them than
    # needed: each holds a score for every distinct word and every candidate of its part.
    with ThreadPoolExecutor(min(8, len(os.sched_getaffinity(0)))) as pool:
        results = list(pool.map(search, range(0, len(unit), _WORDS_AT_ONCE)))
    scores, words = (np.stack(part) for part in zip(*results))
    winner = scores.argmax(axis=0)  # of equal scores the first: the more frequent word
    found = np.empty(len(rows), np.intp)
    found[order] = words[winner, np.arange(len(rows))]
    return found


def _search(candidates, low, distinct, offsets, starts, third, banned, method):
    """Best score and row of each question among the candidates, which are the rows from low on."""
    # One product for each distinct word, not for each question; the rest is sums (3CosMul: of logarithms).
    wanted = unwanted = distinct @ candidates.T
    if method == "mul":
        shifted = np.maximum((wanted + 1) / 2, 1e-12)  # rounding may leave it below zero
        wanted, unwanted = np.log(shifted), np.log(shifted + np.float32(EPSILON))
    best = np.empty(len(third), np.float32)
    found = np.empty(len(third), np.intp)
    inside = (banned[1] >= low) & (banned[1] < low + len(candidates))
    question, word = banned[0][inside], banned[1][inside] - low
    edges = np.searchsorted(question, starts)
    for (a, b), begin, end, left, right in zip(offsets, starts, starts[1:], edges, edges[1:]):
        scores = wanted[third[begin:end]]
        scores += wanted[b] - unwanted[a]
        scores[question[left:right] - begin, word[left:right]] = -np.inf
        winner = scores.argmax(axis=1)
        best[begin:end] = scores[np.arange(end - begin), winner]
        found[begin:end] = winner + low
    return best, found


def _banned(rows, variants):
    """(question, row) of all that is no answer, in order of question."""
    question = np.repeat(np.arange(len(rows)), rows.shape[1])
    word = rows.ravel()
    if variants:
        more = [(q, other) for q, w in zip(question.tolist(), word.tolist()) for other in variants.get(w, ())]
        if more:
            question, word = (np.concatenate(both) for both in zip((question, word), np.array(more).T))
            order = np.argsort(question, kind="stable")
            question, word = question[order], word[order]
    return question, word


def evaluate(models, questions, restrict=RESTRICT, methods=METHODS, replicates=significance.REPLICATES, seed=1):
    """Scores of every model by every method, and every difference; JSON-ready but for NaN."""
    units = {}
    first = np.array([units.setdefault(words[:2], len(units)) for words in questions.words])
    second = np.array([units.setdefault(words[2:], len(units)) for words in questions.words])
    weights = significance.bootstrap_weights(len(units), replicates, seed)
    answers = [answer(model, questions, restrict, methods) for model in models]

    result = {"set": questions.name, "questions": len(questions), "restrict": restrict, "replicates": replicates,
              "seed": seed, "models": [], "differences": []}
    for model, (asked, right) in zip(models, answers):
        entry = {"vectors": model.describe(), "methods": {}}
        for method in methods:
            hits = np.zeros(len(questions), bool)
            hits[asked] = right[method]
            entry["methods"][method] = {
                part: {
                    **_public(_score(hits, asked & within, first, second, weights)),
                    "right": int(hits[within].sum()),
                    "asked": int((asked & within).sum()),
                    "skipped": int((~asked & within).sum()),
                    "of_all": hits[within].mean() if within.any() else float("nan"),
                }
                for part, within in _parts(questions)
            }
        result["models"].append(entry)

    for a, b in itertools.combinations(range(len(models)), 2):
        both = answers[a][0] & answers[b][0]
        difference = {"a": models[a].path, "b": models[b].path, "methods": {}}
        for method in methods:
            hits = np.zeros((2, len(questions)), bool)
            for side, (asked, right) in enumerate((answers[a], answers[b])):
                hits[side, asked] = right[method]
            difference["methods"][method] = {
                part: _compare(*(_score(h, both & within, first, second, weights) for h in hits))
                for part, within in _parts(questions)
                if part in ("total", "semantic", "syntactic")
            }
        result["differences"].append(difference)
    return result


def _parts(questions):
    """(name, which questions): each section, then the sums."""
    for index, name in enumerate(questions.sections):
        yield name, questions.section == index
    yield "semantic", ~questions.syntactic
    yield "syntactic", questions.syntactic
    yield "total", np.ones(len(questions), bool)


def _score(hits, which, first, second, weights):
    if not which.any():
        return {"accuracy": float("nan"), "replicates": np.full(len(weights), np.nan), "units": 0}
    hits, first, second = hits[which], first[which], second[which]
    units = len(np.union1d(first, second))
    replicates = significance.crossed_share(hits, first, second, weights)
    return {"accuracy": float(hits.mean()), "replicates": replicates, "units": units}


def _public(score):
    bounds = significance.share_interval(score["accuracy"], score["replicates"], score["units"])
    return {"accuracy": score["accuracy"], "interval": bounds, "pairs": score["units"]}


def _compare(a, b):
    return significance.compare(a["accuracy"], b["accuracy"], a["replicates"], b["replicates"], a["units"])


def table(result, entry, sections=True):
    """(header, rows) of one model's entry."""
    methods = list(entry["methods"])
    header = [f"analogy: {result['set']}"]
    header += itertools.chain.from_iterable((f"3Cos{m.capitalize()}", "95 % interval") for m in methods)
    rows = []
    for part, score in entry["methods"][methods[0]].items():
        if sections or part in ("semantic", "syntactic", "total"):
            scores = [entry["methods"][m][part] for m in methods]
            cells = [(common.percent(s["accuracy"]), common.span(s["interval"])) for s in scores]
            rows.append([part, *itertools.chain.from_iterable(cells), score["asked"], score["skipped"]])
    return [*header, "asked", "skipped"], rows


def print_result(result):
    for entry in result["models"]:
        v = entry["vectors"]
        limit = min(result["restrict"] or v["words"], v["words"])
        print(f"{v['path']}: {v['words']} words x {v['dim']}, {v['format']}; the first {limit} words take part")
        common.print_table(*table(result, entry))
    for d in result["differences"]:
        rows = [(f"3Cos{m.capitalize()} {part}", r) for m, parts in d["methods"].items() for part, r in parts.items()]
        common.print_comparison(d["a"], d["b"], rows)


def print_questions(questions):
    """In the format of questions-words.txt, for other programs."""
    for index, name in enumerate(questions.sections):
        print(f": {name}")
        for words, section in zip(questions.words, questions.section):
            if section == index:
                print(*words)


def main():
    options = common.parser(__doc__, files="*")
    common.add_data_option(options)
    options.add_argument("--questions", nargs="+", metavar="FILE", help="these sets instead")
    options.add_argument("--restrict", type=common.whole_number(0), default=RESTRICT, metavar="N",
                         help=f"to the first N words of the file (default {RESTRICT}; 0: all)")
    options.add_argument("--method", choices=METHODS, action="append",
                         help="add: 3CosAdd, mul: 3CosMul (default: both)")
    options.add_argument("--print-questions", action="store_true",
                         help="print the questions, four words a line, for other programs, and stop")
    usage_error, options = options.error, options.parse_args()
    paths = options.questions or question_files(common.standard_folder(options.data))
    sets = [read_questions(path) for path in paths]
    if options.print_questions:
        for questions in sets:
            print_questions(questions)
        return
    if not options.vectors:
        usage_error("which VECTORS?")
    models = common.load_all(options)
    methods = options.method or METHODS
    results = [evaluate(models, q, options.restrict, methods, options.replicates, options.seed) for q in sets]
    if options.json:
        common.print_json(results)
    else:
        for at, result in enumerate(results):
            if at:
                print()
            print_result(result)


if __name__ == "__main__":
    common.run(main)
