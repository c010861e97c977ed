"""What checkpoints cost a training."""

import os
import statistics

import lab

WORDS, QUICK_WORDS = 2_000_000, 200_000
OPTIONS = ["--dim", "300", "--epochs", "5", "--min-count", "1", "--threads", str(lab.CORES)]
WAYS = {
    "without": [],
    "--checkpoint": ["--checkpoint"],
    "--checkpoint, --checkpoint-every 0.05": ["--checkpoint", "--checkpoint-every", "0.05"],
}


def checkpoints():
    text = lab.Text(QUICK_WORDS if lab.quick() else WORDS)
    file = os.path.join(lab.FOLDER, "checkpoint.n2v")
    seconds, processor = {way: [] for way in WAYS}, {way: [] for way in WAYS}
    for _ in range(lab.rounds()):
        for way, options in WAYS.items():
            options = options[:1] + [file] + options[1:] if options else []
            run = lab.run([lab.PROGRAM, "train", text.plain, "-o", os.path.join(lab.FOLDER, "vectors.bin"), *OPTIONS,
                           *options])
            seconds[way].append(run.seconds)
            processor[way].append(run.cpu)
    without = statistics.median(processor["without"])
    size = os.path.getsize(file)
    os.remove(file)
    rows = [[way, lab.spread(seconds[way]), lab.spread(processor[way]),
             "%+.2f" % (statistics.median(processor[way]) - without)] for way in WAYS]
    print("The whole run on %s, %s. A checkpoint has %d MB; the first kind saves at the end alone, which its training "
          "reaches before 10 minutes are over, the second also every 3 seconds. Medians of %d, in turn. What one save "
          "takes by the clock: `save`.\n" % (text.described(), " ".join(OPTIONS), size / 1e6, lab.rounds()))
    print(lab.table(["", "seconds", "of the processor", "more"], rows))
