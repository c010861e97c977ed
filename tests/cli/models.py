"""Reading whole models in plain Python, by their published layouts."""

import json
import struct


def read_n2v(content):
    """The sections of a .n2v file: words, counts, parameters (pairs), and the tensors it has, as tuples of floats."""
    version, zero, words, dim = struct.unpack_from("<IIQQ", content, 8)
    assert content[:8] == b"\x89N2V\r\n\x1a\n" and (version, zero) == (1, 0)
    model = {"dim": dim, "words": [], "counts": []}
    at = 32
    while at < len(content):
        name, zero, size = struct.unpack_from("<4sIQ", content, at)
        at += 16
        body = content[at:at + size]
        at += size
        if name == b"VOCB":
            where = 0
            while where < size:
                count, length = struct.unpack_from("<QI", body, where)
                where += 12 + length
                model["words"].append(body[where - length:where].decode())
                model["counts"].append(count)
        elif name == b"PARM":
            model["parameters"] = [tuple(line.split("=", 1)) for line in body.decode().splitlines()]
        elif name in (b"INPT", b"OUTP", b"BIAS"):
            tensor = {b"INPT": "input", b"OUTP": "output", b"BIAS": "output_bias"}[name]
            model[tensor] = struct.unpack("<%df" % (size // 4), body)
    assert len(model["words"]) == words
    return model


def read_safetensors(content):
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
        assert sorted(tensor) == ["data_offsets", "dtype", "shape"] and tensor["dtype"] == "F32"
        begin, count = end, 1
        for size in tensor["shape"]:
            count *= size
        end = begin + 4 * count
        assert tensor["data_offsets"] == [begin, end]
        tensors[name] = (tuple(tensor["shape"]), struct.unpack("<%df" % count, data[begin:end]))
    assert end == len(data)
    return tensors, metadata
