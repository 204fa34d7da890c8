"""Which service a repository, a path or a label belongs to; what maps nowhere stays `None` and is listed."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from qmsreport.config import ServiceEntry


class ServiceMap:
    """Answers from the `[[service]]` tables."""

    def __init__(self, entries: Iterable[ServiceEntry]) -> None:
        self._entries = tuple(entries)

    @cached_property
    def _by_repository(self) -> dict[str, list[ServiceEntry]]:
        found: dict[str, list[ServiceEntry]] = {}
        for entry in self._entries:
            for repository in entry.repositories:
                found.setdefault(repository.lower(), []).append(entry)
        return found

    @cached_property
    def _by_label(self) -> dict[str, str]:
        found = {entry.name.lower(): entry.name for entry in self._entries}
        for entry in self._entries:
            found.update({label.lower(): entry.name for label in entry.labels})
        return found

    def in_repository(self, repository: str) -> tuple[ServiceEntry, ...]:
        """The services whose code is in this repository; several for a monorepo."""
        return tuple(self._by_repository.get(repository.lower(), ()))

    def of_repository(self, repository: str) -> str | None:
        """The one service of a repository, or `None` when there is none or more than one."""
        entries = self.in_repository(repository)
        return entries[0].name if len(entries) == 1 else None

    def of_paths(self, repository: str, paths: Iterable[str]) -> list[str]:
        """The services a set of changed paths touches; the longest matching prefix wins for each path."""
        entries = self.in_repository(repository)
        touched: set[str] = set()
        for path in paths:
            best = max(
                (
                    (len(prefix), entry.name)
                    for entry in entries
                    for prefix in (path_prefix.strip("/") for path_prefix in entry.paths)
                    # whole parts only: "pay" is not a prefix of "payments/x"
                    if f"{path}/".startswith(f"{prefix}/" if prefix else "")
                ),
                default=None,
            )
            if best:
                touched.add(best[1])
            else:
                touched.update(entry.name for entry in entries if not entry.paths)
        return sorted(touched)

    def of_label(self, label: str | None) -> str | None:
        """The service that a label, a job name or a word in a title's brackets names."""
        return self._by_label.get(label.lower()) if label else None

    def of_labels(self, labels: Iterable[str]) -> list[str]:
        """The services that these labels name, `service:checkout` and `service/checkout` too."""
        found = set()
        for label in labels:
            bare = label.split(":", 1)[-1].split("/", 1)[-1].strip()
            service = self.of_label(label) or self.of_label(bare)
            if service:
                found.add(service)
        return sorted(found)
