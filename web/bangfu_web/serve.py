"""``bangfu serve``: the desk on an address; with ``--demo`` on made-up households."""

from __future__ import annotations

import gc
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

from bangfu import Rulebook, clock
from bangfu.command_line import POLICY, report_left_out, reporting
from bangfu.errors import BangfuError
from bangfu.rulebook import check_added
from bangfu_office.registry import Registry, all_users
from bangfu_office.sessions import NEED_A_FACTOR, start_log
from bangfu_web.app import create_app
from bangfu_web.connections import Connection, connection_limit
from bangfu_web.render import prepare
from bangfu_web.server_processes import clean_exit, run_here, run_workers
from bangfu_web.settings import Settings
from bangfu_web.sockets import listen, url_of

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
    https: bool,
    proxy: str,
    second_factor: str,
    pages_an_hour: int,
    reveals_an_hour: int,
    exports_a_day: int,
    demo: bool,
    policies: tuple[str, ...],
) -> None:
    """启动网页工作台。"""
    if demo and host not in _OWN:
        raise click.UsageError("演示库只能在本机（127.0.0.1）打开，请去掉 --host")
    if not demo and not database:
        raise click.UsageError("请用 --database 写明登记库，或用 --demo 看演示")
    clock.zone()  # a wrong one is told now, not on the first page
    with clean_exit(), listen(host, port) as listener, _database(database, demo=demo) as found:
        os.environ["BANGFU_DATABASE"] = found
        os.environ["BANGFU_SERVE"] = " ".join(name for name, on in (("https", https), ("demo", demo)) if on)
        os.environ["BANGFU_SECOND_FACTOR"] = second_factor
        os.environ["BANGFU_BRAKES"] = f"{pages_an_hour} {reveals_an_hour} {exports_a_day}"
        os.environ["BANGFU_POLICY_PATH"] = os.pathsep.join(
            filter(None, [os.environ.get("BANGFU_POLICY_PATH"), *policies])
        )
        rulebook = Rulebook.load()
        report_left_out(rulebook, check_added(rulebook, clock.today()))
        _prepare(found, rulebook)

        def tell() -> None:
            for name, password, role in _demo_logins() if demo else ():
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
        if workers > 1:
            run_workers(config, listener, started)
        else:
            run_here(config, listener, started)


def _prepare(database: str, rulebook: Rulebook) -> None:
    """Make every table once, before several workers would all make them at the same time."""
    with Registry.open(database, catalog=rulebook.catalog) as registry:
        create_app(registry, rulebook)


@contextmanager
def _database(database: str | None, *, demo: bool) -> Iterator[str]:
    """Give the database to serve; the demo's is made, and thrown away at the end."""
    if not demo:
        yield str(database)
        return
    from bangfu_web.demo import make_demo  # noqa: PLC0415 - needed by the demo alone

    with tempfile.TemporaryDirectory(prefix="bangfu-demo-") as folder:
        path = Path(folder) / "demo.db"
        os.environ["BANGFU_DEMO_PASSWORD"] = secrets.token_urlsafe(9)
        make_demo(str(path), os.environ["BANGFU_DEMO_PASSWORD"])
        yield str(path)


def _demo_logins() -> tuple[tuple[str, str, str], ...]:
    from bangfu_web.demo import logins_of  # noqa: PLC0415 - needed by the demo alone

    return logins_of(os.environ["BANGFU_DEMO_PASSWORD"])


def _settings(flags: list[str], logins: tuple[tuple[str, str, str], ...]) -> Settings:
    """Return the settings that a command passed on."""
    needed = NEED_A_FACTOR[os.environ["BANGFU_SECOND_FACTOR"]]
    return Settings(https="https" in flags, demo="demo" in flags, second_factor=needed, logins=logins, **_brakes())


def _brakes() -> dict[str, int]:
    numbers = map(int, os.environ.get("BANGFU_BRAKES", "").split())
    return dict(zip(("pages_an_hour", "reveals_an_hour", "exports_a_day"), numbers, strict=False))


def application() -> Litestar:
    """Return the desk as the environment describes it; what each worker process starts.

    Raises:
        SystemExit: the registry cannot be opened any more; said on standard error, and not tried again.
    """
    start_log("bangfu_web")
    Connection.limit = connection_limit()
    flags = os.environ.get("BANGFU_SERVE", "").split()
    logins = _demo_logins() if "demo" in flags else ()
    rulebook = Rulebook.load()
    try:
        registry = Registry.open(os.environ["BANGFU_DATABASE"], catalog=rulebook.catalog)
        app = create_app(registry, rulebook, _settings(flags, logins))
    except BangfuError as error:
        click.echo(str(error), err=True)
        sys.exit(STARTUP_FAILURE)
    sys.setswitchinterval(_TURN)
    _warm_up(registry, rulebook)
    # What is loaded by now stays as long as the process: a full collection that looked through all of it again
    # would let every visitor wait for a tenth of a second.
    gc.collect()
    gc.freeze()
    return app


def _warm_up(registry: Registry, rulebook: Rulebook) -> None:
    """Do what whoever asks first would wait for: read the templates, make today's rules for where users work."""
    prepare()
    tempfile.gettempdir()  # Python tries the folder out with a file, which would stay where it is killed meanwhile
    with registry.database.reading() as database:
        regions = {user.region for user in all_users(database) if user.region}
    for region in sorted(regions)[:_PLACES]:
        with suppress(BangfuError):  # it is told on the page of a plan, and takes nothing else down
            _ = rulebook.rules(region, clock.today()).explaining_one
