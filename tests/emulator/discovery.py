# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

"""Validates requests and responses against Google's discovery document of the Play EMM API.

The document is the one that ``google-api-python-client`` installs.
"""

from __future__ import annotations

import importlib.resources
import json
import re
from collections.abc import Mapping
from typing import Any, cast

import jsonschema
import jsonschema.protocols
from google.protobuf.duration_pb2 import Duration

from tests.emulator.errors import GoogleError

_formats = jsonschema.FormatChecker(formats=())


@_formats.checks("google-duration", raises=Exception)
def _is_duration(value: object) -> bool:
    """Whether Google's own JSON parser accepts a string as a duration."""
    if isinstance(value, str):
        Duration().FromJsonString(value)
    return True


class Method:
    """One method of the API."""

    def __init__(self, description: Mapping[str, Any], document: Mapping[str, Any]) -> None:
        self.http_method: str = description["httpMethod"]
        path = f"/{document['servicePath']}{description['path']}"
        self.route = re.sub(r"\{(\w+)\}", r"{\1:[^/]+}", path)  # in aiohttp's syntax; an ID may contain braces
        self._own_parameters: Mapping[str, Any] = description.get("parameters", {})
        self._common_parameters: Mapping[str, Any] = document["parameters"]
        self._request_schema: str | None = description.get("request", {}).get("$ref")
        definitions = {name: _to_json_schema(schema) for name, schema in document["schemas"].items()}
        self._request = _validator(definitions, self._request_schema)
        self._response = _validator(definitions, description["response"]["$ref"])

    def check_query(self, query: Mapping[str, str]) -> None:
        """Reject unknown and missing query parameters."""
        known = {name for name, parameter in self._own_parameters.items() if parameter["location"] == "query"}
        for name in query:
            if name not in known and name not in self._common_parameters:
                raise GoogleError(
                    400,
                    f'Invalid JSON payload received. Unknown name "{name}": Cannot bind query parameter. '
                    f"Field '{name}' could not be found in request message.",
                )
        for name in known:
            if self._own_parameters[name].get("required") and not query.get(name):
                raise GoogleError(400, f"Required parameter: {name}", reason="required")

    def parse_body(self, body: bytes) -> dict[str, Any] | None:
        """Decode and validate a request body. Return ``None`` for a method without one."""
        if self._request is None or self._request_schema is None:
            if body:
                raise GoogleError(400, "Invalid JSON payload received. This method does not take a request body.")
            return None
        try:
            content = json.loads(body or b"{}")
        except ValueError as error:
            raise GoogleError(400, f"Invalid JSON payload received. {error}") from error
        root = re.sub(r"(?<!^)(?=[A-Z])", "_", self._request_schema).lower()
        violation = min(self._request.iter_errors(content), key=lambda error: list(map(str, error.path)), default=None)
        if violation is not None:
            raise _as_google_error(violation, root)
        return dict(content)

    def check_response(self, resource: Mapping[str, Any]) -> None:
        """Raise ``jsonschema.ValidationError`` for a response that Google would not send. ``kind`` is optional."""
        if self._response is not None:
            self._response.validate({name: value for name, value in resource.items() if name != "kind"})


def load_methods() -> dict[str, Method]:
    """All methods by their ID without the API's name, such as ``enrollmentTokens.create``."""
    documents = importlib.resources.files("googleapiclient") / "discovery_cache" / "documents"
    document = json.loads((documents / "androidenterprise.v1.json").read_text(encoding="utf-8"))
    return {
        f"{resource}.{name}": Method(description, document)
        for resource, content in document["resources"].items()
        for name, description in content["methods"].items()
        if "$ref" in description.get("response", {})
    }


def _to_json_schema(schema: Any) -> Any:
    """Convert a discovery schema to a JSON schema, with its reference syntax and without additional properties."""
    if isinstance(schema, list):
        return [_to_json_schema(item) for item in schema]
    if not isinstance(schema, Mapping):
        return schema
    if isinstance(schema.get("$ref"), str):
        return {"$ref": f"#/$defs/{schema['$ref']}"}
    converted: dict[str, Any] = {}
    for name, value in schema.items():
        if name == "properties":
            converted[name] = {key: _to_json_schema(item) for key, item in value.items()}
        elif name in ("type", "enum", "format", "items"):
            converted[name] = _to_json_schema(value)
    if converted.get("type") == "object":
        converted["additionalProperties"] = False
    return converted


def _validator(definitions: Mapping[str, Any], name: str | None) -> jsonschema.protocols.Validator | None:
    if name is None:
        return None
    schema = {"$ref": f"#/$defs/{name}", "$defs": definitions}
    return jsonschema.Draft202012Validator(schema, format_checker=_formats)


def _as_google_error(violation: jsonschema.ValidationError, root: str) -> GoogleError:
    """The error that Google's JSON parser reports for a violation."""
    path = [re.sub(r"(?<!^)(?=[A-Z])", "_", str(part)).lower() for part in violation.path]
    field = ".".join([root, *path])
    shown = json.dumps(violation.instance)
    schema = violation.schema if isinstance(violation.schema, Mapping) else {}
    if violation.validator == "additionalProperties":
        unknown = min(name for name in cast("dict[str, Any]", violation.instance) if name not in schema["properties"])
        text = f"Invalid JSON payload received. Unknown name \"{unknown}\" at '{field}': Cannot find field."
    elif violation.validator == "format":
        text = (
            f"Invalid value at '{field}' (type.googleapis.com/google.protobuf.Duration), "
            f"Field '{path[-1]}', Illegal duration format; duration must end with 's'"
        )
    elif violation.validator == "enum":
        text = f"Invalid value at '{field}' (TYPE_ENUM), {shown}"
    elif isinstance(violation.instance, Mapping):
        text = f"Invalid value at '{field}' (Object), Starting an object on a scalar field"
    else:
        text = f"Invalid value at '{field}' (TYPE_{str(schema.get('type')).upper()}), {shown}"
    return GoogleError(400, text, field=field)
