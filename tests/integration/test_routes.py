"""Every route for every role, inside and outside the user's region, in one table; a route that is not in it fails.

Letters: village **a**ssistant, township **c**aseworker, county **r**eviewer, department **o**fficer, a**u**ditor,
a**d**ministrator; ``*`` is everybody, signed in or not. Who is not named is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from bangfu_office.registry.users import Role
from web_desk import FAMILY, Visitor, declared

pytest_plugins = ["web_desk"]

TABLE = """
GET    /                                                          *
GET    /login                                                     *
POST   /login                                                     *
GET    /login/code                                                *
POST   /login/code                                                *
POST   /language                                                  *
GET    /static/{file_path}                                        *
HEAD   /static/{file_path}                                        *
POST   /logout                                                    acroud
GET    /still                                                     acroud
GET    /account                                                   acroud
GET    /account/password                                          acroud
POST   /account/password                                          acroud
POST   /account/sessions/end                                      acroud
GET    /account/factor                                            acroud
POST   /account/factor                                            acroud
POST   /account/factor/codes                                      acroud
POST   /account/factor/remove                                     acroud
GET    /account/tokens                                            acroud
POST   /account/tokens                                            acroud
POST   /account/tokens/{key}/revoke                               acroud
GET    /policy                                                    acroud
GET    /policy/compare                                            acroud
GET    /households                                                acrou
POST   /households/find                                           acrou
GET    /households/new                                            acr
POST   /households/new                                            acr
GET    /households/{number}                                       acrou
POST   /households/{number}/reveal                                acru
GET    /households/{number}/edit                                  acr
POST   /households/{number}/edit                                  acr
GET    /households/{number}/events                                acr
POST   /households/{number}/events                                acr
GET    /households/{number}/plan                                  acrou
POST   /households/{number}/answers                               acr
POST   /households/{number}/assess                                cr
GET    /households/{number}/what-if                               acrou
POST   /households/{number}/what-if                               acrou
GET    /households/{number}/facts/{member}/{fact}                 acrou
GET    /households/{number}/history                               acru
GET    /households/{number}/assessments                           acru
GET    /households/{number}/assessments/{key}                     acru
POST   /households/{number}/assessments/{key}/replay              acru
GET    /households/{number}/assessments/{first}/{second}          acru
GET    /households/{number}/print/{kind}                          acrou
GET    /households/{number}/print/{kind}/pdf                      acrou
POST   /drafts/{household}                                        acr
POST   /drafts/{household}/drop                                   acr
GET    /sheets                                                    cr
GET    /sheets/template.xlsx                                      cr
POST   /sheets/import                                             cr
POST   /sheets/export                                             cr
GET    /sheets/rejects/{name}                                     cr
GET    /journal                                                   u
POST   /journal/find                                              u
POST   /journal/verify                                            u
GET    /users                                                     d
POST   /users                                                     d
POST   /users/change                                              d
POST   /users/password                                            d
POST   /users/factor                                              d
POST   /users/disable                                             d
GET    /api/openapi.json                                          acroud
GET    /api/facts                                                 acroud
GET    /api/programmes                                            acroud
GET    /api/policy                                                acroud
POST   /api/plan                                                  acroud
POST   /api/check                                                 acroud
GET    /api/households                                            acrou
POST   /api/households                                            acr
POST   /api/households/search                                     acrou
GET    /api/households/{number}                                   acrou
PATCH  /api/households/{number}                                   acr
POST   /api/households/{number}/reveal                            acru
GET    /api/households/{number}/plan                              acrou
GET    /api/households/{number}/history                           acru
GET    /api/households/{number}/assessments                       acru
POST   /api/households/{number}/assessments                       cr
GET    /api/households/{number}/assessments/{key}                 acru
POST   /api/households/{number}/members                           acr
POST   /api/households/{number}/leave                             acr
POST   /api/households/{number}/move                              acr
POST   /api/households/{number}/split                             acr
POST   /api/households/{number}/merge                             acr
POST   /api/households/{number}/born                              acr
POST   /api/households/{number}/died                              acr
POST   /api/households/{number}/new-head                          acr
POST   /api/households/{number}/close                             acr
POST   /api/households/{number}/rechecks                          acr
POST   /api/households/{number}/rechecks/done                     acr
"""
ROUTES = [tuple(line.split()) for line in TABLE.strip().splitlines()]
LETTERS = {"a": Role.ASSISTANT, "c": Role.CASEWORKER, "r": Role.REVIEWER, "o": Role.OFFICER, "u": Role.AUDITOR,
           "d": Role.ADMINISTRATOR}  # fmt: skip
FILLED = {"{file_path}": "style.css", "{number}": FAMILY, "{household}": FAMILY, "{member}": "0", "{fact}": "region",
          "{key}": "1", "{first}": "1", "{second}": "1", "{kind}": "plan"}  # fmt: skip
ELSEWHERE = "620102"


def address(path: str) -> str:
    """Return a path with a household and other things that are there."""
    for name, value in FILLED.items():
        path = path.replace(name, value)
    return path


def status(visitor: Visitor, method: str, path: str) -> int:
    """Return what a request for a route is answered with; changes carry the tokens and nothing else."""
    headers = {"x-csrf-token": visitor.csrf}
    sent: dict[str, Any] = {}
    if method in ("POST", "PATCH"):
        sent = {"json": {}} if path.startswith("/api/") else {"data": {"_once": "1"}}
    answer = visitor.client.request(method, address(path), headers=headers, **sent, follow_redirects=False)
    begins = path == "/login/code" or (visitor.csrf and path == "/logout")
    return 401 if answer.headers.get("location") == "/login" and not begins else answer.status_code


def test_every_route_is_in_the_table(desk_app: Litestar) -> None:
    """A new route needs a line that says who may use it, and every route says so itself."""
    assert sorted(declared(desk_app)) == sorted((method, path) for method, path, _ in ROUTES)
    handlers = [h for route in desk_app.routes for h in getattr(route, "route_handlers", ())]
    bare = [h.paths for h in handlers if "may" not in h.opt and h.http_methods != {"OPTIONS"}]
    assert bare == []


@pytest.mark.parametrize("letter", LETTERS)
def test_who_may(letter: str, client_as: Callable[..., Visitor]) -> None:
    """Inside the region: whoever is named is not refused, everybody else is."""
    visitor = client_as(LETTERS[letter])
    wrong = []
    for method, path, named in sorted(ROUTES, key=lambda route: route[1] == "/logout"):
        found = status(visitor, method, path)
        allowed = letter in named or named == "*"
        if found >= 500 or ((found in (401, 403)) is allowed and not (path == "/login" and found == 403)):
            wrong.append((method, path, found))
    assert wrong == []


@pytest.mark.parametrize("letter", [letter for letter in LETTERS if letter != "d"])
def test_another_region_is_not_there(letter: str, client_as: Callable[..., Visitor]) -> None:
    """Outside it, a household is not found, whatever one may do at home; what changes it changes nothing."""
    visitor = client_as(LETTERS[letter], ELSEWHERE)
    wrong = []
    for method, path, named in ROUTES:
        if "{number}" in path or "{household}" in path:
            found = status(visitor, method, path)
            incomplete = path.startswith("/api/") and found in (400, 422)
            if found != (404 if letter in named else 403) and not incomplete and not (letter == "o" and found == 404):
                wrong.append((method, path, found))
    assert wrong == []


def test_strangers_are_sent_to_the_login(desk_app: Litestar) -> None:
    """Nobody signed in: pages lead to the login, the API answers 401."""
    with TestClient(desk_app) as client:
        stranger = Visitor(client, "")
        wrong = [
            (method, path, found)
            for method, path, named in ROUTES
            if (found := status(stranger, method, path)) != 401 and named != "*"
        ]
    assert wrong == []
