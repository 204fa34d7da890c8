"""The `prometheus` source against a real Prometheus with a known quarter, and against a server that lies."""

from __future__ import annotations

import base64
import contextlib
import json
import math
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from qmsreport import config, records, sources
from qmsreport.errors import ConfigError, Malformed, Rejected, SourceError, Unavailable
from qmsreport.extracts import Extract, Source
from tests.sources import prometheus_server as real
from tests.sources import tls_server as tls

SLOS = {
    "availability": """good = 'shop_requests_total{job="shop",code="200"}'\nvalid = 'shop_requests_total{job="shop"}'""",
    "payments": """bad = 'pay_requests_total{code=~"5.."}'\nvalid = 'sum by (job) (pay_requests_total)'""",
    "latency": """kind = "latency"\nmetric = 'shop_latency_seconds{job="shop"}'\nthreshold = 0.3""",
    "queue": """kind = "threshold"\nmetric = 'queue_depth{job="shop"}'\nthreshold = 7\nwindow_seconds = 1800""",
    "share": """kind = "ready"\nmetric = 'shop_success_share'""",
    "rated": """good = 'sum(rate(shop_requests_total{code="200"}[5m]))'\nvalid = 'sum(rate(shop_requests_total[$window]))'""",
}
FAKE = "good = 'a_total'\nvalid = 'a_total'"


@dataclass
class Memory:
    """What a warehouse would remember between runs."""

    until: dict[str, datetime] = field(default_factory=dict)
    cursors: dict[str, str] = field(default_factory=dict)

    def covered_until(self, subject: str) -> datetime | None:
        return self.until.get(subject)

    def cursor(self, subject: str) -> str | None:
        return self.cursors.get(subject)

    def raw_sha256(self, subject: str) -> str | None:
        return None

    def commit(self, extract: Extract) -> dict[str, pl.DataFrame]:
        """Note the extract and hand its frames out; each has its kind's exact schema."""
        if extract.error is None and extract.window_end:
            self.until[extract.subject] = max(
                extract.window_end, self.until.get(extract.subject, extract.window_end)
            )
        if extract.cursor:
            self.cursors[extract.subject] = extract.cursor
        frames = {batch.kind: batch.rows for batch in extract.batches}
        for kind, rows in frames.items():
            assert dict(rows.schema) == records.schema(kind)
        return frames


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Prometheus over the quarter, scraping itself and a node_exporter."""
    blocks = real.blocks_once(tmp_path_factory, "prometheus-quarter", real.openmetrics)
    folder = tmp_path_factory.mktemp("prometheus")
    with real.node_exporter(folder) as node, real.prometheus(folder, blocks, node) as url:
        yield url


@pytest.fixture
def liar() -> Iterator[real.Liar]:
    """A server that speaks Prometheus and lies where told to."""
    with real.liar() as told:
        yield told


def build(folder: Path, url: str, slos: dict[str, str], options: str = "", head: str = "") -> Source:
    """The source of a configuration with these objectives."""
    text = f'{head}\n[organisation]\nname = "Acme"\n[sources.metrics]\nkind = "prometheus"\nurl = "{url}"\nbackoff_seconds = 0\n{options}\n'
    text += '[[service]]\nname = "shop"\n'
    text += "".join(f'[[slo]]\nid = "{name}"\nobjective = 0.99\n{body}\n' for name, body in slos.items())
    (folder / "qmsreport.toml").write_text(text)
    [source] = sources.build(config.load(folder / "qmsreport.toml"))
    return source


def windows(
    source: Source, since: datetime = real.START, until: datetime = real.END
) -> dict[str, pl.DataFrame]:
    """Every window of every objective, and no failure."""
    found: dict[str, list[pl.DataFrame]] = {}
    for extract in source.extract(since, until, Memory()):
        assert extract.error is None, extract.error
        rows = Memory().commit(extract).get("sli_windows")
        if rows is not None:
            found.setdefault(extract.subject.removeprefix("slo:"), []).append(rows)
    return {name: pl.concat(frames) for name, frames in found.items()}


def counted(rows: pl.DataFrame, window: int = 300) -> dict[datetime, tuple[float, float]]:
    """Window end → (good, valid); each window is as long as it should be and stands once."""
    assert (rows["window_end"] - rows["window_start"]).unique().to_list() == [timedelta(seconds=window)]
    assert rows["window_end"].is_unique().all()
    return {end: (good, valid) for end, good, valid in rows.select("window_end", "good", "valid").iter_rows()}


Counts = dict[datetime, tuple[float, float]]


def assert_same(found: Counts, expected: Counts) -> None:
    """The same windows with the same counts, to the rounding of a rate."""
    assert found.keys() == expected.keys()
    wrong = {
        end: (found[end], wanted)
        for end, wanted in expected.items()
        if any(abs(one - other) > 1e-6 for one, other in zip(found[end], wanted, strict=True))
    }
    assert wrong == {}


@pytest.fixture(scope="session")
def quarter(server: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, pl.DataFrame]:
    """The quarter, extracted once."""
    return windows(
        build(tmp_path_factory.mktemp("quarter"), server, SLOS, 'collect = ["sli"]\nresolution_seconds = 300')
    )


# --- what is counted ------------------------------------------------------------------------------------------


def test_ratio_counts_what_happened(quarter: dict[str, pl.DataFrame]) -> None:
    """Good and valid are what the counters counted in each window: over a restart, without traffic, around a gap."""
    expected = {
        real.at(index): (real.good_in(index), real.good_in(index) + real.bad_in(index))
        for index in range(1, real.COUNT + 1)
        if real.present(index) and real.present(index - 1)
    }
    found = counted(quarter["availability"])
    assert len(found) == real.COUNT - 73  # six hours of windows, and the one that begins in them
    assert_same(found, expected)
    assert found[real.SILENCE[1]] == (0.0, 0.0)
    assert not any(real.GAP[0] <= end <= real.GAP[1] for end in found)
    assert found[real.RESET][1] >= 100


def test_rate_with_the_window_counts_the_same(quarter: dict[str, pl.DataFrame]) -> None:
    """An expression of rates over the window gives the same events as the bare counters."""
    assert_same(counted(quarter["rated"]), counted(quarter["availability"]))


def test_failures_that_never_happened_yet_are_none(quarter: dict[str, pl.DataFrame]) -> None:
    """A failure counter that does not exist before the first failure counts as none while its siblings are there."""
    found = counted(quarter["payments"])
    for index in (1, 50, 100, 1440, 1441, 1450, 1500):
        good, valid = found[real.at(index)]
        born = real.at(index) > real.FIRST_FAILURE
        assert good == pytest.approx(real.good_in(index))
        assert valid == pytest.approx(real.good_in(index) + (real.bad_in(index) if born else 0))
    assert not any(real.GAP[0] <= end <= real.GAP[1] for end in found)


def test_latency_counts_the_bucket_at_the_threshold(quarter: dict[str, pl.DataFrame]) -> None:
    """Requests within the threshold come from the bucket of that bound, all requests from the count."""
    found = counted(quarter["latency"])
    assert len(found) == real.COUNT - 73
    assert set(found.values()) == {(90.0, 100.0)}


@pytest.mark.parametrize("written", ["1", "1.0"])
def test_latency_finds_the_bucket_however_it_is_written(server: str, tmp_path: Path, written: str) -> None:
    """A threshold of 1 finds the bucket that the client library calls 1.0."""
    slo = {"whole": SLOS["latency"].replace("0.3", written)}
    rows = windows(build(tmp_path, server, slo, 'collect = ["sli"]'), until=real.START + timedelta(hours=1))
    assert set(counted(rows["whole"]).values()) == {(100.0, 100.0)}


def test_latency_without_the_bucket_says_which_there_are(server: str, tmp_path: Path) -> None:
    """A threshold between two buckets cannot be counted; the sentence lists the bounds."""
    source = build(tmp_path, server, {"fast": SLOS["latency"].replace("0.3", "0.25")}, 'collect = ["sli"]')
    extracts = list(source.extract(real.START, real.START + timedelta(days=10), Memory()))
    assert [extract.error for extract in extracts] == [
        "The objective 'fast' has no bucket at 0.25: its share cannot be counted. Set 'threshold' to one of 0.1, 0.3, 1.0."
    ] * len(extracts)
    assert len(extracts) == 3  # a later window may have the bucket, so all are asked
    assert not any(extract.batches for extract in extracts)


def test_threshold_counts_samples(quarter: dict[str, pl.DataFrame]) -> None:
    """Of a gauge's samples in the window, those within the threshold are good; a NaN is no sample."""
    found = counted(quarter["queue"], 1800)
    checked = 0
    for last in range(6, real.COUNT + 1, 6):
        if abs(real.at(last) - real.GAP[0]) < timedelta(hours=1) or abs(
            real.at(last) - real.GAP[1]
        ) < timedelta(hours=1):
            continue  # at the gap's edges the server still shows the sample before
        values = [real.depth_at(index) for index in range(last - 5, last + 1) if real.present(index)]
        values = [value for value in values if not math.isnan(value)]
        expected = (float(sum(value <= 7 for value in values)), float(len(values))) if values else None
        assert found.get(real.at(last)) == expected
        checked += 1
    assert checked > 4000


def test_ready_share_is_taken_at_the_window_end(quarter: dict[str, pl.DataFrame]) -> None:
    """A ready-made ratio has one valid event per window; NaN and infinity are unknown, not a value."""
    found = counted(quarter["share"])
    for index in (1, 1999, 2010, 2999, 3001):
        assert found[real.at(index)] == pytest.approx((real.share_at(index), 1.0))
    for index in (2000, 2009, 3000):
        assert real.at(index) not in found


def test_share_above_one_is_not_clipped(server: str, tmp_path: Path) -> None:
    """Where extrapolation makes good exceed valid, both stand as counted."""
    slo = {"over": "good = 'over_good_total'\nvalid = 'over_valid_total'"}
    start = real.EXTRAPOLATED
    rows = windows(build(tmp_path, server, slo, 'collect = ["sli"]'), start, start + timedelta(hours=1))[
        "over"
    ]
    good, valid = counted(rows)[start + timedelta(minutes=5)]
    # 4 × 25 events seen in 240 s; the valid counter starts at 0, so nothing is extrapolated to before its start
    assert good == pytest.approx(100 * 300 / 240)
    assert valid == pytest.approx(100 * 270 / 240)


def test_several_series_are_refused(server: str, tmp_path: Path) -> None:
    """A ready-made ratio with several series is ambiguous: the sentence asks to aggregate."""
    source = build(
        tmp_path, server, {"many": "kind = 'ready'\nmetric = 'shop_requests_total'"}, 'collect = ["sli"]'
    )
    [extract] = source.extract(real.START, real.START + timedelta(hours=1), Memory())
    assert extract.error is not None
    assert "'many' has more than one series" in extract.error


def test_wrong_promql_names_the_objective_and_the_others_go_on(server: str, tmp_path: Path) -> None:
    """A query the server refuses fails that objective once, with its name; the others are read."""
    slos = {
        "broken": "good = 'sum(increase(a_total[5m]) by'\nvalid = 'sum(increase(a_total[5m]))'",
        "latency": SLOS["latency"],
    }
    source = build(tmp_path, server, slos, 'collect = ["sli"]\nchunk_days = 1')
    extracts = list(source.extract(real.START, real.START + timedelta(days=4), Memory()))
    errors = [extract.error for extract in extracts if extract.error]
    assert len(errors) == 1
    assert errors[0].startswith("The objective 'broken' cannot be asked: Prometheus refuses its query: ")
    assert "parse error" in errors[0]
    assert sum(extract.subject == "slo:latency" for extract in extracts) == 4


def test_a_long_query_reaches_the_server(server: str, tmp_path: Path) -> None:
    """A query longer than a request line may be is posted, and counts the same."""
    codes = "|".join(f"none{number:05}" for number in range(2000))
    slo = {"long": f"good = 'shop_requests_total{{code=~\"200|{codes}\"}}'\nvalid = 'shop_requests_total'"}
    rows = windows(build(tmp_path, server, slo, 'collect = ["sli"]'), until=real.START + timedelta(hours=1))
    assert rows["long"]["good"].to_list() == [real.good_in(index) for index in range(1, 13)]


# --- what is asked --------------------------------------------------------------------------------------------


def ranges(told: real.Liar) -> list[dict[str, int]]:
    """Start, end and step of every range query, in the order received."""
    return [
        {name: int(query[name]) for name in ("start", "end", "step")}
        for path, query in told.asked
        if path == "/api/v1/query_range"
    ]


def test_ranges_stay_under_the_limit_of_points(liar: real.Liar, tmp_path: Path) -> None:
    """No request asks for more than 11,000 points, none twice, all aligned, and together they are the whole range."""
    source = build(
        tmp_path, liar.url, {"fine": f"{FAKE}\nwindow_seconds = 10"}, 'collect = ["sli"]\nchunk_days = 30'
    )
    rows = windows(source, real.START, real.START + timedelta(days=5))["fine"]
    asked = ranges(liar)
    assert all((item["end"] - item["start"]) // 10 + 1 <= 11_000 for item in asked)
    assert all(item["start"] % 10 == 0 and item["end"] % 10 == 0 and item["step"] == 10 for item in asked)
    assert len(counted(rows, 10)) == rows.height == 5 * 8640


@pytest.mark.parametrize(("options", "settle"), [("", 600), ("settle_seconds = 30", 30)])
def test_only_settled_windows_are_asked_for(
    liar: real.Liar, tmp_path: Path, options: str, settle: float
) -> None:
    """No window is asked for that ends in the future or has not settled, whatever the range says."""
    source = build(tmp_path, liar.url, {"now": FAKE}, f'collect = ["sli"]\n{options}')
    now = datetime.now(UTC).replace(tzinfo=None)
    rows = windows(source, now - timedelta(hours=2), now + timedelta(days=1))["now"]
    newest = rows["window_end"].max()
    assert isinstance(newest, datetime)
    after = datetime.now(UTC).replace(tzinfo=None)
    assert now - timedelta(seconds=settle + 300) < newest <= after - timedelta(seconds=settle)
    assert newest.timestamp() % 300 == 0


def test_a_server_behind_is_not_asked_beyond_its_own_clock(liar: real.Liar, tmp_path: Path) -> None:
    """A server whose clock is behind has no samples of the last hour: those windows wait, and the offset is noted."""
    liar.clock_ahead = -3600
    source = build(tmp_path, liar.url, {"now": FAKE}, 'collect = ["sli"]')
    now = datetime.now(UTC).replace(tzinfo=None)
    [extract] = source.extract(now - timedelta(hours=3), now, Memory())
    assert extract.clock_offset_seconds == pytest.approx(-3600, abs=5)
    assert extract.window_end is not None
    assert extract.window_end <= now - timedelta(seconds=3600 + 600)
    assert "3600 s behind this machine's" in extract.warnings[0]


def test_extracts_come_oldest_first_and_without_holes(server: str, tmp_path: Path) -> None:
    """Each subject's windows follow one another; the requests in parallel change nothing about that."""
    source = build(tmp_path, server, SLOS, 'collect = ["sli"]\nchunk_days = 3\nparallel = 7')
    reached: dict[str, datetime] = {}
    starts = []
    for extract in source.extract(real.START, real.END, Memory()):
        assert extract.window_start is not None
        assert extract.window_end is not None
        assert reached.get(extract.subject, real.START) == extract.window_start
        reached[extract.subject] = extract.window_end
        starts.append(extract.window_start)
        assert extract.product == "Prometheus"
        assert extract.product_version
        assert extract.raw_sha256
        assert len(extract.raw_sha256) == 64
        assert extract.pages == 1
        assert extract.rows_received
        assert abs(extract.clock_offset_seconds or 0) < 2
        assert extract.asked
    assert starts == sorted(starts)
    assert reached == {f"slo:{name}": real.END for name in SLOS}


def test_an_interrupted_run_goes_on_where_it_stopped(server: str, tmp_path: Path) -> None:
    """Stopped after any extract and run again, the windows are those of one undisturbed run."""
    slos = {name: SLOS[name] for name in ("availability", "latency")}
    source = build(tmp_path, server, slos, 'collect = ["sli"]')
    source_without_overlap = build(
        tmp_path, server, slos, 'collect = ["sli"]', "[extraction]\noverlap_days = 0"
    )
    whole = pl.concat(rows for _, rows in sorted(windows(source).items()))
    memory, pieces, runs = Memory(), [], 0
    while runs < 40:
        runs += 1
        running = source_without_overlap.extract(real.START, real.END, memory)
        taken = [memory.commit(extract) for _, extract in zip(range(3), running, strict=False)]
        running.close()  # type: ignore[attr-defined]
        if not taken:
            break
        pieces += [frames["sli_windows"] for frames in taken]
    assert runs > 5
    assert pl.concat(pieces).sort("slo_id", "window_start").equals(whole.sort("slo_id", "window_start"))


def test_covered_windows_older_than_the_overlap_are_not_asked_again(liar: real.Liar, tmp_path: Path) -> None:
    """With everything covered, only the overlap is read again."""
    source = build(tmp_path, liar.url, {"known": FAKE}, 'collect = ["sli"]', "[extraction]\noverlap_days = 2")
    memory = Memory({"slo:known": real.START + timedelta(days=30)})
    extracts = list(source.extract(real.START, real.START + timedelta(days=31), memory))
    assert extracts[0].window_start == real.START + timedelta(days=28)
    assert extracts[-1].window_end == real.START + timedelta(days=31)


def test_history_before_what_is_covered_is_still_asked_for(liar: real.Liar, tmp_path: Path) -> None:
    """Asked for an earlier start, or beyond a hole, the missing windows are read, also over an interruption."""
    source = build(tmp_path, liar.url, {"known": FAKE}, 'collect = ["sli"]', "[extraction]\noverlap_days = 0")
    day = timedelta(days=1)
    memory, got = Memory(), []

    def run(first: int, after: int, most: int = 99) -> list[int]:
        running = source.extract(real.START + first * day, real.START + after * day, memory)
        rows = [
            memory.commit(extract)["sli_windows"] for _, extract in zip(range(most), running, strict=False)
        ]
        got.extend(rows)
        return sorted({(end - real.START - day / 288).days for frame in rows for end in frame["window_end"]})

    assert run(20, 30) == list(range(20, 30))
    assert run(20, 31) == [30]
    interrupted = run(0, 31, most=2)
    assert interrupted[0] == 0
    assert run(0, 31)[0] == interrupted[-1] + 1
    assert run(0, 31) == []
    assert run(40, 45) == list(range(40, 45))  # leaves a hole
    assert set(range(31, 40)) < set(run(0, 45))
    assert run(0, 45) == []
    assert pl.concat(got)["window_end"].n_unique() == 45 * 288


def test_a_changed_objective_is_counted_anew(liar: real.Liar, tmp_path: Path) -> None:
    """Other words or another window mean other events: all windows are asked for again, also over an interruption,
    and those that the new words do not give are gone. What was covered by an older version of ours stays covered."""
    day, memory = timedelta(days=1), Memory()

    def run(body: str, most: int = 99) -> list[tuple[int, bool]]:
        source = build(
            tmp_path, liar.url, {"any": body}, 'collect = ["sli"]', "[extraction]\noverlap_days = 0"
        )
        running = source.extract(real.START, real.START + 28 * day, memory)
        taken = [extract for _, extract in zip(range(most), running, strict=False)]
        for extract in taken:
            memory.commit(extract)
        return [
            ((extract.window_start - real.START).days, extract.lists_windows == ("sli_windows",))
            for extract in taken
            if extract.window_start
        ]

    starts = [start for start, _ in run(FAKE)]
    assert run(FAKE) == []
    other = FAKE.replace("a_total", "b_total")
    again = run(other, most=2) + run(other)
    assert again == [(start, True) for start in starts]
    assert run(other) == []
    assert run(f"{other}\nwindow_seconds = 600") == [(start, True) for start in starts]
    memory.cursors["slo:any"] = "/".join(memory.cursors["slo:any"].split("/")[:2])
    assert run(FAKE) == []


def test_a_range_shorter_than_a_window_asks_nothing(liar: real.Liar, tmp_path: Path) -> None:
    """Half a window is no window."""
    source = build(tmp_path, liar.url, {"half": FAKE}, 'collect = ["sli"]')
    since = real.START + timedelta(seconds=1)
    assert list(source.extract(since, since + timedelta(seconds=400), Memory())) == []
    assert ranges(liar) == []


def test_no_more_queries_in_parallel_than_configured(liar: real.Liar, tmp_path: Path) -> None:
    """At most `parallel` range queries run at the same time, and no more than twice as many answers wait."""
    running, most = [0], [0]

    def slowly(handler: real.BaseHTTPRequestHandler) -> None:
        running[0] += 1
        most[0] = max(most[0], running[0])
        time.sleep(0.02)
        running[0] -= 1
        real.say(handler, 200, b'{"status":"success","data":{"resultType":"matrix","result":[]}}')

    liar.lies["query_range"] = slowly
    source = build(
        tmp_path, liar.url, {"a": FAKE, "b": FAKE}, 'collect = ["sli"]\nparallel = 3\nchunk_days = 1'
    )
    extracts = source.extract(real.START, real.START + timedelta(days=20), Memory())
    next(iter(extracts))
    time.sleep(0.3)
    assert len(ranges(liar)) <= 7  # nothing is asked for while nobody takes what is there
    assert len(list(extracts)) == 39
    assert most[0] == 3


# --- what the server says of itself ---------------------------------------------------------------------------


def test_targets_rules_and_settings(server: str, tmp_path: Path) -> None:
    """Targets with their health, rules as loaded, retention and intervals in force, the oldest sample as measured."""
    source = build(tmp_path, server, {}, 'collect = ["targets", "rules", "settings"]')
    deadline = time.monotonic() + 60
    while True:
        extracts = {extract.subject: extract for extract in source.extract(real.START, real.END, Memory())}
        frames = {
            kind: rows for extract in extracts.values() for kind, rows in Memory().commit(extract).items()
        }
        health = dict(frames["scrape_targets"].select("target", "health").iter_rows())
        if (len(health) == 3 and "unknown" not in health.values()) or time.monotonic() > deadline:
            break
        time.sleep(0.5)
    assert sorted(health.values()) == ["down", "up", "up"]
    down = frames["scrape_targets"].filter(pl.col("target") == "node/127.0.0.1:1")
    assert "refused" in down["error"][0]
    assert down["scrape_interval_seconds"][0] == 1.0
    assert down["job"][0] == "node"
    assert extracts["targets"].lists_all == ("scrape_targets",)

    rules = frames["alert_rules"].sort("name", "for_seconds")
    assert rules["name"].to_list() == ["AlwaysOn", "TooSlow", "TooSlow"]
    assert rules["rule_id"].n_unique() == 3
    assert rules["for_seconds"].to_list() == [0.0, 300.0, 600.0]
    assert rules["severity"].to_list() == ["page", "ticket", "ticket"]
    assert rules["runbook_url"].to_list() == ["https://example.org/runbook", None, None]
    assert rules["enabled"].all()

    found = {
        (subject, key): tuple(rest)
        for subject, key, *rest in frames["settings"]
        .select("subject", "key", "layer", "value", "unit")
        .iter_rows()
    }
    assert found["prometheus:metrics", "retention.metrics"] == ("effective", str(50 * 365), "days")
    assert found["prometheus:metrics", "scrape.interval"] == ("effective", "1", "s")
    assert found["prometheus:metrics", "evaluation.interval"] == ("effective", "2", "s")
    assert found["prometheus:metrics#job:self", "scrape.interval"] == ("effective", "5", "s")
    assert found["prometheus:metrics#job:node", "encryption.in_transit"] == ("effective", "false", "flag")
    layer, age, unit = found["prometheus:metrics", "retention.metrics.oldest"]
    assert (layer, unit) == ("measured", "days")
    born = datetime.now(UTC).replace(tzinfo=None) - timedelta(days=float(age))
    assert abs(born - datetime.fromisoformat("2025-07-01")) < timedelta(minutes=30)
    assert set(frames["settings"]["origin"]) >= {"/api/v1/status/config", "/api/v1/status/runtimeinfo"}


def test_alerts_are_put_together_across_requests(server: str, tmp_path: Path) -> None:
    """Each firing is one alert with its true start, also where it is longer than a request."""
    source = build(tmp_path, server, {}, 'collect = ["alerts"]')
    [extract] = source.extract(real.START, real.END, Memory())
    rows = Memory().commit(extract)["alerts"]
    assert rows["name"].to_list() == ["Slow", "Broken"]
    assert rows["service"].to_list() == ["shop", "shop"]
    assert rows["severity"].to_list() == ["page", "page"]
    spans = (real.ALERT, real.LONG_ALERT)
    for (start, end), found_start, found_end in zip(spans, rows["starts_at"], rows["ends_at"], strict=True):
        assert found_start == start - timedelta(minutes=5)  # since when the condition held
        assert (
            timedelta() <= found_end - end <= timedelta(minutes=6)
        )  # the server shows a sample five minutes on
    assert extract.pages is not None
    assert extract.pages > 10


def test_an_alert_keeps_its_identity_however_the_range_is_cut(server: str, tmp_path: Path) -> None:
    """Read in the middle of an alert, it is still open and has the same id and start as when it is over."""
    source = build(tmp_path, server, {}, 'collect = ["alerts"]')
    middle = real.LONG_ALERT[0] + timedelta(days=3)
    [before] = source.extract(middle - timedelta(days=1), middle, Memory())
    [after] = source.extract(middle, real.END, Memory())
    first, second = (Memory().commit(extract)["alerts"].row(0, named=True) for extract in (before, after))
    assert first["ends_at"] is None
    assert second["ends_at"] is not None
    assert (first["alert_id"], first["starts_at"]) == (second["alert_id"], second["starts_at"])


def test_resource_use_of_a_live_machine(server: str, tmp_path: Path) -> None:
    """The node_exporter's CPU, memory and disk are recorded for each window, with a share between 0 and 1."""
    tables = "".join(
        f"[[sources.metrics.metrics]]\nname = '{name}'\nquery = '''{query}'''\nunit = 'ratio'\nwindow_seconds = 5\n"
        for name, query in (
            ("cpu", '1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[$window]))'),
            ("memory", "1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes"),
        )
    )
    source = build(tmp_path, server, {}, f'collect = ["metrics"]\nsettle_seconds = 0\n{tables}')
    deadline = time.monotonic() + 60
    seen: dict[str, pl.DataFrame] = {}
    while len(seen) < 2 and time.monotonic() < deadline:
        time.sleep(1)
        now = datetime.now(UTC).replace(tzinfo=None)
        for extract in source.extract(now - timedelta(seconds=60), now, Memory()):
            rows = Memory().commit(extract)["metric_windows"]
            if rows.height:
                seen[extract.subject] = rows
    assert sorted(seen) == ["metric:cpu", "metric:memory"]
    for rows in seen.values():
        assert rows["value"].is_between(0, 1).all()
        assert rows["unit"].unique().to_list() == ["ratio"]
        assert all("instance" in json.loads(labels) for labels in rows["labels"])


def test_latency_percentiles_come_from_the_histogram(server: str, tmp_path: Path) -> None:
    """Each latency objective's p95 and p99 are recorded per window, worked out by the server from the buckets."""
    source = build(
        tmp_path, server, {"latency": SLOS["latency"] + '\nservice = "shop"'}, 'collect = ["metrics"]'
    )
    found = {}
    for extract in source.extract(real.START, real.START + timedelta(hours=2), Memory()):
        rows = Memory().commit(extract)["metric_windows"]
        if rows.height:
            found[rows["metric"][0]] = rows
    assert sorted(found) == ["latency_p95", "latency_p99"]
    assert found["latency_p95"]["value"].to_list() == pytest.approx([0.3 + 0.7 * 0.5] * 24)
    assert found["latency_p99"]["value"].to_list() == pytest.approx([0.3 + 0.7 * 0.9] * 24)
    assert json.loads(found["latency_p95"]["labels"][0]) == {"service": "shop", "slo_id": "latency"}


def test_diagnosis_of_a_healthy_server(server: str, tmp_path: Path) -> None:
    """The diagnosis says product, version, clock offset and how far back the server can answer."""
    found = build(tmp_path, server, SLOS).diagnose()
    assert found.reachable
    assert found.permitted
    assert found.product == "Prometheus"
    assert found.version
    assert found.answers_since == real.START
    assert abs(found.clock_offset_seconds or 0) < 2
    assert found.problems == ()


def test_windows_before_the_oldest_sample_are_noted(server: str, tmp_path: Path) -> None:
    """Retention shorter than the period is not silent: the ledger says from when on the server has data."""
    source = build(tmp_path, server, {"latency": SLOS["latency"]}, 'collect = ["sli"]')
    [extract] = source.extract(real.START - timedelta(days=2), real.START - timedelta(days=1), Memory())
    assert extract.warnings == ("The server holds nothing before 2025-07-01T00:00:00Z.",)
    assert Memory().commit(extract)["sli_windows"].height == 0
    assert (extract.window_start, extract.window_end) == (None, None)
    assert extract.cursor is not None  # and yet not to be asked again


@pytest.mark.parametrize(
    ("slos", "collect"), [({"latency": SLOS["latency"]}, "sli"), ({}, "alerts")], ids=["windows", "alerts"]
)
def test_only_what_the_server_holds_counts_as_covered(
    server: str, tmp_path: Path, slos: dict[str, str], collect: str
) -> None:
    """What lies before the oldest sample is asked for, and neither windows nor the absence of alerts is known of it."""
    source = build(tmp_path, server, slos, f'collect = ["{collect}"]')
    extracts = list(source.extract(real.START - timedelta(days=9), real.START + timedelta(days=5), Memory()))
    covered = [(one.window_start, one.window_end) for one in extracts if one.window_start]
    assert covered[0][0] == real.START
    assert covered[-1][1] == real.START + timedelta(days=5)
    assert extracts[0].warnings == ("The server holds nothing before 2025-07-01T00:00:00Z.",)


def test_a_server_with_a_remote_store_reaches_further_than_its_own(liar: real.Liar, tmp_path: Path) -> None:
    """Where windows come that are older than the oldest sample of its own, the server's own store is no limit."""
    oldest = (real.START + timedelta(days=30)).replace(tzinfo=UTC).timestamp()
    liar.lies["/metrics"] = status(200, f"prometheus_tsdb_lowest_timestamp_seconds {oldest}\n".encode())
    source = build(tmp_path, liar.url, {"any": FAKE}, 'collect = ["sli"]')
    extracts = list(source.extract(real.START, real.START + timedelta(days=5), Memory()))
    assert extracts[0].window_start == real.START
    assert {extract.warnings for extract in extracts} == {()}


# --- when things go wrong -------------------------------------------------------------------------------------


Lie = Callable[[real.BaseHTTPRequestHandler], None]


def cut_short(handler: real.BaseHTTPRequestHandler) -> None:
    """Promise more bytes than come."""
    real.say(handler, 200, b'{"status":"success","da', Content_Length="1000")
    handler.close_connection = True


def status(code: int, body: bytes = b"no", **headers: str) -> Lie:
    """A lie that answers with this status and body."""
    return lambda handler: real.say(handler, code, body, **headers)


START = int(real.START.replace(tzinfo=UTC).timestamp())


def answer(points: list[list[object]]) -> Lie:
    """A lie that answers a range query with these points, whatever was asked."""
    series = [{"metric": {"sli": part}, "values": points} for part in ("good", "valid")]
    return status(
        200, json.dumps({"status": "success", "data": {"resultType": "matrix", "result": series}}).encode()
    )


LIES = {
    "truncated": (cut_short, "broke off in the middle of its answer"),
    "cut": (status(200, b'{"status":"success","data":{"resultType":"matr'), "cut short or not its own"),
    "html": (
        status(200, b"<!doctype html><title>Sign in</title>", Content_Type="text/html"),
        "a web page instead of JSON",
    ),
    "shape": (status(200, b'{"status":"success","data":{"result":7}}'), "in an unexpected shape"),
    "vector": (
        status(200, b'{"status":"success","data":{"resultType":"vector","result":[]}}'),
        "where a matrix is due",
    ),
    "nothing": (status(200, b""), "is not JSON"),
    "401": (status(401), "the credentials are not accepted"),
    "403": (status(403), "lack a permission"),
    "404": (status(404, b"<html>404</html>"), "nothing is there"),
    "429": (status(429, b"", Retry_After="0"), "still answers 429 after every retry"),
    "patience": (
        status(429, b"", Retry_After="86400"),
        "s before the next request, longer than the 120 s allowed",
    ),
    "500": (status(500), "still answers 500 after every retry"),
    "503": (status(503), "still answers 503 after every retry"),
    "error": (
        status(400, b'{"status":"error","errorType":"bad_data","error":"unknown function \\"sun\\""}'),
        'Prometheus refuses its query: unknown function "sun"',
    ),
    "unfamiliar": (
        status(400, b'{"status":"error","errorType":"400","error":"cannot parse it"}'),
        "reports an error: cannot parse it",
    ),
    "teapot": (status(418, b"<p>no"), "/query_range with 418. Mend what is asked of it."),
    "packed": (status(200, b"no gzip", Content_Encoding="gzip"), "is not JSON"),
    "later": (answer([[START + 300 * 10**6, "1"]]), "for other instants than those it was asked for"),
    "beside": (answer([[START + 301, "1"]]), "for other instants than those it was asked for"),
    "never": (answer([[1e30, "1"]]), "for other instants than those it was asked for"),
    "internal": (
        status(200, b'{"status":"error","errorType":"internal","error":"disk on fire"}'),
        "reports an error: disk on fire",
    ),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_lying_server_fails_one_objective_with_one_sentence(
    liar: real.Liar, tmp_path: Path, lie: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However an answer is wrong, that objective fails with one clear sentence and the others are read."""
    monkeypatch.setenv("PROM_TOKEN", "s3cr3t-t0k3n")
    liar.lies["bad_total"], sentence = LIES[lie]
    slos = {"bad": FAKE.replace("a_total", "bad_total"), "fine": FAKE}
    source = build(
        tmp_path, liar.url, slos, 'collect = ["sli"]\nretries = 1\nchunk_days = 1\ntoken_env = "PROM_TOKEN"'
    )
    extracts = list(source.extract(real.START, real.START + timedelta(days=3), Memory()))
    [failed] = [extract for extract in extracts if extract.error]
    assert failed.subject == "slo:bad"
    assert failed.error is not None
    assert sentence in failed.error
    assert "'bad'" in failed.error
    assert failed.error.endswith(".")
    assert "\n" not in failed.error
    assert "s3cr3t" not in repr(extracts)
    assert not list(failed.batches)
    assert sum(extract.subject == "slo:fine" and not extract.error for extract in extracts) == 3


def test_a_slow_answer_ends_in_a_sentence(liar: real.Liar, tmp_path: Path) -> None:
    """An answer that does not come in time fails that objective and says which option helps."""
    liar.lies["bad_total"] = lambda _: time.sleep(1)
    slos = {"bad": FAKE.replace("a_total", "bad_total"), "fine": FAKE}
    source = build(tmp_path, liar.url, slos, 'collect = ["sli"]\nretries = 1\ntimeout_seconds = 0.2')
    errors = [
        extract.error for extract in source.extract(real.START, real.START + timedelta(days=1), Memory())
    ]
    assert len(errors) == 2
    [sentence] = [error for error in errors if error]
    assert "in time. Raise 'timeout_seconds'" in sentence


@pytest.mark.parametrize("path", ["query_range", "/api/v1/query"])
def test_a_trickle_ends_in_a_sentence(liar: real.Liar, tmp_path: Path, path: str) -> None:
    """An answer that keeps coming, a byte at a time, does not hold the run for longer than twenty time-outs."""

    def trickle(handler: real.BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        with contextlib.suppress(OSError):
            for _ in range(500):
                handler.wfile.write(b" ")
                time.sleep(0.02)

    liar.lies[path] = trickle
    source = build(tmp_path, liar.url, {"bad": FAKE}, 'collect = ["sli"]\nretries = 0\ntimeout_seconds = 0.1')
    started = time.monotonic()
    try:
        [extract] = source.extract(real.START, real.START + timedelta(days=1), Memory())
        told = extract.error
    except Unavailable as error:
        told = str(error)
    assert time.monotonic() - started < 8
    assert told is not None
    assert "in time. Raise 'timeout_seconds'" in told


@pytest.mark.parametrize(
    ("lie", "kind", "sentence"),
    [
        ("401", Rejected, "credentials are not accepted"),
        ("403", Rejected, "lack a permission"),
        ("404", Rejected, "nothing is there"),
        ("500", Unavailable, "still answers 500"),
        ("html", Malformed, "a web page instead of JSON"),
        ("truncated", Malformed, "broke off"),
        ("shape", Malformed, "cannot tell its own time"),
    ],
)
def test_a_server_that_is_wrong_from_the_start_raises(
    liar: real.Liar, tmp_path: Path, lie: str, kind: type[SourceError], sentence: str
) -> None:
    """When not even the time can be asked, the rest is pointless: the right error is raised, and diagnosed."""
    liar.lies["/api/v1/query"] = LIES[lie][0]
    source = build(tmp_path, liar.url, {"any": FAKE}, "retries = 1")
    with pytest.raises(kind, match=sentence):
        list(source.extract(real.START, real.END, Memory()))
    found = source.diagnose()
    assert sentence in found.problems[0]
    assert found.permitted is None


def test_nobody_there_raises_at_once(tmp_path: Path) -> None:
    """A closed port raises Unavailable with one sentence; the diagnosis says the same without raising."""
    source = build(tmp_path, f"http://127.0.0.1:{real.free_port()}", {"any": FAKE}, "retries = 1")
    with pytest.raises(
        Unavailable, match=r"Cannot reach Prometheus at http://127\.0\.0\.1:\d+/api/v1/query: .*refused"
    ):
        list(source.extract(real.START, real.END, Memory()))
    found = source.diagnose()
    assert not found.reachable
    assert "Cannot reach" in found.problems[0]


def test_a_server_that_goes_away_raises_and_loses_nothing(liar: real.Liar, tmp_path: Path) -> None:
    """When the server vanishes in the middle, what came before was handed over and the run ends with a sentence."""
    asked = [0]

    def vanish(handler: real.BaseHTTPRequestHandler) -> None:
        asked[0] += 1
        if asked[0] > 3:
            handler.connection.close()
            return
        real.say(handler, 200, b'{"status":"success","data":{"resultType":"matrix","result":[]}}')

    liar.lies["query_range"] = vanish
    source = build(
        tmp_path, liar.url, {"any": FAKE}, 'collect = ["sli"]\nretries = 0\nparallel = 1\nchunk_days = 1'
    )
    taken = []
    with pytest.raises(Unavailable, match="Cannot reach Prometheus"):
        taken.extend(source.extract(real.START, real.END, Memory()))
    assert len(taken) == 3


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_run_does_not_wait_for_a_slow_server(
    liar: real.Liar, tmp_path: Path, number: signal.Signals
) -> None:
    """Stopped while questions are on their way, the process ends at once: nobody waits for their answers."""
    asked, over = threading.Event(), threading.Event()

    def never(_: real.BaseHTTPRequestHandler) -> None:
        asked.set()
        over.wait(60)

    liar.lies["query_range"] = never
    build(tmp_path, liar.url, {"any": FAKE}, 'collect = ["sli"]')
    command = [sys.executable, "-m", "qmsreport", "--config", str(tmp_path / "qmsreport.toml"), "extract"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert asked.wait(60)
        process.send_signal(number)
        try:
            _, said = process.communicate(timeout=20)
        finally:
            over.set()
            process.kill()
    assert process.returncode == {signal.SIGINT: 130, signal.SIGTERM: 143}[number]
    assert said.startswith("qmsreport: Stopped. ")


def test_many_failures_in_a_row_end_the_run(liar: real.Liar, tmp_path: Path) -> None:
    """A server that fails one objective after the other is not asked for all of them."""
    liar.lies["query_range"] = status(503)
    slos = {f"slo{number}": FAKE for number in range(30)}
    source = build(tmp_path, liar.url, slos, 'collect = ["sli"]\nretries = 0')
    taken = []
    with pytest.raises(Unavailable, match="failed 5 questions one after the other"):
        taken.extend(source.extract(real.START, real.END, Memory()))
    assert len(taken) == 5


def test_one_refused_endpoint_loses_no_other(liar: real.Liar, tmp_path: Path) -> None:
    """Rules that may not be read are an error of their own; targets and settings still come."""
    liar.lies["/api/v1/rules"] = status(403)
    source = build(tmp_path, liar.url, {}, 'collect = ["targets", "rules", "settings"]')
    found = {extract.subject: extract.error for extract in source.extract(real.START, real.END, Memory())}
    assert found["targets"] is None
    assert found["settings"] is None
    assert found["rules"] is not None
    assert "lack a permission" in found["rules"]
    diagnosis = source.diagnose()
    assert diagnosis.permitted is False
    assert diagnosis.problems[0].startswith("Without 'rules': ")


@pytest.mark.parametrize(
    ("subject", "told"),
    [
        ("targets", {"activeTargets": [{"labels": ["job"], "scrapeUrl": "http://a"}]}),
        ("targets", {"activeTargets": [{"labels": {}, "scrapeUrl": "http://a", "lastScrape": "yesterday"}]}),
        ("rules", {"groups": [{"rules": [{"name": "a", "lastEvaluation": "2026-13-45"}]}]}),
    ],
    ids=["labels", "scrape", "evaluation"],
)
def test_what_is_no_target_or_rule_is_said(
    liar: real.Liar, tmp_path: Path, subject: str, told: object
) -> None:
    """A list in an unexpected shape fails that list with one sentence."""
    liar.lies[f"/api/v1/{subject}"] = status(200, json.dumps({"status": "success", "data": told}).encode())
    source = build(tmp_path, liar.url, {}, f'collect = ["{subject}"]')
    [extract] = source.extract(real.START, real.END, Memory())
    assert extract.error is not None
    assert extract.error.startswith("Prometheus ")
    assert not extract.batches


def test_a_refused_setting_is_absent_and_said(liar: real.Liar, tmp_path: Path) -> None:
    """A status endpoint behind a proxy leaves its settings out, notes why and counts as cut short; nothing is taken for gone."""
    liar.lies["/api/v1/status/config"] = status(403)
    source = build(tmp_path, liar.url, {}, 'collect = ["settings"]')
    [extract] = source.extract(real.START, real.END, Memory())
    assert extract.error is None
    assert "status/config" in extract.warnings[0]
    assert extract.truncated
    assert extract.lists_all == ()
    assert Memory().commit(extract)["settings"]["key"].to_list() == ["retention.metrics.oldest"]


@pytest.mark.parametrize(
    ("field", "warning", "partial"),
    [
        ("warnings", "remote read of 10.0.0.2 failed", True),
        ("warnings", "PromQL warning: quantile value should be between 0 and 1", False),
        ("infos", "PromQL info: metric might not be a counter", False),
    ],
)
def test_a_partial_answer_is_marked(
    liar: real.Liar, tmp_path: Path, field: str, warning: str, partial: bool
) -> None:
    """The server's warning that its answer is partial reaches the ledger, marked as truncated."""
    body = {"status": "success", "data": {"resultType": "matrix", "result": []}, field: [warning]}
    liar.lies["query_range"] = status(200, json.dumps(body).encode())
    source = build(tmp_path, liar.url, {"any": FAKE}, 'collect = ["sli"]')
    [extract] = source.extract(real.START, real.START + timedelta(days=1), Memory())
    assert extract.warnings == (warning,)
    assert extract.truncated is partial


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("execution", "query processing would load too many samples into memory in query execution"),
        ("execution", "expanding series: context deadline exceeded"),
        ("bad_data", "the query time range exceeds the limit (query length: 744h, limit: 721h)"),
        ("422", "cannot select more than 30000 points: too many points"),
    ],
    ids=["Prometheus", "Thanos", "Mimir", "VictoriaMetrics"],
)
def test_a_question_too_large_is_asked_in_halves(
    liar: real.Liar, tmp_path: Path, kind: str, error: str
) -> None:
    """Where the server finds a range too large it is halved until it fits; no window is lost or doubled."""

    def refuse_large(handler: real.BaseHTTPRequestHandler) -> None:
        query = {name: values[0] for name, values in real.parse_qs(real.urlsplit(handler.path).query).items()}
        if int(query["end"]) - int(query["start"]) > 30 * 300:
            body: object = {"status": "error", "errorType": kind, "error": error}
            real.say(handler, 422, json.dumps(body).encode())
        else:
            body = {"status": "success", "data": liar.answer("/api/v1/query_range", query)}
            real.say(handler, 200, json.dumps(body).encode())

    liar.lies["query_range"] = refuse_large
    source = build(tmp_path, liar.url, {"large": FAKE}, 'collect = ["sli"]')
    [extract] = source.extract(real.START, real.START + timedelta(days=1), Memory())
    assert extract.error is None
    assert len(counted(Memory().commit(extract)["sli_windows"])) == 288
    assert extract.pages == 16


def test_no_secret_shows_anywhere(liar: real.Liar, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even where the server repeats the credentials, no message, ledger field or repr holds them."""
    monkeypatch.setenv("PROM_PASSWORD", real.PASSWORD)
    encoded = base64.b64encode(f"auditor:{real.PASSWORD}".encode()).decode()
    seen = []

    def blab(handler: real.BaseHTTPRequestHandler) -> None:
        seen.append(handler.headers["Authorization"])
        text = f"{handler.headers['Authorization']} {real.PASSWORD}"
        if "bad_total" in handler.path:
            real.say(
                handler, 400, json.dumps({"status": "error", "errorType": "bad_data", "error": text}).encode()
            )
        else:
            body = {"status": "success", "data": {"resultType": "matrix", "result": []}, "warnings": [text]}
            real.say(handler, 200, json.dumps(body).encode())

    liar.lies["query_range"] = blab
    options = 'collect = ["sli"]\nusername = "auditor"\npassword_env = "PROM_PASSWORD"'
    source = build(tmp_path, liar.url, {"bad": FAKE.replace("a_total", "bad_total"), "fine": FAKE}, options)
    extracts = list(source.extract(real.START, real.START + timedelta(days=1), Memory()))
    assert seen == [f"Basic {encoded}"] * 2
    shown = repr([source, extracts, source.diagnose(), vars(source)["_options"], vars(source)["_client"]])
    assert real.PASSWORD not in shown
    assert encoded not in shown
    assert {extract.account for extract in extracts} == {"auditor"}


@pytest.fixture(scope="session")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Prometheus that wants a password."""
    web = f"basic_auth_users:\n  auditor: {real.PASSWORD_HASH}\n"
    with real.prometheus(tmp_path_factory.mktemp("guarded"), None, web=web) as url:
        yield url


def test_a_real_password(guarded: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A guarded Prometheus answers with the right password and is diagnosed with the wrong one."""
    options = 'username = "auditor"\npassword_env = "PROM_PASSWORD"'
    monkeypatch.setenv("PROM_PASSWORD", real.PASSWORD)
    right = build(tmp_path, guarded, {}, options)
    assert right.diagnose().reachable
    assert {extract.error for extract in right.extract(real.START, real.END, Memory())} == {None}
    monkeypatch.setenv("PROM_PASSWORD", "wrong-horse")
    wrong = build(tmp_path, guarded, {}, options)
    with pytest.raises(Rejected, match="credentials are not accepted"):
        list(wrong.extract(real.START, real.END, Memory()))
    [problem] = wrong.diagnose().problems
    assert "401" in problem
    assert "wrong-horse" not in problem


def test_a_password_in_any_script(liar: real.Liar, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A password beyond Latin letters is sent as UTF-8, and hidden in that form too."""
    monkeypatch.setenv("PROM_PASSWORD", "пароль-4711\n")
    seen = []

    def blab(handler: real.BaseHTTPRequestHandler) -> None:
        seen.append(handler.headers["Authorization"])
        real.say(
            handler, 200, json.dumps({"status": "error", "errorType": "internal", "error": seen[-1]}).encode()
        )

    liar.lies["/api/v1/rules"] = blab
    options = 'collect = ["rules"]\nusername = "prüfer"\npassword_env = "PROM_PASSWORD"'
    [extract] = build(tmp_path, liar.url, {}, options).extract(real.START, real.END, Memory())
    encoded = base64.b64encode("prüfer:пароль-4711".encode()).decode()
    assert seen == [f"Basic {encoded}"]
    assert extract.error is not None
    assert encoded not in extract.error


def test_a_token_from_a_file(liar: real.Liar, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The line break at the end of a token that was read from a file is no part of it."""
    monkeypatch.setenv("PROM_TOKEN", "s3cr3t-t0k3n\n")
    seen = []

    def note(handler: real.BaseHTTPRequestHandler) -> None:
        seen.append(handler.headers["Authorization"])
        real.say(handler, 200, b'{"status":"success","data":{"groups":[]}}')

    liar.lies["/api/v1/rules"] = note
    options = 'collect = ["rules"]\ntoken_env = "PROM_TOKEN"'
    [extract] = build(tmp_path, liar.url, {}, options).extract(real.START, real.END, Memory())
    assert extract.error is None
    assert seen == ["Bearer s3cr3t-t0k3n"]


@pytest.mark.parametrize("token", ["one\ntwo", "with blank", "s3cr3t€"])
def test_what_no_token_can_be_is_not_repeated(
    tmp_path: Path, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A token that no header can carry is a configuration error that does not show it."""
    monkeypatch.setenv("PROM_TOKEN", token)
    with pytest.raises(
        ConfigError, match="what PROM_TOKEN holds has blanks, line breaks or letters"
    ) as error:
        build(tmp_path, "http://127.0.0.1:9", {}, 'token_env = "PROM_TOKEN"')
    assert token not in str(error.value)


@pytest.mark.parametrize("options", ['ca_file = "ca.pem"', "verify_tls = false"])
def test_whom_the_configuration_trusts(tmp_path: Path, options: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An own authority, or none, holds as configured, also where the environment names other ones."""
    authority = tls.issue("own authority", authority=True)
    chain, _ = authority.files(tmp_path)
    chain.rename(tmp_path / "ca.pem")
    other, _ = tls.issue("another authority", authority=True).files(tmp_path)
    context = tls.server_context(tls.issue("prometheus", "127.0.0.1", by=authority), tmp_path)
    with real.liar(context) as told:
        assert "not trusted" in build(tmp_path, told.url, {}, "retries = 0").diagnose().problems[0]
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(other))
        assert build(tmp_path, told.url, {}, options).diagnose().problems == ()


# --- what the configuration may say ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "slos", "sentence"),
    [
        ('token_env = "NOT_SET_ANYWHERE"', {}, "the environment variable NOT_SET_ANYWHERE is not set"),
        ('ca_file = "nowhere.pem"', {}, r"ca_file: there is no '.*nowhere\.pem'"),
        ("parallel = 0", {}, "parallel: must be more than 0"),
        ('collect = ["slis"]', {}, r"there is no 'slis'. Did you mean 'sli'\?"),
        ('token = "abc"', {}, "A secret never stands in the configuration"),
        ("chunkdays = 3", {}, r"unknown key. Did you mean 'chunk_days'\?"),
        (
            "[[sources.metrics.metrics]]\nname = 'a'\nqueri = 'b'",
            {},
            r"no. 1 queri: unknown key. Did you mean 'query'",
        ),
        ("[[sources.metrics.metrics]]\nname = 'a'\nquery = 'b'\n" * 2, {}, "'a' stands twice"),
        ("", {"x": "valid = 'a_total'"}, "'x': a ratio objective needs 'valid' and one of 'good' and 'bad'"),
        ("", {"x": "good = 'a'\nbad = 'b'\nvalid = 'c'"}, "needs 'valid' and one of 'good' and 'bad'"),
        ("", {"x": "kind = 'latency'\nthreshold = 1"}, "a latency objective needs 'metric'"),
        ("", {"x": "kind = 'latency'\nmetric = 'a'"}, "a latency objective needs 'threshold'"),
        (
            "",
            {"x": "kind = 'latency'\nmetric = 'rate(a[5m])'\nthreshold = 1"},
            "must be a histogram's base name",
        ),
        ("", {"x": "kind = 'threshold'\nmetric = 'a'"}, "a threshold objective needs 'threshold'"),
        (
            "",
            {"x": "good = 'increase(a[1m])'\nvalid = 'a'"},
            r"looks back over \[1m\], but the window is 300 s",
        ),
        ("", {"x": "good = 'a + b'\nvalid = 'c'"}, "combines counters without a range"),
        ("", {"x": "good = 'increase(a[$window] @ end())'\nvalid = 'c'"}, "pins its time with '@'"),
        ("", {"x": "good = 'irate(a[$window])'\nvalid = 'c'"}, "uses irate, which counts no events"),
        (
            "",
            {"x": "good = 'increase(a[$window]) + rate(b[$window])'\nvalid = 'c'"},
            "mixes rate and increase",
        ),
    ],
)
def test_wrong_options_are_named(tmp_path: Path, options: str, slos: dict[str, str], sentence: str) -> None:
    """Every wrong option or objective is a configuration error that says what to write."""
    with pytest.raises(ConfigError, match=sentence):
        build(tmp_path, "http://127.0.0.1:9", slos, options)


@pytest.mark.parametrize("url", ["ftp://x", "prometheus:9090", "https://me:pw@host", "https://host/?token=x"])
def test_wrong_urls_are_named(tmp_path: Path, url: str) -> None:
    """A URL that is none, or that holds credentials, is refused; the credentials are not repeated."""
    with pytest.raises(ConfigError, match=r"\[sources.metrics\] url") as error:
        build(tmp_path, url, {})
    assert ":pw" not in str(error.value)


def test_two_servers_need_a_choice(tmp_path: Path) -> None:
    """With two servers, an objective that names none is a problem, said once."""
    text = '[organisation]\nname = "A"\n'
    text += "".join(
        f'[sources.{name}]\nkind = "prometheus"\nurl = "http://{name}"\n' for name in ("one", "two")
    )
    text += f'[[slo]]\nid = "x"\nobjective = 0.9\n{FAKE}\n[[slo]]\nid = "y"\nobjective = 0.9\nsource = "two"\n{FAKE}\n'
    (tmp_path / "qmsreport.toml").write_text(text)
    with pytest.raises(ConfigError) as error:
        sources.build(config.load(tmp_path / "qmsreport.toml"))
    assert len(error.value.problems) == 1
    assert "'x' names no source, and there are one, two" in error.value.problems[0]


def test_the_module_loads_no_heavy_library() -> None:
    """Listing the kinds imports this module, so it must not bring in what only extraction needs."""
    code = "import sys, qmsreport.sources.prometheus; print(*[n for n in ('polars','pandas','numpy','yaml','prometheus_api_client') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
