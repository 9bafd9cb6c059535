"""The API against its own description: whatever is sent, no answer is a failure of ours or other than described."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from litestar import Litestar
from litestar.testing import TestClient
from schemathesis import GenerationMode
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.schemas import BaseSchema

from bangfu import Rulebook, clock
from bangfu.facts import CORE_FACTS
from bangfu_office.accounts import tokens
from bangfu_office.registry.users import Role
from bangfu_web.api import operations
from bangfu_web.api.openapi import description
from property_profiles import TIMES
from web_desk import FAMILY, HOUSEHOLDS, SINGLE

pytest_plugins = ["web_desk"]

AS_DESCRIBED = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
BOUNDED = settings(
    max_examples=14 * TIMES, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
FUZZED = settings(BOUNDED, max_examples=100 * TIMES, phases=[Phase.explicit, Phase.generate])
OPERATIONS = sorted(operation.handler_name.rsplit(".", maxsplit=1)[-1] for operation in operations())
KNOWN = {"version": 1, "member": 2, "to": SINGLE, "into": SINGLE}
"""What the registry of the tests holds; random values would hardly ever find it."""

Machine = TestClient[Litestar]


@pytest.fixture
def bearer(desk_app: Litestar) -> dict[str, str]:
    """Return what a machine of the caseworker sends with every request."""
    word = tokens.issue(
        desk_app.state["desk"].office, Role.CASEWORKER.value, "schema", str(clock.today() + timedelta(days=1))
    )
    return {"authorization": f"Bearer {word}"}


@pytest.fixture
def machine(desk_app: Litestar, bearer: Mapping[str, str]) -> Iterator[Machine]:
    """Yield a client with a token."""
    with TestClient(desk_app) as client:
        client.headers.update(bearer)
        yield client


@pytest.fixture
def described(desk_app: Litestar, bearer: Mapping[str, str]) -> BaseSchema:
    """Return the description as the API gives it; most requests are turned to what the registry holds."""
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", desk_app, headers=bearer)

    @schema.hook("map_path_parameters")
    def known_household(_: Any, parameters: dict[str, Any] | None) -> dict[str, Any] | None:
        if parameters and "number" in parameters:
            parameters["number"] = (FAMILY, SINGLE, FAMILY, parameters["number"])[len(parameters["number"]) % 4]
        return parameters

    @schema.hook("map_body")
    def known_values(_: Any, body: Any) -> Any:
        if isinstance(body, dict):
            body.update({name: value for name, value in KNOWN.items() if isinstance(body.get(name), type(value))})
        return body

    return schema


@pytest.mark.parametrize("name", OPERATIONS)
def test_answers_are_as_described(name: str, described: BaseSchema, bearer: Mapping[str, str]) -> None:
    """Fitting and unfitting requests alike: statuses, content types, bodies."""
    operation = described.find_operation_by_id(name)
    fitting, other = (operation.as_strategy(generation_mode=mode) for mode in GenerationMode)

    @BOUNDED
    @given(case=fitting | other)
    def answered(case: schemathesis.Case) -> None:
        case.call_and_validate(headers=bearer, checks=AS_DESCRIBED)

    answered()


def test_every_operation_is_described_once_with_what_it_takes_and_gives(web_rulebook: Rulebook) -> None:
    """And every reference leads somewhere."""
    made = description(web_rulebook.catalog)
    found = [operation for path in made["paths"].values() for operation in path.values()]
    assert sorted(operation["operationId"] for operation in found) == OPERATIONS
    assert len(set(OPERATIONS)) == len(OPERATIONS)
    for operation in found:
        assert operation["summary"].endswith(".")
        assert {"401", "403", "429"} <= operation["responses"].keys()
    assert not missing_schemas(made)


def missing_schemas(made: Mapping[str, Any]) -> set[str]:
    """Return the references that lead nowhere."""
    text = json.dumps(made)
    used = {part.split('"', maxsplit=1)[0] for part in text.split('"#/components/schemas/')[1:]}
    return used - made["components"]["schemas"].keys()


def test_declared_facts_make_the_household_of_the_description(web_rulebook: Rulebook) -> None:
    """Those of plugins too."""
    schemas = description(web_rulebook.catalog)["components"]["schemas"]
    facts = {fact.name for fact in web_rulebook.catalog.facts}
    assert schemas["Household"]["properties"].keys() | schemas["Member"]["properties"].keys() == facts | {
        "on",
        "members",
    }


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
ANY_JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4), max_leaves=12
)
NAMES = st.sampled_from([*(fact.name for fact in CORE_FACTS.facts), "on", "members"])
LIKE_A_HOUSEHOLD = st.dictionaries(NAMES, ANY_JSON, max_size=6)
ALMOST_ONE = st.builds(
    lambda whole, other, person: {**whole, **other, "members": [{**one, **person} for one in whole["members"]]},
    st.sampled_from(list(HOUSEHOLDS.values())),
    LIKE_A_HOUSEHOLD.map(lambda facts: {name: v for name, v in facts.items() if name != "members"}),
    LIKE_A_HOUSEHOLD,
)


@pytest.mark.parametrize("path", ["/api/plan", "/api/check"])
def test_no_json_makes_the_stateless_api_fail(machine: Machine, path: str) -> None:
    """Neither arbitrary values, nor almost a household."""

    @FUZZED
    @given(body=ANY_JSON | LIKE_A_HOUSEHOLD | ALMOST_ONE)
    @example(body={"region": "\ud800", "members": [{"name": "\x00", "relation": "head"}]})
    @example(body={"region": 10**400, "financial_assets": 1e308, "members": [{}] * 200})
    def answered(body: Any) -> None:
        answer = machine.post(path, content=json.dumps(body), headers={"content-type": "application/json"})
        assert answer.status_code in {200, 400, 422}, answer.text
        assert answer.json() is not None

    answered()


@pytest.mark.parametrize(
    "path", ["/api/plan", "/api/check", "/api/households/search", f"/api/households/{FAMILY}/move"]
)
def test_no_bytes_make_the_api_fail(machine: Machine, path: str) -> None:
    """Of whatever kind they are said to be."""
    kinds = st.sampled_from(
        [
            "application/json",
            "application/json; charset=gbk",
            "application/x-www-form-urlencoded",
            "multipart/form-data",
        ]
    )

    @settings(FUZZED, max_examples=40)
    @given(content=st.binary(max_size=200) | st.text().map(str.encode), kind=kinds | st.text("abc/;= ", max_size=9))
    @example(content=b"", kind="application/json")
    @example(content=b"[" * 100_000, kind="application/json")
    @example(content=b'{"a":' * 100_000, kind="application/json")
    @example(content=b'{"region":NaN,"a":1e999999999,"b":-Infinity}', kind="application/json")
    @example(content=b'{"a":' + b"9" * 100_000 + b"}", kind="application/json")
    @example(content=b'{"a":1,"a":2}', kind="application/json")
    def answered(content: bytes, kind: str) -> None:
        answer = machine.post(path, content=content, headers={"content-type": kind})
        assert answer.status_code in {200, 400, 415, 422}, answer.text
        assert answer.status_code == 200 or answer.json()["error"]

    answered()
