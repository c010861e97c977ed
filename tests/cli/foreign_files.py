"""Files of NumPy and gensim, made without either."""
import io
import pickle
import struct
import sys
import types
import unittest.mock
import zipfile


def _npy(descr, shape, content):
    header = ("{'descr': '%s', 'fortran_order': False, 'shape': %s, }" % (descr, shape)).encode()
    header += b" " * (-(len(header) + 11) % 64) + b"\n"
    return b"\x93NUMPY\1\0" + struct.pack("<H", len(header)) + header + content


def _floats(rows):
    return b"".join(struct.pack("<%df" % len(row), *row) for row in rows)


def matrix(rows):
    """As numpy.save writes it."""
    return _npy("<f4", (len(rows), len(rows[0])), _floats(rows))


def npz(words, rows):
    """As numpy.savez_compressed writes it."""
    longest = max(map(len, words))
    content = b"".join(word.encode("utf-32-le").ljust(4 * longest, b"\0") for word in words)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("vectors.npy", matrix(rows))
        archive.writestr("words.npy", _npy("<U%d" % longest, (len(words),), content))
    return file.getvalue()


class _Call:
    """What is pickled as a call, and a state."""

    def __init__(self, maker, arguments, state):
        self.reduced = maker, arguments, state

    def __reduce__(self):
        return self.reduced


def _attributes(cls, **attributes):
    made = cls()
    made.__dict__.update(attributes)
    return made


def keyed_vectors(words, rows=None):
    """As the save of gensim's KeyedVectors writes it; without rows, they are in a file beside it."""
    modules = {}

    def named(module, name):
        for end in range(module.count(".") + 1):
            modules.setdefault(".".join(module.split(".")[:end + 1]), types.ModuleType(module))
        made = type(name, (), {"__module__": module})
        setattr(modules[module], name, made)
        return made

    def array(kind, shape, content):
        dtype = _Call(named("numpy", "dtype"), (kind, False, True), (3, "<", None, None, None, -1, -1, 0))
        return _Call(named("numpy.core.multiarray", "_reconstruct"), (named("numpy", "ndarray"), (0,), b"b"),
                     (1, shape, dtype, False, content))

    given = {"__numpys": ["vectors"]} if rows is None else {
        "vectors": array("f4", (len(rows), len(rows[0])), _floats(rows))}
    made = _attributes(named("gensim.models.keyedvectors", "KeyedVectors"), index_to_key=list(words),
                       key_to_index={word: i for i, word in enumerate(words)}, **given)
    with unittest.mock.patch.dict(sys.modules, modules):
        return pickle.dumps(made, protocol=4)
