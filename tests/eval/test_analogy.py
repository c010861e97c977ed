"""Analogies: a world where they hold, brute force, and agreement with gensim."""

import json
import os
import unittest
import unittest.mock

import numpy as np
from helpers import EVAL, FolderTest, make_vectors, random_vectors, standard_data, write_text

import analogy
import common
from analogy import Questions
from vectors import Vectors


def perfect_world(pairs=6, dim=32, seed=1):
    """x0 .. and y0 .., each y its x and one common step further, among unrelated words."""
    generator = np.random.default_rng(seed)
    step = generator.normal(size=dim)
    rows = {}
    for i in range(pairs):
        rows[f"x{i}"] = generator.normal(size=dim)
        rows[f"y{i}"] = rows[f"x{i}"] + step
    # Of equal length, or scaling to unit length would bend the offsets.
    rows = {word: row / np.linalg.norm(row) for word, row in rows.items()}
    for i in range(50):
        rows[f"other{i}"] = generator.normal(size=dim)
    return make_vectors(rows)


def ask(words, section="s"):
    return Questions("test", words, [0] * len(words), [section])


def brute_force(vectors, question, method):
    """One question, straight from the definition."""
    unit = vectors.rows / np.linalg.norm(vectors.rows, axis=1, keepdims=True)
    a, b, c = (unit @ unit[vectors.words.index(word)] for word in question[:3])
    if method == "add":
        scores = b - a + c
    else:
        scores = ((b + 1) / 2) * ((c + 1) / 2) / ((a + 1) / 2 + 0.001)
    for word in question[:3]:
        scores[vectors.words.index(word)] = -np.inf
    return vectors.words[int(scores.argmax())]


class Answers(unittest.TestCase):
    pairs = [(f"x{i}", f"y{i}") for i in range(6)]

    def test_perfect_and_swapped(self):
        world = perfect_world()
        questions = ask(analogy.ask_pairs(self.pairs))
        self.assertEqual(len(questions), 30)
        asked, right = analogy.answer(world, questions)
        self.assertTrue(asked.all() and right["add"].all() and right["mul"].all())
        swapped = ask([(b, a, d, c) for a, b, c, d in questions.words])
        self.assertTrue(analogy.answer(world, swapped)[1]["add"].all())
        crossed = ask([(a, b, d, c) for a, b, c, d in questions.words])  # asks for a step back: wrong
        self.assertFalse(analogy.answer(world, crossed)[1]["add"].any())

    def test_against_brute_force(self):
        words = [f"w{i}" for i in range(60)]
        world = random_vectors(words, dim=8)
        generator = np.random.default_rng(2)
        drawn = [tuple(words[i] for i in generator.choice(60, 3, replace=False)) for _ in range(300)]
        for method in analogy.METHODS:
            answered = [(*question, brute_force(world, question, method)) for question in drawn]
            right = analogy.answer(world, ask(answered), methods=(method,))[1][method]
            self.assertTrue(right.all(), method)
            wrong = [(*q[:3], words[(words.index(q[3]) + 1) % 60]) for q in answered]
            self.assertFalse(analogy.answer(world, ask(wrong), methods=(method,))[1][method].any(), method)

    def test_parts_of_the_vocabulary_join(self):
        world = perfect_world()
        questions = ask(analogy.ask_pairs(self.pairs))
        whole = analogy._WORDS_AT_ONCE
        self.addCleanup(setattr, analogy, "_WORDS_AT_ONCE", whole)
        generator = np.random.default_rng(3)
        shuffled = generator.permutation(len(world))
        world = Vectors("shuffled", "test", [world.words[i] for i in shuffled], world.rows[shuffled])
        for size in (1, 3, 61, whole):
            analogy._WORDS_AT_ONCE = size
            _, right = analogy.answer(world, questions)
            self.assertTrue(right["add"].all() and right["mul"].all(), size)

    def test_missing_words_are_skipped_and_counted(self):
        world = perfect_world()
        full = analogy.ask_pairs(self.pairs)[:12]
        wrong = [(a, b, d, c) for a, b, c, d in full[:3]]
        questions = ask([*full, *wrong, ("x0", "y0", "x1", "none"), ("none", "y0", "x1", "y1")])
        score = analogy.evaluate([world], questions, replicates=100)["models"][0]["methods"]["add"]["total"]
        self.assertEqual((score["asked"], score["skipped"], score["right"]), (15, 2, 12))
        self.assertAlmostEqual(score["accuracy"], 12 / 15)
        self.assertAlmostEqual(score["of_all"], 12 / 17)

    def test_few_questions_have_no_score(self):
        full = analogy.ask_pairs(self.pairs)
        for count, defined in ((9, False), (10, True)):
            result = analogy.evaluate([perfect_world()], ask(full[:count]), replicates=100)
            for score in (result["models"][0]["methods"]["add"]["total"]["accuracy"],
                          result["settings"][0]["methods"]["add"]["total"]["mean"]):
                self.assertEqual(np.isfinite(score), defined, count)
            self.assertEqual(result["models"][0]["methods"]["add"]["total"]["right"], count)

    def test_restriction_limits_questions_and_answers(self):
        world = perfect_world()
        questions = ask([("x0", "y0", "x1", "y1"), ("x0", "y0", "x5", "y5")])
        self.assertEqual(analogy.answer(world, questions, restrict=4)[0].tolist(), [True, False])
        # A word that would win from outside the restriction does not take part.
        rows = dict(zip(world.words, world.rows))
        target = world.unit[1] - world.unit[0] + world.unit[2]
        decoyed = make_vectors({**rows, "decoy": target})
        question = ask([("x0", "y0", "x1", "y1")])
        self.assertFalse(analogy.answer(decoyed, question, restrict=0)[1]["add"][0])
        self.assertTrue(analogy.answer(decoyed, question, restrict=len(rows))[1]["add"][0])

    def test_spellings_count_as_one_word(self):
        world = perfect_world()
        rows = dict(zip(world.words, world.rows))
        question = ask([("x0", "y0", "x1", "y1")])
        target = world.unit[1] - world.unit[0] + world.unit[2]
        # Another spelling of the answer is right; one of a question's word is never an answer.
        self.assertTrue(analogy.answer(make_vectors({**rows, "Y1": target}), question)[1]["add"][0])
        self.assertTrue(analogy.answer(make_vectors({**rows, "Y0": target}), question)[1]["add"][0])
        self.assertFalse(analogy.answer(make_vectors({**rows, "Z": target}), question)[1]["add"][0])

    def test_nothing_to_ask(self):
        result = analogy.evaluate([perfect_world()] * 2, ask([("a", "b", "c", "d")]), replicates=100)
        json.dumps(common.plain(result), allow_nan=False)
        total = common.plain(result)["models"][0]["methods"]["mul"]["total"]
        self.assertEqual((total["asked"], total["accuracy"], total["of_all"]), (0, None, None))

    def test_sections_and_sums(self):
        full = analogy.ask_pairs(self.pairs)
        wrong = [(a, b, d, c) for a, b, c, d in full[:11]]
        questions = Questions("q", full + wrong, [0] * 30 + [1] * 11, ["grapes", "gram-one"])
        parts = analogy.evaluate([perfect_world()], questions, replicates=100)["models"][0]["methods"]["add"]
        self.assertEqual({name: (part["right"], part["asked"]) for name, part in parts.items()},
                         {"grapes": (30, 30), "gram-one": (0, 11), "semantic": (30, 30), "syntactic": (0, 11),
                          "total": (30, 41)})
        self.assertEqual((parts["semantic"]["accuracy"], parts["syntactic"]["accuracy"]), (1, 0))

    def test_intervals_resample_the_pairs_on_both_sides(self):
        """Answers depend on one of the two pairs, of which there are 12; the other pairs are 200."""
        generator = np.random.default_rng(3)
        for side in (0, 1):
            few, many = generator.integers(0, 12, 2000), generator.integers(0, 200, 2000)
            named = [((f"a{i}", f"b{i}"), (f"c{j}", f"d{j}")) for i, j in zip(few, many)]
            questions = ask([one + other if side == 0 else other + one for one, other in named])
            right = few < 6
            with unittest.mock.patch.object(analogy, "answer", lambda *_: (np.ones(2000, bool), {"add": right})):
                result = analogy.evaluate([perfect_world()], questions, methods=("add",), replicates=1000)
            low, high = result["models"][0]["methods"]["add"]["total"]["interval"]
            expected = 2 * 1.96 * np.sqrt(0.25 / 12)
            self.assertAlmostEqual(high - low, expected, delta=0.1)

    def test_differences(self):
        pairs = [(f"x{i}", f"y{i}") for i in range(20)]
        world = perfect_world(20)
        noise = random_vectors(world.words, dim=16)
        result = analogy.evaluate([world, world, noise], ask(analogy.ask_pairs(pairs)), replicates=2000)
        verdicts = [d["methods"]["add"]["total"]["better"] for d in result["differences"]]
        self.assertEqual(verdicts, [None, "A", "A"])


class Files(FolderTest):
    def test_questions_and_pairs(self):
        got = analogy.read_questions(self.write("q.txt", ": one\nA b C d\n: gram-two\na b\nc d\n\n# no\ne b\n"))
        self.assertEqual(got.sections, ["one", "gram-two"])
        # The pairs c-d and e-b; a-b and e-b share a word and are not asked together.
        self.assertEqual(got.words[:1], [("a", "b", "c", "d")])
        self.assertEqual(set(got.words[1:]), {("a", "b", "c", "d"), ("c", "d", "e", "b"), ("c", "d", "a", "b"),
                                              ("e", "b", "c", "d")})
        self.assertEqual(got.syntactic.tolist(), [False] + 4 * [True])

    def test_malformed(self):
        for content, message in (
            ("a b c d\n", "line 1: words before the first section"),
            (": s\na b c\n", "line 2: expected four words, or two"),
            (": s\na b c d\na b\n", "line 3: expected four words, or two"),
            (": s\na b\n: s\n", "line 3: a section needs a name of its own"),
            (":\na b\n", "line 1: a section needs a name"),
            (": s\n", "no questions"),
        ):
            with self.assertRaisesRegex(common.DataError, message):
                analogy.read_questions(self.write("q", content))

    def test_command(self):
        write_text(self.path("v"), perfect_world())
        path = self.write("mine.txt", ": semantic-one\n" + "".join(f"x{i} y{i}\n" for i in range(6)))
        got = self.command("analogy.py", self.path("v"), "--questions", path, "--restrict", "20")
        self.assertEqual((got.returncode, got.stderr), (0, ""))
        self.assertIn("; among the first 20 words", got.stdout)
        self.assertRegex(got.stdout, r"total +100\.00 +- +100\.00 +- +30 +0\n")
        got = self.command("analogy.py", "--questions", path, "--print-questions")
        self.assertEqual(got.stdout.split("\n")[:2], [": semantic-one", "x0 y0 x1 y1"])
        got = self.command("analogy.py", self.path("v"), "--questions", path, "--restrict", "-1")
        self.assertEqual(got.returncode, 2)


class ShippedSet(unittest.TestCase):
    questions = analogy.read_questions(os.path.join(EVAL, "data", "analogies.txt"))

    def test_size_and_shape(self):
        self.assertGreaterEqual(len(self.questions), 2000)
        self.assertEqual(len(set(self.questions.words)), len(self.questions))
        for words in self.questions.words:
            self.assertEqual(len(set(words)), 4, words)
            for word in words:
                self.assertTrue(word.isalpha() and word.isascii(), word)
        self.assertTrue(0.3 < self.questions.syntactic.mean() < 0.7, self.questions.syntactic.mean())

    def test_a_first_word_leads_to_one_answer(self):
        answers = {}
        for (a, b, c, d), section in zip(self.questions.words, self.questions.section):
            self.assertEqual(answers.setdefault((section, a), b), b)
            self.assertEqual(answers.setdefault((section, c), d), d)


class Agreement(unittest.TestCase):
    def test_with_gensim(self):
        try:
            from gensim.models import KeyedVectors
        except ImportError:
            self.skipTest("gensim is not installed")
        path = os.path.join(standard_data(self), "questions-words.txt")
        questions = analogy.read_questions(path)
        self.assertEqual(len(questions), 19544)
        # Vectors in which many analogies hold, noisily: a word is its stem's vector and its section's step.
        generator = np.random.default_rng(4)
        rows = {}
        for (a, b, c, d), section in zip(questions.words, questions.section):
            step = np.random.default_rng(section + 1).normal(size=40)
            for x, y in ((a, b), (c, d)):
                if x not in rows:
                    rows[x] = generator.normal(size=40)
                if y not in rows:
                    rows[y] = rows[x] + step + 0.35 * generator.normal(size=40)
        words = list(rows)[::2] + list(rows)[1::4]
        model = make_vectors({(w.title() if i % 3 else w): rows[w] for i, w in enumerate(words)})
        other = KeyedVectors(model.dim)
        other.add_vectors(model.words, model.rows)
        score, sections = other.evaluate_word_analogies(path, restrict_vocab=600)
        parts = analogy.evaluate([model], questions, restrict=600, methods=("add",), replicates=100)
        parts = parts["models"][0]["methods"]["add"]
        self.assertTrue(0.1 < score < 0.95, score)
        self.assertAlmostEqual(parts["total"]["accuracy"], score)
        for section in sections[:-1]:
            right, wrong = len(section["correct"]), len(section["incorrect"])
            part = parts[section["section"]]
            self.assertEqual((part["right"], part["asked"]), (right, right + wrong))


if __name__ == "__main__":
    unittest.main()
