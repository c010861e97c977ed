# Written by scripts/python_stubs.py (make stubs).
import os
from dataclasses import dataclass
from typing import Any, Callable, Iterable, Literal, Mapping

from ..corpus import Source
from ..vectors import Vectors


@dataclass
class Trial:
    """Settings that were tried on a part of the text. ``score`` is that of the data that chooses, higher is better,
    None where the training was cut short; ``test`` that of other data, where it was measured.
    """
    changes: dict[str, Any]
    settings: dict[str, Any]
    fraction: float
    seconds: float
    score: float | None
    test: float | None = ...
    failure: str | None = ...


@dataclass
class TuningResult:
    """``default`` and ``best`` are trials on the same text; ``trials`` are all. ``settings`` are the best ones, with
    those that were fixed. ``gain`` is the best's score minus the default's on data that did not choose.
    """
    unit: str
    default: Trial | None
    best: Trial | None
    trials: list[Trial]
    seconds: float
    command: str
    notes: list[str] = ...
    vectors: Vectors | None = ...

    @property
    def settings(self) -> dict[str, Any]:
        ...

    @property
    def gain(self) -> float | None:
        ...


class Tuning:
    """A tuning that can be interrupted: ``run`` works until its time is over, ``result`` has what was found."""

    def __init__(self, source: Source, purpose: str | os.PathLike[str], budget: float, *, train_best: bool = True,
                 query: str = 'last', values: Mapping[str, Iterable[Any]] | None = None,
                 on_trial: Callable[[Trial], Any] | None = None, read_vocab: str | os.PathLike[str] | None = None,
                 drop_unseen: bool = False, start: str | os.PathLike[str] | None = None,
                 vocabulary: Literal['new', 'old', 'both'] = 'new',
                 heldout: float | str | os.PathLike[str] | None = None, tokenizer: str = 'words',
                 case: Literal['keep', 'lower', 'lower:tr'] | None = None,
                 normal_form: Literal['none', 'nfc', 'nfkc'] = 'none', weighted: bool = False, min_count: int = 5,
                 max_vocab: int | None = None, phrases: str | os.PathLike[str] | None = None,
                 phrase_threshold: float | None = None, phrase_min_count: int = 5, phrase_passes: int = 1,
                 phrase_connectors: str | os.PathLike[str] | None = None, phrase_delimiter: str = '_',
                 phrase_max_pairs: int = 40000000,
                 preset: Literal['fast', 'best', 'word2vec', 'sessions', 'walks'] = 'fast', objective: str = 'nce',
                 model: Literal['skipgram', 'cbow', 'structured-skipgram', 'cwindow'] = 'skipgram',
                 cbow_gradient: Literal['mean', 'word2vec'] = 'mean',
                 subwords: Literal['none', 'fasttext', 'floret'] = 'none', minn: int = 3, maxn: int = 6,
                 buckets: int = 2000000, hash_count: int = 2, hash_seed: int = 2166136261, dim: int = 100,
                 window: int | Literal['all'] | None = None,
                 window_weights: Literal['shrink', 'flat', 'harmonic', 'line'] = 'shrink', noise: int | None = None,
                 noise_draws: int | None = None, noise_sharing: int | None = None, noise_power: float = 0.75,
                 subsample: float = 0.0001, epochs: int = 5, init: float | None = None,
                 optimizer: Literal['sgd', 'adagrad'] = 'sgd', weight_decay: float = 0.0, lr: float | None = None,
                 schedule: Literal['linear', 'cosine', 'constant'] = 'linear', warmup: float = 0.0,
                 end_lr: float | None = None, freeze: str | os.PathLike[str] | None = None,
                 lr_of: str | os.PathLike[str] | None = None, threads: int | None = None, deterministic: bool = False,
                 virtual_workers: int = 8, round: int = 8192, combine: Literal['sum', 'mean', 'momentum'] = 'sum',
                 sync_bits: Literal[32, 16, 8] = 32, staleness: int = 8,
                 precision: Literal['auto', 'fp32', 'bf16'] = 'auto', seed: int = 1,
                 kernels: Literal['auto', 'scalar', 'avx2', 'avx512', 'avx512bf16'] = 'auto'):
        ...

    def run(self) -> TuningResult:
        """Works until the time is over. After KeyboardInterrupt ``result`` has the best so far."""
        ...

    def result(self) -> TuningResult:
        ...

    @property
    def trials(self) -> int:
        """How many there were."""
        ...

    def shown(self, score: float | None) -> str:
        """A score as text."""
        ...


def command(source, settings):
    """A command line that trains with these settings."""
    ...


def tune(source: Source, purpose: str | os.PathLike[str], budget: float, *, train_best: bool = True,
         query: str = 'last', values: Mapping[str, Iterable[Any]] | None = None,
         on_trial: Callable[[Trial], Any] | None = None, read_vocab: str | os.PathLike[str] | None = None,
         drop_unseen: bool = False, start: str | os.PathLike[str] | None = None,
         vocabulary: Literal['new', 'old', 'both'] = 'new', heldout: float | str | os.PathLike[str] | None = None,
         tokenizer: str = 'words', case: Literal['keep', 'lower', 'lower:tr'] | None = None,
         normal_form: Literal['none', 'nfc', 'nfkc'] = 'none', weighted: bool = False, min_count: int = 5,
         max_vocab: int | None = None, phrases: str | os.PathLike[str] | None = None,
         phrase_threshold: float | None = None, phrase_min_count: int = 5, phrase_passes: int = 1,
         phrase_connectors: str | os.PathLike[str] | None = None, phrase_delimiter: str = '_',
         phrase_max_pairs: int = 40000000, preset: Literal['fast', 'best', 'word2vec', 'sessions', 'walks'] = 'fast',
         objective: str = 'nce', model: Literal['skipgram', 'cbow', 'structured-skipgram', 'cwindow'] = 'skipgram',
         cbow_gradient: Literal['mean', 'word2vec'] = 'mean', subwords: Literal['none', 'fasttext', 'floret'] = 'none',
         minn: int = 3, maxn: int = 6, buckets: int = 2000000, hash_count: int = 2, hash_seed: int = 2166136261,
         dim: int = 100, window: int | Literal['all'] | None = None,
         window_weights: Literal['shrink', 'flat', 'harmonic', 'line'] = 'shrink', noise: int | None = None,
         noise_draws: int | None = None, noise_sharing: int | None = None, noise_power: float = 0.75,
         subsample: float = 0.0001, epochs: int = 5, init: float | None = None,
         optimizer: Literal['sgd', 'adagrad'] = 'sgd', weight_decay: float = 0.0, lr: float | None = None,
         schedule: Literal['linear', 'cosine', 'constant'] = 'linear', warmup: float = 0.0,
         end_lr: float | None = None, freeze: str | os.PathLike[str] | None = None,
         lr_of: str | os.PathLike[str] | None = None, threads: int | None = None, deterministic: bool = False,
         virtual_workers: int = 8, round: int = 8192, combine: Literal['sum', 'mean', 'momentum'] = 'sum',
         sync_bits: Literal[32, 16, 8] = 32, staleness: int = 8, precision: Literal['auto', 'fp32', 'bf16'] = 'auto',
         seed: int = 1, kernels: Literal['auto', 'scalar', 'avx2', 'avx512', 'avx512bf16'] = 'auto') -> TuningResult:
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
    ...
