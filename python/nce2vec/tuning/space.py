"""What is tried: the settings that matter, a few values of each, and settings drawn from them."""

from .. import _native as native
from .. import objectives
from .._settings import Settings, describe, keyword

# A factor of the default, because each objective has a learning rate of its own.
_RATES = (0.4, 0.6, 0.8, 1.0, 1.3, 1.7, 2.2, 3.0)
_OBJECTIVES = ("nce", "sgns", "infonce")
_TEXT = {"window": (2, 3, 5, 7, 10, 14), "window_weights": ("shrink", "flat", "harmonic"), "noise": (4, 7, 10, 15, 20),
         "noise_power": (0.25, 0.5, 0.75, 1.0), "subsample": (0, 1e-3, 3e-4, 1e-4, 3e-5, 1e-5),
         "epochs": (3, 5, 8, 12, 20)}
_SESSIONS = {"window": (2, 3, 5, 10), "window_weights": ("shrink", "flat", "line"), "noise": (5, 10, 20, 40),
             "noise_power": (-0.5, 0.0, 0.25, 0.5, 0.75, 1.0), "subsample": (0, 1e-2, 1e-3, 1e-4, 1e-5),
             "epochs": (5, 10, 20, 40), "min_count": (1, 2, 3, 5)}
_PARAMETER_STEPS = (0.5, 0.7, 1.0, 1.4, 2.0)


def choices(fixed, sessions, without=(), asked=None):
    """The values of each setting that is tried: not of those that are fixed, nor of those the measure cannot compare.
    asked: values for settings that would not be tried, or others."""
    found = {**(_SESSIONS if sessions else _TEXT), "lr": _RATES, "objective": _OBJECTIVES}
    if fixed.get("window") == "all":
        del found["window_weights"]
    found = {name: tuple(value for value in values if _goes_with(fixed, name, value))
             for name, values in found.items() if name not in fixed and name not in without}
    found = {name: values for name, values in found.items() if values}
    known = {keyword(info.name.decode()) for info in describe(native.FOR_TRAINING)}
    for name, values in (asked or {}).items():
        if name not in known:
            raise native.ArgumentError(f"'{name}' is not a setting of a training, so it cannot be tried")
        if name in fixed:
            raise native.ArgumentError(f"{name} is fixed, and values of it are to be tried: only one of the two")
        if name in without:
            raise native.ArgumentError(f"{name} cannot be tried here: scores with other values of it cannot be "
                                       "compared")
        for value in values:
            Settings(native.FOR_TRAINING, {**fixed, name: value})
        found[name] = tuple(values)
    found["lr_is_factor"] = "lr" not in (asked or {})
    return found


def _goes_with(fixed, name, value):
    """Whether the library takes both: noise words have no effect with the objective softmax."""
    try:
        Settings(native.FOR_TRAINING, {**fixed, name: value}).check()
    except native.ArgumentError:
        return False
    return True


class Space:
    """Draws settings. base: those that are fixed, and of which the defaults are."""

    def __init__(self, base, values, draw):
        self._base, self._draw = dict(base), draw
        self._rate_is_factor = values.pop("lr_is_factor")
        self._values = values

    def drawn(self):
        """Other settings: each value is one of its choices, or with equal chance the default."""
        return self._made(lambda: self._draw.random() < 0.5, {})

    def near(self, changes):
        """Settings that differ in one or two from others that were drawn."""
        names = list(self._values)
        wanted = set(self._draw.sample(names, min(len(names), self._draw.choice((1, 1, 2)))))
        kept = {name: value for name, value in changes.items() if name not in wanted}
        return self._made(None, kept, wanted)

    def _made(self, chance, kept, wanted=()):
        changes = dict(kept)
        for name, values in self._values.items():
            if chance() if chance else name in wanted:
                changes[name] = self._draw.choice(values)
        if "objective" in changes and "objective" in self._values:
            changes["objective"] = self._with_parameters(changes["objective"])
        elif chance and "objective" in self._base and self._draw.random() < 0.5:
            changes["objective"] = self._with_parameters(self._base["objective"])
        return self._without_defaults(changes)

    def _without_defaults(self, changes):
        """Without what changes nothing, so that equal settings are tried once."""
        defaults = Settings(native.FOR_TRAINING, self._base)
        left = {name: value for name, value in changes.items()
                if not (value == 1 if name == "lr" and self._rate_is_factor else
                        _is(defaults, name, value) and not (name == "noise" and "objective" in changes))}
        return left

    def _with_parameters(self, objective):
        """An objective, of whose parameters one may have another value."""
        name = objective.partition(":")[0]
        if name not in objectives.names():
            return objective  # of a plugin
        parameters = objectives.describe(name)["parameters"]
        tunable = [one for one, info in parameters.items() if not info["integer"]]
        if not tunable or self._draw.random() < 0.5:
            return objective
        chosen = self._draw.choice(tunable)
        info = parameters[chosen]
        value = min(max(info["default"] * self._draw.choice(_PARAMETER_STEPS), info["min"]), info["max"])
        given = [one for one in objective.partition(":")[2].split(",") if one and not one.startswith(chosen + "=")]
        return f"{name}:" + ",".join(given + [f"{chosen}={value:.3g}"])

    def settings(self, changes):
        """As a training takes them."""
        made = {**self._base, **changes}
        if "lr" in changes and self._rate_is_factor:
            rest = {name: value for name, value in made.items() if name != "lr"}
            made["lr"] = float(f"{float(Settings(native.FOR_TRAINING, rest).get('lr')) * changes['lr']:.3g}")
        return made


def _is(defaults, name, value):
    """Whether it is the default's value anyway."""
    other = defaults.get(name)
    try:
        return float(other) == float(value)
    except (TypeError, ValueError):
        return other == str(value)
