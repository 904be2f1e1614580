"""The adapters that lie ready for the local model, by name. Web processes ask too: nothing heavy is imported here."""

from pathlib import Path


def adapter_names(folder: Path | None) -> list[str]:
    """Of a folder with one folder for each adapter; only those whose weights are safetensors."""
    if folder is None or not folder.is_dir():
        return []
    return sorted(
        path.name
        for path in folder.iterdir()
        if (path / "adapter_config.json").is_file() and (path / "adapter_model.safetensors").is_file()
    )
