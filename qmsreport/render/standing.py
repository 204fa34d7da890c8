"""The result on the cover: each check rolled up to its worst resource, counted, and said in one sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qmsreport.results import STATUSES


@dataclass(frozen=True, slots=True)
class Standing:
    """`counts` holds (status, number of checks), worst first, those that occur; `basis` says how it was counted."""

    counts: tuple[tuple[str, int], ...]
    sentence: str
    basis: str


def standing(findings: Iterable[Mapping[str, Any]], incomplete: Sequence[str] = ()) -> Standing:
    """Roll findings (with `check_id` and `status`) up to checks.

    Args:
        findings: as people judged them.
        incomplete: the frameworks of which a mandatory requirement could not be assessed.
    """
    worst: dict[str, str] = {}
    resources = 0
    for finding in findings:
        check, status = finding["check_id"], finding["status"]
        worst[check] = min(worst.get(check, status), status, key=STATUSES.index)
        resources += 1
    states = list(worst.values())
    counts = {status: states.count(status) for status in STATUSES if status in states}
    return Standing(
        counts=tuple(counts.items()),
        sentence=_sentence(counts, len(worst), incomplete),
        basis=(
            f"{_many(len(worst), 'check')} over {_many(resources, 'resource result')}; a check counts as its worst resource."
            if worst
            else "No check was run; this report states figures and judges nothing."
        ),
    )


def _sentence(counts: Mapping[str, int], total: int, incomplete: Sequence[str]) -> str:
    if not total:
        return "No control was assessed."
    failed, broken = counts.get("fail", 0), counts.get("error", 0)
    unseen, partial = counts.get("not assessed", 0), counts.get("partial", 0)
    if failed:
        said = f"Exceptions noted: {_many(failed, 'check')} of {total} failed"
    elif partial:
        said = f"Exceptions noted: {_many(partial, 'check')} of {total} passed only in part"
    else:
        said = "No exceptions noted" + (" in what was assessed" if unseen or broken else "")
    rest = [_many(unseen, "check") + " could not be assessed"] if unseen else []
    rest += [_many(broken, "check") + " could not be run"] if broken else []
    accepted, attested = counts.get("exception accepted", 0), counts.get("pass (attested)", 0)
    rest += [_many(accepted, "check") + " rests on an accepted exception"] if accepted == 1 else []
    rest += [_many(accepted, "check") + " rest on accepted exceptions"] if accepted > 1 else []
    rest += (
        [_many(attested, "check") + f" pass{'es' if attested == 1 else ''} as attested only"]
        if attested
        else []
    )
    whole = f" The result is incomplete for {_and(incomplete)}." if incomplete else ""
    return "; ".join([said, *rest]) + "." + whole


def _and(words: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def _many(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"
