"""The signals that tell a process to end: for `serve`, and for the commands that have something to let go of."""

import signal


def ending() -> tuple[signal.Signals, ...]:
    """Return SIGINT, SIGTERM and SIGHUP; without SIGHUP where the process was started to ignore it, as `nohup` does."""
    always = (signal.SIGINT, signal.SIGTERM)
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        return always
    return (*always, signal.SIGHUP)
