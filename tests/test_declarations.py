"""`[policy]` of the configuration."""

from __future__ import annotations

from pathlib import Path

import pytest

from qmsreport import assets, config, declarations
from qmsreport.errors import ConfigError
from tests import factories

GOOD = """
[policy]
authority = ["document:qms/a.md", "document:qmsreport.toml"]

[[policy.setting]]
key = "retention.logs.maximum"
value = 365

[[policy.setting]]
key = "errors"
value = 0.01
unit = "share"

[[policy.setting]]
key = "encryption.in_transit"
value = true

[[policy.setting]]
key = "alerting.channels"
value = ["slack", "email"]

[[policy.setting]]
key = "retention.audit"
value = "unlimited"

[[policy.setting]]
key = "tls.minimum"
value = "1.2"
"""
WRONG = """
[policy]
authority = ["qms/a.md", "document:b.md", "document:b.md"]

[[policy.setting]]
key = "retention.log.maximum"
value = 365

[[policy.setting]]
key = "retention.logs"
value = 30

[[policy.setting]]
key = "retention.logs"
value = 60

[[policy.setting]]
key = "availability"
value = 99.9

[[policy.setting]]
key = "latency.p95"
value = 0.2
unit = "s"

[[policy.setting]]
key = "encryption.at_rest"
value = "yes"

[[policy.setting]]
key = "unheard.of"
value = 1
"""


def test_declarations_of_the_configuration(tmp_path: Path) -> None:
    """Values are stored as settings are: plain numbers, true, lists as JSON, each in the setting's own unit."""
    settings = factories.configuration(tmp_path, GOOD)
    assert settings.policy.authority == ["document:qms/a.md", declarations.SUBJECT]
    assert [row[1:4] for row in declarations.rows(settings.policy)] == [
        ("retention.logs.maximum", "365", "days"),
        ("errors", "0.01", "share"),
        ("encryption.in_transit", "true", "flag"),
        ("alerting.channels", '["slack", "email"]', "list"),
        ("retention.audit", "unlimited", "days"),
        ("tls.minimum", "1.2", "version"),
    ]


def test_every_problem_at_once(tmp_path: Path) -> None:
    """All that is wrong is said in one go, each with its place and what to write instead."""
    with pytest.raises(ConfigError) as error:
        factories.configuration(tmp_path, WRONG)
    said = error.value.problems
    for words in (
        '"qms/a.md" is no document. Write "document:qms/a.md"',
        '"document:b.md" stands twice',
        "no. 1 key: 'retention.log.maximum' is no setting. Did you mean 'retention.logs.maximum'?",
        "no. 3 key: 'retention.logs' is declared above already",
        "no. 4 value: 99.9 is not a share between 0 and 1 (99.9 % is 0.999)",
        "no. 5 unit: 'latency.p95' is declared in ms, not in 's'",
        "no. 6 value: 'yes' is not true or false",
        "no. 7 key: 'unheard.of' is no setting. Known: ",
    ):
        assert any(words in problem for problem in said), (words, said)
    assert len(said) == 8


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("policy = 1", "[policy]: must be a table"),
        ("[policy]\nsetting = 1", "write it as [[policy.setting]]"),
        ("[policy]\nauthorities = []", "[policy] authorities: unknown key. Did you mean 'authority'?"),
        ("[[policy.setting]]\nkey = 'retention.logs'", "[[policy.setting]] no. 1 value: missing"),
    ],
)
def test_what_is_no_policy(tmp_path: Path, text: str, words: str) -> None:
    """Another shape than tables, an unknown key, a missing value: refused with a sentence."""
    path = tmp_path / config.FILE
    path.write_text(text + '\n[organisation]\nname = "Example GmbH"\n')
    with pytest.raises(ConfigError) as error:
        config.load(path)
    assert words in str(error.value)


def test_the_vocabulary_of_settings() -> None:
    """Keys stand once; unit, direction and evidence are words of theirs; each maximum has its minimum."""
    rows = assets.reference("settings")
    keys = [row["key"] for row in rows]
    assert len(keys) == len(set(keys))
    units = {"days", "h", "s", "ms", "share", "flag", "text", "list", "version"}
    assert {row["unit"] for row in rows} == units
    assert {row["stricter"] for row in rows} == {"higher", "lower", "equal", "true"}
    assert {row["evidence"] for row in rows} == {"effective", "measured", "none"}
    assert not [row["key"] for row in rows if row["stricter"] == "true" and row["unit"] != "flag"]
    assert {key.removesuffix(".maximum") for key in keys if key.endswith(".maximum")} <= set(keys)
    assert {row["key"] for row in assets.reference("alert_patterns")} <= set(keys)
    components = {row["component"] for row in assets.reference("component_words")}
    assert components == {
        key.removeprefix("components.") for key in keys if key.startswith("components.")
    }  # each can be told
