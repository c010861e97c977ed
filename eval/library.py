"""libnce2vec from Python: the functions of include/nce2vec.h through ctypes, with NumPy arrays.

NCE2VEC_LIBRARY names the library (default: build/libnce2vec.so).
"""
import ctypes
import os

import numpy as np

NEGATIVE, POSITIVE, MASKED = 0, 1, 2
NEEDS = {"output bias": 1, "in batch": 2, "unit rows": 4, "all words": 8, "log noise": 16, "norms": 32,
         "shared bias": 64, "sides": 128}

_size, _text, _pointer = ctypes.c_size_t, ctypes.c_char_p, ctypes.c_void_p


class RefusedError(Exception):
    """The message of an n2v_error."""


class _Error(ctypes.Structure):
    _fields_ = [("status", ctypes.c_int), ("text", ctypes.c_char * 1024), ("settings", ctypes.c_uint16 * 8)]


class _Structure(ctypes.Structure):
    def __init__(self, **members):
        super().__init__(size=ctypes.sizeof(self), **members)


class _ObjectiveInfo(_Structure):
    _fields_ = [("size", _size), ("name", _text), ("summary", _text), ("formula", _text), ("paper", _text),
                ("geometry", ctypes.c_int), ("needs", ctypes.c_uint32), ("learning_rate", ctypes.c_double),
                ("noise", _size), ("parameters", _size), ("init", ctypes.c_double), ("noise_sharing", _size),
                ("has_log_probability", ctypes.c_int)]


class _ParameterInfo(_Structure):
    _fields_ = [("size", _size), ("name", _text), ("help", _text), ("value", ctypes.c_float),
                ("default_value", ctypes.c_float), ("min", ctypes.c_float), ("max", ctypes.c_float),
                ("is_integer", ctypes.c_uint32), ("reserved", ctypes.c_uint32)]


class _Evaluation(_Structure):
    _fields_ = [("size", _size), ("m", _size), ("n", _size), ("scores", _pointer), ("labels", _pointer),
                ("log_noise", _pointer), ("multiplicity", _pointer), ("input_norms", _pointer),
                ("output_norms", _pointer), ("loss", ctypes.c_double), ("gradient", _pointer),
                ("input_norm_gradient", _pointer), ("output_norm_gradient", _pointer), ("input_pairs", _pointer),
                ("output_pairs", _pointer), ("input_pair_gradient", _pointer), ("output_pair_gradient", _pointer)]


class _Prediction(_Structure):
    _fields_ = [("size", _size), ("found", _size), ("exact", ctypes.c_int), ("total", ctypes.c_double)]


class _PredictorInfo(_Structure):
    _fields_ = [("size", _size), ("objective", _text), ("window", _size), ("normalized", ctypes.c_int),
                ("cbow", ctypes.c_int), ("exact", ctypes.c_int), ("product", ctypes.c_int)]


_FOR_PREDICTION = 5  # n2v_purpose
_NO_ID = 2**32 - 1
_CONTEXT = np.dtype([("id", np.uint32), ("distance", np.uint32)])
_NEIGHBOR = np.dtype([("id", np.uint32), ("score", np.float32)])


class Parameter:
    """One parameter of an objective."""

    def __init__(self, info):
        self.name, self.help = info.name.decode(), info.help.decode()
        # The shortest decimal of the float: 0.2, not 0.20000000298.
        self.value, self.default, self.min, self.max = (
            float(str(np.float32(x))) for x in (info.value, info.default_value, info.min, info.max))
        self.integer = bool(info.is_integer)


class Objective:
    """The description of an objective, with its parameters."""

    def __init__(self, text, info, parameters):
        self.text, self.parameters = text, {p.name: p for p in parameters}
        self.name, self.summary, self.formula, self.paper = (
            x.decode() for x in (info.name, info.summary, info.formula, info.paper))
        self.geometry = ("dot", "squared distance")[info.geometry]
        self.needs = {name for name, flag in NEEDS.items() if info.needs & flag}
        self.learning_rate, self.noise = info.learning_rate, info.noise


class Predictor:
    """Which words fit a context: of a model file, with settings such as combine="mean". Contexts are lists of (id,
    distance), as n2v_context has them."""

    def __init__(self, library, path, **settings):
        self._library, self._handles = library, {}
        self._make("vectors", "n2v_vectors_load", os.fsencode(path), None)
        self._make("settings", "n2v_settings_create", _FOR_PREDICTION, None)
        for name, value in settings.items():
            library.call("n2v_settings_set", self._handles["settings"], name.encode(), value.encode())
        self._make("predictor", "n2v_predictor_create", self._handles["vectors"], self._handles["settings"], None)
        info, trained = _PredictorInfo(), _pointer()
        library.call("n2v_predictor_describe", self._handles["predictor"], ctypes.byref(info))
        self.objective, self.window, self.cbow = info.objective.decode(), info.window, bool(info.cbow)
        library.call("n2v_vectors_settings", self._handles["vectors"], None, ctypes.byref(trained))
        self.subsample = float(library.function("n2v_settings_get", _text)(trained, b"subsample"))
        library.function("n2v_settings_destroy", None)(trained)
        self.words, self.counts = self._words()

    def _make(self, kind, function, *arguments):
        handle = _pointer()
        self._library.call(function, ctypes.byref(handle), *arguments)
        self._handles[kind] = handle

    def _words(self):
        word, count = self._library.function("n2v_vectors_word", _text), self._library.function("n2v_vectors_count",
                                                                                             ctypes.c_uint64)
        vectors, words, counts = self._handles["vectors"], [], []
        while (found := word(vectors, ctypes.c_uint32(len(words)), None)) is not None:
            counts.append(count(vectors, ctypes.c_uint32(len(words))))
            words.append(found.decode("utf-8", "surrogateescape"))
        return words, np.array(counts, float)

    def close(self):
        for kind in ("predictor", "settings", "vectors"):
            self._library.function(f"n2v_{kind}_destroy", None)(self._handles.pop(kind))

    def ids(self, line):
        """The ids of the known words of a text (bytes), tokenized as in training."""
        needed = _size()
        self._library.call("n2v_vectors_tokenize", self._handles["vectors"], line, _size(len(line)), None, _size(0),
                           ctypes.byref(needed), None)
        out = ctypes.create_string_buffer(needed.value + 1)
        self._library.call("n2v_vectors_tokenize", self._handles["vectors"], line, _size(len(line)), out,
                           _size(len(out)), None, None)
        find = self._library.function("n2v_vectors_find", ctypes.c_uint32)
        found = [find(self._handles["vectors"], word, _size(len(word))) for word in out.value.split(b" ") if word]
        return [i for i in found if i != _NO_ID]

    def predict(self, context, k):
        """(ids and probabilities of the k most probable words, the sum over all words)."""
        context, best = np.array(context, _CONTEXT), np.zeros(k, _NEIGHBOR)
        prediction = _Prediction()
        self._library.call("n2v_predict_words", self._handles["predictor"], _pointer(context.ctypes.data),
                           _size(len(context)), _size(k), _pointer(best.ctypes.data), ctypes.byref(prediction))
        best = best[: prediction.found]
        return best["id"], best["score"], prediction.total

    def probabilities(self, context, ids):
        """The probabilities of these words."""
        context, ids = np.array(context, _CONTEXT), np.array(ids, np.uint32)
        out = np.empty(len(ids))
        self._library.call("n2v_predict_probabilities", self._handles["predictor"], _pointer(context.ctypes.data),
                           _size(len(context)), _pointer(ids.ctypes.data), _size(len(ids)), _pointer(out.ctypes.data))
        return out


class Library:
    """The library. A method that fails raises RefusedError with the library's message."""

    def __init__(self, path=None):
        here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
        path = path or os.environ.get("NCE2VEC_LIBRARY") or os.path.join(here, "build", "libnce2vec.so")
        self._library = ctypes.CDLL(path)
        self._library.n2v_objective_count.restype = _size
        self._library.n2v_objective_name.restype = _text
        # The first argument of each is a set of objectives; None: the library's own.
        self._library.n2v_objective_count.argtypes = [_pointer]
        self._library.n2v_objective_name.argtypes = [_pointer, _size]
        self._library.n2v_objective_describe.argtypes = [_pointer, _text, _pointer, _pointer]
        self._library.n2v_objective_describe_parameter.argtypes = [_pointer, _text, _size, _pointer, _pointer]
        self._library.n2v_objective_evaluate.argtypes = [_pointer, _text, _pointer, _pointer]

    def call(self, name, *arguments):
        """Calls a function that returns a status and takes an n2v_error last."""
        error = _Error()
        if getattr(self._library, name)(*arguments, ctypes.byref(error)):
            raise RefusedError(error.text.decode())

    def function(self, name, result):
        """A function that returns something else."""
        found = getattr(self._library, name)
        found.restype = result
        return found

    def predictor(self, path, **settings):
        return Predictor(self, path, **settings)

    def names(self):
        """The objectives, in the order of the documentation."""
        count = self._library.n2v_objective_count(None)
        return [self._library.n2v_objective_name(None, i).decode() for i in range(count)]

    def describe(self, objective):
        """An Objective."""
        info, parameters = _ObjectiveInfo(), []
        self.call("n2v_objective_describe", None, objective.encode(), ctypes.byref(info))
        for index in range(info.parameters):
            parameter = _ParameterInfo()
            self.call("n2v_objective_describe_parameter", None, objective.encode(), index, ctypes.byref(parameter))
            parameters.append(Parameter(parameter))
        return Objective(objective, info, parameters)

    def evaluate(self, objective, scores, labels, **inputs):
        """(loss, gradient, gradients of input norms, output norms, input pairs, output pairs); inputs: log_noise,
        multiplicity, input_norms, output_norms, input_pairs, output_pairs. Shapes and units are those of
        n2v_evaluation."""
        arrays = {"scores": np.ascontiguousarray(scores, np.float32), "labels": np.ascontiguousarray(labels, np.uint8)}
        m, n = arrays["scores"].shape
        shapes = {"scores": (m, n), "labels": (m, n), "log_noise": (n,), "multiplicity": (n,), "input_norms": (m,),
                  "output_norms": (n,), "input_pairs": (m, m), "output_pairs": (n, n)}
        for name, values in inputs.items():
            arrays[name] = np.ascontiguousarray(values, np.float32)
        for name, array in arrays.items():
            if array.shape != shapes[name]:
                raise ValueError(f"{name} has the shape {array.shape}, not {shapes[name]}")
        gradients = {"gradient": (m, n), "input_norm_gradient": (m,), "output_norm_gradient": (n,),
                     "input_pair_gradient": (m, m), "output_pair_gradient": (n, n)}
        for name, shape in gradients.items():
            arrays[name] = np.empty(shape, np.float32)
        evaluation = _Evaluation(m=m, n=n, **{name: array.ctypes.data for name, array in arrays.items()})
        self.call("n2v_objective_evaluate", None, objective.encode(), ctypes.byref(evaluation))
        return (evaluation.loss, *(arrays[name] for name in gradients))
