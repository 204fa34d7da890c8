"""A real Prometheus with a quarter of known data, a real node_exporter, and a server that lies on request.

The data stands at 5-minute instants on the clock's grid, so `increase(x[300s])` is the exact difference of two
neighbouring samples and every expected number can be worked out from the functions below.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from filelock import FileLock

START = datetime(2025, 7, 1)  # noqa: DTZ001  # naive UTC, as inside the product
END = datetime(2025, 10, 1)  # noqa: DTZ001  # as above
STEP = 300
COUNT = int((END - START).total_seconds()) // STEP  # windows of the quarter
PASSWORD = "opensesame-4711"
PASSWORD_HASH = "$2b$04$n9CM5LQPjoUKa749nWyvB.ECoDirmTAjm17vwck3VGQnkULkBLH5S"

GAP = (START + timedelta(days=50), START + timedelta(days=50, hours=6))  # no sample in [from, to)
SILENCE = (START + timedelta(days=60), START + timedelta(days=60, hours=2))  # samples, but no traffic
RESET = START + timedelta(days=40, hours=12)  # the first sample after a restart
FIRST_FAILURE = START + timedelta(days=5)  # before it, the counter child for failures does not exist
EXTRAPOLATED = START + timedelta(
    days=10
)  # an hour whose good count is extrapolated further than its valid one
ALERT = (START + timedelta(days=20, hours=10), START + timedelta(days=20, hours=11))
LONG_ALERT = (START + timedelta(days=22), START + timedelta(days=31))  # longer than one request can be


def at(index: int) -> datetime:
    """The instant of a sample; window `index` ends there."""
    return START + timedelta(seconds=index * STEP)


def present(index: int) -> bool:
    """Whether there is a sample."""
    return not GAP[0] <= at(index) < GAP[1]


def good_in(index: int) -> int:
    """Good requests between the samples before and at `index`."""
    return 0 if SILENCE[0] < at(index) <= SILENCE[1] else 100 + index % 7


def bad_in(index: int) -> int:
    """Failed requests between the samples before and at `index`."""
    return 1 if index % 50 == 0 and not SILENCE[0] < at(index) <= SILENCE[1] else 0


def depth_at(index: int) -> float:
    """The gauge: NaN once in 1000."""
    return float("nan") if index % 1000 == 0 else float(index % 10)


def share_at(index: int) -> float:
    """The ready-made ratio: NaN for a while, infinite once."""
    if 2000 <= index < 2010:
        return float("nan")
    return float("inf") if index == 3000 else 0.99 + (index % 10) / 1000


def openmetrics() -> Iterator[str]:
    """The quarter as OpenMetrics text, series by series."""
    epoch = datetime(1970, 1, 1)  # noqa: DTZ001  # as above
    begin = int((START - epoch).total_seconds())
    stamps = [begin + index * STEP for index in range(COUNT + 1)]

    def counter(series: str, increment: Callable[[int], int], first: int = 0) -> Iterator[str]:
        total = 0
        for index in range(first, COUNT + 1):
            total = increment(index) if at(index) == RESET else total + increment(index)
            if present(index):
                yield f"{series} {total} {stamps[index]}\n"

    def gauge(series: str, value: Callable[[int], float]) -> Iterator[str]:
        for index in range(COUNT + 1):
            if present(index):
                yield f"{series} {value(index)} {stamps[index]}\n".replace(" nan ", " NaN ").replace(
                    " inf ", " +Inf "
                )

    yield "# TYPE shop_requests counter\n"
    yield from counter('shop_requests_total{job="shop",code="200"}', good_in)
    yield from counter('shop_requests_total{job="shop",code="500"}', bad_in)
    yield "# TYPE pay_requests counter\n"
    yield from counter('pay_requests_total{job="pay",code="200"}', good_in)
    first = int((FIRST_FAILURE - START).total_seconds()) // STEP
    yield from counter('pay_requests_total{job="pay",code="500"}', bad_in, first)
    yield "# TYPE shop_latency_seconds histogram\n"
    for bound, each in (("0.1", 80), ("0.3", 90), ("1.0", 100), ("+Inf", 100)):
        yield from counter(
            f'shop_latency_seconds_bucket{{job="shop",le="{bound}"}}', lambda _, each=each: each
        )
    yield from counter('shop_latency_seconds_count{job="shop"}', lambda _: 100)
    yield from counter('shop_latency_seconds_sum{job="shop"}', lambda _: 20)
    yield "# TYPE queue_depth gauge\n"
    yield from gauge('queue_depth{job="shop"}', depth_at)
    yield "# TYPE shop_success_share gauge\n"
    yield from gauge('shop_success_share{job="shop"}', share_at)
    hour = int((EXTRAPOLATED - epoch).total_seconds())
    for name, base in (("over_good", 1000), ("over_valid", 0)):
        yield f"# TYPE {name} counter\n"
        for minute in range(60):
            yield f"{name}_total {base + 25 * minute} {hour + 30 + 60 * minute}\n"
    for name, value in (("ALERTS", None), ("ALERTS_FOR_STATE", -300)):
        yield f"# TYPE {name} gauge\n"
        for alert, (since, until) in (("Slow", ALERT), ("Broken", LONG_ALERT)):
            state = ',alertstate="firing"' if value is None else ""
            start, stop = (int((moment - epoch).total_seconds()) for moment in (since, until))
            for stamp in range(start, stop + 1, 60):
                shown = 1 if value is None else start + value
                yield f'{name}{{alertname="{alert}",service="shop",severity="page"{state}}} {shown} {stamp}\n'
    yield "# EOF\n"


def backfill(folder: Path, lines: Iterator[str]) -> Path:
    """Blocks made by promtool; without the hidden flag it makes one for every two hours."""
    text = folder / "data.om"
    with text.open("w") as file:
        file.writelines(lines)
    blocks = folder / "blocks"
    subprocess.run(
        [
            "promtool",
            "tsdb",
            "create-blocks-from",
            "--quiet",
            "--max-block-duration=768h",
            "openmetrics",
            text,
            blocks,
        ],
        check=True,
        capture_output=True,
    )
    text.unlink()
    return blocks


def blocks_once(factory: pytest.TempPathFactory, name: str, lines: Callable[[], Iterator[str]]) -> Path:
    """The blocks, built by the first of the parallel test processes and used by all."""
    shared = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    folder = shared / name
    with FileLock(f"{folder}.lock"):
        if not (folder / "done").exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            backfill(folder, lines())
            (folder / "done").touch()
    return folder / "blocks"


RULES = """
groups:
- name: shop
  rules:
  - alert: AlwaysOn
    expr: vector(1)
    labels: {severity: page, team: shop}
    annotations: {summary: says hello, runbook_url: "https://example.org/runbook"}
  - alert: TooSlow
    expr: absent(nothing_like_this) > 1
    for: 10m
    labels: {severity: ticket}
  - alert: TooSlow
    expr: absent(nothing_like_this) > 2
    for: 5m
    labels: {severity: ticket}
  - record: not:an:alert
    expr: vector(1)
"""


@contextlib.contextmanager
def process(command: list[str | Path], log: Path, ready: str) -> Iterator[None]:
    """A program that runs until the block ends, once the URL `ready` answers anything."""
    with log.open("wb") as output:
        started = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
        try:
            deadline = time.monotonic() + 60
            while True:
                with contextlib.suppress(requests.RequestException):
                    if requests.get(ready, timeout=5).status_code != 503:
                        break
                if started.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"{command[0]} does not start:\n{log.read_text()[-2000:]}")
                time.sleep(0.1)
            yield
        finally:
            started.terminate()
            started.wait(30)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def prometheus(
    folder: Path, blocks: Path | None, scrape: str | None = None, web: str | None = None
) -> Iterator[str]:
    """A running Prometheus over (hard links to) the blocks: its URL."""
    port = free_port()
    config = (
        "global: {scrape_interval: 1s, evaluation_interval: 2s}\nrule_files: [rules.yml]\nscrape_configs:\n"
    )
    config += (
        f"- {{job_name: self, scrape_interval: 5s, static_configs: [{{targets: ['127.0.0.1:{port}']}}]}}\n"
    )
    if scrape:
        config += f"- {{job_name: node, static_configs: [{{targets: ['{scrape}', '127.0.0.1:1']}}]}}\n"
    (folder / "prometheus.yml").write_text(config)
    (folder / "rules.yml").write_text(RULES)
    (folder / "web.yml").write_text(web or "{}")
    if blocks:
        shutil.copytree(blocks, folder / "data", copy_function=os.link)
    command: list[str | Path] = [
        "prometheus",
        f"--config.file={folder / 'prometheus.yml'}",
        f"--web.config.file={folder / 'web.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        "--storage.tsdb.retention.time=50y",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    url = f"http://127.0.0.1:{port}"
    with process(command, folder / "log", f"{url}/-/ready"):
        yield url


@contextlib.contextmanager
def node_exporter(folder: Path) -> Iterator[str]:
    """A running node_exporter: its host and port."""
    address = f"127.0.0.1:{free_port()}"
    command: list[str | Path] = ["prometheus-node-exporter", f"--web.listen-address={address}"]
    with process(command, folder / "node.log", f"http://{address}/metrics"):
        yield address


@dataclass
class Liar:
    """A server that speaks Prometheus, but for what `lies` says of a path or a word in the query.

    A lie is called with the handler and answers the request itself. `asked` keeps every request.
    """

    url: str = ""
    clock_ahead: float = 0.0
    lies: dict[str, Callable[[BaseHTTPRequestHandler], None]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def answer(self, path: str, query: dict[str, str]) -> object:
        """What an honest, nearly empty server would say."""
        if path == "/api/v1/query":
            return {
                "resultType": "scalar",
                "result": [time.time() + self.clock_ahead, str(time.time() + self.clock_ahead)],
            }
        if path == "/api/v1/query_range":
            start, end, step = (int(query[name]) for name in ("start", "end", "step"))
            values = [[moment, "1"] for moment in range(start, end + 1, step)]
            parts = [part for part in ("good", "valid") if f'"{part}"' in query["query"]]
            return {
                "resultType": "matrix",
                "result": [{"metric": {"sli": part}, "values": values} for part in parts],
            }
        if path == "/api/v1/rules":
            return {"groups": []}
        if path == "/api/v1/targets":
            return {"activeTargets": []}
        return {"version": "9.9.9"} if path.endswith("buildinfo") else {}


def say(handler: BaseHTTPRequestHandler, status: int, body: bytes, **headers: str) -> None:
    """Answer with these bytes."""
    handler.send_response(status)
    for name, value in (
        {"Content_Type": "application/json", "Content_Length": str(len(body))} | headers
    ).items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


@contextlib.contextmanager
def liar(context: ssl.SSLContext | None = None) -> Iterator[Liar]:
    """A running `Liar`, behind TLS where a context for it is given."""
    told = Liar()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            told.asked.append((parts.path, query))
            for word, lie in told.lies.items():
                if word in parts.path or word in query.get("query", ""):
                    lie(self)
                    return
            if parts.path == "/metrics":
                say(
                    self,
                    200,
                    b"prometheus_tsdb_lowest_timestamp_seconds 1.7e+09\n",
                    Content_Type="text/plain",
                )
            else:
                say(
                    self,
                    200,
                    json.dumps({"status": "success", "data": told.answer(parts.path, query)}).encode(),
                )

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:  # a client that gives up is what these tests are about
            pass

    server = Server(("127.0.0.1", 0), Handler)
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    told.url = f"{'https' if context else 'http'}://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
