"""The two entities: a household and the persons in it."""

from openfisca_core.entities import build_entity

Person = build_entity(key="person", plural="persons", label="成员", is_person=True)
Household = build_entity(
    key="household",
    plural="households",
    label="户",
    roles=[{"key": "member", "plural": "members", "label": "成员"}],
)
