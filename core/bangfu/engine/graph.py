"""The graph of columns: every fact, derived column and test, its kind, and what each is made from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count

from attrs import define, field

from bangfu.engine.bound import Base, Key, Node, Reference
from bangfu.engine.values import columns_of, kind_of_parameter
from bangfu.errors import RuleError
from bangfu.facts import Catalog, Fact, Items, Level
from bangfu.facts.catalog import near
from bangfu.facts.declare import PRESUMED, STATED
from bangfu.keys import DAY, MEMBER_KEY
from bangfu.messages import _
from bangfu.policy import Parameter, PolicyEntry
from bangfu.policy.parameters import PREFIX as POLICY
from bangfu.rules import Derived
from bangfu.rules.language import Expression, Name, expression_of, given, key_of
from bangfu.rules.language.choices import Choose, of_kind
from bangfu.rules.language.kinds import COUNT, YES_NO, Kind
from bangfu.rules.language.kinds import DAY as A_DAY
from bangfu.rules.language.nodes import IsKnown, IsStated
from bangfu.rules.language.over_members import Before, OverMembers, names_apart
from bangfu.rules.origin import told_at

HOUSEHOLD = "household:"


@define(eq=False)
class Graph:
    """All columns under one policy, by level and name.

    Every method raises ``RuleError`` for a name that nothing has (it says which known one looks most like it), for what
    does not fit together, and for columns that need each other in a circle.
    """

    catalog: Catalog
    parameters: Mapping[str, Parameter]
    entries: Mapping[str, PolicyEntry] = field(factory=dict, repr=False)
    base: dict[Key, Base] = field(factory=dict, repr=False)
    _declared: dict[Key, tuple[Derived, str]] = field(factory=dict, repr=False)
    _promised: set[Key] = field(factory=set, repr=False)
    _nodes: dict[Key, Node] = field(factory=dict, repr=False)
    _located: dict[Key, Reference] = field(factory=dict, repr=False)
    _tests: dict[tuple[Level, object], str] = field(factory=dict, repr=False)
    _open: list[Key] = field(factory=list, repr=False)
    _numbers: Iterator[int] = field(factory=count, repr=False)

    def __attrs_post_init__(self) -> None:
        for level in Level:
            self.base[level, DAY] = Base(A_DAY, None, None)
            for fact in self.catalog.at(level):
                self._declare(fact)
        self.base[Level.MEMBER, MEMBER_KEY] = Base(COUNT, None, None)

    def _declare(self, fact: Fact) -> None:
        for column, kind, unstated in columns_of(fact):
            if fact.presumption is None or column not in fact.presumed_columns:
                self.base[fact.level, column] = Base(kind, fact, unstated)
                continue
            self.base[fact.level, STATED + column] = Base(kind, fact, unstated)
            value = fact.presumption.value
            formula = expression_of(value) if isinstance(value, str) else given(value)
            self._presume(fact, column, of_kind(formula, kind))

    def _presume(self, fact: Fact, column: str, formula: Expression) -> None:
        """Add what holds of a fact: as it is stated, and where nothing is, as it is presumed."""
        owner = f"fact {fact.name}"
        stated = Name(STATED + column, fact.level)
        if isinstance(fact.type, Items):
            if column == fact.presumed_columns[0]:
                self.add(Derived(PRESUMED + fact.name, fact.level, formula), owner)
            is_stated: Expression = IsKnown(Name(fact.name, fact.level))
            formula = Name(PRESUMED + fact.name, fact.level)
        else:
            is_stated = IsStated(stated)
        self.add(Derived(column, fact.level, Choose((is_stated,), (stated,), formula), fact.label), owner)

    @property
    def nodes(self) -> Mapping[Key, Node]:
        """Every column that can be computed."""
        return {key: self.node_of(key) for key in self._declared}

    def add(self, derived: Derived, owner: str) -> str:
        """Add a derived column and return its name, which must not be taken."""
        key, name = (derived.level, derived.name), derived.name
        if key in self._declared or key in self.base:
            taken = self._declared[key][1] if key in self._declared else "a fact"
            raise RuleError(
                _("the column {name!r} is declared by {taken} already", name=name, taken=taken), owner=owner
            )
        self._located.clear()
        self._declared[key] = derived, owner
        return derived.name

    def add_test(self, level: Level, value: Expression, owner: str, prefix: str = "test") -> str:
        """Add an unnamed expression and return its column; the same expression is added once."""
        if isinstance(value, Name):
            with told_of(owner):
                return self.local(level, value)
        made = self.looked_up(level, value, owner)
        key = (level, key_of(made))
        if key not in self._tests:
            name = f"{prefix}:{next(self._numbers)}"
            self._tests[key] = self.add(Derived(name, level, made), owner)
        return self._tests[key]

    def local(self, level: Level, name: Name) -> str:
        """Return the name by which rows of a level know a column."""
        reference = self._reference(level, name)
        shadowed = level is Level.MEMBER and reference.level is Level.HOUSEHOLD and self.has(level, reference.name)
        return HOUSEHOLD + reference.name if shadowed and not reference.parameter else reference.name

    def locate(self, level: Level, name: str) -> Reference:
        """Return what a name means to a rule of this level.

        A member rule sees member columns first, then the household's; ``household:NAME`` means the
        household's for sure.
        """
        found = self._located.get((level, name))
        if found is None:
            found = self._located[level, name] = self._locate(level, name)
        return found

    def _locate(self, level: Level, name: str) -> Reference:
        if name.startswith(POLICY):
            parameter = name.removeprefix(POLICY)
            if parameter in self.parameters:
                return Reference(level, name, parameter=True)
            hint = near(parameter, self.parameters)
            raise RuleError(_("no parameter {name!r} is declared{near}", name=parameter, near=hint))
        if name.startswith(HOUSEHOLD):
            return self.locate(Level.HOUSEHOLD, name.removeprefix(HOUSEHOLD))
        if self.has(level, name):
            return Reference(level, name)
        if level is Level.MEMBER and self.has(Level.HOUSEHOLD, name):
            return Reference(Level.HOUSEHOLD, name)
        if level is Level.HOUSEHOLD and self.has(Level.MEMBER, name):
            raise RuleError(
                _(
                    "{name!r} is a column of members; a household's rule "
                    "asks for some(…), every(…), count(…) or total(…) of it",
                    name=name,
                )
            )
        if name in self.parameters:
            return Reference(level, POLICY + name, parameter=True)
        levels = [Level.HOUSEHOLD] if level is Level.HOUSEHOLD else list(Level)
        columns = [name for at, name in (*self._declared, *self.base) if at in levels]
        # An author knows no names with a colon, which are the engine's own.
        hint = near(name, [*(name for name in columns if ":" not in name), *self.parameters])
        raise RuleError(_("no fact or column {name!r}{near}", name=name, near=hint))

    def _reference(self, level: Level, name: Name) -> Reference:
        if name.level is Level.HOUSEHOLD:
            return self.locate(Level.HOUSEHOLD, name.name)
        found = self.locate(level, name.name)
        if name.level is not Level.MEMBER or found.level is Level.MEMBER:
            return found
        if level is Level.MEMBER:
            raise RuleError(_("member.{name} is a column of households; write household.{name}", name=name.name))
        self.locate(Level.MEMBER, name.name)
        raise RuleError(
            _(
                "member.{name} stands in a household's rule, which "
                "asks for some(…), every(…), count(…) or total(…) of it",
                name=name.name,
            )
        )

    def has(self, level: Level, name: str) -> bool:
        """Return whether there is a column of a name at a level."""
        return any((level, name) in known for known in (self._declared, self.base, self._promised))

    def promise(self, level: Level, name: str) -> None:
        """Let tests ask for a yes/no column that is added further on."""
        self._promised.add((level, name))

    def looked_up(self, level: Level, value: Expression, owner: str) -> Expression:
        """Return an expression of a level's rule with the kind and the level of every name."""
        with told_of(owner):
            return self._looked_up(level, value)

    def _looked_up(self, level: Level, value: Expression) -> Expression:
        if isinstance(value, OverMembers | Before):
            part = self._looked_up(Level.MEMBER, value.part)
            return value if part is value.part else value.rebuilt([part])
        if isinstance(value, Name):
            reference = self._reference(level, value)
            return Name(reference.name, None if reference.parameter else reference.level, kind=self.kind(reference))
        if isinstance(value, IsStated):
            return self._of_stated(level, value)
        made = tuple(self._looked_up(level, part) for part in value.inputs)
        same = all(a is b for a, b in zip(made, value.inputs, strict=True))
        return value if same and value.kind is not None else value.rebuilt(made)

    def _of_stated(self, level: Level, test: IsStated) -> Expression:
        """Return the test whether anything was stated of a fact, asked of what was, not of what is presumed."""
        found = self._looked_up(level, test.part)
        assert isinstance(found, Name)  # noqa: S101 - is_stated takes a name
        at = found.level or level
        base = self.base.get((at, STATED + found.name)) or self.base.get((at, found.name))
        if base is None:
            message = _("{name!r} is no fact: only of facts can be asked whether they are stated", name=found.name)
            raise RuleError(message)
        name = found.name if (at, found.name) in self.base else STATED + found.name
        return IsStated(Name(name, at, kind=base.kind), base.unstated)

    def kind(self, reference: Reference) -> Kind:
        """Return the kind of a column's or a parameter's values."""
        if reference.parameter:
            parameter = reference.name.removeprefix(POLICY)
            return kind_of_parameter(self.parameters[parameter], self.entries.get(parameter))
        base = self.base.get(reference.key)
        if base is not None:
            return base.kind
        if reference.key in self._promised:
            return YES_NO
        declared = self._declared[reference.key][0].value.kind  # known without its names, of a test for one
        return declared or self.node_of(reference.key).kind

    def node(self, reference: Reference) -> Node | None:
        """Return the node of a reference, or None for a fact as stated or a parameter."""
        return self.node_of(reference.key) if reference.key in self._declared else None

    def node_of(self, key: Key) -> Node:
        """Return the node of a column that can be computed."""
        found = self._nodes.get(key)
        if found is None:
            found = self._nodes[key] = self._made(key)
        return found

    def _circle(self, keys: Sequence[Key]) -> RuleError:
        """Return the error of columns that need each other."""
        names = " → ".join(name for _, name in keys)
        message = _("these columns need each other in a circle: {names}", names=names)
        return RuleError(message, owner=self._declared[keys[-1]][1])

    def ordered(self, wanted: Iterable[Key]) -> tuple[Node, ...]:
        """Return the nodes of some columns and of all they need, each behind those it reads."""
        done: dict[Key, None] = {}
        for key in wanted:
            reference = self.locate(*key)
            if not reference.parameter:
                self._put(reference.key, done, [])
        return tuple(self.node_of(key) for key in done if key not in self.base)

    def _put(self, key: Key, done: dict[Key, None], path: list[Key]) -> None:
        if key in done:
            return
        if key in path:
            raise self._circle([*path[path.index(key) :], key])
        if key not in self.base:
            path.append(key)
            for needed in self.node_of(key).reads():
                self._put(needed, done, path)
            path.pop()
        done[key] = None

    def _made(self, key: Key) -> Node:
        derived, owner = self._declared[key]
        if key in self._open:
            raise self._circle([*self._open[self._open.index(key) :], key])
        self._open.append(key)
        try:
            with told_at(derived.at):
                value = self.looked_up(derived.level, derived.value, owner)
        finally:
            self._open.pop()
        if value.kind is None:
            raise RuleError(_("nothing says of what kind the column {name!r} is", name=derived.name), owner=owner)
        inputs, of_members = names_apart(value)
        labels = derived.labels or value.kind.labels
        return Node(
            derived.name, derived.level, value, inputs, of_members, owner, derived.label, derived.source, labels,
            derived.determination, derived.figure,
        )  # fmt: skip


@contextmanager
def told_of(owner: str) -> Iterator[None]:
    """Say of an error in an expression whose it is."""
    try:
        yield
    except RuleError as error:
        if error.owner:
            raise
        raise RuleError(error.text, owner=owner) from error
