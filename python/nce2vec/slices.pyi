# Written by scripts/python_stubs.py (make stubs).
import os
from dataclasses import dataclass
from typing import Any, Callable, Literal, Mapping

from .corpus import Source
from .semantic_change import Change
from .vectors import Vectors

NOT_HERE: tuple[str, ...]


@dataclass(frozen=True)
class Compass:
    """``compass``: the vectors of the shared text; ``slices``: those of each slice, by name, in the same space."""
    compass: Vectors
    slices: dict[str, Vectors]

    def change(self, before: str | None = None, after: str | None = None) -> Change:
        """How far words moved between two slices: the first and the last one, unless they are named."""
        ...


def compass(slices: Mapping[str, Source], shared: Source | Vectors | None = None, *,
            on_vectors: Callable[[str | None, Vectors], Any] | None = None, progress: bool | None = False,
            read_vocab: str | os.PathLike[str] | None = None, drop_unseen: bool = False,
            start: str | os.PathLike[str] | None = None, vocabulary: Literal['new', 'old', 'both'] = 'new',
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
            kernels: Literal['auto', 'scalar', 'avx2', 'avx512', 'avx512bf16'] = 'auto') -> Compass:
    """Trains the vectors of several texts in one space.

    slices: a dictionary from names to texts (as of ``train``), in their order in time. ``shared``: the text of the
    compass, or its vectors from an earlier call; None: all slices together, which must then be files, or lists of
    sentences. ``on_vectors`` is called with None and the compass, then with the name and the vectors of each slice, as
    soon as they are trained. All other keyword arguments are settings of the trainings.

    The objective is sgns unless another one is set (or that of the compass's vectors): its scores are relative to how
    often words are in the slice itself. nce's contain the frequencies of the compass, from which input vectors would
    move. A word that the compass does not have learns its output vector, too.
    """
    ...


def with_objective(settings, shared):
    """The settings with the objective that is the default here."""
    ...


def check(slices, shared, settings):
    """Refuses before any work what could not be trained."""
    ...
