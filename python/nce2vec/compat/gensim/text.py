"""Sources of sentences."""

import itertools
import os
import re
import unicodedata
from pathlib import Path

from ._files import opened

MAX_WORDS_IN_BATCH = 10000


class LineSentence:
    """A sentence a line, words between white space. Longer lines than max_sentence_length are cut, as in gensim."""

    def __init__(self, source, max_sentence_length=MAX_WORDS_IN_BATCH, limit=None):
        self.source, self.max_sentence_length, self.limit = source, max_sentence_length, limit

    def _cut(self, lines):
        for line in itertools.islice(lines, self.limit):
            if isinstance(line, bytes):
                line = line.decode("utf8", "replace")
            words = line.split()
            for i in range(0, len(words), self.max_sentence_length):
                yield words[i:i + self.max_sentence_length]

    def __iter__(self):
        if hasattr(self.source, "read") or not isinstance(self.source, (str, os.PathLike)):
            if hasattr(self.source, "seek"):
                self.source.seek(0)
            yield from self._cut(self.source)
            return
        with opened(self.source, "rt") as lines:
            yield from self._cut(lines)


class PathLineSentences(LineSentence):
    """The same for all files of a folder, in the order of their names: `input_files`, which may be changed."""

    def __init__(self, source, max_sentence_length=MAX_WORDS_IN_BATCH, limit=None):
        super().__init__(source, max_sentence_length, limit)
        folder = Path(source)
        self.input_files = [str(path) for path in (
            [folder] if folder.is_file() else sorted(path for path in folder.iterdir() if path.is_file()))]

    def __iter__(self):
        for path in self.input_files:
            with opened(path, "rt") as lines:
                yield from self._cut(lines)


class Text8Corpus:
    """A file without lines, such as text8: a sentence is max_sentence_length words."""

    def __init__(self, fname, max_sentence_length=MAX_WORDS_IN_BATCH):
        self.fname, self.max_sentence_length = fname, max_sentence_length

    def __iter__(self):
        rest, words = "", []
        with opened(self.fname, "rt") as file:
            while True:
                text = rest + file.read(65536)
                if text == rest:  # the end
                    words.extend(rest.split())
                    break
                cut = text.rfind(" ") + 1
                words.extend(text[:cut].split())
                rest = text[cut:]
                while len(words) >= self.max_sentence_length:
                    yield words[:self.max_sentence_length]
                    words = words[self.max_sentence_length:]
        if words:
            yield words


def any2unicode(text, encoding="utf8", errors="strict"):
    """A str of a str or bytes."""
    return text if isinstance(text, str) else bytes(text).decode(encoding, errors)


to_unicode = any2unicode


def deaccent(text):
    """The text without accents."""
    text = "".join(c for c in unicodedata.normalize("NFD", any2unicode(text)) if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", text)


def tokenize(text, lowercase=False, deacc=False, encoding="utf8", errors="strict", to_lower=False, lower=False):
    """An iterator of the words of letters."""
    text = any2unicode(text, encoding, errors)
    if lowercase or to_lower or lower:
        text = text.lower()
    return iter(re.findall(r"(?:(?!\d)\w)+", deaccent(text) if deacc else text))


def simple_preprocess(doc, deacc=False, min_len=2, max_len=15):
    """Lower-cased words of letters, of min_len to max_len characters."""
    return [word for word in tokenize(doc, lower=True, deacc=deacc, errors="ignore")
            if min_len <= len(word) <= max_len and not word.startswith("_")]
