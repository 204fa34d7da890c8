"""The GraphQL documents, by the names the ledger shows. A test validates each against GitHub's public schema.

Lists are asked for oldest first. `…Index` documents walk back from the end with nothing but times and
cursors, to find where reading has to start. A deployment's `databaseId` is not asked for: it is a 32-bit `Int`
there, which real ids have outgrown; REST has it.
"""

from __future__ import annotations

from collections.abc import Mapping

_PAGE = "pageInfo { hasNextPage endCursor }"
_BACK = "pageInfo { hasPreviousPage startCursor }"
_REPOSITORY = "repository(owner: $owner, name: $name)"
_WHERE = "$owner: String!, $name: String!"
_ACTOR = "{ __typename login }"

_STATUSES = f"{_PAGE} nodes {{ state createdAt logUrl environmentUrl }}"
_PR_COMMITS = f"{_PAGE} nodes {{ commit {{ oid authoredDate }} }}"
_REVIEWS = f"{_PAGE} nodes {{ state submittedAt author {_ACTOR} }}"
_LABELS = f"{_PAGE} nodes {{ name }}"
_FILES = f"{_PAGE} nodes {{ path }}"
_TIMELINE = f"""{_PAGE} nodes {{
  __typename
  ... on Node {{ id }}
  ... on IssueComment {{ createdAt body author {_ACTOR} }}
  ... on AssignedEvent {{ createdAt actor {_ACTOR} assignee {{ ... on User {{ login }} ... on Bot {{ login }} }} }}
  ... on LabeledEvent {{ createdAt actor {_ACTOR} label {{ name }} }}
  ... on UnlabeledEvent {{ createdAt actor {_ACTOR} label {{ name }} }}
  ... on ClosedEvent {{ createdAt actor {_ACTOR} }}
  ... on ReopenedEvent {{ createdAt actor {_ACTOR} }}
}}"""
_TIMELINE_TYPES = (
    "itemTypes: [ISSUE_COMMENT, ASSIGNED_EVENT, LABELED_EVENT, UNLABELED_EVENT, CLOSED_EVENT, REOPENED_EVENT]"
)

_PULL = f"""id number title url baseRefName headRefName headRefOid createdAt mergedAt updatedAt
author {_ACTOR} mergedBy {_ACTOR} mergeCommit {{ oid }}
head: commits(last: 1) {{ nodes {{ commit {{ oid statusCheckRollup {{ state }} }} }} }}
commits(first: 100) {{ {_PR_COMMITS} }}
reviews(first: 50) {{ {_REVIEWS} }}
labels(first: 20) {{ {_LABELS} }}
files(first: 100) @include(if: $files) {{ {_FILES} }}"""

_ISSUE = f"""id number title url body state createdAt updatedAt closedAt author {_ACTOR}
assignees(first: 1) {{ nodes {{ login }} }}
labels(first: 50) {{ {_LABELS} }}
timelineItems(first: 100, {_TIMELINE_TYPES}) {{ {_TIMELINE} }}"""


def _list(name: str, field: str, more: str, filters: str, order: str, selection: str) -> dict[str, str]:
    """A list's two documents: its pages oldest first, and its index from the end."""
    field_order = f"orderBy: {{field: {order}, direction: ASC}}"
    time = "updatedAt" if order == "UPDATED_AT" else "createdAt"
    variables = f"{_WHERE}{''.join(f', {item}' for item in (more,) if item)}"
    index_variables = variables.replace(", $files: Boolean!", "")
    return {
        name: f"""query {name}({variables}, $first: Int!, $after: String) {{
  {_REPOSITORY} {{ list: {field}(first: $first, after: $after, {filters}{field_order}) {{
    totalCount {_PAGE} nodes {{ {selection} }}
  }} }}
}}""",
        f"{name}Index": f"""query {name}Index({index_variables}, $before: String) {{
  {_REPOSITORY} {{ list: {field}(last: 100, before: $before, {filters}{field_order}) {{
    {_BACK} edges {{ cursor node {{ {time} }} }}
  }} }}
}}""",
    }


def _rest(name: str, type_name: str, field: str, selection: str, arguments: str = "") -> dict[str, str]:
    """The document for what did not fit the first page of a list inside a list."""
    return {
        name: f"""query {name}($id: ID!, $after: String) {{
  node(id: $id) {{ ... on {type_name} {{ list: {field}(first: 100, after: $after{arguments}) {{ {selection} }} }} }}
}}"""
    }


DOCUMENTS: Mapping[str, str] = {
    "Viewer": "query Viewer { viewer { login } }",
    "Reach": f"""query Reach({_WHERE}) {{
  {_REPOSITORY} {{ createdAt deployments {{ totalCount }} pullRequests {{ totalCount }} issues {{ totalCount }} }}
}}""",
    "DeploymentStatuses": f"""query DeploymentStatuses($ids: [ID!]!) {{
  nodes(ids: $ids) {{ ... on Deployment {{ id statuses(first: 100) {{ {_STATUSES} }} }} }}
}}""",
    **_list("PullRequests", "pullRequests", "$files: Boolean!", "", "UPDATED_AT", _PULL),
    **_list("Issues", "issues", "$label: String!", "labels: [$label], ", "UPDATED_AT", _ISSUE),
    **_list(
        "Releases",
        "releases",
        "",
        "",
        "CREATED_AT",
        "databaseId name tagName isDraft isPrerelease createdAt publishedAt url author { login } tagCommit { oid }",
    ),
    **_rest("StatusesRest", "Deployment", "statuses", _STATUSES),
    **_rest("PullCommitsRest", "PullRequest", "commits", _PR_COMMITS),
    **_rest("ReviewsRest", "PullRequest", "reviews", _REVIEWS),
    **_rest("PullLabelsRest", "PullRequest", "labels", _LABELS),
    **_rest("FilesRest", "PullRequest", "files", _FILES),
    **_rest("IssueLabelsRest", "Issue", "labels", _LABELS),
    **_rest("TimelineRest", "Issue", "timelineItems", _TIMELINE, f", {_TIMELINE_TYPES}"),
}
