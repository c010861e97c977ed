"""nce2vec analogy and similarity, JSON, and the prompt that all commands that answer queries share."""

import functools
import json
import math
import os
import pty
import random
import select
import signal
import subprocess
import termios
import unittest

from support import PROGRAM, TIMEOUT, CommandTest, wait_until

# The axes: male, female, royal, fruit.
ROYALS = {"man": (1, 0, 0, 0), "woman": (0, 1, 0, 0), "king": (1, 0, 1, 0), "queen": (0, 1, 1, 0),
          "apple": (0, 0, 0, 1), "prince": (1, 0.1, 0.8, 0), "fig": (0.1, 0.1, 0, 1)}


def unit(row):
    length = math.sqrt(sum(x * x for x in row))
    return [x / length for x in row]


def cosine(x, y):
    return sum(a * b for a, b in zip(unit(x), unit(y)))


def add_score(rows, a, b, c, d):
    return cosine(rows[d], [y - x + z for x, y, z in zip(*(unit(rows[w]) for w in (a, b, c)))])


def mul_score(rows, a, b, c, d):
    near = [(1 + cosine(rows[d], rows[w])) / 2 for w in (a, b, c)]
    return near[1] * near[2] / (near[0] + 1e-6)


def vectors(rows):
    lines = ["%d %d" % (len(rows), len(next(iter(rows.values()))))]
    lines += ["%s %s" % (word, " ".join("%.9g" % x for x in row)) for word, row in rows.items()]
    return "\n".join(lines + [""]).encode()


def objects(done):
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


class Analogy(CommandTest):
    def setUp(self):
        super().setUp()
        self.write("v.txt", vectors(ROYALS))

    def test_known_answers(self):
        for method in ("add", "mul"):
            done = self.succeeds("analogy", "v.txt", "man", "king", "woman", "-k", "1", "--method", method)
            score = {"add": add_score, "mul": mul_score}[method](ROYALS, "man", "king", "woman", "queen")
            self.assertEqual(done.stdout.decode(), "man king woman\n%8.4f  queen\n" % score)
            done = self.succeeds("analogy", "--method", method, "-k", "1", "v.txt", *"king queen man".split(),
                                 *"queen king woman".split())
            self.assertEqual([line.split()[1] for line in done.stdout.decode().splitlines() if line.startswith("  ")],
                             ["woman", "man"])

    def test_the_words_themselves_are_left_out(self):
        for method in ("add", "mul"):
            for words in (("man", "king", "woman"), ("man", "man", "king"), ("king", "king", "king")):
                answers = objects(self.succeeds("analogy", "v.txt", *words, "--json", "--method", method))[0]["answers"]
                self.assertEqual(sorted(a["word"] for a in answers), sorted(set(ROYALS) - set(words)))

    def test_scores_of_random_vectors(self):
        draw = random.Random(1)
        rows = {"w%d" % i: [draw.gauss(0, 1 + i) for _ in range(21)] for i in range(300)}
        self.write("r.txt", vectors(rows))
        for method, score in (("add", add_score), ("mul", mul_score)):
            queries = [draw.sample(sorted(rows), 3) for _ in range(9)]
            done = self.succeeds("analogy", "r.txt", "--json", "-k", "12", "--method", method,
                                 given="".join(" ".join(q) + "\n" for q in queries).encode())
            answers = objects(done)
            self.assertEqual(len(answers), len(queries))
            for query, answer in zip(queries, answers):
                expected = sorted(((score(rows, *query, d), d) for d in rows if d not in query), reverse=True)
                self.assertEqual(answer["words"], query)
                self.assertEqual([a["word"] for a in answer["answers"]], [d for _, d in expected[:12]])
                for got, (value, _) in zip(answer["answers"], expected):
                    self.assertAlmostEqual(got["score"], value, delta=2e-6 * (1 + abs(value)))

    def test_what_cannot_be_answered(self):
        done = self.fails(1, "queries without an answer: 3 of 4", "analogy", "v.txt", "-k", "1",
                          given=b"man king woman\nman king\nman knig wonan\nman king woman queen\n")
        self.assertEqual(done.stdout.decode().splitlines()[1].split()[1], "queen")
        self.assertEqual(done.stderr.decode().splitlines()[:-1],
                         ["nce2vec: line 2: three words are expected, not 2",
                          "nce2vec: line 3: 'knig' is not in the vocabulary of v.txt; did you mean king, fig?",
                          "nce2vec: line 3: 'wonan' is not in the vocabulary of v.txt; did you mean woman?",
                          "nce2vec: line 4: three words are expected, not 4"])

    def test_refusals(self):
        self.fails(2, "three words are expected for each query; given: 2", "analogy", "v.txt", "man", "king")
        self.fails(2, "--method: 'div' is not one of add, mul", "analogy", "v.txt", "--method", "div")
        self.fails(2, "no vectors are given", "analogy")
        self.fails(2, "cannot both come from standard input", "analogy", "-")


class Similarity(CommandTest):
    def setUp(self):
        super().setUp()
        self.write("v.txt", vectors(ROYALS))

    def test_pairs(self):
        done = self.succeeds("similarity", "v.txt", given=b"man king\nking\tqueen\r\n  apple   apple\nman apple")
        self.assertEqual(done.stdout.decode(), "  0.7071  man king\n  0.5000  king queen\n  1.0000  apple apple\n"
                                               "  0.0000  man apple\n")
        done = self.succeeds("similarity", "v.txt", "man", "king", "king", "queen")
        self.assertEqual(done.stdout.decode(), "  0.7071  man king\n  0.5000  king queen\n")

    def test_empty_and_malformed_lines_have_their_number(self):
        done = self.fails(1, "queries without an answer: 4 of 6", "similarity", "v.txt",
                          given=b"man king\n\nman\nman king queen\nman kign\nking queen")
        self.assertEqual(done.stdout.decode(), "  0.7071  man king\n  0.5000  king queen\n")
        self.assertEqual(done.stderr.decode().splitlines()[:-1],
                         ["nce2vec: line 2: two words are expected, not 0",
                          "nce2vec: line 3: two words are expected, not 1",
                          "nce2vec: line 4: two words are expected, not 3",
                          "nce2vec: line 5: 'kign' is not in the vocabulary of v.txt; did you mean king, fig?"])
        done = self.fails(1, "line 3 of standard input is longer than 65536 bytes", "similarity", "v.txt",
                          given=b"man king\nking queen\n" + b"x" * 70000 + b"\nman king\n")
        self.assertEqual(done.stdout.decode(), "  0.7071  man king\n  0.5000  king queen\n")

    def test_many_lines(self):
        draw = random.Random(1)
        pairs = [(draw.choice(sorted(ROYALS)), draw.choice(sorted(ROYALS))) for _ in range(20000)]
        done = self.succeeds("similarity", "v.txt", given="".join("%s %s\n" % pair for pair in pairs).encode())
        self.assertEqual([tuple(line.split()[1:]) for line in done.stdout.decode().splitlines()], pairs)

    def test_refusals(self):
        self.fails(2, "two words are expected for each query; given: 3", "similarity", "v.txt", "a", "b", "c")


class Json(CommandTest):
    def setUp(self):
        super().setUp()
        self.write("v.txt", vectors({'say"so"': (1, 0), "back\\slash": (1, 1), "été": (0, 2), "</b>": (-1, 1)}))

    def test_neighbors(self):
        done = self.succeeds("neighbors", "v.txt", 'say"so"', "été", "-k", "2", "--json")
        self.assertEqual(done.stdout.count(b"\n"), 2)
        first, second = objects(done)
        self.assertEqual(first["words"], ['say"so"'])
        self.assertEqual([a["word"] for a in first["answers"]], ["back\\slash", "été"])
        self.assertAlmostEqual(first["answers"][0]["score"], math.sqrt(0.5), delta=1e-6)
        self.assertEqual([a["word"] for a in second["answers"]], ["back\\slash", "</b>"])

    def test_one_object_a_line_whatever_stands_there(self):
        given = b'say"so" back\\slash\n\n\xc3\xa9t\xc3\xa9\na b c d\n\xc3\xa9te \x01"\xff\\\n</b> \xc3\xa9t\xc3\xa9\n'
        done = self.fails(1, "queries without an answer: 4 of 6", "similarity", "v.txt", "--json", given=given)
        self.assertEqual(done.stderr.count(b"\n"), 1)
        first, empty, short, long, unknown, last = objects(done)
        self.assertEqual((first["words"], last["words"]), (['say"so"', "back\\slash"], ["</b>", "été"]))
        self.assertAlmostEqual(last["score"], math.sqrt(0.5), delta=1e-6)
        self.assertEqual(empty, {"words": [], "line": 2, "error": "two words are expected, not 0"})
        self.assertEqual(short, {"words": ["été"], "line": 3, "error": "two words are expected, not 1"})
        self.assertEqual((long["line"], long["error"]), (4, "two words are expected, not 4"))
        self.assertEqual(unknown, {"words": ["éte", '\x01"\ufffd\\'], "line": 5, "error": "not in the vocabulary",
                                   "unknown": [{"word": "éte", "close": ["été"]},
                                               {"word": '\x01"\ufffd\\', "close": []}]})

    def test_arguments_have_no_line(self):
        done = self.fails(1, "queries without an answer: 1 of 1", "neighbors", "v.txt", "--json", "ete")
        self.assertEqual(objects(done), [{"words": ["ete"], "error": "not in the vocabulary",
                                          "unknown": [{"word": "ete", "close": []}]}])


class AtOnce(CommandTest):
    def test_a_line_is_answered_before_the_next_one_comes(self):
        self.write("v.txt", vectors(ROYALS))
        process = subprocess.Popen([PROGRAM, "similarity", "v.txt"], cwd=self.folder, stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.kill)
        for pair in (b"man king", b"king queen"):
            process.stdin.write(pair + b"\nki")
            process.stdin.flush()
            self.assertTrue(select.select([process.stdout], [], [], TIMEOUT)[0])
            self.assertIn(pair, process.stdout.readline())
            process.stdin.write(b"ng king\n")
            process.stdin.flush()
            self.assertIn(b"1.0000  king king", process.stdout.readline())
        process.stdin.close()
        self.assertEqual(process.wait(TIMEOUT), 0)


@functools.cache
def has_libedit():
    listed = subprocess.run(["ldd", PROGRAM], capture_output=True, check=False)
    return b"libedit" in listed.stdout


class Terminal:
    """A program whose standard streams are a terminal."""

    def __init__(self, test, *arguments):
        self.test = test
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(test.folder)
            os.environ.update(TERM="xterm", LC_ALL="C.UTF-8", HOME=test.folder)
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            os.execvp(PROGRAM, [PROGRAM, *arguments])
        test.addCleanup(self.close)
        self.status = None
        self.seen = b""  # and not looked at yet

    def close(self):
        if self.status is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.fd)

    def read(self):
        ready = select.select([self.fd], [], [], TIMEOUT)[0]
        self.test.assertTrue(ready, "waited, saw %r" % self.seen)
        try:
            return os.read(self.fd, 65536)
        except OSError:  # the other end is closed
            return b""

    def see(self, expected):
        """Reads until this was written."""
        while expected not in self.seen:
            more = self.read()
            self.test.assertTrue(more, "waited for %r, saw %r" % (expected, self.seen))
            self.seen += more
        self.seen = self.seen.partition(expected)[2]

    def see_prompt(self, prompt):
        """libedit writes the prompt first and then takes the terminal: a Ctrl-D between the two is lost."""
        self.see(prompt)
        if has_libedit():
            wait_until(lambda: not termios.tcgetattr(self.fd)[3] & termios.ICANON, "the terminal is taken")

    def type(self, keys):
        os.write(self.fd, keys)

    def ended_within(self, seconds):
        """Whether it closes its end before nothing was written for so long."""
        while select.select([self.fd], [], [], seconds)[0]:
            try:
                more = os.read(self.fd, 65536)
            except OSError:
                return True
            if not more:
                return True
            self.seen += more
        return False

    def end(self):
        """What it wrote until it ended."""
        while more := self.read():
            self.seen += more
        _, status = os.waitpid(self.pid, 0)
        self.status = os.waitstatus_to_exitcode(status)
        return self.seen


UP = b"\x1b[A"
LEFT = b"\x1b[D"


class Prompt(CommandTest):
    def setUp(self):
        super().setUp()
        self.write("v.txt", vectors(dict(ROYALS, été=(0, 0, 1, 1))))

    def ask(self, terminal, prompt, keys, answer):
        terminal.see_prompt(prompt)
        terminal.type(keys)
        terminal.see(answer)

    def end(self, terminal, prompt):
        terminal.see_prompt(prompt)
        terminal.type(b"\x04")
        rest = terminal.end()
        self.assertEqual(terminal.status, 0, rest)
        return rest

    def test_questions_and_the_end(self):
        terminal = Terminal(self, "neighbors", "v.txt", "-k", "1")
        terminal.see(b"8 words of 4 dimensions; Ctrl-D ends.\r\n")
        self.ask(terminal, b"word> ", b"queen\n", b"queen\r\n  0.7071  woman\r\n")
        self.ask(terminal, b"word> ", b"knig\n",
                 b"nce2vec: 'knig' is not in the vocabulary of v.txt; did you mean king, fig?")
        self.ask(terminal, b"word> ", "été\n".encode(), b"  0.7071  apple")
        self.ask(terminal, b"word> ", b"two words\n", b"one word is expected, not 2")
        for nothing in (b"\n", b"   \n"):
            terminal.see_prompt(b"word> ")
            terminal.type(nothing)
            terminal.see(b"\r\n")
        self.assertNotIn(b"expected", self.end(terminal, b"word> "))

    @unittest.skipUnless(has_libedit(), "built without libedit")
    def test_history_and_editing(self):
        terminal = Terminal(self, "analogy", "v.txt", "-k", "1")
        self.ask(terminal, b"a b c> ", b"man king woman\n", b"  queen")
        self.ask(terminal, b"a b c> ", b"queen king woman\n", b"  man")
        self.ask(terminal, b"a b c> ", UP + UP + b"\n", b"  queen")
        self.ask(terminal, b"a b c> ", b"queen king womn" + LEFT + b"a\n", b"\r\nqueen king woman\r\n")
        self.end(terminal, b"a b c> ")

    def test_interrupt(self):
        terminal = Terminal(self, "similarity", "v.txt")
        terminal.see_prompt(b"a b> ")
        terminal.type(b"man k\x03")
        # ThreadSanitizer may keep a signal until the next call that waits, which then waits for one more key
        while not terminal.ended_within(5):
            terminal.type(b"\x03")
        terminal.end()
        self.assertEqual(terminal.status, -signal.SIGINT)
        as_before = termios.ECHO | termios.ICANON | termios.ISIG
        self.assertEqual(termios.tcgetattr(terminal.fd)[3] & as_before, as_before)

    def test_json(self):
        terminal = Terminal(self, "similarity", "v.txt", "--json")
        self.ask(terminal, b"a b> ", b"man king\n", b'{"words": ["man", "king"], "score": 0.7071068}')
        self.end(terminal, b"a b> ")


if __name__ == "__main__":
    unittest.main()
