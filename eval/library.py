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

    def _call(self, name, *arguments):
        error = _Error()
        if getattr(self._library, name)(*arguments, ctypes.byref(error)):
            raise RefusedError(error.text.decode())

    def names(self):
        """The objectives, in the order of the documentation."""
        count = self._library.n2v_objective_count(None)
        return [self._library.n2v_objective_name(None, i).decode() for i in range(count)]

    def describe(self, objective):
        """An Objective."""
        info, parameters = _ObjectiveInfo(), []
        self._call("n2v_objective_describe", None, objective.encode(), ctypes.byref(info))
        for index in range(info.parameters):
            parameter = _ParameterInfo()
            self._call("n2v_objective_describe_parameter", None, objective.encode(), index, ctypes.byref(parameter))
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
        self._call("n2v_objective_evaluate", None, objective.encode(), ctypes.byref(evaluation))
        return (evaluation.loss, *(arrays[name] for name in gradients))
