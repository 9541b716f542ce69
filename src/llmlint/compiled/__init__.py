"""Modules generated from schemas and rules (tools/generate.py)."""
