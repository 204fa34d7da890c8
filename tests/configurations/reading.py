"""Reading a configuration in a test, in a line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qmsreport import configurations
from qmsreport.configurations import File, Reading

SAMPLES = Path(__file__).parent / "samples"


def read(product: str, text: str, path: str = "file.yaml", **more: Any) -> Reading:
    """What a product's parser makes of a text."""
    return configurations.read(product, File(text=text, path=path, **more))


def sample(product: str, name: str, **more: Any) -> Reading:
    """What a product's parser makes of one of the sample files."""
    return read(product, (SAMPLES / name).read_text("utf-8"), name, **more)


def settings(reading: Reading) -> dict[tuple[str, str], str | None]:
    """The values by part (what follows `#`) and key; each stands once."""
    found: dict[tuple[str, str], str | None] = {}
    for setting in reading.settings:
        place = setting.subject.partition("#")[2], setting.key
        assert place not in found, place
        found[place] = setting.value
    return found


def origins(reading: Reading) -> dict[tuple[str, str], str | None]:
    """The origins by part and key."""
    return {(item.subject.partition("#")[2], item.key): item.origin for item in reading.settings}
