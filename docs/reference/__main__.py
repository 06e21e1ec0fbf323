"""`python -m docs.reference FOLDER` writes the pages into a folder, which need not exist."""

import sys
from pathlib import Path

from docs.reference import write

write(Path(sys.argv[1]))
