"""The commands that read a registry: its households and its journal."""

from __future__ import annotations

import json
from datetime import datetime

import click

from bangfu import clock
from bangfu.command_line import FORMAT
from bangfu.facts import Catalog
from bangfu.show import shown_value
from bangfu_office.commands.database import FULL, WHO, covered, on_registry
from bangfu_office.journal_view import label_of
from bangfu_office.registry import SOURCE_LABELS, Attribution, Entry, Query, Record, Registry, counting

_SHOWN = 40


@click.group()
def household() -> None:
    """查看登记库中的家庭。"""


@household.command("list")
@on_registry
@click.option("--region", default="", help="行政区划代码的前几位。")
@click.option("--find", "text", default="", help="户编号、姓名或公民身份号码。")
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True, help="至多列出几户。")
def list_households(registry: Registry, region: str, text: str, limit: int) -> None:
    """列出家庭，需要处理的在前；姓名只显示姓。"""
    page = registry.masked_page(registry.find(Query(region=region, text=text, limit=limit), clock.today()))
    for found in page.households:
        category = found.category or "未定"
        click.echo(f"{found.number}\t{found.head}\t{found.size} 人\t{category}\t{found.due or ''}")
    click.echo(f"共 {page.total} 户")


@household.command()
@click.argument("number")
@on_registry
@FULL
@WHO
@FORMAT
def show(registry: Registry, number: str, full: bool, who: str, form: str) -> None:
    """显示一户家庭的各项事实和来源。"""
    found = registry.household(number)
    record = covered(registry, found, full="household show --full" if full else "", who=who).record
    twice = registry.duplicates(number)
    if form == "json":
        click.echo(json.dumps(record.data(), ensure_ascii=False, indent=2))
        return
    for line in _record_lines(record, registry.catalog):
        click.echo(line)
    for duplicate in twice:
        places = "、".join(place for place, _, _ in duplicate.places)
        click.echo(f"! 公民身份号码 {duplicate.id_number} 同时登记在：{places}")


def _record_lines(record: Record, catalog: Catalog) -> list[str]:
    lines = [f"{record.number}　第 {record.version} 版" + (f"　已注销：{record.closed}" if record.closed else "")]
    subjects = [("全户", record.statements), *((f"成员 {p.id}", p.statements) for p in record.members)]
    for title, statements in subjects:
        lines.append(f"【{title}】")
        for fact, stated in statements.items():
            declared = catalog.by_name.get(fact)
            label = declared.label if declared else f"{fact}（所属插件未安装）"
            counts = counting(stated)
            for source, statement in stated.items():
                value = shown_value(declared, statement.value)
                mark = "✓" if statement is counts else "·"
                lines.append(f"  {mark} {label}：{value}（{SOURCE_LABELS[source]} {statement.on}）")
    lines += [f"! {due} 前复核：{reason}" for due, reason in record.rechecks]
    return lines


@household.command()
@click.argument("number")
@on_registry
@FULL
@WHO
def history(registry: Registry, number: str, full: bool, who: str) -> None:
    """列出一户家庭的全部变动；凭证和理由中的姓名、证件号码遮盖，除非用 --full。"""
    cover = covered(registry, registry.household(number), full="household history --full" if full else "", who=who)
    for entry in registry.history(number):
        click.echo(_entry_line(cover.entry(entry), registry.catalog))


def _entry_line(entry: Entry, catalog: Catalog) -> str:
    what = label_of(entry.operation)
    if entry.fact is not None:
        declared = catalog.by_name.get(entry.fact)
        hidden = declared is None or declared.personal
        old, new = ("***" if hidden and value else value or "未知" for value in (entry.old, entry.new))
        what = f"{entry.fact}: {old[:_SHOWN]} → {new[:_SHOWN]}"
    member = "" if entry.member is None else f" 成员 {entry.member}"
    why = "".join(f"（{part}）" for part in (entry.evidence, entry.reason) if part)
    return f"{entry.seq}\t{entry.at[:19]}\t{entry.who}\t{entry.source}{member}\t{what}{why}"


@click.group()
def journal() -> None:
    """登记库的日志。"""


@journal.command()
@on_registry
@click.option("--expect", "noted", multiple=True, help="先前记下的“序号:校验值”，可多次给出。")
def verify(registry: Registry, noted: tuple[str, ...]) -> None:
    """核对日志：有无改动、缺失、插入或调换，登记是否与日志相符。"""
    expected = []
    for text in noted:
        seq, _, value = text.partition(":")
        if not seq.isascii() or not seq.isdigit():
            raise click.BadParameter(f"{text}；应为：序号:校验值", param_hint="--expect")
        expected.append((int(seq), value))
    head = registry.verify(expected)
    if head.is_ahead:
        click.echo(
            f"! 最后一条的时刻 {clock.shown(datetime.fromisoformat(head.at))} 比本机时间还晚：当时或现在的时钟有误",
            err=True,
        )
    click.echo(f"日志无误，共 {head.seq} 条；请在别处记下 {head.seq}:{head.hash}")


@journal.command("clock")
@on_registry
@WHO
@click.option("--reason", required=True, help="怎样核对的本机时间，记入日志。")
def correct_clock(registry: Registry, who: str, reason: str) -> None:
    """本机时间无误，而与日志最后一条相差太远、不能写入时：让日志从现在的时间继续。"""
    before = registry.correct_clock(Attribution(who, reason=reason))
    last = clock.shown(datetime.fromisoformat(before.at)) if before.at else "（没有）"
    click.echo(f"日志从 {clock.shown(clock.now())} 继续；此前最后一条的时刻是 {last}")
