"""What a form holds that nobody typed: the version it was drawn at, and which members its parts are about.

A page writes it; where it is not as a page writes it, nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Mapping

from bangfu import InputError
from bangfu.errors import Problem
from bangfu.messages import _
from bangfu_office.forms.read import prefixes, whole_number
from bangfu_office.registry import Record

_NEVERTHELESS = "_nevertheless"
"""The box in a form that says so; no draft keeps it."""


class StaleFormError(InputError):
    """The hidden parts of a form are not as a page writes them: it has to be opened again."""

    def __init__(self, found: str) -> None:
        hint = _("填的内容都还在下面，没有保存；请重新打开这一页，对照后再填")
        super().__init__("form", [Problem("", found, _("从现在这一页打开的表单"), hint)])


def version_in(values: Mapping[str, str]) -> int:
    """Return the version that a form was drawn at.

    Raises:
        StaleFormError: there is none, or it is no number from 1.
    """
    version = whole_number(values.get("version", ""))
    if not version:
        raise StaleFormError(_("表单里没有打开时的版本"))
    return version


def must_be_members(values: Mapping[str, str], record: Record) -> None:
    """Make sure that every part of a household's form is about one of its members, each once, or a new one.

    Raises:
        StaleFormError: it is not; a member nobody can find would be registered once more.
    """
    named = [values.get(f"{prefix}person") for prefix in prefixes(values)]
    numbers = [whole_number(name) for name in named if name]
    if None in named or len(set(numbers)) < len(numbers) or not {p.id for p in record.members}.issuperset(numbers):
        raise StaleFormError(_("表单里的成员与这一户现在的成员对不上"))


def nevertheless(values: Mapping[str, str]) -> bool:
    """Return whether a form says that people are to be registered who are registered already."""
    return values.get(_NEVERTHELESS) == "yes"
