"""Trainings: sources, pauses, checkpoints, callbacks, interrupts, errors."""
import copy
import math
import os
import re
import pickle
import signal
import tempfile
import time
import unittest
import warnings
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import toy

import nce2vec


class Sessions(unittest.TestCase):
    def test_gaps_end_sessions(self):
        """Users are mixed; a session ends after a gap, not at it; texts and datetimes are times, too."""
        events = [("ann", "a", 0), ("bob", 7, 10), ("ann", "b", 1800), ("ann", "c", 3601), ("bob", "y", 1811),
                  ("ann", "d", 3700)]
        wanted = [["a", "b"], ["7"], ["c", "d"], ["y"]]
        start = datetime(2026, 11, 29, 8)
        for convert in (float, str, np.uint64, lambda t: np.timedelta64(1000 * t, "ms"),
                        lambda t: start + timedelta(seconds=t),
                        lambda t: (start + timedelta(seconds=t)).isoformat(),
                        lambda t: np.datetime64(start + timedelta(seconds=t))):
            made = list(nce2vec.sessions((user, item, convert(time)) for user, item, time in events))
            self.assertEqual(made, wanted)
        self.assertEqual(list(nce2vec.sessions(events, gap=10000)), [["a", "b", "c", "d"], ["7", "y"]])
        self.assertEqual(list(nce2vec.sessions(events, gap=0)), [["a"], ["b"], ["7"], ["c"], ["d"], ["y"]])

    def test_without_times(self):
        self.assertEqual(list(nce2vec.sessions([("u", "a"), ("v", "b"), ("u", "c")])), [["a", "c"], ["b"]])
        self.assertEqual(list(nce2vec.sessions([])), [])

    def test_streams(self):
        """A session is there as soon as it has ended."""
        def events():
            for i in range(10):
                self.read = i
                yield "u", i, 1000 * i
        self.assertEqual(next(nce2vec.sessions(events(), gap=5)), ["0"])
        self.assertEqual(self.read, 1)

    def test_what_is_no_event(self):
        for events, says in (([("u", "a", 5), ("u", "b", 4)], "event 2: the time is before"),
                             ([("u", "a", 5), ("u", "b", "time")], "event 2: the time 'time' is neither a number"),
                             ([("u", "a", 5), ("u", "b", datetime(2026, 1, 1))], "event 2: "),
                             ([("u", "a", float("nan"))], "event 1: "), ([("u",)], "event 1: "),
                             ([("u", "a", "inf")], "event 1: the time inf is not a finite number"),
                             ([("u", "a", np.float32("inf"))], "event 1: the time inf is not a finite number"),
                             ([("u", "a", np.uint32(5)), ("u", "b", np.uint32(4))], "event 2: the time is before"),
                             ([("u", None, 1)], "event 1: the item is missing: None"),
                             ([(float("nan"), "a", 1)], "event 1: the user is missing: nan"),
                             ([("user", "item", "time")], r"event 1: .*header of a table, skip it: next\(events\)$"),
                             ([("u", "a", 5), ("u", "b", "x")], "event 2: .*08:30$"),
                             (["uab"], "event 1: "), ([("u", "a", 1, 2)], "event 1: ")):
            with self.subTest(says), self.assertRaisesRegex(nce2vec.DataError, says):
                list(nce2vec.sessions(events))

    def test_refusals(self):
        """At once, not when the first session is asked for."""
        for gap in (-1, -1e-9, float("nan")):
            with self.assertRaisesRegex(nce2vec.ArgumentError, f"gap is a number of seconds, 0 or more, not {gap}"):
                nce2vec.sessions([], gap=gap)
        with self.assertRaisesRegex(TypeError, "gap is a number of seconds, not '30m'"):
            nce2vec.sessions([], gap="30m")
        with self.assertRaisesRegex(TypeError, "rows of csv.reader, and no path: 'events.csv'"):
            nce2vec.sessions("events.csv")
        self.assertEqual(list(nce2vec.sessions([("u", "a", 0), ("u", "b", 1e9)], gap=float("inf"))), [["a", "b"]])


class Sources(unittest.TestCase):
    def test_a_number_is_no_text(self):
        with self.assertRaisesRegex(TypeError, "the text is a path, a list of paths, or sentences .*, not 5"):
            nce2vec.train(5)

    def test_warnings_of_texts(self):
        """They name the file, and are those of the caller's line."""
        with tempfile.TemporaryDirectory() as folder:
            text, held = Path(folder, "text"), Path(folder, "held")
            text.write_text("le ch\n" * 20)
            held.write_bytes("Le château était fermé.\n".encode("latin-1") * 20)
            says = re.escape(f"{held}, line 1: this is not UTF-8, and looks like WINDOWS-1252; read the output of "
                             f"`iconv -f WINDOWS-1252 -t UTF-8 {held}` instead")
            settings = dict(dim=4, epochs=1, min_count=1, subsample=0, threads=1)
            with self.assertWarnsRegex(UserWarning, says) as seen:
                vectors = nce2vec.train(text, heldout=held, **settings)
            self.assertEqual(seen.filename, __file__)
            for function in (nce2vec.Trainer, nce2vec.train, lambda path, **_: vectors.likelihood(path),
                             lambda path, **_: vectors.line_likelihoods(path)):
                with self.assertWarnsRegex(UserWarning, says):
                    function(held, **settings)
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                nce2vec.train(text, **settings)

    def test_folders_patterns_and_lists(self):
        with tempfile.TemporaryDirectory() as folder:
            texts, listed = Path(folder, "texts"), Path(folder, "list")
            texts.mkdir()
            for name, count in (("b", 60), ("a", 50)):
                (texts / name).write_text("\n".join(" ".join(s) for s in toy.sentences(count)))
            listed.write_text(f"{texts / 'a'}\n{texts / 'b'}\n")
            one = nce2vec.train([texts / "a", texts / "b"], **toy.TRAINING)
            for source in (texts, str(texts / "[ab]"), f"@{listed}"):
                self.assertTrue(np.array_equal(nce2vec.train(source, **toy.TRAINING).matrix, one.matrix), source)
            self.assertTrue(np.array_equal(nce2vec.train((texts / name for name in "ab"), **toy.TRAINING).matrix,
                                           one.matrix))
            with self.assertRaisesRegex(nce2vec.ArgumentError, "none matches it as a pattern"):
                nce2vec.train(str(texts / "*.csv"), **toy.TRAINING)

    def test_sentences_and_a_file_give_the_same_vectors(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "text")
            path.write_text("\n".join(" ".join(s) for s in toy.sentences()))
            from_file = nce2vec.train(path, tokenizer="space", **toy.TRAINING)
            from_list = nce2vec.train(toy.sentences(), tokenizer="space", **toy.TRAINING)
            from_generator = nce2vec.train((s for s in toy.sentences()), tokenizer="space", **toy.TRAINING)
        self.assertEqual(from_file.words, from_list.words)
        self.assertTrue(np.array_equal(from_file.matrix, from_list.matrix))
        self.assertTrue(np.array_equal(from_file.matrix, from_generator.matrix))

    def test_weighted_sentences(self):
        """As in a file; a weight of 2 is the sentence twice; errors name the sentence."""
        plain = [list(sentence) for sentence in toy.sentences(60)]
        weighted = [[i % 2, *sentence] for i, sentence in enumerate(plain * 2)]
        settings = {**toy.TRAINING, "tokenizer": "space"}
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "text")
            path.write_text("\n".join(" ".join(map(str, sentence)) for sentence in weighted))
            from_file = nce2vec.train(path, weighted=True, **settings)
        from_list = nce2vec.train(weighted, weighted=True, **settings)
        self.assertTrue(np.array_equal(from_file.matrix, from_list.matrix))
        twice = nce2vec.train(plain * 2, **settings)
        two = nce2vec.train(((np.float32(2), *sentence) for sentence in plain), weighted=True, **settings)
        self.assertTrue(np.array_equal(two.matrix, twice.matrix))
        self.assertEqual(two.words, twice.words)
        for wrong, says in (([[1, "a", "b"], ["a", "b"]], "sentence 2: the weight 'a' is no number"),
                            ([[-2, "a"]], "sentence 1: the weight '-2' is below 0"),
                            ([[float("nan"), "a"]], "the weight 'nan' is no number"),
                            ([[1]], "sentence 1: there is no token after the first one"),
                            ([[1, 2]], "a word must be a str")):
            with self.subTest(says), self.assertRaisesRegex((TypeError, nce2vec.DataError), says):
                nce2vec.train(wrong, weighted=True, **settings)

    def test_weights_are_means_of_counts(self):
        """A sentence of weight 0.5 is trained on in half of the epochs: over seeds, half of its pairs are."""
        sentences = [[0.5, "a", "b"]] * 5 + [[1, "c", "d"]] * 5
        pairs = []
        for seed in range(20):
            trainer = nce2vec.Trainer(sentences, weighted=True, dim=2, min_count=1, subsample=0, epochs=10, seed=seed,
                                      threads=1)
            pairs.append(trainer.run().info["pairs"])
            self.assertEqual(trainer.info["words"], 150)
        sd = math.sqrt(4 * 50 / 4)  # of 100 + 2 * binomial(50, 1 / 2)
        self.assertLess(abs(np.mean(pairs) - 150), 4 * sd / math.sqrt(20))
        self.assertGreater(np.std(pairs), sd / 2)
        self.assertLess(np.std(pairs), 2 * sd)  # other sentences in each epoch

    def test_weights_and_pauses(self):
        """A training that was saved and goes on ends with the same bytes."""
        sentences = [[(0.3, 1, 2.5)[i % 3], *sentence] for i, sentence in enumerate(toy.sentences(3000))]
        settings = {**toy.TRAINING, "weighted": True, "epochs": 3, "heldout": 0.1}
        whole = nce2vec.Trainer(sentences, **settings).run()
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "c.n2v")
            first = nce2vec.Trainer(sentences, **settings)
            first.run(words=whole.info["words"] // 2)
            self.assertLess(0, first.info["words"])
            self.assertLess(first.info["words"], whole.info["words"])
            first.save(path)
            second = nce2vec.Trainer(sentences, checkpoint=path).run()
        self.assertTrue(np.array_equal(whole.vectors.matrix, second.vectors.matrix))
        self.assertEqual(whole.history.epochs[-1].heldout_loss, second.history.epochs[-1].heldout_loss)

    def test_a_long_line_costs_what_others_do(self):
        """With window all each item has about as many contexts, however long its line is."""
        items = [str(i % 997) for i in range(20000)]
        for length, pieces in ((10, [10]), (10000, [8192, 1808])):
            trainer = nce2vec.Trainer([items[i:i + length] for i in range(0, 20000, length)], window=5, min_count=1,
                                      window_weights="line", subsample=0, epochs=1, threads=1, dim=2)
            pairs = sum(10 * piece - 5 * 6 for piece in pieces) * 20000 // length
            self.assertEqual(trainer.run().info["pairs"], pairs)

    def test_words_of_a_topic_are_neighbors(self):
        vectors = nce2vec.train(toy.sentences(), **toy.TRAINING)
        for topic in toy.TOPICS:
            near = {word for word, _ in vectors.most_similar(topic[0], k=4)}
            self.assertEqual(near, set(topic[1:]))

    def test_what_is_no_sentence_is_refused(self):
        for wrong, says in ((iter(["a b"]), "a sentence is a list of words"), ([["a", 3]], "a word must be a str"),
                            ([["a"], 7], "sentence 2 is 7: a sentence is a list"),
                            ([["a"], None], r"sentence 2 is missing \(None\): leave it out"),
                            (iter(["a b"]), "the string 'a b'.*split"),
                            ([["a"], [], ["b", 3]], "sentence 3: a word must be a str, not int: 3; str"),
                            ([["a", b"b"]], "sentence 1: a word must be a str, not bytes: .*word.decode"),
                            ([["a"], ["b", float("nan")]], r"sentence 2: a word is missing \(nan\): leave it out"),
                            ([["a"]] * 1500 + [[None]], r"sentence 1501: a word is missing \(None\)"),
                            ([["a\ud800", "c"]], "surrogate"), ([Path("a"), ["c"]], r"must be paths, not \['c'\]"),
                            ([["a\0b", "c"]], "NUL character"), ([["new york", "a"]], "sentence 1"),
                            (iter([]), "the source of sentences is empty")):
            with self.subTest(says), self.assertRaisesRegex((TypeError, nce2vec.DataError), says):
                nce2vec.train(wrong, **toy.TRAINING)

    def test_strings_that_are_no_paths(self):
        """Where a text is given as strings, the error explains what to do; a wrong path is only named."""
        for wrong in ("tea with milk", ["tea with milk", "a cup."], ["tea", "milk"], "one line\nand another"):
            with self.subTest(wrong), self.assertRaisesRegex(nce2vec.ArgumentError, "there is no file .*split"):
                nce2vec.train(wrong)
        for path in ("nope.txt", "no/folder", "no*"):
            with self.subTest(path), self.assertRaises(nce2vec.ArgumentError) as caught:
                nce2vec.train(path)
            self.assertNotIn("split", str(caught.exception))

    def test_a_data_frame_is_no_text(self):
        class Frame:
            columns, iloc = ["text"], None

            def __iter__(self):
                return iter(self.columns)
        with self.assertRaisesRegex(TypeError, "a DataFrame is no text, .*one of its columns.*split"):
            nce2vec.train(Frame())

    def test_an_exception_of_the_source_is_raised(self):
        def source():
            yield ["a", "b"]
            raise RuntimeError("the source failed")
        with self.assertRaisesRegex(RuntimeError, "the source failed"):
            nce2vec.train(source(), **toy.TRAINING)

    def test_empty_sentences_and_many_of_them(self):
        with_empty = [words for s in toy.sentences(2500) for words in (s, [])]
        plain = nce2vec.train(toy.sentences(2500), **toy.TRAINING)
        self.assertTrue(np.array_equal(nce2vec.train(with_empty, **toy.TRAINING).matrix, plain.matrix))


class Settings(unittest.TestCase):
    def test_an_unknown_one_is_a_type_error_with_the_nearest(self):
        with self.assertRaisesRegex(TypeError, "'min_cuont'.*did you mean min_count"):
            nce2vec.train(toy.sentences(), min_cuont=1)
        for name, says in (("vector_size", "here it is dim$"), ("workers", "threads$"), ("sg", "model='cbow'"),
                           ("noise-shring", "noise_sharing"), ("colour", r"help\(nce2vec.train\) lists the settings$")):
            with self.subTest(name), self.assertRaisesRegex(TypeError, f"^unexpected .* '{name}'; .*{says}"):
                nce2vec.train(toy.sentences(), **{name: 1})

    def test_errors_have_the_names_of_keyword_arguments(self):
        with self.assertRaisesRegex(nce2vec.ArgumentError, "noise_sharing: '0' is not an integer"):
            nce2vec.train(toy.sentences(), noise_sharing=0)

    def test_numpys_numbers(self):
        settings = {**toy.TRAINING, "dim": np.int64(4), "deterministic": np.bool_(True), "lr": np.float32(0.5)}
        self.assertEqual(dict(nce2vec.train(toy.sentences(9), **settings).record)["lr"], "0.5")

    def test_they_are_what_the_record_has(self):
        vectors = nce2vec.train(toy.sentences(), **{**toy.TRAINING, "lr": 0.1 / 3})
        self.assertEqual(float(dict(vectors.record)["lr"]), 0.1 / 3)


class Pauses(unittest.TestCase):
    def test_a_checkpoint_goes_on_to_the_same_bytes(self):
        whole = nce2vec.train(toy.sentences(), **toy.TRAINING)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "training.n2v")
            trainer = nce2vec.Trainer(toy.sentences(), **toy.TRAINING)
            trainer.run(epochs=1)
            self.assertEqual(trainer.info["epoch"], 2)
            trainer.save(path)
            resumed = nce2vec.Trainer(toy.sentences(), checkpoint=path)
        resumed.run()
        self.assertEqual(resumed.info["finished"], 1)
        self.assertTrue(np.array_equal(resumed.vectors.matrix, whole.matrix))

    def test_epochs_call_back(self):
        seen = []
        trainer = nce2vec.Trainer(toy.sentences(), heldout=0.1, **toy.TRAINING)
        trainer.run(callbacks=[lambda end, running: seen.append((end, running.vectors.matrix.copy()))])
        self.assertEqual([end.epoch for end, _ in seen], [1, 2, 3])
        self.assertLess(seen[2][0].heldout_loss, seen[0][0].heldout_loss)
        self.assertFalse(np.array_equal(seen[0][1], seen[1][1]))
        self.assertTrue(np.array_equal(seen[2][1], trainer.vectors.matrix))
        self.assertEqual([end for end, _ in seen], trainer.history.epochs)
        self.assertIn("held-out loss", trainer.history._repr_html_())

    def test_queries_follow_the_training(self):
        trainer = nce2vec.Trainer(toy.sentences(300), **toy.TRAINING)
        vectors = trainer.vectors
        before = vectors.most_similar("sun")
        trainer.run()
        anew = nce2vec.Vectors.from_bytes(vectors.to_bytes())
        self.assertEqual(vectors.most_similar("sun"), anew.most_similar("sun"))
        self.assertNotEqual(vectors.most_similar("sun"), before)
        self.assertIs(vectors._searcher(None, None), vectors._searcher(None, None))  # as long as nothing changes
        trainer.set_rows(-anew.matrix[[anew.id("moon")]], anew.id("sun"))
        self.assertAlmostEqual(dict(vectors.most_similar("moon", k=99))["sun"], -1, delta=1e-4)
        trainer.start_from(anew)
        self.assertEqual(vectors.most_similar("sun"), anew.most_similar("sun"))

    def test_queries_of_callbacks_follow_the_training(self):
        trainer, answers = nce2vec.Trainer(toy.sentences(300), **toy.TRAINING), []
        vectors = trainer.vectors
        trainer.run(callbacks=[lambda end, running: answers.append((
            vectors.most_similar("sun"), nce2vec.Vectors.from_bytes(vectors.to_bytes()).most_similar("sun")))])
        for asked, anew in answers:
            self.assertEqual(asked, anew)

    def test_what_is_no_callback_is_refused_before_any_work(self):
        def source():
            raise AssertionError("the text is read")
            yield
        for wrong in (print, [3], [lambda end, trainer: None, None]):
            with self.assertRaisesRegex(TypeError, "callbacks is a list of functions"):
                nce2vec.train(source(), callbacks=wrong, **toy.TRAINING)

    def test_an_exception_of_a_callback_is_raised_and_pauses(self):
        def fail(end, running):
            raise RuntimeError("the callback failed")
        trainer = nce2vec.Trainer(toy.sentences(), **toy.TRAINING)
        with self.assertRaisesRegex(RuntimeError, "the callback failed"):
            trainer.run(callbacks=[fail])
        trainer.run()
        self.assertEqual(trainer.info["finished"], 1)

    def test_without_held_out_sentences_their_loss_is_nan(self):
        trainer = nce2vec.Trainer(toy.sentences(), **toy.TRAINING)
        trainer.run()
        self.assertTrue(math.isnan(trainer.history.epochs[0].heldout_loss))

    def test_how_long_a_run_is(self):
        trainer = nce2vec.Trainer(toy.sentences(50), **toy.TRAINING)
        for wrong, says in ((dict(epochs=1, words=9), "epochs or words"), (dict(epochs=-1), "epochs is a whole number"),
                            (dict(words=-5), "words is a whole number"), (dict(words=1.5), "whole number")):
            with self.assertRaisesRegex(nce2vec.ArgumentError, says):
                trainer.run(**wrong)
        self.assertEqual(trainer.info["words"], 0)
        self.assertEqual(trainer.run(epochs=np.int64(1)).info["epoch"], 2)

    def test_trainers_are_not_copied(self):
        trainer = nce2vec.Trainer(toy.sentences(50), **toy.TRAINING)
        for make in (copy.copy, copy.deepcopy, pickle.dumps):
            with self.assertRaisesRegex(TypeError, "a Trainer cannot be copied or pickled: save it"):
                make(trainer)

    def test_a_checkpoint_that_cannot_be_written(self):
        def source():
            raise AssertionError("the text is read")
            yield
        with self.assertRaisesRegex(nce2vec.ArgumentError, "cannot write .*: the folder /nothing/here: No such file"):
            nce2vec.train(source(), checkpoint="/nothing/here/c.n2v", **toy.TRAINING)

    @unittest.skipUnless(os.path.isdir("/proc/self"), "machine: no folder in which nobody can make a file")
    def test_a_folder_that_takes_no_file(self):
        with self.assertRaisesRegex(nce2vec.ArgumentError, "cannot write /proc/self/c.n2v: the folder /proc/self: "):
            nce2vec.train(toy.sentences(), checkpoint="/proc/self/c.n2v", **toy.TRAINING)

    def test_a_checkpoint_that_fails_leaves_the_training(self):
        """The folder is removed meanwhile: the exception has the training, which can be saved elsewhere."""
        with tempfile.TemporaryDirectory() as folder:
            gone, kept = Path(folder, "gone"), Path(folder, "kept.n2v")
            gone.mkdir()

            def stop(_end, running):
                running.stop()
                gone.rmdir()
            with self.assertRaisesRegex(nce2vec.Error, "cannot write .*sys.last_value.trainer.save") as caught:
                nce2vec.train(toy.sentences(), checkpoint=gone / "c.n2v", callbacks=[stop], **toy.TRAINING)
            caught.exception.trainer.save(kept)
            self.assertEqual(nce2vec.Trainer(toy.sentences(), checkpoint=kept).info["epoch"], 2)

    def test_stop_saves_a_checkpoint(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "c.n2v")
            with self.assertRaises(nce2vec.Interrupted):
                nce2vec.train(toy.sentences(), checkpoint=path, callbacks=[lambda end, running: running.stop()],
                              **toy.TRAINING)
            self.assertEqual(nce2vec.Trainer(toy.sentences(), checkpoint=path).info["epoch"], 2)

    def test_a_cell_of_a_notebook_that_runs_again(self):
        """It goes on; after a change of the text or the settings the error says how to begin anew."""
        with tempfile.TemporaryDirectory() as folder:
            call = {**toy.TRAINING, "checkpoint": Path(folder, "c.n2v")}
            with self.assertRaises(nce2vec.Interrupted):
                nce2vec.train(toy.sentences(), callbacks=[lambda end, running: running.stop()], **call)
            for text, more in ((toy.sentences()[:-1], {}), (toy.sentences(), {"dim": 9}), ([["a", "b"]] * 9, {}),
                               ([[*toy.sentences()[0]][::-1], *toy.sentences()[1:]], {})):
                with self.assertRaisesRegex(nce2vec.ArgumentError, "checkpoint.* begin anew without the checkpoint$"):
                    nce2vec.train(text, **{**call, **more})
            again = [nce2vec.train(toy.sentences(), **call) for _ in range(2)]
            self.assertTrue(np.array_equal(again[0].matrix, again[1].matrix))

    def test_control_c_in_a_source_that_waits(self):
        def source():
            yield ["a", "b"]
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(10)
        with self.assertRaises(KeyboardInterrupt):
            nce2vec.train(source(), **toy.TRAINING)

    def test_an_ignored_signal_stays_ignored(self):
        """As in a job of the background."""
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            nce2vec.train(toy.sentences(50), callbacks=[lambda *_: os.kill(os.getpid(), signal.SIGINT)],
                          **toy.TRAINING)
            self.assertIs(signal.getsignal(signal.SIGINT), signal.SIG_IGN)
        finally:
            signal.signal(signal.SIGINT, before)

    def test_stop_pauses(self):
        trainer = nce2vec.Trainer(toy.sentences(), **toy.TRAINING)
        trainer.stop()
        with self.assertRaises(nce2vec.Interrupted):
            trainer.run()
        self.assertEqual(trainer.info["words"], 0)

    def test_control_c_saves_and_raises(self):
        def interrupt(end, running):
            os.kill(os.getpid(), signal.SIGINT)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "training.n2v")
            before = signal.getsignal(signal.SIGINT)
            with self.assertRaises(KeyboardInterrupt):
                nce2vec.train(toy.sentences(), checkpoint=path, callbacks=[interrupt],
                              **{**toy.TRAINING, "epochs": 100})
            self.assertIs(signal.getsignal(signal.SIGINT), before)
            resumed = nce2vec.Trainer(toy.sentences(), checkpoint=path)
        self.assertLess(resumed.info["epoch"], 10)
        self.assertGreater(resumed.info["words"], 0)

    def test_start_from_subwords(self):
        settings = {**toy.TRAINING, "subwords": "fasttext", "minn": 2, "maxn": 3, "buckets": 1000}
        for kind in ("fasttext", "floret"):
            settings["subwords"] = kind
            first = nce2vec.train(toy.sentences(), **settings)
            trainer = nce2vec.Trainer([["sun", "moons", "sun"]] * 5, **settings)
            self.assertEqual(trainer.start_from(first), 1)
            self.assertTrue(np.allclose(trainer.vectors["sun"], first["sun"], atol=1e-6))
            before = trainer.vectors.compose("moonss")
            self.assertGreater(np.dot(before, first.compose("moonss")), 0)
            trainer.run()
            with self.assertRaisesRegex(nce2vec.ArgumentError, "made of subwords"):
                trainer.set_rows(np.zeros((1, 16)))
            with self.assertRaisesRegex(nce2vec.ArgumentError, "no subwords of the same settings"):
                nce2vec.Trainer(toy.sentences(), **{**settings, "maxn": 4}).start_from(first)
        with self.assertRaisesRegex(nce2vec.ArgumentError, "no subwords of the same settings"):
            nce2vec.Trainer(toy.sentences(), **settings).start_from(nce2vec.train(toy.sentences(), **toy.TRAINING))

    def test_start_is_a_setting(self):
        """As with a file, and a training goes on without it."""
        with tempfile.TemporaryDirectory() as folder:
            old, checkpoint = Path(folder, "old.n2v"), Path(folder, "c.n2v")
            first = nce2vec.train(toy.sentences(), **toy.TRAINING)
            first.save(old)
            settings = dict(start=old, vocabulary="both", freeze="output", **toy.TRAINING)
            trainer = nce2vec.Trainer([["sun", "moon", "unknown"]] * 50, **settings)
            self.assertEqual(trainer.corpus.info["start_words"], 15)
            self.assertEqual((trainer.info["vectors"], trainer.info["frozen"]), (32, 15))
            trainer.run(epochs=1)
            trainer.save(checkpoint)
            trainer.run()
            old.unlink()
            resumed = nce2vec.Trainer([["sun", "moon", "unknown"]] * 50, checkpoint=checkpoint)
            resumed.run()
        for word in ("sun", "oven", "unknown"):
            self.assertTrue(np.array_equal(trainer.vectors[word], resumed.vectors[word]))
        i, j = first.id("sun"), trainer.vectors.id("sun")
        self.assertTrue(np.array_equal(first.output_matrix[i], trainer.vectors.output_matrix[j]))
        self.assertFalse(np.array_equal(first["sun"], trainer.vectors["sun"]))

    def test_rates_of_words(self):
        trainer = nce2vec.Trainer(toy.sentences(200), **toy.TRAINING)
        trainer.set_rates(np.zeros(3), first=2)
        before = np.array(trainer.vectors.matrix)
        trainer.run(epochs=1)
        self.assertEqual(np.flatnonzero((before == trainer.vectors.matrix).all(axis=1)).tolist(), [2, 3, 4])
        trainer.set_rates(np.ones(3), first=2)
        before = np.array(trainer.vectors.matrix)
        trainer.run()
        self.assertFalse((before == trainer.vectors.matrix).all(axis=1).any())
        for factors, says in (([-1], "negative or not finite"), ([math.nan], "not finite"),
                              (np.ones(16), "are not those of"), ([], "are not those of"),
                              ([[1]], "one after the other")):
            with self.assertRaisesRegex(nce2vec.ArgumentError, says):
                trainer.set_rates(np.array(factors))

    def test_frozen_vectors_are_given(self):
        """By start, or by the program before the training runs."""
        trainer = nce2vec.Trainer(toy.sentences(100), freeze="input", **toy.TRAINING)
        with self.assertRaisesRegex(nce2vec.ArgumentError, "would keep random vectors"):
            trainer.run()
        rows = np.full((15, 16), 0.25, dtype=np.float32)
        trainer.set_rows(rows)
        trainer.run()
        self.assertTrue(np.array_equal(trainer.vectors.matrix, rows))

    def test_start_from_other_vectors(self):
        first = nce2vec.train(toy.sentences(), **toy.TRAINING)
        trainer = nce2vec.Trainer([["sun", "moon", "unknown"]] * 5, **toy.TRAINING)
        before = np.array(trainer.vectors["unknown"])
        self.assertEqual(trainer.start_from(first), 2)
        self.assertTrue(np.array_equal(trainer.vectors["sun"], first["sun"]))
        self.assertTrue(np.array_equal(trainer.vectors["unknown"], before))
        i = first.id("moon")
        self.assertTrue(np.array_equal(trainer.vectors.output_matrix[trainer.vectors.id("moon")],
                                       first.output_matrix[i]))
        self.assertEqual(trainer.vectors.output_biases[trainer.vectors.id("moon")], first.output_biases[i])
        trainer.set_rows(np.full((1, 16), 0.5), first=1, output=True)
        self.assertTrue((trainer.vectors.output_matrix[1] == 0.5).all())
        with self.assertRaisesRegex(nce2vec.ArgumentError, "dimensions"):
            nce2vec.Trainer(toy.sentences(), dim=8, min_count=1).start_from(first)
        before = np.array(trainer.vectors.output_biases)
        with self.assertRaisesRegex(nce2vec.DataError, "no word of the text"):
            trainer.start_from(nce2vec.train([["other", "words"]] * 9, **toy.TRAINING))
        self.assertTrue(np.array_equal(trainer.vectors.output_biases, before))
        with self.assertRaisesRegex(nce2vec.ArgumentError, "are not rows of"):
            trainer.set_rows(np.zeros((4, 16)))
        with self.assertRaisesRegex(nce2vec.ArgumentError, "first is a whole number of 0 or more, not -1"):
            trainer.set_rows(np.zeros((1, 16)), first=-1)
        with self.assertRaisesRegex(TypeError, "Vectors are expected, .* not 'old.n2v'"):
            trainer.start_from("old.n2v")
        with self.assertRaisesRegex(nce2vec.DivergenceError, "row 2 is not finite"):
            trainer.set_rows(np.array([[0] * 16, [0] * 16, [math.nan] * 16]))


if __name__ == "__main__":
    unittest.main()
