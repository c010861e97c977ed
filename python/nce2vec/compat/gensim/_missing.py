"""What is not offered."""


def missing(what, instead):
    raise NotImplementedError(f"nce2vec.compat.gensim has no {what}: {instead}")
