"""The documents: their commands run as written, their links lead somewhere, their options exist, and the man page has
all that help has.

Commands are the fenced blocks of sh and python. A page's blocks run in their order, in a folder that looks like the
root of the repository to them and has the texts that the pages name. A block after a comment
`<!-- not run: REASON -->` does not run."""

import atexit
import functools
import glob
import itertools
import math
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from support import ALL, PROGRAM, SANITIZED, TIMEOUT, CommandTest, has_module

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PAGES = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "docs/examples/README.md", "eval/README.md",
         "eval/ABLATIONS.md", "eval/data/README.md", "tests/bench/README.md", "tests/bench/RESULTS.md"] + sorted(
             "docs/" + name for name in os.listdir(os.path.join(ROOT, "docs")) if name.endswith(".md"))
RUN = ["README.md"] + [page for page in PAGES if re.match(r"docs/[\w-]+\.md$", page)]
# Their commands run with NCE2VEC_ALL=1 alone: each takes some seconds.
SLOW = ["README.md", "docs/evaluating.md", "docs/recipes.md", "docs/semantic-change.md", "docs/sequences.md"]
PYTHON = "/usr/bin/python3"  # Debian's, which has NumPy

BLOCK = re.compile(r"^(<!-- not run: (?P<reason>[^\n]+) -->\n)?^```(?P<language>\w+)\n(?P<code>.*?)^```$",
                   re.MULTILINE | re.DOTALL)

# Words that pages ask for, in the company that they keep.
TOPICS = ["music song symphony tune choir melody opera concert dance band",
          "river stream lake water valley sea shore bridge boat delta",
          "paris france rome italy london england berlin germany madrid spain"]
# The commands that are in the Python package.
IN_PYTHON = re.compile(r"nce2vec (align|compass|tune)\b")

# What the commands of some blocks need beside a shell.
NEEDS = {"nce2vec align": "numpy", "nce2vec compass": "numpy",
         "eval/": "numpy scipy", "docs/examples/": "numpy", "import numpy": "numpy scipy", "import nce2vec": "numpy",
         "from nce2vec": "numpy", "eval/report.py": "numpy scipy sklearn",
         "-m jieba": "jieba", "perl": "", "tokenizer unicode": ""}


def read(page):
    with open(os.path.join(ROOT, page), encoding="utf-8") as file:
        return file.read()


def prose(seed, lines, topics=TOPICS):
    draw = random.Random(seed)
    sentences = [" ".join(draw.choices(draw.choice(topics).split(), k=12)) for _ in range(lines)]
    return "\n".join(sentences) + "\n"


@functools.lru_cache(None)
def has_icu():
    version = subprocess.run([PROGRAM, "--version"], check=True, stdout=subprocess.PIPE, text=True).stdout
    return "unicode (ICU " in version


def missing(code):
    """What a block needs and this machine does not have; None if all is there."""
    for part, modules in NEEDS.items():
        if part not in code:
            continue
        if part == "perl" and not shutil.which("perl"):
            return "perl"
        if part == "tokenizer unicode" and not has_icu():
            return "ICU"
        for module in modules.split():
            if not has_module(PYTHON, module):
                return "%s's %s" % (PYTHON, module)
    if "eval/report.py" in code and not os.path.isdir("/usr/share/nodejs/d3"):
        return "node-d3"
    return None


class Commands(CommandTest):
    made = None  # the texts' folder, which the first test fills for all

    def setUp(self):
        super().setUp()
        for name in ("eval", "corpus", "scripts", "docs", "include"):
            os.symlink(os.path.join(ROOT, name), self.path(name))
        os.mkdir(self.path("build"))
        os.symlink(os.path.abspath(shutil.which(PROGRAM)), self.path("build/nce2vec"))
        os.mkdir(self.path("bin"))
        self.write("bin/nce2vec", ('#!/bin/sh\nexec %s -m nce2vec "$@"\n' % PYTHON).encode())
        os.chmod(self.path("bin/nce2vec"), 0o755)
        library = os.environ.get("NCE2VEC_LIBRARY")
        if library:
            os.symlink(library, self.path("build/libnce2vec.so"))
        self.copy_texts()
        self.environment = {**os.environ, "PATH": self.path("build") + ":" + os.environ["PATH"], "LC_ALL": "C.UTF-8",
                            "PYTHONPATH": os.path.join(ROOT, "python"), "PYTHONDONTWRITEBYTECODE": "1",
                            "NCE2VEC_EVAL_DATA": self.standard_sets()}

    def copy_texts(self):
        if not Commands.made:
            Commands.made = tempfile.mkdtemp(prefix="nce2vec-docs-")
            atexit.register(shutil.rmtree, Commands.made, ignore_errors=True)
            folder, self.folder = self.folder, Commands.made
            self.write_texts()
            self.folder = folder
        shutil.copytree(Commands.made, self.folder, dirs_exist_ok=True)

    def write_texts(self):
        """What the pages call text, wiki, book, ..., and what the README's commands leave behind."""
        text = prose(1, 1500)
        self.write("text.txt.gz", text.encode(), zipped=True)
        self.write("news.txt", prose(2, 100).encode())
        self.write("text8", text.replace("\n", " ").encode())
        self.write("heldout.txt", prose(3, 50).encode())
        os.makedirs(self.path("notes/more"))
        self.write("notes/a.txt", prose(4, 200).encode().rstrip(b"\n"))
        self.write("notes/more/b.txt", prose(5, 200).encode())
        articles = ['<doc id="1" url="http://x.org/w?curid=%d" title="T">\n%s</doc>\n' % (i, prose(i, 20))
                    for i in range(20)]
        self.write("wiki.txt.gz", "".join(articles).replace("music", "<b>music</b>").encode(), zipped=True)
        wrapped = [line[:30].rstrip() + "\r\n" + line[30:].lstrip() + "\r\n\r\n" for line in prose(6, 200).splitlines()]
        self.write("book.txt", ("".join(wrapped) + "sym-\r\nphony song\r\n").encode())
        self.write("zh.txt", ("我们去公园听音乐。今天天气很好,我们喜欢中文。\n" * 60).encode())
        korean = "서울은 한국의 수도이다. 서울에서 음악을 듣는다. 사람들이 서울을 본다.\n"
        self.write("ko.txt", (korean * 60).encode())
        draw = random.Random(7)
        items = [["B13X-%d_%d" % (group, i) for i in range(10)] for group in range(5)]
        self.write("events.csv", "".join("s%d,%s\n" % (s, item) for s in range(300)
                                         for item in draw.sample(items[s % 5], 6)).encode())
        self.write("visits.csv", "".join("u%d,%s,%d\n" % (s % 20, item, 10000 * s + 60 * i) for s in range(300)
                                         for i, item in enumerate(draw.sample(items[s % 5], 6))).encode())
        edges = ["n%d n%d\n" % (i, (i + step) % 40) for i in range(40) for step in (1, 2)]
        self.write("edges.txt", "".join(edges).encode())
        self.write("app.log", "".join("user %d opened file %d\nhost %d copied block %d\n" % (i, i * i, i % 7, i)
                                      for i in range(100)).encode() + b"user 7 copied block opened\n")
        self.write("pairs.txt", b"# mine\nmusic song 9\nriver stream 8.5\nparis france 8\nmusic river 2\nsong paris 1\n"
                                b"lake boat 7\nopera italy 2\nband dance 7\nsea shore 8\nrome valley 1\nchoir sea 1\n")
        self.write("old.txt", prose(8, 600).encode())
        self.train("old.txt", "-q", "--epochs", "1", "-o", "published.vec")
        self.write("new.txt", prose(9, 600, TOPICS[:2] + [TOPICS[2].replace("rome", "stream")]).encode())
        os.mkdir(self.path("trained"))
        self.train("-q", "text.txt.gz", "-o", "text.n2v", "--metrics", "text.metrics.jsonl")
        for ending in ("bin", "txt"):
            self.succeeds("convert", "-q", "text.n2v", "text." + ending)
        for ending in ("n2v", "metrics.jsonl", "bin", "txt"):
            os.rename(self.path("text." + ending), self.path("trained/text." + ending))

    def standard_sets(self):
        """Few pairs and questions, in the place of the standard sets."""
        os.mkdir(self.path("sets"))
        shutil.copy(self.path("pairs.txt"), self.path("sets/EN-MINE.txt"))
        self.write("sets/questions-words.txt", b": capitals\nparis france rome italy\nlondon england berlin germany\n")
        return self.path("sets")

    def can_run(self, language, code):
        # Python cannot load a sanitized library.
        if SANITIZED and (IN_PYTHON.search(code) or "ctypes" in code or "nce2vec" in code and language == "python"):
            return False
        lacking = missing(code)
        if lacking:
            self.lacking.add(lacking)
        return not lacking

    def run_code(self, page, language, code):
        in_python = IN_PYTHON.search(code)
        command = ["sh", "-eu"] if language == "sh" else [PYTHON, "-"]
        path = self.path("bin") + ":" if in_python else ""
        done = subprocess.run(command, cwd=self.folder, input=code,
                              env={**self.environment, "PATH": path + self.environment["PATH"]}, timeout=TIMEOUT,
                              text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        self.assertEqual(done.returncode, 0, "%s:\n%s\n%s" % (page, code, done.stderr))
        return done.stdout

    def run_page(self, page):
        self.lacking, said = set(), []
        blocks = [(block["language"], block["code"]) for block in BLOCK.finditer(read(page))
                  if block["language"] in ("sh", "python") and not block["reason"]]
        for language, group in itertools.groupby(filter(lambda block: self.can_run(*block), blocks), lambda b: b[0]):
            codes = [code for _, code in group]
            if language == "python":  # those in a row in one interpreter; each has names of its own
                codes = ["for code in %r:\n    exec(compile(code, code, 'exec'), {'__name__': '__main__'})" % (codes,)]
            said += [self.run_code(page, language, code) for code in codes]
        return "\n".join(said)

    def check_sequences(self):
        """The page's scores are better than those that know no vectors."""
        said = self.run_page("docs/sequences.md")
        if "numpy" not in str(self.lacking):
            popular, nearest = map(float, re.findall(r"hit rate at 10, .*: (0\.\d+)", said))
            self.assertGreater(nearest, 2 * popular)
            aucs = re.findall(r"AUC, .*: (0\.\d+) \(product of degrees: (0\.\d+)\)", said)
            self.assertEqual(len(aucs), 2)
            for auc, degrees in aucs:
                self.assertGreater(float(auc), float(degrees) + 0.05)
        self.end()

    def vocabulary(self, name):
        self.run_program("convert", "-q", name, "words.npy")
        return self.read("words.vocab.txt").decode().split("\n")[:-1]

    def check_words_that_changed(self):
        said = self.run_page("docs/semantic-change.md")
        if not self.lacking and not SANITIZED:
            self.assertEqual(len(re.findall(r"^ +\d\.\d{3}  stream ", said, re.MULTILINE)), 3)
        self.end()

    def end(self):
        if self.lacking:
            self.skipTest("%swithout %s a part of the page did not run" % (
                "machine: " if self.lacking == {"ICU"} else "", ", ".join(sorted(self.lacking))))

    def check_objectives(self):
        """The page's loss is that of the formula."""
        if SANITIZED:
            self.skipTest("machine: Python cannot load a library of this build")
        loss = float(self.run_page("docs/objectives.md").split()[0])
        self.assertAlmostEqual(loss, math.log(sum(math.exp(s / 0.5) for s in (1, -2, 0.5, 3))) - 1 / 0.5, places=5)

    def check_recipes(self):
        said = self.run_page("docs/recipes.md")
        self.assertLessEqual(set(TOPICS[0].split()), set(self.vocabulary("notes.n2v")))
        self.assertIn("music", self.vocabulary("wiki.n2v"))
        self.assertFalse({"doc", "url", "title", "curid", "b"} & set(self.vocabulary("wiki.n2v")))
        self.assertEqual(self.read("paragraphs.txt").decode().splitlines(),
                         [" ".join(line.split()) for line in self.read("paragraphs.txt").decode().splitlines()])
        self.assertEqual(self.read("paragraphs.txt").decode().splitlines()[-1], "symphony song")
        self.assertEqual(len(self.read("paragraphs.txt").splitlines()), 201)
        self.assertIn("서울", self.vocabulary("ko.n2v"))
        self.assertNotIn("서울은", self.vocabulary("ko.n2v"))
        self.assertIn("园", self.vocabulary("zh.characters.n2v"))
        self.assertEqual(len(self.vocabulary("items.n2v")), 50)
        self.assertEqual(self.read("sessions.txt").count(b"\n"), 300)
        self.assertRegex(said, r"(?m)^\[\('B13X-0_\d', 0\.\d+\), \('B13X-0_")
        self.assertEqual(len(self.vocabulary("counted.n2v")), 50)
        near = re.search(r"^B13X-0_0\n((?:  .*\n)+)", said, re.MULTILINE)[1].split()[1::2]
        self.assertTrue(all(item.startswith("B13X-0_") for item in near), near)
        self.assertRegex(said, r"(?m)^-[.\d]+\t201\tuser 7 copied block opened\n")
        self.assertEqual(len(self.vocabulary("nodes.n2v")), 40)
        self.assertEqual(self.read("walks.txt").count(b"\n"), 400)
        if has_icu():
            self.assertIn("音乐", self.vocabulary("zh.unicode.n2v"))
        if "jieba" not in str(self.lacking):
            self.assertIn("音乐", self.vocabulary("zh.n2v"))
        self.assertNotIn("rome", self.vocabulary("new.n2v"))
        if not self.lacking or "numpy" not in str(self.lacking):
            self.assertRegex(said, r"(?m)^a\{1,2,3,4,5\}\.bin: 5 runs, ")
            self.assertRegex(said, r"(?m)^pairs +[+-]?\d+\.\d\d .* +\d\.\d{3} .*(better|no difference shown)$")
        self.end()


def page_test(page):
    def test(self):
        if page != "README.md":
            shutil.copytree(self.path("trained"), self.folder, dirs_exist_ok=True)
        self.run_page(page)
        self.end()

    return test


OWN = {"docs/objectives.md": Commands.check_objectives, "docs/recipes.md": Commands.check_recipes,
       "docs/semantic-change.md": Commands.check_words_that_changed, "docs/sequences.md": Commands.check_sequences}

for name in RUN:
    if ALL or name not in SLOW:
        setattr(Commands, "test_" + re.sub(r"\W", "_", name[:-len(".md")].lower()), OWN.get(name) or page_test(name))


class Tokenizers(CommandTest):
    def test_table_is_what_the_tokenizers_do(self):
        section = re.search(r"^## What becomes a word$(.*?)^## ", read("docs/training.md"), re.MULTILINE | re.DOTALL)[1]
        rows = re.findall(r"^\| (`.*`) \| (.*) \| (.*) \| (.*) \|$", section, re.MULTILINE)
        self.assertGreater(len(rows), 8)
        tokenizers = ("words", "space") + (("unicode",) if has_icu() else ())
        for text, *wanted in rows:
            line = " ".join(re.findall(r"`([^`]*)`", text))
            for tokenizer, words in zip(tokenizers, wanted):
                done = self.succeeds("vocab", "-q", "--min-count", 0, "--tokenizer", tokenizer, "-", "-o", "-",
                                     given=(line + "\n").encode())
                got = {row.split("\t")[0] for row in done.stdout.decode().splitlines()}
                self.assertEqual(got, {word.rstrip() for word in words.split(", ")}, (line, tokenizer))


class Pages(unittest.TestCase):
    def test_links_lead_somewhere(self):
        def anchors(page):
            headings = re.findall(r"^#+ (.*)$", re.sub(r"^```.*?^```$", "", read(page), flags=re.MULTILINE | re.DOTALL),
                                  re.MULTILINE)
            return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}

        for page in PAGES:
            for link in re.findall(r"\]\(([^)\s]+)\)", read(page)):
                if re.match(r"[a-z]+:", link):
                    continue
                path, _, anchor = link.partition("#")
                where = os.path.normpath(os.path.join(os.path.dirname(page), path)) if path else page
                self.assertTrue(os.path.exists(os.path.join(ROOT, where)), "%s: %s" % (page, link))
                if anchor:
                    self.assertIn(anchor, anchors(where), "%s: %s" % (page, link))

    def test_every_page_is_linked(self):
        links = re.findall(r"\]\(([^)\s]+)\)", read("README.md"))
        linked = {os.path.normpath(link.partition("#")[0]) for link in links}
        self.assertLessEqual({page for page in RUN if page != "README.md"}, linked)

    def test_reasons_are_given(self):
        for page in RUN:
            for block in BLOCK.finditer(read(page)):
                self.assertIn(block["language"], ("sh", "python", "c"), page)
                if block["reason"]:
                    self.assertGreater(len(block["reason"]), 5, page)

    def test_picture_is_small(self):
        self.assertLess(os.path.getsize(os.path.join(ROOT, "docs", "report.png")), 150_000)

    def test_results_come_from_commits(self):
        self.assertEqual(re.findall(r"\w+-dirty", read("tests/bench/RESULTS.md")), [])


class Help(unittest.TestCase):
    """The pages and the man page against the program's own help."""

    def help(self, *command):
        return subprocess.run([PROGRAM, "help", *command], stdout=subprocess.PIPE, text=True, check=True).stdout

    def options(self, command):
        return dict(re.findall(r"^  (?:-\w, )?(--[\w-]+)(?s:(.*?))(?=^  -|^$)", self.help(command), re.MULTILINE))

    def test_page_has_every_option_of_train(self):
        table = dict(re.findall(r"^\| (?:`-\w`, )?`(--[\w-]+)[^|]*\|([^|]*)\|", read("docs/training.md"), re.MULTILINE))
        options = self.options("train")
        self.assertGreater(len(options), 25)
        self.assertEqual(set(table), set(options))
        for option, text in options.items():
            given = re.findall(r"\[([^][]*)\]\s*$", " ".join(text.split()))
            if given and re.fullmatch(r"[\d.e-]+|words|nce|auto", given[0]):
                self.assertEqual(table[option].strip(" `"), given[0], option)

    def test_pages_name_options_that_exist(self):
        commands = re.findall(r"^  ([\w-]+) {2,}", self.help(), re.MULTILINE)
        known = {option for command in commands if command != "help" for option in self.options(command)}
        for name in ("align", "change", "compass", "tune"):
            source = read("python/nce2vec/commands/%s.py" % name)
            known |= set(re.findall(r"parser\.option\([^)]*?\"(--[\w-]+)\"", source))
        for page in RUN:
            lines = re.findall(r"(?:nce2vec [a-z-]+ |^\| (?:`-\w`, )?`)[^`\n]*", read(page), re.MULTILINE)
            for line in lines:
                self.assertLessEqual(set(re.findall(r"(?<![\w-])--[a-z][\w-]+", line)), known | {"--"}, (page, line))

    def test_man_page(self):
        made = subprocess.run([sys.executable, os.path.join(ROOT, "scripts", "man.py"), PROGRAM],
                              stdout=subprocess.PIPE, text=True, check=True).stdout
        plain = made.replace("\\-", "-").replace("\\&", "").replace("\\e", "\\")
        self.assertTrue(made.startswith(".TH NCE2VEC 1 "))
        self.assertEqual(made, read("docs/nce2vec.1"), "docs/nce2vec.1 is not that of today's help: make man")
        for command in re.findall(r"^  ([\w-]+) {2,}", self.help(), re.MULTILINE):
            if command == "help":
                continue
            self.assertIn("\n.SH %s\n" % command.upper(), plain.replace('"', ""))
            for option in self.options(command):
                self.assertIn(option, plain)
        self.assertNotIn(ROOT, made)

    @unittest.skipUnless(shutil.which("groff"), "no groff")
    def test_man_page_has_no_warning(self):
        pages = sorted(glob.glob(os.path.join(ROOT, "docs", "nce2vec*.1")))
        self.assertEqual(len(pages), 4)
        done = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-z", *pages], text=True, stderr=subprocess.PIPE,
                              check=True)
        self.assertEqual(done.stderr, "")


@unittest.skipUnless(shutil.which("git"), "no git")
class Results(CommandTest):
    """make bench keeps results of a commit only."""

    def bench(self, *arguments):
        return subprocess.run([sys.executable, "tests/bench/bench.py", *arguments], cwd=self.folder, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False,
                              env={**os.environ, "BENCH_TEXT": self.path("no text")})

    def git(self, *arguments):
        subprocess.run(["git", "-c", "user.name=T", "-c", "user.email=t@example.com", "-c", "init.defaultBranch=main",
                        *arguments], cwd=self.folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def test_a_changed_tree_is_refused(self):
        shutil.copytree(os.path.join(ROOT, "tests", "bench"), self.path("tests/bench"),
                        ignore=shutil.ignore_patterns("__pycache__", "*.c"))
        self.write(".gitignore", b"__pycache__\n/build\n")
        refused = self.bench("--markdown", "results.md", "growth")
        self.assertEqual(refused.returncode, 1)
        self.assertIn("this is no git tree", refused.stderr)
        self.git("init")
        self.git("add", ".")
        self.git("commit", "-m", "x")
        self.write("results.md", b"# Results\n")  # the results themselves may differ
        self.assertIn("BENCH_TEXT", self.bench("--markdown", "results.md", "growth").stderr)
        self.write("tests/bench/lab.py", self.read("tests/bench/lab.py") + b"# changed\n")
        refused = self.bench("--markdown", "results.md", "growth")
        self.assertIn("the tree differs from it in tests/bench/lab.py: commit or stash", refused.stderr)
        forced = self.bench("--markdown", "results.md", "--dirty", "growth")
        self.assertIn("BENCH_TEXT", forced.stderr)
        self.assertRegex(forced.stdout, r"; nce2vec [0-9a-f]{7,}-dirty; \d+ \w+ \d{4}\n")


class WithoutNumPy(unittest.TestCase):
    def test_scripts_say_what_to_install(self):
        for script in ("similarity", "analogy", "categories", "evaluate", "report"):
            done = subprocess.run([sys.executable, "-S", "-E", os.path.join(ROOT, "eval", script + ".py"), "x.bin"],
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertRegex(done.stderr, r"^%s.py: [^\n]*NumPy[^\n]*\n$" % script)


if __name__ == "__main__":
    unittest.main()
