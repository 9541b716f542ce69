"""The playground: a local page on which a deployment is checked while it is typed (`llmlint serve`).

Texts come from a browser and are handled as those of strangers: in a process of their own that reads no files and is
ended when it takes too long. Nothing of them is kept.
"""

from __future__ import annotations
