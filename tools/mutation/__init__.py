"""Mutation tests of the code that reads, compares, adds up and silences (docs/testing.md; `tools/mutate.py` runs them).

What is changed is mutmut's business: its operators make the mutants (numbers, comparisons, operators, arguments,
ternaries, names). Its own runner passes over every decorated function, and so over all facts, properties and remembered
results, and over the tables on module level. So the running is done here: tests are collected once, each mutant gets a
fork in which the code of the one function is exchanged, and the tests that reach the changed line are run, the quickest
first, until one fails. Mutants on module level change the values there and where they were imported; what such a one
survives is tried in a process of its own.
"""
