"""The commands that are run with faults, and what must hold after each run. A new command, or a new output of one, is a
row of COMMANDS."""

import bz2
import collections
import gzip
import json
import lzma
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "cli"))
import foreign_files  # noqa: E402
from support import PROGRAM, text  # noqa: E402

BUILT = os.environ.get("NCE2VEC_FAULTS", "build/tests/faults")  # libfault.so, focal.so, api
TIMEOUT = 60  # a run takes hundredths of a second
OLD = b"what was here before\n"
SANITIZED = "-fsanitize=address" in os.environ.get("CFLAGS", "")
LEAKED = 99  # exit status of a run in which LeakSanitizer or AddressSanitizer found something

# arguments: a line. outputs: the files that it writes, whole or not at all. logs: files of JSON lines that grow; their
# lines are whole. given: standard input, a file. code: the exit status of a run without faults. exact: outputs are the
# same bytes in each run; else they have the same size. checkpoint: a file from which the training goes on to the same
# outputs, wherever it failed; times are in it, so that its bytes differ.
Command = collections.namedtuple("Command", "name arguments outputs logs given code exact checkpoint",
                                 defaults=((), (), None, 0, True, None))

def zstd(content):
    return subprocess.run(["zstd", "-c", "-q"], input=content, stdout=subprocess.PIPE, check=True).stdout


TRAIN = "--dim 8 --epochs 2 --min-count 1 --seed 3"
COMMANDS = (
    Command("train", "train ../in/text -o v.n2v --threads 1 --heldout 0.1 --save-vocab w.tsv --metrics m " + TRAIN,
            ("v.n2v", "w.tsv"), ("m",)),
    Command("train, gzip", "train -q ../in/text.gz -o v.txt.gz --threads 1 --save-vocab w.tsv.gz " + TRAIN,
            ("v.txt.gz", "w.tsv.gz")),
    Command("train, whole lines", "train -q ../in/text -o v.txt --threads 1 --window all " + TRAIN, ("v.txt",)),
    Command("train, options", "train -q - -o v.npy --threads 1 --objective infonce:temperature=0.5 "
            "--heldout ../in/heldout --read-vocab ../in/vocab.tsv " + TRAIN, ("v.npy", "v.vocab.txt"), (), "text"),
    Command("train, 2 threads", "train -q ../in/text ../in/text -o v.bin --threads 2 " + TRAIN, ("v.bin",),
            exact=False),
    Command("train, deterministic",
            "train -q ../in/text ../in/text -o v.txt --threads 2 --deterministic --combine momentum "
            "--round 1024 --virtual-workers 2 --checkpoint c.n2v --checkpoint-every 1epochs " + TRAIN,
            ("v.txt",), checkpoint="c.n2v"),
    Command("train, plug-in", "train -q ../in/text -o v.fifu --threads 1 --objective ../in/focal.so:gamma=1 " + TRAIN,
            ("v.fifu",)),
    Command("train, checkpoints", "train ../in/text -o v.txt --threads 1 --heldout 0.1 --metrics m --checkpoint c.n2v "
            "--checkpoint-every 1epochs --save-every 1 --validate ../in/scores " + TRAIN,
            ("v.txt", "v.epoch-1.txt", "v.epoch-2.txt"), ("m",), checkpoint="c.n2v"),
    Command("train, subwords", "train -q ../in/text -o v.n2v --threads 1 --subwords floret --buckets 50 " + TRAIN,
            ("v.n2v",)),
    Command("train --resume", "train -q --resume ../in/c.n2v --epochs 2 -o v.txt --checkpoint c.n2v", ("v.txt",),
            checkpoint="c.n2v"),
    Command("train --weighted", "train -q ../in/weighted -o v.txt --threads 1 --weighted --heldout 0.1 " + TRAIN,
            ("v.txt",)),
    Command("train --phrases", "train -q ../in/text -o v.n2v --threads 1 --phrases gensim --phrase-threshold 1 "
            "--phrase-passes 2 --phrase-connectors ../in/words --heldout ../in/heldout " + TRAIN, ("v.n2v",)),
    Command("train --start",
            "train -q ../in/text -o v.n2v --threads 1 --start ../in/v.n2v --vocabulary both --freeze output "
            "--lr-of ../in/rates " + TRAIN, ("v.n2v",)),
    Command("train --dry-run", "train --dry-run ../in/text -o v.txt --threads 1 " + TRAIN),
    Command("vocab", "vocab ../in/text -o w.tsv --min-count 1", ("w.tsv",)),
    Command("vocab, compressed folder", "vocab ../in/packed -o w.tsv --min-count 1", ("w.tsv",)),
    Command("vocab, list and pattern", "vocab @../in/list ../in/tex[t] -o w.tsv --min-count 1", ("w.tsv",)),
    Command("vocab --phrases", "vocab ../in/text -o w.tsv --min-count 1 --phrases ../in/phrases.tsv", ("w.tsv",)),
    Command("phrases",
            "phrases ../in/text -o j.txt.gz --save t.tsv --min-count 1 --threshold 1 --passes 2 --max-pairs 1000 "
            "--connectors ../in/words", ("j.txt.gz", "t.tsv")),
    Command("phrases --read", "phrases -q ../in/text --read ../in/phrases.tsv -o j.txt", ("j.txt",)),
    *(Command("convert " + ending, "convert ../in/v.n2v v." + ending, ("v." + ending, *more))
      for ending, *more in (("txt",), ("txt.gz",), ("bin",), ("n2v",), ("glove",), ("npy", "v.vocab.txt"),
                            ("safetensors", "v.vocab.txt"), ("fifu",), ("tsv", "v.metadata.tsv"))),
    Command("convert model2vec", "convert ../in/v.n2v m --to model2vec",
            ("m/model.safetensors", "m/tokenizer.json", "m/config.json", "m/modules.json")),
    Command("convert, reduced",
            "convert ../in/v.n2v v.npy --remove-top 1 --reduce 4 --int8 --vectors sum --pairs ../in/scores",
            ("v.npy", "v.vocab.txt")),
    Command("convert from model2vec", "convert -q ../in/v.model2vec v.txt", ("v.txt",)),
    *(Command("convert from " + ending, "convert -q ../in/v.%s v.txt" % ending, ("v.txt",))
      for ending in ("txt", "bin", "glove", "npy", "safetensors", "fifu", "tsv")),
    Command("convert from npz", "convert -q ../in/foreign.npz v.txt", ("v.txt",)),
    Command("convert from gensim", "convert -q ../in/foreign.kv v.txt", ("v.txt",)),
    Command("convert from gensim, beside", "convert -q ../in/beside.kv v.txt", ("v.txt",)),
    Command("convert --skip-bad", "convert --skip-bad ../in/bad.txt v.txt", ("v.txt",)),
    Command("convert, subwords", "convert -q ../in/subwords.n2v v.n2v", ("v.n2v",)),
    Command("convert fasttext", "convert -q ../in/subwords.n2v v.fasttext", ("v.fasttext",)),
    Command("convert floret", "convert -q ../in/floret.n2v v.floret", ("v.floret", "v.vocab.txt")),
    Command("convert from fasttext", "convert -q ../in/subwords.fasttext v.txt", ("v.txt",)),
    Command("convert from floret", "convert -q ../in/floret.floret v.txt", ("v.txt",)),
    Command("vector", "vector ../in/subwords.n2v word1 sword --json"),
    Command("analogy, subwords", "analogy ../in/subwords.n2v --threads 1 word1 sword words"),
    Command("neighbors", "neighbors ../in/v.n2v --threads 2 -k 3", (), (), "words"),
    Command("neighbors, among", "neighbors ../in/v.n2v --threads 1 --among ../in/words word1 - word2 + word3"),
    Command("neighbors, vectors", "neighbors ../in/v.n2v --threads 1 -k 3 --vector - --json", (), (), "vectors", 1),
    Command("analogy", "analogy ../in/v.txt --threads 1 --method mul -k 3 word1 word2 word3"),
    Command("similarity", "similarity ../in/v.n2v --json word1 word2 word3 word4"),
    Command("similarity, spelling", "similarity ../in/v.n2v", (), (), "pairs", 1),
    Command("info", "info ../in/v.n2v"),
    Command("likelihood", "likelihood ../in/v.n2v ../in/text --threads 1 --window 2"),
    Command("likelihood, lines", "likelihood ../in/v.n2v ../in/text ../in/heldout --threads 1 --per-line -q"),
    Command("predict", "predict ../in/v.n2v word1 _ word2 wrod3", (), ()),
    Command("predict, lines", "predict ../in/v.n2v --json --combine mean --exact", (), (), "pairs"),
    Command("objectives", "objectives nce"),
    Command("check-objective", "check-objective nce"),
    Command("check-objective, plug-in", "check-objective ../in/focal.so"),
)

# Of an output that is two files, either may be new while the other is old.
Run = collections.namedtuple("Run", "code out error fired calls problems")

# What a message must have: the cause. A thread needs memory, and memory that is refused may be a thread's.
CAUSES = {
    "alloc": "memory|thread|allocate", "mmap": "memory", "open": "Too many open files", "read": "Input/output error",
    "write": "No space left|disk full", "fsync": "Input/output error", "rename": "Input/output error",
    "ftruncate": "Input/output error", "close": "Input/output error", "stat": "Input/output error",
    "poll": "memory", "thread": "thread", "EINTR": "Interrupted",
}
KINDS = ("alloc", "mmap", "open", "read", "write", "fsync", "rename", "ftruncate", "close", "stat", "poll", "unlink",
         "thread", "clock", "short", "EINTR")
HARMLESS = ("unlink", "clock", "short", "EINTR")  # the work is done in spite of it


class Folder:
    """Inputs in in/, the library with the faults, and a folder for each run."""

    def __init__(self, sentences=40):
        memory = "/dev/shm"  # where flushing takes no time
        self.root = tempfile.mkdtemp(prefix="nce2vec-faults-", dir=memory if os.path.isdir(memory) else None)
        self.library = os.path.abspath(os.path.join(BUILT, "libfault.so"))
        self.inputs = os.path.join(self.root, "in")
        os.mkdir(self.inputs)
        self.write("text", text(sentences))
        self.write("heldout", text(5))
        self.write("weighted", b"".join(b"%d.5 %s\n" % (i % 3, line) for i,
                                        line in enumerate(text(sentences).splitlines())))
        shutil.copy(os.path.join(BUILT, "focal.so"), self.inputs)
        self.write("words", b"word1\nword9\n")
        self.write("rates", b"word1 0.5\nword2 0 1\n")
        self.write("pairs", b"word1 word2\nwrod3 word4\n")
        self.write("vectors", b"1 2 3 4 5 6 7 8\nx 1 2\n")
        self.call("vocab", "text", "-o", "vocab.tsv", "--min-count", "1", "-q")
        self.call("phrases", "text", "--save", "phrases.tsv", "--min-count", "1", "--threshold", "1", "-q")
        subprocess.run(["gzip", "-k", "text"], cwd=self.inputs, check=True)
        self.pack()
        self.call("train", "text", "-q", "-o", "v.n2v", "--threads", "1", *TRAIN.split())
        for name, kind in (("subwords", "fasttext"), ("floret", "floret")):
            self.call("train", "text", "-q", "-o", name + ".n2v", "--threads", "1", "--subwords", kind, "--buckets",
                      "50", *TRAIN.split())
            self.call("convert", "-q", name + ".n2v", name + "." + kind)
        self.write("scores", b"".join(b"word%d word%d %d\n" % (i, i * i % 60, i % 7) for i in range(2, 20)))
        self.call("train", "../in/text", "-q", "-o", "first.txt", "--checkpoint", "c.n2v", "--threads", "1",
                  *TRAIN.replace("--epochs 2", "--epochs 1").split())
        for ending in ("txt", "txt.gz", "bin", "glove", "npy", "safetensors", "model2vec", "fifu", "tsv"):
            self.call("convert", "-q", "v.n2v", "v." + ending)
        self.write("bad.txt", b"4 2\na 1 2\nb 3\nb 3 4\nb 5 6\n")
        words, rows = ["a", "b"], [[1, 2], [3, 4]]
        self.write("foreign.npz", foreign_files.npz(words, rows))
        self.write("foreign.kv", foreign_files.keyed_vectors(words, rows))
        self.write("beside.kv", foreign_files.keyed_vectors(words))
        self.write("beside.kv.vectors.npy", foreign_files.matrix(rows))

    def write(self, name, content):
        with open(os.path.join(self.inputs, name), "wb") as file:
            file.write(content)

    def pack(self):
        """A folder with a file of each compression that this build reads, and a list of files."""
        readable = subprocess.run([PROGRAM, "--version"], stdout=subprocess.PIPE, check=True).stdout
        os.mkdir(os.path.join(self.inputs, "packed"))
        for name, compress in (("gzip", gzip.compress), ("bzip2", bz2.compress), ("xz", lzma.compress), ("zstd", zstd)):
            if name.encode() in readable:
                self.write("packed/" + name, compress(text(5)))
        self.write("list", b"../in/text\n../in/text.gz\n")

    def call(self, *arguments):
        subprocess.run([PROGRAM, *arguments], cwd=self.inputs, check=True)

    def close(self):
        shutil.rmtree(self.root, ignore_errors=True)

    def start(self, command, folder, fault=None, log=None, limit=None, out=subprocess.PIPE):
        """Runs the command in a folder of this root. limit: bytes that a file may have."""
        environment = {**os.environ, "TMPDIR": folder, "LC_ALL": "C"}
        if fault or log:
            environment.update(LD_PRELOAD=self.library, FAULT=fault or "alloc:0",
                               FAULT_REPORT=os.path.join(folder, ".report"))
        if log:
            environment["FAULT_LOG"] = log
        if SANITIZED:
            environment["ASAN_OPTIONS"] = "verify_asan_link_order=0:exitcode=%d:detect_leaks=1" % LEAKED
        given = open(os.path.join(self.inputs, command.given), "rb") if command.given else subprocess.DEVNULL
        try:
            return subprocess.run(
                [PROGRAM, *command.arguments.split()], cwd=folder, env=environment, stdin=given, stdout=out,
                stderr=subprocess.PIPE, timeout=TIMEOUT, check=False,
                preexec_fn=limit and (lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit - 1, limit - 1))))
        finally:
            if command.given:
                given.close()


def read(folder, name):
    try:
        with open(os.path.join(folder, name), "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None


def take_report(folder):
    report = read(folder, ".report")
    if report is None:
        return None
    os.remove(os.path.join(folder, ".report"))
    return dict((name, int(count)) for name, count in (line.split() for line in report.decode().splitlines()))


def written_by(command):
    return [*command.outputs, *command.logs, *([command.checkpoint] if command.checkpoint else [])]


def put_old(command, folder):
    for name in written_by(command):
        os.makedirs(os.path.join(folder, os.path.dirname(name)), exist_ok=True)
        with open(os.path.join(folder, name), "wb") as file:
            file.write(OLD)


def whole_lines(log):
    try:
        return log.endswith(b"\n") and all(isinstance(json.loads(line), dict) for line in log.splitlines())
    except ValueError:
        return False


def names_in(folder):
    """The files of a folder and of those in it, and folders that are empty."""
    names = set()
    for place, folders, files in os.walk(folder):
        within = os.path.relpath(place, folder)
        names.update(os.path.normpath(os.path.join(within, name)) for name in files)
        if not folders and not files and place != folder:
            names.add(within)
    return names


def is_same(command, content, good):
    return content == good or (not command.exact and content and len(content) == len(good))


def check_files(command, folder, before, good, failed):
    """What is wrong with the files of a folder. before: what each output was, None: it was not there. Left over are
    temporary files."""
    problems = []
    for name in command.outputs:
        content = read(folder, name)
        if not is_same(command, content, good[name]) and (not failed or content != before):
            problems.append("%s is %s" % (name, "missing" if content is None else "not complete"))
    for name in command.logs:
        content = read(folder, name)
        if content != before and not (content and whole_lines(content)) or (content == before and not failed):
            problems.append("%s is not complete" % name)
    return problems, sorted(names_in(folder) - set(written_by(command)))


def check_checkpoint(files, command, folder, before, good):
    """What is wrong with the checkpoint: it is as it was, or the training goes on from it."""
    if not command.checkpoint or read(folder, command.checkpoint) == before:
        return []
    again = Command("", "train -q --resume %s --epochs 2 -o v.txt" % command.checkpoint)
    copy = shutil.copytree(folder, tempfile.mkdtemp(dir=files.root), dirs_exist_ok=True)  # a disk that is not full
    done = files.start(again, copy)
    result = read(copy, "v.txt")
    shutil.rmtree(copy)
    if done.returncode:
        return ["the training does not go on from its checkpoint: " + done.stderr.decode(errors="replace")]
    return [] if result == good["v.txt"] else ["the resumed training has another result"]


def check_message(done, cause):
    """What is wrong with exit status and message."""
    if done.returncode == 0:
        return []
    last = done.stderr.decode(errors="replace").rstrip("\n").split("\n")[-1]
    if done.returncode != 1:
        return ["exit status %d: %s" % (done.returncode, done.stderr.decode(errors="replace")[-2000:])]
    if not last.startswith("nce2vec: ") or not re.search(cause, last):
        return ["the message does not name the cause: " + last]
    return []


def good_run(files, command):
    """Outputs and calls of a run without faults."""
    folder = tempfile.mkdtemp(dir=files.root)
    done = files.start(command, folder, "alloc:0")
    calls = take_report(folder)
    good = {name: read(folder, name) for name in command.outputs}
    assert done.returncode == command.code, (command.name, done.stderr)
    shutil.rmtree(folder)
    return {"files": good, "out": done.stdout, "calls": calls}


def run_with_fault(files, command, good, kind, number, onward):
    """One run in which a call fails: (what is wrong, whether a call failed, exit status)."""
    folder = tempfile.mkdtemp(dir=files.root)
    before = None
    problems = []
    if number % 2:
        put_old(command, folder)
        before = OLD
    try:
        done = files.start(command, folder, "%s:%d%s" % (kind, number, ":on" if onward else ""))
    except subprocess.TimeoutExpired:
        return ["it hangs"], True, None
    report = take_report(folder)
    fired = report["fired"] if report else 1
    done_well = done.returncode == command.code and done.stdout == good["out"]
    if not report:
        problems.append("it does not return from main")
    if not done_well and fired and kind not in HARMLESS:
        problems += check_message(done, CAUSES[kind])
    if not done_well and (done.returncode == 0 or not fired or kind in HARMLESS):
        problems.append("another result, exit status %d: %s" % (done.returncode, done.stderr.decode(errors="replace")))
    wrong, left = check_files(command, folder, before, good["files"], not done_well)
    problems += wrong
    if number % 3 == 0:
        problems += check_checkpoint(files, command, folder, before, good["files"])
    if left and kind != "unlink":
        problems.append("left behind: " + " ".join(left))
    shutil.rmtree(folder)
    return problems, fired > 0, not done_well
