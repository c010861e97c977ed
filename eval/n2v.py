"""Reads nce2vec's model file (.n2v). Its layout is at the top of src/model/formats/n2v.c."""

import struct
import zlib

import numpy as np

MAGIC = b"\x89N2V\r\n\x1a\n"
_HEADER = struct.Struct("<8sIIQQ")
_SECTION = struct.Struct("<4sIQ")
_WORD = struct.Struct("<QI")


class MalformedError(Exception):
    """A sentence without the name of the file: where, what is wrong."""


def read(data):
    """(words as bytes, their counts, input rows, parameters of the training as (name, value) pairs)."""
    if len(data) < _HEADER.size:
        raise MalformedError("the file ends within its header")
    _, version, zero, count, dim = _HEADER.unpack_from(data)
    if version != 1 or zero:
        raise MalformedError(f"unknown version {version} of the format. A newer nce2vec may have written the file")
    sections, at = {}, _HEADER.size
    while b"CRC3" not in sections:
        if at + _SECTION.size > len(data):
            raise MalformedError(f"byte {at}: the file ends before its last section")
        name, _, size = _SECTION.unpack_from(data, at)
        at += _SECTION.size
        if at + size > len(data):
            raise MalformedError(f"byte {at}: the file ends within the section {name.decode('latin-1')}")
        if name == b"CRC3" and (size != 4 or struct.unpack_from("<I", data, at)[0] != _crc(data, at)):
            raise MalformedError("the checksum is wrong: the file is damaged")
        if name in sections:
            raise MalformedError(f"byte {at}: a second section {name.decode('latin-1')}")
        sections[name] = (at, size)
        at += size
    if at != len(data):
        raise MalformedError(f"byte {at}: more data after the last section")
    words, counts = _words(data, *_section(sections, b"VOCB"), count)
    start, size = _section(sections, b"INPT")
    if not count or not dim or size != 4 * count * dim:
        raise MalformedError(f"byte {start}: expected {count} rows of {dim} numbers, found {size} bytes")
    rows = np.frombuffer(data, "<f4", count * dim, start).reshape(count, dim)
    start, size = sections.get(b"PARM", (0, 0))
    lines = data[start : start + size].decode("utf-8", "replace").splitlines()
    return words, counts, rows, [tuple(line.split("=", 1)) for line in lines if "=" in line]


def _crc(data, section):
    """Of all bytes before the checksum: also of the head of its section."""
    return zlib.crc32(memoryview(data)[:section])


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
