"""Help, versions, options: what is understood and what is refused."""

import unittest

from support import CommandTest, read_binary, read_text, text


class Help(CommandTest):
    def test_help_that_was_asked_for_goes_to_standard_output(self):
        for arguments in (["help"], ["--help"], ["-h"], ["help", "train"], ["train", "--help"], ["train", "-h"],
                          ["train", "x.txt", "--dim", "5", "--help"], ["vocab", "--help"], ["help", "help"]):
            done = self.succeeds(*arguments)
            self.assertIn(b"usage: nce2vec", done.stdout)
            self.assertEqual(done.stderr, b"")
            self.assertLessEqual(max(map(len, done.stdout.decode().splitlines())), 80, arguments)
        self.assertEqual(self.succeeds("help", "train").stdout, self.succeeds("train", "--help").stdout)

    def test_alone_it_prints_the_overview_and_fails(self):
        done = self.run_program()
        self.assertEqual((done.returncode, done.stdout), (2, b""))
        self.assertEqual(done.stderr, self.succeeds("help").stdout)

    def test_the_overview_names_every_command(self):
        overview = self.succeeds("help").stdout.decode()
        for command in ("train", "vocab", "neighbors", "objectives", "help"):
            self.assertIn("\n  %s " % command, overview)
            self.assertIn("nce2vec %s: " % command, self.succeeds("help", command).stdout.decode())

    def test_version(self):
        for option in ("--version", "-V"):
            self.assertRegex(self.succeeds(option).stdout, rb"^nce2vec \d+\.\d+\.\d+\nreads: plain, gzip(, \w+)*\n"
                             rb"tokenizers: words, space, .*\n$")

    def test_help_shows_the_defaults(self):
        page = " ".join(self.succeeds("help", "train").stdout.decode().split())
        for option, default in (("--dim N", "[100]"), ("--window N", "[5, with cbow 8]"), ("--noise-power X", "[0.75]"),
                                ("--subsample T", "[1e-4]"), ("--min-count N", "[5]"), ("--epochs N", "[5]"),
                                ("--seed N", "[1]"), ("--threads N", "[all cores]"), ("--lr X", "[the objective's]"),
                                ("--noise K", "[the objective's]"), ("--tokenizer NAME", "[words]")):
            at = page.index(option)
            self.assertIn(default, page[at:].split(" --")[0] if option == "--seed N" else page[at:at + 400], option)
        for name in ("sgns", "nce", "infonce", "text, binary, n2v", "words, space"):
            self.assertIn(name, page)

    def test_objectives_tells_all_of_each(self):
        listing = self.succeeds("objectives").stdout.decode()
        for word in ("sgns: ", "nce: ", "infonce: ", "formula", "paper", "defaults", "--lr ", "temperature="):
            self.assertIn(word, listing)
        self.assertIn("infonce: ", self.succeeds("objectives", "infonce").stdout.decode())
        self.fails(2, "'foo' is not an objective; 'nce2vec objectives' lists them", "objectives", "foo")
        self.fails(2, "'NCE' is not an objective; did you mean nce?", "objectives", "NCE")
        self.fails(2, "'infonec' is not an objective; did you mean infonce?", "objectives", "infonec")

    def test_which_objective_and_which_rate(self):
        advice = "Unsure which one to take? Keep nce, the default."
        self.assertTrue(self.succeeds("objectives").stdout.decode().endswith("\n\n%s\n" % advice))
        self.assertNotIn(advice, self.succeeds("objectives", "sgns").stdout.decode())
        self.assertIn(advice, " ".join(self.succeeds("help", "objectives").stdout.decode().split()))
        page = " ".join(self.succeeds("help", "train").stdout.decode().split())
        self.assertIn("unsure? keep nce;", page)
        self.assertIn("infonce:temperature=0.05 has f = 20, and 0.025 becomes 6.25e-05", page)


class Refusals(CommandTest):
    def setUp(self):
        super().setUp()
        self.write("text", text())

    def refused(self, says, *options):
        self.fails(2, says, "train", "text", "-o", "v.txt", *options)

    def test_unknown_commands_and_options_get_a_suggestion(self):
        self.fails(2, "'trian' is not a command; did you mean train?", "trian")
        self.fails(2, "'xyzzy' is not a command; 'nce2vec help' lists them", "xyzzy")
        self.fails(2, "'xyzzy' is not a command", "help", "xyzzy")
        self.fails(2, "a command comes first", "-train", "text")
        self.refused("--epcohs is not an option of train; did you mean --epochs?", "--epcohs", "3")
        self.refused("-windwo is not an option of train; did you mean --window?", "-windwo=3")
        self.refused("--xyzzyxyzzy is not an option of train; 'nce2vec help train' lists them", "--xyzzyxyzzy")

    def test_commands_in_python(self):
        for command in ("align", "compass", "tune"):
            self.fails(2, "'%s' is in the Python package, whose program nce2vec has all commands: install it with "
                       "'pip install ./python'" % command, command, "text", "-o", "v.txt")

    def test_numbers_out_of_range(self):
        for options, says in (
            (["--dim", "0"], "--dim: '0' is not an integer from 1 to 10000"),
            (["--dim=10000000"], "--dim: '10000000' is not an integer from 1 to 10000"),
            (["-size", "-5"], "-size: '-5' is not an integer from 1 to 10000"),
            (["--window", "0"], "--window: '0' is not an integer from 1 to 1000"),
            (["--noise", "0"], "--noise: '0' is not an integer from 1 to 1000"),
            (["-negative", "0"], "-negative: '0' is not an integer from 1 to 1000"),
            (["--epochs", "0"], "--epochs: '0' is not an integer from 1"),
            (["--threads", "0"], "--threads: '0' is not an integer from 1"),
            (["--max-vocab", "0"], "--max-vocab: '0' is not an integer from 1"),
            (["--init", "0"], "--init: '0' is not a number above 0, at most 100"),
            (["--lr", "0"], "--lr: '0' is not a number above 0, at most 100"),
            (["--lr", "-0.1"], "--lr: '-0.1' is not a number above 0, at most 100"),
            (["--lr", "nan"], "--lr: 'nan' is not a number above 0, at most 100"),
            (["--lr", "inf"], "--lr: 'inf' is not a number"),
            (["--lr", "1e999"], "--lr: '1e999' is not a number"),
            (["--subsample", "1.5"], "--subsample: '1.5' is not a number from 0 to 1"),
            (["-sample", "-1"], "-sample: '-1' is not a number from 0 to 1"),
            (["--noise-power", "nan"], "--noise-power: 'nan' is not a number from -5 to 5"),
            (["--seed", "18446744073709551616"], "--seed: '18446744073709551616' is not an integer"),
        ):
            with self.subTest(options=options):
                self.refused(says, *options)

    def test_malformed_values(self):
        for value in ("5x", "", " 5", "5.0", "0x10", "+5", "1e1", "99999999999999999999999"):
            with self.subTest(value=value):
                self.refused("--dim: '%s' is not an integer" % value, "--dim=%s" % value)
        for value in ("0.1x", "", " 1", "0x1p3", "1e", ".", "--3", "1 "):
            with self.subTest(value=value):
                self.refused("--lr: '%s' is not a number" % value, "--lr=%s" % value)
        self.refused("--format: 'foo' is not one of text, binary, n2v", "--format", "foo")
        self.refused("--tokenizer: 'bpe' is not one of words, space, unicode, command:PROGRAM", "--tokenizer", "bpe")
        self.refused("--quiet takes no value", "--quiet=yes")
        self.refused("--save-vocab: the value is empty", "--save-vocab=")

    def test_forgotten_values(self):
        self.fails(2, "--dim needs a value (N)", "train", "text", "-o", "v.txt", "--dim")
        self.refused("--save-vocab needs a value (FILE)", "--save-vocab", "--dim", "5")

    def test_objectives(self):
        self.refused("foo", "--objective", "foo")
        self.refused("did you mean nce?", "--objective", "NCE")
        self.refused("temperature", "--objective", "infonce:temperature=nan")
        self.refused("temperature", "--objective", "infonce:temperature=0")
        self.refused("no parameter 'x'", "--objective", "nce:x=1")

    def test_options_that_the_objective_does_not_use(self):
        for objective, options in (("softmax", ("--noise", "--noise-sharing", "--noise-power")),
                                   ("infonce:in_batch=1", ("--noise-sharing", "--noise-power")),
                                   ("npair", ("--noise-sharing", "--noise-power")),
                                   ("hs", ("--noise", "--noise-sharing", "--noise-power")),
                                   ("hs:sgns=1", ("--noise-sharing",))):
            for option in options:
                self.refused("%s has no effect with --objective %s, which" % (option, objective),
                             "--objective", objective, option, "1")
        self.refused("--noise has no effect", "--objective", "softmax", "-negative", "5")
        self.refused("--init has no effect with --objective triplet, which keeps all vectors at length 1",
                     "--objective", "triplet", "--init", "0.5")
        self.train("text", "-o", "v.txt", "--dim", "8", "--objective", "triplet:unit=0", "--init", "0.5")
        self.train("text", "-o", "v.txt", "--dim", "8", "--objective", "npair", "--noise", "7")
        self.train("text", "-o", "v.txt", "--dim", "8", "--noise-sharing", "2", "--noise-power", "1")

    def test_what_word2vec_can_and_this_cannot(self):
        self.refused("-hs: '2' is not an integer from 0 to 1", "-hs", "2")
        self.refused("-classes 100: word classes are not written by train", "-classes", "100")
        self.refused("-binary: '2' is not an integer from 0 to 1", "-binary", "2")

    def test_missing_arguments(self):
        self.fails(2, "no input is given", "train", "-o", "v.txt")
        self.fails(2, "no output is given: add -o FILE, such as -o vectors.txt", "train", "text")
        self.fails(2, "no input is given", "vocab", "-o", "v.tsv")
        self.fails(2, "no output is given: add -o FILE, such as -o vocab.tsv", "vocab", "text")
        self.fails(2, "no vectors are given", "neighbors")
        self.fails(2, "'b' is one argument too many for help", "help", "train", "b")


class Spellings(CommandTest):
    """The same run in the words of other programs gives the same bytes."""

    def setUp(self):
        super().setUp()
        self.write("text", text().replace(b"word1", b"Word-1"))
        self.write("-dashed", self.read("text"))

    def same(self, reference, *command):
        self.train("text", "-o", "a.txt", "--threads", "1", *reference)
        self.train(*command)
        self.assertEqual(self.read("a.txt"), self.read("b.txt"))

    def test_word2vec(self):
        done = self.train(*"-train text -output b.txt -size 20 -window 4 -sample 1e-3 -negative 7 -threads 1 -iter 2 "
                           "-min-count 3 -alpha 0.03 -binary 0 -save-vocab b.tsv -cbow 0 -hs 0 -classes 0 -debug 0"
                          .split())
        self.assertEqual(done.stderr, b"")
        self.train(*"text -o a.txt --dim 20 --window 4 --subsample 0.001 --noise 7 --threads 1 --epochs 2 "
                    "--min-count 3 --lr 3e-2 --save-vocab=a.tsv --objective sgns --tokenizer space".split())
        self.assertEqual(self.read("a.txt"), self.read("b.txt"))
        self.assertEqual(self.read("a.tsv"), self.read("b.tsv"))

    def test_word2vec_binary_and_vocabulary(self):
        line = "-train text -size 8 -threads 1 -iter 1 -cbow 0"
        self.train(*line.split(), *"-output a.out -binary 1 -save-vocab v.tsv".split())
        self.train(*line.split(), *"-output b.txt -binary 0 -read-vocab v.tsv".split())
        self.assertEqual(read_binary(self.path("a.out")), read_text(self.path("b.txt")))

    def test_the_defaults_of_word2vec(self):
        """Those of its source: -size 100 -window 5 -sample 1e-3 -hs 0 -negative 5 -iter 5 -min-count 5 -binary 0."""
        done = self.train("-train", "text", "-output", "b.bin", "-cbow", "0", "-threads", "1")
        self.assertEqual(done.stderr.decode().splitlines()[0],
                         "word2vec.c's command line, with its defaults: --tokenizer space --objective sgns --noise 5 "
                         "--lr 0.025 --subsample 0.001 --format text")
        self.train(*"text -o a.txt --dim 100 --window 5 --subsample 1e-3 --noise 5 --epochs 5 --min-count 5 --lr 0.025 "
                    "--objective sgns --tokenizer space --threads 1".split())
        self.assertEqual(self.read("b.bin"), self.read("a.txt"))
        self.assertIn(b"\nWord-1", self.read("a.txt"))

    def test_word2vec_trains_cbow_unless_told_otherwise(self):
        reference = ("--tokenizer space --objective sgns --noise 5 --subsample 1e-3 --epochs 1 --dim 8 --model cbow "
                     "--window 5").split()
        line = "-train text -output b.txt -threads 1 -iter 1 -size 8".split()
        self.same(reference + "--cbow-gradient word2vec --lr 0.05".split(), *line)
        self.same(reference + "--cbow-gradient word2vec --lr 0.05".split(), *line, "-cbow", "1")
        self.same(reference + "--lr 0.02".split(), *line, *"-alpha 0.02 --cbow-gradient mean".split())
        done = self.train(*line, "--dry-run")
        self.assertEqual(done.stderr.decode().splitlines()[0],
                         "word2vec.c's command line, with its defaults: --model cbow --window 5 --cbow-gradient "
                         "word2vec --lr 0.05 --tokenizer space --objective sgns --noise 5 --subsample 0.001 --format "
                         "text")
        self.same("--model cbow --epochs 1".split(), *"text -o b.txt --cbow 1 --epochs 1 --threads 1".split())

    def test_hierarchical_softmax_of_word2vec(self):
        """Alone with -negative 0; with negative sampling otherwise, which is its default."""
        reference = "--tokenizer space --lr 0.025 --subsample 1e-3 --epochs 1 --dim 8 --objective".split()
        line = "-train text -output b.txt -threads 1 -iter 1 -size 8 -hs 1 -cbow 0".split()
        self.same([*reference, "hs"], *line, "-negative", "0")
        self.same([*reference, "hs:sgns=1", "--noise", "5"], *line)
        self.same([*reference, "hs:sgns=1", "--noise", "3"], *line, "-negative", "3")
        self.same("--objective hs --epochs 1".split(), *"text -o b.txt --hs 1 --epochs 1 --threads 1".split())
        done = self.train(*"-train text -output b.txt -hs 1 -negative 0 --dry-run".split())
        self.assertEqual(done.stderr.decode().splitlines()[0],
                         "word2vec.c's command line, with its defaults: --objective hs --model cbow --window 5 "
                         "--cbow-gradient word2vec --lr 0.05 --tokenizer space --subsample 0.001 --format text")
        self.fails(2, "-hs 1 chooses the objective hs, and --objective is given, too", "train", *line, "--objective",
                   "nce")

    def test_what_is_given_goes_before_the_defaults_of_word2vec(self):
        for given, added in (
            ("-output v.n2v -sample 0 -negative 3 -alpha 0.01", "--tokenizer space --objective sgns"),
            ("-output v.txt -binary 1 --tokenizer words", "--objective sgns --noise 5 --lr 0.025 --subsample 0.001"),
            ("-output v.txt --objective softmax", "--tokenizer space --subsample 0.001 --format text"),
        ):
            done = self.train("-train", "text", "-cbow", "0", "--dry-run", *given.split())
            self.assertEqual(done.stderr.decode().splitlines()[0],
                             "word2vec.c's command line, with its defaults: " + added)

    def test_other_command_lines_keep_the_defaults_of_nce2vec(self):
        for line in ("text -o a.n2v -size 4 -negative 5 -binary 0", "--train text --output a.n2v",
                     "-input text -o a.n2v", "--input text -output a.n2v"):
            with self.subTest(line=line):
                done = self.train(*line.split(), "--threads", "1", "--epochs", "1")
                self.assertTrue(done.stderr.startswith(b"read "), done.stderr)
                self.assertIn(b"training nce: ", done.stderr)
        self.assertNotIn(b"Word-1", self.read("a.n2v"))

    def test_fasttext(self):
        reference = "--dim 12 --window 3 --epochs 2 --noise 4 --subsample 1e-3 --min-count 2 --objective sgns --lr 0.05"
        line = "-input text -output b.txt -dim 12 -ws 3 -epoch 2 -neg 4 -t 1e-3 -minCount 2 -thread 1 -minn 0 -maxn 0"
        self.same((reference + " --tokenizer space").split(), *line.split())
        self.same((reference + " --tokenizer space").split(), "skipgram", *line.split())
        self.same((reference + " --tokenizer space --model cbow --cbow-gradient word2vec").split(), "cbow",
                  *line.split())
        self.fails(2, "fastText's supervised is not supported: only skipgram and cbow are", "train", "supervised",
                   *line.split())
        done = self.train("-input", "text", "-output", "b.txt", "--dry-run")
        self.assertEqual(done.stderr.decode().splitlines()[0],
                         "fastText's command line, with its defaults: --tokenizer space --objective sgns --noise 5 "
                         "--lr 0.05 --subwords fasttext")
        subwords = "--tokenizer space --subwords fasttext --minn 2 --maxn 3 --buckets 500".split()
        self.same(reference.split() + subwords,
                  *line.replace("-minn 0 -maxn 0", "-minn 2 -maxn 3 -bucket 500").split())

    def test_equals_signs_and_the_end_of_options(self):
        self.same("--dim 12 --epochs 1".split(),
                  "--dim=12", "-epochs=1", "-o=b.txt", "--threads=1", "--", "-dashed")

    def test_the_last_one_counts(self):
        self.same(["--dim", "12"], "text", "-o", "x.txt", "-o", "b.txt", "--threads=1", "--dim", "7", "--dim", "12")


if __name__ == "__main__":
    unittest.main()
