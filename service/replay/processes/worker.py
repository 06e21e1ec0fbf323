"""A process of a fold: `python -m service.replay.processes.worker`. It gets its share and answers with the result.

Both are pickled, over standard input and output. Standard input stays open as long as the parent lives.
"""

import os
import pickle
import signal
import sys
import threading
from contextlib import closing

from events.lines.recorded import UnknownType
from projections.folding.fold import Undigested
from service.replay.errors import NotWhole, ReplayError, SourceLost
from service.replay.processes.messages import unpacked
from service.replay.processes.share import Folded, fold_share

_SENT_AS_THEY_ARE = (NotWhole, SourceLost)


def main() -> None:
    """Fold one share."""
    # Ctrl-C ends the parent, which ends this process.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "wb")
    # What a projection prints must not get into the answer.
    os.dup2(2, 1)
    share = unpacked(sys.stdin.buffer)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    answer: Folded | ReplayError
    try:
        with closing(share.lines):
            answer = fold_share(share)
    except _SENT_AS_THEY_ARE as error:
        answer = error
    except (ReplayError, UnknownType, Undigested) as error:
        answer = ReplayError(str(error))
    with answers:
        pickle.dump(answer, answers)


def _end_with_parent() -> None:
    while os.read(0, 1):
        pass
    os._exit(1)


if __name__ == "__main__":
    main()
