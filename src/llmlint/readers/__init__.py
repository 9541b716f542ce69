"""Readers: each turns documents of one format into plans, and knows no rule."""
