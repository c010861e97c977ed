"""Whether any objective ends non-finite: at its defaults, at four times its learning rate, with 30 epochs, and with
its parameters at their bounds."""

import os
import re
import subprocess

import lab

LARGEST_VOCABULARY = 200  # of an objective that sums over all words
BOUNDS_WORDS, QUICK_WORDS = 1_000_000, 60_000
COLUMNS = ["objective", "lr", "run", "ended", "loss of the last epoch", "steps clipped", "seconds"]


def objectives():
    """Names, default learning rates and parameters as (name, min, max), as the program prints them."""
    printed = subprocess.run([lab.PROGRAM, "objectives"], stdout=subprocess.PIPE, text=True, check=True).stdout
    for part in printed.split("\n\n"):
        text = " ".join(part.split())
        options = text.partition(" options ")[2]
        yield (text.split(":")[0], re.search(r"--lr ([\d.e-]+)", text)[1],
               re.findall(r"(\w+)=[\d.e-]+: .*?\((?:an integer, )?([\d.e-]+) to ([\d.e-]+)\)", options))


def bounds(parameters):
    """Each parameter at both its bounds, the others at their defaults; then all at once."""
    single = ["%s=%s" % (name, bound) for name, *ends in parameters for bound in ends]
    together = [",".join("%s=%s" % (name, ends[i]) for name, *ends in parameters) for i in range(2)]
    return single + (together if len(parameters) > 1 else [])


def ending(text, name, title, options, chosen=""):
    """A row of the table; None where several parameters do not go together."""
    vectors = os.path.join(lab.FOLDER, "vectors.bin")
    command = [lab.PROGRAM, "train", text.gz, "-o", vectors, "--tokenizer", "space", "--objective", name + chosen]
    if name == "softmax":
        command += ["--max-vocab", str(LARGEST_VOCABULARY)]
    run = lab.run(command + options, allow_failure=True)
    if run.status == 2 and "," in chosen:
        return None
    used = re.search(r", lr ([\d.e-]+),", run.said)
    loss = re.search(r"mean loss of the last epoch (\S+)", run.said)
    clipped = re.search(r"(\d+ %) of the steps were clipped", run.said)
    return [name, used[1] if used else "", title, "finite" if run.status == 0 else run.said.strip().splitlines()[-1],
            loss[1] if loss else "", clipped[1] if clipped else "", "%.0f" % run.seconds]


def stability():
    known = list(objectives())
    text = lab.Text(BOUNDS_WORDS) if lab.quick() else lab.Text()
    print("%s, all other settings the defaults; the program refuses to write what is not finite.\n" % text.described())
    print(lab.table(COLUMNS, [ending(text, name, title, options) for name, rate, _ in known
                              for title, options in (("defaults", []),
                                                     ("4 times the rate", ["--lr", "%g" % (4 * float(rate))]),
                                                     ("30 epochs", ["--epochs", "30"]))]))
    text = lab.Text(QUICK_WORDS if lab.quick() else BOUNDS_WORDS)
    rows = [ending(text, name, chosen, [], ":" + chosen) for name, _, parameters in known
            for chosen in bounds(parameters)]
    print("%s, parameters at their bounds.\n" % text.described())
    print(lab.table(COLUMNS, [row for row in rows if row]))
