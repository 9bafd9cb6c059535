"""The registry (登记库): households kept between two visits, with every change that was ever made to them."""

from bangfu.registry.assessing import Replay
from bangfu.registry.assessments import Assessment, AssessmentSummary, sums_of
from bangfu.registry.bulk import Population
from bangfu.registry.chain import Head
from bangfu.registry.comparison import Comparison, Difference
from bangfu.registry.corrections import Change, Withdrawal
from bangfu.registry.cover import Cover
from bangfu.registry.errors import (
    AlreadyRegisteredError,
    ClockError,
    ClosedHouseholdError,
    ConflictError,
    DatabaseFullError,
    DatabaseUnusableError,
    JournalError,
    KeyChangedError,
    RegistryError,
    UnknownHouseholdError,
)
from bangfu.registry.journal import Attribution, Entry
from bangfu.registry.listing import ATTENTION_LABELS, Attention, Duplicate, Listed, Page, Query
from bangfu.registry.record import Disagreement, Person, Record
from bangfu.registry.registry import Registry
from bangfu.registry.sources import COUNTING_RULE, SOURCE_LABELS, Source, Statement, counting
from bangfu.registry.work import OWN_RECHECKS, Work

__all__ = [
    "ATTENTION_LABELS",
    "COUNTING_RULE",
    "OWN_RECHECKS",
    "SOURCE_LABELS",
    "AlreadyRegisteredError",
    "Assessment",
    "AssessmentSummary",
    "Attention",
    "Attribution",
    "Change",
    "ClockError",
    "ClosedHouseholdError",
    "Comparison",
    "ConflictError",
    "Cover",
    "DatabaseFullError",
    "DatabaseUnusableError",
    "Difference",
    "Disagreement",
    "Duplicate",
    "Entry",
    "Head",
    "JournalError",
    "KeyChangedError",
    "Listed",
    "Page",
    "Person",
    "Population",
    "Query",
    "Record",
    "Registry",
    "RegistryError",
    "Replay",
    "Source",
    "Statement",
    "UnknownHouseholdError",
    "Withdrawal",
    "Work",
    "counting",
    "sums_of",
]
