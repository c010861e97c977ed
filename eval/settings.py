"""Several runs of one setting: A1 A2 A3 : B1 B2 B3 on the command line."""

import os

HELP = """several runs of one setting:
  FILES : FILES     A colon, with spaces around it, separates settings. The files between two colons are runs
                    of one setting with different seeds: nce-*.bin : sgns-*.bin
                    Each setting is one row: mean and standard deviation over its runs. A colon at the end is
                    for one setting alone: nce-*.bin :
                    Without a colon every file is a setting of its own."""


def split(arguments):
    """(paths, groups) of command-line arguments: groups has (name, places in paths) of each setting."""
    if ":" not in arguments:
        return arguments, alone(arguments)
    paths, parts = [], [[]]
    for argument in arguments:
        if argument == ":":
            parts.append([])
        else:
            parts[-1].append(len(paths))
            paths.append(argument)
    if not parts[-1]:
        parts.pop()  # a colon at the end
    if not all(parts):
        raise ValueError("no files before a ':' (it separates settings: A1 A2 : B1 B2)")
    return paths, _names_apart([(name([paths[at] for at in part]), part) for part in parts])


def alone(paths):
    """Every path as a setting of its own."""
    return [(path, [at]) for at, path in enumerate(paths)]


def name(paths):
    """What the paths have in common, with the rest in braces: run-{1,2,3}.bin"""
    if len(paths) == 1:
        return paths[0]
    start = os.path.commonprefix(paths)
    ends = [path[len(start):] for path in paths]
    end = os.path.commonprefix([part[::-1] for part in ends])[::-1]
    middles = [part[: len(part) - len(end)] for part in ends]
    return f"{start}{{{','.join(middles)}}}{end}"


def _names_apart(groups):
    names = [one for one, _ in groups]
    if len(set(names)) == len(names):
        return groups
    return [(f"{number}: {one}", part) for number, (one, part) in enumerate(groups, 1)]
