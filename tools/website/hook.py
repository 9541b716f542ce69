"""What mkdocs calls while it builds the site: adds the generated pages, and links between them and the written ones."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def _reachable() -> None:
    """Let this program's modules be found: mkdocs loads this file by its path, and puts sys.path back afterwards."""
    for folder in (ROOT, ROOT / "src", ROOT / "tools"):
        if str(folder) not in sys.path:
            sys.path.insert(0, str(folder))


_reachable()
from website import links, offline, pages  # noqa: E402


def on_files(files: Any, config: Any) -> Any:
    """Add the generated pages to those of docs/."""
    from mkdocs.structure.files import File

    _reachable()
    for name, text in pages.generated(ROOT).items():
        files.append(File.generated(config, name, content=text))
    return files


def on_page_markdown(markdown: str, page: Any, config: Any, files: Any) -> str:
    """Link names of rules and facts, and give them anchors."""
    _reachable()
    return links.linked(page.file.src_uri, markdown)


def on_post_page(output: str, page: Any, config: Any) -> str:
    """Refuse a page that would load anything from elsewhere."""
    _refuse(page.file.src_uri, offline.loaded(output))
    return output


def on_post_build(config: Any) -> None:
    """The same for style sheets."""
    _refuse("style sheets", offline.loaded_by_styles(Path(config.site_dir)))


def _refuse(where: str, addresses: list[str]) -> None:
    from mkdocs.exceptions import PluginError

    if addresses:
        raise PluginError(f"{where}: would load {', '.join(addresses)}")
