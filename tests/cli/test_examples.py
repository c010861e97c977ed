"""The programs of docs/examples, built against an installed copy as their comments say, run, and what they print."""

import functools
import glob
import math
import os
import random
import re
import shutil
import subprocess
import unittest

from installed import COMPILERS, PREFIX, ROOT, SANITIZER, Installed, build, build_line, compiler, make
from support import ALL, SANITIZED, TIMEOUT, CommandTest, read_text, text

EXAMPLES = os.path.join(ROOT, "docs", "examples")
PROGRAMS = ("train_cancel", "train_sentences", "own_objective", "query", "convert", "evaluate", "pause", "resume")

shared = functools.lru_cache(None)(Installed)
static = functools.lru_cache(None)(lambda: Installed(shared=False))


def source(name):
    return os.path.join(EXAMPLES, name)


def long_text():
    """So much that a training does not end before its first report."""
    draw = random.Random(2)
    lines = []
    for _ in range(4000 if SANITIZED else 10000):
        topic = draw.randrange(600) * 10
        lines.append(" ".join("word%d" % (topic + draw.randrange(10)) for _ in range(12)))
    return ("\n".join(lines) + "\n").encode()


class Sources(unittest.TestCase):
    def test_all_are_here(self):
        found = {os.path.basename(path)[:-2] for path in glob.glob(source("*.c"))}
        self.assertEqual(found, {*PROGRAMS, "focal"})

    def test_each_is_below_sixty_lines_and_says_how_to_build_it(self):
        for path in glob.glob(source("*.[ch]")):
            with open(path, encoding="utf-8") as file:
                lines = file.read().splitlines()
            self.assertLess(len(lines), 60, path)
            self.assertLessEqual(max(map(len, lines)), 120, path)
            self.assertTrue(lines[0].startswith("/* %s - " % os.path.basename(path)), path)
            if path.endswith(".c"):
                self.assertIn("pkg-config --cflags", build_line(path))

    def test_they_know_the_public_headers_alone(self):
        for path in glob.glob(source("*.[ch]")):
            with open(path, encoding="utf-8") as file:
                included = re.findall(r'#include ["<]([^">]*)', file.read())
            ours = {name for name in included if "nce2vec" in name or not os.path.exists("/usr/include/" + name)}
            self.assertLessEqual(ours, {"nce2vec.h", "nce2vec/objective.h", "focal.h"}, path)

    def test_plug_in_knows_one_header_alone(self):
        for name in ("focal.c", "focal.h"):
            with open(source(name), encoding="utf-8") as file:
                self.assertNotIn("nce2vec.h", file.read())

    def test_readme_names_every_file(self):
        with open(source("README.md"), encoding="utf-8") as file:
            page = file.read()
        for path in glob.glob(source("*.[ch]")):
            self.assertIn("](%s)" % os.path.basename(path), page)


class Runs(CommandTest):
    """Each test: one compiler, one kind of library; all programs, on small texts."""

    def built(self, name, language, installed):
        build(source(name + ".c"), self.path(name), compiler(self, language), installed)

    def run_example(self, installed, name, *arguments, code=0):
        done = subprocess.run([self.path(name), *arguments], cwd=self.folder, env=installed.environment(),
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=TIMEOUT, check=False)
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stderr if code else done.stdout

    def check_training(self, run):
        self.write("long.txt", long_text())
        printed = run("train_cancel", "long.txt", "long.vectors.txt").splitlines()
        self.assertGreater(len(printed), 2)
        for line in printed[:-2]:
            self.assertRegex(line, r"^\d+ %, loss \d+\.\d{4}$")
        self.assertEqual(printed[-2:], ["stopped; training on", "trained to the end, saved"])
        self.assertGreater(len(read_text(self.path("long.vectors.txt"))), 1000)
        self.assertIn("no-such-file", run("train_cancel", "no-such-file", "out.txt", code=1))
        self.assertFalse(os.path.exists(self.path("out.txt")))

        near, far = map(float, re.findall(r"cosine (-?\d\.\d\d)$", run("train_sentences"), re.MULTILINE))
        self.assertGreater(near, far + 0.5)

        printed = run("pause", "small.txt", "word1", "word2").splitlines()
        words = [int(line.split()[0]) for line in printed[:-1]]
        self.assertEqual(words, [words[0] * (i + 1) for i in range(len(words))])
        self.assertEqual(printed[-1], "stopped early" if len(words) < 50 else "trained to the end")

    def check_resume(self, run):
        """Several runs of the program, and one training of the same settings, give the same bytes."""
        printed = run("resume", "long.txt", "resumed.txt", "c.n2v")
        self.assertRegex(printed, r"^(\d+ % trained and saved\n){3}stopped: run again to go on\n$")
        shares = []
        while printed.endswith("stopped: run again to go on\n"):
            self.assertFalse(os.path.exists(self.path("resumed.txt")))
            shares += map(int, re.findall(r"(\d+) %", printed))
            printed = run("resume", "long.txt", "resumed.txt", "c.n2v")
        self.assertTrue(printed.endswith("100 % trained and saved\ntrained to the end\n"), printed)
        self.assertEqual(sorted(set(shares)), shares)
        self.succeeds("train", "long.txt", "-o", "whole.txt", "--epochs", 10, "--threads", 1, "-q")
        self.assertEqual(self.read("resumed.txt"), self.read("whole.txt"))
        self.write("long.txt", self.read("long.txt") + b"word1 word2\n")
        self.assertIn("not the one of the checkpoint", run("resume", "long.txt", "resumed.txt", "c.n2v", code=1))

    def check_own_objective(self, run):
        printed = run("own_objective", "small.txt", "own.n2v")
        self.assertRegex(printed, r"^focal: -\(1 - p\+\)\^gamma log p\+ .*\ntrained on \d+ words, loss \d+\.\d{4}\n$")
        self.assertRegex(self.succeeds("info", "own.n2v").stdout.decode(), "objective=focal\n +objective.gamma=1\n")

    def check_queries(self, run):
        self.succeeds("train", "small.txt", "-o", "v.txt", "--dim", 16, "--min-count", 1, "--threads", 1, "-q")
        printed = run("query", "v.txt", "word1", "word2", "word3").splitlines()
        cosine = float(re.match(r"word1 and word2: cosine (-?\d\.\d{4})$", printed[0]).group(1))
        rows = read_text(self.path("v.txt"))
        a, b = rows["word1"], rows["word2"]
        length = math.sqrt(sum(x * x for x in a) * sum(x * x for x in b))
        self.assertAlmostEqual(cosine, sum(x * y for x, y in zip(a, b)) / length, places=3)
        self.assertEqual(printed[1], "near word1:")
        self.assertEqual(printed[5], "word1 is to word2 as word3 is to:")
        answers = [line.split() for line in printed[2:5] + printed[6:9]]
        self.assertTrue(all(len(answer) == 2 and answer[1] in rows for answer in answers), printed)
        expected = self.succeeds("neighbors", "v.txt", "word1").stdout.decode()
        self.assertIn(answers[0][1], expected)
        self.assertIn("'nowhere' is not in the vocabulary", run("query", "v.txt", "word1", "word2", "nowhere", code=1))

        printed = run("convert", "v.txt", "top.bin", "7").splitlines()
        self.assertEqual(printed[0].split(", ")[0], "v.txt: 60 words of 16 numbers")
        self.succeeds("convert", "top.bin", "top.txt", "-q")
        top = read_text(self.path("top.txt"))
        self.assertEqual(list(top), list(rows)[:7])
        for word, row in top.items():
            self.assertAlmostEqual(sum(x * x for x in row), 1, places=5, msg=word)
        self.assertIn("the words", run("convert", "v.txt", "top.npy", "3"))
        self.assertTrue(os.path.exists(self.path("top.npy")))

    def check_evaluation(self, run):
        lines = run("evaluate", "infonce:temperature=0.5").splitlines()
        first = [math.exp(s / 0.5) for s in (1, -2, 0.5)]
        second = [math.exp(s / 0.5) for s in (3, -1)]
        loss = -math.log(first[0] / sum(first)) - math.log(second[1] / sum(second))
        self.assertEqual(lines[0], "infonce: loss %.6f" % loss)
        got = [float(x) for line in lines[1:] for x in line.split()]
        wanted = [(first[0] / sum(first) - 1) / 0.5, first[1] / sum(first) / 0.5, first[2] / sum(first) / 0.5,
                  second[0] / sum(second) / 0.5, 0, (second[1] / sum(second) - 1) / 0.5]
        self.assertEqual(len(got), 6)
        for x, y in zip(got, wanted):
            self.assertAlmostEqual(x, y, places=5)
        self.assertTrue(run("evaluate", "nce:bias=1").startswith("nce: loss "))
        self.assertTrue(run("evaluate", "contrastive").startswith("contrastive: loss "))
        self.assertIn("infonce", run("evaluate", "infonec", code=1))

    def check_all(self, language, installed):
        run = functools.partial(self.run_example, installed)
        self.write("small.txt", text())
        for name in PROGRAMS:
            self.built(name, language, installed)
        if ALL and language in ("C", "other C++"):  # what the others make of it learns the same, and takes as long
            self.check_training(run)
            self.check_resume(run)
        self.check_own_objective(run)
        self.check_queries(run)
        self.check_evaluation(run)


QUICK = (("C", "shared"),)
# What a compiler and what a kind of library needs, the other does not change.
SLOW = (("C", "static"), ("other C", "static"), ("C++", "shared"), ("other C++", "static"))


def add_tests():
    """Each compiler and each kind of library with NCE2VEC_ALL=1 (`make check-slow`), else one of them."""
    for language in COMPILERS:
        for kind, installed in (("shared", shared), ("static", static)):
            if (language, kind) not in (QUICK + SLOW if ALL else QUICK):
                continue
            def check(self, language=language, installed=installed):
                compiler(self, language)
                self.check_all(language, installed())
            name = "test_%s_%s" % (language.replace(" ", "_").replace("+", "p"), kind)
            check.__name__ = name
            setattr(Runs, name, check)


add_tests()


class Plugin(CommandTest):
    def build_plugin(self, name="focal.so", change=lambda code: code, description=lambda code: code, language="C"):
        """focal.so as its comment says, of a copy of the sources with a change."""
        folder = self.path("source-of-" + name)
        os.mkdir(folder)
        for file, edit in (("focal.h", change), ("focal.c", description)):
            with open(source(file), encoding="utf-8") as original:
                code = original.read()
            with open(os.path.join(folder, file), "w", encoding="utf-8") as copy:
                copy.write(edit(code))
        build(os.path.join(folder, "focal.c"), self.path(name), compiler(self, language), shared())
        shutil.rmtree(folder)
        return "./" + name

    def refused(self, says, path):
        """Wherever a plug-in is named."""
        self.write("small.txt", text())
        for arguments in (("objectives", path), ("check-objective", path),
                          ("train", "--objective", path + ":gamma=2", "small.txt", "-o", "v.txt")):
            self.fails(2, says, *arguments)

    def test_objectives_shows_it(self):
        shown = self.succeeds("objectives", self.build_plugin()).stdout.decode()
        for part in ("focal: focal loss", "(1 - p+)^gamma log p+", "gamma=2", "(0 to 5)", "Lin, Goyal"):
            self.assertIn(part, " ".join(shown.split()))

    def test_as_cplusplus(self):
        plugin = self.build_plugin(language="C++")
        self.assertIn("focal: ", self.succeeds("objectives", plugin).stdout.decode())

    def test_trains_and_is_recorded(self):
        self.write("small.txt", text())
        plugin = self.build_plugin()
        self.train("--objective", plugin + ":gamma=2", "small.txt", "-o", "v.n2v", "--dim", 8, "--min-count", 1, "-q")
        self.assertRegex(self.succeeds("info", "v.n2v").stdout.decode(), "objective=focal\n +objective.gamma=2\n")
        self.fails(2, "gamma", "train", "--objective", plugin + ":gamma=6", "small.txt", "-o", "w.n2v")
        self.fails(2, "gamma", "train", "--objective", plugin + ":beta=1", "small.txt", "-o", "w.n2v")

    def test_without_focus_it_is_negative_sampling(self):
        self.write("small.txt", text())
        plugin = self.build_plugin()
        for objective, out in ((plugin + ":gamma=0", "a.txt"), ("sgns", "b.txt"), (plugin + ":gamma=1", "c.txt")):
            self.train("--objective", objective, "small.txt", "-o", out, "--dim", 16, "--min-count", 1, "--threads", 1,
                       "--epochs", 3, "--precision", "fp32", "-q")
        a, b, c = (read_text(self.path(name)) for name in ("a.txt", "b.txt", "c.txt"))
        self.assertEqual(list(a), list(b))
        worst = max(abs(x - y) for word in a for x, y in zip(a[word], b[word]))
        self.assertLess(worst, 1e-5)
        self.assertGreater(max(abs(x - y) for word in a for x, y in zip(a[word], c[word])), 1e-3)

    def test_gradient_is_that_of_the_loss(self):
        table = self.succeeds("check-objective", self.build_plugin()).stdout.decode()
        self.assertTrue(table.startswith("focal\n"), table)
        self.assertGreater(table.count(" ok\n"), 8)
        self.assertNotIn("FAILED", table)

    def wrong_gradient(self, case, before, after):
        def change(code):
            self.assertEqual(code.count(before), 1)
            return code.replace(before, after)

        done = self.run_program("check-objective", self.build_plugin(change=change))
        table = done.stdout.decode()
        self.assertEqual(done.returncode, 1, table)
        self.assertRegex(table, r"%s .*FAILED\n" % re.escape(case))
        self.assertIn("the check of 1 objective failed", done.stderr.decode())

    def test_wrong_sign_fails(self):
        self.wrong_gradient("one positive a row", "-focal_case(-tile", "focal_case(-tile")

    def test_missing_factor_fails(self):
        self.wrong_gradient("one positive a row", "(gamma * p * l + q)", "(p * l + q)")

    def test_ignored_mask_fails(self):
        self.wrong_gradient("masked cells", "tile->mask && tile->mask[cell]", "0 * (int)tile->n")

    def test_ignored_multiplicity_fails(self):
        self.wrong_gradient("drawn twice counts twice", "tile->multiplicity ? tile->multiplicity[j] : 1",
                            "1 + 0 * (float)j")

    def test_overflow_fails(self):
        self.wrong_gradient("finite at extreme scores", "expf(-fabsf(u))",
                            "expf(fabsf(u)) / expf(fabsf(u))\n * expf(-fabsf(u))")

    def test_own_objectives_pass(self):
        table = self.succeeds("check-objective").stdout.decode()
        names = re.findall(r"^(\w+)$", table, re.MULTILINE)
        self.assertGreaterEqual(len(names), 13)
        self.assertNotIn("FAILED", table)
        some = self.succeeds("check-objective", "triplet", "sgns").stdout.decode()
        self.assertEqual(re.findall(r"^(\w+)$", some, re.MULTILINE), ["triplet", "sgns"])
        self.fails(2, "infonce", "check-objective", "infonec")

    def test_missing_file_is_refused(self):
        self.refused("nowhere.so", "./nowhere.so")

    def test_what_is_no_shared_object_is_refused(self):
        self.write("text.so", b"#!/bin/sh\n")
        self.refused("text.so", "./text.so")

    def test_without_the_symbol_it_is_refused(self):
        self.refused("n2v_plugin_export", self.build_plugin(
            description=lambda code: re.sub(r"n2v_plugin_export\b", "another_export", code)))

    def test_another_abi_is_refused(self):
        self.refused("ABI", self.build_plugin(
            description=lambda code: code.replace("{N2V_PLUGIN_ABI,", "{N2V_PLUGIN_ABI + 1,")))

    def test_refused_description_is_a_sentence(self):
        self.refused("Focal", self.build_plugin(
            change=lambda code: code.replace('"focal", "focal', '"Focal!", "focal')))

    def test_too_many_objectives_are_refused(self):
        self.refused("17", self.build_plugin(
            description=lambda code: code.replace("sizeof(n2v_objective), 1,", "sizeof(n2v_objective), 17,")))


class Install(CommandTest):
    def test_makefile_of_the_examples(self):
        shutil.copytree(EXAMPLES, self.path("examples"))
        make("-C", self.path("examples"), "CC=" + COMPILERS["C"][0], "CFLAGS=" + " ".join(["-O0", *SANITIZER]),
             environment=shared().environment())
        for name in (*PROGRAMS, "focal.so"):
            self.assertTrue(os.path.exists(self.path("examples/" + name)), name)

    def test_what_is_installed_and_removed(self):
        installed = Installed()
        files = {os.path.relpath(os.path.join(folder, name), installed.folder + PREFIX)
                 for folder, _, names in os.walk(installed.folder) for name in names}
        version = re.search(r"\d+\.\d+\.\d+", self.succeeds("--version").stdout.decode()).group()
        headers = {"include/nce2vec/" + name for name in os.listdir(ROOT + "/include/nce2vec")}
        self.assertEqual(files, {"bin/nce2vec", "include/nce2vec.h", *headers, "lib/libnce2vec.a", "lib/libnce2vec.so",
                                 "lib/libnce2vec.so.0", "lib/libnce2vec.so." + version, "lib/pkgconfig/nce2vec.pc",
                                 "share/man/man1/nce2vec.1"})
        make("-C", ROOT, "uninstall", "DESTDIR=" + installed.folder, "PREFIX=" + PREFIX)
        self.assertEqual([names for _, _, names in os.walk(installed.folder) if names], [])
        self.assertFalse(os.path.exists(installed.folder + PREFIX + "/include/nce2vec"))

    def test_soname(self):
        listed = subprocess.run(["readelf", "-d", shared().library + "/libnce2vec.so"], check=True,
                                stdout=subprocess.PIPE, text=True).stdout
        self.assertRegex(listed, r"SONAME.*\[libnce2vec\.so\.0\]")


if __name__ == "__main__":
    unittest.main()
