"""Checking packs (政策包的检查): as they will be used, in their places, on every day on which they change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from bangfu.errors import PackError, PluginError, Problem, RuleError
from bangfu.messages import _
from bangfu.policy import USER, turning_days
from bangfu.rulebook import Rulebook


def check_packs(files: Sequence[str | Path], today: date) -> Rulebook:
    """Return the rulebook with some packs added, in which their rules work.

    Raises:
        PackError: with everything that is wrong in them.
    """
    rulebook = Rulebook.load(files)
    check_added(rulebook, today)
    return rulebook


def check_added(rulebook: Rulebook, today: date) -> Sequence[PluginError]:
    """Put the rules of all places together for which packs were added; return the plugins that are left out there.

    Raises:
        PackError: the rules of an added pack do not fit together; with everything that does not.
    """
    added = [pack for pack in rulebook.packs if pack.owner == USER]
    wrong: dict[str, dict[Problem, None]] = {}
    left_out: dict[str, PluginError] = {}
    for region in dict.fromkeys(pack.region for pack in added):
        for day in turning_days(added, today):
            try:
                left_out |= {str(error): error for error in rulebook.rules(region, day).left_out}
            except PackError as error:
                _note(error, wrong)
            except RuleError as error:
                wrong.setdefault(f"{region} {day}", {})[Problem("rules", error.text, _("相互配合的规则"))] = None
    if wrong:
        raise PackError.of({file: list(problems) for file, problems in wrong.items()})
    return tuple(left_out.values())


def _note(error: PackError, wrong: dict[str, dict[Problem, None]]) -> None:
    for file, problems in error.by_file.items():
        wrong.setdefault(file, {}).update(dict.fromkeys(problems))
