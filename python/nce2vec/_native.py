"""The C library: its structures, functions and errors, as the headers in include/ declare them."""

import ctypes
import os
import re
from ctypes import (CFUNCTYPE, POINTER, Structure, byref, c_char, c_char_p, c_double, c_float, c_int, c_size_t,
                    c_uint8, c_uint16, c_uint32, c_uint64, c_void_p, sizeof)
from pathlib import Path

NO_ID = 0xFFFFFFFF
INPUT, OUTPUT = 0, 1
FOR_TRAINING, FOR_LIKELIHOOD, FOR_SEARCH, FOR_OUTPUT, FOR_PHRASES, FOR_PREDICTION, FOR_LOADING = range(7)
FLAG, INTEGER, REAL, TEXT, CHOICE = range(5)
TO_END, TO_EPOCH_END, TO_WORDS = range(3)
ADD, MULTIPLY = 0, 1
NEGATIVE, POSITIVE, MASKED = range(3)
MAX_PARAMETERS = 8


# ---- Errors -----------------------------------------------------------------

class Error(Exception):
    """What the library reports: what happened, where, and what to do."""


class ArgumentError(Error, ValueError):
    """Refused before any work: a setting, a parameter, a missing file."""


class FileError(Error, OSError):
    """The system failed to read or write."""


class FormatError(Error, ValueError):
    """A file is truncated, corrupt or malformed."""


class DataError(Error, ValueError):
    """The data cannot be used: empty, no word left."""


class OutOfMemory(Error, MemoryError):
    """An allocation failed."""


class DivergenceError(Error, ArithmeticError):
    """A loss or a parameter is not finite."""


class Interrupted(Error):
    """A call was stopped on request."""


class DurabilityError(FileError):
    """A file is complete under its name, but the disk did not confirm it."""


_ERRORS = {1: ArgumentError, 2: FileError, 3: FormatError, 4: DataError, 5: OutOfMemory, 6: DivergenceError,
           7: Interrupted, 8: DurabilityError}


class _Span(Structure):
    _fields_ = [("at", c_uint16), ("bytes", c_uint16)]


class _Error(Structure):
    _fields_ = [("status", c_int), ("text", c_char * 1024), ("settings", _Span * 4)]


def _marked(error):
    """The sentence, with marks around the names of settings."""
    text = bytearray(error.text)
    for span in sorted(error.settings, key=lambda span: -span.at):  # from the end, so that places before it stay
        if span.bytes:
            text[span.at:span.at + span.bytes] = b"\1" + text[span.at:span.at + span.bytes] + b"\2"
    return text.decode("utf-8", "replace")


def _spelled(marked, spell):
    return re.sub("\1(.*?)\2", lambda found: spell(found[1]), marked)


def _exception(error):
    marked = _marked(error)
    made = _ERRORS.get(error.status, Error)(_spelled(marked, lambda name: name.replace("-", "_")))
    made._marked = marked
    return made


def command_line_text(error):
    """An Error's sentence with settings as the options of a command line."""
    return _spelled(getattr(error, "_marked", str(error)), lambda name: "--" + name)


def renamed(error, names):
    """The same Error with other names of settings."""
    return type(error)(_spelled(getattr(error, "_marked", str(error)),
                                lambda name: names.get(name, name.replace("-", "_"))))


# ---- Structures -------------------------------------------------------------

class Sized(Structure):
    """A structure that begins with its size, which its caller sets."""

    def __init__(self, **members):
        super().__init__(sizeof(type(self)), **members)


class SettingInfo(Sized):
    _fields_ = [("size", c_size_t), ("name", c_char_p), ("aliases", c_char_p), ("type", c_int), ("stage", c_int),
                ("group", c_char_p), ("value", c_char_p), ("default_text", c_char_p), ("default_note", c_char_p),
                ("help", c_char_p), ("range", c_char_p), ("min", c_double), ("max", c_double),
                ("choices", POINTER(c_char_p)), ("changeable", c_int), ("recorded", c_int)]


class Reading(Structure):
    _fields_ = [("tokens", c_uint64), ("bytes", c_uint64), ("bytes_total", c_uint64), ("seconds", c_double)]


class Progress(Structure):
    _fields_ = [("words", c_uint64), ("words_total", c_uint64), ("epoch", c_size_t), ("epochs", c_size_t),
                ("loss", c_double), ("pairs", c_uint64), ("learning_rate", c_double), ("seconds", c_double)]


class Epoch(Structure):
    _fields_ = [("epoch", c_size_t), ("epochs", c_size_t), ("words", c_uint64), ("loss", c_double),
                ("heldout_pairs", c_uint64), ("heldout_loss", c_double), ("seconds", c_double)]


class Joining(Structure):
    _fields_ = [("pass", c_size_t), ("words", c_uint64), ("words_total", c_uint64), ("seconds", c_double)]


STOP = CFUNCTYPE(c_int, c_void_p)
ON_READING = CFUNCTYPE(None, c_void_p, POINTER(Reading))
ON_PROGRESS = CFUNCTYPE(None, c_void_p, POINTER(Progress))
ON_EPOCH = CFUNCTYPE(None, c_void_p, POINTER(Epoch))
ON_JOINING = CFUNCTYPE(None, c_void_p, POINTER(Joining))


class Observer(Sized):
    _fields_ = [("size", c_size_t), ("context", c_void_p), ("stop", STOP), ("reading", ON_READING),
                ("progress", ON_PROGRESS), ("epoch", ON_EPOCH), ("joining", ON_JOINING)]


class VectorsInfo(Sized):
    _fields_ = [("size", c_size_t), ("words", c_size_t), ("dim", c_size_t), ("tokens", c_uint64),
                ("has_output", c_int), ("has_output_bias", c_int), ("format", c_char_p), ("words_file", c_char_p),
                ("has_state", c_int), ("damaged", c_char_p), ("subwords", c_char_p), ("shortest_ngram", c_size_t),
                ("longest_ngram", c_size_t), ("buckets", c_size_t), ("used_buckets", c_size_t),
                ("skipped", c_uint64), ("first_skipped", c_char_p), ("format_summary", c_char_p)]


class Norms(Sized):
    _fields_ = [("size", c_size_t), ("min", c_double), ("median", c_double), ("mean", c_double), ("max", c_double),
                ("shortest", c_uint32), ("longest", c_uint32), ("zeros", c_size_t)]


class FormatInfo(Sized):
    _fields_ = [("size", c_size_t), ("name", c_char_p), ("summary", c_char_p), ("endings", c_char_p),
                ("has_float16", c_int), ("has_words_file", c_int), ("subwords", c_char_p), ("has_int8", c_int)]


class Neighbor(Structure):
    _fields_ = [("id", c_uint32), ("score", c_float)]


class Query(Structure):
    _fields_ = [("plus", POINTER(c_uint32)), ("minus", POINTER(c_uint32)), ("plus_count", c_size_t),
                ("minus_count", c_size_t), ("vector", POINTER(c_float)), ("method", c_int)]


class PairsScore(Sized):
    _fields_ = [("size", c_size_t), ("pairs", c_size_t), ("found", c_size_t), ("spearman", c_double),
                ("pearson", c_double), ("composed", c_size_t)]


class Comparison(Sized):
    _fields_ = [("size", c_size_t), ("words", c_size_t), ("mean_cosine", c_double), ("sampled", c_size_t),
                ("neighbors", c_size_t), ("overlap", c_double)]


class Token(Structure):
    _fields_ = [("text", c_void_p), ("bytes", c_size_t)]


NEXT_SENTENCE = CFUNCTYPE(c_int, c_void_p, POINTER(c_void_p), POINTER(c_size_t))


TAKE_TEXT = CFUNCTYPE(c_int, c_void_p, c_void_p, c_size_t)


class CorpusInfo(Sized):
    _fields_ = [("size", c_size_t), ("bytes", c_uint64), ("lines", c_uint64), ("tokens", c_uint64),
                ("types", c_uint64), ("vocabulary", c_size_t), ("words", c_uint64), ("sentences", c_uint64),
                ("heldout_words", c_uint64), ("heldout_sentences", c_uint64), ("heldout_unknown", c_uint64),
                ("invalid_utf8", c_uint64), ("overlong", c_uint64), ("seconds", c_double), ("given", c_int),
                ("dropped", c_int), ("unseen", c_uint64), ("unseen_word", c_char_p), ("cut_tokens", c_uint64),
                ("cut_words", c_uint64), ("cut_underscores", c_uint64), ("cut_example", c_char_p),
                ("cut_result", c_char_p), ("source_bytes", c_uint64), ("source_bytes_total", c_uint64),
                ("text_tokens", c_uint64), ("joined", c_uint64), ("start_words", c_size_t), ("warnings", c_size_t),
                ("weighted", c_int), ("plain_words", c_uint64)]


class TextWarning(Sized):
    _fields_ = [("size", c_size_t), ("problem", c_int), ("what", c_char_p), ("source", c_char_p), ("line", c_uint64),
                ("remedy", c_char_p)]


class TrainerInfo(Sized):
    _fields_ = [("size", c_size_t), ("words", c_uint64), ("words_total", c_uint64), ("pairs", c_uint64),
                ("epoch", c_size_t), ("epochs", c_size_t), ("finished", c_int), ("loss", c_double),
                ("clipped", c_double), ("seconds", c_double), ("kernels", c_char_p), ("layout", c_char_p),
                ("vectors", c_size_t), ("frozen", c_size_t)]


class Likelihood(Sized):
    _fields_ = [("size", c_size_t), ("objective", c_char_p), ("window", c_size_t), ("subsample", c_double),
                ("pairs", c_uint64), ("weight", c_double), ("exact", c_double), ("self_normalized", c_double),
                ("normalized", c_int), ("contexts", c_size_t), ("mean", c_double), ("sd", c_double),
                ("mean_absolute", c_double), ("levels", c_double * 7), ("quantiles", c_double * 7)]


class LikelihoodLine(Structure):
    _fields_ = [("source", c_char_p), ("line", c_uint64), ("words", c_uint64), ("unknown", c_uint64),
                ("pairs", c_uint64), ("weight", c_double), ("exact", c_double), ("self_normalized", c_double)]


TAKE_LINE = CFUNCTYPE(c_int, c_void_p, POINTER(LikelihoodLine))


class PhrasesInfo(Sized):
    _fields_ = [("size", c_size_t), ("phrases", c_size_t), ("passes", c_size_t), ("delimiter", c_char_p),
                ("tokenizer", c_char_p), ("letter_case", c_char_p), ("normal_form", c_char_p)]


class Phrase(Sized):
    _fields_ = [("size", c_size_t), ("text", c_char_p), ("pass", c_size_t), ("count", c_uint64),
                ("score", c_double)]


class ObjectiveInfo(Sized):
    _fields_ = [("size", c_size_t), ("name", c_char_p), ("summary", c_char_p), ("formula", c_char_p),
                ("paper", c_char_p), ("geometry", c_int), ("needs", c_uint32), ("learning_rate", c_double),
                ("noise", c_size_t), ("parameters", c_size_t), ("init", c_double), ("noise_sharing", c_size_t),
                ("has_log_probability", c_int)]


class ParameterInfo(Sized):
    _fields_ = [("size", c_size_t), ("name", c_char_p), ("help", c_char_p), ("value", c_float),
                ("default_value", c_float), ("min", c_float), ("max", c_float), ("is_integer", c_uint32)]


class Evaluation(Sized):
    _fields_ = [("size", c_size_t), ("m", c_size_t), ("n", c_size_t), ("scores", c_void_p), ("labels", c_void_p),
                ("log_noise", c_void_p), ("multiplicity", c_void_p), ("input_norms", c_void_p),
                ("output_norms", c_void_p), ("loss", c_double), ("gradient", c_void_p),
                ("input_norm_gradient", c_void_p), ("output_norm_gradient", c_void_p), ("input_pairs", c_void_p),
                ("output_pairs", c_void_p), ("input_pair_gradient", c_void_p), ("output_pair_gradient", c_void_p)]


class Tile(Structure):
    _fields_ = [("m", c_size_t), ("n", c_size_t), ("scores", POINTER(c_float)), ("mask", POINTER(c_uint8)),
                ("log_noise", POINTER(c_float)), ("multiplicity", POINTER(c_float)), ("first", POINTER(c_uint32)),
                ("row", POINTER(c_uint32)), ("positive_scores", POINTER(c_float)),
                ("positive_log_noise", POINTER(c_float)), ("column", POINTER(c_uint32)),
                ("input_norms", POINTER(c_float)), ("output_norms", POINTER(c_float)),
                ("positive_norms", POINTER(c_float)), ("input_pairs", POINTER(c_float)),
                ("output_pairs", POINTER(c_float)), ("math", c_void_p)]


class TileGradient(Structure):
    _fields_ = [("scores", POINTER(c_float)), ("positives", POINTER(c_float)), ("input_norms", POINTER(c_float)),
                ("output_norms", POINTER(c_float)), ("positive_norms", POINTER(c_float)),
                ("input_pairs", POINTER(c_float)), ("output_pairs", POINTER(c_float))]


class LogProbability(Structure):
    _fields_ = [("score", c_double), ("log_noise", c_double), ("log_num_noise", c_double), ("normalized", c_int)]


class Parameter(Structure):
    _fields_ = [("name", c_char_p), ("value", c_float), ("min", c_float), ("max", c_float), ("integer", c_int),
                ("help", c_char_p)]


NEEDS = CFUNCTYPE(c_uint32, POINTER(c_float), c_void_p)
LOSS_GRAD = CFUNCTYPE(None, POINTER(Tile), POINTER(c_float), POINTER(TileGradient), POINTER(c_float),
                      POINTER(c_double), c_void_p)


class Objective(Sized):
    _fields_ = [("size", c_size_t), ("name", c_char_p), ("summary", c_char_p), ("formula", c_char_p),
                ("paper", c_char_p), ("geometry", c_int), ("parameters", Parameter * MAX_PARAMETERS),
                ("init", c_double), ("learning_rate", c_double), ("noise", c_size_t), ("noise_sharing", c_size_t),
                ("user", c_void_p), ("needs", NEEDS), ("sharpness", c_void_p), ("check", c_void_p),
                ("log_probability", c_void_p), ("scratch", c_void_p), ("loss_grad", LOSS_GRAD)]


# The structures that the library declares, by their names in C.
STRUCTURES = {
    "n2v_setting_info": SettingInfo, "n2v_reading": Reading, "n2v_progress": Progress, "n2v_epoch": Epoch,
    "n2v_joining": Joining, "n2v_observer": Observer, "n2v_vectors_info": VectorsInfo, "n2v_norms": Norms,
    "n2v_format_info": FormatInfo, "n2v_neighbor": Neighbor, "n2v_query": Query, "n2v_pairs_score": PairsScore,
    "n2v_comparison": Comparison, "n2v_token": Token,
    "n2v_corpus_info": CorpusInfo, "n2v_text_warning": TextWarning,
    "n2v_trainer_info": TrainerInfo, "n2v_likelihood": Likelihood,
    "n2v_likelihood_line": LikelihoodLine,
    "n2v_phrases_info": PhrasesInfo, "n2v_phrase": Phrase, "n2v_objective_info": ObjectiveInfo,
    "n2v_parameter_info": ParameterInfo, "n2v_evaluation": Evaluation, "n2v_tile": Tile,
    "n2v_tile_gradient": TileGradient, "n2v_log_probability": LogProbability, "n2v_parameter": Parameter,
    "n2v_objective": Objective, "n2v_error": _Error,
}

# ---- Functions --------------------------------------------------------------

_P = c_void_p  # a handle, or NULL
_ERROR = POINTER(_Error)

# Those that return a status and take an n2v_error last: the arguments before it.
_CHECKED = {
    "setting_describe": [c_int, c_size_t, POINTER(SettingInfo)],
    "settings_create": [POINTER(_P), c_int, _P],
    "settings_copy": [POINTER(_P), _P],
    "settings_set": [_P, c_char_p, c_char_p],
    "settings_check": [_P],
    "vectors_load_with": [POINTER(_P), c_char_p, _P, POINTER(Observer)],
    "vectors_load_memory": [POINTER(_P), c_char_p, c_size_t, c_char_p, POINTER(Observer)],
    "vectors_create": [POINTER(_P), POINTER(c_char_p), c_void_p, c_size_t, c_void_p, c_size_t, c_size_t],
    "vectors_describe": [_P, POINTER(VectorsInfo)],
    "vectors_compose": [_P, c_char_p, c_size_t, c_void_p, POINTER(c_int)],
    "vectors_tokenize": [_P, c_char_p, c_size_t, c_char_p, c_size_t, POINTER(c_size_t), POINTER(c_size_t)],
    "vectors_settings": [_P, _P, POINTER(_P)],
    "vectors_norms": [_P, c_int, POINTER(Norms)],
    "format_describe": [c_size_t, POINTER(FormatInfo)],
    "vectors_derive_with": [POINTER(_P), _P, _P, POINTER(Observer)],
    "vectors_compare": [_P, _P, _P, POINTER(Comparison)],
    "search_create": [POINTER(_P), _P, _P],
    "search_create_among": [POINTER(_P), _P, POINTER(c_uint32), c_size_t, _P],
    "search_run": [_P, POINTER(Query), c_size_t, c_size_t, POINTER(Neighbor), POINTER(c_size_t)],
    "pairs_load": [POINTER(_P), c_char_p, POINTER(Observer)],
    "pairs_evaluate": [_P, _P, POINTER(PairsScore)],
    "corpus_create": [POINTER(_P), _P, _P],
    "inputs_create": [POINTER(_P), POINTER(c_char_p), c_size_t],
    "text_read": [c_char_p, TAKE_TEXT, _P, POINTER(Observer)],
    "corpus_add_file": [_P, c_char_p],
    "corpus_add_sentences": [_P, NEXT_SENTENCE, _P, c_char_p],
    "corpus_read": [_P, POINTER(Observer)],
    "corpus_describe": [_P, POINTER(CorpusInfo)],
    "corpus_describe_warning": [_P, c_size_t, POINTER(TextWarning)],
    "phrases_find": [POINTER(_P), _P, _P, POINTER(Observer)],
    "phrases_load": [POINTER(_P), c_char_p, POINTER(Observer)],
    "phrases_describe": [_P, POINTER(PhrasesInfo)],
    "phrases_at": [_P, c_size_t, POINTER(Phrase)],
    "output_open": [POINTER(_P), c_char_p, _P, POINTER(Observer)],
    "output_vectors": [_P, _P],
    "output_open_bytes": [POINTER(_P), c_char_p, POINTER(Observer)],
    "output_phrases": [_P, _P],
    "output_commit": [_P],
    "trainer_create": [POINTER(_P), _P, _P],
    "trainer_start": [_P, _P, POINTER(c_size_t)],
    "trainer_set_rows": [_P, c_int, c_uint32, c_size_t, c_void_p, c_size_t],
    "trainer_set_rates": [_P, c_int, c_uint32, c_size_t, c_void_p],
    "trainer_run": [_P, c_int, c_uint64, POINTER(Observer)],
    "trainer_describe": [_P, POINTER(TrainerInfo)],
    "trainer_save": [_P, c_char_p],
    "trainer_note": [_P, c_char_p, c_char_p],
    "checkpoint_describe": [_P, POINTER(TrainerInfo)],
    "checkpoint_settings": [_P, _P, _P, POINTER(_P)],
    "trainer_resume": [POINTER(_P), _P, _P, _P],
    "likelihood_measure": [POINTER(Likelihood), _P, _P, _P, _P, POINTER(Observer)],
    "likelihood_lines": [_P, _P, _P, _P, TAKE_LINE, _P, POINTER(Observer)],
    "objectives_create": [POINTER(_P)],
    "objectives_register": [_P, POINTER(Objective)],
    "objectives_load": [_P, c_char_p, POINTER(c_char_p)],
    "objective_describe": [_P, c_char_p, POINTER(ObjectiveInfo)],
    "objective_describe_parameter": [_P, c_char_p, c_size_t, POINTER(ParameterInfo)],
    "objective_evaluate": [_P, c_char_p, POINTER(Evaluation)],
}
# The others: what they return, and their arguments.
_PLAIN = {
    "version": (c_char_p, []),
    "setting_count": (c_size_t, [c_int]),
    "settings_get": (c_char_p, [_P, c_char_p]),
    "settings_is_set": (c_int, [_P, c_char_p]),
    "settings_destroy": (None, [_P]),
    "vectors_destroy": (None, [_P]),
    "vectors_word": (c_void_p, [_P, c_uint32, POINTER(c_size_t)]),
    "vectors_count": (c_uint64, [_P, c_uint32]),
    "vectors_find": (c_uint32, [_P, c_char_p, c_size_t]),
    "vectors_suggest": (c_size_t, [_P, c_char_p, c_size_t, c_size_t, POINTER(c_uint32)]),
    "vectors_view": (c_void_p, [_P, c_int, POINTER(c_size_t)]),
    "vectors_bias": (c_float, [_P, c_uint32]),
    "vectors_similarity": (c_double, [_P, c_uint32, c_uint32]),
    "vectors_record": (c_int, [_P, c_size_t, POINTER(c_char_p), POINTER(c_char_p)]),
    "vectors_note": (c_int, [_P, c_size_t, POINTER(c_char_p), POINTER(c_char_p)]),
    "format_count": (c_size_t, []),
    "search_destroy": (None, [_P]),
    "pairs_destroy": (None, [_P]),
    "inputs_files": (POINTER(c_char_p), [_P, POINTER(c_size_t)]),
    "inputs_destroy": (None, [_P]),
    "corpus_destroy": (None, [_P]),
    "corpus_word": (c_void_p, [_P, c_uint32, POINTER(c_size_t)]),
    "corpus_word_count": (c_uint64, [_P, c_uint32]),
    "phrases_destroy": (None, [_P]),
    "output_discard": (None, [_P]),
    "output_unknown_ending": (c_char_p, [_P]),
    "trainer_destroy": (None, [_P]),
    "trainer_stop": (None, [_P]),
    "trainer_vectors": (c_void_p, [_P]),
    "objectives_destroy": (None, [_P]),
    "objective_count": (c_size_t, [_P]),
    "objective_name": (c_char_p, [_P, c_size_t]),
}


class _Library:
    """The functions without their n2v_; those that return a status raise an Error instead."""

    def __init__(self, path):
        self.path = path
        loaded = ctypes.CDLL(str(path))
        for name, (result, arguments) in _PLAIN.items():
            function = getattr(loaded, "n2v_" + name)
            function.restype, function.argtypes = result, arguments
            setattr(self, name, function)
        for name, arguments in _CHECKED.items():
            function = getattr(loaded, "n2v_" + name)
            function.restype, function.argtypes = c_int, arguments + [_ERROR]
            setattr(self, name, _checked(function))


def _checked(function):
    def call(*arguments):
        error = _Error()
        if function(*arguments, byref(error)) != 0:
            raise _exception(error)
    return call


def _library_path():
    chosen = os.environ.get("NCE2VEC_LIBRARY")
    path = Path(chosen) if chosen else Path(__file__).with_name("libnce2vec.so")
    if not path.is_file():
        raise ImportError(f"{path} does not exist: install the package (pip install ./python), or set NCE2VEC_LIBRARY "
                          "to a built libnce2vec.so")
    return path


library = _Library(_library_path())


# ---- Handles ----------------------------------------------------------------

class Handle:
    """Owns what the library has created, until nothing refers to it any more."""

    def __init__(self, create, destroy, *arguments, keep=()):
        made = c_void_p()
        self._pointer, self._destroy = None, destroy
        self._keep = keep  # what the library keeps by reference
        create(byref(made), *arguments)
        self._pointer = made.value

    @property
    def _as_parameter_(self):
        return c_void_p(self._pointer)

    # A second owner would free it a second time.
    def __reduce_ex__(self, _protocol):
        raise TypeError(f"a {type(self).__name__} cannot be copied or pickled: save it, or share it between threads")

    def __del__(self):
        if getattr(self, "_pointer", None):
            self._destroy(c_void_p(self._pointer))
            self._pointer = None


def text_at(address, count):
    """The text of so many bytes at an address; None where there is none."""
    return ctypes.string_at(address, count).decode("utf-8") if address else None


def path_bytes(path):
    return os.fsencode(os.fspath(path))
