"""How much of a stranger's file is read: beyond these bounds a file is refused, in constant time and memory.

No deployment comes near them. They are what keeps every later step (schema, rules, reports) linear and its
recursion shallow, whatever the file says.
"""

from __future__ import annotations

MAX_BYTES = 1 << 20
"""Of a file, unless the caller says otherwise."""
MAX_DEPTH = 100
"""Of containers in one another, counted with aliases replaced by what they stand for."""
MAX_NODES = 200_000
"""Keys and values in a file, containers counted twice, aliases counted as what they stand for."""
MAX_NODES_PURE = 20_000
"""The same where the pure-Python parser runs, which takes some 50 µs for each."""
MAX_LENGTH_PURE = 1 << 17
"""Characters of a file, likewise; the pure parser takes time that grows with the square of some tokens' length."""
MAX_SECOND_OPINION = 1 << 14
"""Characters of a file that the pure parser is asked about as well, after the C parser has refused it."""
MAX_DOCUMENTS = 1_000
"""In a file."""
MAX_SCALAR = 1 << 16
"""Characters of one value; what is longer is cut there, and said."""
MAX_KEY = 1_024
"""Characters of one key; YAML's own bound for keys that are not introduced by a question mark."""
MAX_DIGITS = 40
"""Of a number."""
MAX_TAG_DIRECTIVES = 100
"""`%TAG` lines in a file: both parsers take time that grows with their square."""
MAX_PROBLEMS = 20
"""Reported of one file; what is left out is counted."""
