"""The policy handbook (政策手册) of a region and a day, made from the declarations alone."""

from bangfu.handbook.build import handbook_of
from bangfu.handbook.model import Handbook

__all__ = ["Handbook", "handbook_of"]
