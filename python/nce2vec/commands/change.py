"""What align and compass print: the words that changed most and least, and their neighbours then and now."""

import json

from ..semantic_change import FREQUENT
from .options import whole_number


def add_options(parser):
    parser.option("--top", metavar="N", type=whole_number(1), default=10,
                  help="list the N words that changed most, and the N most stable ones [10]")
    parser.option("--frequent", metavar="N", type=whole_number(0), default=FREQUENT,
                  help="list words that are among the first N of both files, which are the most frequent ones; rare "
                       f"words seem to change by chance; 0: all [{FREQUENT}]")
    parser.option("--min-frequency", metavar="N", type=whole_number(0), default=0,
                  help="list words that occur at least N times in both texts [0]")
    parser.option("--neighbors", metavar="N", type=whole_number(1), default=5,
                  help="print N neighbors of each word, then and now [5]")
    parser.option("--scores", metavar="FILE",
                  help="write the change of all words: a word, its cosine distance and both counts a line, with tabs "
                       "between them")
    parser.option("--json", action="store_true", help="print one JSON object")


def lists(change, options):
    """The lists as values for JSON."""
    which = {"frequent": options.frequent or None, "min_count": options.min_frequency}

    def entry(found):
        then, now = change.neighbors(found.word, options.neighbors)
        return {"word": found.word, "change": round(found.distance, 6),
                "counts": [found.count_before, found.count_after],
                "then": [word for word, _ in then], "now": [word for word, _ in now]}
    return {"words": len(change), "considered": change.considered(**which),
            "changed": [entry(found) for found in change.most_changed(options.top, **which)],
            "stable": [entry(found) for found in change.most_stable(options.top, **which)]}


def print_lists(found):
    if not found["considered"]:
        print("No word is frequent enough to be listed: lower --frequent or --min-frequency.")
        return
    for name, title in (("changed", "The words that changed most"), ("stable", "The most stable words")):
        print(f"\n{title}, of {found['considered']:,} frequent ones:\n\n  change  word")
        for entry in found[name]:
            counts = f"  ({entry['counts'][0]:,} and {entry['counts'][1]:,} times)" if any(entry["counts"]) else ""
            print(f"  {entry['change']:6.3f}  {entry['word']}{counts}\n          then: {', '.join(entry['then'])}\n"
                  f"          now:  {', '.join(entry['now'])}")


def write_scores(path, change):
    with open(path, "w", encoding="utf-8") as file:
        for found in sorted(change.all(), key=lambda one: -one.distance):
            file.write(f"{found.word}\t{found.distance:.6f}\t{found.count_before}\t{found.count_after}\n")


def print_json(value):
    print(json.dumps(value, ensure_ascii=False, indent=1))


def report(change, options, facts, heading):
    """Writes --scores, and prints the lists: as JSON with the facts before them, or below the heading (None: none)."""
    if options.scores:
        write_scores(options.scores, change)
    listed = lists(change, options)
    if options.json:
        print_json({**facts, **listed})
        return
    if heading:
        print(heading)
    print_lists(listed)
