"""Vectors of several texts in one space: a compass (TWEC; Di Carlo, Bianchi and Palmonari 2019).

The compass is trained on shared text. Each slice then begins with its vectors, and trains its input vectors alone:
its output vectors, which are the contexts, stay those of the compass. So the slices have one space, without a
rotation.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any, Callable, Mapping

from . import _native as native
from ._settings import Settings, describe, keyword, takes_settings
from .corpus import Source, is_path
from .semantic_change import Change
from .training import Trainer
from .vectors import Vectors


# Settings that a compass decides itself.
NOT_HERE = ("heldout", "patience", "start", "vocabulary", "freeze", "lr_of")


@dataclass(frozen=True)
class Compass:
    """``compass``: the vectors of the shared text; ``slices``: those of each slice, by name, in the same space."""
    compass: Vectors
    slices: dict[str, Vectors]

    def change(self, before: str | None = None, after: str | None = None) -> Change:
        """How far words moved between two slices: the first and the last one, unless they are named."""
        names = list(self.slices)
        return Change(*(self.slices[name] for name in (names[0] if before is None else before,
                                                       names[-1] if after is None else after)))


@takes_settings(native.FOR_TRAINING)
def compass(slices: Mapping[str, Source], shared: Source | Vectors | None = None, *,
            on_vectors: Callable[[str | None, Vectors], Any] | None = None, progress: bool | None = False,
            **settings: Any) -> Compass:
    """Trains the vectors of several texts in one space.

    slices: a dictionary from names to texts (as of ``train``), in their order in time. ``shared``: the text of the
    compass, or its vectors from an earlier call; None: all slices together, which must then be files, or lists of
    sentences. ``on_vectors`` is called with None and the compass, then with the name and the vectors of each slice, as
    soon as they are trained. All other keyword arguments are settings of the trainings.

    The objective is sgns unless another one is set (or that of the compass's vectors): its scores are relative to how
    often words are in the slice itself. nce's contain the frequencies of the compass, from which input vectors would
    move. A word that the compass does not have learns its output vector, too.
    """
    if not isinstance(slices, Mapping):
        raise TypeError("slices is a dictionary from names to texts, such as {'old': 'old.txt', 'new': 'new.txt'}")
    slices, settings = dict(slices), with_objective(settings, shared)
    check(slices, shared, settings)
    if isinstance(shared, Vectors):
        base = shared
    else:
        base = Trainer(_together(slices) if shared is None else shared, progress=progress, **settings).run().vectors
        if on_vectors:
            on_vectors(None, base)
    made = {}
    for name, source in slices.items():
        made[name] = _slice(source, base, progress, settings)
        if on_vectors:
            on_vectors(name, made[name])
    return Compass(base, made)


def with_objective(settings, shared):
    """The settings with the objective that is the default here."""
    recorded = dict(shared.record).get("objective") if isinstance(shared, Vectors) else None
    return {**settings, "objective": settings.get("objective") or recorded or "sgns"}


def check(slices, shared, settings):
    """Refuses before any work what could not be trained."""
    if len(slices) < 2:
        raise native.ArgumentError(f"{len(slices)} slice{'s' * (len(slices) != 1)}: a change is between two at least")
    for name in NOT_HERE:
        if settings.get(name) is not None:
            raise native.ArgumentError(f"{name} does not go with a compass, which trains on all text and decides "
                                       "where slices begin")
    for name, source in slices.items():
        if is_path(source):
            _check_readable(source)
        elif not hasattr(source, "__iter__"):
            raise TypeError(f"the slice {name} is a path, a list of paths, or sentences that are lists of words, not "
                            f"{source!r:.100}")
    if is_path(shared):
        _check_readable(shared)
    text = {keyword(info.name.decode()) for info in describe(native.FOR_TRAINING) if info.stage == 0}
    Settings(native.FOR_TRAINING, settings).check()
    how = {name: value for name, value in settings.items() if keyword(name) not in text}
    small = {"min_count": 1, "subsample": 0, "threads": 1}
    if str(how.get("subwords") or "none") != "none":
        small["buckets"] = 9
    if Trainer([["a", "b"]] * 4, progress=False, **{**how, **small}).vectors.output_matrix is None:
        raise native.ArgumentError("a compass needs an output vector of each word: not with the objective hs, nor "
                                   "with a model that has an output for each position")
    if isinstance(shared, Vectors):
        if shared.output_matrix is None:
            raise native.ArgumentError("the compass has no output vectors, which the slices need: save it as .n2v")
        dim = Settings(native.FOR_TRAINING, settings).get("dim")
        if str(shared.dim) != dim:
            raise native.ArgumentError(f"the compass has {shared.dim} dimensions, and dim is {dim}")


def _check_readable(path):
    name = os.fspath(path)
    if os.path.exists(name):
        if not os.access(name, os.R_OK):
            raise native.ArgumentError(f"cannot read {name}: permission denied")
    elif not any(mark in name for mark in "*?[") and not name.startswith("@"):
        raise native.ArgumentError(f"cannot read {name}: No such file or directory")


def _together(slices):
    sources = list(slices.values())
    if all(is_path(source) for source in sources):
        return sources
    for name, source in slices.items():
        if iter(source) is source:
            raise native.ArgumentError(f"the slice {name} can be read only once, and the compass reads it, too: give "
                                       "a list, a file, or a shared text")
    return (sentence for source in sources for sentence in source)


def _slice(source, base, progress, settings):
    trainer = Trainer(source, progress=progress, **settings)
    trainer.start_from(base)
    trainer.set_rates([0.0 if word in base else 1.0 for word in trainer.vectors.words], output=True)
    return trainer.run().vectors
