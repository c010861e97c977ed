"""evaluate.sh and get-data.sh, as a user runs them."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import unittest

import numpy as np
from helpers import ALL, EVAL, FolderTest, random_vectors, standard_data, write_text

import analogy
import categories


def shipped_words():
    questions = analogy.read_questions(os.path.join(EVAL, "data", "analogies.txt"))
    shipped = categories.read_categories(os.path.join(EVAL, "data", "categories.txt"))
    return sorted({w for q in questions.words for w in q} | {w for words in shipped.words for w in words})


class Evaluate(FolderTest):
    def setUp(self):
        super().setUp()
        self.words = shipped_words()
        write_text(self.path("v"), random_vectors(self.words, dim=10))

    def test_without_the_standard_sets(self):
        if os.path.isdir(os.path.join(EVAL, "data", "standard")):
            self.skipTest("machine: the standard sets have been fetched")
        got = self.command("evaluate.sh", self.path("v"))
        self.assertEqual((got.returncode, got.stderr), (0, ""))
        self.assertIn("No similarity sets. Run eval/get-data.sh", got.stdout)
        self.assertNotIn("another language", got.stdout)
        self.assertRegex(got.stdout, r"analogy +analogies, 3CosAdd, total +\d+\.\d\d +\S+ \.\. \S+ +8300 +0\n")
        self.assertRegex(got.stdout, r"odd one out \(chance 20\) +\d+\.\d\d ")

    def test_vectors_of_another_language(self):
        write_text(self.path("v"), random_vectors(["音乐", "中国", *self.words[:1]], dim=10))
        got = self.command("evaluate.sh", self.path("v"))
        self.assertEqual((got.returncode, got.stderr), (0, ""))
        self.assertIn("For another language make word pairs of your own: eval/similarity.py --pairs", got.stdout)

    def test_two_files_with_standard_sets_as_json(self):
        write_text(self.path("u"), random_vectors(self.words, dim=10, seed=2))
        generator = np.random.default_rng(1)
        pairs = "".join(f"{a}\t{b}\t{score}\n" for score, (a, b) in enumerate(generator.choice(self.words, (40, 2))))
        self.write("EN-TINY.txt", pairs)
        self.write("questions-words.txt", ": s\n" + " ".join(self.words[:4]) + "\n")
        files = [self.path("v"), self.path("u")]
        files += ["--replicates", "100"]
        got = self.command("evaluate.sh", "--json", *files, NCE2VEC_EVAL_DATA=self.folder)
        self.assertEqual((got.returncode, got.stderr), (0, ""))
        result = json.loads(got.stdout)
        self.assertEqual([v["path"] for v in result["vectors"]], files[:2])
        self.assertEqual([s["name"] for s in result["similarity"]["models"][1]["sets"]], ["TINY"])
        self.assertEqual([a["set"] for a in result["analogy"]], ["questions-words", "analogies"])
        self.assertEqual(len(result["categories"]["differences"]), 1)
        if ALL:
            again = self.command("evaluate.sh", "--json", *files, "--data", self.folder)
            self.assertEqual(again.stdout, got.stdout)
            table = self.command("evaluate.sh", *files, "--data", self.folder).stdout
            self.assertEqual(table.count("similarity  mean"), 5)
            self.assertIn("minus", table)

    def test_errors(self):
        got = self.command("evaluate.sh", self.path("none"))
        self.assertEqual((got.returncode, got.stdout), (1, ""))
        self.assertEqual(got.stderr, f"evaluate.py: {self.path('none')}: No such file or directory\n")


TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class Without(FolderTest):
    def test_checks_that_cannot_run_fail(self):
        """They pass without a test where NCE2VEC_MAY_SKIP=1 alone allows it."""
        for name in ("torch/check_torch.py", "report/check_report.py"):
            script = os.path.join(TESTS, name)
            for allowed, code, says in (("", 1, "FAILED"), ("0", 1, "FAILED"), ("1", 0, "skipped")):
                got = subprocess.run([sys.executable, "-S", "-E", script], capture_output=True, text=True, timeout=60,
                                     env={**os.environ, "NCE2VEC_MAY_SKIP": allowed})
                self.assertEqual((got.returncode, got.stdout), (code, ""), got.stderr)
                self.assertRegex(got.stderr, f"{says}, nothing was .*apt-get install")

    def test_a_python_without_numpy(self):
        """-S: no packages of the distribution."""
        for name in ("evaluate.py", "similarity.py", "analogy.py", "categories.py", "report.py"):
            got = subprocess.run([sys.executable, "-S", "-E", os.path.join(EVAL, name), "v"], capture_output=True,
                                 text=True, timeout=60)
            self.assertEqual((got.returncode, got.stdout, got.stderr.count("\n")), (1, "", 1), got.stderr)
            self.assertRegex(got.stderr, f"^{name}: .*python.* has no NumPy")
            self.assertIn("apt-get install python3-numpy python3-scipy", got.stderr)

    def test_the_right_interpreter_is_named(self):
        link = self.path("python-of-mine")
        shutil.copy(os.path.realpath(sys.executable), link)
        if not os.path.exists("/usr/bin/python3"):
            self.skipTest("no /usr/bin/python3")
        script = os.path.join(EVAL, "similarity.py")
        got = subprocess.run([link, "-S", "-E", script, "v"], capture_output=True, text=True, timeout=60,
                             env={**os.environ, "PYTHONHOME": sys.base_prefix})
        self.assertIn(f"then run /usr/bin/python3 {script}", got.stderr)


@unittest.skipUnless(shutil.which("curl"), "curl is not installed")
class GetData(FolderTest):
    """With a mirror of made-up files and a copy of the script that knows their sums."""

    def setUp(self):
        super().setUp()
        os.mkdir(self.path("mirror"))
        with open(os.path.join(EVAL, "get-data.sh"), encoding="utf-8") as file:
            script = file.read()
        self.names = re.findall(r"^[0-9a-f]{64} \$\w+/(\S+)$", script, re.M)
        self.good = {name: f"the set {name}\n".encode() for name in self.names}
        for name, content in self.good.items():
            self.write(f"mirror/{name}", content)
            checksum = hashlib.sha256(content).hexdigest()
            script = re.sub(rf"[0-9a-f]{{64}}( \S+{re.escape(name)})", rf"{checksum}\1", script)
        self.script = self.write("get-data.sh", script)
        os.chmod(self.script, 0o755)
        self.target = self.path("target")

    def run_script(self, *arguments):
        return self.command(self.script, *arguments)

    def fetch(self):
        return self.run_script("--from", "file://" + self.path("mirror"), self.target)

    def files(self):
        found = {}
        for name in os.listdir(self.target):
            with open(os.path.join(self.target, name), "rb") as file:
                found[name] = file.read()
        return found

    def test_fetches_all_and_again_nothing(self):
        self.assertEqual(len(self.names), 8)
        got = self.fetch()
        self.assertEqual((got.returncode, got.stdout.count(": fetched"), got.stderr), (0, 8, ""))
        self.assertEqual(self.files(), self.good)
        shutil.rmtree(self.path("mirror"))
        got = self.fetch()
        self.assertEqual((got.returncode, got.stdout.count(": up to date")), (0, 8))

    def test_a_bad_download_replaces_nothing(self):
        self.fetch()
        self.write(f"target/{self.names[2]}", "the user's own")
        self.write(f"mirror/{self.names[2]}", "an error page")
        before = self.files()
        got = self.fetch()
        self.assertEqual(got.returncode, 1)
        self.assertIn("SHA-256 differs", got.stderr)
        self.assertEqual(self.files(), before)  # and no half file left behind

    def test_no_network(self):
        shutil.rmtree(self.path("mirror"))
        got = self.fetch()
        self.assertEqual(got.returncode, 1)
        self.assertRegex(got.stderr, "get-data.sh: cannot fetch .*network")
        self.assertEqual(self.files(), {})

    def test_a_stale_file_is_renewed(self):
        self.fetch()
        self.write(f"target/{self.names[0]}", "cut off")
        self.assertEqual(self.fetch().returncode, 0)
        self.assertEqual(self.files(), self.good)

    def test_usage(self):
        self.assertIn("usage: get-data.sh", self.run_script("--help").stdout)
        for arguments in (["--fro", "x"], ["--from"], ["a", "b"]):
            got = self.run_script(*arguments)
            self.assertEqual((got.returncode, got.stdout), (1, ""), arguments)

    def test_the_recorded_sums_are_those_of_the_files_at_hand(self):
        folder = standard_data(self)
        with open(os.path.join(EVAL, "get-data.sh"), encoding="utf-8") as file:
            recorded = re.findall(r"^([0-9a-f]{64}) \$\w+/(\S+)$", file.read(), re.M)
        for checksum, name in recorded:
            with open(os.path.join(folder, name), "rb") as file:
                self.assertEqual(hashlib.sha256(file.read()).hexdigest(), checksum, name)


if __name__ == "__main__":
    unittest.main()
