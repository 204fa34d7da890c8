"""Grafana: its settings, and dashboards as they are provisioned."""

from __future__ import annotations

import json

import pytest

from qmsreport.configurations import Unreadable
from tests.configurations.reading import origins, read, sample, settings


def test_what_is_set() -> None:
    """Protocol, least TLS version, anonymous access, request log, cookies, database and mail."""
    reading = sample("grafana", "grafana.ini")
    found = settings(reading)
    assert found["server", "encryption.in_transit"] == "true"
    assert found["server", "tls.minimum"] == "1.3"
    assert found["", "access.anonymous"] == "true"
    assert origins(reading)["", "access.anonymous"] == "grafana.ini:18"
    assert found["", "access.logging"] == "true"
    assert found["", "cookies.secure"] == "true"
    assert found["database", "encryption.in_transit.verified"] == "false"
    assert (
        found["smtp", "encryption.in_transit"] == "false"
    )  # opportunistic: plaintext where TLS is not offered


def test_defaults() -> None:
    """A file that sets nothing: plaintext, nobody anonymous, no request log."""
    reading = read("grafana", "[server]\n;protocol = https\n", "grafana.ini")
    found = settings(reading)
    assert found["server", "encryption.in_transit"] == "false"
    assert found["", "access.anonymous"] == "false"
    assert found["", "access.logging"] == "false"
    assert set(origins(reading).values()) == {"default of Grafana"}


def test_the_audit_log_of_the_enterprise_edition_counts() -> None:
    """Auditing that is on logs access, also without the request log."""
    assert settings(read("grafana", "[auditing]\nenabled = true\n"))["", "access.logging"] == "true"


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("", {"audit.refusals": "true", "audit.accounts": "true"}),
        ("loggers = file loki\n", {"audit.refusals": "true", "audit.accounts": "true"}),
        ("loggers = logger\n", {}),
        ("loggers = $__env{LOGGERS}\n", {}),
    ],
)
def test_what_the_audit_log_holds(more: str, expected: dict[str, str]) -> None:
    """Refusals and changes to accounts, if it goes to a file or a store; of what is only read it says nothing."""
    found = settings(read("grafana", "[auditing]\nenabled = true\n" + more))
    assert {key: value for (_, key), value in found.items() if key.startswith("audit.")} == expected


def test_a_request_log_says_nothing_of_audited_events() -> None:
    """The request log is an access log, and no audit trail."""
    found = settings(read("grafana", "[server]\nrouter_logging = true\n"))
    assert not [key for _, key in found if key.startswith("audit.")]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("[auth]\n", "604800"),
        ("[auth]\nlogin_maximum_inactive_lifetime_duration = 15m\n", "900"),
        ("[auth]\nlogin_maximum_inactive_lifetime_days = 2\n", "172800"),
        (
            "[auth]\nlogin_maximum_inactive_lifetime_days = 2\nlogin_maximum_inactive_lifetime_duration = 1h\n",
            "3600",
        ),
        ("[auth]\nlogin_maximum_inactive_lifetime_duration = 1M\n", None),
        ("[auth.proxy]\nenabled = true\n", None),
        ("[auth.proxy]\nenabled = true\nenable_login_token = true\n", "604800"),
    ],
)
def test_when_an_idle_session_ends(text: str, seconds: str | None) -> None:
    """Seven days unless set; a proxy that signs people in keeps the sessions, and a month is no fixed time."""
    reading = read("grafana", text)
    assert settings(reading).get(("", "access.idle")) == seconds
    assert bool(reading.warnings) == (seconds is None)


def dashboard(**more: object) -> str:
    """A small dashboard."""
    return json.dumps({"uid": "d", "title": "D", "panels": [{"type": "stat", "title": "P"}], **more})


def test_a_dashboard_with_rows() -> None:
    """Panels are listed, those in a collapsed row too, the row itself is none."""
    (found,) = sample("grafana_dashboards", "dashboards/security/logins.json").dashboards
    assert (found.dashboard_id, found.title, found.refresh_seconds) == ("logins", "Logins", 30.0)
    assert found.panels == ["Failed logins", "Where from"]
    assert found.category == "security"


def test_the_category_is_a_tag_else_a_folder() -> None:
    """A tag beats the folder, the configured words stand for categories, and nothing is guessed."""
    for tags, path, expected in (
        (["Business"], "dashboards/system/a.json", "business"),
        (["infra"], "dashboards/a.json", "system"),
        ([], "dashboards/application/shop/a.json", "application"),
        (["shop"], "dashboards/a.json", None),
    ):
        reading = read("grafana_dashboards", dashboard(tags=tags), path, categories=(("infra", "system"),))
        assert reading.dashboards[0].category == expected


def test_newer_and_wrapped_models() -> None:
    """A dashboard as the API exports it, and one as a resource with elements."""
    wrapped = read(
        "grafana_dashboards", json.dumps({"dashboard": json.loads(dashboard(refresh=False)), "meta": {}})
    )
    assert wrapped.dashboards[0].dashboard_id == "d"
    assert wrapped.dashboards[0].refresh_seconds is None
    element = {"kind": "Panel", "spec": {"title": "P"}}
    resource = {
        "metadata": {"name": "n"},
        "spec": {"title": "T", "elements": {"a": element}, "timeSettings": {"autoRefresh": "1m"}},
    }
    (found,) = read("grafana_dashboards", json.dumps(resource)).dashboards
    assert (found.dashboard_id, found.title, found.panels, found.refresh_seconds) == ("n", "T", ["P"], 60.0)


def test_what_is_no_dashboard_is_said() -> None:
    """JSON that is something else is no failure, and no dashboard."""
    reading = read("grafana_dashboards", '{"type": "datasource"}')
    assert not reading.dashboards
    assert "no dashboard" in reading.warnings[0]
    with pytest.raises(Unreadable, match="not JSON") as caught:
        read("grafana_dashboards", '{\n"a": s3cr3t\n}')
    assert caught.value.line == 2
    assert "s3cr3t" not in str(caught.value)
