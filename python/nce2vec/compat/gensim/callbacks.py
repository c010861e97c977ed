"""Callbacks of a training."""


class CallbackAny2Vec:
    """Its methods are called at the beginning and end of a training and of each epoch."""

    def on_train_begin(self, model):
        pass

    def on_epoch_begin(self, model):
        pass

    def on_epoch_end(self, model):
        pass

    def on_train_end(self, model):
        pass
