"""The desk as ``docs/serving.md`` sets it up: a township's PC on SQLite, a county's server on PostgreSQL."""

from __future__ import annotations

import errno
import importlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from bangfu_office.registry import RegistryError
from bangfu_web.server import AddressError, listen, url_of

serve = importlib.import_module("bangfu_web.serve")  # the package may name its command the same

PASSWORD = "a made-up password"  # noqa: S105 - of a made-up user
KEY = "a key made up for tests"


def bangfu(*arguments: object, said: str = "", folder: Path) -> str:
    """Run a command that must succeed, and return what it printed."""
    command = [sys.executable, "-m", "bangfu", *map(str, arguments)]
    environment = os.environ | {"BANGFU_KEY": KEY}
    done = subprocess.run(
        command, cwd=folder, env=environment, input=said, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@contextmanager
def served(*arguments: object, folder: Path) -> Iterator[str]:
    """Run ``bangfu serve`` on a free port; give its address, and stop it as systemd does."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "bangfu", "serve", "--port", str(port), *map(str, arguments)]
    process = subprocess.Popen(
        command, cwd=folder, env=os.environ | {"BANGFU_KEY": KEY}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _answers(url, process)
        yield url
    finally:
        process.send_signal(signal.SIGTERM)
        said = process.communicate(timeout=30)[0].decode()
    assert "Traceback" not in said
    assert f"工作台：{url}/" in said


def _answers(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        assert process.poll() is None, "the desk stopped by itself"
        try:
            httpx.get(f"{url}/login")
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the desk did not answer within a minute")


def register(url: str) -> str:
    """Sign in, register a household by the form, and return its number."""
    with httpx.Client(base_url=url) as browser:
        entered = browser.post("/login", data={"name": "wang", "password": PASSWORD})
        assert entered.headers["location"] == "/"
        page = browser.get("/households/new").text
        token = re.search(r'name="_csrf" value="([^"]+)"', page)
        assert token is not None
        tokens = {"_csrf": token[1], "_once": "1"}
        filled = {**tokens, "h.region": "522723102201", "m0.relation": "head", "m0.name": "高小川"}
        saved = browser.post("/households/new", data=filled)
        number = saved.headers["location"].split("/")[2]
        assert "高小川" not in browser.get(saved.headers["location"]).text
        browser.post(f"/households/{number}/reveal", data=tokens)
        plan = browser.get(saved.headers["location"])
        assert "高小川" in plan.text
        return saved.headers["location"].split("/")[2]


def test_a_township_on_one_pc(tmp_path: Path) -> None:
    """User, desk, household, backup, restore: what was registered is in the restored registry, sealed."""
    here = ("--database", "county.db")
    bangfu("user", "add", "wang", "--role", "caseworker", "--region", "522723102", "--password-stdin", *here,
           said=f"{PASSWORD}\n", folder=tmp_path)  # fmt: skip
    with served(*here, folder=tmp_path) as url:
        number = register(url)
    assert "日志无误" in bangfu("journal", "verify", *here, folder=tmp_path)
    bangfu("backup", "county.backup", *here, folder=tmp_path)
    bangfu("restore", "county.backup", "--database", "trial.db", folder=tmp_path)
    assert number in bangfu("household", "list", "--find", "高小川", "--database", "trial.db", folder=tmp_path)
    for file in tmp_path.iterdir():
        assert "高小川".encode() not in file.read_bytes(), file.name


def test_a_county_with_several_workers(postgresql_url: str, tmp_path: Path) -> None:
    """On PostgreSQL, with two workers: a session made by one is known to the other."""
    here = ("--database", postgresql_url.replace("postgresql+psycopg", "postgresql"))
    bangfu("user", "add", "wang", "--role", "caseworker", "--password-stdin", *here, said=f"{PASSWORD}\n",
           folder=tmp_path)  # fmt: skip
    with served(*here, "--workers", 2, folder=tmp_path) as url:
        numbers = [register(url) for _ in range(4)]
    listed = bangfu("household", "list", *here, folder=tmp_path)
    assert all(number in listed for number in numbers)


def test_the_demo_stays_on_this_machine(tmp_path: Path) -> None:
    """It has logins that everybody is shown, and refuses any other address."""
    command = [sys.executable, "-m", "bangfu", "serve", "--demo", "--host", "0.0.0.0"]  # noqa: S104 - refused
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 2
    assert "127.0.0.1" in done.stderr


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT], ids=lambda told: told.name)
def test_the_demo_leaves_nothing(tmp_path: Path, told: signal.Signals, workers: int) -> None:
    """However it is told to end, while it is made or while it answers, by one process or several."""
    command = [sys.executable, "-m", "bangfu", "serve", "--demo", "--port", "0", "--workers", str(workers)]
    for answers in (False, True):
        with subprocess.Popen(
            command,
            cwd=tmp_path,
            env=os.environ | {"TMPDIR": str(tmp_path)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        ) as process:
            assert process.stdout
            assert process.stderr
            if answers:
                assert "工作台" in [process.stdout.readline() for _ in range(7)][-1]
            while not list(tmp_path.glob("bangfu-demo-*/demo.db")):
                assert process.poll() is None
                time.sleep(0.01)
            process.send_signal(told)
            process.wait(60)
            assert "Traceback" not in process.stderr.read()
        assert list(tmp_path.iterdir()) == []


def refused(*arguments: object, folder: Path) -> tuple[str, str]:
    """Run ``bangfu serve``, expect that it ends with 1, and return what it printed and what it complained of."""
    command = [sys.executable, "-m", "bangfu", "serve", *map(str, arguments)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout, done.stderr


@pytest.mark.parametrize("database", [("--demo",), ("--database", "county.db")], ids=["demo", "registry"])
def test_a_port_that_is_taken(tmp_path: Path, database: tuple[str, ...]) -> None:
    """Said at once, with the way out: no address, no logins of somebody else's desk, and nothing is made."""
    with socket.create_server(("127.0.0.1", 0)) as others:
        port = others.getsockname()[1]
        printed, said = refused("--port", port, *database, folder=tmp_path)
    assert printed == ""
    assert said == f"端口 {port} 已被占用，可能是另一个工作台；请先停下它，或换一个端口，如 --port {port + 1}\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("host", "why"), [("192.0.2.1", "的地址 192.0.2.1 不是本机的"), ("no-such-host.invalid", "不认识")]
)
def test_an_address_that_is_none_of_ours(tmp_path: Path, host: str, why: str) -> None:
    """One of a network that nobody has, and a name that nobody knows."""
    printed, said = refused("--host", host, "--port", 0, "--database", "county.db", folder=tmp_path)
    assert printed == ""
    assert why in said


def test_a_registry_that_cannot_be_opened(tmp_path: Path) -> None:
    """No address is printed either."""
    (tmp_path / "county.db").write_text("no registry\n" * 100)
    printed, said = refused("--port", 0, "--database", "county.db", folder=tmp_path)
    assert printed == ""
    assert "不是登记库" in said


def test_the_address_is_told_once_it_is_ours(tmp_path: Path) -> None:
    """Port 0 is any free one, and the line says which."""
    command = [sys.executable, "-m", "bangfu", "serve", "--demo", "--port", "0"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, encoding="utf-8") as process:
        assert process.stdout
        printed = [process.stdout.readline() for _ in range(7)]
        found = re.search(r"工作台：(http://127\.0\.0\.1:\d+)/", printed[-1])
        assert found, printed
        assert httpx.get(f"{found[1]}/login", timeout=60).status_code == 200
        process.send_signal(signal.SIGTERM)


@pytest.mark.parametrize(
    ("port", "code", "said", "another"),
    [
        (8420, errno.EADDRINUSE, "已被占用", "--port 8421"),
        (65535, errno.EADDRINUSE, "已被占用", "--port 8420"),  # 65536 is no port
        (443, errno.EADDRINUSE, "已被占用", "--port 8420"),  # 444 would need the same permission
        (443, errno.EACCES, "没有权限", "--port 8420"),
        (8420, errno.EACCES, "不能使用", "--port 8421"),  # as Windows refuses what it keeps for others
    ],
)
def test_the_way_out_of_a_port_that_is_not_for_us(
    port: int, code: int, said: str, another: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is refused is named for what it is, and the port that is proposed is another one that can be had."""

    def refuse(*_: object) -> None:
        raise OSError(code, "refused")

    monkeypatch.setattr(socket.socket, "bind", refuse)
    with pytest.raises(AddressError, match=said) as refusal:
        listen("127.0.0.1", port)
    assert str(refusal.value).endswith(another)


@pytest.mark.parametrize(("host", "reached"), [("0.0.0.0", "127.0.0.1"), ("::", "[::1]"), ("127.0.0.1", "127.0.0.1")])  # noqa: S104
def test_the_address_is_one_that_a_browser_can_open(host: str, reached: str) -> None:
    """Listening everywhere is no address to go to; this machine's own is."""
    with listen(host, 0) as listener:
        assert url_of(listener, host) == f"http://{reached}:{listener.getsockname()[1]}/"


@pytest.mark.parametrize(
    "stopped_by", [RegistryError("试验：登记库打不开"), SystemExit(3)], ids=["database", "startup"]
)
def test_a_desk_that_does_not_start_tells_no_address(
    stopped_by: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The address and the logins are told by the desk that answers there, not before."""
    for name in ("BANGFU_DATABASE", "BANGFU_SERVE", "BANGFU_POLICY_PATH", "BANGFU_KEY"):
        monkeypatch.setenv(name, KEY if name == "BANGFU_KEY" else "")

    def stops() -> None:
        raise stopped_by

    monkeypatch.setattr(serve, "application", stops)
    done = CliRunner().invoke(serve.serve, ["--port", "0", "--database", str(tmp_path / "county.db")])
    assert (done.exit_code, done.stdout) == (1, "")
    assert "Traceback" not in done.stderr


def test_a_worker_is_ready_before_anybody_asks(tmp_path: Path) -> None:
    """Templates are read and today's rules made where users work; threads that only compute give way soon."""
    database = tmp_path / "registry.db"
    bangfu("user", "add", "zhangsan", "--role", "caseworker", "--region", "522723", "--password-stdin",
           "--database", database, said=PASSWORD, folder=tmp_path)  # fmt: skip
    asked = (
        "import sys; from bangfu_web import render, serve; app = serve.application(); desk = app.state['desk']; "
        "rules = desk.office.rulebook.rules('522723', serve.clock.today()); "
        "print(round(sys.getswitchinterval(), 6), 'explaining_one' in vars(rules), "
        "all(len(render.environment(l).cache) == len(render.environment(l).list_templates()) for l in ('zh', 'en')))"
    )
    told = {"BANGFU_KEY": KEY, "BANGFU_DATABASE": str(database), "BANGFU_SECOND_FACTOR": "nobody"}
    done = subprocess.run(
        [sys.executable, "-c", asked], env=os.environ | told, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["0.0002", "True", "True"]
