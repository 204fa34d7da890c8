"""`qmsreport key`, `sign`, `sample`, and what `verify` says of signatures and chains."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from qmsreport import sampling, signature
from tests import small_bundle
from tests.cli.conftest import Ran, one_line
from tests.conftest import Demonstration
from tests.factories import configuration


def test_key_new_and_show(tmp_path: Path, call: Callable[..., Ran]) -> None:
    """`key new` writes a pair and prints its fingerprint, never its text; `key show` prints that again; none is written over."""
    key = tmp_path / "signing.key"
    made = call("key", "new", key)
    assert made.code == 0
    fingerprint = made.out.split()[-1]
    assert key.read_text().splitlines()[1] not in made.out
    assert call("key", "show", f"{key}.pub").out.strip() == fingerprint
    assert call("key", "show", key).out.strip() == fingerprint
    again = call("key", "new", key)
    assert again.code == 2
    assert "never written over" in one_line(again.err)


def test_verify_says_who_signed(tmp_path: Path, call: Callable[..., Ran]) -> None:
    """`verify` names the key, compares it when one is given, and fails on the wrong one."""
    for name in ("mine", "other"):
        signature.create(tmp_path / name)
    signer = signature.signer(configuration(tmp_path, more='[signing]\nkey_file = "mine"\n'))
    bundle = small_bundle.write(tmp_path / "reports" / "2026-Q3" / "r1", signer)
    assert "not compared with a trusted key" in call("verify", bundle).out
    assert "the trusted key" in call("verify", bundle, "--public-key", tmp_path / "mine.pub").out
    wrong = call("verify", bundle, "--public-key", tmp_path / "other.pub")
    assert wrong.code == 1
    assert wrong.out.startswith("wrong key: ")
    assert call("verify", bundle, "--public-key", tmp_path / "none.pub").code == 2


def test_verify_chain_on_the_command_line(tmp_path: Path, call: Callable[..., Ran]) -> None:
    """`verify --chain` is one line for each report and one for the whole; exit code 1 when one is missing."""
    reports = tmp_path / "reports"
    first = small_bundle.write(reports / "2026-Q1" / "r1")
    second = small_bundle.write(reports / "2026-Q2" / "r1", previous=first)
    small_bundle.write(reports / "2026-Q3" / "r1", previous=second)
    good = call("verify", "--chain", reports)
    assert good.code == 0
    assert "is a whole chain of 3 reports" in good.out
    shutil.rmtree(reports / "2026-Q2" / "r1")
    bad = call("verify", "--chain", reports)
    assert bad.code == 1
    assert "is missing from this folder" in bad.out
    assert call("verify", "--chain", reports / "2026-Q3").code == 2
    assert call("verify", "--chain", "--again", reports).code == 2


def test_rendered_again_every_format_comes_out_the_same(
    demonstration: Demonstration, call: Callable[..., Ran]
) -> None:
    """`verify --again` renders all that the bundle has, data files included, and finds the same bytes."""
    ran = call("verify", "--again", demonstration.bundle)
    assert (ran.code, ran.out.splitlines()[0].split(":")[0]) == (
        0,
        f"{demonstration.bundle} is as it was written, and comes out the same",
    )


def test_the_command_draws_what_the_report_prints(
    demonstration: Demonstration, tmp_path: Path, call: Callable[..., Ran]
) -> None:
    """Without options it draws the printed sample; with a seed another one; as a file it has every column."""
    bundle = demonstration.bundle
    ran = call("sample", "production_deployments", bundle)
    assert ran.code == 0
    lines = [line.split() for line in ran.out.splitlines()]
    keys = [line[1] for line in lines[1:26]]
    page = (bundle / "report.html").read_text("utf-8").split('id="samples"')[1]
    places = [page.index(f">{key}<") for key in keys]
    assert places == sorted(places)
    seed = json.loads((bundle / "manifest.json").read_bytes())["sample_seed"]
    assert seed in page
    assert seed in ran.out
    out = tmp_path / "sample.csv"
    assert (
        call("sample", "production_deployments", bundle, "--n", "5", "--seed", seed, "--out", out).code == 0
    )
    with out.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["deployment_id"] for row in rows] == keys[:5]
    assert rows[0]["sample_rank"] == sampling.rank(seed, [keys[0]])
    assert "commit_sha" in rows[0]
    assert call("sample", "production_deployments", bundle, "--seed", "x").out != ran.out
    assert call("sample", "deployment", bundle).code == 2


def test_the_newest_report_is_sampled(
    demonstration: Demonstration, tmp_path: Path, call: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A population by its short name, without a bundle: drawn from the newest report; without any, it says so."""
    monkeypatch.chdir(demonstration.folder)
    ran = call("sample", "deployments", "--n", "25", "--seed", "auditor")
    named = call("sample", "production_deployments", demonstration.bundle, "--n", "25", "--seed", "auditor")
    assert (ran.code, ran.out.splitlines()[:26]) == (0, named.out.splitlines()[:26])
    (tmp_path / "qmsreport.toml").write_text('[organisation]\nname = "New"\n', "utf-8")
    monkeypatch.chdir(tmp_path)
    empty = call("sample", "deployments")
    assert empty.code == 2
    assert "There is no report in" in one_line(empty.err)
