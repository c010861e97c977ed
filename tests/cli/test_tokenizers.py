"""The tokenizer.json of model2vec's folder: the library `tokenizers` finds the words that nce2vec finds."""

import json
import subprocess
import unittest

from support import CommandTest, has_module

PYTHON = "/usr/bin/python3"

SCRIPT = """
import json, sys
from tokenizers import Tokenizer
tokenizer = Tokenizer.from_file("m/tokenizer.json")
print(json.dumps([encoding.ids for encoding in tokenizer.encode_batch(json.load(sys.stdin))]))
"""

LINES = (
    "The river ISN'T 'quoted', rock\u2019n\u2019roll O\u2018ahu it''s a-b c_d 3.14 B13X-0_0 U.S.A. x'1 1'x dogs'",
    "Ärger ÉCOLE e\u0301cole E\u0301COLE Straße ẞ ΣΊΣΥΦΟΣ Привет naïve ﬁn Ａｂｃ K İstanbul ISPARTA ısı I\u0307zmir",
    "서울은 대한민국의 수도 \u1112\u1161\u11ab\u1100\u1173\u11af 我来到北京。東京、日本語のテキスト ภาษาไทย",
    "👩\u200d💻 family👨\u200d👩\u200d👧 a😀b ☎️ ½ x² Ⅷ ٣٤ 1\u0301a \u0301x a'\u0301b e\u0301'\u0301",
    "می\u200cخواهم \u200cم\u200c\u200dم\u200c PDF\u200cها ශ්\u200dරී র\u200d্যাব",
    "ന്\u200d, ന്\u200d\u2019 ന്\u200c. ന്\u200d'ന ന്\u200dന",
    "Auf\u200clage ab\u200d c\u200d'd e'\u200df g\u200c·h e\u0301\u200d 1\u200c2 الم\u200ca",
    "col·legi col\u0387legi col\u2027legi 2·3 a·2 a· ·a a··b צה״ל צה\"ל ג׳ \"א\" א\"a ב\u05b0׳ג a״b կ՟կ կ՟",
    "hyphen\u00adation foot\u2060ball a\ufeffb a\u200bb ab\u200ecd \u0600٣ a\u061cb a\u00ad'\u00adb tag\U000e0061s",
    "a\u00a0b\u2003c\u3000d\u2028e\tf\x01g\x7fh\x85i\u1680j \u180ek",
    "— «l» (m)[n]{o} p/q\\r s@t.u #v $w 50% *x* ~y~ | `z`",
    "\U00010400\U0001d7d8 \U0001f600z 𝒳𝓎 ꙮ ǅ Ǆ Ა Ꭰ ꭰ Ⓐ Ⅻ ͅα ʼn ŉ ﬀ ǰ ß",
)


@unittest.skipUnless(has_module(PYTHON, "tokenizers"), "machine: no Python module tokenizers, which Debian 12 lacks")
class Tokenizers(CommandTest):
    def ids(self, lines):
        done = subprocess.run([PYTHON, "-c", SCRIPT], cwd=self.folder, input=json.dumps(lines), text=True,
                              capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def check(self, *options):
        # A line without a word would be missing in the joined text.
        lines = ["first " + line for line in LINES]
        self.write("text", "".join(line + "\n" for line in lines).encode())
        self.train("text", "-o", "m", "--format", "model2vec", "--min-count", "1", "--dim", "2", "--epochs", "1",
                   "--threads", "1", *options)
        self.succeeds("phrases", "text", "-o", "words", "--min-count", "1000", *options)
        vocabulary = json.loads(self.read("m/tokenizer.json"))["model"]["vocab"]
        names = {number: word for word, number in vocabulary.items()}
        for line, found, ours in zip(lines, self.ids(lines), self.read("words").decode().split("\n")):
            self.assertEqual([names[number] for number in found], ours.split(" "), (options, line))
        return vocabulary

    def test_words(self):
        vocabulary = self.check()
        # Words that are too long for nce2vec are unknown there.
        self.assertEqual(self.ids(["The unheard-of RIVER", "a" * 1025, ""]),
                         [[vocabulary[word] for word in ("the", "[UNK]", "[UNK]", "river")], [vocabulary["[UNK]"]], []])

    def test_letter_case(self):
        self.check("--case", "keep")
        self.check("--case", "lower:tr")

    def test_normal_forms(self):
        self.check("--normal-form", "nfc")
        self.check("--normal-form", "nfkc", "--case", "keep")

    def test_space(self):
        self.check("--tokenizer", "space")
        self.check("--tokenizer", "space", "--case", "lower")


if __name__ == "__main__":
    unittest.main()
