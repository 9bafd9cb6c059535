"""How every route of a desk over the named households is asked; one that nobody knows how to ask is an error."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

import httpx
from litestar import Litestar

from named_households import CLOSED, DAY, HEAD, OPEN, Named
from web_desk import FAMILY, GUIDING, Visitor, declared

Body = Mapping[str, Any]
NEW = {"region": GUIDING, "residence": "rural", "members": [{"relation": "head", "sex": "male", "incomes": []}]}
ASKS = {("POST", "/households/{number}/reveal"), ("POST", "/api/households/{number}/reveal")}
"""The two that show everything, because somebody asks for it."""
LAST = ("/drafts/{household}", "/drafts/{household}/drop", "/account/sessions/end", "/logout")
"""What takes away what others show."""


def bodies(head: int) -> dict[tuple[str, str], list[Body]]:
    """Return what to send to each route that takes something; a new one has to be added here."""
    one = str(head)
    nothing: list[Body] = [{}]
    version = {"version": 0}
    return {
        ("POST", "/login"): nothing,
        ("POST", "/logout"): nothing,
        ("POST", "/language"): [{"language": "en", "back": f"/households/{OPEN}"}],
        ("POST", "/account/password"): nothing,
        ("POST", "/account/sessions/end"): nothing,
        ("POST", "/account/factor"): nothing,
        ("POST", "/account/factor/codes"): nothing,
        ("POST", "/account/factor/remove"): nothing,
        ("POST", "/login/code"): nothing,
        ("POST", "/users/factor"): [{"name": "officer"}],
        ("POST", "/account/tokens"): nothing,
        ("POST", "/account/tokens/{key}/revoke"): nothing,
        ("POST", "/households/find"): [{}, {"text": OPEN}, {"closed": "1", "region": GUIDING[:6]}],
        ("POST", "/households/new"): [{}, {"redraw": "add"}],
        ("POST", "/households/{number}/edit"): [
            {"redraw": "more", "m0.person": one, "m0.name": f"{HEAD[0]}**", "m0.relation": "head"},
            {"version": "0", "h.region": GUIDING, "m0.person": one, "m0.relation": "head", "m0.leaves": ""},
            {"version": "0", "h.region": GUIDING, "h.residence": "urban", "m0.person": one, "m0.relation": "head"},
        ],
        ("POST", "/households/{number}/events"): [
            {"event": "died", "version": "0", "died.person": one},
            {"event": "rechecked"},
            {"event": "close", "close.sure": "yes"},
            {"event": "move", "move.person": one, "move.to": FAMILY},
        ],
        ("POST", "/households/{number}/answers"): [{"fact": "registered_poor", "person": "", "value": ""}],
        ("POST", "/households/{number}/assess"): [{"on": "never"}],
        ("POST", "/households/{number}/what-if"): [
            {},
            {"redraw": "add", "new.fact": "employment", "new.who": one},
            {"c0.fact": "incomes", "c0.who": one, "c0.incomes.said": "none"},
        ],
        ("POST", "/households/{number}/assessments/{key}/replay"): nothing,
        ("POST", "/drafts/{household}"): nothing,
        ("POST", "/drafts/{household}/drop"): nothing,
        ("POST", "/sheets/import"): nothing,
        ("POST", "/sheets/export"): [{"kind": "roster"}, {"kind": "roster", "region": GUIDING[:6]}],
        ("POST", "/journal/find"): [{}, {"household": OPEN}, {"household": CLOSED}, {"operation": "closed"}],
        ("POST", "/journal/verify"): nothing,
        ("POST", "/users"): nothing,
        ("POST", "/users/change"): nothing,
        ("POST", "/users/password"): nothing,
        ("POST", "/users/disable"): nothing,
        ("POST", "/api/plan"): [NEW],
        ("POST", "/api/check"): [NEW],
        ("POST", "/api/households"): nothing,
        ("POST", "/api/households/search"): [{"text": OPEN}, {"text": CLOSED, "closed": True}],
        ("PATCH", "/api/households/{number}"): [{"changes": [{"fact": "residence", "value": "urban"}], **version}],
        ("POST", "/api/households/{number}/assessments"): [{}, version],
        ("POST", "/api/households/{number}/members"): [{}, {"facts": {}, **version}],
        ("POST", "/api/households/{number}/leave"): [{"member": head, **version}],
        ("POST", "/api/households/{number}/move"): [{"member": head, "to": FAMILY, "relation": "other", **version}],
        ("POST", "/api/households/{number}/split"): [{"relations": [{"member": head, "relation": "head"}], **version}],
        ("POST", "/api/households/{number}/merge"): [{"into": FAMILY, "relations": [], **version}],
        ("POST", "/api/households/{number}/born"): [{"facts": {}, **version}],
        ("POST", "/api/households/{number}/died"): [{"member": head, **version}],
        ("POST", "/api/households/{number}/new-head"): [{"member": head, **version}],
        ("POST", "/api/households/{number}/close"): [{"reason": "迁出", **version}],
        ("POST", "/api/households/{number}/rechecks"): [{"due": DAY, "reason": "复核", **version}],
        ("POST", "/api/households/{number}/rechecks/done"): [{"due": DAY, "reason": "复核", **version}],
    }


def places(named: Named) -> dict[str, list[str]]:
    """Return what stands in the places of a path."""
    people = [p.id for n in (OPEN, CLOSED) for r in [named.registry.household(n)] for p in (*r.members, *r.former)]
    kept = [str(key) for key in named.assessments]
    return {
        "{file_path}": ["style.css"],
        "{number}": [OPEN, CLOSED],
        "{household}": [OPEN],
        "{member}": ["0", *map(str, people)],
        "{fact}": ["name", "id_number", "incomes", "region"],
        "{kind}": ["plan", "determination", "refusal"],
        "{key}": kept,
        "{name}": ["0" * 32],
        "{first}": kept[:1],
        "{second}": kept[1:],
    }


def asked(app: Litestar, named: Named) -> Iterator[tuple[str, str, Body | None]]:
    """Yield every request: method, address and what is sent. A route that nobody knows how to ask is an error."""
    sent, filled = bodies(named.head), places(named)
    for method, path in sorted(set(declared(app)) - ASKS, key=lambda route: (route[1] in LAST, route[1])):
        gaps = re.findall(r"\{\w+\}", path)
        for values in product(*(filled[gap] for gap in gaps)):
            address = path
            for gap, value in zip(gaps, values, strict=True):
                address = address.replace(gap, value)
            if path.endswith("/pdf") and values != (OPEN, "plan"):
                continue  # each takes a second, and is made from the page that is looked at anyway
            for body in [None] if method in ("GET", "HEAD") else sent[method, path]:
                yield method, address, body


def answered(visitor: Visitor, method: str, address: str, body: Body | None) -> httpx.Response:
    """Return the answer to a request of a browser in which somebody is signed in."""
    how = {} if body is None else {"json" if address.startswith("/api/") else "data": body}
    headers = {"x-csrf-token": visitor.csrf}
    return visitor.client.request(method, address, headers=headers, follow_redirects=False, **how)  # type: ignore[arg-type]
