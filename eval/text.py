"""What every reader of text in eval/ shares: byte-order marks, comments, case, words that are not UTF-8."""

_MARK = b"\xef\xbb\xbf"
# Python lower-cases these two letters by rules for whole words: the first becomes two characters, and the second
# depends on its place in the word.
_ONE_FOR_ONE = {0x130: "i", 0x3A3: "\u03c3"}


def without_mark(data):
    """The bytes of a text, without the byte-order mark that some editors write at the start."""
    return data[len(_MARK):] if data.startswith(_MARK) else data


def fold(word):
    """The word in lower case, one character for each, as the tokenizer `words` of nce2vec writes it."""
    return word.translate(_ONE_FOR_ONE).lower()


def is_comment(line):
    """Is '#' alone on the line or followed by white space? Words such as #tag are no comments."""
    return line.split(None, 1)[:1] == ["#"]


def decode(word):
    """A word as text. Bytes that are not UTF-8 are kept, so that different words stay different."""
    return word.decode("utf-8", "surrogateescape")


def printable(word):
    """A word of decode() for people: bytes that are not UTF-8 become U+FFFD."""
    return word.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def plural(count, noun):
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
