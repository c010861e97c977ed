"""Whether any objective ends non-finite: at its defaults, at four times its learning rate, with 30 epochs."""

import os
import re
import subprocess

import lab

LARGEST_VOCABULARY = 2000  # of an objective that sums over all words


def objectives():
    """Names and default learning rates, as the program tells them."""
    told = subprocess.run([lab.PROGRAM, "objectives"], stdout=subprocess.PIPE, text=True, check=True).stdout
    return re.findall(r"^(\w+): .*?--lr ([\d.e-]+)", told, re.MULTILINE | re.DOTALL)


def stability():
    text = lab.Text(1_000_000) if lab.quick() else lab.Text()
    vectors = os.path.join(lab.FOLDER, "vectors.bin")
    rows = []
    for name, rate in objectives():
        for title, options in (("defaults", []), ("4 times the rate", ["--lr", "%g" % (4 * float(rate))]),
                               ("30 epochs", ["--epochs", "30"])):
            command = [lab.PROGRAM, "train", text.gz, "-o", vectors, "--tokenizer", "space", "--objective", name]
            run = lab.run(command + options + (["--max-vocab", str(LARGEST_VOCABULARY)] if name == "softmax" else []),
                          allow_failure=True)
            loss = re.search(r"mean loss of the last epoch (\S+)", run.said)
            rows.append([name, rate, title, "finite" if run.status == 0 else run.said.strip().splitlines()[-1],
                         loss[1] if loss else "", "%.0f" % run.seconds])
    print("%s, all other settings the defaults; the program refuses to write what is not finite.\n" % text.described())
    print(lab.table(["objective", "lr", "run", "ended", "loss of the last epoch", "seconds"], rows))
