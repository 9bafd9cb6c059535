"""What pages share of a request: its type, short, and the texts of its form."""

from typing import Any, TypeAlias

from litestar import Request
from litestar.datastructures import FormMultiDict

Req: TypeAlias = Request[Any, Any, Any]


def values_of(form: FormMultiDict) -> dict[str, str]:
    """Return the texts of a form by input name, the last where a name occurs twice; files are left out."""
    return {name: value.strip() for name, value in form.multi_items() if isinstance(value, str)}
