#!/usr/bin/python3
"""Word analogies: a is to b as c is to ?

Prints the accuracy of 3CosAdd (the word nearest to b - a + c) and of 3CosMul (Levy & Goldberg 2014): for each section,
for semantic and syntactic questions, and in total. Candidates are the first --restrict words of the file, without a, b
and c. Questions with a word outside them are skipped and counted; fewer than 10 questions get no score. Intervals
resample the word pairs that questions are made of. With two or more settings: the difference of each two, with a
test."""

import itertools
import os
from concurrent.futures import ThreadPoolExecutor

import common  # first: without NumPy it says what to install
import numpy as np

import significance
import text
from settings import alone
from significance import MIN_UNITS

RESTRICT = 30000
METHODS = ("add", "mul")
SUMS = ("semantic", "syntactic", "total")
EPSILON = 0.001  # of 3CosMul, as published
PARTNERS = 10    # a pair of a list makes questions with this many pairs that follow it
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
                raise common.DataError(f"{path}, line {number}: a section needs a name of its own")
            sections.append(name)
            groups.append([])
            continue
        if not groups:
            raise common.DataError(f"{path}, line {number}: words before the first section (': name')")
        expected = len(groups[-1][0]) if groups[-1] else len(fields)
        if len(fields) != expected or expected not in (2, 4):
            raise common.DataError(f"{path}, line {number}: expected four words, or two in all lines of the section")
        groups[-1].append(tuple(text.fold(word) for word in fields))
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
    """The available sets of questions: the standard one, if it is there, and the project's own."""
    paths = [os.path.join(folder, "questions-words.txt")] if folder else []
    return [path for path in paths + [os.path.join(common.SHIPPED, "analogies.txt")] if os.path.exists(path)]


def answer(vectors, questions, restrict=RESTRICT, methods=METHODS):
    """Which questions have all words, and for each method which of those were answered correctly."""
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
    """Folded word -> its first row; first row -> the rows of its other spellings."""
    spelling, variants = {}, {}
    for row, word in enumerate(words):
        first = spelling.setdefault(text.fold(word), row)
        if first != row:
            variants.setdefault(first, []).append(row)
    return spelling, variants


def _nearest(unit, rows, variants, method):
    """The best row for each question (a, b, c). Its own words, in any spelling, are no candidates."""
    if not len(rows):
        return np.zeros(0, np.intp)
    distinct, place = np.unique(rows, return_inverse=True)
    place = place.reshape(rows.shape)
    offsets, offset = np.unique(place[:, :2], axis=0, return_inverse=True)
    # Sorted by a and b, so that b - a is computed once for questions that share them.
    order = np.argsort(offset.ravel(), kind="stable")
    starts = np.searchsorted(offset.ravel()[order], np.arange(len(offsets) + 1))
    banned = _banned(rows[order], variants)

    def search(low):
        return _search(unit[low : low + _WORDS_AT_ONCE], low, unit[distinct], offsets, starts, place[order, 2], banned,
                       method)

    # NumPy computes outside the interpreter's lock, so that threads run in parallel. They are few because each has a
    # score for every distinct word and every candidate of its part.
    with ThreadPoolExecutor(min(8, len(os.sched_getaffinity(0)))) as pool:
        results = list(pool.map(search, range(0, len(unit), _WORDS_AT_ONCE)))
    scores, words = (np.stack(part) for part in zip(*results))
    winner = scores.argmax(axis=0)  # of equal scores the first: the more frequent word
    found = np.empty(len(rows), np.intp)
    found[order] = words[winner, np.arange(len(rows))]
    return found


def _search(candidates, low, distinct, offsets, starts, third, banned, method):
    """Best score and row of each question among the candidates: the rows from low on."""
    # One product for each distinct word, not for each question. Questions add them up (3CosMul: their logarithms).
    wanted = unwanted = distinct @ candidates.T
    if method == "mul":
        shifted = np.maximum((wanted + 1) / 2, 1e-12)  # rounding can make it negative
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
    """(question, row) of all words that are no candidates, in order of question."""
    question = np.repeat(np.arange(len(rows)), rows.shape[1])
    word = rows.ravel()
    if variants:
        more = [(q, other) for q, w in zip(question.tolist(), word.tolist()) for other in variants.get(w, ())]
        if more:
            question, word = (np.concatenate(both) for both in zip((question, word), np.array(more).T))
            order = np.argsort(question, kind="stable")
            question, word = question[order], word[order]
    return question, word


class _Measured:
    """Answers of all models, and scores on any of the questions."""

    def __init__(self, models, questions, restrict, methods, replicates, seed):
        units = {}
        self.questions = questions
        self.first = np.array([units.setdefault(words[:2], len(units)) for words in questions.words])
        self.second = np.array([units.setdefault(words[2:], len(units)) for words in questions.words])
        self.weights = significance.bootstrap_weights(len(units), replicates, seed)
        self.asked, self.hits = [], []
        for model in models:
            asked, right = answer(model, questions, restrict, methods)
            self.asked.append(asked)
            self.hits.append({method: np.zeros(len(questions), bool) for method in methods})
            for method in methods:
                self.hits[-1][method][asked] = right[method]
        self._scores = {}

    def known(self, members):
        """The questions of which all members have all words."""
        return np.logical_and.reduce([self.asked[member] for member in members])

    def scores(self, method, members, which):
        """A Score for each member, on these questions."""
        return [self._score(method, member, which) for member in members]

    def _score(self, method, member, which):
        key = method, member, which.tobytes()
        if key not in self._scores:
            self._scores[key] = self._compute(self.hits[member][method][which], which)
        return self._scores[key]

    def _compute(self, hits, which):
        first, second = self.first[which], self.second[which]
        units = len(np.union1d(first, second))
        if len(hits) < MIN_UNITS:
            return significance.undefined(len(self.weights), units)
        replicates = significance.crossed_share(hits, first, second, self.weights)
        return significance.Score(float(hits.mean()), replicates, units)


def evaluate(models, questions, restrict=RESTRICT, methods=METHODS, replicates=significance.REPLICATES, seed=1,
             groups=None):
    """Scores of every model and setting by every method, and every difference of settings; NaN where not defined.

    groups: (name, places in models) of each setting (see settings.py); None: each model is one."""
    groups = groups or alone([model.path for model in models])
    measured = _Measured(models, questions, restrict, methods, replicates, seed)
    result = {"set": questions.name, "questions": len(questions), "restrict": restrict, "replicates": replicates,
              "seed": seed, "models": [], "settings": [], "differences": []}
    for at, model in enumerate(models):
        entry = {method: {part: _part(measured, method, at, within) for part, within in _parts(questions)}
                 for method in methods}
        result["models"].append({"vectors": model.describe(), "methods": entry})
    for name, members in groups:
        entry = {method: {part: _setting_part(measured, method, members, within) for part, within in _parts(questions)}
                 for method in methods}
        result["settings"].append({**common.describe_setting(models, name, members), "methods": entry})
    for (name_a, a), (name_b, b) in itertools.combinations(groups, 2):
        known = measured.known([*a, *b])
        entry = {method: {part: significance.compare(measured.scores(method, a, known & within),
                                                     measured.scores(method, b, known & within))
                          for part, within in _parts(questions) if part in SUMS} for method in methods}
        result["differences"].append({"a": name_a, "b": name_b, "methods": entry})
    significance.holm(compared_lines(result))
    return result


def _parts(questions):
    """(name, which questions): each section, then the sums."""
    for index, name in enumerate(questions.sections):
        yield name, questions.section == index
    yield "semantic", ~questions.syntactic
    yield "syntactic", questions.syntactic
    yield "total", np.ones(len(questions), bool)


def _part(measured, method, at, within):
    asked, hits = measured.asked[at], measured.hits[at][method]
    scores = measured.scores(method, [at], asked & within)
    summary = significance.summarize(scores, is_share=True)
    return {"accuracy": summary["mean"], "interval": summary["interval"], "pairs": scores[0].units,
            "right": int(hits[within].sum()), "asked": int((asked & within).sum()),
            "skipped": int((~asked & within).sum()),
            "of_all": hits[within].mean() if (asked & within).any() else float("nan")}


def _setting_part(measured, method, members, within):
    asked = measured.known(members)
    summary = significance.summarize(measured.scores(method, members, asked & within), is_share=True)
    return {**summary, "asked": int((asked & within).sum()), "skipped": int((~asked & within).sum())}


def lines(difference):
    """(what, comparison) of each printed line of a difference."""
    return [(f"3Cos{method.capitalize()} {part}", one) for method, parts in difference["methods"].items()
            for part, one in parts.items()]


def compared_lines(result):
    return [one for difference in result["differences"] for _, one in lines(difference)]


def table(result, setting):
    """(header, rows) of one setting."""
    methods = list(setting["methods"])
    header = [f"analogy: {result['set']}"]
    header += itertools.chain.from_iterable(common.headings(setting, f"3Cos{m.capitalize()}") for m in methods)
    rows = []
    for part, score in setting["methods"][methods[0]].items():
        cells = [common.cells(setting["methods"][m][part], score["asked"]) for m in methods]
        rows.append([part, *itertools.chain.from_iterable(cells), score["asked"], score["skipped"]])
    return [*header, "asked", "skipped"], rows


def print_result(result):
    for setting in result["settings"]:
        words = setting["vectors"]["words"]
        common.print_setting(setting, f"; among the first {min(result['restrict'] or words, words)} words")
        common.print_table(*table(result, setting))
    for difference in result["differences"]:
        common.print_comparison(difference, lines(difference))


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
    options.add_argument("--questions", nargs="+", metavar="FILE", help="your own sets of questions instead")
    add_restrict_option(options)
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
        usage_error("the following arguments are required: VECTORS")
    models, groups = common.load_all(options)
    methods = options.method or METHODS
    results = [evaluate(models, q, options.restrict, methods, options.replicates, options.seed, groups) for q in sets]
    common.print_results(results, options, print_result, compared_lines)


def add_restrict_option(options):
    options.add_argument("--restrict", type=common.whole_number(0), default=RESTRICT, metavar="N",
                         help="analogies: questions and candidates are among the first N words of the file "
                              f"(default {RESTRICT}; 0: all)")


if __name__ == "__main__":
    common.run(main)
