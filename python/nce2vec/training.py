"""Training: reading a text, learning its words' vectors, pausing, going on."""

from __future__ import annotations

import contextlib
import operator
import os
import sys
from ctypes import byref, c_size_t, c_void_p
from dataclasses import dataclass, field
from typing import Any, Callable, Iterable, Sequence

import numpy as np

from . import _native as native
from ._native import library
from ._output import check_output
from ._settings import Settings, documentation, takes_settings
from ._watch import Watch
from .corpus import Corpus, Source, refuse_text
from .objectives import ObjectiveSet
from .vectors import Vectors, _handle_of


@dataclass(frozen=True)
class EpochEnd:
    """What an epoch ended with; a loss is a mean over positive pairs, NaN where there were none."""
    epoch: int
    epochs: int
    words: int
    loss: float
    heldout_loss: float
    seconds: float


@dataclass
class History:
    """The epochs of a training; in a notebook, a table with a plot."""
    epochs: list[EpochEnd] = field(default_factory=list)

    def _repr_html_(self):
        from .report import history_html
        return history_html(self.epochs)


class _TrainerVectors:
    """The vectors of a trainer, which they keep alive."""

    def __init__(self, trainer):
        self._trainer = trainer
        self._as_parameter_ = c_void_p(library.trainer_vectors(trainer))

    @property
    def state(self):
        """Another number when the vectors may have changed; None while they change."""
        return None if self._trainer._running else self._trainer._changes


class Trainer(native.Handle):
    """A training that can be paused between any two blocks of sentences.

    ``Trainer(sentences, dim=200)`` reads the text and draws the first vectors; ``run`` trains. The arguments are those
    of ``train``, whose help has all settings. Several trainings may share a Corpus.
    """

    @takes_settings(native.FOR_TRAINING)
    def __init__(self, source: Source | Corpus, *, objectives: ObjectiveSet | None = None, progress: bool | None = None,
                 checkpoint: str | os.PathLike[str] | None = None, **settings):
        self._settings = Settings(native.FOR_TRAINING, settings, objectives)
        self._settings.check()
        self._objectives = objectives
        self.history = History()
        self._running, self._changes = False, 0
        self._bar = _bar(progress)
        before = None if checkpoint is None else Vectors.load(checkpoint)
        if before is not None:
            self._settings = _settings_of_checkpoint(before, self._settings, objectives)
        self.corpus = source if isinstance(source, Corpus) else self._read(source, before)
        if before is None:
            super().__init__(library.trainer_create, library.trainer_destroy, self._settings, self.corpus,
                             keep=(self.corpus, self._settings, objectives))
        else:
            super().__init__(library.trainer_resume, library.trainer_destroy, before._handle, self._settings,
                             self.corpus, keep=(self.corpus, self._settings, objectives))

    def _read(self, source, before):
        given = before if self._settings.get("start") is not None else None  # then its file is not needed again
        read = Corpus(source, self._settings, vocabulary=given)
        read.warn()
        return read

    def start_from(self, vectors: Vectors) -> int:
        """Takes the vectors of the words that both have, the output vectors and biases too; returns how many."""
        found = c_size_t()
        self._changes += 1
        library.trainer_start(self, _handle_of(vectors), byref(found))
        return found.value

    def set_rows(self, rows: np.ndarray, first: int = 0, output: bool = False) -> None:
        """Makes the rows of an array the vectors of the words from id ``first`` on."""
        rows = np.ascontiguousarray(rows, dtype=np.float32)
        if rows.ndim != 2:
            raise native.ArgumentError(f"rows have two axes, not the shape {rows.shape}")
        self._changes += 1
        library.trainer_set_rows(self, native.OUTPUT if output else native.INPUT, _whole_number("first", first),
                                 len(rows), rows.ctypes.data, rows.shape[1])

    def set_rates(self, factors: np.ndarray | Sequence[float], first: int = 0, output: bool = False) -> None:
        """Makes numbers the factors of the learning rates of the words from id ``first`` on; 0 freezes a vector."""
        factors = np.ascontiguousarray(factors, dtype=np.float32)
        if factors.ndim != 1:
            raise native.ArgumentError(f"factors are numbers one after the other, not of the shape {factors.shape}")
        library.trainer_set_rates(self, native.OUTPUT if output else native.INPUT, _whole_number("first", first),
                                  len(factors), factors.ctypes.data)

    def run(self, *, epochs: int | None = None, words: int | None = None,
            callbacks: Iterable[Callable[[EpochEnd, Trainer], Any]] = ()) -> Trainer:
        """Trains to the end, for some epochs more, or until so many words have been trained on, and pauses.

        Each of ``callbacks`` is called at the end of an epoch, with an EpochEnd and this trainer, whose vectors may be
        read and saved then. Ctrl-C raises KeyboardInterrupt once every thread has finished its block: the trainer is
        paused, can be saved, and can run on.
        """
        def on_epoch(info):
            heldout = info.heldout_loss if info.heldout_pairs else float("nan")
            end = EpochEnd(info.epoch, info.epochs, info.words, info.loss, heldout, info.seconds)
            self.history.epochs.append(end)
            for callback in callbacks:
                callback(end, self)

        if words is not None and epochs is not None:
            raise native.ArgumentError("run takes epochs or words, not both")
        epochs, words = _whole_number("epochs", epochs), _whole_number("words", words)
        callbacks = _functions(callbacks)
        watch = Watch(on_epoch, self._bar.progress)
        self._running, self._changes = True, self._changes + 1
        try:
            with self._losses(), watch:
                if words is not None:
                    library.trainer_run(self, native.TO_WORDS, words, watch.observer)
                elif epochs is None:
                    library.trainer_run(self, native.TO_END, 0, watch.observer)
                for _ in range(epochs or 0):
                    library.trainer_run(self, native.TO_EPOCH_END, 0, watch.observer)
        finally:
            self._running = False
            self._bar.close()
        return self

    @contextlib.contextmanager
    def _losses(self):
        """An exception in a loss that is written in Python is what ended the training, or would have."""
        try:
            yield
        except native.DivergenceError:
            self._raise_failure()
            raise
        self._raise_failure()

    def _raise_failure(self):
        failure = getattr(self._objectives, "failure", None)
        if failure is not None:
            self._objectives.failure = None
            raise failure from None

    def stop(self) -> None:
        """Asks a run to pause; from any thread, also from a callback."""
        library.trainer_stop(self)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Saves a checkpoint: all that the training needs to go on, as a .n2v file that also has the vectors."""
        library.trainer_save(self, native.path_bytes(path))

    @property
    def vectors(self) -> Vectors:
        """The vectors as they are; they change when the trainer runs on."""
        return Vectors(_TrainerVectors(self))

    @property
    def settings(self) -> dict[str, str]:
        """All settings as text, by keyword, as they are used."""
        return self._settings.as_dict()

    @property
    def info(self) -> dict[str, Any]:
        """A dictionary: words, words_total, pairs, epoch, epochs, finished, loss, clipped, seconds, kernels, layout,
        vectors, frozen."""
        info = native.TrainerInfo()
        library.trainer_describe(self, info)
        return _members(info)


def _whole_number(name, value):
    """None or a whole number of 0 or more, also one of NumPy's."""
    if value is None:
        return None
    if not hasattr(value, "__index__") or operator.index(value) < 0:
        raise native.ArgumentError(f"{name} is a whole number of 0 or more, not {value!r}")
    return operator.index(value)


def _functions(callbacks):
    if not hasattr(callbacks, "__iter__") or not all(map(callable, callbacks := list(callbacks))):
        raise TypeError(f"callbacks is a list of functions, not {callbacks!r:.100}")
    return callbacks


def _members(info):
    return {name: value.decode("utf-8") if isinstance(value, bytes) else value
            for name, value in ((name, getattr(info, name)) for name, _ in info._fields_) if name != "size"}


def _settings_of_checkpoint(checkpoint, changes, objectives):
    settings = Settings.__new__(Settings)
    settings.purpose = native.FOR_TRAINING
    native.Handle.__init__(settings, lambda made, *arguments: library.checkpoint_settings(*arguments, made),
                           library.settings_destroy, checkpoint._handle, changes, objectives, keep=(objectives,))
    return settings


def _save_or_hand_over(trainer, checkpoint):
    """Saves the training. Where that fails, as on a full disk, the exception has the trainer, for another path."""
    try:
        trainer.save(checkpoint)
    except native.Error as error:
        error.trainer = trainer
        error.args = (f"{error}. The training is still in memory: in a notebook, sys.last_value.trainer.save(PATH) "
                      "writes it elsewhere",)
        raise


@takes_settings(native.FOR_TRAINING)
def train(source: Source | Corpus, *, objectives: ObjectiveSet | None = None,
          callbacks: Iterable[Callable[[EpochEnd, Trainer], Any]] = (), progress: bool | None = None,
          checkpoint: str | os.PathLike[str] | None = None, **settings) -> Vectors:
    callbacks = _functions(callbacks)
    refuse_text(source)
    if checkpoint is not None:
        check_output(checkpoint)
    trainer = Trainer(source, objectives=objectives, progress=progress,
                      checkpoint=checkpoint if checkpoint and os.path.exists(checkpoint) else None, **settings)
    if trainer.info["finished"]:
        return trainer.vectors
    try:
        trainer.run(callbacks=callbacks)
    except (KeyboardInterrupt, native.Interrupted):
        if checkpoint is not None:
            _save_or_hand_over(trainer, checkpoint)
        raise
    return trainer.vectors


train.__doc__ = f"""Trains word vectors, and returns them.

``source`` is a path, a list of paths (text files, also compressed; folders, patterns, "@LIST" of files), or an
iterable of sentences, each a list of words; an iterable is read once. With ``weighted=True`` the first item of each
sentence is its weight: [2.5, "tea", "cup"].

``callbacks``: functions that are called at the end of each epoch with an EpochEnd and the Trainer.
``progress``: True shows a bar where tqdm is installed; None does so on a terminal or in a notebook.
``checkpoint``: a path. Ctrl-C saves the training there before it raises KeyboardInterrupt, and so does
``Trainer.stop`` before it raises Interrupted. A training whose checkpoint exists goes on from it.
``objectives``: an ObjectiveSet with losses of your own.

All other keyword arguments are settings of the training:

{documentation(native.FOR_TRAINING)}
"""


# ---- Progress ---------------------------------------------------------------

class _NoBar:
    progress = None

    def close(self):
        pass


class _Bar:
    """Words that were trained on, as tqdm shows them."""

    def __init__(self, tqdm):
        self._tqdm, self._bar = tqdm, None

    def progress(self, info):
        if self._bar is None:
            self._bar = self._tqdm(total=info.words_total, unit="word", unit_scale=True, desc="training")
        self._bar.set_postfix(loss=f"{info.loss:.4f}", refresh=False)
        self._bar.update(info.words - self._bar.n)

    def close(self):
        if self._bar is not None:
            self._bar.close()
            self._bar = None


def _bar(wanted):
    if wanted is None:
        wanted = sys.stderr is not None and (sys.stderr.isatty() or "ipykernel" in sys.modules)
    if not wanted:
        return _NoBar()
    try:
        from tqdm.auto import tqdm
    except ImportError:
        return _NoBar()
    return _Bar(tqdm)
