"""nce2vec likelihood --per-line: one line for each line of the text, whose sums are those of the text."""

import gzip
import json
import random
import subprocess
import unittest

from support import PROGRAM, SANITIZED, CommandTest, text, wait_until

TRAINING = ("--dim", "8", "--epochs", "2", "--threads", "1", "--min-count", "1", "--subsample", "0", "--window", "3",
            "-q")
LINES = b"word1 word2 word3 word4\n\nword5\r\n...\nword5 nowhere word6\nword7 word17 word27"


def rows(done):
    """(log-likelihood or None, weight, pairs, words, others, line, ...) of each line."""
    found = [line.split("\t") for line in done.stdout.decode().splitlines()]
    return [(None if row[0] == "nan" else float(row[0]), float(row[1]), *map(int, row[2:6]), *row[6:]) for row in found]


def log_lines(count=1500, seed=1):
    """Lines of a made log, and in the same words three that no program writes."""
    draw = random.Random(seed)
    users, hosts = ["root", "anna", "ben", "carla", "dave"], ["db1", "db2", "web1", "web2", "cache"]
    kinds = ("sshd: session opened for user {user} from 10.0.{a}.{b} port {c}", "nginx: GET /index.html 200 {c} bytes",
             "sshd: session closed for user {user} after {c} s", "backup: host {host} copied {c} files in {a} s",
             "cron: user {user} started job rotate logs", "kernel: eth0 link up {b} Mbps full duplex")
    lines = [draw.choice(kinds).format(user=draw.choice(users), host=draw.choice(hosts), a=draw.randrange(9),
                                       b=draw.randrange(255), c=draw.randrange(9999)) for _ in range(count)]
    odd = ["sshd: session copied for user eth0 after backup", "kernel: nginx link closed Mbps user anna bytes",
           "backup: host duplex opened port bytes full GET"]
    for line, at in zip(odd, (200, 900, 1400)):
        lines.insert(at, line)
    return lines, odd


class LikelihoodOfLines(CommandTest):
    def setUp(self):
        super().setUp()
        self.write("text", text(sentences=200))
        self.write("lines", LINES)

    def model(self, *arguments):
        self.train("text", "-o", "a.n2v", *TRAINING, *arguments)

    def lines(self, *arguments, **more):
        return rows(self.succeeds("likelihood", "a.n2v", "-q", "--per-line", *arguments, **more))

    def total(self, *arguments):
        return json.loads(self.succeeds("likelihood", "a.n2v", "-q", "--json", *arguments).stdout)

    def check_sums(self, *arguments, places=4):
        """The lines add up to the text."""
        found, whole = self.lines(*arguments), self.total(*arguments)
        weight = sum(row[1] for row in found)
        self.assertEqual(sum(row[2] for row in found), whole["pairs"])
        self.assertAlmostEqual(weight / whole["weight"], 1, 6)
        mean = sum(row[0] * row[1] for row in found if row[2]) / weight
        self.assertAlmostEqual(mean, whole["exact"]["log_likelihood"], places)
        return found

    def test_lines_are_those_of_the_text(self):
        self.model("--objective", "nce")
        found = self.lines("lines")
        self.assertEqual([row[2:] for row in found],
                         [(12, 4, 0, 1), (0, 0, 0, 2), (0, 1, 0, 3), (0, 0, 0, 4), (2, 2, 1, 5), (6, 3, 0, 6)])
        self.assertEqual([row[0] is None for row in found], [False, True, True, True, False, False])
        self.assertGreater(found[0][0], found[5][0])
        self.assertEqual(self.lines("-", given=LINES), self.lines("lines", "--threads", "3"))
        self.write("lines.gz", gzip.compress(LINES))
        for several in (("lines", "lines.gz"), ("lines.gz", "lines")):
            again = self.lines(*several)
            self.assertEqual([row[6] for row in again], [several[0]] * 6 + [several[1]] * 6)
            self.assertEqual([row[5] for row in again], [1, 2, 3, 4, 5, 6] * 2)
            self.assertEqual([row[0] for row in again], [row[0] for row in found] * 2)

    def test_sums_are_those_of_the_text(self):
        self.write("heldout", text(sentences=30, seed=9) + LINES)
        for arguments in (("--objective", "nce"), ("--model", "cbow"), ("--objective", "hs"),
                          ("--objective", "infonce", "--subwords", "fasttext", "--buckets", "100"),
                          ("--objective", "hs", "--model", "cbow"), ("--window-weights", "flat", "--model", "cbow"))[
                              :3 if SANITIZED else None]:
            with self.subTest(arguments=arguments):
                self.model(*arguments)
                self.check_sums("heldout")
        self.check_sums("heldout", "--window", "1")
        self.check_sums("heldout", "--window-weights", "harmonic")

    def test_lines_that_are_longer_than_a_block(self):
        self.model("--objective", "nce")
        self.write("long", b" ".join(text(sentences=1500, seed=3).split()) + b"\nword1 word2\n")
        found = self.check_sums("long")
        self.assertEqual([row[3] for row in found], [18000, 2])

    def test_whole_lines(self):
        """Of lines that are no longer than a window all pairs are measured; of others a sample."""
        self.model("--window", "20", "--window-weights", "line")
        found = self.check_sums("text")
        self.assertEqual({row[2] for row in found}, {12 * 11})
        self.assertEqual(found, self.lines("text", "--seed", "3"))
        self.model("--window", "all")
        self.assertNotEqual(self.lines("text"), self.lines("text", "--seed", "3"))
        self.assertEqual(self.lines("text"), self.lines("text", "--threads", "3"))
        said = self.succeeds("likelihood", "a.n2v", "text", "-q").stdout.decode()
        self.assertRegex(said,
                         r"pairs +\S+ of whole lines: a sample, those within 5 words in a random order, by weight")

    def test_long_whole_lines_are_shuffled(self):
        """Two halves in one line are as probable as the same words in turn."""
        self.model("--window", "all")
        words = text(sentences=600).decode().split()
        halves = [([word for word in words if word[4:-1] == topic] * 9)[:8192] for topic in "12"]
        self.write("halves", " ".join(halves[0] + halves[1]).encode())
        self.write("turns", " ".join(word for pair in zip(*halves) for word in pair).encode())
        apart = "\n".join(" ".join(half) for half in halves)
        self.write("apart", apart.encode())
        whole, turns, alone = (self.total(name)["exact"]["log_likelihood"] for name in ("halves", "turns", "apart"))
        self.assertLess(abs(whole - turns), 0.1 * (alone - turns))
        line, = self.lines("halves")
        self.assertLess(abs(line[0] - turns), 0.1 * (alone - turns))

    def test_subsampling(self):
        self.model("--objective", "nce")
        every, some = self.lines("text"), self.lines("text", "--subsample", "0.005")
        self.assertEqual(some, self.lines("text", "--subsample", "0.005", "--threads", "3"))
        self.assertLess(sum(row[3] for row in some), 0.9 * sum(row[3] for row in every))

    def test_json(self):
        self.model("--objective", "nce")
        found = [json.loads(line) for line in
                 self.succeeds("likelihood", "a.n2v", "lines", "--per-line", "--json", "-q").stdout.splitlines()]
        keys = ("log_likelihood", "weight", "pairs", "words", "unknown", "line")
        lines = self.lines("lines")
        self.assertEqual(len(found), len(lines))
        for row, wanted in zip(found, lines):
            self.assertEqual(row["source"], "lines")
            for key, value in zip(keys, wanted):
                self.assertEqual(row[key] is None, value is None)
                self.assertAlmostEqual(row[key] or 0, value or 0, 5)
            self.assertEqual(row["self_normalized"] is None, row["pairs"] == 0)

    def test_lines_come_while_the_text_is_written(self):
        self.model("--objective", "nce")
        out = open(self.path("out"), "wb")
        self.addCleanup(out.close)
        with subprocess.Popen([PROGRAM, "likelihood", "a.n2v", "-", "--per-line", "-q"], cwd=self.folder, stdout=out,
                              stdin=subprocess.PIPE) as process:
            for count in (100, 101):
                process.stdin.write(text(sentences=100) if count == 100 else b"word1 word2\n")
                process.stdin.flush()
                wait_until(lambda: self.read("out").count(b"\n") == count, "%d lines are there" % count)
            process.stdin.close()
            self.assertEqual(process.wait(), 0)

    def test_phrases(self):
        self.write("joined", b"new york is big\nold york is big\nnew york is new\n" * 30)
        self.train("joined", "-o", "a.n2v", *TRAINING, "--phrases", "npmi", "--phrase-threshold", "0.1",
                   "--phrase-min-count", "1")
        found = self.lines("joined")
        self.assertEqual(found, self.check_sums("joined"))
        self.assertLess(found[0][3], 4)

    def test_what_is_reported(self):
        self.model("--objective", "nce")
        done = self.succeeds("likelihood", "a.n2v", "lines", "--per-line")
        self.assertEqual(done.stderr, b"6 lines; 3 with less than two words of the model\n")

    def test_odd_lines_of_a_log(self):
        """docs/recipes.md: they come last."""
        lines, odd = log_lines()
        self.write("app.log", ("\n".join(lines) + "\n").encode())
        done = subprocess.run(
            ["sh", "-eu", "-c", "sed -E 's/[0-9]+/0/g' app.log > app.txt\n"
             '"$0" train -q --threads 1 --min-count 1 --subsample 0 --epochs 20 app.txt -o log.n2v\n'
             '"$0" likelihood -q --per-line log.n2v app.txt | paste - app.log | sort -gr | cut -f 7 | tail -n 3',
             PROGRAM],
            cwd=self.folder, stdout=subprocess.PIPE, check=True)
        self.assertEqual(sorted(done.stdout.decode().splitlines()), sorted(odd))

    def test_refusals(self):
        self.model("--objective", "nce")
        self.write("odd", b"nothing of this is known\n")
        done = self.fails(1, "the text has no pair of words", "likelihood", "a.n2v", "odd", "--per-line")
        self.assertEqual(done.stdout, b"nan\t0\t0\t0\t5\t1\n")
        self.write("empty", b"")
        self.fails(1, "empty is empty", "likelihood", "a.n2v", "empty", "--per-line")
        self.fails(2, "nothere", "likelihood", "a.n2v", "lines", "nothere", "--per-line")
        self.model("--objective", "triplet")
        self.fails(2, "objective triplet does not define P(w|c)", "likelihood", "a.n2v", "lines", "--per-line")


if __name__ == "__main__":
    unittest.main()
