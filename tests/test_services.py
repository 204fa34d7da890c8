"""Repositories, paths and labels lead to the services that are configured, and to no other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmsreport.config import ServiceEntry
from qmsreport.services import ServiceMap

MONOREPO = ServiceMap(
    [
        ServiceEntry(name="checkout", repositories=["acme/shop"], paths=["services/checkout"]),
        ServiceEntry(name="payment", repositories=["acme/shop"], paths=["services/pay/", "/libs/money"]),
        ServiceEntry(name="fraud", repositories=["acme/shop"], paths=["services/pay/fraud"]),
        ServiceEntry(name="web", repositories=["acme/shop"]),
        ServiceEntry(name="search", repositories=["Acme/Search"], labels=["find", "area/Finder"]),
    ]
)


@pytest.mark.parametrize(
    ("paths", "services"),
    [
        (["services/checkout/main.py"], ["checkout"]),
        (["services/checkout"], ["checkout"]),
        (["services/checkout2/main.py"], ["web"]),
        (["services/payments/main.py"], ["web"]),
        (["services/pay/main.py", "libs/money/x.py"], ["payment"]),
        (["services/pay/fraud/rules.py"], ["fraud"]),
        (["services/pay/x", "services/pay/fraud/x", "README.md"], ["fraud", "payment", "web"]),
        ([], []),
    ],
)
def test_a_path_belongs_to_the_longest_prefix_that_ends_at_a_folder(
    paths: list[str], services: list[str]
) -> None:
    """A path goes to the service with the longest prefix of whole folders, else to those without paths."""
    assert MONOREPO.of_paths("acme/shop", paths) == services


def test_a_path_that_maps_nowhere_belongs_to_no_service() -> None:
    """Where every service declares paths, another path touches none; nor does an unknown repository's."""
    services = ServiceMap([ServiceEntry(name="a", repositories=["acme/x"], paths=["a"])])
    assert services.of_paths("acme/x", ["b/file"]) == []
    assert services.of_paths("acme/y", ["a/file"]) == []


@given(st.lists(st.sampled_from(["services/checkout/a", "services/pay/b", "libs/money/c", "docs/d", "x"])))
def test_services_of_paths_do_not_depend_on_their_order(paths: list[str]) -> None:
    """A set of paths touches what each of them touches."""
    each = {name for path in paths for name in MONOREPO.of_paths("acme/shop", [path])}
    assert MONOREPO.of_paths("acme/shop", paths) == sorted(each)


def test_a_repository_has_one_service_or_it_is_not_guessed() -> None:
    """Letters' case does not matter; of a monorepo no single service is named, of an unknown one none."""
    assert MONOREPO.of_repository("acme/search") == "search"
    assert MONOREPO.of_repository("acme/shop") is None
    assert MONOREPO.of_repository("acme/other") is None
    assert [entry.name for entry in MONOREPO.in_repository("ACME/SHOP")] == [
        "checkout",
        "payment",
        "fraud",
        "web",
    ]


@pytest.mark.parametrize(
    ("label", "service"),
    [
        ("checkout", "checkout"),
        ("FIND", "search"),
        ("area/finder", "search"),
        ("nobody", None),
        ("", None),
        (None, None),
    ],
)
def test_a_label_names_a_service_by_its_name_or_its_labels(label: str | None, service: str | None) -> None:
    """A service goes by its own name and by each of its labels, in any case."""
    assert MONOREPO.of_label(label) == service


def test_labels_with_a_prefix_name_services_too() -> None:
    """`service:checkout` and `service/payment` name the services behind the prefix, each once, sorted."""
    labels = ["bug", "service/payment", "service:checkout", "checkout", "area/finder"]
    assert MONOREPO.of_labels(labels) == ["checkout", "payment", "search"]
