"""`llmlint catalog`: searches models, accelerators and machines."""
