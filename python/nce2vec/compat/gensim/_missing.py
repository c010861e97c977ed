"""What is not offered: errors that name the alternative."""


class Missing(NotImplementedError, AttributeError):
    """An AttributeError, too: hasattr is False, and getattr returns its default."""


def sentence(what, instead):
    return f"nce2vec.compat.gensim has no {what}: {instead}"


def missing(what, instead):
    raise NotImplementedError(sentence(what, instead))


class Offers:
    """The base of a class with fewer attributes than gensim's: MISSING has the alternatives to the others, by name."""

    MISSING = dict.fromkeys(("lifecycle_events", "add_lifecycle_event"), "use Python's logging")

    def __getattr__(self, name):
        for one in type(self).__mro__:
            if name in vars(one).get("MISSING", ()):
                raise Missing(sentence(f"{type(self).__name__}.{name}", one.MISSING[name]))
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")


def names(text, instead):
    """A table of alternatives: the same one to each name of a text."""
    return dict.fromkeys(text.split(), instead)
