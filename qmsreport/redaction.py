"""No secret in any message: needed also where nothing may reach the network, so it loads nothing of that."""

from __future__ import annotations

import re

_SECRET = re.compile(
    r"(?i)(://[^/@\s:]*:)[^/@\s]+(@)"
    r"|((?:token|password|secret|api[_-]?key|access[_-]?key|authorization)[\"']?\s*[=:]\s*[\"']?(?:bearer |basic |token )?)[^\s\"'&,}]+"
    r"|\b(gh[pousr]_|github_pat_|xox[abp]-|glpat-|eyJ)[A-Za-z0-9_.\-]{8,}"
)


def redact(text: str) -> str:
    """The text without anything that looks like a credential."""

    def hide(found: re.Match[str]) -> str:
        if found[1]:
            return f"{found[1]}***{found[2]}"
        return f"{found[3] or found[4]}***"

    return _SECRET.sub(hide, text)
