"""Keeps what was found in files, so that those that have not changed are not linted again.

An entry is found by a keyed hash of all that an answer depends on: bytes and path of the file, the program and what it
is made of, options, configuration, rules and catalogues. What was asked for besides while the file was linted, such as
its neighbours, stands in the entry, and is asked again before the entry counts. Entries lie in a folder that is the
user's alone, never in a repository, as lines of plain text under a keyed checksum: whoever can write a repository, or
a line, can neither hide a finding nor make one, and what is not as it was written is as good as not there.
"""
