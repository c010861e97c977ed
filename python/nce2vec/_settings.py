"""Keyword arguments from the library's table of settings."""

import inspect
import textwrap
from ctypes import c_void_p

from . import _native as native
from ._native import library


def describe(purpose):
    """All settings of a purpose, in the table's order."""
    found = []
    for index in range(library.setting_count(purpose)):
        info = native.SettingInfo()
        library.setting_describe(purpose, index, info)
        found.append(info)
    return found


def keyword(name):
    """A setting's name as a keyword argument."""
    return name.replace("-", "_")


def text_of(value):
    """A keyword argument's value as the library reads it."""
    if isinstance(value, bool) or type(value).__name__ in ("bool_", "bool"):  # also NumPy's
        return "1" if value else "0"
    if isinstance(value, float):
        return repr(value)
    return str(value)


# Names of gensim and fastText that people type, and what they are here.
_ELSEWHERE = {"vector_size": "dim", "workers": "threads", "thread": "threads", "epoch": "epochs", "ws": "window",
              "negative": "noise", "neg": "noise", "ns_exponent": "noise_power", "sample": "subsample",
              "alpha": "lr", "min_alpha": "end_lr", "max_final_vocab": "max_vocab", "minCount": "min_count",
              "sg": "model='cbow' for sg=0", "hs": "objective='hs'", "loss": "objective", "bucket": "buckets",
              "min_n": "minn", "max_n": "maxn"}


def _unknown(name, purpose, error):
    """A TypeError with the keyword argument that was meant."""
    _, _, hint = str(error).partition("; ")
    if purpose == native.FOR_TRAINING and name in _ELSEWHERE:
        hint = f"here it is {_ELSEWHERE[name]}"
    elif purpose == native.FOR_TRAINING and hint.startswith("there are"):
        hint = "help(nce2vec.train) lists the settings"
    return TypeError(f"unexpected keyword argument '{name}'; {keyword(hint)}")


class Settings(native.Handle):
    """The settings of one purpose."""

    def __init__(self, purpose, values=(), objectives=None):
        super().__init__(library.settings_create, library.settings_destroy, purpose, objectives, keep=(objectives,))
        self.purpose = purpose
        for name, value in dict(values).items():
            self.set(name, value)

    def set(self, name, value):
        """Sets one; None: its default."""
        text = None if value is None else text_of(value).encode("utf-8")
        try:
            library.settings_set(self, name.encode("utf-8"), text)
        except native.ArgumentError as error:
            if str(error).startswith("unknown setting"):
                raise _unknown(name, self.purpose, error) from None
            raise

    def get(self, name):
        """Its value as text; None: it has none."""
        value = library.settings_get(self, name.encode("utf-8"))
        return None if value is None else value.decode("utf-8")

    def as_dict(self):
        """All values as text, by keyword; without those that have none."""
        values = {keyword(info.name.decode()): self.get(info.name.decode()) for info in describe(self.purpose)}
        return {name: value for name, value in values.items() if value is not None}

    def check(self):
        """Raises ArgumentError where settings contradict each other."""
        library.settings_check(self)


def settings_or_none(purpose, values):
    """Settings where any value is given."""
    return Settings(purpose, values) if values else c_void_p()


def documentation(purpose, indent="    "):
    """A line or more for each setting."""
    lines = []
    for info in describe(purpose):
        default = info.default_text or info.default_note
        note = f" [{default.decode()}]" if default else ""
        choices = ""
        if info.type == native.CHOICE:
            choices = f" ({info.range.decode()})"
        text = f"{keyword(info.name.decode())}: {info.help.decode()}{choices}{note}"
        lines.append(textwrap.fill(text, 112, initial_indent=indent, subsequent_indent=indent + "    "))
    return "\n".join(lines)


_PATH = "str | os.PathLike[str]"


def _number_or_name(text):
    return int(text) if text.isdigit() else text


_READS = {native.FLAG: lambda text: text == "1", native.INTEGER: int, native.REAL: float, native.TEXT: str,
          native.CHOICE: _number_or_name}


def _type(info):
    """The type of a setting's values as an annotation; those without a fixed default may be None."""
    if info.type == native.CHOICE:
        names = [info.choices[0]]
        while names[-1] is not None:
            names.append(info.choices[len(names)])
        return "Literal[" + ", ".join(repr(_number_or_name(name.decode())) for name in names[:-1]) + "]"
    if info.type == native.TEXT:
        parts = info.value.decode().split("|")
        return ("float | " if "SHARE" in parts else "") + (_PATH if "FILE" in parts else "str")
    words = [part for part in info.value.decode().split("|") if part.islower()]  # N|all
    kind = {native.FLAG: "bool", native.INTEGER: "int", native.REAL: "float"}[info.type]
    return " | ".join([kind, *(f"Literal[{word!r}]" for word in words)])


def parameters(purpose):
    """The settings as keyword-only parameters, with types and defaults."""
    found = []
    for info in describe(purpose):
        default = None if info.default_text is None else _READS[info.type](info.default_text.decode())
        kind = _type(info) + ("" if default is not None else " | None")
        found.append(inspect.Parameter(keyword(info.name.decode()), inspect.Parameter.KEYWORD_ONLY, default=default,
                                       annotation=kind))
    return found


def takes_settings(purpose):
    """Shows the settings in place of **settings to help(), editors and notebooks."""
    def decorate(function):
        signature = inspect.signature(function)
        own = [parameter for parameter in signature.parameters.values() if parameter.kind != parameter.VAR_KEYWORD]
        function.__signature__ = signature.replace(parameters=own + parameters(purpose))
        return function
    return decorate
