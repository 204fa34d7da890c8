"""A local server that speaks GitHub's REST and GraphQL, and cannot say what GitHub would not.

Every REST question and answer is checked against GitHub's published OpenAPI description; every GraphQL document
is validated against its published schema and executed over the world in memory. What is wrong is answered with
a 599 and kept in `drift`, which the tests want empty.
"""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
import urllib.parse
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

import graphql

from tests.sources.github_schema import graphql_schema, openapi

JSON = "application/json; charset=utf-8"
_PULL_URLS = ("url", "html_url", "diff_url", "patch_url")


def iso(moment: datetime) -> str:
    """A naive UTC time as GitHub writes it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def user(name: str | None) -> dict[str, Any] | None:
    """An account as GraphQL has it; an App's login has no `[bot]` there."""
    if name is None:
        return None
    bot = name.endswith("[bot]")
    return {"__typename": "Bot" if bot else "User", "login": name.removesuffix("[bot]")}


def rest_user(name: str | None) -> dict[str, Any] | None:
    """An account as REST has it."""
    if name is None:
        return None
    return openapi().full("simple-user", login=name, type="Bot" if name.endswith("[bot]") else "User")


@dataclass
class Repo:
    """One repository in memory; lists hold GraphQL's shapes, `rest_*` REST's."""

    name: str
    created_at: datetime = datetime(2020, 1, 1)  # noqa: DTZ001  # naive UTC, as inside
    default_branch: str = "main"
    commits: dict[str, dict[str, Any]] = field(default_factory=dict)
    deployments: list[dict[str, Any]] = field(default_factory=list)
    pulls: list[dict[str, Any]] = field(default_factory=list)
    issues: list[dict[str, Any]] = field(default_factory=list)
    releases: list[dict[str, Any]] = field(default_factory=list)
    runs: list[list[dict[str, Any]]] = field(default_factory=list)  # attempts, the newest last
    job_ends: dict[int, list[datetime]] = field(default_factory=dict)  # by run: of each attempt's only job
    protection: dict[str, Any] | int | None = None  # an int is a status to refuse with
    rules: list[dict[str, Any]] = field(default_factory=list)
    rulesets: dict[int, dict[str, Any]] = field(default_factory=dict)
    formerly: str = ""  # the name it had before it was renamed; GitHub goes on answering to it
    counter: int = 3_000_000_000  # real ids have outgrown 32 bits

    def _next(self) -> int:
        self.counter += 1
        return self.counter

    def commit(self, word: str, at: datetime, *parents: str, author: str | None = "ann") -> str:
        """Add a commit; its sha comes from the word."""
        sha = hashlib.sha1(word.encode()).hexdigest()
        self.commits[sha] = {"sha": sha, "at": at, "parents": list(parents), "author": author}
        return sha

    def reachable(self, sha: str) -> set[str]:
        found: set[str] = set()
        waiting = [sha]
        while waiting:
            one = waiting.pop()
            if one not in found:
                found.add(one)
                waiting += self.commits[one]["parents"]
        return found

    def deploy(
        self,
        sha: str,
        at: datetime,
        *statuses: tuple[str, datetime],
        environment: str = "production",
        **more: Any,
    ) -> dict[str, Any]:
        """Add a deployment with its statuses, which GitHub lists newest first."""
        number = self._next()
        found = {
            "__typename": "Deployment",
            "id": f"DE_{number}",
            "number": number,
            "sha": sha,
            "at": at,
            "createdAt": iso(at),
            "environment": environment,
            "ref": more.get("ref", "main"),
            "task": more.get("task", "deploy"),
            "payload": more.get("payload", {}),
            "description": more.get("description"),
            "creator": more.get("creator", "deployer"),
            "statuses": [],
        }
        self.deployments.append(found)
        for state, moment in statuses:
            self.status(found, state, moment)
        return found

    def status(self, deployment: dict[str, Any], state: str, at: datetime) -> None:
        deployment["statuses"].insert(
            0,
            {
                "state": state.upper(),
                "createdAt": iso(at),
                "logUrl": None,
                "environmentUrl": "https://shop.test/",
            },
        )
        deployment["updated"] = at

    def pull(self, opened: datetime, commits: list[tuple[str, datetime]], **more: Any) -> dict[str, Any]:
        """Add a pull request; `commits` are its own, as (sha, authored)."""
        merged = more.get("merged")
        checks = more.get("checks", "SUCCESS")
        own = [{"commit": {"oid": sha, "authoredDate": iso(at)}} for sha, at in commits]
        for entry in own:
            entry["commit"]["statusCheckRollup"] = {"state": checks} if checks else None
        number = len(self.pulls) + len(self.issues) + 1
        found = {
            "__typename": "PullRequest",
            "id": f"PR_{self.name}_{number}",
            "number": number,
            "title": more.get("title", f"Change {number}"),
            "url": f"https://github.test/{self.name}/pull/{number}",
            "baseRefName": "main",
            "headRefName": more.get("branch", f"topic-{number}"),
            "headRefOid": commits[-1][0],
            "createdAt": iso(opened),
            "mergedAt": iso(merged) if merged else None,
            "updatedAt": iso(more.get("updated", merged or opened)),
            "author": user(more.get("author", "ann")),
            "mergedBy": user(more.get("merged_by", "bob")) if merged else None,
            "mergeCommit": {"oid": more["merge_sha"]} if merged else None,
            "commits": own,
            "reviews": [
                {"state": state, "submittedAt": iso(at), "author": user(who)}
                for who, state, at in more.get("reviews", ())
            ],
            "labels": [{"name": name} for name in more.get("labels", ())],
            "files": [{"path": path} for path in more.get("files", ())],
        }
        self.pulls.append(found)
        return found

    def issue(
        self, opened: datetime, *, labels: list[str], timeline: Sequence[dict[str, Any]] = (), **more: Any
    ) -> dict[str, Any]:
        """Add an issue with its timeline (see `event`)."""
        closed = more.get("closed")
        number = len(self.pulls) + len(self.issues) + 1
        found = {
            "__typename": "Issue",
            "id": f"I_{self.name}_{number}",
            "number": number,
            "title": more.get("title", f"Incident {number}"),
            "url": f"https://github.test/{self.name}/issues/{number}",
            "body": more.get("body", ""),
            "state": "CLOSED" if closed else "OPEN",
            "createdAt": iso(opened),
            "updatedAt": iso(more.get("updated", closed or opened)),
            "closedAt": iso(closed) if closed else None,
            "author": user(more.get("author", "ann")),
            "assignees": [{"login": more["assigned"]}] if more.get("assigned") else [],
            "labels": [{"name": name} for name in labels],
            "timelineItems": list(timeline),
        }
        self.issues.append(found)
        return found

    def event(self, kind: str, at: datetime, who: str | None, **more: Any) -> dict[str, Any]:
        """A timeline entry: IssueComment, AssignedEvent, LabeledEvent, ClosedEvent, ReopenedEvent."""
        key = "author" if kind == "IssueComment" else "actor"
        return {"__typename": kind, "id": f"EV_{self._next()}", "createdAt": iso(at), key: user(who), **more}

    def release(self, tag: str, sha: str, created: datetime, published: datetime | None, **more: Any) -> None:
        self.releases.append(
            {
                "__typename": "Release",
                "databaseId": len(self.releases) + 1,
                "name": more.get("name", tag),
                "tagName": tag,
                "isDraft": published is None,
                "isPrerelease": more.get("prerelease", False),
                "createdAt": iso(created),
                "publishedAt": iso(published) if published else None,
                "url": f"https://github.test/{self.name}/releases/tag/{tag}",
                "author": user("deployer"),
                "tagCommit": {"__typename": "Commit", "oid": sha},
            }
        )

    def run(
        self,
        name: str,
        sha: str,
        *attempts: tuple[datetime, datetime, str],
        touched: datetime | None = None,
    ) -> None:
        """Add a workflow run; each attempt is (started, ended, conclusion).

        As GitHub does, an attempt says that it was updated when the next one began, or when something later
        (`touched`) changed the run; only its jobs keep the time they ended.
        """
        number = self._next()
        created = attempts[0][0]
        self.job_ends[number] = [ended for _, ended, _ in attempts]
        updates = [*(started for started, _, _ in attempts[1:]), touched or attempts[-1][1]]
        self.runs.append(
            [
                openapi().full(
                    "workflow-run",
                    id=number,
                    name=name,
                    head_sha=sha,
                    head_branch="main",
                    path=".github/workflows/deploy.yml",
                    run_attempt=index,
                    status="completed" if conclusion else "in_progress",
                    conclusion=conclusion or None,
                    created_at=iso(created),
                    updated_at=iso(updated),
                    run_started_at=iso(started),
                    display_title="Deploy",
                    actor=rest_user("deployer"),
                )
                for index, ((started, _, conclusion), updated) in enumerate(
                    zip(attempts, updates, strict=True), 1
                )
            ]
        )


@dataclass
class Asked:
    """One request as it came."""

    method: str
    path: str
    parameters: dict[str, str]
    headers: dict[str, str]
    operation: str = ""  # the GraphQL document's name
    variables: dict[str, Any] = field(default_factory=dict)
    status: int = 0


@dataclass
class Answer:
    """One answer as it goes out."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    cut: bool = False  # break off in the middle


class GitHubServer:
    """The server: start it with `with`, ask `url`."""

    token = "ghp_aVerySecretTokenThatMustNeverBeSeen01"

    def __init__(self, *, prefix: str = "") -> None:
        self.repos: dict[str, Repo] = {}
        self.log: list[Asked] = []
        self.drift: list[str] = []
        self.faults: list[Callable[[Asked, int], Answer | None]] = []
        self.viewer = "auditor"
        self.prefix = prefix  # "/api/v3" is an Enterprise server
        self.clock_ahead = timedelta()
        self.token_lasts = timedelta(hours=1)
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = True
        self._thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}{self.prefix}"

    def repo(self, name: str, **more: Any) -> Repo:
        self.repos[name] = Repo(name, **more)
        return self.repos[name]

    def fail(self, times: int, answer: Answer, *, after: int = 0, on: str = "") -> None:
        """Answer the next `times` requests (whose path or operation contains `on`) so, after `after` good ones."""
        state = {"seen": 0}

        def fault(asked: Asked, _number: int) -> Answer | None:
            if on and on not in asked.path and on not in asked.operation:
                return None
            state["seen"] += 1
            return answer if after < state["seen"] <= after + times else None

        self.faults.append(fault)

    def asked(self, what: str) -> list[Asked]:
        """The requests whose path or GraphQL operation contains this."""
        return [one for one in self.log if what in one.path or what in one.operation]

    # -- answering ---------------------------------------------------------------------------------------

    def answer(self, asked: Asked, body: bytes) -> Answer:
        path = asked.path.removeprefix(self.prefix)
        if asked.path.endswith("/graphql"):
            question = json.loads(body)
            asked.operation = question["query"].split("(")[0].split("{")[0].split()[-1]
            asked.variables = question["variables"]
        self.log.append(asked)
        for fault in self.faults:
            if answer := fault(asked, len(self.log)):
                return answer
        if (
            asked.headers.get("authorization") not in (f"token {self.token}", f"Bearer {self.token}")
            and "/app/" not in path
        ):
            return self._rest(asked, path, Answer(401, {"message": "Bad credentials"}))
        if asked.operation:
            assert asked.path == ("/api/graphql" if self.prefix else "/graphql"), asked.path
            return self._graphql(question)
        parts = path.split("/")
        if parts[1] == "repositories":  # how GitHub's own links name a repository
            path = "/".join(["", "repos", list(self.repos)[int(parts[2])], *parts[3:]])
        openapi().check_request(asked.method, path, asked.parameters)
        name = "/".join(parts[2:4])
        if moved := next((one for one in self.repos.values() if one.formerly == name), None):
            rest = "/".join(["", *parts[4:]]) if parts[4:] else ""
            location = f"{self._link(moved)}{rest}?{urllib.parse.urlencode(asked.parameters)}"
            return Answer(301, {"message": "Moved Permanently", "url": location}, {"Location": location})
        return self._rest(asked, path, self._route(asked, path))

    def _link(self, repo: Repo) -> str:
        """A repository's URL by its id, which outlives its name."""
        return f"{self.url}/repositories/{list(self.repos.values()).index(repo)}"

    def _rest(self, asked: Asked, path: str, answer: Answer) -> Answer:
        if answer.status < 400:
            openapi().check_answer(asked.method, path, answer.status, answer.body)
        etag = f'W/"{hashlib.sha256(json.dumps(answer.body, sort_keys=True).encode()).hexdigest()[:32]}"'
        if answer.status == 200:
            answer.headers["ETag"] = etag
            if asked.headers.get("if-none-match") == etag:
                return Answer(304, None, {"ETag": etag})
        return answer

    def _route(self, asked: Asked, path: str) -> Answer:
        parts = path.strip("/").split("/")
        if parts[0] == "app":
            expires = iso(datetime.now(UTC) + self.token_lasts)
            return Answer(201, openapi().full("installation-token", token=self.token, expires_at=expires))
        repo = self.repos.get("/".join(parts[1:3]))
        if repo is None:
            return Answer(404, {"message": "Not Found"})
        rest = [urllib.parse.unquote(part) for part in parts[3:]]
        match rest:
            case []:
                return Answer(
                    200,
                    openapi().full(
                        "full-repository",
                        full_name=repo.name,
                        name=parts[2],
                        default_branch=repo.default_branch,
                    ),
                )
            case ["deployments"]:
                found = sorted(repo.deployments, key=lambda one: (one["at"], one["number"]), reverse=True)
                wanted = asked.parameters.get("sha")
                return self._page(
                    asked, [self._deployment(one) for one in found if wanted in (None, one["sha"])]
                )
            case ["compare", *spec]:
                return self._compare(asked, repo, "/".join(spec))
            case ["commits", sha]:
                full = [one for one in repo.commits if one.startswith(sha)]
                if not full:
                    return Answer(422, {"message": f"No commit found for SHA: {sha}"})
                return Answer(200, self._commit(repo, full[0]))
            case ["issues"]:
                return self._issues(asked, repo)
            case ["branches", branch, "protection"]:
                if isinstance(repo.protection, int):
                    return Answer(
                        repo.protection, {"message": "Resource not accessible by personal access token"}
                    )
                if branch != repo.default_branch or repo.protection is None:
                    return Answer(404, {"message": "Branch not protected"})
                return Answer(200, repo.protection)
            case ["rules", "branches", _]:
                return self._page(asked, repo.rules)
            case ["rulesets", number] if int(number) in repo.rulesets:
                return Answer(200, repo.rulesets[int(number)])
            case ["actions", "runs"] | ["actions", "workflows", _, "runs"]:
                return self._runs(asked, repo)
            case ["actions", "runs", number, "attempts", attempt, "jobs"]:
                ended = repo.job_ends[int(number)][int(attempt) - 1]
                job = openapi().full("job", completed_at=iso(ended), conclusion="success", status="completed")
                return self._page(asked, [job], lambda page: {"total_count": 1, "jobs": page})
            case ["actions", "runs", number, "attempts", attempt]:
                for attempts in repo.runs:
                    if attempts[0]["id"] == int(number):
                        return Answer(200, attempts[int(attempt) - 1])
        return Answer(404, {"message": "Not Found"})

    def _page(self, asked: Asked, items: list[Any], wrap: Callable[[list[Any]], Any] = list) -> Answer:
        size, page = int(asked.parameters.get("per_page", 30)), int(asked.parameters.get("page", 1))
        assert size <= 100
        headers = {}
        if page * size < len(items):
            query = urllib.parse.urlencode(asked.parameters | {"page": page + 1, "per_page": size})
            parts = asked.path.removeprefix(self.prefix).split("/")
            by_id = parts[1] == "repositories"
            place = int(parts[2]) if by_id else list(self.repos).index("/".join(parts[2:4]))
            rest = "/".join(parts[3 if by_id else 4 :])
            headers["Link"] = f'<{self.url}/repositories/{place}/{rest}?{query}>; rel="next"'
        return Answer(200, wrap(items[(page - 1) * size : page * size]), headers)

    def _deployment(self, one: dict[str, Any]) -> dict[str, Any]:
        return openapi().full(
            "deployment",
            id=one["number"],
            node_id=one["id"],
            sha=one["sha"],
            ref=one["ref"],
            task=one["task"],
            payload=one["payload"],
            environment=one["environment"],
            description=one["description"],
            creator=rest_user(one["creator"]),
            created_at=iso(one["at"]),
            updated_at=iso(one.get("updated", one["at"])),
        )

    def _commit(self, repo: Repo, sha: str) -> dict[str, Any]:
        one = repo.commits[sha]
        who = {"name": one["author"] or "Someone", "email": "x@example.test", "date": iso(one["at"])}
        body = openapi().full(
            "commit",
            sha=sha,
            author=rest_user(one["author"]),
            committer=rest_user(one["author"]),
            parents=[{"sha": parent, "url": "https://example.test/c"} for parent in one["parents"]],
        )
        body["commit"] |= {"author": who, "committer": who, "message": "a change"}
        return body

    def _compare(self, asked: Asked, repo: Repo, spec: str) -> Answer:
        base, head = spec.split("...")
        if base not in repo.commits or head not in repo.commits:
            return Answer(404, {"message": "Not Found"})
        if not repo.reachable(head) & repo.reachable(base):
            return Answer(404, {"message": f"No common ancestor between {base} and {head}."})
        ahead = repo.reachable(head) - repo.reachable(base)
        behind = repo.reachable(base) - repo.reachable(head)
        ordered = sorted(ahead, key=lambda sha: (repo.commits[sha]["at"], sha))
        words = {
            (False, False): "identical",
            (False, True): "behind",
            (True, False): "ahead",
            (True, True): "diverged",
        }
        status = words[bool(ahead), bool(behind)]

        def wrap(page: list[str]) -> Any:
            return openapi().full(
                "commit-comparison",
                status=status,
                ahead_by=len(ahead),
                behind_by=len(behind),
                total_commits=len(ahead),
                base_commit=self._commit(repo, base),
                merge_base_commit=self._commit(repo, base),
                commits=[self._commit(repo, sha) for sha in page],
            )

        return self._page(asked, ordered, wrap)

    def _issues(self, asked: Asked, repo: Repo) -> Answer:
        """Issues and requests with a label, as REST lists them: together."""
        wanted = asked.parameters["labels"]
        found = [
            openapi().full("issue", number=one["number"], title=one["title"], body=one.get("body"))
            | ({} if one["__typename"] == "Issue" else {"pull_request": dict.fromkeys(_PULL_URLS)})
            for one in (*repo.issues, *repo.pulls)
            if wanted in {label["name"] for label in one["labels"]}
        ]
        return self._page(asked, found)

    def _runs(self, asked: Asked, repo: Repo) -> Answer:
        newest = [attempts[-1] for attempts in repo.runs]
        if "created" in asked.parameters:
            first, last = asked.parameters["created"].split("..")
            newest = [run for run in newest if first <= run["created_at"] <= last]
        newest.sort(key=lambda run: run["created_at"], reverse=True)
        total = len(newest)
        return self._page(asked, newest[:1000], lambda page: {"total_count": total, "workflow_runs": page})

    # -- GraphQL -----------------------------------------------------------------------------------------

    def _graphql(self, question: dict[str, Any]) -> Answer:
        schema = graphql_schema()
        document = graphql.parse(question["query"])
        wrong = graphql.validate(schema, document)
        assert not wrong, wrong
        result = graphql.execute_sync(
            schema,
            document,
            root_value=self,
            variable_values=question["variables"],
            field_resolver=_resolve,
            type_resolver=lambda value, *_: value["__typename"],
        )
        answer: dict[str, Any] = {"data": result.data}
        if result.errors:
            answer["errors"] = []
            for error in result.errors:
                if not isinstance(error.original_error, Missing):
                    raise error
                kind = error.original_error.args[0]
                answer["errors"].append({"type": kind, "path": error.path, "message": error.message})
        return Answer(200, answer)


class Missing(Exception):
    """What GraphQL answers with an error of that type."""

    def __str__(self) -> str:
        return str(self.args[1])


def _resolve(source: Any, info: Any, **arguments: Any) -> Any:
    """Resolve a field over the world in memory; a list where a connection is declared is cut into a page."""
    name = info.field_name
    if isinstance(source, GitHubServer):
        return _resolve_root(source, name, arguments)
    if isinstance(source, Repo):
        return _resolve_repo(source, name, arguments, info)
    value = source[name]  # a KeyError is a gap in the world, not a null
    if isinstance(value, list) and str(info.return_type).rstrip("!").endswith("Connection"):
        return _connection(value, arguments)
    return value() if callable(value) else value


def _resolve_root(server: GitHubServer, name: str, arguments: dict[str, Any]) -> Any:
    if name == "viewer":
        return {"__typename": "User", "login": server.viewer}
    if name == "repository":
        full = f"{arguments['owner']}/{arguments['name']}"
        repo = next((one for one in server.repos.values() if full in (one.name, one.formerly)), None)
        if repo is None:
            raise Missing("NOT_FOUND", "Could not resolve to a Repository with that name.")
        return repo
    everything = {
        one["id"]: one
        for repo in server.repos.values()
        for one in (*repo.deployments, *repo.pulls, *repo.issues)
    }
    if name == "nodes":
        assert len(arguments["ids"]) <= 100
        return [everything.get(key) for key in arguments["ids"]]
    assert name == "node", name
    return everything[arguments["id"]]


def _resolve_repo(repo: Repo, name: str, arguments: dict[str, Any], info: Any) -> Any:
    if name == "nameWithOwner":
        return repo.name
    if name == "createdAt":
        return iso(repo.created_at)
    items = {
        "deployments": repo.deployments,
        "pullRequests": repo.pulls,
        "issues": repo.issues,
        "releases": repo.releases,
    }[name]
    if arguments.get("labels"):
        wanted = set(arguments["labels"])
        items = [one for one in items if wanted & {label["name"] for label in one["labels"]}]
    if order := arguments.get("orderBy"):
        key = {"UPDATED_AT": "updatedAt", "CREATED_AT": "createdAt"}[order["field"]]
        items = sorted(items, key=lambda one: (one[key], one.get("number", one.get("databaseId"))))
        items = items[::-1] if order["direction"] == "DESC" else items
        return _connection(
            items, arguments, lambda one: f"{one[key]}|{one.get('number', one.get('databaseId')):09}"
        )
    return _connection(items, arguments)


def _connection(
    items: list[Any], arguments: dict[str, Any], place: Callable[[Any], str] | None = None
) -> dict[str, Any]:
    """A page; cursors hold the entry's sort value, as GitHub's do, so they outlive changes of the list."""
    places = [place(item) if place else f"{index:09}" for index, item in enumerate(items)]
    first, last = arguments.get("first"), arguments.get("last")
    assert max(first or 0, last or 0) <= 100
    chosen = list(range(len(items)))
    if after := arguments.get("after"):
        chosen = [index for index in chosen if places[index] > _open(after)]
    if before := arguments.get("before"):
        chosen = [index for index in chosen if places[index] < _open(before)]
    rest_after = first is not None and len(chosen) > first
    rest_before = last is not None and len(chosen) > last
    chosen = chosen[:first] if first is not None else chosen
    chosen = chosen[-last:] if last is not None else chosen
    edges = [{"cursor": _close(places[index]), "node": items[index]} for index in chosen]
    return {
        "totalCount": len(items),
        "nodes": [items[index] for index in chosen],
        "edges": edges,
        "pageInfo": {
            "hasNextPage": rest_after,
            "hasPreviousPage": rest_before,
            "startCursor": edges[0]["cursor"] if edges else None,
            "endCursor": edges[-1]["cursor"] if edges else None,
        },
    }


def _close(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _open(text: str) -> str:
    return base64.b64decode(text).decode()


def _handler(server: GitHubServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._serve("GET")

        def do_POST(self) -> None:
            self._serve("POST")

        def _serve(self, method: str) -> None:
            split = urllib.parse.urlsplit(self.path)
            asked = Asked(
                method,
                split.path,
                dict(urllib.parse.parse_qsl(split.query)),
                {key.lower(): value for key, value in self.headers.items()},
            )
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            try:
                answer = server.answer(asked, body)
            except Exception as error:  # noqa: BLE001  # whatever is wrong with the fake is kept for the test to see
                server.drift.append(f"{method} {self.path} {asked.operation}: {error!r}")
                answer = Answer(599, {"message": "the test server does not understand"})
            asked.status = answer.status
            self._send(answer)

        def _send(self, answer: Answer) -> None:
            time.sleep(answer.delay)
            text = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
            content = b"" if answer.status == 304 else text.encode()
            now = datetime.now(UTC) + server.clock_ahead
            headers = {
                "Content-Type": JSON,
                "X-GitHub-Api-Version-Selected": "2022-11-28",
                **({"X-GitHub-Enterprise-Version": "3.15.2"} if server.prefix else {}),
                **answer.headers,
            }
            try:
                self.send_response_only(answer.status)
                self.send_header("Date", format_datetime(now, usegmt=True))
                for key, value in headers.items():
                    self.send_header(key, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content[: len(content) // 2] if answer.cut else content)
                if answer.cut:
                    self.close_connection = True
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Keep the test's output clean."""

    return Handler
