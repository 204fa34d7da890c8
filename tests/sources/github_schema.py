"""GitHub's own published descriptions, fetched from the npm registry once and kept outside the repository.

`@octokit/openapi` carries the OpenAPI description of the REST interface, `@octokit/graphql-schema` the GraphQL
schema. Run this file to fetch them beforehand (`python tests/sources/github_schema.py`).
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tarfile
from functools import cache, cached_property
from pathlib import Path
from typing import Any

PACKAGES = {
    "@octokit/openapi@23.0.2": "package/generated/api.github.com.json",
    "@octokit/graphql-schema@15.26.1": "package/schema.graphql",
}


def cache_folder() -> Path:
    """Where fetched descriptions are kept: QMSREPORT_TEST_CACHE, else the user's cache folder."""
    named = os.environ.get("QMSREPORT_TEST_CACHE")
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(named) if named else base / "qmsreport-tests"


def fetch(package: str) -> Path:
    """The file of a package, fetched with `npm pack` if it is not there yet; safe to call at the same time."""
    from filelock import FileLock

    folder = cache_folder() / re.sub(r"\W+", "-", package).strip("-")
    target = folder / Path(PACKAGES[package]).name
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{folder}.lock"):
        if not target.exists():
            npm = shutil.which("npm")
            assert npm, "npm is needed to fetch GitHub's published descriptions. Install Debian's 'npm'."
            command = [npm, "pack", "--silent", "--pack-destination", str(folder), package]
            packed = subprocess.run(
                command, check=True, capture_output=True, text=True, timeout=200, cwd=folder
            )
            archive = folder / packed.stdout.strip().splitlines()[-1]
            with tarfile.open(archive) as opened:
                content = opened.extractfile(PACKAGES[package])
                assert content
                target.with_suffix(".part").write_bytes(content.read())
            target.with_suffix(".part").rename(target)
            archive.unlink()
    return target


class OpenApi:
    """The REST description: finds a request's operation, checks its parameters and an answer's body."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self._validators: dict[tuple[str, str, int], Any] = {}

    @cached_property
    def _operations(self) -> list[tuple[re.Pattern[str], str, dict[str, Any]]]:
        found = []
        for template, operations in self.document["paths"].items():
            last = template.rsplit("/", 1)[-1]
            pattern = re.sub(r"\{(\w+)\}", "([^/]+)", template)
            if last == "{basehead}":
                pattern = pattern.removesuffix("([^/]+)") + "(.+)"
            found.append((re.compile(pattern), template, operations))
        # the most literal template wins, as on the server
        return sorted(found, key=lambda row: row[1].count("{"))

    def operation(self, method: str, path: str) -> tuple[str, dict[str, Any]]:
        """The template and the operation of a request; fails for one GitHub does not have."""
        for pattern, template, operations in self._operations:
            if pattern.fullmatch(path) and method.lower() in operations:
                return template, operations[method.lower()]
        raise AssertionError(f"GitHub has no {method} {path}")

    def check_request(self, method: str, path: str, parameters: dict[str, str]) -> None:
        """Fail for a query parameter that the operation does not have."""
        _, operation = self.operation(method, path)
        known = {
            item["name"]
            for item in (self._resolve(raw) for raw in operation.get("parameters", ()))
            if item["in"] == "query"
        }
        assert set(parameters) <= known, f"{method} {path} has no parameter {set(parameters) - known}"

    def check_answer(self, method: str, path: str, status: int, body: Any) -> None:
        """Fail for a body that is not what GitHub publishes for this status."""
        template, operation = self.operation(method, path)
        answer = self._resolve(
            operation["responses"].get(str(status), {"$ref": "#/components/responses/not_found"})
        )
        schema = answer.get("content", {}).get("application/json", {}).get("schema")
        if schema is None:
            return
        key = (method, template, status)
        if key not in self._validators:
            import jsonschema_rs

            self._validators[key] = jsonschema_rs.Draft202012Validator(self.closed(schema))
        errors = [
            f"{error.instance_path}: {error.message[:300]}"
            for error in self._validators[key].iter_errors(body)
        ]
        assert not errors, f"{method} {path} {status}: {errors[:3]}"

    def closed(self, schema: dict[str, Any]) -> dict[str, Any]:
        """A schema with everything it refers to, in the words of JSON Schema (`nullable` is OpenAPI's own)."""
        definitions: dict[str, Any] = {}

        def plain(node: Any) -> Any:
            if isinstance(node, list):
                return [plain(item) for item in node]
            if not isinstance(node, dict):
                return node
            if "$ref" in node:
                name = node["$ref"].rsplit("/", 1)[-1]
                if name not in definitions:
                    definitions[name] = {}
                    definitions[name] = plain(self._resolve(node))
                return {"$ref": f"#/$defs/{name}"}
            kept = {
                key: plain(value)
                for key, value in node.items()
                if key not in ("nullable", "example", "examples")
            }
            return {"anyOf": [kept, {"type": "null"}]} if node.get("nullable") is True else kept

        return plain(schema) | {"$defs": definitions}

    def full(self, component: str, **given: Any) -> dict[str, Any]:
        """A body of a component: what is given, and a value of the right type for all else that is required."""
        schema = self._resolve({"$ref": f"#/components/schemas/{component}"})
        unknown = set(given) - set(schema["properties"])
        assert not unknown, f"{component} has no {unknown}"
        return given | {
            key: self._example(schema["properties"][key])
            for key in schema.get("required", ())
            if key not in given
        }

    def _example(self, schema: dict[str, Any]) -> Any:
        schema = self._resolve(schema)
        if schema.get("nullable"):
            return None
        if "enum" in schema:
            return schema["enum"][0]
        for word in ("oneOf", "anyOf", "allOf"):
            if word in schema:
                return self._example(schema[word][0])
        kind = schema.get("type", "object")
        if kind == "object":
            return {key: self._example(schema["properties"][key]) for key in schema.get("required", ())}
        text = "2026-01-01T00:00:00Z" if schema.get("format") == "date-time" else "https://example.test/x"
        return {"string": text, "integer": 1, "number": 1, "boolean": False, "array": []}[kind]

    def _resolve(self, node: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in node:
            found: Any = self.document
            for part in node["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            node = found
        return node


@cache
def openapi() -> OpenApi:
    """The REST description."""
    return OpenApi(json.loads(fetch("@octokit/openapi@23.0.2").read_text("utf-8")))


@cache
def graphql_schema() -> Any:
    """The GraphQL schema, ready to execute queries."""
    import graphql

    text = fetch("@octokit/graphql-schema@15.26.1").read_text("utf-8")
    return graphql.build_schema(text, assume_valid=True, no_location=True)


if __name__ == "__main__":
    for name in PACKAGES:
        print(fetch(name))
