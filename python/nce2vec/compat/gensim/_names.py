"""Errors with the names of gensim's parameters."""

import contextlib
import numbers

from ... import _native as native


@contextlib.contextmanager
def named(names):
    """The library's errors name its settings; here they name the parameters that these come from."""
    try:
        yield
    except native.Error as error:
        raise native.renamed(error, names) from None


def check_numbers(values):
    for name, value in values.items():
        if not isinstance(value, numbers.Real):
            raise TypeError(f"{name} is a number, not {value!r:.100}")
