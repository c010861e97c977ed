# Written by scripts/python_stubs.py (make stubs).
import os
from dataclasses import dataclass
from typing import Any, Callable, Iterable, Literal, Sequence

import numpy as np

from .corpus import Corpus, Source
from .objectives import ObjectiveSet
from .vectors import Vectors


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
    epochs: list[EpochEnd] = ...


class Trainer:
    """A training that can be paused between any two blocks of sentences.

    ``Trainer(sentences, dim=200)`` reads the text and draws the first vectors; ``run`` trains. The arguments are those
    of ``train``, whose help has all settings. Several trainings may share a Corpus.
    """

    def __init__(self, source: Source | Corpus, *, objectives: ObjectiveSet | None = None,
                 progress: bool | None = None, checkpoint: str | os.PathLike[str] | None = None,
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
                 kernels: Literal['auto', 'scalar', 'avx2', 'avx512', 'avx512bf16'] = 'auto'):
        ...

    def start_from(self, vectors: Vectors) -> int:
        """Takes the vectors of the words that both have, the output vectors and biases too; returns how many."""
        ...

    def set_rows(self, rows: np.ndarray, first: int = 0, output: bool = False) -> None:
        """Makes the rows of an array the vectors of the words from id ``first`` on."""
        ...

    def set_rates(self, factors: np.ndarray | Sequence[float], first: int = 0, output: bool = False) -> None:
        """Makes numbers the factors of the learning rates of the words from id ``first`` on; 0 freezes a vector."""
        ...

    def run(self, *, epochs: int | None = None, words: int | None = None,
            callbacks: Iterable[Callable[[EpochEnd, Trainer], Any]] = ()) -> Trainer:
        """Trains to the end, for some epochs more, or until so many words have been trained on, and pauses.

        Each of ``callbacks`` is called at the end of an epoch, with an EpochEnd and this trainer, whose vectors may be
        read and saved then. Ctrl-C raises KeyboardInterrupt once every thread has finished its block: the trainer is
        paused, can be saved, and can run on.
        """
        ...

    def stop(self) -> None:
        """Asks a run to pause; from any thread, also from a callback."""
        ...

    def save(self, path: str | os.PathLike[str]) -> None:
        """Saves a checkpoint: all that the training needs to go on, as a .n2v file that also has the vectors."""
        ...

    @property
    def vectors(self) -> Vectors:
        """The vectors as they are; they change when the trainer runs on."""
        ...

    @property
    def settings(self) -> dict[str, str]:
        """All settings as text, by keyword, as they are used."""
        ...

    @property
    def info(self) -> dict[str, Any]:
        """A dictionary: words, words_total, pairs, epoch, epochs, finished, loss, clipped, seconds, kernels, layout,
        vectors, frozen.
        """
        ...


def train(source: Source | Corpus, *, objectives: ObjectiveSet | None = None,
          callbacks: Iterable[Callable[[EpochEnd, Trainer], Any]] = (), progress: bool | None = None,
          checkpoint: str | os.PathLike[str] | None = None, read_vocab: str | os.PathLike[str] | None = None,
          drop_unseen: bool = False, start: str | os.PathLike[str] | None = None,
          vocabulary: Literal['new', 'old', 'both'] = 'new', heldout: float | str | os.PathLike[str] | None = None,
          tokenizer: str = 'words', case: Literal['keep', 'lower', 'lower:tr'] | None = None,
          normal_form: Literal['none', 'nfc', 'nfkc'] = 'none', weighted: bool = False, min_count: int = 5,
          max_vocab: int | None = None, phrases: str | os.PathLike[str] | None = None,
          phrase_threshold: float | None = None, phrase_min_count: int = 5, phrase_passes: int = 1,
          phrase_connectors: str | os.PathLike[str] | None = None, phrase_delimiter: str = '_',
          phrase_max_pairs: int = 40000000, preset: Literal['fast', 'best', 'word2vec', 'sessions', 'walks'] = 'fast',
          objective: str = 'nce', model: Literal['skipgram', 'cbow', 'structured-skipgram', 'cwindow'] = 'skipgram',
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
          sync_bits: Literal[32, 16, 8] = 32, staleness: int = 8, precision: Literal['auto', 'fp32', 'bf16'] = 'auto',
          seed: int = 1, kernels: Literal['auto', 'scalar', 'avx2', 'avx512', 'avx512bf16'] = 'auto') -> Vectors:
    """Trains word vectors, and returns them.

    ``source`` is a path, a list of paths (text files, also compressed; folders, patterns, "@LIST" of files), or an
    iterable of sentences, each a list of words; an iterable is read once. With ``weighted=True`` the first item of each
    sentence is its weight: [2.5, "tea", "cup"].

    ``callbacks``: functions that are called at the end of each epoch with an EpochEnd and the Trainer.
    ``progress``: True shows a bar where tqdm is installed; None does so on a terminal or in a notebook.
    ``checkpoint``: a path. Ctrl-C saves the training there before it raises KeyboardInterrupt, and so does
    ``Trainer.stop`` before it raises Interrupted. A training whose checkpoint exists goes on from it.
    ``objectives``: an ObjectiveSet with losses of your own.

    All other keyword arguments are settings of the training:

        read_vocab: take words and counts from this file instead of counting the text
        drop_unseen: skip words of a given vocabulary that the text does not contain [0]
        start: begin with the vectors of this file, in any format that is read; words that it does not have begin
            with random ones
        vocabulary: of a training that starts from a file: the words of the text (new), those of the file with its
            counts (old), or both, with the sum of the counts (one of new, old, both) [new]
        heldout: do not train on this share of the sentences (such as 0.01), or use the sentences of a text file,
            and report the loss on them after each epoch
        tokenizer: words: lower-cased runs of letters and digits; space: everything between white space; unicode: by
            Unicode's rules and, for scripts without spaces, dictionaries (needs ICU); command: what the shell's
            PROGRAM prints [words]
        case: of the words: lower: each letter in lower case; lower:tr: the same in Turkish and Azerbaijani, where I
            becomes a dotless i; keep: as in the text (one of keep, lower, lower:tr) [the tokenizer's]
        normal_form: Unicode normalization of the text: nfc: one spelling of each accented letter; nfkc: also plain
            forms of ligatures, full-width letters and the like (one of none, nfc, nfkc) [none]
        weighted: the first field of each line is its weight, 0 or more: a line of weight 2 counts as two lines, one
            of 0.5 is trained on in half of the epochs [0]
        min_count: skip words that occur less often [5]
        max_vocab: keep only the N most frequent words [no limit]
        phrases: join words that belong together, such as new_york, before words are counted: find them by the score
            word2phrase, gensim or npmi, or take those of a saved table
        phrase_threshold: a pair with a higher score is a phrase [the scorer's: 100, 10, 0.5]
        phrase_min_count: pairs that occur less often are no phrases [5]
        phrase_passes: each pass joins pairs of what the one before has joined: 2 find phrases of up to 4 words [1]
        phrase_connectors: words that may be inside of a phrase, but not at its ends, as in bank_of_america: English
            articles, prepositions and conjunctions, or the words of a file [none]
        phrase_delimiter: between the words of a joined phrase [_]
        phrase_max_pairs: count at most N different pairs, which take up to 90 bytes each; of more, rare ones are
            dropped, and the error of counts is reported [40000000]
        preset: defaults of the settings that are not set: fast; best, CBOW with subwords, which takes several times
            as long; those of word2vec.c (with one tile of noise words for each window); or those for ids, in
            sessions whose order does not count, or in walks on a graph (one of fast, best, word2vec, sessions,
            walks) [fast]
        objective: the loss that is minimized, with its parameters [nce]
        model: skipgram: each context predicts the center word; cbow: the mean of all contexts predicts it;
            structured-skipgram: as skipgram, with output vectors for each position in the window; cwindow: the
            contexts side by side predict it (one of skipgram, cbow, structured-skipgram, cwindow) [skipgram]
        cbow_gradient: what a context gets of cbow's gradient: its share of the mean's (and a window counts as many
            pairs as it has contexts), or all of it, as in word2vec (one of mean, word2vec) [mean]
        subwords: the vector of a word is the mean of parts: of its own vector and those of its character n-grams
            (fasttext), or of hashed vectors of the word and its n-grams (floret); words that the text does not have
            get vectors, too (one of none, fasttext, floret) [none]
        minn: characters of the shortest n-grams of subwords, with < and > around a word [3]
        maxn: characters of the longest n-grams [6]
        buckets: n-grams are hashed to N buckets; those with the same bucket share a vector; unused ones take no
            memory [2000000]
        hash_count: buckets of each n-gram, with floret [2]
        hash_seed: seed of the hash, with floret, whose own program and spaCy have the default [2166136261]
        dim: dimensions of the vectors [100]
        window: maximum distance between a center word and a context word; all: contexts are drawn from the whole
            line [5, with cbow 8]
        window_weights: how often a context at distance d of a window N is used: shrink: (N + 1 - d) / N, because
            each center draws its own window from 1 to N; flat: always; harmonic: 1 / d; line: contexts are drawn
            from the whole line, whose order does not count, about 2 N for each center (window all is the same) (one
            of shrink, flat, harmonic, line) [shrink]
        noise: noise words for each positive; in a batch, the number of other pairs; the objective's default is 6
            times as high for CBOW (rounded up to a multiple of 8), but not for distances and batches [the
            objective's]
        noise_draws: draw D times as many noise words, each of which counts 1/D: the same objective, whose gradient
            has less noise [1, with subwords and skipgram 10]
        noise_sharing: number of windows that share noise words; in skip-gram up to 8 share them as one tile of
            windows, beyond that each input meets the noise words once for its whole window; for CBOW 8, where more
            noise words are the default [the objective's]
        noise_power: noise words are drawn in proportion to count^X; below 0, rare words more often than frequent
            ones [0.75]
        subsample: randomly skip occurrences of words that are more frequent than T; 0: none [1e-4]
        epochs: passes over the text [5]
        init: approximate initial length of the vectors, which are random (word2vec with 100 dimensions: 0.03);
            longer vectors keep rare words from crowding around frequent ones [the objective's]
        optimizer: sgd: stochastic gradient descent; adagrad: the steps of each vector are divided by the root of
            the sum of its squared gradients, so that rare words take longer steps; in one process (one of sgd,
            adagrad) [sgd]
        weight_decay: each step also multiplies the vectors that it updates by 1 - lr * X, but not biases; other
            vectors stay, because to scale all of them would take longer than the step; 0: none [0]
        lr: learning rate at the start, or after the warm-up; adagrad's default is 0.2; times 2.5 for cbow and
            structured-skipgram, 2 for cwindow and for skipgram with subwords; divided by f^2 where parameters
            multiply the scores by f > 1: infonce:temperature=0.05 has f = 20, and 0.025 becomes 6.25e-05 [the
            objective's]
        schedule: how the learning rate falls: along a line, along half a cosine, or not at all (one of linear,
            cosine, constant) [linear]
        warmup: share of the training in which the learning rate rises linearly from 0; the schedule follows [0]
        end_lr: learning rate at the end of the schedule [a ten-thousandth of the learning rate]
        freeze: do not change the input vectors, or the output vectors, that come from the file of start; or neither
            vector of the words in this file, one a line
        lr_of: learning rates of words: a line of the file has a word and a factor of its rate, or two, of its input
            and its output vector; 0 freezes; other words have 1
        threads: worker threads; one thread and the same seed give the same bytes on the same instruction set [all
            cores]
        deterministic: train in rounds: the same seed gives the same bytes with any number of threads, on the same
            instruction set [0]
        virtual_workers: of a round: as many threads at most have work; fewer for a small text [8]
        round: words, about, that a virtual worker, or a thread of one process among others, trains on before
            changes are combined [8192]
        combine: how the changes of virtual workers or processes become one: their sum, no longer than that of
            independent changes; their mean; the mean with momentum (one of sum, mean, momentum) [sum]
        sync_bits: of each number that a process sends to others: fewer bits, less traffic; what rounding loses is
            sent later (one of 32, 16, 8) [32]
        staleness: how often a process changes a row, about, before it is combined with those of others: more need
            less traffic, and learn less well [8]
        precision: of the products in updates: fp32, bf16, or auto, which is bf16 where the processor has it;
            vectors and sums are always fp32 (one of auto, fp32, bf16) [auto]
        seed: seed of the random numbers [1]
        kernels: instruction set of the arithmetic; auto: the one that the environment variable N2V_KERNELS names,
            else the fastest that this machine has (one of auto, scalar, avx2, avx512, avx512bf16) [auto]
    """
    ...
