"""Machines with tokens, for the tests of the JSON API; beside ``web_desk``, and as that PYTEST_DONT_REWRITE."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from attrs import frozen
from litestar import Litestar

from bangfu import clock
from bangfu_office.accounts import tokens
from bangfu_office.registry import Attribution, Registry
from bangfu_office.registry.users import Role, User, add_user, find_user


@frozen
class Machine:
    """A program with a token (or none), which sends and gets JSON and keeps no cookie."""

    app: Litestar
    word: str = ""

    def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Return the answer to a request."""
        more["headers"] = ({"authorization": f"Bearer {self.word}"} if self.word else {}) | more.get("headers", {})

        async def answered() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://testserver.local") as client:
                return await client.request(method, path, **more)

        return asyncio.run(answered())

    def get(self, path: str, **query: Any) -> httpx.Response:
        """Read something of the API."""
        return self.request("GET", f"/api{path}", params=query)

    def post(self, path: str, body: Any = None, **query: Any) -> httpx.Response:
        """Do something."""
        return self._sent("POST", path, {} if body is None else body, query)

    def patch(self, path: str, body: Any) -> httpx.Response:
        """Change something."""
        return self._sent("PATCH", path, body, {})

    def _sent(self, method: str, path: str, body: Any, query: dict[str, Any]) -> httpx.Response:
        headers = {"content-type": "application/json"}
        return self.request(method, f"/api{path}", content=json.dumps(body), headers=headers, params=query)


MachineAs = Callable[..., Machine]


@pytest.fixture
def machine_as(desk_app: Litestar, web_registry: Registry) -> MachineAs:
    """Return ``machine_as(role, region="", programme=None)``: a machine of a user of its own."""

    def made(role: Role, region: str = "", programme: str | None = None) -> Machine:
        if role is Role.OFFICER:
            programme = programme or "education"
        user = User("-".join(filter(None, ["machine", role.value, region])), role, region, programme)
        with web_registry.database.reading() as connection:
            known = find_user(connection, user.name)
        if known is None:
            with web_registry.work(Attribution("管理员")) as work:
                add_user(work, user, secrets.token_urlsafe())
        last = clock.today() + timedelta(days=30)
        return Machine(desk_app, tokens.issue(desk_app.state["desk"].office, user.name, "测试", str(last)))

    return made
