"""Facts about where an engine keeps the models that it downloads, and whether they are there after a restart."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from llmlint.facts import where
from llmlint.facts.fact import Flag, Group, Place, Places, Words, fact
from llmlint.quantity import decimal_size

if TYPE_CHECKING:
    from llmlint.unit import Unit, Volume

HUB = (("HF_HUB_CACHE", ""), ("HUGGINGFACE_HUB_CACHE", ""), ("HF_HOME", "/hub"), ("TRANSFORMERS_CACHE", ""))
"""Variables for the folder of the Hugging Face client, the first that is set counts (huggingface_hub/constants.py)."""
ENGINES = ("vllm", "sglang", "tgi", "tensorrt-llm", "llama.cpp", "ollama")
FORMATS = ("kubernetes", "compose", "helmrelease")
"""Formats that show all storage of the container."""
OFFLINE = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")
LASTING = ("persistent", "host", "unknown")
STORES = r"model|cache|hugging|weights|checkpoint|ollama|(?:^|[/_-])(?:hf|llms?|data)(?:$|[/_-])"
"""Names of volumes that are there for models."""
OTHERS = (
    r"kv-?cache|sock|lora|adapter|templat|config|triton|torch|inductor|flashinfer|deep_?gemm|compile|\.cache/(?!hugging)"
    r"|vllm[-_]cache|log|prompt|dataset|^/(?:etc|usr|var|dev|run)(?:/|$)"
)
"""Names of volumes that are there for something else, the caches of compiled graphs among them."""
SLOW_WORDS = r"nfs\d*|hdd|sata|sc1|st1|smb|cifs|efs|azurefile|azure-file|glusterfs|standard-rwx"
SLOW = rf"(?:^|[^a-z0-9])(?:{SLOW_WORDS})(?:$|[^a-z0-9])"
"""Names of storage behind a network file system or on hard disks."""


class CacheFacts(Group):
    """The folder into which the engine downloads models."""

    @fact()
    def is_filled_by_engine(self) -> Flag:
        """Whether the engine downloads its model by name into a container whose storage the file shows."""
        unit = self.facts.plan.unit
        shown = unit is not None and not unit.fragment and unit.format in FORMATS and "storage" not in unit.supplies
        return shown and self.is_downloaded

    @fact()
    def is_downloaded(self) -> Flag:
        """Whether the engine downloads its model by name, whatever else of the container's storage the file shows."""
        unit = self.facts.plan.unit
        if unit is None or self.facts.engine.name not in ENGINES or not unit.serves:
            return False
        return "model" not in unit.supplies and self._has_plain_image(unit) and self._is_fetched(unit)

    @staticmethod
    def _has_plain_image(unit: Unit) -> bool:
        """Whether nothing says that the image is one's own, which may hold the weights."""
        from llmlint.images import image

        if unit.image is None and "image" in unit.supplies:
            return True
        known = image(unit.image.value) if unit.image is not None else None
        return known is not None and bool(known.engine) and "build" not in unit.notes

    def _is_fetched(self, unit: Unit) -> bool:
        model = self.facts.deployment.model
        if self.facts.engine.name == "ollama":
            return True
        fetched = (
            model.id is not None and "://" not in model.id and "$" not in model.id and not self.facts.model.is_local
        )
        return fetched and not any(_is_on(unit, name) for name in OFFLINE)

    def _folders(self, unit: Unit) -> tuple[str, ...] | None:
        """Where the engine looks; None where a variable that nobody sees decides."""
        name = self.facts.engine.name
        own = self.facts.engine.word("download-dir")
        if own is not None:
            return None if "$" in own else (own,)
        if name == "ollama":
            return _of(unit, "OLLAMA_MODELS", "/root/.ollama/models")
        folders = self._hub(unit)
        if folders is None or name != "llama.cpp":
            return folders
        own_cache = _of(unit, "LLAMA_CACHE", f"{_home(unit)}/.cache/llama.cpp")
        return None if own_cache is None else (*folders, *own_cache)

    def _hub(self, unit: Unit) -> tuple[str, ...] | None:
        for variable, below in HUB:
            if variable in unit.environment:
                value = unit.environment[variable].value
                return None if value is None or "$" in value else (value.rstrip("/") + below,)
        if self.facts.engine.name == "tgi":
            # TGI's images set HUGGINGFACE_HUB_CACHE=/data. Google's set it to /tmp, later HF_HOME=/tmp, which is
            # /tmp/hub
            # (huggingface/Google-Cloud-Containers, containers/tgi/gpu, 2.2.0 and 3.0.1).
            return ("/tmp",) if self._is_google_s(unit) else ("/data",)
        shared = unit.environment.get("XDG_CACHE_HOME")
        base = shared.value if shared is not None and shared.value else f"{_home(unit)}/.cache"
        return (f"{base}/huggingface/hub",)

    @staticmethod
    def _is_google_s(unit: Unit) -> bool:
        """Whether it is a build of Google's deep learning containers."""
        return unit.image is not None and "huggingface-text-generation-inference" in unit.image.value

    @property
    def mounts(self) -> tuple[Volume, ...] | None:
        """Volumes that hold a folder where the engine looks; None where nobody knows that folder."""
        unit = self.facts.plan.unit
        folders = self._folders(unit) if unit is not None else None
        if unit is None or folders is None:
            return None
        return tuple(volume for volume in unit.volumes if _is_at(volume.mount, folders))

    @property
    def passing(self) -> tuple[Volume, ...]:
        """Volumes that hold it, and go with the pod."""
        return tuple(volume for volume in self.mounts or () if volume.kind not in LASTING)

    @property
    def lasting(self) -> tuple[Volume, ...]:
        """Volumes that hold it, and stay."""
        return tuple(volume for volume in self.mounts or () if volume.kind in LASTING)

    @fact("container.environment")
    def lasts(self) -> Flag | None:
        """Whether what the engine downloads is there after the container is replaced."""
        unit, mounts = self.facts.plan.unit, self.mounts
        if unit is None or mounts is None:
            return None
        if any(volume.kind in LASTING for volume in mounts):
            return True
        return False if unit.environment_complete else None

    @fact()
    def folder(self) -> Words:
        """Where the engine keeps what it downloads."""
        unit = self.facts.plan.unit
        folders = self._folders(unit) if unit is not None else None
        return (folders[0].removesuffix("/hub") or folders[0]) if folders else "its cache"

    @fact()
    def size(self) -> Words:
        """What is downloaded, in words."""
        size = self.facts.loading.bytes
        return f"{decimal_size(size)}" if size is not None else "the model"

    @fact()
    def has_stray(self) -> Flag:
        """Whether a lasting volume is there for models, by its name, where the engine does not look."""
        return bool(self.stray)

    @fact()
    def stray(self) -> Places:
        """Lasting volumes for models where the engine does not look."""
        unit, mounts = self.facts.plan.unit, self.mounts
        if unit is None or mounts is None:
            return ()
        found = [volume for volume in unit.volumes if volume not in mounts and self._is_stray(unit, volume)]
        return tuple(self._moved(volume) for volume in found[:1])

    def _moved(self, volume: Volume) -> Place:
        """The place of a volume, with its mount as it is to be."""
        place = Place(("container", "volumes"), volume.mount, volume.spot)
        target = where.inner(volume.spot, "mountPath")
        target = where.inner(volume.spot, "target") if target == volume.spot else target
        folder = self.facts.mending.folder
        if folder is None:
            return place
        if target != volume.spot:
            return place._replace(edited=target, written=volume.mount, replacement=folder)
        text = where.inside(volume.spot.document.data, volume.spot.path)
        source, colon, behind = text.partition(f":{volume.mount}") if isinstance(text, str) else ("", "", "")
        if not colon or behind[:1] not in ("", ":"):
            return place
        return place._replace(edited=volume.spot, written=text, replacement=f"{source}:{folder}{behind}")

    @staticmethod
    def _is_stray(unit: Unit, volume: Volume) -> bool:
        names = (volume.mount, volume.name)
        if volume.kind not in LASTING or not any(re.search(STORES, name, re.IGNORECASE) for name in names):
            return False
        if any(re.search(OTHERS, name, re.IGNORECASE) for name in names):
            return False
        words = unit.launch.words if unit.launch is not None else ()
        spoken = [*(word.text for word in words), *(one.value or "" for one in unit.environment.values())]
        return not any(volume.mount.rstrip("/") in text for text in spoken)

    @fact("container.environment")
    def is_writable(self) -> Flag | None:
        """Whether the engine can write where it keeps what it downloads."""
        mounts = self.mounts
        return None if mounts is None else not any(volume.read_only for volume in mounts)

    @fact()
    def read_only(self) -> Places:
        """Volumes for the cache that are read-only. Where findings point."""
        found = [volume for volume in self.mounts or () if volume.read_only]
        return tuple(Place(("container", "volumes"), one.mount, where.inner(one.spot, "readOnly")) for one in found)

    @fact()
    def is_on_host(self) -> Flag:
        """Whether the models lie in a folder of whichever node the pod runs on."""
        unit = self.facts.plan.unit
        return unit is not None and unit.format == "kubernetes" and not unit.fragment and bool(self.on_host)

    @fact()
    def on_host(self) -> Places:
        """Folders of the node that hold the models. Where findings point."""
        found = [volume for volume in self.mounts or () if volume.kind == "host"]
        return tuple(Place(("container", "volumes"), volume.name, volume.spot) for volume in found[:1])

    @fact()
    def is_pinned(self) -> Flag:
        """Whether the pod is bound to nodes, so that the folder of one may be meant."""
        unit = self.facts.plan.unit
        path = where.pod_path(unit) if unit is not None else None
        if unit is None or path is None or unit.kind == "DaemonSet":
            return True
        pod = where.inside(unit.home.document.data, path)
        return any(pod.get(key) for key in ("nodeName", "nodeSelector", "affinity"))

    @fact()
    def is_fast(self) -> Flag:
        """Whether nothing says that the model lies on hard disks or behind a network file system."""
        return not self.slow

    @fact()
    def slow(self) -> Places:
        """Volumes with the model on hard disks or a network file system, with the name that says so."""
        unit = self.facts.plan.unit
        if unit is None:
            return ()
        said = unit.model if unit.model is not None else None
        words = [word.text for word in (unit.launch.words if unit.launch is not None else ())]
        spoken = [*words, said.value if said is not None else ""]
        own = [one for one in unit.volumes if any(f"{one.mount.rstrip('/')}/" in text for text in spoken)]
        found = []
        for volume in [*own, *(self.mounts or ())]:
            named = next((name for name in (volume.storage_class, volume.name) if _is_slow(name)), None)
            if named is not None:
                found.append(Place(("container", "volumes"), named, where.holding(volume.spot, named)))
        return tuple(found[:1])


def _is_slow(name: str) -> bool:
    return re.search(SLOW, name, re.IGNORECASE) is not None


def _is_on(unit: Unit, name: str) -> bool:
    variable = unit.environment.get(name)
    return variable is not None and (variable.value or "1").lower() not in ("0", "false", "no", "off", "")


def _of(unit: Unit, name: str, otherwise: str) -> tuple[str, ...] | None:
    if name not in unit.environment:
        return (otherwise,)
    value = unit.environment[name].value
    return None if value is None or "$" in value else (value,)


def _home(unit: Unit) -> str:
    home = unit.environment.get("HOME")
    return home.value.rstrip("/") if home is not None and home.value else "/root"


def _is_at(mount: str, folders: tuple[str, ...]) -> bool:
    """Whether a mount holds one of the folders or lies in it; of another user's home it may."""
    mount = mount.rstrip("/") or "/"
    if any(folder == mount or folder.startswith(mount + "/") or mount.startswith(folder + "/") for folder in folders):
        return True
    tail = r"/\.cache(?:/(?:huggingface(?:/hub)?|llama\.cpp))?|/\.ollama(?:/models)?"
    return re.search(rf"(?:{tail})$", mount) is not None and any("/." in one for one in folders)
