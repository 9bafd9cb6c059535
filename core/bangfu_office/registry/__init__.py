"""The registry (登记库): households kept between two visits, with every change that was ever made to them."""

from bangfu_office.registry.assessing import AssessmentComparison, Replay, assess
from bangfu_office.registry.assessments import Assessment, AssessmentSummary, due_amount, sums_of
from bangfu_office.registry.chain import Head
from bangfu_office.registry.corrections import FactChange, Withdrawal
from bangfu_office.registry.database import Commits, counting_commits
from bangfu_office.registry.disclosure import Disclosure
from bangfu_office.registry.duplicates import Duplicate
from bangfu_office.registry.errors import (
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
    explained,
)
from bangfu_office.registry.journal import Attribution, Entry, Operation, reason_in_words, said_when
from bangfu_office.registry.listing import ATTENTION_LABELS, Attention, Listed, Page, Query
from bangfu_office.registry.passwords import SHORTEST_PASSWORD
from bangfu_office.registry.record import Disagreement, Record
from bangfu_office.registry.registry import Registry
from bangfu_office.registry.sources import COUNTING_RULE, SOURCE_LABELS, Source, Statement, counting
from bangfu_office.registry.users import FIRST_PASSWORD, ROLE_LABELS, Role, User, add_user, all_users
from bangfu_office.registry.work import Work

__all__ = [
    "ATTENTION_LABELS",
    "COUNTING_RULE",
    "FIRST_PASSWORD",
    "ROLE_LABELS",
    "SHORTEST_PASSWORD",
    "SOURCE_LABELS",
    "AlreadyRegisteredError",
    "Assessment",
    "AssessmentComparison",
    "AssessmentSummary",
    "Attention",
    "Attribution",
    "ClockError",
    "ClosedHouseholdError",
    "Commits",
    "ConflictError",
    "DatabaseFullError",
    "DatabaseUnusableError",
    "Disagreement",
    "Disclosure",
    "Duplicate",
    "Entry",
    "FactChange",
    "Head",
    "JournalError",
    "KeyChangedError",
    "Listed",
    "Operation",
    "Page",
    "Query",
    "Record",
    "Registry",
    "RegistryError",
    "Replay",
    "Role",
    "Source",
    "Statement",
    "UnknownHouseholdError",
    "User",
    "Withdrawal",
    "Work",
    "add_user",
    "all_users",
    "assess",
    "counting",
    "counting_commits",
    "due_amount",
    "explained",
    "reason_in_words",
    "said_when",
    "sums_of",
]  # fmt: skip
