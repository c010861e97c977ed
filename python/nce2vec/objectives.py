"""Objectives: list and describe them, evaluate them on arrays, and write a loss of your own."""

from __future__ import annotations

import os
from ctypes import byref, c_char_p, c_void_p
from dataclasses import dataclass
from typing import Any, Callable

import numpy as np

from . import _native as native
from ._native import MASKED, NEGATIVE, POSITIVE, library

NEEDS_OUTPUT_BIAS = 1 << 0
NEEDS_IN_BATCH = 1 << 1
NEEDS_UNIT_ROWS = 1 << 2
NEEDS_ALL_WORDS = 1 << 3
NEEDS_LOG_NOISE = 1 << 4
NEEDS_NORMS = 1 << 5
NEEDS_SHARED_BIAS = 1 << 6
NEEDS_SIDES = 1 << 7
NEEDS_CLASSES = 1 << 8
NEEDS_POSITIVES_ONLY = 1 << 9
NEEDS_SLOPE_CLIPPING = 1 << 10


def _set_or_none(objectives):
    return c_void_p() if objectives is None else objectives


def names(objectives: ObjectiveSet | None = None) -> list[str]:
    """The names of all objectives."""
    count = library.objective_count(_set_or_none(objectives))
    return [library.objective_name(_set_or_none(objectives), i).decode() for i in range(count)]


def describe(objective: str, objectives: ObjectiveSet | None = None) -> dict[str, Any]:
    """A dictionary: summary, formula, paper, geometry, needs, the training's defaults, and the parameters."""
    info = native.ObjectiveInfo()
    library.objective_describe(_set_or_none(objectives), objective.encode(), info)
    found = {name: value.decode() if isinstance(value, bytes) else value
             for name, value in ((name, getattr(info, name)) for name, _ in info._fields_) if name != "size"}
    found["geometry"] = ("dot", "squared distance")[info.geometry]
    found["parameters"] = {}
    for i in range(info.parameters):
        parameter = native.ParameterInfo()
        library.objective_describe_parameter(_set_or_none(objectives), objective.encode(), i, parameter)
        found["parameters"][parameter.name.decode()] = {
            "value": parameter.value, "default": parameter.default_value, "min": parameter.min, "max": parameter.max,
            "integer": bool(parameter.is_integer), "help": parameter.help.decode()}
    return found


@dataclass
class Evaluation:
    """A loss, summed over the positives of a tile, and its gradient."""
    loss: float
    gradient: np.ndarray
    input_norm_gradient: np.ndarray | None = None
    output_norm_gradient: np.ndarray | None = None
    input_pair_gradient: np.ndarray | None = None
    output_pair_gradient: np.ndarray | None = None


def evaluate(objective: str, scores: Any, labels: Any, *, log_noise: Any = None, multiplicity: Any = None,
             input_norms: Any = None, output_norms: Any = None, input_pairs: Any = None, output_pairs: Any = None,
             objectives: ObjectiveSet | None = None) -> Evaluation:
    """Evaluates an objective on a tile of scores, in the arithmetic of training.

    ``scores`` has shape (m, n): m inputs against n outputs. ``labels`` has the same shape, with POSITIVE, NEGATIVE or
    MASKED; each row has a positive. ``log_noise`` (n): log(k Q) of the outputs' words. ``multiplicity`` (n): how often
    a column was drawn. Norms are squared lengths, (m) and (n); pairs are scores within a side, (m, m) and (n, n).
    Returns an Evaluation, whose gradients have the shapes of what they belong to.
    """
    if not isinstance(objective, str):
        raise TypeError(f"the objective is a str, such as 'nce', not {objective!r:.60}")
    if not np.isin(labels, (NEGATIVE, POSITIVE, MASKED)).all():
        raise native.ArgumentError("labels are POSITIVE, NEGATIVE or MASKED (1, 0, 2)")
    scores = np.ascontiguousarray(scores, dtype=np.float32)
    if scores.ndim != 2:
        raise native.ArgumentError(f"scores have two axes, not the shape {scores.shape}")
    m, n = scores.shape
    held = {}

    def array(name, values, shape, dtype=np.float32):
        if values is None:
            return None
        held[name] = made = np.ascontiguousarray(values, dtype=dtype)
        if made.shape != shape:
            raise native.ArgumentError(f"{name} has the shape {made.shape}; {shape} is needed with scores of {m} x {n}")
        return made.ctypes.data

    def result(name, like, shape):
        if like is None:
            return None
        held[name] = np.zeros(shape, dtype=np.float32)
        return held[name].ctypes.data

    made = native.Evaluation(
        m=m, n=n, scores=array("scores", scores, (m, n)), labels=array("labels", labels, (m, n), np.uint8),
        log_noise=array("log_noise", log_noise, (n,)), multiplicity=array("multiplicity", multiplicity, (n,)),
        input_norms=array("input_norms", input_norms, (m,)), output_norms=array("output_norms", output_norms, (n,)),
        input_pairs=array("input_pairs", input_pairs, (m, m)),
        output_pairs=array("output_pairs", output_pairs, (n, n)), gradient=result("gradient", scores, (m, n)),
        input_norm_gradient=result("input_norm_gradient", input_norms, (m,)),
        output_norm_gradient=result("output_norm_gradient", output_norms, (n,)),
        input_pair_gradient=result("input_pair_gradient", input_pairs, (m, m)),
        output_pair_gradient=result("output_pair_gradient", output_pairs, (n, n)))
    library.objective_evaluate(_set_or_none(objectives), objective.encode(), made)
    return Evaluation(made.loss, *(held.get(name) for name in (
        "gradient", "input_norm_gradient", "output_norm_gradient", "input_pair_gradient", "output_pair_gradient")))


# ---- Losses of one's own ------------------------------------------------------

@dataclass
class Tile:
    """What a loss of your own gets: m inputs, each with its own positives, against n outputs that all share. The
    arrays are copies.

    ``scores`` (m, n); ``mask`` (m, n) of bool, true: no negative of its row, or None; ``row`` (p): the row of each
    positive; ``positive_scores`` (p); ``multiplicity`` (n) or None; ``log_noise`` (n) and ``positive_log_noise`` (p)
    where needed.
    """
    scores: np.ndarray
    mask: np.ndarray | None
    row: np.ndarray
    positive_scores: np.ndarray
    multiplicity: np.ndarray | None
    log_noise: np.ndarray | None
    positive_log_noise: np.ndarray | None


def _array(pointer, shape, dtype=None):
    if not pointer or 0 in shape:
        return None if not pointer else np.zeros(shape, dtype=dtype or np.float32)
    return np.ctypeslib.as_array(pointer, shape)


def _copy(pointer, shape, dtype=None):
    """An array that a loss may change and keep: the library's memory is used again after the call."""
    array = _array(pointer, shape, dtype)
    return None if array is None else array.copy()


class ObjectiveSet(native.Handle):
    """The library's objectives and losses of your own, by name.

    A loss written in Python is called for each tile, by one thread at a time: it is hundreds of times slower than one
    in C (docs/examples/focal.c shows how to write one), and meant for trying an idea on a small text.
    """

    def __init__(self):
        super().__init__(library.objectives_create, library.objectives_destroy)
        self._held = []
        self.failure = None

    def load(self, path: str | os.PathLike[str]) -> str:
        """Loads the objectives of a shared object; returns the name of its first one."""
        name = c_char_p()
        library.objectives_load(self, native.path_bytes(path), byref(name))
        return name.value.decode()

    def add(self, name: str, loss: Callable[[Tile], tuple[Any, Any, Any]], *, summary: str = "a loss in Python",
            formula: str = "", paper: str = "", needs: int = 0, init: float = 0.03, learning_rate: float = 0.025,
            noise: int = 5, noise_sharing: int = 1) -> None:
        """Adds a loss.

        ``loss(tile)`` returns the loss, summed over the positives of the Tile, and its derivatives by the scores
        (m, n) and by the positive scores (p). Only with dot products. An exception in it ends the training, and so do
        arrays of other shapes.
        """
        def loss_grad(tile, _parameters, gradient, _scratch, total, _user):
            if self.failure is None:
                try:
                    return _call(loss, tile.contents, gradient.contents, total)
                except BaseException as failure:  # nothing may leave a callback
                    self.failure = failure
            _fail(tile.contents, gradient.contents, total)

        needs_function = native.NEEDS(lambda _parameters, _user: needs)
        texts = [text.encode() for text in (name, summary, formula or "see its Python function", paper or "none")]
        made = native.Objective(name=texts[0], summary=texts[1], formula=texts[2], paper=texts[3], geometry=0,
                                init=init, learning_rate=learning_rate, noise=noise, noise_sharing=noise_sharing,
                                needs=needs_function, loss_grad=native.LOSS_GRAD(loss_grad))
        library.objectives_register(self, made)
        self._held.append((texts, needs_function, made))


def _fail(tile, gradient, total):
    """Ends the training at the next loss that is looked at, with vectors that are as they were."""
    for target, shape in ((gradient.scores, (tile.m, tile.n)), (gradient.positives, (tile.first[tile.m],))):
        array = _array(target, shape)
        if array is not None:
            array[...] = 0
    if total:
        total[0] = float("nan")


def _call(loss, tile, gradient, total):
    m, n, p = tile.m, tile.n, tile.first[tile.m]
    mask = _array(tile.mask, (m, n))
    returned = loss(Tile(
        scores=_copy(tile.scores, (m, n)), mask=None if mask is None else mask.astype(bool),
        row=_copy(tile.row, (p,), np.uint32), positive_scores=_copy(tile.positive_scores, (p,)),
        multiplicity=_copy(tile.multiplicity, (n,)), log_noise=_copy(tile.log_noise, (n,)),
        positive_log_noise=_copy(tile.positive_log_noise, (p,))))
    if not isinstance(returned, tuple) or len(returned) != 3:
        raise native.ArgumentError("a loss returns three values: the loss, its derivatives by the scores, and those by "
                                   f"the positive scores; it returned {returned!r:.60}")
    for name, target, values, shape in (("scores", gradient.scores, returned[1], (m, n)),
                                        ("positive scores", gradient.positives, returned[2], (p,))):
        values = np.asarray(values)
        if values.shape != shape:
            raise native.ArgumentError(f"the derivatives of the loss by the {name} have the shape {values.shape}; "
                                       f"{shape} is needed")
        array = _array(target, shape)
        if array is not None:
            array[...] = values
    if total:
        total[0] += float(returned[0])
