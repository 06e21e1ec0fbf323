"""The signals that ask a process to end. `serve` and the commands that hold a database use them."""

import signal


def ending() -> tuple[signal.Signals, ...]:
    """Return SIGINT, SIGTERM and SIGHUP; without SIGHUP if the process was started to ignore it, as `nohup` does."""
    always = (signal.SIGINT, signal.SIGTERM)
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        return always
    return (*always, signal.SIGHUP)
