"""The labels of a service, and of the nodes on which Swarm may place it."""

from __future__ import annotations

import re

from llmlint.readers.compose.service import Service
from llmlint.readers.wording import plain

ON_NODES = r"\s*((?:node|engine)\.labels\.[\w.-]{1,200})\s*==\s*(\S{1,200})\s*"
"""A constraint of `deploy.placement`: `node.labels.pool == gpu`."""


def labels(service: Service) -> dict[str, str]:
    """By name: those of `labels` and `deploy.labels`, and of nodes with their prefix (`node.labels.pool`)."""
    found: dict[str, str] = {}
    for path in (("labels",), ("deploy", "labels")):
        for value, _ in service.every(*path):
            if isinstance(value, dict):
                found |= {name: service.fill(plain(one)) for name, one in value.items()}
            for item in value if isinstance(value, list) else []:
                name, _, written = plain(item).partition("=")
                found[name] = service.fill(written)
    for value, _ in service.every("deploy", "placement", "constraints"):
        for item in value if isinstance(value, list) else []:
            constraint = re.fullmatch(ON_NODES, service.fill(plain(item)))
            if constraint is not None:
                found[constraint[1]] = constraint[2]
    return found
