"""The compass: slices in one space, and the word that changes its company."""
import os
import random
import unittest
import unittest.mock
from pathlib import Path

import numpy as np
from commands import CommandCase

import nce2vec

MOVES = "mouse"  # an animal at first, then a device
TOPICS = {"animals": ["cat", "dog", "horse", "cow", "hen", "pig"],
          "devices": ["screen", "keyboard", "printer", "cable", "disk", "modem"],
          "food": ["bread", "milk", "salt", "egg", "oven", "cup"]}
TRAINING = dict(dim=16, epochs=4, min_count=1, subsample=0, threads=1, lr=0.05)
OPTIONS = [f"--{name.replace('_', '-')}={value}" for name, value in TRAINING.items()]


def sentences(where, count=1500, seed=1):
    draw = random.Random(seed)
    made = []
    for _ in range(count):
        topic = draw.choice(list(TOPICS))
        words = TOPICS[topic] + [MOVES] * (topic == where)
        made.append(draw.choices(words, k=8))
    return made


SLICES = {"early": sentences("animals", seed=1), "late": sentences("devices", seed=2)}


class Slices(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.found = nce2vec.compass(SLICES, **TRAINING)

    def test_the_word_that_changes_its_company_is_first(self):
        change = self.found.change()
        first, second = change.most_changed(2)
        self.assertEqual(first.word, MOVES)
        self.assertGreater(first.distance, 1.5 * second.distance)
        then, now = change.neighbors(MOVES, k=3)
        self.assertLessEqual({word for word, _ in then}, set(TOPICS["animals"]))
        self.assertLessEqual({word for word, _ in now}, set(TOPICS["devices"]))

    def test_outputs_are_those_of_the_compass_to_the_bit(self):
        base = self.found.compass
        for vectors in self.found.slices.values():
            for word in vectors:
                self.assertTrue(np.array_equal(vectors.output_matrix[vectors.id(word)],
                                               base.output_matrix[base.id(word)]))
            self.assertFalse(np.array_equal(vectors["cat"], base["cat"]))

    def test_counts_are_those_of_the_slice(self):
        early = self.found.slices["early"]
        self.assertEqual(early.counts[early.id("cat")], sum(s.count("cat") for s in SLICES["early"]))

    def test_a_compass_of_other_text_or_of_an_earlier_call(self):
        texts = {name: made + [["cat", "new"]] * 20 for name, made in SLICES.items()}
        seen = []
        found = nce2vec.compass(texts, self.found.compass, on_vectors=lambda name, _: seen.append(name), **TRAINING)
        self.assertEqual((seen, found.change().most_changed(1)[0].word), (["early", "late"], MOVES))
        self.assertIn("new", found.slices["early"])  # and learns its output vector, too
        shared = nce2vec.compass(SLICES, sentences("animals", seed=3) + sentences("devices", seed=4), **TRAINING)
        self.assertEqual(shared.change("late", "early").most_changed(1)[0].word, MOVES)

    def test_refusals_come_before_any_training(self):
        once = {**SLICES, "early": iter(SLICES["early"])}
        bare = nce2vec.Vectors.from_arrays(["cat"], np.ones((1, 16)))
        for arguments, settings, says in (
                (({"one": SLICES["early"]},), {}, "1 slice: a change is between two"),
                ((once,), {}, "early can be read only once"),
                (({"a": "none", "b": "none"},), {}, "cannot read none"),
                ((SLICES, "none"), {}, "cannot read none"),
                ((SLICES, bare), {}, "no output vectors"),
                ((SLICES, self.found.compass), {"dim": 8}, "the compass has 16 dimensions, and dim is 8"),
                ((SLICES,), {"objective": "hs"}, "hs"),
                ((SLICES,), {"heldout": 0.1}, "heldout does not go with a compass"),
                ((SLICES,), {"epochs": 0}, "epochs")):
            with self.subTest(says), self.assertRaisesRegex(nce2vec.ArgumentError, says):
                nce2vec.compass(*arguments, **{**TRAINING, **settings},
                                on_vectors=lambda *_: self.fail("a training has ended"))

    def test_slices_are_a_dictionary(self):
        with self.assertRaisesRegex(TypeError, "slices is a dictionary from names to texts"):
            nce2vec.compass("early.txt")
        with self.assertRaisesRegex(TypeError, "the slice b is a path, .* not 5"):
            nce2vec.compass({"a": [["x", "y"]], "b": 5})


class Command(CommandCase):
    def setUp(self):
        super().setUp()
        for name, made in SLICES.items():
            (self.folder / f"{name}.txt").write_text("".join(" ".join(words) + "\n" for words in made))

    def test_files_lists_and_another_pair(self):
        out = self.succeeds("compass", "--together", "early.txt", "late.txt", "-o", "out", "--top", 2, "-q",
                            "--scores", "s.tsv", *OPTIONS)
        self.assertRegex(out, r"From early to late:\n\n.*\n\n.*\n +\d\.\d+  mouse")
        self.assertEqual(sorted(path.name for path in Path("out").iterdir()), ["compass.n2v", "early.n2v", "late.n2v"])
        self.assertTrue(Path("s.tsv").read_text().startswith(MOVES + "\t"))
        again = self.json("align", "--same-space", "out/early.n2v", "out/late.n2v")
        self.assertEqual(again["changed"][0]["word"], MOVES)
        found = self.json("compass", "--compass", "out/compass.n2v", "early.txt", "late.txt", "-o", "more", "-q",
                          *[option for option in OPTIONS if "dim" not in option])
        self.assertEqual(found["changed"][0]["word"], MOVES)
        self.assertEqual(found["files"], ["more/early.n2v", "more/late.n2v"])

    def test_shared_text_comes_first(self):
        Path("all.txt").write_text(Path("early.txt").read_text() + Path("late.txt").read_text())
        found = self.json("compass", "all.txt", "early.txt", "late.txt", "-o", "out", "-q", *OPTIONS)
        self.assertEqual((found["from"], found["to"], found["changed"][0]["word"]), ("early", "late", MOVES))

    def test_refusals(self):
        Path("file").write_text("")
        Path("bad").mkdir()
        Path("bad/early.txt").write_text("a b\n")
        for says, *arguments in (
                ("the first text, early.txt, trains the compass, and two slices", "early.txt", "late.txt", "-o", "out"),
                ("the following arguments are required: -o/--output", "early.txt", "late.txt"),
                ("cannot read none", "--together", "early.txt", "none", "-o", "out"),
                ("would be written to early.n2v, as early.txt", "--together", "early.txt", "bad/early.txt", "-o",
                 "out"),
                ("cannot make the folder file: ", "--together", "early.txt", "late.txt", "-o", "file"),
                ("cannot write none/s", "--together", "early.txt", "late.txt", "-o", "out", "--scores=none/s"),
                ("--min-count: 'x' is not an integer", "--together", "early.txt", "late.txt", "-o", "out",
                 "--min-count=x"),
                ("--together does not go with --compass", "--together", "--compass", "x", "early.txt", "-o", "out"),
                ("--heldout is not an option of compass", "--together", "early.txt", "late.txt", "-o", "out",
                 "--heldout=1")):
            with self.subTest(says):
                self.fails(2, says, "compass", *arguments)
        self.assertFalse(Path("out").exists())

    def test_ctrl_c(self):
        """Also what is complete by then."""
        calls = []

        def train_or_interrupt(trainer, *arguments, **how):
            calls.append(trainer)
            if len(calls) == 2:
                raise KeyboardInterrupt
            return run(trainer, *arguments, **how)
        run = nce2vec.Trainer.run
        with unittest.mock.patch.object(nce2vec.Trainer, "run", train_or_interrupt):
            status, out, err = self.run_command("compass", "--together", "early.txt", "late.txt", "-o", "out", "-q",
                                                *OPTIONS)
        self.assertEqual((status, out), (130, ""))
        self.assertIn("complete: out/compass.n2v", err)
        self.assertIn("interrupted", err)
        self.assertEqual(os.listdir("out"), ["compass.n2v"])


if __name__ == "__main__":
    unittest.main()
