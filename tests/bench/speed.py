"""Time beside the time of others, in turn: the first pass, training, the whole run."""

import os
import statistics

import lab
import peers

PART_WORDS, QUICK_WORDS = 5_000_000, 500_000  # for what peers take minutes for
OUR_SECONDS = 4  # of training at least, so that a fast program's difference is more than noise


def part():
    return lab.Text(QUICK_WORDS if lab.quick() else PART_WORDS)


def first_pass():
    """Inflating, tokenizing, counting and encoding, beside inflating alone."""
    text = lab.Text()
    output = os.path.join(lab.FOLDER, "first-pass")
    commands = {"gzip -dc": ["gzip", "-dc", text.gz]}
    for tokenizer in ("space", "words"):
        commands["nce2vec vocab, " + tokenizer] = [lab.PROGRAM, "vocab", "--tokenizer", tokenizer, text.gz, "-o",
                                                   output + ".tsv"]
        commands["train's first line, " + tokenizer] = [lab.PROGRAM, "train", "--tokenizer", tokenizer, text.gz, "-o",
                                                        output + ".bin", "--dim", "1", "--epochs", "1", "--window",
                                                        "1", "--noise", "1", "--objective", "sgns"]
    seconds = {name: [] for name in commands}
    for _ in range(3 * lab.rounds()):
        for name, command in commands.items():
            run = lab.run(command)
            # train's first line: its own clock, until the ids are there
            seconds[name].append(run.printed("read")[1] if name.startswith("train") else run.seconds)
    inflating = statistics.median(seconds["gzip -dc"])
    rows = [[name, lab.spread(values, "%.3f"), "%.2f" % (statistics.median(values) / inflating),
             lab.rate(text.words / statistics.median(values))] for name, values in seconds.items()]
    print("Seconds for %s, %s bytes inflated; vocab also writes the vocabulary.\n" % (text.described(),
                                                                                  lab.count(text.bytes)))
    print(lab.table(["", "seconds", "times gzip", "words/s"], rows))


def training_seconds(program, text, dim, threads, epochs):
    """Of so many epochs, by the wall's clock and the processor's: a run less one with as few epochs as can be."""
    fewest = program.min_epochs
    file = text.gz if program.reads_gzip else text.plain
    short = program.train(file, dim, fewest, threads)
    long = program.train(file, dim, fewest + epochs, threads)
    return long.seconds - short.seconds, long.cpu - short.cpu


def enough_epochs(program, text, dim, threads):
    """Epochs that take a fast program about OUR_SECONDS."""
    once = max(training_seconds(program, text, dim, threads, 1)[0], 0.01)
    return max(1, round(OUR_SECONDS / once))


def training():
    """Words a second while training: the difference of two numbers of epochs, divided by their time."""
    text = part()
    programs = peers.ours() + peers.installed()
    peer = next((p for p in programs if not p.reads_gzip), None)
    rows, single = [], {}
    for dim in (100, 300):
        for threads in sorted({1, lab.CORES}):
            epochs = {p: enough_epochs(p, text, dim, threads) if p.reads_gzip else 1 for p in programs}
            wall, processor = {p: [] for p in programs}, {p: [] for p in programs}
            for _ in range(lab.rounds()):
                for p in programs:
                    seconds, cpu = training_seconds(p, text, dim, threads, epochs[p])
                    wall[p].append(epochs[p] * text.words / seconds / 1e3)
                    processor[p].append(epochs[p] * text.words / cpu / 1e3)
            for p in programs:
                middle, by_cpu = statistics.median(wall[p]), statistics.median(processor[p])
                single.setdefault((p, dim), middle)
                rows.append([dim, threads, p.name, lab.spread(wall[p], "%.0f"), "%.0f" % by_cpu,
                             "%.1f" % (middle / statistics.median(wall[peer])) if peer else "",
                             "%.1f" % (by_cpu / statistics.median(processor[peer])) if peer else "",
                             "%.2f" % (middle / single[p, dim])])
    print("Thousands of words a second, %s, window 5, subsampling 1e-4, %d noise words where not the default. Pure "
          "training: the time of a run less that of one with fewer epochs; per second of a processor: the same by the "
          "time that the cores worked, which other programs on the machine change less. Medians of %d, in turn.\n" % (
              text.described(), peers.NOISE, lab.rounds()))
    name = peer.name if peer else "?"
    print(lab.table(["dim", "threads", "", "k words/s", "per second of a processor", "times " + name,
                     "by the processor's", "times 1 thread"], rows))


def whole():
    """From gzipped text to vectors on disk: 5 epochs, 100 dimensions, all cores."""
    text = part()
    programs = peers.ours()[:2] + peers.installed()
    seconds = {p: [] for p in programs}
    for _ in range(lab.rounds()):
        for p in programs:
            inflating = 0
            if not p.reads_gzip:
                inflating = lab.run(["sh", "-c", 'gzip -dc "$0" > "$1"', text.gz, text.plain]).seconds
            seconds[p].append(inflating + p.train(text.gz if p.reads_gzip else text.plain, 100, 5, lab.CORES).seconds)
    first = next((p for p in programs if not p.reads_gzip), None)
    rows = [[p.name, lab.spread(seconds[p], "%.1f"),
             "%.1f" % (statistics.median(seconds[first]) / statistics.median(seconds[p])) if first else ""]
            for p in programs]
    print("Gzipped text to vectors in word2vec's text format, %s, 5 epochs, 100 dimensions, %d threads; inflating "
          "first where a program does not.\n" % (text.described(), lab.CORES))
    print(lab.table(["", "seconds", "faster than " + (first.name if first else "?")], rows))
