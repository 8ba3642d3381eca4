"""Run a stranger's function here, in this process, and get out again.

It may never end, wait, ask a question, or call itself for ever.  Packages that limit
the time of a call do it by another process, by signals, or by a thread that raises an
error in ours.  A learner's function lives in the kernel, and JupyterLite has neither
signals nor threads.  So, with the standard library alone:

- where there are signals, an alarm rings in the midst of the work, and of any waiting;
- elsewhere (in a browser, on Windows, in a second thread) a trace function looks at
  the clock before each line, which is slower.

Neither ends a single call into C that never returns, such as sum(itertools.count()).
"""

import signal
import sys
import threading
import time
from contextlib import contextmanager
from gettext import gettext as _
from unittest import mock

BROWSER = sys.platform == "emscripten"
# A clock of the work alone, whatever else the machine does; a browser has none.
work_seconds = time.perf_counter if BROWSER else time.process_time
DEPTH = 3000  # of calls within calls, as in IPython


class TooLong(BaseException):
    """Time is up.  Not an Exception: `except Exception` must not catch it."""


class Trouble(BaseException):
    """Why there is nothing to compare: Trouble(kind, sentence, **its fields).

    Like TooLong, no Exception: a learner's `except Exception` must not hide it.
    """

    def __init__(self, kind, sentence, /, **fields):
        super().__init__(kind, _(sentence).format(**fields))


class Clock:
    """Seconds of work; who waits may take ten times as many, or so many as are said."""

    def __init__(self, seconds, wait=None):
        self.seconds = seconds
        self.work = work_seconds() + seconds
        self.wait = time.monotonic() + (wait or 10 * seconds)

    def is_over(self):
        """Say whether time is up."""
        return work_seconds() > self.work or time.monotonic() > self.wait


def run(function, arguments, clock):
    """Call a function; when the time of a clock is up, raise TooLong in its midst.

    Meanwhile input() is refused, sleep returns at once, and calls within calls are as
    deep as Python usually lets them be.
    """
    main = threading.current_thread() is threading.main_thread()
    call = _traced
    if main and hasattr(signal, "setitimer") and not BROWSER:
        call = _under_an_alarm
    with (
        mock.patch("sys.unraisablehook", lambda _lost: None),  # in a destructor
        _nothing_waits(),
        _not_too_deep(),
    ):
        try:
            return call(function, arguments, clock)
        except Exception as error:  # a lock that is broken off says it is unlocked
            if clock.is_over():
                late = TooLong(clock.seconds)
                raise late.with_traceback(error.__traceback__) from None
            raise


def _under_an_alarm(function, arguments, clock):
    """Call a function; when time is up, raise TooLong in it again and again.

    Once is not enough: a bare `except:` catches it, and in a destructor it is lost.  In
    the frames of this file nothing is raised, or the alarm would not be switched off.
    """
    left = False

    def ring(_signal, frame):
        ours = left or frame.f_code.co_filename == __file__
        if clock.is_over() and not ours:
            signal.setitimer(signal.ITIMER_REAL, 1e-4, 1e-4)
            raise TooLong(clock.seconds)

    before = signal.signal(signal.SIGALRM, ring)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)
        return function(*arguments)
    finally:
        left = True  # one that rings already must not wind the alarm again
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_IGN)  # one that comes late is lost
        if before is not None:  # C's own: Python cannot put it back
            signal.signal(signal.SIGALRM, before)


def _traced(function, arguments, clock):
    """Call a function; when time is up, raise TooLong in it, once.

    Where a debugger traces, it goes on, and there is no limit.
    """

    def watch(_frame, _event, _value):
        if clock.is_over():
            raise TooLong(clock.seconds)
        return watch

    if sys.gettrace():
        return function(*arguments)
    sys.settrace(watch)
    try:
        return function(*arguments)
    finally:
        sys.settrace(None)


@contextmanager
def _nothing_waits():
    """Refuse input(), and let sleep return at once, in this thread."""
    here, sleep = threading.get_ident(), time.sleep

    def no_sleep(seconds):
        if threading.get_ident() != here:
            sleep(seconds)

    def no_input(*_prompt):
        raise Trouble(
            "input",
            "your function asks with input(), and nobody answers: what it needs is in "
            "its arguments",
        )

    with mock.patch("time.sleep", no_sleep), mock.patch("builtins.input", no_input):
        yield


@contextmanager
def _not_too_deep():
    """Let calls within calls end where Python ends them, and nobody change that."""
    depth, set_depth = sys.getrecursionlimit(), sys.setrecursionlimit
    set_depth(min(depth, DEPTH))
    try:
        with mock.patch("sys.setrecursionlimit", lambda _depth: None):
            yield
    finally:
        set_depth(depth)
