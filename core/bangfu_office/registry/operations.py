"""Operations (操作) as the journal tells of them: how each is called, and what of its entries may be shown to anybody.

Each is declared where it is done; ``bangfu_office.journal_view`` has all of them. Those on households stand here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from attrs import frozen

from bangfu import clock
from bangfu.messages import _

GREW, SHRANK, ELSEWHERE = "家庭人口增加", "家庭人口减少", "并入另一地区的家庭"
_OWN_REASONS = {GREW: _("家庭人口增加"), SHRANK: _("家庭人口减少"), ELSEWHERE: _("并入另一地区的家庭")}


@frozen
class Part:
    """A part of an entry's value that holds nothing personal, what it is called, and how its value is said.

    Without ``say``, it is what somebody wrote or is called, and stays as it is.
    """

    name: str
    label: str
    say: Callable[[str], str] = str


@frozen
class Operation:
    """What some entries of the journal are about; nothing but ``parts`` of their values may be shown."""

    code: str
    label: str
    parts: tuple[Part, ...] = ()


def words(labels: Mapping[str, str]) -> Callable[[str], str]:
    """Return what says codes in words, and other values as they are."""
    return lambda code: labels.get(code, code)


def said_when(moment: str) -> str:
    """Return a moment of the journal as people here read it: the local day and time."""
    return clock.shown(datetime.fromisoformat(moment))


def reason_in_words(reason: str) -> str:
    """Return a reason that is kept with a household: the registry's own, or somebody's own words as they are."""
    return _OWN_REASONS.get(reason, reason)


_REASON = Part("reason", _("事由"), reason_in_words)
_DUE = Part("due", _("到期"))
_STATUS = {"left": _("迁出"), "dead": _("去世"), "moved": _("迁入其他家庭")}
OPERATIONS = (
    Operation("opened", _("建户")),
    Operation("joined", _("增加成员")),
    Operation("left", _("成员离开"), (Part("status", _("去向"), words(_STATUS)), Part("to", _("迁入")))),
    Operation("fact", _("事实")),
    Operation("recheck", _("待复核"), (_DUE, _REASON)),
    Operation("rechecked", _("已复核"), (_DUE, _REASON)),
    Operation("closed", _("销户"), (_REASON,)),
)
