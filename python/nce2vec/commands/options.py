"""Options of the commands, with the help and the messages of the C program."""

import argparse
import difflib
import textwrap

from .. import _native as native
from .._settings import describe, keyword

_WIDTH, _INDENT = 80, 26


class _Formatter(argparse.RawDescriptionHelpFormatter):
    def __init__(self, prog):
        super().__init__(prog, max_help_position=_INDENT, width=_WIDTH)

    def _format_action_invocation(self, action):
        """-o, --output FILE"""
        value = f" {action.metavar}" if action.nargs != 0 else ""
        return ", ".join(action.option_strings) + value


class Parser(argparse.ArgumentParser):
    """Of a command: a module with SUMMARY, USAGE, ABOUT and add_options(parser)."""

    def __init__(self, name, command):
        super().__init__(prog=f"nce2vec {name}", add_help=False, allow_abbrev=False, formatter_class=_Formatter)
        self._name, self._command = name, command
        self.own = self.add_argument_group("Options")
        self._settings = {}  # dest: (purpose, keyword)
        command.add_options(self)
        self.own.add_argument("-h", "--help", action="store_true", help="print this help")

    def option(self, *names, **how):
        self.own.add_argument(*names, **how)

    def add_settings(self, purpose, without=()):
        """The library's settings of a purpose as options, which its own help explains."""
        for info in describe(purpose):
            name = info.name.decode()
            if name in without or f"--{name}" in self._option_string_actions:
                continue
            aliases = (info.aliases or b"").decode().split()
            names = [f"--{name}"] + [("-" if len(alias) == 1 else "--") + alias for alias in aliases]
            names = [one for one in names if one not in self._option_string_actions]
            dest = f"{purpose}:{keyword(name)}"
            self._settings[dest] = (purpose, keyword(name))
            flag = {"action": "store_const", "const": True} if info.type == native.FLAG else {}
            self.add_argument(*names, dest=dest, help=argparse.SUPPRESS, default=None, **flag)

    def parse(self, arguments):
        """The options; settings is a dictionary of purposes, of the settings that were given."""
        if {"-h", "--help", "-help"} & set(arguments):
            self.print_help()
            self.exit()
        options, rest = self.parse_known_args(arguments)
        if rest:
            self._refuse(rest[0])
        options.settings = {purpose: {} for purpose, _ in self._settings.values()}
        for dest, (purpose, name) in self._settings.items():
            value = getattr(options, dest)
            if value is not None:
                options.settings[purpose][name] = value
        return options

    def _refuse(self, given):
        """Of what is neither an option nor an operand, with the nearest option."""
        name = given.partition("=")[0]
        if not name.startswith("-"):
            self.error(f"unexpected argument '{given}'")
        near = difflib.get_close_matches(name, self._option_string_actions, 1)
        raise native.ArgumentError(f"{name} is not an option of {self._name}; " + (
            f"did you mean {near[0]}?" if near else f"'nce2vec help {self._name}' lists them"))

    def error(self, message):
        raise native.ArgumentError(f"{message}; 'nce2vec help {self._name}' lists the options")

    def format_help(self):
        command = self._command
        formatter = self._get_formatter()
        formatter.start_section("Options")
        formatter.add_arguments(action for action in self.own._group_actions if action.help != argparse.SUPPRESS)
        formatter.end_section()
        about = "\n\n".join(textwrap.fill(" ".join(part.split()), _WIDTH) for part in command.ABOUT.split("\n\n"))
        return (f"nce2vec {self._name}: {command.SUMMARY}\n\nusage: nce2vec {self._name} {command.USAGE}\n\n"
                f"{about}\n\n{formatter.format_help()}\nDefaults are in brackets. Values may follow as --name VALUE "
                "or --name=VALUE.\n")


def whole_number(low):
    """An argparse type: a whole number from low on."""
    def convert(text):
        if not text.isdigit() or int(text) < low:
            raise argparse.ArgumentTypeError(f"'{text}' is not a whole number of {low} or more")
        return int(text)
    return convert
