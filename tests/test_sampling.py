"""Samples: the same seed draws the same rows, everywhere."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmsreport import sampling
from qmsreport.errors import UsageError

KEYS = st.sets(st.text("abcd-0123", min_size=1, max_size=6), min_size=1, max_size=60)


def population(keys):
    """Deployments with these keys."""
    names = sorted(keys)
    return pl.DataFrame({"deployment_id": names, "service": [name[::-1] for name in names]})


def drawn(frame, size, seed):
    """The keys drawn, in order."""
    return sampling.draw("production_deployments", frame, size, seed).rows["deployment_id"].to_list()


@given(KEYS, st.integers(1, 80), st.text(), st.randoms())
def test_the_order_of_the_rows_does_not_matter(keys, size, seed, chance):
    """Any order of the same rows gives the same sample, each row once, all of them where there are fewer."""
    frame = population(keys)
    order = list(range(frame.height))
    chance.shuffle(order)
    found = drawn(frame, size, seed)
    assert drawn(frame[order], size, seed) == found
    assert len(set(found)) == len(found) == min(size, frame.height)


@given(KEYS, st.text())
def test_a_smaller_sample_starts_a_larger_one(keys, seed):
    """Who asks for more keeps what was drawn."""
    frame = population(keys)
    assert drawn(frame, 30, seed)[:7] == drawn(frame, 7, seed)


def test_is_drawn_as_written_down():
    """The list of a known seed: an accidental change of the rule would change every sample ever drawn."""
    keys = [f"dep-{number}" for number in range(100)]
    # printf 'auditor, 2026\ndep-%d' N | sha256sum, sorted
    by_hand = ["dep-9", "dep-62", "dep-93", "dep-44", "dep-37"]
    assert drawn(population(keys), 5, "auditor, 2026") == by_hand


def test_every_row_is_as_likely():
    """Over many seeds each row is drawn about as often: no row is favoured (expected 250, deviation under 5 sigma)."""
    frame = population({f"d{number}" for number in range(20)})
    counts = dict.fromkeys(frame["deployment_id"], 0)
    for seed in range(1000):
        for key in drawn(frame, 5, str(seed)):
            counts[key] += 1
    assert max(abs(count - 250) for count in counts.values()) < 5 * (1000 * 0.25 * 0.75) ** 0.5


def test_rows_with_the_same_key_have_an_order_too():
    """Where two rows share a key, their content decides, not their place."""
    frame = pl.DataFrame({"deployment_id": ["a", "a"], "service": ["x", "y"]})
    one, other = (
        sampling.draw("production_deployments", rows, 1, "s").rows["service"].to_list()
        for rows in (frame, frame.reverse())
    )
    assert one == other


def test_what_cannot_be_drawn():
    """An unknown population and a sample of none are one sentence each."""
    with pytest.raises(UsageError, match="Did you mean 'incidents'"):
        sampling.draw("incident", population({"a"}), 1, "s")
    with pytest.raises(UsageError, match="at least"):
        sampling.draw("incidents", population({"a"}), 0, "s")


@pytest.mark.parametrize("name", sampling.KEYS)
def test_keys_name_one_row_each(name: str, demonstration) -> None:
    """In a whole organisation no population has two rows with the same key."""
    from qmsreport.warehouse import Snapshot

    with Snapshot(demonstration.bundle / "evidence.duckdb") as snapshot:
        frame = snapshot.populations()[name]
    assert frame.height
    assert frame.select(sampling.KEYS[name]).is_unique().all()
    assert set(sampling.SHOWN[name]) <= set(frame.columns)
