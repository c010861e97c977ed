"""The page: a template, its style and scripts, D3 and the data, in one file that needs no network."""

import json
import os
import re
import string

from common import DataError, plain

_TEMPLATE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "template")
SCRIPTS = ("base.js", "curves.js", "scores.js", "shapes.js", "map.js", "change.js", "main.js")
# Of Debian's node-d3 and of npm.
D3_PLACES = ("/usr/share/nodejs/d3/dist/d3.min.js", "/usr/lib/node_modules/d3/dist/d3.min.js",
             "/usr/local/lib/node_modules/d3/dist/d3.min.js")
MIN_D3 = 5


def find_d3(chosen=None):
    """The text of D3, minified, of version 5 or later."""
    places = [chosen] if chosen else [path for path in D3_PLACES if os.path.exists(path)]
    if not places:
        raise DataError("D3, which draws the charts, is missing. On Debian: apt-get install node-d3. Elsewhere: name a "
                        f"d3.min.js of version {MIN_D3} or later with --d3")
    text = _read(places[0])
    version = re.match(r"// https://d3js\.org v(\d+)\.", text)
    if not version or int(version[1]) < MIN_D3:
        raise DataError(f"{places[0]}: not a d3.min.js of version {MIN_D3} or later")
    return text


def render(data, d3):
    """The page as text."""
    template = string.Template(_read(os.path.join(_TEMPLATE, "page.html")))
    return template.substitute(
        title=_escape(" · ".join(run["name"] for run in data["runs"])),
        style=_read(os.path.join(_TEMPLATE, "page.css")),
        data=_embed(json.dumps(plain(data), ensure_ascii=False, allow_nan=False, separators=(",", ":"))),
        d3=_script(d3),
        script=_script("\n".join(_read(os.path.join(_TEMPLATE, name)) for name in SCRIPTS)),
    )


def write(path, text):
    """The file gets its name when it is complete."""
    partial = f"{path}.{os.getpid()}.tmp"
    try:
        with open(partial, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(partial, path)
    except OSError as error:
        if os.path.exists(partial):
            os.unlink(partial)
        raise DataError(f"cannot write {path}: {error.strerror or error}") from None


def _read(path):
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except OSError as error:
        raise DataError(f"{path}: {error.strerror or error}") from None


def _escape(text):
    return text.replace("&", "&amp;").replace("<", "&lt;")


def _embed(text):
    """JSON that cannot end the script element around it: words may contain any characters."""
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _script(text):
    return re.sub(r"</(script)", r"<\\/\1", text, flags=re.IGNORECASE)
