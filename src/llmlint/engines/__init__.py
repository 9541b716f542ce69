"""Estimates: the rule of thumb, and what each engine does (one module an engine)."""
