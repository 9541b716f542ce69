"""The rows of a user's own catalogue, and how they lie over the shipped ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from llmlint.catalog.counting import counted
from llmlint.catalog.keys import device_key, key, loose_key
from llmlint.catalog.record import Record
from llmlint.catalog.rows import Accelerator, Machine, Model

TYPE_CHECKING = False
if TYPE_CHECKING:
    from llmlint.catalog.catalogue import Catalogue

Changes = Mapping[str, Any]
"""The fields of a row that the user's file states, `id` among them, with the values that the row has."""


class UserRows(Record):
    """What one file adds to the catalogue or changes in it."""

    models: tuple[Changes, ...] = ()
    accelerators: tuple[Changes, ...] = ()
    machines: tuple[Changes, ...] = ()


def lay_over(catalogue: Catalogue, rows: UserRows) -> None:
    """Let the user's rows be found before the shipped ones; fields that they do not state stay as shipped."""
    for changes in rows.models:
        known_model = catalogue.models.find(changes["id"])
        model = _model((known_model and known_model.row) or Model(changes["id"]), changes)
        for name in (model.id, model.id.rpartition("/")[2], *model.aliases, *model.ollama):
            catalogue.models.own |= {key(name): model, loose_key(name): model}
    for changes in rows.accelerators:
        known_card = catalogue.accelerators.find(changes["id"])
        card = _named((known_card and known_card.row) or Accelerator(changes["id"]))._replace(**_without_id(changes))
        for name in (card.id, card.name, *card.aliases):
            catalogue.accelerators.own |= {key(name): card, device_key(name): card}
    for changes in rows.machines:
        known_machine = catalogue.machines.find(changes["id"])
        machine = ((known_machine and known_machine.row) or Machine(changes["id"], ""))._replace(**_without_id(changes))
        for name in (machine.id, machine.id.rpartition("/")[2], *machine.aliases):
            catalogue.machines.own[key(name)] = machine


def _model(base: Model, changes: Changes) -> Model:
    """With counts from the layers where the user states them, unless he states the counts too."""
    row = base._replace(**_without_id(changes))
    if "groups" in changes:
        row = counted(row)._replace(**{name: changes[name] for name in ("parameters", "stored") if name in changes})
    return row


def _named(card: Accelerator) -> Accelerator:
    return card if card.name else card._replace(name=card.id)


def _without_id(changes: Changes) -> dict[str, Any]:
    """A known row keeps its id as it is spelled there."""
    return {name: value for name, value in changes.items() if name != "id"}
