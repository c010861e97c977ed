"""Reading C sources: which files there are, what they include, define and quote."""

import functools
import glob
import os
import re

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def files(folders, endings):
    """Paths below ROOT, such as src/base/memory.c."""
    found = []
    for folder in folders:
        for path in glob.glob(os.path.join(ROOT, folder, "**", "*"), recursive=True):
            if path.endswith(tuple(endings)) and os.path.isfile(path):
                found.append(os.path.relpath(path, ROOT))
    return sorted(found)


@functools.lru_cache(None)
def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


TOKEN = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)


@functools.lru_cache(None)
def code(text):
    """Without comments, and with empty strings; every line stays where it is."""
    def blank(match):
        token = match.group()
        if token[0] == "/":
            return "\n" * token.count("\n") or " "
        return token[0] * 2
    return TOKEN.sub(blank, text)


def strings(text):
    """The string literals, without those of #include."""
    text = re.sub(r"^\s*#\s*include.*$", "", text, flags=re.MULTILINE)
    return [token for token in TOKEN.findall(text) if token[0] == '"']


def includes(text):
    """The names in #include "..."."""
    without = TOKEN.sub(lambda match: match.group() if match.group()[0] == '"' else " ", text)
    return re.findall(r'^\s*#\s*include\s+"([^"]+)"', without, re.MULTILINE)


def system_includes(text):
    return re.findall(r"^\s*#\s*include\s+<([^>]+)>", text, re.MULTILINE)


def included_path(path, name):
    """The file that an #include of a file means: beside it, in src, or in include; None: not ours."""
    for folder in (os.path.dirname(path), "src", "include"):
        candidate = os.path.normpath(os.path.join(folder, name))
        if os.path.isfile(os.path.join(ROOT, candidate)):
            return candidate
    return None


def circle(edges):
    """A circle in a graph (name -> names), as a list of names that ends where it begins; None: there is none."""
    done = set()

    def walk(name, path):
        if name in path:
            return path[path.index(name):] + [name]
        if name in done:
            return None
        for other in edges.get(name, ()):
            found = walk(other, path + [name])
            if found:
                return found
        done.add(name)
        return None

    for start in sorted(edges):
        found = walk(start, [])
        if found:
            return found
    return None


def functions(text):
    """(name, first line, lines) of each function: it begins in column 0 and ends with a } in column 0."""
    lines = code(text).split("\n")
    found, start = [], None
    for number, line in enumerate(lines):
        if line.startswith("{") and number:
            start = number
            while start > 0 and re.match(r"[A-Za-z_ ]", lines[start - 1]) and not lines[start - 1].endswith(";"):
                start -= 1
        elif line.startswith("}") and start is not None:
            head = " ".join(lines[start:number]).split("{", 1)[0]
            name = re.search(r"(\w+)\s*\(", re.sub(r"__attribute__\s*\(\(.*?\)\)\s*", "", head))
            if name:
                found.append((name.group(1), start + 1, number - start + 1))
            start = None
    return found
