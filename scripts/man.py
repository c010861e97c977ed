#!/usr/bin/env python3
"""Writes nce2vec's man page to standard output, from the help of the program itself.

usage: scripts/man.py PROGRAM       (make man calls it)"""

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


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: scripts/man.py PROGRAM")

    def ask(*arguments):
        return subprocess.run([sys.argv[1], *arguments], stdout=subprocess.PIPE, text=True, check=True).stdout

    overview = ask("help")
    version, summary = re.match(r"nce2vec (\S+): (.*)", overview).groups()
    commands = re.findall(r"^  ([\w-]+) +(\S.*)$", overview.split("\n\n")[2], re.MULTILINE)
    page = ['.TH NCE2VEC 1 "" "nce2vec %s" "User Commands"\n' % version,
            ".SH NAME\nnce2vec \\- %s\n" % roff(summary),
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
    sys.stdout.write("".join(page))


if __name__ == "__main__":
    main()
