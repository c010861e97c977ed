"""Trains through the public functions, and in each pause saves the training, destroys everything, and resumes it.

usage: paused.py LIBRARY PAUSE OBJECTIVE PLUGIN SETTING=VALUE...

In the current folder: trains on text, writes v.n2v and w.tsv, prints a line [epoch, held-out pairs, held-out loss] for
each epoch. PAUSE: `epoch` (at the end of each one) or `block` (inside of each one, twice). PLUGIN: a shared object with
the objective, or `-`."""

import ctypes as c
import json
import sys


class Error(c.Structure):
    _fields_ = [("status", c.c_int), ("text", c.c_char * 1024), ("settings", c.c_uint16 * 8)]


class Epoch(c.Structure):
    _fields_ = [("epoch", c.c_size_t), ("epochs", c.c_size_t), ("words", c.c_uint64), ("loss", c.c_double),
                ("heldout_pairs", c.c_uint64), ("heldout_loss", c.c_double), ("seconds", c.c_double)]


EPOCH = c.CFUNCTYPE(None, c.c_void_p, c.POINTER(Epoch))


class Observer(c.Structure):
    _fields_ = [("size", c.c_size_t), ("context", c.c_void_p), ("stop", c.c_void_p), ("reading", c.c_void_p),
                ("progress", c.c_void_p), ("epoch", EPOCH)]


class Info(c.Structure):
    _fields_ = [("size", c.c_size_t), ("words", c.c_uint64), ("words_total", c.c_uint64), ("pairs", c.c_uint64),
                ("epoch", c.c_size_t), ("epochs", c.c_size_t), ("finished", c.c_int), ("loss", c.c_double),
                ("clipped", c.c_double), ("seconds", c.c_double), ("kernels", c.c_char_p), ("layout", c.c_char_p)]


TO_EPOCH_END, TO_WORDS, FOR_TRAINING = 1, 2, 0
EPOCHS_TOLD = []


@EPOCH
def note_epoch(_, epoch):
    EPOCHS_TOLD.append([epoch[0].epoch, epoch[0].heldout_pairs, epoch[0].heldout_loss])


class Training:
    def __init__(self, library, plugin):
        self.library = c.CDLL(library)
        self.observer = Observer(c.sizeof(Observer), epoch=note_epoch)
        self.objectives = c.c_void_p()
        self.call("objectives_create", c.byref(self.objectives))
        if plugin != "-":
            self.call("objectives_load", self.objectives, plugin.encode(), None)
        self.settings, self.corpus, self.trainer = c.c_void_p(), c.c_void_p(), c.c_void_p()

    def call(self, name, *arguments):
        """A function, and its failure as an exception."""
        error = Error()
        if getattr(self.library, "n2v_" + name)(*arguments, c.byref(error)):
            raise SystemExit("n2v_%s: %s" % (name, error.text.decode()))

    def create(self, values):
        self.call("settings_create", c.byref(self.settings), FOR_TRAINING, self.objectives)
        for name, value in values.items():
            self.call("settings_set", self.settings, name.encode(), value.encode())
        self.read_text()
        self.call("trainer_create", c.byref(self.trainer), self.settings, self.corpus)

    def read_text(self):
        self.call("corpus_create", c.byref(self.corpus), self.settings, None)
        self.call("corpus_add_file", self.corpus, b"text")
        self.call("corpus_read", self.corpus, None)

    def destroy(self):
        for name in ("trainer", "corpus", "settings"):
            getattr(self.library, "n2v_%s_destroy" % name)(getattr(self, name))

    def save_and_resume(self):
        self.call("trainer_save", self.trainer, b"c.n2v")
        self.destroy()
        checkpoint = c.c_void_p()
        self.call("vectors_load", c.byref(checkpoint), b"c.n2v", None)
        self.call("checkpoint_settings", checkpoint, None, self.objectives, c.byref(self.settings))
        self.read_text()
        self.call("trainer_resume", c.byref(self.trainer), checkpoint, self.settings, self.corpus)
        self.library.n2v_vectors_destroy(checkpoint)

    def info(self):
        info = Info(c.sizeof(Info))
        self.call("trainer_describe", self.trainer, c.byref(info))
        return info

    def run(self, pause):
        """From pause to pause."""
        total, epochs = self.info().words_total, self.info().epochs
        for third in range(1, 3 * epochs + 1):
            if pause == "epoch" and third % 3 == 0:
                self.call("trainer_run", self.trainer, TO_EPOCH_END, c.c_uint64(0), c.byref(self.observer))
            if pause == "block":
                words = total if third == 3 * epochs else total * third // (3 * epochs) + 1
                self.call("trainer_run", self.trainer, TO_WORDS, c.c_uint64(words), c.byref(self.observer))
            if pause == "block" or third % 3 == 0:
                self.save_and_resume()
        if not self.info().finished:
            raise SystemExit("the training has not finished")

    def write(self):
        self.library.n2v_trainer_vectors.restype = c.c_void_p
        vectors = c.c_void_p(self.library.n2v_trainer_vectors(self.trainer))
        self.call("vectors_save", vectors, b"v.n2v", None, None)
        output = c.c_void_p()
        self.call("output_open_bytes", c.byref(output), b"w.tsv", None)
        self.call("output_vocabulary", output, self.corpus)
        self.call("output_commit", output)


def main(library, pause, objective, plugin, *settings):
    training = Training(library, plugin)
    training.create({"objective": objective, **dict(setting.split("=", 1) for setting in settings)})
    training.run(pause)
    training.write()
    training.destroy()
    for told in EPOCHS_TOLD:
        print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
