"""Tokens that gensim takes and the library does not: whole numbers, and strings with white space or of no length."""

import warnings

from ...corpus import is_missing, levels_of_package, no_sentence, no_word

_NUMBER, _SPACE, _EMPTY = "\ue000", "\ue001", "\ue002"  # private use characters


def encode(token):
    if isinstance(token, str):
        return _SPACE.join(token.split(" ")) if token else _EMPTY
    if isinstance(token, int) or hasattr(token, "__index__"):
        return f"{_NUMBER}{int(token)}"
    if is_missing(token):
        raise TypeError(no_word(token))
    raise TypeError(f"a word is a str or an int, not {type(token).__name__}: {token!r}")


def decode(word):
    if word[0] == _NUMBER:
        return int(word[1:])
    return "" if word == _EMPTY else word.replace(_SPACE, " ")


class Encoded:
    """Sentences as the library takes them."""

    _warned = False

    def __init__(self, sentences):
        self._sentences = sentences

    def __iter__(self):
        for number, sentence in enumerate(self._sentences, 1):
            if not hasattr(sentence, "__iter__"):
                raise TypeError(f"sentence {number} is {no_sentence(sentence)}")
            if isinstance(sentence, str) and not self._warned:
                self._warned = True
                warnings.warn("a sentence is a string, so its letters are the words; a list of words is "
                              "sentence.split()", stacklevel=levels_of_package())
            sentence = list(sentence)
            try:
                plain = len(" ".join(sentence).split()) == len(sentence)
            except TypeError:
                plain = False
            yield sentence if plain else [encode(token) for token in sentence]
