"""Tuning: what is tried, what chooses and what measures, the time, Ctrl-C. Times are those of a made clock."""
import ctypes
import gzip
import itertools
import random
import shutil
import subprocess
import unittest
import unittest.mock
from pathlib import Path

import toy
from commands import CommandCase

import nce2vec
from nce2vec.tuning import halving, measures, space, text

FIXED = dict(dim=8, min_count=1, threads=1, noise_sharing=1)
OPTIONS = [f"--{name.replace('_', '-')}={value}" for name, value in FIXED.items()]
WORDS = [word for topic in toy.TOPICS for word in topic]


class Clock:
    """On which a training of the default settings on the whole of a small text takes a second."""

    def __init__(self):
        self.now = 0.0

    def monotonic(self):
        self.now += 1e-3
        return self.now


class TimedTrainer(nce2vec.Trainer):
    clock = None

    def run(self, **how):
        self.clock.now += self.info["words_total"] / (5 * 8 * 400)
        return super().run(**how)


def compressions():
    function = ctypes.CDLL(str(nce2vec._native.library.path)).n2v_compressions
    function.restype = ctypes.c_char_p
    return function().decode()


def pair_lines():
    same = [(a, b, 9) for topic in toy.TOPICS for a, b in itertools.combinations(topic, 2)]
    other = [(a, b, 1) for a, b in zip(toy.TOPICS[0] + toy.TOPICS[1], toy.TOPICS[1] + toy.TOPICS[2])]
    return ["%s %s %d" % pair for pair in same + other]


class TuningCase(CommandCase):
    def setUp(self):
        super().setUp()
        self.write("text", toy.sentences(400))
        Path("pairs").write_text("\n".join(pair_lines()) + "\n")
        self.clock = TimedTrainer.clock = Clock()
        for name, value in (("time", self.clock), ("Trainer", TimedTrainer)):
            patch = unittest.mock.patch.object(halving, name, value)
            patch.start()
            self.addCleanup(patch.stop)

    def write(self, name, sentences):
        Path(name).write_text("".join(" ".join(words) + "\n" for words in sentences))

    def tune(self, purpose="pairs", budget=40, source="text", **more):
        return nce2vec.tune(source, purpose, budget, **{**FIXED, **more})


class Halving(TuningCase):
    def setUp(self):
        super().setUp()
        patch = unittest.mock.patch.object(text, "MIN_PART", 200)
        patch.start()
        self.addCleanup(patch.stop)

    def test_many_on_a_part_and_few_on_all(self):
        found = self.tune()
        fractions = sorted({trial.fraction for trial in found.trials})
        self.assertEqual(fractions[-1], 1)
        self.assertGreater(len(fractions), 1)
        self.assertEqual(found.default.changes, {})
        self.assertEqual({found.default.fraction, found.best.fraction}, {1})
        whole = [trial.score for trial in found.trials if trial.fraction == 1 and trial.score is not None]
        self.assertEqual(found.best.score, max(whole))
        keys = [(trial.fraction, str(sorted(trial.changes.items()))) for trial in found.trials]
        self.assertEqual(len(keys), len(set(keys)))  # nothing is tried twice
        for trial in found.trials:  # what is fixed is fixed, and min_count is not tried for pairs
            self.assertLessEqual(FIXED.items(), trial.settings.items())
        # The time is that of the clock, which a trial asks several times.
        self.assertLessEqual(found.seconds, 44)
        self.assertGreater(found.seconds, 30)

    def test_a_round_keeps_the_best(self):
        found = self.tune()
        fractions = [trial.fraction for trial in found.trials]
        # On the smallest one the time is measured.
        first, second, *_ = sorted(one for one in set(fractions) if fractions.count(one) > 1)
        drawn = sorted((t for t in found.trials if t.fraction == first and t.score is not None), key=lambda t: -t.score)
        kept = [t.changes for t in found.trials if t.fraction == second]
        self.assertEqual(kept[:2], [{}, next(t.changes for t in drawn if t.changes)])

    def test_an_early_end_has_the_best_of_a_part(self):
        tuning = nce2vec.Tuning("text", "pairs", 40, **FIXED)
        seen = []

        def stop(trial):
            seen.append(trial)
            if len(seen) == 6:
                raise KeyboardInterrupt
        tuning.on_trial = stop
        with self.assertRaises(KeyboardInterrupt):
            tuning.run()
        found = tuning.result()
        self.assertEqual(found.best.score, max(trial.score for trial in seen[1:] if trial.score is not None))
        self.assertEqual((found.default.changes, found.gain, found.vectors), ({}, None, None))
        self.assertIn("the gain was not measured", found.notes[-1])

    def test_a_text_that_is_too_long_for_the_time(self):
        with self.assertRaisesRegex(nce2vec.DataError, "takes about 1 s, and the best settings are to be trained on"):
            self.tune(budget=4)
        found = self.tune(budget=4, train_best=False)
        self.assertLess(found.best.fraction, 1)
        self.assertIn("% of the text", found.notes[-1])


class Tuning(TuningCase):
    def test_the_gain_is_measured_on_data_that_did_not_choose(self):
        scores = []

        def score(self, vectors, test, settings):
            scores.append((test, -abs(settings.get("window", 5) - 7)))
            return scores[-1][1] if test == 0 else 50 - settings.get("window", 5)
        with unittest.mock.patch.object(measures.Pairs, "score", score):
            found = self.tune()
        self.assertEqual((found.best.settings["window"], found.best.score, found.best.test), (7, 0, 43))
        self.assertEqual((found.default.score, found.default.test, found.gain), (-2, 45, -2))

    def test_seeds(self):
        one, same, other = (self.tune(budget=10, seed=seed) for seed in (1, 1, 2))
        self.assertEqual([t.changes for t in one.trials], [t.changes for t in same.trials])
        self.assertEqual(one.best.score, same.best.score)
        self.assertNotEqual([t.changes for t in one.trials], [t.changes for t in other.trials])

    def test_the_best_vectors_are_those_of_its_settings(self):
        found = self.tune()
        made = dict(found.vectors.record)
        for name, value in found.best.changes.items():
            self.assertEqual(made[name.replace("_", "-")], nce2vec._settings.text_of(found.settings[name]), name)
        self.assertEqual(int(found.vectors.counts.sum()), 8 * 400)
        self.assertTrue(found.command.startswith("nce2vec train text -o vectors.n2v --dim 8 --min-count 1"))

    def test_heldout_text(self):
        found = self.tune("heldout")
        tried = {name for trial in found.trials for name in trial.changes}
        self.assertFalse(tried & {"min_count", "window_weights"})
        self.assertIn("objective", tried)
        self.assertLess(found.best.score, 0)
        self.assertGreater(found.best.score, -4)  # there are 15 words: random scores have 3.9 bits
        # The vectors are trained on all lines, those held out, too.
        self.assertEqual(int(found.vectors.counts.sum()), 8 * 400)

    def test_sessions(self):
        self.write("sessions", [topic * 2 for topic in toy.TOPICS for _ in range(100)])
        for query in ("last", "mean"):
            found = self.tune("hitrate", source="sessions", query=query)
            self.assertGreater(found.best.score, 95)
            self.assertEqual(found.settings["preset"], "sessions")
            self.assertIn("--preset sessions", found.command)
        fixed = {"query": "last", "source": "sessions", "budget": 12}
        self.assertEqual(self.tune("hitrate", preset="walks", **fixed).settings["preset"], "walks")
        self.assertNotIn("preset", self.tune(budget=12).settings)

    def test_hits_by_hand(self):
        measure = measures.HitRate("last")
        Path("choose").write_text("a b\nx b\na zz\na\nb b a\n" * 4)
        measure.prepare(unittest.mock.Mock(choose=b"choose", test=b"choose"), {"tokenizer": "space"})
        words = ["a", "b", "x"] + [f"w{i}" for i in range(20)]
        rows = [[1, 0.1], [1, 0], [-1, 0]] + [[0, 1]] * 20
        vectors = nce2vec.Vectors.from_arrays(words, rows)
        self.assertAlmostEqual(measure.score(vectors, 0, {}), 50)  # a b, b b a; not x b, nor a zz

    def test_likelihood_does_not_depend_on_noise_words(self):
        """It is exact: the mean log P of the pairs, under a softmax over all words."""
        base = dict(dim=8, min_count=1, threads=1, objective="softmax", subsample=0)
        measure = measures.Heldout(".")
        self.write("choose", toy.sentences(50, seed=5))
        measure.prepare(unittest.mock.Mock(choose=b"choose", test=b"choose"), base)
        vectors = nce2vec.train("text", **base)
        # Words of a topic are equally probable: log2(5), but for what is not learned yet.
        self.assertAlmostEqual(measure.score(vectors, 0, base), -2.32, delta=0.4)

    def test_a_training_that_fails_is_no_candidate(self):
        real = nce2vec.Trainer.run

        def run(trainer, *arguments, **how):
            if trainer.settings["objective"].startswith("sgns"):
                raise nce2vec.DivergenceError("the loss is not finite")
            return real(trainer, *arguments, **how)
        with unittest.mock.patch.object(nce2vec.Trainer, "run", run):
            found = self.tune(budget=60)
        failed = [trial for trial in found.trials if trial.failure]
        self.assertTrue(failed)
        self.assertTrue(all(trial.score is None for trial in failed))
        self.assertFalse(found.best.failure)

    def test_other_sources(self):
        with gzip.open("text.gz", "wt") as file:
            file.write(Path("text").read_text())
        sizes = set()
        half = Path("text").read_text().index("\n", 5000) + 1
        Path("a").write_text(Path("text").read_text()[:half - 1])  # without its last line feed
        Path("b").write_text(Path("text").read_text()[half:])
        compressed = []
        for program, ending in (("zstd", "zst"), ("xz", "xz"), ("bzip2", "bz2")):
            if program in compressions() and shutil.which(program):
                subprocess.run([program, "-q", "-k", "text"], check=True)
                compressed.append(f"text.{ending}")
        for source in ("text", ["text"], "text.gz", ["a", "b"], iter([Path("a"), Path("b")]),
                       *compressed, (words for words in toy.sentences(400))):
            vectors = self.tune(budget=12, source=source).vectors
            sizes.add((len(vectors), int(vectors.counts.sum())))
        self.assertEqual(sizes, {(15, 3200)})

    def test_warnings_of_texts(self):
        Path("text.json").write_text("".join('{"text": "%s"}\n' % " ".join(words) for words in toy.sentences(400)))
        status, _, err = self.run_command("tune", "text.json", "--budget", "9", "--for", "pairs", *OPTIONS)
        self.assertEqual((status, err.count("warning: ")), (0, 1))
        self.assertIn("warning: the text: this looks like JSON, and tags and names become words; read the output of "
                      "`jq -r .text FILE` instead\n", err)

    def test_a_training_that_takes_longer_than_expected_is_cut_short(self):
        with unittest.mock.patch.object(halving, "_run", side_effect=nce2vec.Interrupted), \
                self.assertRaisesRegex(nce2vec.DataError, "on 100 % of the text takes more than a quarter of the time"):
            self.tune()
        trainer = nce2vec.Trainer("text", **{**FIXED, "epochs": 100000})
        with self.assertRaises(nce2vec.Interrupted):
            halving._run(trainer, 0.05)

    def test_values_that_are_asked_for(self):
        found = self.tune(values={"dim": [4, 6]}, budget=40, **{"dim": None})
        self.assertEqual({trial.settings.get("dim") for trial in found.trials}, {None, 4, 6})

    def test_refusals(self):
        Path("few").write_text("sun moon 3\n" * 5)
        Path("torn").write_text("sun moon 3\nsun\n")
        self.write("unknown", [["qq", "rr"]] * 300)
        self.write("short", [["sun", "moon"]] * 20)
        for purpose, more, says in (
                ("hitrat", {}, "cannot read hitrat: a tuning is for heldout, hitrate"),
                ("few", {}, "few has 5 word pairs: at least 20"),
                ("torn", {}, "torn: line 2"),
                ("pairs", {"budget": 0}, "a budget of 0 s is no time"),
                ("pairs", {"heldout": 0.1}, "heldout cannot be fixed"),
                ("pairs", {"dim": 0}, "dim: '0' is not"),
                ("pairs", {"values": {"dmi": [1]}}, "'dmi' is not a setting"),
                ("pairs", {"values": {"window": ["x"]}}, "window: 'x' is not"),
                ("pairs", {"values": {"dim": [4]}}, "dim is fixed, and values"),
                ("heldout", {"values": {"min_count": [4]}, "min_count": None}, "min_count cannot be tried here"),
                ("heldout", {"objective": "triplet"}, "does not define P"),
                ("pairs", {"source": "none"}, "cannot read none"),
                ("pairs", {"source": "unknown", "subsample": 0}, "the words of 0 of"),
                ("hitrate", {"source": "short"}, "held-out sessions have two items"),
                ("pairs", {"query": "first"}, "query is 'last' or 'mean'")):
            with self.subTest(says), self.assertRaisesRegex((nce2vec.ArgumentError, nce2vec.DataError,
                                                             nce2vec.FormatError), says):
                self.tune(purpose, **more)
        with self.assertRaisesRegex(TypeError, "budget is a number of seconds, not '10m'"):
            self.tune(budget="10m")
        for source, says in (((line for line in ["sun moon"]), "sentence 1 is the string"),
                             ([["sun", 1]], "not int: 1"),
                             (5, "the text is a path, a list of paths, or sentences .*, not 5")):
            with self.subTest(says), self.assertRaisesRegex(TypeError, says):
                self.tune(source=source)


class Space(unittest.TestCase):
    def test_what_is_drawn(self):
        values = space.choices({"window": 4}, False)
        self.assertNotIn("window", values)
        drawn = space.Space({"window": 4}, values, random.Random(1))
        made = [drawn.drawn() for _ in range(200)]
        self.assertNotIn("epochs", {name for one in made for name, value in one.items() if value == 5})  # the default
        rates = {one.get("lr", 1) for one in made}
        self.assertEqual(rates, set(space._RATES))
        near = drawn.near({"lr": 2.2})
        self.assertLessEqual(sum(near.get(n) != v for n, v in {"lr": 2.2}.items()) + len(set(near) - {"lr"}), 2)
        self.assertTrue(any("infonce:temperature=" in str(one.get("objective")) for one in made))

    def test_what_has_no_effect_is_not_tried(self):
        self.assertNotIn("noise", space.choices({"objective": "softmax"}, False))
        self.assertNotIn("window_weights", space.choices({"window": "all"}, True))
        self.assertNotIn("line", space.choices({"model": "cwindow"}, True)["window_weights"])

    def test_a_learning_rate_is_a_factor_of_the_objectives(self):
        drawn = space.Space({}, space.choices({}, False), random.Random(1))
        self.assertEqual(drawn.settings({"lr": 2.2})["lr"], 0.088)
        self.assertEqual(drawn.settings({"lr": 2.2, "objective": "sgns"})["lr"], 0.055)


class Command(TuningCase):
    def test_a_table_the_gain_and_the_best_command(self):
        out = self.succeeds("tune", "text", "--budget=20s", "--for", "pairs", "-q", "-o", "best.txt", *OPTIONS)
        self.assertRegex(out, r"(?s)What was tried \(Spearman's rho x 100\):.*\(the defaults\).*"
                              r"\ndefaults +\S+ +\S+ .*\nbest +\S+ +\S+ .*the gain is [+-].*\n\nnce2vec train text -o")
        self.assertEqual(len(nce2vec.load("best.txt")), 15)
        found = self.json("tune", "text", "--budget", "20", "--for", "pairs", "-q", *OPTIONS)
        self.assertEqual(found["best"]["settings"]["dim"], "8")
        self.assertAlmostEqual(found["gain"], found["best"]["test"] - found["default"]["test"])

    def test_a_long_table_is_cut(self):
        with unittest.mock.patch("nce2vec.commands.tune._ROWS", 2):
            out = self.succeeds("tune", "text", "--budget=20s", "--for", "pairs", "-q", *OPTIONS)
        rows = out.split("score  settings\n")[1].split("\nand ")[0].splitlines()
        self.assertIn(len(rows), (2, 3))    # the defaults, too, wherever they are
        self.assertTrue(any("(the defaults)" in row for row in rows), out)
        self.assertRegex(out, r"\nand \d+ more, with lower scores or on less text; --json prints all\n")

    def test_ctrl_c_prints_the_best_so_far(self):
        calls, real = [], nce2vec.Trainer.run

        def run(trainer, *arguments, **how):
            calls.append(trainer)
            if len(calls) == 5:
                raise KeyboardInterrupt
            return real(trainer, *arguments, **how)
        with unittest.mock.patch.object(nce2vec.Trainer, "run", run):
            status, out, err = self.run_command("tune", "text", "--budget", "20", "--for", "pairs", *OPTIONS)
        self.assertEqual(status, 130)
        self.assertRegex(out, r"(?s)\ndefaults .*\nbest .*\nnce2vec train text")
        self.assertEqual(err.count(" %  "), 4)  # the trials, as they end
        self.assertIn("nce2vec: interrupted", err)

    def test_refusals(self):
        for says, *arguments in (
                ("'soon' is not a time, such as 90s, 10m or 1h", "text", "--budget", "soon", "--for", "pairs"),
                ("required: --for", "text", "--budget", "10s"),
                ("--windwo is not an option of tune; did you mean --window?", "text", "--budget=1m", "--for=pairs",
                 "--windwo=3"),
                ("--window: '0' is not an integer", "text", "--budget=1m", "--for=pairs", "--window=0"),
                ("'dim' is not NAME=VALUE", "text", "--budget=1m", "--for=pairs", "--try", "dim"),
                ("cannot write none/x", "text", "--budget=1m", "--for=pairs", "-o", "none/x"),
                ("cannot read none", "none", "--budget=1m", "--for=pairs")):
            with self.subTest(says):
                self.fails(2, says, "tune", *arguments)


if __name__ == "__main__":
    unittest.main()
