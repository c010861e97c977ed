#!/usr/bin/env python3
"""Writes the stubs of the Python package: its signatures, with the settings as typed keyword arguments.

usage: scripts/python_stubs.py [FOLDER]       (make stubs calls it; the library is the one that NCE2VEC_LIBRARY names)

Editors and type checkers read them in place of the modules in HEADERS, where the settings are **settings."""

import inspect
import sys
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1] / "python" / "nce2vec"
sys.path.insert(0, str(PACKAGE.parent))

from nce2vec import slices, training, vectors
from nce2vec.tuning import halving

WIDTH = 120
HEADERS = {
    training: '''
import os
from dataclasses import dataclass
from typing import Any, Callable, Iterable, Literal, Sequence

import numpy as np

from .corpus import Corpus, Source
from .objectives import ObjectiveSet
from .vectors import Vectors
''',
    slices: '''
import os
from dataclasses import dataclass
from typing import Any, Callable, Literal, Mapping

from .corpus import Source
from .semantic_change import Change
from .vectors import Vectors

NOT_HERE: tuple[str, ...]
''',
    halving: '''
import os
from dataclasses import dataclass
from typing import Any, Callable, Iterable, Literal, Mapping

from ..corpus import Source
from ..vectors import Vectors
''',
    vectors: '''
import os
from collections.abc import Mapping
from typing import Any, Iterable, Iterator, Literal, Sequence, Union

import numpy as np

from .corpus import Source

Path = Union[str, "os.PathLike[str]"]
Item = Union[str, np.ndarray]
Items = Union[Item, Sequence[Item]]
'''}
BASES = {"Vectors": "(Mapping[str, np.ndarray])"}
SPECIAL = {"__init__", "__len__", "__iter__", "__contains__", "__getitem__"}


def parameter_text(parameter):
    text = parameter.name
    if parameter.annotation is not parameter.empty:
        text += f": {parameter.annotation}"
    if parameter.default is not parameter.empty:
        text += f" = {parameter.default!r}" if ":" in text else f"={parameter.default!r}"
    return text


def parameter_list(signature):
    """The parameters as texts, with the star before those that are keyword-only."""
    texts, starred = [], False
    for parameter in signature.parameters.values():
        if parameter.kind == parameter.KEYWORD_ONLY and not starred:
            texts.append("*")
            starred = True
        texts.append(parameter_text(parameter))
    return texts


def documentation(owner, indent):
    lines = inspect.cleandoc(owner.__doc__).splitlines() if owner.__doc__ else []
    if not lines:
        return []
    quoted = f'{indent}"""' + ("\n" + indent).join(lines)
    quoted += f'\n{indent}"""' if len(lines) > 1 else '"""'
    return [line.rstrip() for line in quoted.split("\n")]


def short(line):
    """A line whose type has many choices, in two."""
    if len(line) < WIDTH:
        return [line]
    at = line.rindex(", ", 0, WIDTH - 1) + 1
    return [line[:at], " " * (len(line) - len(line.lstrip()) + 4) + line[at:].lstrip()]


def function_lines(name, function, indent="", document=True):
    signature = inspect.signature(function)
    parts = parameter_list(signature)
    end = f") -> {signature.return_annotation}:" if signature.return_annotation is not signature.empty else "):"
    head = f"{indent}def {name}("
    whole = head + ", ".join(parts) + end
    if len(whole) < WIDTH:
        lines = [whole]
    else:
        lines, line = [], head
        for i, part in enumerate(parts):
            piece = part + (", " if i + 1 < len(parts) else end)
            if len(line) + len(piece) > WIDTH:
                lines.append(line.rstrip())
                line = " " * len(head)
            line += piece
        lines.append(line)
        lines = [broken for line in lines for broken in short(line)]
    return lines + (documentation(function, indent + "    ") if document else []) + [indent + "    ..."]


def class_lines(made):
    lines = [f"class {made.__name__}{BASES.get(made.__name__, '')}:"] + documentation(made, "    ")
    fields = getattr(made, "__dataclass_fields__", None)
    if fields:
        frozen = "(frozen=True)" if made.__dataclass_params__.frozen else ""
        lines.insert(0, f"@dataclass{frozen}")
        lines += [f"    {field.name}: {field.type}" + (" = ..." if field.default_factory is not field.default else "")
                  for field in fields.values()]
    for name, member in vars(made).items():
        if name.startswith("_") and name not in SPECIAL:
            continue
        if isinstance(member, property):
            lines += ["", "    @property"] + function_lines(name, member.fget, "    ")
        elif isinstance(member, classmethod):
            lines += ["", "    @classmethod"] + function_lines(name, member.__func__, "    ")
        elif inspect.isfunction(member):
            if name == "__init__" and (fields or made is vectors.Vectors):
                continue  # made of the fields; for the package alone
            lines += [""] + function_lines(name, member, "    ")
    return lines


def stub(module):
    lines = ["# Written by scripts/python_stubs.py (make stubs)."] + HEADERS[module].strip("\n").split("\n")
    for name, member in vars(module).items():
        if name.startswith("_") or getattr(member, "__module__", None) != module.__name__:
            continue
        if inspect.isclass(member):
            lines += ["", ""] + class_lines(member)
        elif inspect.isfunction(member):
            lines += ["", ""] + function_lines(name, member)
    return "\n".join(lines) + "\n"


def main(folder):
    for module in HEADERS:
        path = Path(folder, *module.__name__.split(".")[1:]).with_suffix(".pyi")
        path.parent.mkdir(exist_ok=True)
        path.write_text(stub(module), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else PACKAGE)
