"""The tables of formats name modules that are there and have what is asked of a reader."""

from __future__ import annotations

from importlib import import_module

import pytest

from llmlint.readers.kubernetes import KINDS
from llmlint.readers.registry import ENTRIES, TEXTS


@pytest.mark.parametrize("module", [entry.module for entry in ENTRIES])
def test_a_format_of_documents_has_its_reader(module: str) -> None:
    reader = import_module(f"llmlint.readers.{module}")
    assert callable(reader.recognises)
    assert callable(reader.units)


@pytest.mark.parametrize("module", [module for _, module, _ in TEXTS])
def test_a_format_of_texts_has_its_reader(module: str) -> None:
    assert callable(import_module(f"llmlint.readers.{module}").read)


@pytest.mark.parametrize("module", sorted({kind.module for kind in KINDS} | {"workload"}))
def test_a_kind_of_object_has_its_reader(module: str) -> None:
    assert callable(import_module(f"llmlint.readers.kubernetes.{module}").units)
