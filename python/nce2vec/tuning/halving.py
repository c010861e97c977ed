"""Successive halving within a time: many settings on a small part of the text, few of them on more."""

from __future__ import annotations

import math
import os
import random
import shlex
import shutil
import tempfile
import threading
import time
import weakref
from dataclasses import dataclass, field
from typing import Any, Callable, Iterable, Mapping

from .. import _native as native
from .._settings import Settings, describe, keyword, takes_settings, text_of
from ..corpus import Corpus, Source, is_path, paths_or_sentences
from ..training import Trainer
from ..vectors import Vectors
from . import measures, space
from .text import Text, has_words

# Shares of the time: reading at most, and what may be over when the whole text is begun, and when settings near the
# best are.
_READING, _HALVING, _NEAR = 0.25, 0.45, 0.75
_DRAWN = 24    # settings at least that are tried on the first part
_FEWER = 4     # each round keeps so many times fewer
_MISSES = 60   # drawn settings in turn that were tried before, or would take too long: then it is over
_CUT = 2.6     # a training that takes so many times longer than was expected is cut short


@dataclass
class Trial:
    """Settings that were tried on a part of the text. ``score`` is that of the data that chooses, higher is better,
    None where the training was cut short; ``test`` that of other data, where it was measured."""
    changes: dict[str, Any]
    settings: dict[str, Any]
    fraction: float
    seconds: float
    score: float | None
    test: float | None = None
    failure: str | None = None


@dataclass
class TuningResult:
    """``default`` and ``best`` are trials on the same text; ``trials`` are all. ``settings`` are the best ones, with
    those that were fixed. ``gain`` is the best's score minus the default's on data that did not choose."""
    unit: str
    default: Trial | None
    best: Trial | None
    trials: list[Trial]
    seconds: float
    command: str
    notes: list[str] = field(default_factory=list)
    vectors: Vectors | None = None

    @property
    def settings(self) -> dict[str, Any]:
        return dict(self.best.settings) if self.best else {}

    @property
    def gain(self) -> float | None:
        if self.best is None or self.default is None or None in (self.best.test, self.default.test):
            return None
        return self.best.test - self.default.test


class Tuning:
    """A tuning that can be interrupted: ``run`` works until its time is over, ``result`` has what was found."""

    @takes_settings(native.FOR_TRAINING)
    def __init__(self, source: Source, purpose: str | os.PathLike[str], budget: float, *, train_best: bool = True,
                 query: str = "last", values: Mapping[str, Iterable[Any]] | None = None,
                 on_trial: Callable[[Trial], Any] | None = None, **settings: Any):
        self._began = time.monotonic()
        if isinstance(budget, str):
            raise TypeError(f"budget is a number of seconds, not {budget!r}")
        if not budget > 0:
            raise native.ArgumentError(f"a budget of {budget:g} s is no time")
        if query not in ("last", "mean"):
            raise native.ArgumentError(f"query is 'last' or 'mean', not {query!r}")
        paths, sentences = paths_or_sentences(source)
        source = paths or sentences
        self._budget, self._source, self._train_best, self.on_trial = budget, source, train_best, on_trial
        self._folder = tempfile.mkdtemp(prefix="nce2vec-tune-")
        weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        self._base = {name: value for name, value in settings.items() if value is not None}
        _check_fixed(self._base)
        seed = int(self._base.get("seed", 1))
        self._seed = seed
        self._measure = measures.make(os.fspath(purpose), self._folder, seed, query)
        if self._measure.sessions:
            self._base.setdefault("preset", "sessions")
        if has_words(source):
            self._base.setdefault("tokenizer", "space")
        choices = space.choices(self._base, self._measure.sessions, self._measure.without, values)
        Settings(native.FOR_TRAINING, self._base).check()
        self._space = space.Space(self._base, choices, random.Random(seed))
        self._trials: list[Trial] = []
        self._default = self._best = self._best_vectors = None
        self._corpora, self._notes, self._cost = {}, [], {}
        self._made = None

    # ---- Time

    def _elapsed(self):
        return time.monotonic() - self._began

    def _left(self, trial=None):
        """The time that is left for trials: some is kept for the training on the whole text."""
        return self._budget - self._elapsed() - self._reserve(trial or self._best or self._default)

    def _reserve(self, trial):
        """What the last training takes: none where the best trial was trained on all of the text itself."""
        if not self._train_best or trial is None or self._trains_on_all:
            return 0
        return 1.15 * self._expected(trial.changes, 1.0) * self._text.of_everything + 0.02 * self._budget

    def _expected(self, changes, fraction):
        """How long a training would take: as the same settings on another part, or else by the default's time."""
        known = self._cost.get(_key(changes))
        if known is None:
            made, before = (Settings(native.FOR_TRAINING, self._space.settings(one)) for one in (changes, {}))
            known = self._cost[_key({})]
            for name, power in (("epochs", 1), ("window", 0.5), ("noise", 0.5)):
                values = made.get(name), before.get(name)
                if None not in values and values[0] != values[1]:
                    known *= (float(values[0]) / float(values[1])) ** power
        return known * fraction

    # ---- Trials

    def _corpus(self, part, settings):
        texts = {info.name.decode() for info in describe(native.FOR_TRAINING) if info.stage == 0}
        key = (part, tuple(sorted((name, str(value)) for name, value in settings.items()
                                  if name.replace("_", "-") in texts)))
        if key not in self._corpora:
            self._corpora = {other: corpus for other, corpus in self._corpora.items() if other[0] == part}
            files = list(map(os.fsdecode, self._text.parts[part]))
            self._corpora[key] = Corpus(files, Settings(native.FOR_TRAINING, settings))
            if len(self._trials) == 0:
                self._corpora[key].warn("the text")
        return self._corpora[key]

    def _try(self, changes, part, most):
        """Trains and scores. most: seconds after which the training is cut short."""
        settings, began = self._space.settings(changes), time.monotonic()
        trial = Trial(changes, settings, self._text.fractions[part], 0, None)
        trainer = None
        try:
            trainer = Trainer(self._corpus(part, settings), progress=False, **settings)
            _run(trainer, most)
            score = self._measure.score(trainer.vectors, 0, settings)
            trial.score = None if math.isnan(score) else score
            if trial.score is None:
                trial.failure = "no score"
        except native.Interrupted:
            trial.failure = "takes too long"
        except (native.DivergenceError, native.ArgumentError, native.DataError) as error:
            if not changes:
                raise
            trial.failure = str(error)
        trial.seconds = time.monotonic() - began
        self._trials.append(trial)
        if trial.score is not None:
            self._cost[_key(changes)] = trial.seconds / trial.fraction
            self._keep(trial, trainer, part)
        if self.on_trial:
            self.on_trial(trial)
        return trial

    def _keep(self, trial, trainer, part):
        """The best one and the default of the part that is compared in the end, with their scores on other data."""
        if part != self._last:
            return
        is_default, is_best = not trial.changes, self._best is None or trial.score > self._best.score
        if is_default or is_best:
            trial.test = self._measure.score(trainer.vectors, 1, trial.settings)
        if is_default:
            self._default = trial
        if is_best:
            self._best, self._best_vectors = trial, trainer.vectors

    # ---- Rounds

    def run(self) -> TuningResult:
        """Works until the time is over. After KeyboardInterrupt ``result`` has the best so far."""
        self._text = Text(self._source, self._folder, self._measure.share, self._seed,
                          lambda: self._elapsed() > _READING * self._budget)
        if not self._text.is_whole:
            self._shorten("reading all of the text takes more than a quarter of the time: the first "
                          f"{sum(self._text.bytes) / 1e6:,.0f} MB were read")
        self._last = len(self._text.parts) - 1
        self._trains_on_all = self._measure.share == 0
        self._measure.prepare(self._text, self._base)
        first = self._first_part()
        self._halve(first)
        self._near_the_best()
        if self._train_best and self._best and not self._trains_on_all:
            self._train_on_everything()
        return self.result()

    def _shorten(self, why):
        if self._train_best:
            raise native.DataError(f"{why}, and the best settings are to be trained on the whole text: give a longer "
                                   "budget, or no output")
        self._notes.append(why[0].upper() + why[1:] + ".")

    def _first_part(self):
        """Measures the default on the smallest part, and chooses the parts of the rounds."""
        trial = self._try({}, 0, _READING * self._budget)
        if trial.score is None:
            raise native.DataError(f"a training with the default settings on {100 * self._text.fractions[0]:.0f} % of "
                                   "the text takes more than a quarter of the time: a longer budget than "
                                   f"{self._budget:.0f} s is needed")
        cost = self._cost[_key({})]
        if 3 * cost > (1 - _HALVING) * self._budget:
            self._shorten(f"a training with the default settings takes about {cost:.0f} s")
            while self._last and 3 * cost * self._text.fractions[self._last] > (1 - _HALVING) * self._budget:
                self._last -= 1
            percent = 100 * self._text.fractions[self._last]
            self._notes.append(f"Settings were compared on {percent:.0f} % of the text.")
        fits = [part for part in range(self._last)
                if _DRAWN * cost * self._text.fractions[part] < _HALVING * self._budget / 2]
        return max(fits, default=0)

    def _halve(self, first):
        rounds = max(1, self._last - first)
        until = {part: _HALVING * (part - first + 1) / rounds for part in range(first, self._last)}
        until[self._last] = _NEAR
        scored = {}
        for part in range(first, self._last + 1):
            end = until[part] * self._budget
            if scored:
                candidates, most = self._ranked(scored), 1 + max(2, math.ceil(len(scored) / _FEWER))
            else:
                candidates, most = self._drawn(end), math.inf
            scored, tried = {}, 0
            for changes in candidates:
                trial = self._known(changes, part) or self._try_in_time(changes, part, end)
                tried += trial is not None
                if trial and trial.score is not None:
                    scored[_key(changes)] = (trial.score, changes)
                if tried >= most:
                    break
        if self._default is None:  # its time was too short above, but there is nothing to compare with without it
            self._try({}, self._last, self._budget)

    def _known(self, changes, part):
        return next((trial for trial in self._trials if trial.fraction == self._text.fractions[part] and
                     _key(trial.changes) == _key(changes)), None)

    def _drawn(self, end):
        """The default, then drawn settings as long as there is time."""
        yield {}
        seen = {_key({})}
        while self._elapsed() < end and len(seen) < 10000:
            changes = self._space.drawn()
            if _key(changes) not in seen:
                seen.add(_key(changes))
                yield changes

    def _ranked(self, scored):
        """The default, then the others of the round before, the best first."""
        ranked = [changes for _, changes in sorted(scored.values(), key=lambda one: -one[0])]
        return [{}] + [changes for changes in ranked if changes]

    def _try_in_time(self, changes, part, end):
        """A trial, if it is expected to end in time."""
        expected = self._expected(changes, self._text.fractions[part])
        left = self._left() if changes else self._budget - self._elapsed()
        if changes and (self._elapsed() + expected > end * 1.05 or expected > left):
            return None
        return self._try(changes, part, min(left, _CUT * expected + 1))

    def _near_the_best(self):
        """Settings that differ a little from the best ones, until the time is over."""
        fraction, misses = self._text.fractions[self._last], 0
        seen = {_key(trial.changes) for trial in self._trials if trial.fraction == fraction}
        while self._best and misses < _MISSES:
            changes = self._space.near(self._best.changes)
            needed = 1.1 * self._expected(changes, fraction)
            if _key(changes) in seen or needed > min(self._left(), self._left(Trial(changes, {}, fraction, 0, None))):
                misses += 1
                continue
            misses = 0
            seen.add(_key(changes))
            self._try(changes, self._last, self._left())

    def _train_on_everything(self):
        files, settings = list(map(os.fsdecode, self._text.everything)), self._best.settings
        self._corpora = {}
        trainer = Trainer(Corpus(files, Settings(native.FOR_TRAINING, settings)), progress=False, **settings)
        trainer.run()
        self._made = trainer.vectors

    # ---- What was found

    def result(self) -> TuningResult:
        default, best, notes = self._default, self._best, list(self._notes)
        if best is None and self._trials:
            default, best = self._so_far()
            if best:
                notes.append(f"No settings were compared on more than {100 * best.fraction:.0f} % of the text, and "
                             "the gain was not measured: it ended too early.")
        vectors = self._made if self._made is not None else self._best_vectors
        return TuningResult(self._measure.unit, default, best, list(self._trials), self._elapsed(),
                            command(self._source, best.settings if best else {}), notes, vectors)

    def _so_far(self):
        """The default and the best trial of the largest part on which there were others."""
        scored = [trial for trial in self._trials if trial.score is not None]
        most = max((trial.fraction for trial in scored if trial.changes), default=None)
        of_part = [trial for trial in scored if trial.fraction == most]
        return (next((trial for trial in of_part if not trial.changes), None),
                max(of_part, key=lambda trial: trial.score, default=None))

    @property
    def trials(self) -> int:
        """How many there were."""
        return len(self._trials)

    def shown(self, score: float | None) -> str:
        """A score as text."""
        return "-" if score is None else self._measure.shown(score)


def _check_fixed(base):
    for name in ("heldout", "patience"):
        if name in base:
            raise native.ArgumentError(f"{name} cannot be fixed: tune holds out lines itself")
    Settings(native.FOR_TRAINING, base).check()


def _key(changes):
    return tuple(sorted((name, str(value)) for name, value in changes.items()))


def _run(trainer, most):
    timer = threading.Timer(max(most, 0.01), trainer.stop)
    timer.daemon = True
    timer.start()
    try:
        trainer.run()
    finally:
        timer.cancel()
        timer.join()


def command(source, settings):
    """A command line that trains with these settings."""
    inputs = ["INPUT"] if has_words(source) else [source] if is_path(source) else source
    parts = ["nce2vec", "train", *map(os.fspath, inputs), "-o", "vectors.n2v"]
    flags = {keyword(info.name.decode()) for info in describe(native.FOR_TRAINING) if info.type == native.FLAG}
    for name, value in settings.items():
        if name in flags:
            parts += [f"--{name.replace('_', '-')}"] * (text_of(value) == "1")
        else:
            parts += [f"--{name.replace('_', '-')}", text_of(value)]
    return shlex.join(parts)


@takes_settings(native.FOR_TRAINING)
def tune(source: Source, purpose: str | os.PathLike[str], budget: float, *, train_best: bool = True,
         query: str = "last", values: Mapping[str, Iterable[Any]] | None = None,
         on_trial: Callable[[Trial], Any] | None = None, **settings: Any) -> TuningResult:
    """Finds better settings of a training in ``budget`` seconds.

    source: as of ``train``; of an iterable each sentence is a line. ``purpose``: the path of a file of word pairs with
    scores; "heldout" (the exact likelihood of held-out text); or "hitrate" (the last item of held-out sessions). Half
    of the pairs, or held-out lines, choose; the gain is measured on others.
    train_best: the result has ``vectors`` of the best settings, trained on all of the text. ``query``: of "hitrate",
    "last" asks for the neighbors of the item before the last one, "mean" for those of the mean of all before; it sets
    ``preset`` "sessions", unless another one is set.
    ``values``: a dictionary from settings to values that are tried beside, or instead of, the usual ones, such as
    dim=(50, 100). ``on_trial`` is called with each Trial. All other keyword arguments are settings that are fixed.
    """
    return Tuning(source, purpose, budget, train_best=train_best, query=query, values=values, on_trial=on_trial,
                  **settings).run()
