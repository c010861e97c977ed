"""The case of words, as nce2vec's tokenizer `words` folds it."""


def fold(word):
    """Lower case, one character for one character.

    str.lower() differs in two places: it makes two characters of the Turkish dotted capital I (U+0130), and a final
    sigma at the end of a word. The tokenizer maps each character alone, by Unicode's simple mapping."""
    if word.isascii():
        return word.lower()
    return "".join(map(_fold_character, word))


def _fold_character(character):
    lower = character.lower()
    return lower if len(lower) == 1 else lower[0]
