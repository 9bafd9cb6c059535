"""The description of the API (OpenAPI 3.1), as Litestar makes it of the handlers; households as facts are declared."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from litestar import Litestar
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import Components, Schema, SecurityScheme
from litestar.plugins import OpenAPISchemaPlugin
from litestar.typing import FieldDefinition

from bangfu import Catalog, __version__
from bangfu.files import household_schemas
from bangfu_office.access import Action
from bangfu_web import api
from bangfu_web.api.declare import get
from bangfu_web.api.reading import HouseholdBody, Member
from bangfu_web.desk import SESSION, Req
from bangfu_web.guards import CSRF_HEADER

if TYPE_CHECKING:
    from litestar._openapi.schema_generation import SchemaCreator

_ABOUT = (
    "帮扶的程序接口：与网页相同的权限与地区范围。金额是两位小数的文本；未写明的事实是未知，不是零。"
    "程序用令牌（账户页签发）：Authorization: Bearer …；浏览器会话修改时须带 x-csrf-token。"
)


class _TablesPlugin(OpenAPISchemaPlugin):
    """Gives households and members a place in the description; what they hold depends on the facts."""

    def is_plugin_supported_field(self, field_definition: FieldDefinition) -> bool:
        return field_definition.annotation in {HouseholdBody, Member}

    def to_openapi_schema(self, field_definition: FieldDefinition, schema_creator: SchemaCreator) -> Schema:
        return schema_creator.create_component_schema(field_definition, required=[], property_fields={})


@lru_cache(maxsize=4)
def description(catalog: Catalog, cookie: str = SESSION) -> dict[str, Any]:
    """Return the description, with the facts that are declared now and the name of the session's cookie."""
    session = SecurityScheme(
        type="apiKey", security_scheme_in="cookie", name=cookie, description=f"修改时须带 {CSRF_HEADER}"
    )
    config = OpenAPIConfig(
        title="bangfu 帮扶",
        version=__version__,
        description=_ABOUT,
        security=[{"token": []}, {"session": []}],
        components=Components(
            security_schemes={"token": SecurityScheme(type="http", scheme="bearer"), "session": session}
        ),
        operation_id_creator=lambda handler, *_: handler.handler_name.rsplit(".", maxsplit=1)[-1],
    )
    # An application of its own: the desk's pages are not described, and no page for reading the description is served.
    app = Litestar([api.router()], openapi_config=config, plugins=[_TablesPlugin()], logging_config=None)
    made = app.openapi_schema.to_schema()
    schemas = made["components"]["schemas"]
    schemas |= household_schemas(catalog)
    for schema in schemas.values():  # an object has the keys that are described, and no others
        if "properties" in schema:
            schema["additionalProperties"] = False
    return made


@get("/openapi.json", Action.SIGNED_IN)
def openapi(request: Req) -> dict[str, Any]:
    """Read this description."""
    desk = request.app.state["desk"]
    return description(desk.office.rulebook.catalog, desk.settings.cookie(SESSION))
