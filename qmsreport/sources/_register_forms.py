"""What the entries of a register may hold: the keys that people write, and the record fields they become."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import dataclass

from qmsreport.records import NONCONFORMITY_CLASSES


@dataclass(frozen=True, slots=True)
class Key:
    """One key of an entry.

    `kind` is text, flag, value (text, number, flag or list), first (a day, from its beginning) or last (a day, to its
    end). `why` is added when a required key is missing.
    """

    field: str
    kind: str = "text"
    required: bool = False
    words: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """One kind of entry: `[[name]]`, the kind of its records and its keys."""

    records: str
    keys: Mapping[str, Key]


def _form(records: str, /, **keys: Key) -> Form:
    return Form(records, types.MappingProxyType(keys))


FORMS: Mapping[str, Form] = types.MappingProxyType(
    {
        "waiver": _form(
            "waivers",
            id=Key("waiver_id", required=True),
            check=Key("check_id", required=True),
            resource=Key("resource"),
            reason=Key("reason", required=True),
            compensating_control=Key("compensating_control"),
            owner=Key("owner", required=True),
            approver=Key("approver", required=True),
            granted=Key("granted_at", "first", required=True),
            expires=Key("expires_at", "last", required=True, why=" A waiver without an end is none."),
        ),
        "attestation": _form(
            "attestations",
            id=Key("attestation_id", required=True),
            check=Key("check_id", required=True),
            resource=Key("resource"),
            statement=Key("statement", required=True),
            owner=Key("owner", required=True),
            attested=Key("attested_at", "first", required=True),
            expires=Key("expires_at", "last", required=True, why=" A statement does not hold for ever."),
            evidence_url=Key("evidence_url"),
        ),
        "decision": _form(
            "decisions",
            id=Key("decision_id", required=True),
            setting=Key("setting", required=True),
            value=Key("value", "value", required=True),
            unit=Key("unit"),
            reason=Key("reason", required=True),
            approver=Key("approver", required=True),
            decided=Key("decided_at", "first", required=True),
        ),
        "nonconformity": _form(
            "nonconformities",
            id=Key("nonconformity_id", required=True),
            fingerprint=Key("fingerprint"),
            check=Key("check_id"),
            resource=Key("resource"),
            control=Key("control"),
            title=Key("title", required=True),
            requirement=Key("requirement"),
            evidence=Key("evidence"),
            deviation=Key("deviation"),
            grade=Key("grade", required=True, words=NONCONFORMITY_CLASSES),
            repeat_of=Key("repeat_of"),
            opened=Key("opened_at", "first", required=True),
            containment=Key("containment"),
            root_cause=Key("root_cause"),
            cause_category=Key("cause_category"),
            owner=Key("owner", required=True),
            due=Key("due_at", "last", required=True),
            closed=Key("closed_at", "first"),
            verifier=Key("verifier"),
            effective=Key("effective", "flag"),
        ),
        "action": _form(
            "corrective_actions",
            id=Key("action_id", required=True),
            nonconformity=Key("nonconformity_id"),
            kind=Key("kind", required=True, words=("containment", "corrective", "preventive")),
            action=Key("action", required=True),
            owner=Key("owner", required=True),
            due=Key("due_at", "last", required=True),
            done=Key("done_at", "first"),
            effective=Key("effective", "flag"),
        ),
    }
)
