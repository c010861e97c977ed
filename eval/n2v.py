"""Reads nce2vec's model file (.n2v). Its layout is in docs/formats.md."""

import struct
import zlib

import numpy as np

from subwords import FASTTEXT, Subwords

MAGIC = b"\x89N2V\r\n\x1a\n"
_HEADER = struct.Struct("<8sIIQQ")
_SECTION = struct.Struct("<4sIQ")
_CRC = struct.Struct("<I")
_WORD = struct.Struct("<QI")
_TABLE = struct.Struct("<8I")  # of SUBW, before the buckets in use
_SHAPE = struct.Struct("<4Q")  # of SHAP: input rows, output rows, vectors in an output row, flags


class MalformedError(Exception):
    """A sentence without the name of the file: where, what is wrong."""


def read(data):
    """(words as bytes, their counts, input rows, parameters of the training as (name, value) pairs, Subwords or
    None)."""
    if len(data) < _HEADER.size:
        raise MalformedError("the file ends within its header")
    _, version, crc, count, dim = _HEADER.unpack_from(data)
    if version not in (1, 2):
        raise MalformedError(f"unknown version {version} of the format. A newer nce2vec may have written the file")
    if crc != (0 if version == 1 else zlib.crc32(data[:12] + bytes(4) + data[16 : _HEADER.size])):
        raise MalformedError("the header is damaged: its checksum is wrong")
    sections = _sections_of_1(data) if version == 1 else _sections(data)
    words, counts = _words(data, *_section(sections, b"VOCB"), count)
    inputs = _input_rows(data, sections, count)
    start, size = _section(sections, b"INPT")
    if not count or not dim or size != 4 * inputs * dim:
        raise MalformedError(f"byte {start}: expected {inputs} rows of {dim} numbers, found {size} bytes")
    rows = np.frombuffer(data, "<f4", inputs * dim, start).reshape(inputs, dim)
    start, size = sections.get(b"PARM", (0, 0))
    lines = data[start : start + size].decode("utf-8", "replace").splitlines()
    parameters = [tuple(line.split("=", 1)) for line in lines if "=" in line]
    parts = _subwords(data, sections, rows[count:], count) if b"SUBW" in sections else None
    return words, counts, rows[:count], parameters, parts


def _input_rows(data, sections, words):
    if b"SHAP" not in sections:
        return words
    start, size = sections[b"SHAP"]
    if size < _SHAPE.size or _SHAPE.unpack_from(data, start)[0] < words:
        raise MalformedError(f"byte {start}: the shape of the model is wrong")
    return _SHAPE.unpack_from(data, start)[0]


def _subwords(data, sections, parts, words):
    """parts: the rows after those of the words."""
    start, size = sections[b"SUBW"]
    if size < _TABLE.size:
        raise MalformedError(f"byte {start}: the table of subwords is too short")
    head, kind, minn, maxn, buckets, hashes, seed, used = _TABLE.unpack_from(data, start)
    own = words if kind == FASTTEXT else 0
    if size != head + 4 * used or len(parts) != own + used:
        raise MalformedError(f"byte {start}: the table of subwords has a wrong length")
    result = Subwords(kind, minn, maxn, buckets, hashes, seed)
    result.rows = parts[own:]
    result.row_of = {bucket: row for row, bucket in enumerate(np.frombuffer(data, "<u4", used, start + head).tolist())}
    return result


def _sections(data):
    """Where each section is: name to (first byte, bytes). Each has a checksum of its head, and one of its bytes."""
    sections, at, name = {}, _HEADER.size, b""
    while name != b"END ":
        if at + _SECTION.size + _CRC.size > len(data):
            raise MalformedError(f"byte {at}: the file ends before its last section")
        name, flags, size = _SECTION.unpack_from(data, at)
        if _CRC.unpack_from(data, at + _SECTION.size)[0] != zlib.crc32(data[at : at + _SECTION.size]):
            raise MalformedError(f"byte {at}: the checksum of a section's head is wrong: the file is damaged")
        at += _SECTION.size + _CRC.size
        if at + size + _CRC.size > len(data):
            raise MalformedError(f"byte {at}: the file ends within the section {name.decode('latin-1')}")
        if not flags & 1:  # bit 0: ancillary, not needed here
            if _CRC.unpack_from(data, at + size)[0] != zlib.crc32(data[at : at + size]):
                raise MalformedError(f"the checksum of the section {name.decode('latin-1')} is wrong: the file is "
                                     f"damaged")
            _add(sections, name, at, size)
        at += size + _CRC.size
    _check_end(data, at)
    return sections


def _sections_of_1(data):
    """The same of version 1, which has one checksum, of all bytes before it."""
    sections, at = {}, _HEADER.size
    while b"CRC3" not in sections:
        if at + _SECTION.size > len(data):
            raise MalformedError(f"byte {at}: the file ends before its last section")
        name, _, size = _SECTION.unpack_from(data, at)
        at += _SECTION.size
        if at + size > len(data):
            raise MalformedError(f"byte {at}: the file ends within the section {name.decode('latin-1')}")
        if name == b"CRC3" and (size != _CRC.size or
                                _CRC.unpack_from(data, at)[0] != zlib.crc32(memoryview(data)[:at])):
            raise MalformedError("the checksum is wrong: the file is damaged")
        _add(sections, name, at, size)
        at += size
    _check_end(data, at)
    return sections


def _add(sections, name, at, size):
    if name in sections:
        raise MalformedError(f"byte {at}: a second section {name.decode('latin-1')}")
    sections[name] = (at, size)


def _check_end(data, at):
    if at != len(data):
        raise MalformedError(f"byte {at}: more data after the last section")


def _section(sections, name):
    if name not in sections:
        raise MalformedError(f"the section {name.decode()} is missing")
    return sections[name]


def _words(data, at, size, count):
    words, counts, end = [], [], at + size
    while at < end and len(words) < count:
        if at + _WORD.size > end:
            break
        occurrences, length = _WORD.unpack_from(data, at)
        at += _WORD.size
        words.append(data[at : at + length])
        counts.append(occurrences)
        at += length
    if at != end or len(words) != count:
        raise MalformedError(f"byte {at}: the vocabulary does not have {count} words")
    return words, np.array(counts, np.uint64)
