"""Do trainings on several threads lose by being interrupted? They train on the same samples as without, in another
order, so that their bytes are not the same; their scores have to be."""

import json
import os
import signal
import statistics
import subprocess
import time

import lab

WORDS, QUICK_WORDS, SEEDS = 8_000_000, 500_000, (1, 2, 3)
OPTIONS = ["--dim", "100", "--epochs", "2", "--threads", "2"]
CUTS = (1 / 3, 2 / 3)  # of the training, where it is interrupted


def path(name):
    return os.path.join(lab.FOLDER, name)


def trained(log, resumed_before):
    """The share of the training that the log has; 0 before it was resumed so many times."""
    try:
        with open(log, encoding="utf-8") as file:
            rows = [json.loads(line) for line in file if line.endswith("\n")]
    except FileNotFoundError:
        return 0
    if not rows or sum("resumed" in row for row in rows) < resumed_before:
        return 0
    return max(row.get("words", 0) for row in rows) / rows[0]["words_total"]


def interrupted(command, log, resumed_before, share):
    """Interrupts it after a share of the training."""
    with open(os.devnull, "wb") as nothing:
        process = subprocess.Popen(command, stdout=nothing, stderr=nothing)
    while process.poll() is None:
        if trained(log, resumed_before) >= share:
            process.send_signal(signal.SIGINT)
            break
        time.sleep(0.02)
    if process.wait() != 128 + signal.SIGINT:
        raise lab.Skipped("a training could not be interrupted: it ended with status %d" % process.returncode)


def train(text, seed, is_interrupted):
    """The path of the vectors."""
    name = "%s-%d" % ("resumed" if is_interrupted else "whole", seed)
    output, log, checkpoint = path(name + ".bin"), path(name + ".jsonl"), path(name + ".n2v")
    command = [lab.PROGRAM, "train", text.plain, "-q", "-o", output, "--seed", str(seed), "--metrics", log,
               "--checkpoint", checkpoint, *OPTIONS]
    for file in (output, log, checkpoint):
        if os.path.exists(file):
            os.remove(file)
    for number, share in enumerate(CUTS if is_interrupted else ()):
        interrupted(command, log, number, share)
        command = [lab.PROGRAM, "train", "-q", "--resume", checkpoint]
    lab.run(command)
    os.remove(checkpoint)
    return output


def score(paths):
    """For each file its rho on each set, times 100."""
    python = os.environ.get("DEBIAN_PYTHON", "/usr/bin/python3")
    command = [python, os.path.join(lab.ROOT, "eval", "similarity.py"), "--json", "--replicates", "100", *paths]
    models = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)["models"]
    return [{entry["name"]: 100 * entry["skip"]["rho"] for entry in model["sets"]} for model in models]


def error(values):
    """The standard error of their mean."""
    return statistics.stdev(values) / len(values) ** 0.5


def resumed():
    if not os.environ.get("NCE2VEC_EVAL_DATA"):
        raise lab.Skipped("NCE2VEC_EVAL_DATA names no folder of word pairs (eval/get-data.sh)")
    text = lab.Text(QUICK_WORDS if lab.quick() else WORDS)
    paths = [train(text, seed, is_interrupted) for seed in SEEDS for is_interrupted in (False, True)]
    scores = score(paths)
    rows = []
    for name in [*scores[0], "mean"]:
        values = [statistics.mean(entry.values()) if name == "mean" else entry[name] for entry in scores]
        whole, cut = values[::2], values[1::2]
        differences = [b - a for a, b in zip(whole, cut)]
        rows.append([name, "%.2f" % statistics.mean(whole), "%.2f" % statistics.stdev(whole),
                     "%.2f" % statistics.mean(cut), "%.2f" % statistics.stdev(cut),
                     "%+.2f" % statistics.mean(differences), "%.2f" % error(differences)])
    print("Spearman's rho times 100 on %s, %s; %d seeds. Interrupted: twice, by SIGINT, and resumed. The difference is "
          "that of runs with the same seed.\n" % (text.described(), " ".join(OPTIONS), len(SEEDS)))
    print(lab.table(["set", "whole", "sd", "interrupted", "sd", "difference", "standard error"], rows))
