"""Prints the folder that puts nce2vec in gensim's place: PYTHONPATH=$(python3 -m nce2vec.compat) program."""
from . import _PLACE

print(_PLACE)
