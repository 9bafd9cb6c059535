"""What somebody may not do, or not now."""

from __future__ import annotations

from collections.abc import Mapping

from bangfu.errors import BangfuError
from bangfu.messages import _, joined


class NotPermittedError(BangfuError):
    """The actor's role may not do this."""

    def __init__(self) -> None:
        super().__init__(_("您的角色不能办理这一项"))


class NotReadyError(NotPermittedError):
    """The actor has to do something of the own account first; ``owed`` says what (``OfficeSettings.owed``)."""

    def __init__(self, owed: str) -> None:
        self.owed = owed
        super().__init__()


class NotThereError(BangfuError):
    """There is no such thing in the actor's region; whether there is one elsewhere is not said."""

    def __init__(self, text: str = _("没有这一户，或不在您所管的地区")) -> None:
        super().__init__(text)


class FormError(BangfuError):
    """What somebody filled in cannot be taken; ``fields`` says why, by the field's name, "" for the whole.

    ``wait`` is for how many seconds no further try is looked at.
    """

    def __init__(self, fields: Mapping[str, str], wait: int = 0) -> None:
        self.fields, self.wait = dict(fields), wait
        super().__init__(joined("；", self.fields.values()))
