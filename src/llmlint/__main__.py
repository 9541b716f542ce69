"""`python -m llmlint` is the same as the command."""

from llmlint.cli import main

main()
