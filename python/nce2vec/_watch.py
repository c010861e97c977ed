"""Long calls of the library: callbacks, their exceptions, and Ctrl-C."""

import contextlib
import signal
import threading

from . import _native as native


class Watch:
    """The observer of a long call: callbacks, their exceptions, and Ctrl-C."""

    def __init__(self, on_epoch=None, on_progress=None):
        self.failure, self.stopped = None, False
        self._before, self._handles, self._raises = None, False, False
        self.observer = native.Observer(stop=native.STOP(self._stop), epoch=native.ON_EPOCH(self._guard(on_epoch)),
                                        progress=native.ON_PROGRESS(self._guard(on_progress)))

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
        if self._raises:
            raise KeyboardInterrupt

    @contextlib.contextmanager
    def raising(self):
        """For code of the user's in a callback, which may wait for long: Ctrl-C raises KeyboardInterrupt in it."""
        self._raises = True
        try:
            yield
        finally:
            self._raises = False

    # Python's handler would raise inside of a callback, where the exception is lost. Only the main thread may have a
    # handler. A signal that is ignored, as in a job of the background, stays so, and so does a handler that is not
    # Python's (None), which could not be set again.
    def __enter__(self):
        self._handles = (threading.current_thread() is threading.main_thread() and
                         signal.getsignal(signal.SIGINT) not in (signal.SIG_IGN, None))
        if self._handles:
            self._before = signal.signal(signal.SIGINT, self._on_signal)
        return self

    def __exit__(self, kind, error, trace):
        if self._handles:
            signal.signal(signal.SIGINT, self._before)
        if self.failure is not None and (kind is None or issubclass(kind, native.Interrupted)):
            raise self.failure from None
        if self.stopped and (kind is None or issubclass(kind, native.Interrupted)):
            raise KeyboardInterrupt from None
        return False
