"""Every way in which a service of Compose asks for GPUs."""

from __future__ import annotations

import re
from collections.abc import Sequence

from llmlint.plans import Spot
from llmlint.readers.compose.service import Service
from llmlint.readers.values import items, text
from llmlint.readers.variables import is_filled
from llmlint.readers.wording import plain
from llmlint.unit import GpuRequest, Unit

DEVICES = ("deploy", "resources", "reservations", "devices")
GENERIC = ("deploy", "resources", "reservations", "generic_resources")
NONE = frozenset({"", "void", "none", "-1", "NoDevFiles"})
"""Values of NVIDIA_VISIBLE_DEVICES and its like by which no GPU is seen."""
VISIBLE = ("CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES")
FILES: tuple[tuple[str, str], ...] = (
    (r"/dev/kfd.*", "amd"),
    (r"/dev/nvidia\d+.*|/dev/nvidiactl.*|/dev/dxg.*", "nvidia"),
    (r"/dev/(?:accel|davinci|neuron|apex|hl).*", "other"),
)
CDI = r"(nvidia|amd|intel)\.com/gpu=(.+)"


def request(unit: Unit, service: Service) -> GpuRequest | None:
    """What is asked for, as far as the container sees it; None where nothing is."""
    asked = (
        _reserved(service)
        or _short(service)
        or _generic(service)
        or _by_devices(unit, service)
        or _runtime(unit, service)
    )
    return _narrowed(asked, unit) if asked is not None else None


def _reserved(service: Service) -> GpuRequest | None:
    found = service.first(*DEVICES)
    if found is None or not isinstance(found[0], list):
        return None
    value, layer = found
    return _sum([_device(service, item, layer.spot(*DEVICES, index)) for index, item in enumerate(value[:64])])


def _short(service: Service) -> GpuRequest | None:
    """`gpus: all`, or a list of what `devices` of a reservation takes."""
    found = service.first("gpus")
    if found is None:
        return None
    value, layer = found
    if isinstance(value, list):
        return _sum([_device(service, item, layer.spot("gpus", index)) for index, item in enumerate(value[:64])])
    if isinstance(value, dict):
        return _device(service, value, layer.spot("gpus"))
    return GpuRequest(_count(service.fill(plain(value))), "nvidia", layer.spot("gpus"))


def _device(service: Service, item: object, spot: Spot) -> GpuRequest | None:
    """One request; without a count it is for all."""
    if not isinstance(item, dict):
        return None
    capabilities = [plain(one) for one in items(item, "capabilities")]
    if capabilities and not {"gpu", "nvidia", "compute", "utility"} & set(capabilities):
        return GpuRequest(None, "other", spot)
    driver = text(item, "driver") or ""
    spots = Spot(spot.document, (*spot.path, "count")), Spot(spot.document, (*spot.path, "device_ids"))
    ids = item.get("device_ids")
    if ids is not None:
        return _listed(service, ids if isinstance(ids, list) else [ids], driver, _written(spots[1], spot))
    vendor = driver if driver in ("amd", "intel") else "nvidia"
    if item.get("count") is None:
        return GpuRequest(None, vendor, spot)
    return GpuRequest(_count(service.fill(plain(item["count"]))), vendor, _written(spots[0], spot))


def _written(wanted: Spot, otherwise: Spot) -> Spot:
    return wanted if wanted.document.holds(wanted.path) else otherwise


def _count(written: str) -> int | None:
    """None for all, and for what is not known."""
    return int(written) if re.fullmatch(r"\d{1,5}", written.strip()) else None


def _listed(service: Service, ids: Sequence[object], driver: str, spot: Spot) -> GpuRequest:
    """Devices by number or id; one entry may hold several, with commas between them."""
    names = [part.strip() for one in ids for part in service.fill(plain(one)).split(",") if part.strip()]
    cdi = [match for name in names if (match := re.fullmatch(CDI, name))]
    vendor = cdi[0][1] if cdi else driver if driver in ("amd", "intel") else "nvidia"
    bare = tuple(match[2] if (match := re.fullmatch(CDI, name)) else name for name in names)
    fraction = any(":" in name or name.startswith("MIG-") for name in bare)
    if "all" in bare or not all(is_filled(name) and "$" not in name for name in bare):
        return GpuRequest(None, vendor, spot)
    return GpuRequest(len(set(bare)), vendor, spot, fraction, bare)


def _sum(found: Sequence[GpuRequest | None]) -> GpuRequest | None:
    """Several requests add up; those for accelerators that are no GPUs count only where they are alone."""
    requests = [one for one in found if one is not None]
    gpus = [one for one in requests if one.vendor != "other"] or requests
    if not gpus:
        return None
    numbers = [one.number for one in gpus if one.number is not None]
    total = sum(numbers) if len(numbers) == len(gpus) else None
    return gpus[0]._replace(number=total, devices=tuple(device for one in gpus for device in one.devices))


def _generic(service: Service) -> GpuRequest | None:
    """Swarm's resources, whose kind is the node's own word for a GPU."""
    found = service.first(*GENERIC)
    for index, item in enumerate(items({"": found[0]}, "") if found is not None else []):
        kind = text(item, "discrete_resource_spec", "kind") or ""
        if found is not None and "gpu" in kind.lower():
            written = text(item, "discrete_resource_spec", "value") or ""
            return GpuRequest(_count(service.fill(written)), "nvidia", found[1].spot(*GENERIC, index))
    return None


def _by_devices(unit: Unit, service: Service) -> GpuRequest | None:
    """Device files handed in, and CDI names among them."""
    render: Spot | None = None
    found: list[tuple[str, str, Spot]] = []
    for value, layer in service.every("devices"):
        for index, item in enumerate(value[:64] if isinstance(value, list) else []):
            written = text(item, "source") if isinstance(item, dict) else text({"": item}, "")
            name = service.fill(written or "").partition(":")[0]
            spot = layer.spot("devices", index)
            if match := re.fullmatch(CDI, service.fill(written or "")):
                return _listed(service, [match[0]], "", spot)
            found += [(vendor, name, spot) for pattern, vendor in FILES if re.fullmatch(pattern, name)]
            render = spot if name.startswith("/dev/dri") else render
    if found:
        vendor, _, spot = found[0]
        numbered = {name for _, name, _ in found if re.fullmatch(r"/dev/nvidia\d+", name)}
        return GpuRequest(len(numbered) or None, vendor, spot)
    return GpuRequest(None, _render_vendor(unit), render) if render is not None else None


def _render_vendor(unit: Unit) -> str:
    """Whose GPU a render node is: the image tells, as far as anything does."""
    image = unit.image.value.lower() if unit.image is not None else ""
    return "amd" if "rocm" in image or "amd" in image else "intel"


def _runtime(unit: Unit, service: Service) -> GpuRequest | None:
    """NVIDIA's runtime, named or the host's default: NVIDIA_VISIBLE_DEVICES says which GPUs it hands in."""
    runtime, variable = service.said("runtime"), unit.environment.get("NVIDIA_VISIBLE_DEVICES")
    named = runtime is not None and runtime.value in ("nvidia", "nvidia-container-runtime")
    if not named and (variable is None or variable.value is None):
        return None
    if variable is not None and variable.value is not None:
        if variable.value in NONE:
            return None
        return _listed(service, [variable.value], "", variable.spot)
    assert runtime is not None
    return GpuRequest(None, "nvidia", runtime.spot)  # NVIDIA's own images set it to `all`


def _narrowed(asked: GpuRequest, unit: Unit) -> GpuRequest:
    """The engine sees no more than its own variables name."""
    for name in VISIBLE:
        variable = unit.environment.get(name)
        if (
            variable is None
            or not variable.value
            or not re.fullmatch(r"\d+(?:,\d+)*,?", variable.value.replace(" ", ""))
        ):
            continue
        seen = tuple(part.strip() for part in variable.value.split(",") if part.strip())
        if asked.number is None:
            return asked._replace(number=len(seen), devices=seen, spot=variable.spot)
        if len(seen) < asked.number:
            return asked._replace(number=len(seen), spot=variable.spot)
    return asked
