"""``bangfu serve``: the desk on an address; with ``--demo`` on made-up households."""

from __future__ import annotations

import gc
import json
import os
import secrets
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import click
import uvicorn
from litestar import Litestar
from uvicorn.config import STARTUP_FAILURE

from bangfu import Rulebook, clock, household_from
from bangfu.command_line import POLICY, report_left_out, reporting
from bangfu.errors import BangfuError
from bangfu.generate import generated_households
from bangfu.rulebook import check_added
from bangfu_office.access import Office
from bangfu_office.accounts import regions_of_work
from bangfu_office.registry import ROLE_LABELS, Attribution, Registry, Role, Source, User, add_user, assess
from bangfu_office.sessions import NEED_A_FACTOR, start_log
from bangfu_web.app import create_app
from bangfu_web.desk import Settings
from bangfu_web.render import prepare
from bangfu_web.server import Connection, clean_exit, connection_limit, listen, run, url_of

_DEMO_REGIONS = ("522723102201", "522723103202", "620102001001", "450102003004", "610625101201", "340123104105")
_DEMO_HOUSEHOLDS, _DEMO_ASSESSED = 300, 120
_DEMO_USERS = (
    User("village", Role.ASSISTANT, "522723102"),
    User("township", Role.CASEWORKER, "522723"),
    User("county", Role.REVIEWER, ""),
    User("education", Role.OFFICER, "", "education"),
    User("audit", Role.AUDITOR, ""),
    User("admin", Role.ADMINISTRATOR, ""),
)
_MANY = click.IntRange(1, 1_000_000_000)
_OWN = {"127.0.0.1", "::1", "localhost"}
_PLACES = 20
"""Regions at most whose rules are made before anybody asks, a tenth of a second each where they differ."""
_TURN = 0.0002
"""Seconds for which a thread may hold the interpreter while others wait.

A page gives it up many times, at every look into the database, and gets it back after this long from each thread that
only computes. With Python's own 5 ms a page of 10 ms takes half a second beside two that take seconds.
"""


@click.command()
@click.option("--database", envvar="BANGFU_DATABASE", help="登记库：文件路径，或 postgresql://用户@主机/库名。")
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址。")
@click.option("--port", default=8420, show_default=True, type=click.IntRange(0, 65535), help="监听端口。")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="进程数（PostgreSQL）。")
@click.option("--https", is_flag=True, help="用户经 TLS（反向代理）访问：Cookie 只经 TLS 发送。")
@click.option(
    "--proxy",
    default="",
    envvar="BANGFU_PROXY",
    help="反向代理的地址或网段，用逗号隔开；信任它转告的来访地址。",
)
@click.option(
    "--second-factor",
    type=click.Choice(list(NEED_A_FACTOR)),
    default="reviewers",
    show_default=True,
    envvar="BANGFU_SECOND_FACTOR",
    help="谁须用动态口令：reviewers 为审核人员和管理员，everybody 为全部用户，nobody 为不要求；自己设了的总要用。",
)
@click.option("--pages-an-hour", default=5_000, show_default=True, type=_MANY, help="每个用户一小时内的请求。")
@click.option("--reveals-an-hour", default=300, show_default=True, type=_MANY, help="每个用户一小时内显示全名全号。")
@click.option("--exports-a-day", default=20, show_default=True, type=_MANY, help="每个用户一天内的导出。")
@click.option("--demo", is_flag=True, help="用一个虚构家庭的临时登记库，只在本机可见。")
@POLICY
@reporting
def serve(
    database: str | None,
    host: str,
    port: int,
    workers: int,
    proxy: str,
    second_factor: str,
    demo: bool,
    policies: tuple[str, ...],
    **settings: int,
) -> None:
    """启动网页工作台。"""
    if demo and host not in _OWN:
        raise click.UsageError("演示库只能在本机（127.0.0.1）打开，请去掉 --host")
    if not demo and not database:
        raise click.UsageError("请用 --database 写明登记库，或用 --demo 看演示")
    clock.zone()  # a wrong one is told now, not on the first page
    with clean_exit(), listen(host, port) as listener, _database(database, demo=demo) as found:
        os.environ["BANGFU_DATABASE"] = found
        os.environ["BANGFU_SERVE"] = json.dumps({**settings, "demo": demo})
        os.environ["BANGFU_SECOND_FACTOR"] = second_factor
        packs = [os.environ.get("BANGFU_POLICY_PATH"), *policies]
        os.environ["BANGFU_POLICY_PATH"] = os.pathsep.join(filter(None, packs))
        rulebook = Rulebook.load()
        report_left_out(rulebook, check_added(rulebook, clock.today()))
        # Every table is made once, before several workers would all make them at the same time.
        with Registry.open(found, catalog=rulebook.catalog) as registry:
            create_app(registry, rulebook)

        def tell() -> None:
            for name, password, role in demo_logins(os.environ["BANGFU_DEMO_PASSWORD"]) if demo else ():
                click.echo(f"  {name}\t{password}\t{role}")
            click.echo(f"工作台：{url_of(listener, host)}　（Ctrl+C 停止）")

        _run(listener, workers, proxy, tell)


def _run(listener: socket.socket, workers: int, proxy: str, started: Callable[[], None]) -> None:
    """Serve at a socket until somebody stops it; call ``started`` once the desk answers there."""
    config = uvicorn.Config(
        "bangfu_web.serve:application",
        factory=True,
        http=Connection,
        workers=workers,
        access_log=False,
        proxy_headers=bool(proxy),
        forwarded_allow_ips=proxy or None,
        server_header=False,
        log_level="warning",
    )
    with suppress(KeyboardInterrupt):
        run(config, listener, started)


@contextmanager
def _database(database: str | None, *, demo: bool) -> Iterator[str]:
    """Give the database to serve; the demo's is made, and thrown away at the end."""
    if not demo:
        yield str(database)
        return
    with tempfile.TemporaryDirectory(prefix="bangfu-demo-") as folder:
        path = Path(folder) / "demo.db"
        os.environ["BANGFU_DEMO_PASSWORD"] = secrets.token_urlsafe(9)
        _make_demo(str(path), os.environ["BANGFU_DEMO_PASSWORD"])
        yield str(path)


def _make_demo(path: str, password: str) -> None:
    """Fill a new registry at a path with made-up households in several places; its users have the password."""
    rulebook, today = Rulebook.load(), clock.today()
    drawn = generated_households(_DEMO_HOUSEHOLDS, seed=8420, regions=_DEMO_REGIONS, on=today)
    with Registry.open(path, catalog=rulebook.catalog, key="") as registry:
        with registry.work(Attribution("demo", Source.DECLARED)) as work:
            numbers = [work.add(household_from(data, on=today, catalog=rulebook.catalog)) for data in drawn]
            for user in _DEMO_USERS:
                add_user(work, user, password)
        with registry.work(Attribution("county", Source.DECLARED)) as work:
            for number in numbers[:_DEMO_ASSESSED]:
                assess(work, number, rulebook, today)


def demo_logins(password: str) -> tuple[tuple[str, str, str], ...]:
    """Return name, password and role of the demo's users."""
    return tuple((user.name, password, ROLE_LABELS[user.role]) for user in _DEMO_USERS)


def _settings() -> Settings:
    """Return the settings that a command passed on."""
    given = json.loads(os.environ.get("BANGFU_SERVE", "{}"))
    needed = NEED_A_FACTOR[os.environ["BANGFU_SECOND_FACTOR"]]
    logins = demo_logins(os.environ["BANGFU_DEMO_PASSWORD"]) if given.get("demo") else ()
    return Settings(**given, second_factor=needed, logins=logins)


def application() -> Litestar:
    """Return the desk as the environment describes it; what each worker process starts.

    Raises:
        SystemExit: the registry cannot be opened any more; said on standard error, and not tried again.
    """
    start_log("bangfu_web")
    Connection.limit = connection_limit()
    rulebook = Rulebook.load()
    try:
        registry = Registry.open(os.environ["BANGFU_DATABASE"], catalog=rulebook.catalog)
        app = create_app(registry, rulebook, _settings())
    except BangfuError as error:
        click.echo(str(error), err=True)
        sys.exit(STARTUP_FAILURE)
    sys.setswitchinterval(_TURN)
    _warm_up(app.state["desk"].office)
    # What is loaded by now stays as long as the process: a full collection that looked through all of it again
    # would let every visitor wait for a tenth of a second.
    gc.collect()
    gc.freeze()
    return app


def _warm_up(office: Office) -> None:
    """Do what whoever asks first would wait for: read the templates, make today's rules for where users work."""
    prepare()
    tempfile.gettempdir()  # Python tries the folder out with a file, which would stay where it is killed meanwhile
    for region in regions_of_work(office)[:_PLACES]:
        with suppress(BangfuError):  # it is told on the page of a plan, and takes nothing else down
            _ = office.rulebook.rules(region, clock.today()).explaining_one
