from __future__ import annotations

from pathlib import Path

from llmlint.cli.repository_place import Places


def test_paths_are_from_the_root_of_the_repository(tmp_path: Path) -> None:
    root = tmp_path / "repo"
    for folder in (root / ".git", root / "infra" / "gpu", root / "sub" / ".git", tmp_path / "other" / ".git"):
        folder.mkdir(parents=True)
    (root / "link").symlink_to(root / "infra")
    (root / "file.yaml").symlink_to(root / "infra" / "deploy.yaml")
    here = Places(str(root / "infra"))
    assert here("deploy.yaml") == here("./gpu/../deploy.yaml") == "infra/deploy.yaml"
    assert here("../link/deploy.yaml") == here("../file.yaml") == here(str(root / "infra/deploy.yaml"))
    assert here("../sub/deploy.yaml") == "sub/deploy.yaml"
    assert here("../../other/infra/x.yaml") == "infra/x.yaml"
    assert here("../../x.yaml") == str(tmp_path.resolve() / "x.yaml")


def test_without_a_repository_they_are_from_the_current_folder(tmp_path: Path) -> None:
    assert Places(str(tmp_path))("a/b.yaml") == "a/b.yaml"
    assert Places(str(tmp_path))("<stdin>") == "<stdin>"
