"""docs/parity.md: it has every option of word2vec.c, word2phrase, fastText and gensim; each is accepted, or refused
with the page's sentence; and command lines of their scripts and documents work as they are."""

import os
import re
import shutil
import subprocess
import unittest

from installed import ROOT
from support import PROGRAM, CommandTest, read_text, text

WORD2VEC = ("train output size window sample hs negative threads iter min-count alpha classes debug binary save-vocab "
            "read-vocab cbow").split()
WORD2PHRASE = "train output min-count threshold debug".split()
FASTTEXT = ("input output verbose minCount minCountLabel wordNgrams bucket minn maxn t label lr lrUpdateRate dim ws "
            "epoch neg loss thread pretrainedVectors saveOutput seed autotune-validation autotune-metric "
            "autotune-predictions autotune-duration autotune-modelsize cutoff retrain qnorm qout dsub").split()
FASTTEXT_COMMANDS = ("supervised quantize test test-label predict predict-prob skipgram cbow print-word-vectors "
                     "print-sentence-vectors print-ngrams nn analogies dump").split()
GENSIM = {
    "Word2Vec": ("sentences corpus_file vector_size alpha window min_count max_vocab_size sample seed workers "
                 "min_alpha sg hs negative ns_exponent cbow_mean hashfxn epochs null_word trim_rule sorted_vocab "
                 "batch_words compute_loss callbacks comment max_final_vocab shrink_windows").split(),
    "FastText": "min_n max_n bucket word_ngrams".split(),  # beside those of Word2Vec
    "Phrases": ("sentences min_count threshold max_vocab_size delimiter progress_per scoring connector_words").split(),
}
# Values with which the program refuses an option, beside those that it accepts.
REFUSED = (("classes", "500"), ("loss", "one-vs-all"), ("loss", "ova"), ("pretrainedVectors", "wiki.vec"),
           ("autotune-validation", "valid.txt"), ("autotune-metric", "f1"), ("autotune-predictions", "1"),
           ("autotune-duration", "600"), ("autotune-modelsize", "2M"))
ACCEPTED = {
    "word2vec": "-train text -output v.bin -size 8 -window 3 -sample 1e-3 -hs 1 -negative 3 -threads 1 -iter 1 "
                "-min-count 2 -alpha 0.03 -classes 0 -debug 2 -binary 1 -save-vocab v.tsv -read-vocab r.tsv -cbow 0",
    "word2phrase": "-train text -output joined -min-count 2 -threshold 5 -debug 2",
    "fasttext": "-input text -output v -verbose 2 -minCount 2 -minCountLabel 1 -wordNgrams 2 -bucket 300 -minn 2 -maxn "
                "4 -t 1e-3 -label __label__ -lr 0.1 -lrUpdateRate 50 -dim 8 -ws 3 -epoch 1 -neg 3 -loss ns -thread 1 "
                "-pretrainedVectors= -saveOutput -seed 3 -cutoff 5 -retrain -qnorm -qout -dsub 2",
}


def page():
    with open(os.path.join(ROOT, "docs", "parity.md"), encoding="utf-8") as file:
        return file.read()


def section(heading):
    """What is under a heading, up to the next one."""
    return re.search(r"^#+ %s$\n(.*?)(?=^#|\Z)" % re.escape(heading), page(), re.MULTILINE | re.DOTALL)[1]


def first_cells(heading):
    """The names in the first cells of a section's first table."""
    table = re.search(r"^\| (?:option|parameter|method|command) \|.*?\n\n", section(heading) + "\n",
                      re.MULTILINE | re.DOTALL)[0]
    return [name for cell in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
            for name in re.findall(r"`([^`]*)`", cell)]


def flags(line):
    return re.findall(r"(?<!\S)-([A-Za-z][\w-]*)", line)


class Page(CommandTest):
    def test_it_has_every_option(self):
        self.assertEqual(sorted(first_cells("word2vec.c")), sorted("-" + name for name in WORD2VEC))
        self.assertEqual(sorted(first_cells("word2phrase")), sorted("-" + name for name in WORD2PHRASE))
        self.assertEqual(sorted(first_cells("fastText")), sorted("-" + name for name in FASTTEXT))
        for model, names in GENSIM.items():
            self.assertEqual(sorted(first_cells(model)), sorted(names))

    def test_every_option_is_tried_below(self):
        for program, names in (("word2vec", WORD2VEC), ("word2phrase", WORD2PHRASE), ("fasttext", FASTTEXT)):
            tried = flags(ACCEPTED[program]) + [name for name, _ in REFUSED]
            self.assertEqual(set(names) - set(tried), set())

    def test_options_of_nce2vec_exist(self):
        helps = "".join(self.succeeds("help", command).stdout.decode()
                        for command in ("train", "phrases", "neighbors", "convert", "likelihood"))
        self.assertLessEqual(set(re.findall(r"(?<![\w-])--[a-z][\w-]*", page())),
                             set(re.findall(r"(?<![\w-])--[a-z][\w-]*", helps)) | {"--questions", "--restrict"})

    @unittest.skipUnless(shutil.which("fasttext"), "no fasttext")
    def test_options_of_the_installed_fasttext(self):
        told = [subprocess.run(["fasttext", *command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                               check=False).stdout for command in ([], ["skipgram"])]
        self.assertEqual(re.findall(r"^  ([\w-]+) {2,}", told[0], re.MULTILINE), FASTTEXT_COMMANDS)
        self.assertEqual(re.findall(r"^  -([\w-]+) {2,}", told[1], re.MULTILINE), FASTTEXT)


class Options(CommandTest):
    def setUp(self):
        super().setUp()
        self.write("text", text(100))

    def test_accepted(self):
        self.succeeds("vocab", "-q", "text", "-o", "r.tsv")
        said = ""
        for program, command in (("word2vec", "train"), ("word2phrase", "phrases"), ("fasttext", "train")):
            said += self.succeeds(command, *ACCEPTED[program].split()).stderr.decode()
        reasons = re.findall(r"^-(\w+) has no effect: (.*)$", said, re.MULTILINE)
        self.assertEqual(sorted(name for name, _ in reasons), sorted(
            "minCountLabel wordNgrams label lrUpdateRate saveOutput cutoff retrain qnorm qout dsub".split()))
        for name, reason in reasons:
            row = re.search(r"^\| .*`-%s`.*$" % name, section("fastText"), re.MULTILINE)[0]
            self.assertIn("| no effect | \"%s\"" % reason, row)

    def test_refused(self):
        for name, value in REFUSED:
            done = self.fails(2, "-%s %s: " % (name, value), "train", "-input", "text", "-output", "v", "-" + name,
                              value)
            sentence = done.stderr.decode().strip().split(": ", 2)[2]
            self.assertIn("\"%s\"" % sentence, re.search(r"^\| .*`-%s`.*$" % name, page(), re.MULTILINE)[0])

    def test_commands(self):
        for name in FASTTEXT_COMMANDS:
            if name == "predict":  # nce2vec has another one
                continue
            sentence = self.fails(2, "'%s' is fastText's; " % name, name, "x").stderr.decode().strip().split(": ", 1)[1]
            row = re.search(r"^\| .*`%s`.*\|$" % name, section("fastText"), re.MULTILINE)[0]
            self.assertIn(sentence.split("; ", 1)[1], row)
        self.assertEqual(sorted(re.findall(r"`([\w-]+)`", " ".join(re.findall(
            r"^\| (.*?) \|", section("fastText").split("| command |")[1], re.MULTILINE)))), sorted(FASTTEXT_COMMANDS))
        for name in ("word2vec", "word2phrase", "distance", "word-analogy", "compute-accuracy"):
            self.fails(2, "'%s' is word2vec.c's; here it is '" % name, name, "x")

    def test_losses_of_fasttext(self):
        line = "-input text -thread 1 -epoch 1 -dim 8 -maxn 0 -neg 7 -output".split()
        for loss, objective in (("ns", ("sgns", "--noise", "7")), ("hs", ("hs",)), ("softmax", ("softmax",))):
            self.train("-q", *line, "a.txt", "-loss", loss)
            self.train("-q",
                       *"text -o b.txt --threads 1 --epochs 1 --dim 8 --lr 0.05 --tokenizer space --objective".split(),
                       *objective)
            self.assertEqual(self.read("a.txt"), self.read("b.txt"), loss)
        self.fails(2, "-loss chooses the objective hs, and --objective is given, too", "train", *line, "a.txt", "-loss",
                   "hs", "--objective", "nce")


class Output(CommandTest):
    LINE = "-input text -thread 1 -epoch 2 -dim 8 -bucket 300".split()

    def setUp(self):
        super().setUp()
        self.write("text", text(100))

    def test_names(self):
        """fastText's two files; one where the name's ending chooses a format."""
        done = self.train("skipgram", *self.LINE, "-output", "v")
        self.assertIn("--subwords fasttext --format fasttext --output v.bin --save-text v.vec\n", done.stderr.decode())
        self.assertEqual(sorted(os.listdir(self.folder)), ["text", "v.bin", "v.vec"])
        self.succeeds("convert", "-q", "v.bin", "again.txt")
        self.assertEqual(self.read("again.txt"), self.read("v.vec"))
        self.train("skipgram", "-q", *self.LINE, "-output", "w.n2v")
        self.assertFalse(os.path.exists(self.path("w.n2v.vec")))
        self.train("skipgram", "-q", *self.LINE, "-output", "x", "--format", "n2v")
        self.assertIn("n2v", self.succeeds("info", "x").stdout.decode())
        self.train("cbow", "-q", *self.LINE, "-output", "none", "-maxn", "0", "-minn", "2")
        self.succeeds("convert", "-q", "none.bin", "again.txt")
        self.assertEqual(self.read("again.txt"), self.read("none.vec"))
        self.assertIn("binary", self.succeeds("info", "none.bin").stdout.decode())

    def test_text_beside_a_model(self):
        self.train("-q", "text", "-o", "v.n2v", "--threads", "1", "--epochs", "1", "--dim", "8", "--save-text", "v.txt")
        self.succeeds("convert", "-q", "v.n2v", "again.txt")
        self.assertEqual(self.read("again.txt"), self.read("v.txt"))
        self.fails(2, "--save-text and --output are the same file, v.txt", "train", "text", "-o", "v.txt",
                   "--save-text", "v.txt")
        self.fails(2, "--save-text would have the last vectors, and --patience keeps the best ones", "train", "text",
                   "-o", "x.bin", "--heldout", "0.1", "--patience", "2", "--save-text", "x.txt")
        done = self.train(*self.LINE, "-output", "p", "--heldout", "0.1", "--patience", "2")
        self.assertIn("--output p.bin\n", done.stderr.decode())
        self.assertFalse(os.path.exists(self.path("p.vec")))

    def test_resume(self):
        self.train("-q", *self.LINE, "-output", "v", "--checkpoint", "c.n2v")
        wanted = self.read("v.bin"), self.read("v.vec")
        for name in ("v.bin", "v.vec"):
            os.remove(self.path(name))
        self.train("-q", "--resume", "c.n2v")
        self.assertEqual((self.read("v.bin"), self.read("v.vec")), wanted)


# Each program of the demos as a script that calls nce2vec, with options at the end that make it quick.
SHIMS = {
    "word2vec": "exec '%s' train \"$@\"",
    "word2phrase": "exec '%s' phrases \"$@\"",
    "distance": "exec '%s' neighbors \"$@\"",
    "word-analogy": "exec '%s' analogy \"$@\"",
    "fasttext": """command=$1
case $command in
skipgram|cbow) exec '%s' train "$@" --threads 2 --buckets 300 --dim 8 ;;
print-word-vectors) command=vector ;;
nn) command=neighbors ;;
analogies) command=analogy ;;
esac
shift
exec '%s' $command "$@\"""",
}


class Demos(CommandTest):
    def setUp(self):
        super().setUp()
        for name, code in SHIMS.items():
            self.write(name, b"#!/bin/sh\n" + code.replace("%s", shutil.which(PROGRAM)).encode() + b"\n")
            os.chmod(self.path(name), 0o755)

    def sh(self, lines):
        done = subprocess.run(["sh", "-eu"], cwd=self.folder, input=lines, text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_words_of_word2vec(self):
        """demo-word.sh, demo-word-accuracy.sh and demo-analogy.sh."""
        self.write("text8", text(100).replace(b"\n", b" "))
        said = self.sh("./word2vec -train text8 -output vectors.bin -cbow 1 -size 200 -window 8 -negative 25 -hs 0 "
                       "-sample 1e-4 -threads 20 -binary 1 -iter 15\n"
                       "echo word1 | ./distance vectors.bin\necho word1 word2 word11 | ./word-analogy vectors.bin\n")
        self.assertEqual(said.count("\n  "), 20)

    def test_phrases_of_word2vec(self):
        """demo-phrases.sh, demo-phrase-accuracy.sh and demo-train-big-model-v1.sh: two runs of word2phrase, then
        vectors."""
        lines = text(600, 120).decode().splitlines()
        for at in range(0, len(lines), 40):
            lines[at] += " New York City"
        self.write("data.txt", ("\n".join(lines) + "\n").encode())
        self.write("news.2012.en.shuffled-norm0", self.read("data.txt"))
        self.sh("./word2phrase -train news.2012.en.shuffled-norm0 -output news.2012.en.shuffled-norm0-phrase0 "
                "-threshold 200 -debug 2\n"
                "./word2phrase -train news.2012.en.shuffled-norm0-phrase0 -output news.2012.en.shuffled-norm0-phrase1 "
                "-threshold 100 -debug 2\n"
                "tr A-Z a-z < news.2012.en.shuffled-norm0-phrase1 > news.2012.en.shuffled-norm1-phrase1\n"
                "./word2vec -train news.2012.en.shuffled-norm1-phrase1 -output vectors-phrase.bin -cbow 1 -size 200 "
                "-window 10 -negative 25 -hs 0 -sample 1e-5 -threads 20 -binary 1 -iter 15\n"
                "echo new_york_city | ./distance vectors-phrase.bin\n"
                "./word2phrase -train data.txt -output data-phrase.txt -threshold 200 -debug 2\n"
                "./word2phrase -train data-phrase.txt -output data-phrase2.txt -threshold 100 -debug 2\n"
                "./word2vec -train data-phrase2.txt -output vectors.bin -cbow 1 -size 500 -window 10 -negative 10 -hs "
                "0 -sample 1e-5 -threads 40 -binary 1 -iter 3 -min-count 10\n"
                "echo New_York_City | ./distance vectors.bin\n")

    def test_classes_of_word2vec(self):
        """demo-classes.sh is refused before any work; tests/eval/test_classes.py has what does it."""
        self.write("text8", text(100).replace(b"\n", b" "))
        self.fails(2, "-classes 500: word classes are not written by train", "train", *(
            "-train text8 -output classes.txt -cbow 1 -size 200 -window 8 -negative 25 -hs 0 -sample 1e-4 -threads 20 "
            "-iter 15 -classes 500").split())

    def test_documents_of_fasttext(self):
        """The unsupervised parts of its cheat sheet and its tutorial of word representations, and its example
        script."""
        words = b"asparagus pidgey yellow environment berlin germany france paris psx sony nintendo accomodation"
        for name in ("data.txt", "data/fil9"):
            os.makedirs(self.path("data"), exist_ok=True)
            self.write(name, b"\n".join([words] * 40) + b"\n")
        os.mkdir(self.path("result"))
        self.write("queries.txt", b"yellow\nparis\nenviroment\n")
        said = self.sh("""
./fasttext skipgram -input data.txt -output model
./fasttext print-word-vectors model.bin < queries.txt
./fasttext cbow -input data/fil9 -output result/fil9
./fasttext skipgram -input data/fil9 -output result/fil9 -minn 2 -maxn 5 -dim 300
./fasttext skipgram -input data/fil9 -output result/fil9 -epoch 1 -lr 0.5
./fasttext skipgram -input data/fil9 -output result/fil9 -thread 4
./fasttext skipgram -input data/fil9 -output result/fil9
echo "asparagus pidgey yellow" | ./fasttext print-word-vectors result/fil9.bin
echo "enviroment" | ./fasttext print-word-vectors result/fil9.bin
echo asparagus | ./fasttext nn result/fil9.bin
echo enviroment | ./fasttext nn result/fil9.bin
echo berlin germany france | ./fasttext analogies result/fil9.bin
./fasttext skipgram -input data/fil9 -output result/fil9-none -maxn 0
echo accomodation | ./fasttext nn result/fil9-none.bin
""")
        printed = [line.split()[0] for line in said.splitlines() if len(line.split()) == 9]
        self.assertEqual(printed, "yellow paris enviroment asparagus pidgey yellow enviroment".split())
        self.assertEqual(len(read_text(self.path("result/fil9.vec"))), len(words.split()))
        self.assertEqual(len(read_text(self.path("result/fil9-none.vec"))), len(words.split()))


if __name__ == "__main__":
    unittest.main()
