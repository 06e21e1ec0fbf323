"""`python -m docs.reference FOLDER` writes the pages into a folder, which need not exist."""

from argparse import ArgumentParser
from pathlib import Path

from docs.reference import write

parser = ArgumentParser(prog="python -m docs.reference", description="Write the reference.")
parser.add_argument("folder", type=Path, help="the folder for the pages, which need not exist")
write(parser.parse_args().folder)
