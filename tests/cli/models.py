"""Reading whole models in plain Python, by their published layouts."""

import ast
import json
import struct
import zlib


def read_n2v(content):
    """The sections of a .n2v file: words, counts, parameters (pairs), and the tensors it has, as tuples of floats."""
    version, crc, words, dim = struct.unpack_from("<IIQQ", content, 8)
    assert content[:8] == b"\x89N2V\r\n\x1a\n" and version == 2
    assert crc == zlib.crc32(content[:12] + bytes(4) + content[16:32])
    model = {"dim": dim, "words": [], "counts": [], "ancillary": []}
    at, name = 32, b""
    while name != b"END ":
        name, flags, size, crc = struct.unpack_from("<4sIQI", content, at)
        assert crc == zlib.crc32(content[at:at + 16]) and flags in (0, 1)
        at += 20
        body = content[at:at + size]
        assert struct.unpack_from("<I", content, at + size) == (zlib.crc32(body),)
        at += size + 4
        if flags:
            model["ancillary"].append(name.decode())
        if name == b"VOCB":
            where = 0
            while where < size:
                count, length = struct.unpack_from("<QI", body, where)
                where += 12 + length
                model["words"].append(body[where - length:where].decode())
                model["counts"].append(count)
        elif name == b"PARM":
            model["parameters"] = [tuple(line.split("=", 1)) for line in body.decode().splitlines()]
        elif name == b"SHAP":
            model["shape"] = struct.unpack("<4Q", body)
        elif name in (b"INPT", b"OUTP", b"BIAS", b"SHRD"):
            tensor = {b"INPT": "input", b"OUTP": "output", b"BIAS": "output_bias", b"SHRD": "shared_bias"}[name]
            model[tensor] = struct.unpack("<%df" % (size // 4), body)
    assert len(model["words"]) == words and at == len(content)
    return model


def read_safetensors(content, kinds=("F32",)):
    """Tensors (shape, floats) by name, and the metadata; everything the layout promises is checked."""
    (length,) = struct.unpack_from("<Q", content)
    assert length % 8 == 0 and 8 + length <= len(content)
    names = []
    header = json.loads(content[8:8 + length].decode(),
                        object_pairs_hook=lambda pairs: names.append([k for k, _ in pairs]) or dict(pairs))
    assert content[8:9] == b"{" and all(len(set(keys)) == len(keys) for keys in names)
    metadata = header.pop("__metadata__", {})
    assert all(isinstance(text, str) for pair in metadata.items() for text in pair)
    data = content[8 + length:]
    tensors = {}
    end = 0
    for name, tensor in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
        assert sorted(tensor) == ["data_offsets", "dtype", "shape"] and tensor["dtype"] in kinds
        letter = {"F32": "f", "F16": "e", "I8": "b"}[tensor["dtype"]]
        begin, count = end, 1
        for size in tensor["shape"]:
            count *= size
        end = begin + count * struct.calcsize(letter)
        assert tensor["data_offsets"] == [begin, end]
        tensors[name] = (tuple(tensor["shape"]), struct.unpack("<%d%s" % (count, letter), data[begin:end]))
    assert end == len(data)
    return tensors, metadata


def read_fifu(content):
    """Words, columns, rows as one tuple of floats, the metadata; by finalfusion.github.io/spec, and as its programs
    do."""
    magic, version, count = struct.unpack_from("<4sII", content)
    assert (magic, version) == (b"FiFu", 0)
    kinds = struct.unpack_from("<%dI" % count, content, 12)
    at = 12 + 4 * count
    metadata, words, columns, rows = None, [], None, None
    for promised in kinds:
        kind, size = struct.unpack_from("<IQ", content, at)
        at += 12
        end = at + size
        assert kind == promised and end <= len(content)
        if kind == 5:
            metadata = content[at:end].decode()
        elif kind == 1:
            (amount,) = struct.unpack_from("<Q", content, at)
            at += 8
            for _ in range(amount):
                (length,) = struct.unpack_from("<I", content, at)
                words.append(content[at + 4:at + 4 + length].decode())
                at += 4 + length
            assert at == end
        elif kind == 2:
            amount, columns, letter = struct.unpack_from("<QII", content, at)
            at += 16
            assert (amount, letter) == (len(words), 10)
            assert -at % 4 == 4 - at % 4, "the specification and the programs would go on at different places"
            at += -at % 4
            rows = struct.unpack_from("<%df" % (amount * columns), content, at)
            assert at + 4 * amount * columns == end
        else:
            raise AssertionError("a chunk of the kind %d" % kind)
        at = end
    assert at == len(content)
    return words, columns, rows, metadata


def read_npy(content):
    """Shape and numbers, by numpy.lib.format."""
    assert content[:8] == b"\x93NUMPY\x01\x00"
    (length,) = struct.unpack_from("<H", content, 8)
    header = content[10:10 + length].decode("ascii")
    assert (10 + length) % 64 == 0 and header.endswith("\n")
    header = ast.literal_eval(header.strip())
    assert sorted(header) == ["descr", "fortran_order", "shape"] and header["fortran_order"] is False
    letter = {"<f4": "f", "<f2": "e", "|i1": "b"}[header["descr"]]
    rows, columns = header["shape"]
    return (rows, columns), struct.unpack("<%d%s" % (rows * columns, letter), content[10 + length:])
