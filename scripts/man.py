#!/usr/bin/env python3
"""Writes a man page to standard output, from the help of the program itself: of the program, or of one command that is
in Python.

usage: scripts/man.py PROGRAM [COMMAND]       (make man calls it; PROGRAM may be a file of Python)"""

import re
import subprocess
import sys


def roff(text):
    """Text without the characters that roff would take for commands."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("`", "\\(ga")
    return "\\&" + text if text.startswith(".") else text


def paragraphs(text):
    """The lines of each paragraph; an empty line ends one."""
    return [part.split("\n") for part in re.split(r"\n\n+", text.strip("\n"))]


def first_column(line):
    """A line of a list, '  name   text': (name, text), where text may be missing; else None."""
    found = re.match(r"  (\S(?:.*?\S)?)(?:  +(\S.*))?$", line)
    return (found[1], found[2] or "") if found and not line.startswith("   ") else None


def entries(lines):
    """A list of names and texts, as .TP paragraphs; lines that are indented further continue a text."""
    made = []
    for line in lines:
        entry = first_column(line)
        if entry:
            made.append([entry[0], [entry[1]]])
        else:
            made[-1][1].append(line.strip())
    return "".join(".TP\n.B %s\n%s\n" % (roff(name), roff(" ".join(filter(None, text)))) for name, text in made)


def section(text):
    """One command's help, without its first two paragraphs (summary and usage)."""
    made = []
    for lines in paragraphs(text):
        heading = lines[0] if re.fullmatch(r"[A-Z].*:", lines[0]) else None
        rest = lines[1:] if heading else lines
        if heading:
            made.append(".SS %s\n" % roff(heading[:-1]))
        if rest and first_column(rest[0]):
            made.append(entries(rest))
        elif rest:
            made.append(".PP\n%s\n" % roff(" ".join(rest)))
    return "".join(made)


IN_PYTHON = ("align", "compass", "tune")


def begin(name, version, summary):
    return '.TH %s 1 "" "nce2vec %s" "User Commands"\n.SH NAME\n%s \\- %s\n' % (
        roff(name.upper()), version, roff(name), roff(summary))


def command_page(version, text):
    """The page of a command, from its help."""
    name, summary, usage, rest = re.match(r"nce2vec (\S+): (.*?)\n\nusage: (.*?)\n\n(.*)", text, re.DOTALL).groups()
    return (begin("nce2vec-" + name, version, summary) + ".SH SYNOPSIS\n.nf\n%s\n.fi\n" % roff(usage) +
            ".SH DESCRIPTION\nThe command is in the Python package.\n" + section(rest) +
            ".SH SEE ALSO\n.BR nce2vec (1)\n")


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit("usage: scripts/man.py PROGRAM [COMMAND]")
    program = [sys.executable] * sys.argv[1].endswith(".py") + [sys.argv[1]]

    def ask(*arguments):
        return subprocess.run([*program, *arguments], stdout=subprocess.PIPE, text=True, check=True).stdout

    overview = ask("help")
    version, summary = re.match(r"nce2vec (\S+): (.*)", overview).groups()
    if len(sys.argv) == 3:
        sys.stdout.write(command_page(version, ask("help", sys.argv[2])))
        return
    commands = re.findall(r"^  ([\w-]+) +(\S.*)$", overview.split("\n\n")[2], re.MULTILINE)
    page = [begin("nce2vec", version, summary),
            ".SH SYNOPSIS\n.B nce2vec\n.I COMMAND\n[options] ...\n",
            ".SH DESCRIPTION\nTrains word vectors on text, queries them, and writes them in many formats.\n",
            entries("  %s  %s" % pair for pair in commands)]
    for name, about in commands:
        if name == "help":
            continue
        usage, rest = re.match(r".*?\n\nusage: (.*?)\n\n(.*)", ask("help", name), re.DOTALL).groups()
        page.append(".SH %s\n%s.\n.PP\n.nf\n%s\n.fi\n%s" % (roff(name.upper()), roff(about[0].upper() + about[1:]),
                                                            roff(usage), section(rest)))
    page.append(".SH ENVIRONMENT\n" + entries([
        "  N2V_KERNELS  the instruction set where --kernels does not name one: scalar, avx2, avx512, avx512bf16",
        "  TMPDIR  the folder of temporary files"]))
    page.append(".SH EXIT STATUS\n" + entries([
        "  0  done", "  1  failed, or a query was not answered", "  2  refused before any work", "  130  interrupted"]))
    page.append(".SH SEE ALSO\nOf the Python package:\n" + ",\n".join(
        ".BR nce2vec\\-%s (1)" % command for command in IN_PYTHON) + "\n")
    sys.stdout.write("".join(page))


if __name__ == "__main__":
    main()
