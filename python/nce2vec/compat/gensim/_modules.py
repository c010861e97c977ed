"""gensim's modules, made of those of this package, and the errors of importing others."""

import sys
import types

from . import absent, callbacks, fasttext, keyedvectors, phrases, text, word2vec

_PACKAGE = __package__


def _public(module):
    """What is gensim's, and not imported from elsewhere."""
    def is_ours(value):
        home = getattr(value, "__module__", _PACKAGE)
        return home.startswith(_PACKAGE) and not home.rpartition(".")[2].startswith("_")
    return {name: value for name, value in vars(module).items()
            if not name.startswith("_") and not isinstance(value, types.ModuleType) and is_ours(value)}


def _made():
    """By names below gensim's."""
    models = types.ModuleType(f"{_PACKAGE}.models", "gensim's models, trained by nce2vec.")
    utils = types.ModuleType(f"{_PACKAGE}.utils", "What programs use of gensim's tools.")
    parts = {"word2vec": word2vec, "keyedvectors": keyedvectors, "phrases": phrases, "callbacks": callbacks,
             "doc2vec": absent, "fasttext": fasttext, "basemodel": absent}
    vars(utils).update(RULE_DEFAULT=0, RULE_DISCARD=1, RULE_KEEP=2, simple_preprocess=text.simple_preprocess,
                       tokenize=text.tokenize, deaccent=text.deaccent, any2unicode=text.any2unicode,
                       to_unicode=text.any2unicode)
    for module in (keyedvectors, phrases, absent, fasttext, word2vec):
        vars(models).update(_public(module))
    vars(models).update(parts)
    made = {"models": models, "utils": utils, "downloader": absent.downloader,
            **{f"models.{name}": module for name, module in parts.items()}}
    for module in made.values():
        module.__path__ = []  # so that Python looks for a name that it lacks as a module, and asks _Finder
        absent.refuse_names(module)
    return made


class _Finder:
    """The last one to be asked: for modules of gensim that are not there."""

    @staticmethod
    def find_spec(name, _path=None, _target=None):
        if name.rpartition(".")[2].startswith("_"):
            return None
        if name.startswith("gensim.") and sys.modules.get("gensim") is sys.modules[_PACKAGE]:
            raise ModuleNotFoundError(absent.missing_name(name))
        if name.startswith(_PACKAGE + "."):
            raise ModuleNotFoundError(absent.missing_name("gensim" + name[len(_PACKAGE):]))
        return None


MODULES = _made()
absent.refuse_names(sys.modules[_PACKAGE])
sys.modules.update({f"{_PACKAGE}.{name}": module for name, module in MODULES.items()})
sys.meta_path.append(_Finder())
