"""Long calls: callbacks and Ctrl-C."""

import signal
import threading

from . import _native as native


class Watch:
    """The observer of a long call: callbacks, their exceptions, and Ctrl-C."""

    def __init__(self, on_epoch=None, on_progress=None, on_reading=None):
        self.failure, self.stopped = None, False
        self._before = None
        self._kept = (native.STOP(self._stop), native.ON_READING(self._guard(on_reading)),
                      native.ON_PROGRESS(self._guard(on_progress)), native.ON_EPOCH(self._guard(on_epoch)))
        stop, reading, progress, epoch = self._kept
        self.observer = native.Observer(stop=stop, reading=reading, progress=progress, epoch=epoch)

    def _guard(self, function):
        def call(_context, info):
            if function is None or self.failure is not None:
                return
            try:
                function(info.contents)
            except BaseException as failure:  # nothing may leave a callback
                self.failure = failure
        return call

    def _stop(self, _context):
        return 1 if self.stopped or self.failure is not None else 0

    def _on_signal(self, _number, _frame):
        self.stopped = True

    # Python's handler would raise inside of a callback, where the exception is lost.
    def __enter__(self):
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self._on_signal)
        return self

    def __exit__(self, kind, error, trace):
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, self._before if self._before is not None else signal.default_int_handler)
        if self.failure is not None and (kind is None or issubclass(kind, native.Interrupted)):
            raise self.failure from None
        if self.stopped and (kind is None or issubclass(kind, native.Interrupted)):
            raise KeyboardInterrupt from None
        return False
