"""Text for a training: files, or sentences of any iterable."""

import bisect
import ctypes
import itertools
import math
import numbers
import os
import sys
import warnings
from ctypes import c_size_t, c_void_p
from datetime import datetime, timedelta
from typing import Any, Iterable, Iterator, Sequence, Union

import numpy as np

from . import _native as native
from ._native import library
from ._watch import Watch

# A path, several, or sentences.
Source = Union[str, "os.PathLike[str]", Sequence[Union[str, "os.PathLike[str]"]], Iterable["os.PathLike[str]"],
               Iterable[Iterable[Any]]]

_BATCH = 1000  # sentences that are laid out at once


def check_sentence(sentence, number):
    if isinstance(sentence, (str, bytes)) or not hasattr(sentence, "__iter__"):
        raise TypeError(f"sentence {number} is {no_sentence(sentence)}")


def joined(separator, words, sentence_of):
    """The words as UTF-8. sentence_of: from the index of a word to the number of its sentence."""
    try:
        return separator.join(words).encode("utf-8")
    except TypeError:
        wrong = next(index for index, word in enumerate(words) if not isinstance(word, str))
        raise TypeError(f"sentence {sentence_of(wrong)}: {no_word(words[wrong])}") from None
    except UnicodeEncodeError:
        wrong = next(word for word in words if any("\ud800" <= letter <= "\udfff" for letter in word))
        raise native.DataError(f"a word has half of a surrogate pair, which is not in UTF-8: {wrong!r}") from None


class _Sentences:
    """Hands the sentences of an iterable to the library, a few at a time laid out as it reads them."""

    def __init__(self, sentences, weighted, watch):
        self._iterator, self._weighted, self._watch = sentences, weighted, watch
        self._tokens = self._text = None
        self._starts, self._next, self._read = [0], 0, 0
        self.failure = None
        self.callback = native.NEXT_SENTENCE(self._call)

    def _call(self, _context, tokens, count):
        try:
            if self._next + 1 >= len(self._starts) and not self._lay_out():
                return 0
            start, end = self._starts[self._next:self._next + 2]
            tokens[0] = self._tokens.ctypes.data + 16 * start
            count[0] = end - start
            self._next += 1
            return 1
        except BaseException as failure:  # also KeyboardInterrupt: nothing may leave a callback
            self.failure = failure
            return -1

    def _lay_out(self):
        """The next sentences as arrays; False at the end."""
        words, starts = [], [0]
        with self._watch.raising():
            for sentence in self._iterator:
                check_sentence(sentence, self._read + len(starts))
                words.extend(_with_weight(sentence) if self._weighted else sentence)
                starts.append(len(words))
                if len(starts) > _BATCH:
                    break
        if len(starts) == 1:
            return False
        self._read += len(starts) - 1
        first = self._read - (len(starts) - 1)
        self._text = joined("\0", words, lambda index: first + bisect.bisect_right(starts, index))
        text = np.frombuffer(self._text, dtype=np.uint8)
        ends = np.append(np.flatnonzero(text == 0), len(text)) if words else np.zeros(0, dtype=np.intp)
        if len(ends) != len(words):
            wrong = next(word for word in words if "\0" in word)
            raise native.DataError(f"a word has a NUL character: {wrong!r}")
        self._tokens = np.empty(len(words) + 1, dtype=[("text", np.uint64), ("bytes", np.uint64)])
        begins = np.concatenate(([0], ends[:-1] + 1)) if words else ends
        address = ctypes.cast(ctypes.c_char_p(self._text), c_void_p).value or 0
        self._tokens["text"][:-1] = begins + address
        self._tokens["bytes"][:-1] = ends - begins
        self._starts, self._next = starts, 0
        return True


def no_sentence(value):
    if isinstance(value, (str, bytes)):
        return (f"the string {value!r:.60}: a sentence is a list of words. From strings: "
                "[text.split() for text in texts]")
    if is_missing(value):
        return f"missing ({value!r}): leave it out"
    return f"{value!r:.60}: a sentence is a list of words"


def is_missing(value):
    """None, or what pandas has where a value is missing."""
    return value is None or type(value).__name__ in ("NAType", "NaTType") or isinstance(value, float) and value != value


def no_word(value):
    """Why a value is not a word, and what makes one of it."""
    if is_missing(value):
        return f"a word is missing ({value!r}): leave it out"
    remedy = "word.decode() makes one" if isinstance(value, bytes) else "str(word) makes one"
    return f"a word must be a str, not {type(value).__name__}: {value!r:.60}; {remedy}"


def _with_weight(sentence):
    """The sentence with its first item, the weight, as text."""
    sentence = list(sentence)
    return [str(item) for item in sentence[:1]] + sentence[1:]


def _event(event):
    """The user, the item as text, and the time as a number or a datetime; None: it has none."""
    if isinstance(event, (str, bytes)) or not 2 <= len(event) <= 3:
        raise native.DataError(f"expected a user, an item and a time, not {event!r}")
    user, item, *times = event
    for what, value in (("user", user), ("item", item)):
        if value is None or value != value:  # a NaN, as pandas has it
            raise native.DataError(f"the {what} is missing: {value!r}")
    if not times:
        return user, str(item), None
    time = times[0]
    if isinstance(time, str):
        try:
            time = float(time)
        except ValueError:
            try:
                time = datetime.fromisoformat(time)
            except ValueError:
                raise native.DataError(f"the time {time!r} is neither a number of seconds nor a time such as "
                                       "2026-11-29 08:30") from None
    if isinstance(time, (np.integer, np.floating)) and not isinstance(time, np.timedelta64):
        time = time.item()  # differences of unsigned numbers are never negative
    if time != time or isinstance(time, float) and math.isinf(time):
        raise native.DataError(f"the time {time!r} is not a finite number")
    return user, str(item), time


def _longer(earlier, later, gap):
    """Whether more than the gap is between two times of a user."""
    passed = later - earlier
    if isinstance(passed, np.timedelta64):
        passed = passed / np.timedelta64(1, "s")
    if isinstance(passed, timedelta):
        passed = passed.total_seconds()
    if passed < 0:
        raise native.DataError("the time is before that of the user's event before: sort the events by time")
    return passed > gap


def sessions(events: Iterable[Sequence[Any]], gap: float = 1800) -> Iterator[list[str]]:
    """The sessions of events, as sentences for a training: a list of items each.

    An event is (user, item, time), such as a row of csv.reader. A session ends where the next event of its user comes
    more than ``gap`` seconds later. The events of a user are in the order of time; those of several users may be mixed.
    A time is a number of seconds, a datetime, or either as text. Without times, (user, item), all events of a user are
    one session. One session a user is in memory.
    """
    if isinstance(events, (str, bytes, os.PathLike)):
        raise TypeError(f"events are (user, item, time), such as the rows of csv.reader, and no path: {events!r:.100}")
    if not isinstance(gap, numbers.Real):
        raise TypeError(f"gap is a number of seconds, not {gap!r:.100}")
    if not gap >= 0:
        raise native.ArgumentError(f"gap is a number of seconds, 0 or more, not {gap}")
    return _sessions(events, gap)


def _sessions(events, gap):
    opened: dict[Any, tuple[Any, list[str]]] = {}
    for number, event in enumerate(events, 1):
        try:
            user, item, time = _event(event)
            before, items = opened.get(user, (None, []))
            ends = before is not None and time is not None and _longer(before, time, gap)
        except (ValueError, TypeError, native.DataError) as fault:
            header = "; if that is the header of a table, skip it: next(events)" if number == 1 else ""
            raise native.DataError(f"event {number}: {fault}{header}") from None
        if ends:
            yield items
            items = []
        items.append(item)
        opened[user] = time, items
    for _, items in opened.values():
        yield items


# Of n2v_text_problem.
_WARNINGS = ("this is not UTF-8, and looks like {what}; read the output of `{remedy}` instead",
             "this looks like {what}, which has no spaces between words; the tokenizer unicode finds them",
             "this looks like {what}, and tags and names become words; read the output of `{remedy}` instead")


def levels_of_package():
    """The stacklevel of whoever called the package."""
    level, frame = 1, sys._getframe(1)
    while frame.f_back and frame.f_globals.get("__name__", "").partition(".")[0] == __package__:
        level, frame = level + 1, frame.f_back
    return level


def is_path(source):
    return isinstance(source, (str, os.PathLike))


def paths_or_sentences(source):
    """A list of paths and None, or None and an iterator of sentences. Strings are paths in a list or tuple alone."""
    if is_path(source):
        return [source], None
    if isinstance(source, (list, tuple)) and source and all(is_path(path) for path in source):
        return source, None
    if hasattr(source, "columns") and hasattr(source, "iloc"):
        raise TypeError("a DataFrame is no text, but one of its columns may be: [text.split() for text in "
                        "frame['text'].dropna()]")
    if not (hasattr(source, "__iter__") or hasattr(source, "__getitem__")):
        raise TypeError("the text is a path, a list of paths, or sentences that are lists of words, not "
                        f"{source!r:.100}")
    iterator = iter(source)
    first = list(itertools.islice(iterator, 1))
    if first and isinstance(first[0], os.PathLike):
        paths = first + list(iterator)
        wrong = [path for path in paths if not is_path(path)]
        if wrong:
            raise TypeError(f"the text begins with a path, so all of it must be paths, not {wrong[0]!r:.100}")
        return paths, None
    return None, itertools.chain(first, iterator)


def refuse_text(source):
    """Refuses strings that look like words, where paths are meant, and name no files."""
    for path in source if isinstance(source, (list, tuple)) else [source]:
        if isinstance(path, str) and _is_text(path) and not os.path.exists(path):
            raise native.ArgumentError(f"there is no file {path[:60]!r}: a string is the path of a file. Of text that "
                                       "is in memory make lists of words: [text.split() for text in texts]")


def _is_text(path):
    """Whether a string looks like words, and not like a path, a pattern or @LIST."""
    return "\n" in path or path[:1] not in "@-" and not any(sign in path for sign in "/*?[") and (
        " " in path or "." not in path)


def _files(paths):
    """The files that the paths name: of a folder, a pattern or @LIST several."""
    names = (ctypes.c_char_p * len(paths))(*map(native.path_bytes, paths))
    inputs, count = native.Handle(library.inputs_create, library.inputs_destroy, names, len(paths)), c_size_t()
    files = library.inputs_files(inputs, ctypes.byref(count))
    return [files[i] for i in range(count.value)]


class Corpus(native.Handle):
    """A text that is read once: its words, their counts, and its sentences as ids.

    ``source`` is a path (a folder is its files, "@LIST" those that a file names), a list of paths, or an iterable
    of sentences, each a list of words; with the setting weighted, the first item of each is its weight. ``settings``
    are those of a training (a Settings); of them the ones of the text matter here. ``reader`` is a function that reads
    the corpus and gets it and an observer; by default the library's. Ctrl-C raises KeyboardInterrupt.
    """

    def __init__(self, source, settings, vocabulary=None, reader=library.corpus_read):
        super().__init__(library.corpus_create, library.corpus_destroy, settings,
                         None if vocabulary is None else vocabulary._handle)
        watch = Watch()
        with watch:
            sentences = self._add(source, settings, watch)
            try:
                reader(self, watch.observer)
            except native.Interrupted:
                if sentences and sentences.failure:
                    raise sentences.failure from None
                raise

    def _add(self, source, settings, watch):
        """Names the files to the library, or the source of sentences, which is returned."""
        with watch.raising():
            paths, iterator = paths_or_sentences(source)
        if paths:
            for path in _files(paths):
                library.corpus_add_file(self, path)
            return None
        sentences = _Sentences(iterator, settings.get("weighted") == "1", watch)
        library.corpus_add_sentences(self, sentences.callback, None, b"the source of sentences")
        return sentences

    def warn(self, whole=None):
        """UserWarnings of what the files look like that they should not. whole: the name of a text of which they are
        parts."""
        for index in range(self.info["warnings"]):
            found = native.TextWarning()
            library.corpus_describe_warning(self, index, found)
            what, source, remedy = (text and os.fsdecode(text) for text in (found.what, found.source, found.remedy))
            where = whole or f"{source}, line {found.line}"
            if whole and remedy:
                remedy = remedy.replace(source, "FILE")
            warnings.warn(f"{where}: " + _WARNINGS[found.problem].format(what=what, remedy=remedy),
                          stacklevel=levels_of_package())

    @property
    def info(self):
        """A dictionary of counts: tokens, types, vocabulary, words, sentences, and more."""
        info = native.CorpusInfo()
        library.corpus_describe(self, info)
        return {name: value.decode("utf-8") if isinstance(value, bytes) else value
                for name, value in ((name, getattr(info, name)) for name, _ in info._fields_) if name != "size"}

    @property
    def counts(self):
        """A dictionary from words to their counts, by falling counts."""
        bytes_, counts = c_size_t(), {}
        for i in range(self.info["vocabulary"]):
            word = native.text_at(library.corpus_word(self, i, ctypes.byref(bytes_)), bytes_.value)
            counts[word] = library.corpus_word_count(self, i)
        return counts
