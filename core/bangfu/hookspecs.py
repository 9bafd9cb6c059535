"""What a plugin can give. Every hook is optional; a plugin is a module with some of them.

A plugin is found by the entry-point group ``bangfu`` and imports only the public names of ``bangfu``.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources.abc import Traversable

import pluggy

from bangfu.facts import Fact
from bangfu.policy import Parameter, Policy
from bangfu.rules import Programme

GROUP = "bangfu"
hookspec = pluggy.HookspecMarker(GROUP)
hookimpl = pluggy.HookimplMarker(GROUP)


@hookspec
def facts() -> Iterable[Fact]:
    """Return facts that the programme needs beyond the core's.

    They appear in household files, forms and templates by being declared.
    """
    return ()


@hookspec
def parameters() -> Iterable[Parameter]:
    """Return the parameters that packs may set for this programme, named ``PROGRAMME.…``."""
    return ()


@hookspec
def packs() -> Iterable[Traversable]:
    """Return the programme's policy packs (TOML files), such as ``files("my_package") / "packs"``.

    A folder stands for all ``*.toml`` files in it.
    """
    return ()


@hookspec
def programmes(policy: Policy) -> Iterable[Programme]:  # noqa: ARG001 - the signature is the contract
    """Return the programme with its benefits under a policy.

    Amounts are yuan for each benefit's period and come from the policy; the ``[[benefit]]`` rows of
    packs are added by the core. Called once for every policy in force, so it must not keep state.
    """
    return ()
