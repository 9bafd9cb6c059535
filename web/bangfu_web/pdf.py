"""PDFs, made in a process of their own: one takes seconds of the processor, and a hundred megabytes for a moment."""

from __future__ import annotations

from bangfu.errors import BangfuError
from bangfu.messages import _
from bangfu_office.child_process import Apart, ApartError, Limits
from bangfu_web.work_queues import PDFS

_typeset = Apart("bangfu_web.typesetting:typeset", calls=50)
_LIMITS = Limits(60, 1_000)


class NoPdfError(BangfuError):
    """A sheet that could not be made into a PDF."""

    def __init__(self, why: str) -> None:
        super().__init__(_("没能排成 PDF（{why}）；请在浏览器中打开这一页，用“打印”打印或另存", why=why))


async def pdf_of(html: str) -> bytes:
    """Return a printed page as PDF.

    Raises:
        NoPdfError: it takes too long or too much memory, or Pango, which lays texts out, is not installed.
    """
    try:
        made: bytes = await PDFS.run(_typeset, _LIMITS, html)
    except ApartError as error:
        raise NoPdfError(error.text) from None
    except OSError:  # of the library that is loaded there
        raise NoPdfError(_("没有安装 Pango")) from None
    return made
