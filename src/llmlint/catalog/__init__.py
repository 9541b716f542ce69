"""Models, accelerators, machines and processors: what is known of them, found by name."""
