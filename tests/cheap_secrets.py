"""Passwords and keys whose hashing costs next to nothing: nearly every test signs in or opens a registry.

By design each takes a tenth of a second of two cores, which was half the time of tests that sign in. What the real
costs are is tested with ``real_costs``; processes of their own have them anyway.
"""

# ruff: noqa: SLF001 - no office may choose these costs, so nothing public sets them
from __future__ import annotations

from argon2 import PasswordHasher
from attrs import frozen

from bangfu_office.registry import field_encryption, passwords


@frozen
class Costs:
    """How passwords are hashed, what stands for nobody's hash, and what it costs to lock keys."""

    hasher: PasswordHasher
    nobody: str
    keys: dict[str, int]

    def use(self) -> None:
        """Have everything in this process hashed so."""
        passwords._hasher, passwords._NOBODY, field_encryption._COST = self.hasher, self.nobody, self.keys


REAL = Costs(passwords._hasher, passwords._NOBODY, field_encryption._COST)
_quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
CHEAP = Costs(_quick, _quick.hash("nobody has this password"), {"time_cost": 1, "memory_cost": 8, "parallelism": 1})
