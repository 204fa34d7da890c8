"""GitHub and GitHub Enterprise: deployments, changes, incidents and branch rules, over REST and GraphQL."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from qmsreport.config import Delivery
from qmsreport.errors import ConfigError, Malformed, Rejected, SourceError, UsageError, suggest
from qmsreport.extracts import Diagnosis, Extract, Progress
from qmsreport.http import HttpOptions
from qmsreport.records import SEVERITIES
from qmsreport.sources import (
    Context,
    _github_changes,
    _github_deployments,
    _github_incidents,
    _github_settings,
    _github_signals,
)
from qmsreport.sources._github_api import Api
from qmsreport.sources._github_deployments import Scope
from qmsreport.sources._github_faults import Refused, ServerFault
from qmsreport.sources._github_read import moment

if TYPE_CHECKING:
    from github.Auth import Auth

SIGNALS = ("deployments", "releases", "workflow_runs")
_REPOSITORY = re.compile(r"[A-Za-z0-9._-]+/[A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options(HttpOptions):
    """What `[sources.<name>]` of this kind may hold."""

    repositories: list[str]  # "owner/name"
    url: str = "https://api.github.com"  # an Enterprise server: https://HOST/api/v3
    token_env: str = "GITHUB_TOKEN"  # noqa: S105  # the variable that holds the token
    app_id: str = ""  # with the next two: as a GitHub App, instead of a token
    installation_id: int = 0  # of the App in the organisation
    private_key_file: str = ""  # PEM, as GitHub gives it out
    deployments: str = "deployments"  # which signal: deployments, releases, workflow_runs
    workflow: str = ""  # file name or id, for workflow_runs; empty: the workflows that 'environments' names
    environments: dict[str, str] = field(
        default_factory=dict
    )  # GitHub's (or a workflow's) name = the report's
    incident_labels: list[str] = field(default_factory=lambda: ["incident"])  # issues that are incidents
    severity_labels: dict[str, str] = field(default_factory=dict)  # label = critical, high, medium or low
    emergency_labels: list[str] = field(
        default_factory=lambda: ["emergency", "hotfix"]
    )  # pull requests that are emergency changes
    full_listing_days: float = 1.0  # how often all incidents are listed, to notice the ones that went


def create(name: str, options: Options, context: Context) -> GitHub:
    """Check the options and make the source; nothing is asked and no secret read yet.

    Raises:
        ConfigError: with every option that is wrong.
    """
    problems = [f"[sources.{name}] {problem}" for problem in _problems(options)]
    if problems:
        raise ConfigError(f"[sources.{name}] is wrong:", problems)
    return GitHub(name, options, context)


class GitHub:
    """One GitHub, asked as one account about some repositories."""

    kind = "github"

    def __init__(self, name: str, options: Options, context: Context) -> None:
        self.name = name
        self._options = options
        self._context = context
        self._api = Api(
            url=options.url.rstrip("/"), authenticate=self._authenticate, options=options, clock=context.clock
        )

    def __repr__(self) -> str:
        return f"GitHub({self.name!r}, {self._options.url!r})"

    def extract(self, since: datetime, until: datetime, progress: Progress) -> Iterable[Extract]:
        """Yield, for each repository: branch rules, changes, deployments with their commits, incidents.

        What a repository refuses is yielded with `error` set, and the rest goes on.

        Raises:
            Rejected: the credentials are not accepted at all.
            Unavailable: GitHub cannot be reached, or a rate limit asks for a longer pause than is allowed.
        """
        self._api.introduce()
        faults = 0
        for repository in self._options.repositories:
            scope = self._scope(repository, since, until)
            started = self._context.clock()
            try:
                assessed = _github_settings.assess(scope, progress)
                required = assessed.required_approvals
                yield assessed.extract
            except (Malformed, ServerFault) as error:
                required = _github_settings.known_approvals(
                    scope, progress
                )  # a passing fault changes no rule
                yield _github_deployments.no_answer(scope, "settings", started, error)
            for subject, stream in self._streams(scope, progress, required):
                started = self._context.clock()
                reached = None
                try:
                    for made in stream():
                        reached = made.window_end if made.subject == f"{subject}:{repository}" else reached
                        yield made
                    faults = 0
                except (Rejected, Malformed, ServerFault) as error:
                    # one heavy or forbidden question does not keep the others from being asked; a server
                    # that fails at everything is not asked on and on
                    faults += isinstance(error, ServerFault)
                    if faults > 1 or (isinstance(error, Refused) and error.status == 401):
                        raise
                    begins = reached or _github_deployments.begins(scope, subject, progress)
                    yield _github_deployments.no_answer(scope, subject, started, error, begins)

    def diagnose(self) -> Diagnosis:
        """Ask who we are, and of each repository what may be read."""
        try:
            reply = self._api.introduce()
        except UsageError as error:
            return Diagnosis(reachable=False, problems=(str(error),))
        except Rejected as error:
            return Diagnosis(reachable=True, permitted=False, product="GitHub", problems=(str(error),))
        except SourceError as error:
            return Diagnosis(reachable=False, problems=(str(error),))
        problems: list[str] = []
        oldest: list[datetime] = []
        for repository in self._options.repositories:
            problems += self._reach(repository, oldest)
        return Diagnosis(
            reachable=True,
            permitted=not problems,
            product="GitHub",
            version=self._api.product_version,
            account=self._api.account,
            clock_offset_seconds=reply.clock_offset_seconds,
            answers_since=min(oldest, default=None),
            problems=tuple(problems),
        )

    def _reach(self, repository: str, oldest: list[datetime]) -> list[str]:
        """What of a repository may not be read, one sentence each."""
        problems: list[str] = []
        owner, name = repository.split("/")
        try:
            reply = self._api.graphql("Reach", {"owner": owner, "name": name})
            problems += [
                f"{repository}: {warning}. Widen the token's permissions." for warning in reply.warnings
            ]
            created = moment(reply.data["repository"]["createdAt"])
            oldest += [created] if created else []
        except SourceError as error:
            return [f"{repository}: {error}"]
        signal = {
            "deployments": "/deployments",
            "workflow_runs": _github_signals.runs_path(self._options.workflow),
        }.get(self._options.deployments)
        if signal:
            try:
                self._api.rest(f"/repos/{repository}{signal}", {"per_page": 1})
            except SourceError as error:
                problems.append(f"{repository}, {signal.strip('/')}: {error}")
        scope = self._scope(repository, datetime.min, datetime.min)  # noqa: DTZ901  # naive UTC inside; unused here
        try:
            refusal = _github_settings.assess(scope, _Nothing()).extract.error
        except SourceError as error:
            refusal = str(error)
        if refusal:
            problems.append(
                f"{repository}, branch rules: {refusal} Reading classic protection needs 'administration: read'."
            )
        return problems

    def _streams(
        self, scope: Scope, progress: Progress, required: int | None
    ) -> Iterator[tuple[str, Callable[[], Iterable[Extract]]]]:
        options = self._options
        yield "pulls", lambda: _github_changes.stream(scope, progress, options.emergency_labels, required)
        signals: dict[str, Any] = {
            "deployments": _github_deployments.listed,
            "releases": _github_signals.releases,
            "workflow_runs": _github_signals.workflow_runs(options.workflow),
        }
        yield "deployments", lambda: _github_deployments.stream(scope, progress, signals[options.deployments])
        marks = _github_incidents.Marks(
            labels=options.incident_labels,
            severities=options.severity_labels,
            full_listing=timedelta(days=options.full_listing_days),
            find_deployment=options.deployments == "deployments",
        )
        if options.incident_labels:
            yield "incidents", lambda: _github_incidents.stream(scope, progress, marks)

    def _scope(self, repository: str, since: datetime, until: datetime) -> Scope:
        config = self._context.config
        delivery: Delivery = config.delivery
        return Scope(
            api=self._api,
            repository=repository,
            services=self._context.services,
            delivery=delivery,
            environments=self._options.environments,
            overlap=timedelta(days=config.extraction.overlap_days),
            since=since,
            until=until,
        )

    def _authenticate(self) -> Auth:
        """The credentials, read when they are first needed."""
        from github import Auth

        options = self._options
        if not options.app_id:
            token = os.environ.get(options.token_env, "").strip()
            if not token:
                raise ConfigError(
                    f"[sources.{self.name}] has no token: the environment variable {options.token_env} is not set. "
                    "Set it to a token that may read these repositories, or name another with 'token_env'."
                )
            return Auth.Token(token)
        path = self._context.config.resolve(options.private_key_file)
        try:
            key = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            why = getattr(error, "strerror", None) or "it is not text"
            raise ConfigError(
                f"[sources.{self.name}] private_key_file: cannot read {path}: {why}. "
                "Name the PEM file that GitHub made for the App."
            ) from None
        if not _is_rsa_key(key):
            raise ConfigError(
                f"[sources.{self.name}] private_key_file: {path} is no RSA private key in PEM, without a password. "
                "Name the PEM file that GitHub made for the App."
            )
        return Auth.AppAuth(options.app_id, key).get_installation_auth(options.installation_id)


def _is_rsa_key(text: str) -> bool:
    """Whether a text is what GitHub makes for an App; a broken one would only fail when it is used to sign."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        return isinstance(load_pem_private_key(text.encode(), None), RSAPrivateKey)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return False


class _Nothing:
    """The progress of a source that was never read."""

    def covered_until(self, _subject: str, /) -> datetime | None:
        return None

    def cursor(self, _subject: str, /) -> str | None:
        return None

    def raw_sha256(self, _subject: str, /) -> str | None:
        return None


def _problems(options: Options) -> Iterator[str]:
    if not options.repositories:
        yield 'repositories: is empty. Name some, like ["acme/checkout"].'
    for repository in options.repositories:
        if not _REPOSITORY.fullmatch(repository):
            yield f"repositories: '{repository}' is not owner/name."
    if not re.match(r"https?://[^/]+", options.url):
        yield f"url: '{options.url}' is no URL. Write https://api.github.com, or https://HOST/api/v3."
    if options.deployments not in SIGNALS:
        yield f"deployments: '{options.deployments}' is no signal.{suggest(options.deployments, SIGNALS)}"
    app = (bool(options.app_id), bool(options.installation_id), bool(options.private_key_file))
    if any(app) and not all(app):
        yield "app_id, installation_id and private_key_file: a GitHub App needs all three."
    if options.deployments == "workflow_runs" and not options.workflow and not options.environments:
        yield "workflow: name the workflow's file, or the workflows under 'environments'; not every run is a deployment."
    for label, word in options.severity_labels.items():
        if word not in SEVERITIES:
            yield f"severity_labels: {label} = '{word}' is no severity.{suggest(word, SEVERITIES)}"
