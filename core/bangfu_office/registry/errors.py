"""What can go wrong with a registry."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from bangfu import clock
from bangfu.errors import BangfuError
from bangfu.messages import _, joined

if TYPE_CHECKING:
    from bangfu_office.registry.journal import Entry


class RegistryError(BangfuError):
    """The registry cannot do what was asked; this step has written nothing."""


class DatabaseUnusableError(RegistryError):
    """The database is gone, locked, read-only, damaged or no registry; says which and what helps.

    ``unknown`` says that it failed at the commit in such a way that this step may have been written all the same.
    """

    def __init__(self, reason: str, *, unknown: bool = False) -> None:
        self.unknown = unknown
        super().__init__(reason)


class DatabaseFullError(DatabaseUnusableError):
    """The database has no room for more; what it holds can still be read."""


class UnknownHouseholdError(RegistryError):
    """No household has this number."""

    def __init__(self, number: str) -> None:
        self.number = number
        super().__init__(_("没有编号为 {number} 的家庭；请核对编号，或用 bangfu household list 查看", number=number))


class ClosedHouseholdError(RegistryError):
    """The household was closed (merged or dissolved) and takes no more changes."""

    def __init__(self, number: str) -> None:
        self.number = number
        super().__init__(_("家庭 {number} 已注销，不能再修改；注销的原因见这一户的页面", number=number))


class NumberTakenError(RegistryError):
    """A household cannot have this number; whether it is another's, and where, is nobody's business who lives there."""

    def __init__(self, number: str) -> None:
        self.number = number
        super().__init__(_("编号 {number} 不能用；请换一个编号，或留空由登记库编号", number=number))


class AlreadyRegisteredError(RegistryError):
    """People who were to be registered are registered already, in ``households`` (numbers)."""

    def __init__(self, households: Sequence[str]) -> None:
        self.households = tuple(households)
        super().__init__(
            _("公民身份号码已登记在 {list}；请在那一户办理，确要另外登记的请说明", list=joined("、", households))
        )


class ConflictError(RegistryError):
    """Somebody else changed the household since it was read.

    ``theirs`` holds the journal entries of those changes. Nothing of the refused change is lost: it
    can be made again on ``version`` once it was compared with them.
    """

    def __init__(self, number: str, version: int, theirs: Sequence[Entry]) -> None:
        self.number, self.version, self.theirs = number, version, tuple(theirs)
        who = joined("、", dict.fromkeys(entry.who for entry in theirs)) or _("其他人")
        facts = joined("、", dict.fromkeys(entry.fact or entry.operation for entry in theirs))
        super().__init__(
            _("家庭 {number} 在您打开后已由 {who} 修改（{facts}）；请对照后再保存", number=number, who=who, facts=facts)
        )


SOUND = _("及此前无误")
"""How a trouble begins that is not the journal's own."""


class KeyChangedError(RegistryError):
    """The registry's key was changed since it was opened here."""

    def __init__(self) -> None:
        super().__init__(_("登记库的密钥已更换，这里还是旧的，什么也没有写入；请换上新的 BANGFU_KEY 后重新启动"))


class ClockError(RegistryError):
    """The machine's clock (``now``) is far from the moment of the journal's last entry (``last``)."""

    def __init__(self, now: datetime, last: datetime) -> None:
        self.now, self.last = now, last
        here, there = clock.shown(now), clock.shown(last)
        super().__init__(
            _(
                "本机时间是 {here}，登记库最后一次写入是 {there}，相差太远，什么也没有写入；"
                "请先核对本机的日期和时间。本机时间无误的，请管理员用 bangfu journal clock 更正",
                here=here,
                there=there,
            )
        )


class JournalError(RegistryError):
    """The journal is not what it was when it was written; ``seq`` is the first entry that is wrong."""

    def __init__(self, seq: int, what: str) -> None:
        self.seq, self.what = seq, what
        sound = "" if what.startswith(SOUND) else _("；此前的 {seq} 条无误", seq=seq - 1)
        super().__init__(_("日志第 {seq} 条{what}{sound}", seq=seq, what=what, sound=sound))
