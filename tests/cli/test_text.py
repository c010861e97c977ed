"""Words of a text: tokenizers, letter case, normalization, a program as the tokenizer; and warnings about texts."""

import json
import os
import subprocess
import unittest

from support import PROGRAM, Background, CommandTest, text

SMALL = ("--dim", "4", "--threads", "1", "--epochs", "1", "--min-count", "1", "--subsample", "0")
VERSION = subprocess.run([PROGRAM, "--version"], check=True, stdout=subprocess.PIPE, text=True).stdout
HAS_ICU = "unicode (ICU " in VERSION

CHINESE = "我来到北京清华大学。他们喜欢北京的大学。\n"
THAI = "ภาษาไทยเป็นภาษาที่มีระดับเสียงของคำแน่นอนหรือวรรณยุกต์เช่นเดียวกับภาษาจีน\n"


def needs_icu(test):
    return unittest.skipUnless(HAS_ICU, "machine: this build has no ICU")(test)


class TextTest(CommandTest):
    def words(self, content, *options):
        done = self.succeeds("vocab", "-q", "-", "-o", "-", "--min-count", "1", *options, given=content.encode())
        return sorted(line.split("\t")[0] for line in done.stdout.decode().splitlines())

    def found(self, model, word):
        """The word of the model that a query finds."""
        done = self.succeeds("vector", model, word)
        return done.stdout.decode().split(" ")[0].split("\t")[0].strip()


class Tokenizers(TextTest):
    def test_version_lists_them(self):
        self.assertRegex(VERSION, r"(?m)^tokenizers: words, space, (unicode \(ICU [0-9.]+\), command:PROGRAM|"
                                  r"command:PROGRAM; not unicode, which needs ICU)$")

    @needs_icu
    def test_words_without_spaces(self):
        self.assertEqual(self.words(CHINESE, "--tokenizer", "unicode"),
                         sorted("我 来到 北京 清华大学 他们 喜欢 的 大学".split()))
        self.assertEqual(self.words("Don\u2019t STOP: 3.14!\n", "--tokenizer", "unicode"), ["3.14", "don't", "stop"])

    @needs_icu
    def test_queries_are_read_as_the_text_was(self):
        self.write("text", (CHINESE * 20 + "The CAT.\n").encode())
        self.train("text", "-o", "m.n2v", "--tokenizer", "unicode", "--normal-form", "nfkc", *SMALL)
        record = self.succeeds("info", "m.n2v").stdout.decode()
        self.assertIn("unicode", record)
        self.assertIn("nfkc", record)
        for asked, word in (("北京", "北京"), ("“北京”", "北京"), ("CAT", "cat"), ("ＣＡＴ", "cat")):
            self.assertEqual(self.found("m.n2v", asked), word)

    def test_letter_case(self):
        content = "The CAT, the Cat: ÉCOLE\n"
        self.assertEqual(self.words(content), ["cat", "the", "école"])
        self.assertEqual(self.words(content, "--case", "lower"), ["cat", "the", "école"])
        self.assertEqual(self.words(content, "--case", "keep"), ["CAT", "Cat", "The", "the", "ÉCOLE"])
        self.assertEqual(self.words(content, "--tokenizer", "space", "--case", "lower"),
                         ["cat,", "cat:", "the", "école"])
        self.fails(2, "--case: 'upper' is not one of keep, lower, lower:tr", "vocab", "-", "-o", "-", "--case", "upper")

    def test_queries_have_the_letter_case_of_the_training(self):
        self.write("text", "Apple apple ISPARTA İzmir\n".encode() * 20)
        self.train("text", "-o", "keep.n2v", "--case", "keep", *SMALL)
        self.train("text", "-o", "turkish.n2v", "--tokenizer", "space", "--case", "lower:tr", *SMALL)
        self.train("text", "-o", "plain.n2v", *SMALL)
        self.assertEqual(self.found("keep.n2v", "Apple,"), "Apple")
        self.assertEqual(self.found("plain.n2v", "Apple,"), "apple")
        self.assertEqual(self.found("turkish.n2v", "ISPARTA"), "ısparta")
        self.assertEqual(self.found("turkish.n2v", "İZMİR"), "izmir")
        done = self.fails(1, "queries without an answer: 1 of 1", "vector", "keep.n2v", "APPLE")
        self.assertIn(b"'APPLE' is not in the vocabulary of keep.n2v", done.stderr)

    def test_normal_forms(self):
        content = "e\u0301cole école ﬁn fin\n"
        self.assertEqual(len(self.words(content, "--tokenizer", "space")), 4)
        self.assertEqual(self.words(content, "--normal-form", "nfc"), ["fin", "école", "ﬁn"])
        self.assertEqual(self.words(content, "--normal-form", "nfkc"), ["fin", "école"])

    def test_held_out_text_and_other_texts_are_read_in_the_same_way(self):
        self.write("text", b"Cat Dog cat dog\n" * 50)
        self.write("held", b"CAT DOG\n" * 10)
        done = self.train("text", "-o", "m.n2v", "--tokenizer", "space", "--case", "lower", "--heldout", "held", *SMALL)
        self.assertIn("held-out text: 20 words in 10 sentences; 0 other words are", done.stderr.decode())
        done = self.succeeds("likelihood", "m.n2v", "held")
        self.assertIn("20 words in 10 sentences; 0 other words are", done.stderr.decode())

    def test_each_line_has_its_own_words(self):
        """Also where stages hold text back until there is more."""
        self.write("text", b"cat dog bird\n" * 50)
        options = ("--tokenizer", "unicode") if HAS_ICU else ("--tokenizer", "space", "--case", "lower")
        self.train("text", "-o", "m.n2v", "--normal-form", "nfc", *options, *SMALL)
        lines = self.succeeds("likelihood", "-q", "--json", "--per-line", "m.n2v", "-",
                              given=b"Cat DOG bird\n\ncat DOG x\nCAT").stdout.decode().splitlines()
        self.assertEqual([json.loads(line)["words"] for line in lines], [3, 0, 2, 1])

    def test_phrases_belong_to_a_letter_case(self):
        self.write("text", b"New York is in New York state\nof new people a b c\n" * 40)
        options = ("--min-count", "2", "--threshold", "0.1")
        self.succeeds("phrases", "text", "--save", "p.tsv", "--case", "keep", *options)
        self.assertTrue(self.read("p.tsv").startswith(
            b"# nce2vec phrases 1\ttokenizer=words\tdelimiter=_\tcase=keep\tnormal-form=none\n"))
        joined = self.succeeds("phrases", "-q", "text", "--read", "p.tsv", "-o", "-").stdout.decode()
        self.assertIn("New_York", joined)
        self.fails(2, "--case lower: the phrases of p.tsv were found with --case keep",
                   "phrases", "text", "--read", "p.tsv", "-o", "j.txt", "--case", "lower")
        self.fails(2, "--case lower, --normal-form none: the phrases of p.tsv were found with --case keep and "
                      "--normal-form none", "train", "text", "-o", "v.txt", "--phrases", "p.tsv")
        self.succeeds("phrases", "text", "--save", "q.tsv", *options)
        self.assertTrue(self.read("q.tsv").startswith(b"# nce2vec phrases 1\ttokenizer=words\tdelimiter=_\n"))


class Programs(TextTest):
    def test_each_file_goes_through_the_program(self):
        self.write("a", b"x-y\n")
        self.write("b.gz", b"z-x\n", zipped=True)
        done = self.succeeds("vocab", "a", "b.gz", "-o", "-", "--min-count", "1", "--tokenizer",
                             "command:echo run; tr -- - ' '")
        self.assertEqual(done.stdout.decode().split(), ["run", "2", "x", "2", "y", "1", "z", "1"])

    def test_the_shell_reads_the_command(self):
        self.assertEqual(self.words("a_b\n", "--tokenizer", "command:tr '_' ' ' | tr a-z A-Z"), ["A", "B"])
        self.assertEqual(self.words("A_b\n", "--tokenizer", "command:tr _ ' '", "--case", "lower"), ["a", "b"])

    def test_failures(self):
        self.write("text", text())
        self.fails(2, "--tokenizer command:: expected a program after command:", "vocab", "text", "-o", "v.tsv",
                   "--tokenizer", "command:")
        done = self.run_program("train", "text", "-o", "v.txt", "--tokenizer", "command:cat; exit 3")
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"the program `cat; exit 3` failed with status 3 while it read text", done.stderr)
        self.assertEqual(os.listdir(self.folder), ["text"])
        self.fails(1, "the program `true` printed nothing for text", "vocab", "text", "-o", "v.tsv",
                   "--tokenizer", "command:true")

    def test_an_interrupt_ends_the_program(self):
        self.write("text", text())

        def start():
            program = Background(self, "train", "text", "-o", "v.txt", "--tokenizer", "command:echo $$ >&2; sleep 1000")
            program.wait_until_signals_are_held()
            program.wait_until(lambda: program.said().strip().isdigit(), "the program runs")
            started.append(int(program.said()))
            return program

        started = []
        self.interrupted(start)
        for process in started:
            self.assertFalse(os.path.exists("/proc/%d" % process))

    def test_a_file_starts_no_program(self):
        """Models may be anybody's: queries take words as they are, and a resume needs the command again."""
        self.write("text", text())
        command = "command:echo run >>ran; cat"
        self.train("text", "-o", "m.n2v", "--tokenizer", command, "--case", "lower", "--checkpoint", "c.n2v", *SMALL)
        os.unlink(self.path("ran"))
        self.assertEqual(self.found("m.n2v", "WORD7"), "word7")
        self.succeeds("neighbors", "m.n2v", "word1")
        self.succeeds("likelihood", "m.n2v", "text")
        self.assertFalse(os.path.exists(self.path("ran")))
        self.fails(2, "--tokenizer to '%s' again" % command, "train", "--resume", "c.n2v", "--epochs", "2")
        self.assertFalse(os.path.exists(self.path("ran")))
        self.train("--resume", "c.n2v", "--epochs", "2", "--tokenizer", command)
        self.assertTrue(os.path.exists(self.path("ran")))

    def test_phrases(self):
        self.write("text", b"new york a b\n" * 40)
        command = ("--tokenizer", "command:cat")
        self.succeeds("phrases", "text", "--save", "p.tsv", "--min-count", "2", "--threshold", "0.1", *command)
        self.fails(2, "the phrases of p.tsv were found with --tokenizer command:PROGRAM: give it, too", "phrases",
                   "text", "--read", "p.tsv", "-o", "j.txt")
        self.succeeds("phrases", "text", "--read", "p.tsv", "-o", "j.txt", *command)


class Warnings(TextTest):
    def warnings(self, content, *options, name="text"):
        self.write(name, content, zipped=name.endswith(".gz"))
        done = self.succeeds("vocab", name, "-o", "v.tsv", "--min-count", "1", *options)
        return [line for line in done.stderr.decode().splitlines() if line.startswith("warning: ")]

    def test_another_encoding(self):
        found = self.warnings(b"plain\n" + "Le château était fermé.\n".encode("latin-1") * 20, name="french.txt")
        self.assertEqual(found,
                         ["warning: french.txt, line 2: this is not UTF-8, and looks like WINDOWS-1252; read the "
                          "output "
                                 "of `iconv -f WINDOWS-1252 -t UTF-8 french.txt` instead"])
        found = self.warnings((CHINESE * 20).encode("gb18030"), "--tokenizer", "space", name="zh.gz")
        self.assertEqual(found,
                         ["warning: zh.gz, line 1: this is not UTF-8, and looks like GB18030; read the output of "
                                 "`gzip -dc zh.gz | iconv -f GB18030 -t UTF-8` instead"])

    def test_broken_bytes_are_no_encoding(self):
        found = self.warnings("Москва столица\n".encode() * 10 + b"\xff\n")
        self.assertEqual(found,
                         ["warning: 1 malformed UTF-8 sequence in the text; if it has another encoding, convert it "
                                 "with iconv -f ENCODING -t UTF-8"])

    def test_no_spaces(self):
        for tokenizer in ("words", "space"):
            found = self.warnings(("\n" + THAI * 5).encode(), "--tokenizer", tokenizer)
            self.assertEqual(found, ["warning: text, line 2: this looks like Thai, which has no spaces between words; "
                                     "--tokenizer unicode finds them"])
        self.assertEqual(self.warnings((THAI * 5).encode(), "--tokenizer", "command:cat"), [])
        if HAS_ICU:
            self.assertEqual(self.warnings((THAI * 5).encode(), "--tokenizer", "unicode"), [])
        self.write("text", (THAI * 2).encode())
        self.fails(1, "no word reaches the minimum count of 5, and text looks like Thai, which has no spaces between "
                      "words: set --tokenizer unicode", "vocab", "text", "-o", "w.tsv")

    def test_markup(self):
        found = self.warnings(b'<doc id="1" url="u" title="T">\nSome text here.\n</doc>\n' * 20)
        self.assertEqual(found,
                         ["warning: text, line 1: this looks like text in <doc> tags, and tags and names become words; "
                                 "read the output of `grep -v '^</*doc' text` instead"])
        found = self.warnings(b'{"id": 1, "text": "Some text"}\n' * 20)
        self.assertEqual(found,
                         ["warning: text, line 1: this looks like JSON, and tags and names become words; read the "
                                 "output of `jq -r .text text` instead"])

    def test_the_remedies_work(self):
        self.write("a.xml", b"<?xml version='1.0'?><a><b>one two</b></a>\n")
        done = self.succeeds("vocab", "a.xml", "-o", "v.tsv", "--min-count", "1")
        command = done.stderr.decode().split("`")[1]
        printed = subprocess.run(command, shell=True, check=True, cwd=self.folder, stdout=subprocess.PIPE).stdout
        self.assertEqual(printed.split(), [b"one", b"two"])

    def test_texts_without_a_word(self):
        self.write("text", "국국\n".encode("cp949") * 20)
        self.fails(1,
                   "there is no word in text: only white space, punctuation and malformed bytes; text looks like "
                   "CP949: "
                      "read the output of `iconv -f CP949 -t UTF-8 text`", "vocab", "text", "-o", "v.tsv")

    def test_wherever_a_text_is_read(self):
        self.write("text", b"one two three\n" * 20)
        self.write("a.json", b'{"id": 1, "text": "one two"}\n' * 20)
        small = ("--min-count", "1", "--dim", "4", "--epochs", "1", "--threads", "1", "--subsample", "0")
        says = ("warning: a.json, line 1: this looks like JSON, and tags and names become words; read the output of "
                "`jq -r .text a.json` instead")
        self.train("text", "-o", "v.n2v", *small)
        for command in (("train", "text", "-o", "w.n2v", "--heldout", "a.json", *small),
                        ("train", "a.json", "-o", "w.n2v", "--dry-run", *small),
                        ("phrases", "a.json", "-o", "w.txt"), ("vocab", "a.json", "-o", "w.tsv", *small[:2]),
                        ("likelihood", "v.n2v", "a.json"), ("likelihood", "v.n2v", "a.json", "--per-line")):
            self.assertEqual(self.succeeds(*command).stderr.decode().splitlines().count(says), 1, command)
        self.write("fr", "Le château était fermé.\n".encode("latin-1") * 20)
        self.fails(1, "the vocabulary shares no word with fr; fr looks like WINDOWS-1252: read the output of `iconv -f "
                      "WINDOWS-1252 -t UTF-8 fr`", "train", "text", "-o", "w.n2v", "--heldout", "fr", *small)

    def test_ordinary_texts(self):
        self.assertEqual(self.warnings(text()), [])
        self.assertEqual(self.warnings("Ein schöner Tag, naïve façade, Москва, 東京\n".encode() * 50), [])


if __name__ == "__main__":
    unittest.main()
