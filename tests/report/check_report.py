"""The report in a real browser: Debian's Chromium, headless, on files. `make check-report` runs this.

The program trains on a text made of the project's categories. The page shows three trainings, one of them interrupted.
What the page shows is compared with what the program prints.

Without the browser or a library it fails, unless NCE2VEC_MAY_SKIP=1."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

# A job in the background has SIGINT ignored, and its children inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PROGRAM = os.path.abspath(os.environ.get("NCE2VEC", os.path.join(ROOT, "build", "nce2vec")))
CHROMIUM, DRIVER = shutil.which("chromium") or "", shutil.which("chromedriver") or ""
HOSTILE = "</script><img/src=x>"  # must be shown as a word
DESKTOP, PHONE = (1280, 900, 1, False), (360, 740, 2, True)


def cannot_run(why):
    skip = os.environ.get("NCE2VEC_MAY_SKIP") == "1"
    print(f"check-report: {'skipped' if skip else 'FAILED'}, nothing was tested: {why}. On Debian: apt-get install "
          "python3-selenium python3-sklearn chromium chromium-driver node-d3", file=sys.stderr)
    sys.exit(0 if skip else 1)


try:
    import numpy as np
    import sklearn  # noqa: F401
    from selenium import webdriver
    from selenium.webdriver import ActionChains
    from selenium.webdriver.chrome.service import Service
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
    from selenium.webdriver.support.wait import WebDriverWait
except ImportError as error:
    cannot_run(f"{error} in {sys.executable}")

sys.path.insert(0, os.path.join(ROOT, "eval"))
import categories  # noqa: E402
from reporting import page  # noqa: E402


def corpus(path):
    """Each sentence has words of one category."""
    read = categories.read_categories(os.path.join(ROOT, "eval", "data", "categories.txt"))
    draw = np.random.default_rng(1)
    with open(path, "w", encoding="utf-8") as file:
        for _ in range(12000):
            words = read.words[draw.integers(len(read.words))]
            line = [words[i] for i in draw.integers(0, len(words), 9)] + [HOSTILE] * (draw.random() < 0.2)
            file.write(" ".join(line) + "\n")


def train(folder, *arguments):
    subprocess.run([PROGRAM, "train", "-q", "--tokenizer", "space", "--dim", "24", "text", *arguments], cwd=folder,
                   check=True)


def interrupt(folder):
    process = subprocess.Popen([PROGRAM, "train", "-q", "text", "-o", "cut.bin", "--objective", "sgns", "--epochs",
                                "100000", "--metrics", "cut.metrics.jsonl"], cwd=folder, stderr=subprocess.DEVNULL)
    path = os.path.join(folder, "cut.metrics.jsonl")
    while process.poll() is None and not (os.path.exists(path) and os.path.getsize(path) > 1000):
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 130


def resumed(folder):
    """A training that is interrupted, and resumed twice."""
    begin = [PROGRAM, "train", "-q", "text", "-o", "again.n2v", "--tokenizer", "space", "--dim", "24",
             "--epochs", "400", "--threads", "1", "--metrics", "again.metrics.jsonl",
             "--checkpoint", "again.checkpoint.n2v"]
    for command in (begin, [PROGRAM, "train", "-q", "--resume", "again.checkpoint.n2v"]):
        lines = count_lines(folder) + 3
        process = subprocess.Popen(command, cwd=folder, stderr=subprocess.DEVNULL)
        while process.poll() is None and count_lines(folder) < lines:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
    subprocess.run([PROGRAM, "train", "-q", "--resume", "again.checkpoint.n2v"], cwd=folder, check=True)


def count_lines(folder):
    path = os.path.join(folder, "again.metrics.jsonl")
    if not os.path.exists(path):
        return 0
    with open(path, "rb") as file:
        return file.read().count(b"\n")


def report(folder, *arguments):
    subprocess.run([sys.executable, os.path.join(ROOT, "eval", "report.py"), "--map-words", "400", *arguments],
                   cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


# Each visible text and its contrast with its background: [text, contrast]. WCAG wants 4.5.
CONTRASTS = """
const luminance = (rgb) => rgb.map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
  .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
const parse = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
const ground = (element) => {
  for (let at = element; at; at = at.parentElement) {
    const [r, g, b, a = 1] = parse(getComputedStyle(at).backgroundColor);
    if (a > 0.99) return [r, g, b];
  }
  return [255, 255, 255];
};
const found = [];
const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walk.nextNode()) {
  const element = walk.currentNode.parentElement, style = getComputedStyle(element);
  if (!walk.currentNode.textContent.trim() || !element.getClientRects().length) continue;
  if (element.closest("script, .unseen, .skip")) continue;
  const ink = parse(element.closest("svg") ? style.fill : style.color).slice(0, 3);
  const [light, dark] = [luminance(ink), luminance(ground(element))].sort((a, b) => b - a);
  found.push([walk.currentNode.textContent.trim().slice(0, 40), (light + 0.05) / (dark + 0.05)]);
}
return found;
"""


class Report(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.folder = folder
        corpus(os.path.join(folder, "text"))
        train(folder, "--objective", "nce", "--epochs", "6", "--heldout", "0.05", "-o", "nce.n2v",
              "--metrics", "nce.metrics.jsonl")
        train(folder, "--objective", "sgns", "--epochs", "3", "-o", "sgns.bin", "--metrics", "sgns.metrics.jsonl",
              "--save-vocab", "sgns.vocab.tsv")
        interrupt(folder)
        resumed(folder)
        report(folder, "again.n2v", "-o", "again.html")
        report(folder, "again.n2v", "nce.n2v", "-o", "again and another.html")
        report(folder, "nce.n2v", "sgns.bin", "cut.metrics.jsonl", "-o", "three runs.html")
        report(folder, "nce.n2v", "-o", "one.html")
        report(folder, "cut.metrics.jsonl", "-o", "cut.html")
        with open(os.path.join(folder, "few.txt"), "w", encoding="utf-8") as file:
            file.write("5 2\n" + "".join(f"w{i} {i} {i * i}\n" for i in range(5)))
        with open(os.path.join(folder, "begun.metrics.jsonl"), "w", encoding="utf-8") as file:
            file.write('{"output": "-", "parameters": {"objective": "nce", "dim": 8}}\n')
        report(folder, "few.txt", "begun.metrics.jsonl", "-o", "little.html")
        options = webdriver.ChromeOptions()
        options.binary_location = CHROMIUM
        for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars"):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        cls.browser = webdriver.Chrome(service=Service(DRIVER), options=options)
        cls.addClassCleanup(cls.browser.quit)

    def tearDown(self):
        """After every test: no error on the console, no request to the network."""
        self.assertEqual([entry["message"] for entry in self.browser.get_log("browser")], [])
        for entry in self.browser.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                self.assertRegex(message["params"]["request"]["url"], "^(file://.*[.]html|data:)")

    def open(self, name, screen=DESKTOP, dark=False):
        width, height, scale, mobile = screen
        command = self.browser.execute_cdp_cmd
        command("Emulation.setDeviceMetricsOverride",
                {"width": width, "height": height, "deviceScaleFactor": scale, "mobile": mobile})
        command("Emulation.setTouchEmulationEnabled", {"enabled": mobile})
        command("Emulation.setEmulatedMedia", {"features": [
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
            {"name": "prefers-reduced-motion", "value": "reduce"}]})
        self.browser.get("file://" + os.path.join(self.folder, name).replace(" ", "%20"))
        self.until(lambda: self.all("nav a"))

    def until(self, condition):
        return WebDriverWait(self.browser, 10).until(lambda _: condition())

    def all(self, selector):
        return self.browser.find_elements(By.CSS_SELECTOR, selector)

    def texts(self, selector):
        return [element.text for element in self.all(selector)]

    def one(self, selector):
        return self.browser.find_element(By.CSS_SELECTOR, selector)

    def search(self, word):
        box = self.one("#word")
        box.clear()
        box.send_keys(word, Keys.ENTER)
        self.until(lambda: self.one(".neighbours h3").text != "Neighbours")

    def program_neighbours(self, vectors, word):
        lines = subprocess.run([PROGRAM, "neighbors", vectors, word, "-k", "10"], cwd=self.folder, check=True,
                               capture_output=True, text=True).stdout.split("\n")[1:]
        return [(word, round(float(cosine), 3)) for cosine, word in (line.split() for line in lines if line.strip())]

    def test_runs_stand_side_by_side(self):
        self.open("three runs.html")
        self.assertEqual(self.texts(".card h3"), ["nce", "sgns", "cut\ninterrupted"])
        self.assertEqual(self.texts("nav a"), ["Overview", "Training", "Scores", "Map", "Shape", "Change",
                                              "Parameters"])
        for name, curves in (("loss", 3), ("lr", 3), ("rate", 3)):
            figure = self.one(f"#{name}")
            self.assertGreaterEqual(len(figure.find_elements(By.CSS_SELECTOR, "path.curve:not(.raw)")), curves, name)
        self.assertEqual(len(self.all("#loss g > circle.dot")), 6)  # a held-out loss an epoch
        with open(os.path.join(self.folder, "nce.metrics.jsonl"), encoding="utf-8") as file:
            rows = [json.loads(line) for line in file]
        heldout = [row["heldout_loss"] for row in rows if "heldout_loss" in row]
        self.assertIn(f"nce: {heldout[-1]:.4f}", self.one("#loss .caption").text)
        parameters = {row[0]: row[1:] for row in ([cell.text for cell in tr.find_elements(By.CSS_SELECTOR, "th, td")]
                                                 for tr in self.all("#parameters tbody tr"))}
        self.assertEqual(parameters["objective"], ["nce", "sgns", "sgns"])
        self.assertEqual(parameters["epochs"], ["6", "3", "100000"])
        self.assertEqual(parameters["state"], ["done", "done", "interrupted"])
        differing = [name.split(" ")[0] for name in self.texts("#parameters .differs th")]
        self.assertIn("epochs", differing)
        self.assertNotIn("window", differing)

    def test_scores_are_those_of_evaluate(self):
        self.open("three runs.html")
        command = [sys.executable, os.path.join(ROOT, "eval", "evaluate.py"), "nce.n2v", "sgns.bin", "--json"]
        printed = subprocess.run(command, cwd=self.folder, check=True, capture_output=True, text=True).stdout
        odd = [model["odd_one_out"] for model in json.loads(printed)["categories"]["models"]]
        self.assertGreater(odd[0]["accuracy"], 0.8)  # the text teaches just this
        table = next(group for group in self.all("#groups .group") if group.text.startswith("Categories"))
        rows = [row.text.replace("\n", " ") for row in table.find_elements(By.CSS_SELECTOR, "tbody tr")][:2]
        for row, score in zip(rows, odd):
            self.assertIn(f" {100 * score['accuracy']:.1f} ", f" {row} ")
            if score["interval"]:
                self.assertIn(" – ".join(f"{100 * bound:.1f}" for bound in score["interval"]), row)
        self.assertIn("nce minus sgns", self.texts("#differences h3")[0])

    def test_a_single_run_and_one_without_vectors(self):
        self.open("one.html")
        self.assertEqual(self.texts("h1"), ["nce"])
        self.assertFalse(self.one("#which").is_displayed())
        self.open("cut.html")
        self.assertEqual(self.texts("nav a"), ["Overview", "Training", "Parameters"])

    def test_little_to_show(self):
        self.open("little.html")
        self.assertEqual(self.texts("nav a"), ["Overview", "Training", "Scores", "Shape", "Parameters"])
        self.assertIn("Nothing was measured", self.one("#loss").text)
        self.assertEqual(self.texts(".card h3"), ["few", "begun\nnot ended"])
        self.assertNotIn("NaN", self.one("body").text)
        self.assertNotIn("undefined", self.one("body").text)

    def test_search_hover_click_and_neighbours(self):
        self.open("three runs.html")
        self.search("piano")
        self.assertEqual(self.one(".neighbours h3").text, "piano")
        lists = [[tuple(item.text.split("\n")) for item in block.find_elements(By.TAG_NAME, "li")]
                 for block in self.all(".neighbours ol")]
        for shown, vectors in zip(lists, ("nce.n2v", "sgns.bin")):
            expected = self.program_neighbours(vectors, "piano")
            self.assertEqual({word for word, _ in shown}, {word for word, _ in expected})
            for (_, cosine), (_, exact) in zip(shown, expected):
                self.assertAlmostEqual(float(cosine), exact, delta=0.0011)
        canvas = self.one("#map canvas")
        self.browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", canvas)
        ActionChains(self.browser).move_to_element(canvas).perform()  # the search has moved the word to the middle
        self.until(lambda: self.one(".tip").is_displayed())
        self.assertEqual(self.one(".tip").text, "piano")
        corner = (-canvas.size["width"] // 2 + 4, canvas.size["height"] // 2 - 4)
        ActionChains(self.browser).move_to_element_with_offset(canvas, *corner).click().perform()
        self.until(lambda: self.one(".neighbours h3").text == "Neighbours")
        ActionChains(self.browser).move_to_element(canvas).click().perform()
        self.until(lambda: self.one(".neighbours h3").text == "piano")
        link = self.one(".neighbours li button")
        name = link.text
        link.click()
        self.until(lambda: self.one(".neighbours h3").text == name)
        self.search("zzzz")
        self.assertIn("No word", self.one(".neighbours p").text)

    def test_words_that_changed(self):
        """They and their distances are those of nce2vec align."""
        library = os.path.join(os.path.dirname(PROGRAM), "libnce2vec.so")
        printed = subprocess.run([sys.executable, "-m", "nce2vec", "align", "nce.n2v", "sgns.bin", "--json", "--top",
                                  "12", "--neighbors", "6"], cwd=self.folder, check=True, capture_output=True,
                                 text=True, env={**os.environ, "PYTHONPATH": os.path.join(ROOT, "python"),
                                      "NCE2VEC_LIBRARY": library}).stdout
        expected = json.loads(printed)
        self.open("three runs.html")
        self.assertIn("From nce to sgns", self.one("#change .lead").text)
        for table, name in zip(self.all("#changes table"), ("changed", "stable")):
            rows = table.find_elements(By.CSS_SELECTOR, "tbody tr")
            shown = [row.find_elements(By.CSS_SELECTOR, "th, td") for row in rows]
            self.assertEqual(len(shown), 12)
            for (word, distance, near), entry in zip(shown, expected[name]):
                self.assertEqual(word.text, entry["word"])
                self.assertAlmostEqual(float(distance.text), entry["change"], delta=0.0011)
                listed = [line.get_attribute("textContent").split(":", 1)[1].strip().split(", ")
                          for line in near.find_elements(By.TAG_NAME, "p")]
                self.assertEqual([words[0] for words in listed], [entry["then"][0], entry["now"][0]])
        self.open("one.html")
        self.assertFalse(self.one("#change").is_displayed())

    def test_maps_of_two_runs(self):
        self.open("three runs.html")
        self.search("wolf")
        before = self.picture()
        self.all("#which label")[1].click()
        self.until(lambda: self.picture() != before)
        self.assertEqual(self.one(".neighbours h3").text, "wolf")
        self.assertEqual(len(self.all("#which label")), 2)  # the interrupted run has no vectors

    def picture(self):
        return self.browser.execute_script("return document.querySelector('#map canvas').toDataURL()")

    def test_zoom(self):
        self.open("one.html")
        self.until(lambda: self.one("#map canvas").size["width"])
        time.sleep(0.3)
        whole = self.picture()
        zoom_in, _, home = self.all("#map .zoom button")
        zoom_in.click()
        self.until(lambda: self.picture() != whole)
        home.click()
        self.until(lambda: self.picture() == whole)

    def test_a_hostile_word_stays_a_word(self):
        self.open("one.html")
        self.search(HOSTILE)
        self.assertEqual(self.one(".neighbours h3").text, HOSTILE)
        self.assertEqual(self.all("img"), [])

    def test_charts_show_their_values(self):
        self.open("three runs.html")
        chart = self.one("#loss svg")
        self.browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", chart)
        ActionChains(self.browser).move_to_element(chart).perform()
        self.until(lambda: self.one(".tip").is_displayed())
        self.assertRegex(self.one(".tip").text, r"(?s)words trained on.*(nce|sgns).* \d\.\d{4}")
        ActionChains(self.browser).move_to_element(self.one("h1")).perform()
        for name, says in (("#loss svg", r"\d\.\d{4}"), ("#norms svg", r"length \d"), ("#cosines svg", r"\d%")):
            self.browser.execute_script("arguments[0].focus()", self.one(name))
            ActionChains(self.browser).send_keys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT).perform()
            self.until(lambda: self.one(".tip").is_displayed())
            self.assertRegex(self.one(".tip").text, says)
            ActionChains(self.browser).send_keys(Keys.ESCAPE).perform()
            self.assertFalse(self.one(".tip").is_displayed())

    def test_a_resumed_run_is_one_curve_with_marks(self):
        with open(os.path.join(self.folder, "again.metrics.jsonl"), encoding="utf-8") as file:
            rows = [json.loads(line) for line in file]
        when = [row["resumed"].replace("T", " ").replace("Z", " UTC") for row in rows if "resumed" in row]
        self.assertEqual(len(when), 2)
        self.open("again.html")
        self.assertEqual(len(self.all("#loss path.curve:not(.raw)")), 1)
        for name in ("loss", "lr", "rate"):
            self.assertEqual(self.svg_titles(f"#{name} .mark title"), ["resumed " + moment for moment in when])
            self.assertIn(f"Marks: resumed 2 times, the last time {when[1]}.", self.one(f"#{name} .caption").text)
            self.assertIn("resumed 2 times", self.one(f"#{name} svg").get_attribute("aria-label"))
        self.assertIn(", ".join(when), self.one("#parameters").text)
        trained = rows[-1]["seconds"]
        self.assertIn(f"{trained:.1f} s" if trained < 9.95 else f"{trained:.0f} s", self.one(".card").text)
        self.assertRegex(self.shown_by_arrow_keys("#lr svg"), "resumed " + when[0])
        self.open("again and another.html")
        self.assertIn(f"Marks: again: resumed 2 times, the last time {when[1]}.", self.one("#loss .caption").text)
        self.all("#by label")[1].click()
        self.until(lambda: len(self.all("#loss .mark")) == 2)
        self.assertRegex(self.shown_by_arrow_keys("#loss svg"), "again: resumed " + when[0])

    def svg_titles(self, selector):
        return [element.get_attribute("textContent") for element in self.all(selector)]

    def shown_by_arrow_keys(self, selector):
        """All that the tip shows from the left end of a chart to its right end."""
        self.browser.execute_script("arguments[0].focus()", self.one(selector))
        shown = []
        for _ in range(45):
            ActionChains(self.browser).send_keys(Keys.ARROW_RIGHT).perform()
            shown.append(self.one(".tip").text)
        return "\n".join(shown)

    def test_over_words_or_time(self):
        self.open("three runs.html")
        self.assertIn("words trained on", self.one("#loss").text)
        before = self.one("#loss path.curve").get_attribute("d")
        self.all("#by label")[1].click()
        self.until(lambda: self.one("#loss path.curve").get_attribute("d") != before)
        self.assertRegex(self.one("#loss .axis:nth-of-type(2)").text, r"\d s")

    def test_a_phone(self):
        for name in ("three runs.html", "one.html", "cut.html", "little.html"):
            for width in (320, 360):
                self.open(name, (width, 740, 2, True))
                for details in self.all("details"):
                    self.browser.execute_script("arguments[0].open = true", details)
                wide = self.browser.execute_script(
                    "return [document.documentElement.scrollWidth, document.documentElement.clientWidth]")
                self.assertEqual(wide, [width, width], name)
        self.open("three runs.html", PHONE)
        self.assertTrue(all(box.size["height"] >= 36 for box in self.all("#map .zoom button, #word")))
        self.search("violin")
        self.assertEqual(self.one(".neighbours h3").text, "violin")

    def test_colours_can_be_read_by_day_and_by_night(self):
        for name in ("three runs.html", "one.html"):
            for dark in (False, True):
                self.open(name, dark=dark)
                self.search("piano")
                ground = self.browser.execute_script("return getComputedStyle(document.body).backgroundColor")
                brightness = sum(map(int, re.findall(r"\d+", ground)[:3])) / 3
                self.assertTrue(brightness < 60 if dark else brightness > 200, ground)
                found = self.browser.execute_script(CONTRASTS)
                self.assertGreater(len(found), 100)
                self.assertEqual([one for one in found if one[1] < 4.5], [])

    def test_the_map_follows_the_colour_scheme(self):
        self.open("one.html")
        time.sleep(0.3)
        day = self.picture()
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia",
                                     {"features": [{"name": "prefers-color-scheme", "value": "dark"}]})
        self.until(lambda: self.picture() != day)

    def test_everything_has_a_name(self):
        self.open("three runs.html")
        self.search("piano")
        nodes = self.browser.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
        roles = {}
        for node in nodes:
            if not node.get("ignored"):
                roles.setdefault(node["role"]["value"], []).append(node.get("name", {}).get("value", ""))
        for role in ("button", "link", "radio", "image", "heading", "navigation", "columnheader"):
            self.assertTrue(roles.get(role), role)
            self.assertNotIn("", roles[role], role)
        self.assertIn("Find a word", roles.get("searchbox", []) + roles.get("combobox", []))
        levels = [int(element.tag_name[1]) for element in self.all("h1, h2, h3, h4") if element.is_displayed()]
        self.assertEqual((levels[0], levels.count(1)), (1, 1))
        self.assertTrue(all(after - before <= 1 for before, after in zip(levels, levels[1:])), levels)
        self.assertEqual(self.browser.execute_script("return document.documentElement.lang"), "en")


if __name__ == "__main__":
    missing = [name for name, path in (("chromium", CHROMIUM), ("chromium-driver", DRIVER)) if not path]
    if not any(map(os.path.exists, page.D3_PLACES)):
        missing.append("node-d3")
    if missing:
        cannot_run(f"not installed: {', '.join(missing)}")
    unittest.main()
