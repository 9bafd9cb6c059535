"""How long a county's households take from a spreadsheet into a registry on SQLite, and how much memory.

Run with ``python benchmarks/registry_import.py``. A workbook of made-up households is written first;
then three fresh processes each import it into the same registry, one after the other: as new, once more
(nothing changes) and with one fact of every household changed. Seconds are wall-clock, memory is the
process's largest resident size. Meanwhile one more process saves a household again and again, as the desk does for
a clerk: of its saves the longest and the one in the middle are told.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from contextlib import suppress
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

DAY = date(2026, 3, 1)
REGIONS = ("522723102201", "522723102202", "522723103", "522723104")


def write(path: Path, households: int, homes: int | None = None) -> None:
    """Write the workbook; ``homes`` is what every household states as its number of dwellings."""
    from bangfu import Rulebook  # noqa: PLC0415 - the parent process need not load it
    from bangfu.generate import generated_households  # noqa: PLC0415 - as above
    from bangfu_office.sheets.form import WorkbookForm  # noqa: PLC0415 - as above
    from bangfu_office.sheets.layout import layout  # noqa: PLC0415 - as above
    from bangfu_office.sheets.unnamed_files import saved  # noqa: PLC0415 - as above

    catalog = Rulebook.load().catalog
    drawn = generated_households(households, seed=1, regions=REGIONS, on=DAY, catalog=catalog)
    with saved(path) as workbook:
        form = WorkbookForm(workbook, layout(catalog))
        for number, data in enumerate(drawn, start=1):
            changed = {} if homes is None else {"homes": homes}
            form.add_household(f"H{number:06}", {**{k: v for k, v in data.items() if k != "on"}, **changed})


def take(path: Path, database: Path) -> dict[str, float]:
    """Import the workbook; return seconds by stage, the counts and the memory in MB."""
    from bangfu import Rulebook  # noqa: PLC0415 - the parent process need not load it
    from bangfu_office.registry import Attribution, Registry  # noqa: PLC0415 - as above
    from bangfu_office.sheets import import_workbook  # noqa: PLC0415 - as above

    stages: dict[str, float] = {}
    start = last = time.perf_counter()
    worked = time.process_time()

    def progress(what: str, _done: int, _of: int) -> None:
        nonlocal last
        now = time.perf_counter()
        stages[what] = stages.get(what, 0.0) + now - last
        last = now

    with Registry.open(str(database), catalog=Rulebook.load().catalog) as registry:
        report = import_workbook(registry, path, Attribution("benchmark", on=DAY), progress=progress)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    counts = {"added": report.added, "changed": report.changed, "unchanged": report.unchanged}
    whole = {"seconds": time.perf_counter() - start, "of them computing": time.process_time() - worked, "MB": memory}
    return {**stages, **whole, **counts}


def save(database: Path) -> dict[str, float]:
    """Save one household twenty times a second until standard input ends; return how long that took."""
    from bangfu import Rulebook, household_from  # noqa: PLC0415 - the parent process need not load it
    from bangfu_office.registry import Attribution, DatabaseUnusableError, FactChange, Registry, Source  # noqa: PLC0415 - as above

    by, waits = Attribution("clerk", Source.VISITED, DAY), []
    ended = Thread(target=sys.stdin.read)
    with Registry.open(str(database), catalog=Rulebook.load().catalog) as registry:
        family = {"region": REGIONS[0], "members": [{"relation": "head"}]}
        with registry.work(by) as work:
            number = work.add(household_from(family, on=DAY))
        print("ready", flush=True)
        ended.start()
        while ended.is_alive():
            began = time.perf_counter()
            # Who gave up did wait as long, and is told by a longest wait of a minute.
            with suppress(DatabaseUnusableError), registry.work(by) as work:
                work.change(number, [FactChange("homes", len(waits) % 9)])
            waits.append(time.perf_counter() - began)
            time.sleep(0.05)
    return {"saves": len(waits), "longest": max(waits), "in the middle": statistics.median(waits)}


def beside(database: Path, *arguments: str) -> dict[str, float]:
    """Return what this script prints in a fresh process, and how long another one's saves took meanwhile."""
    command = [sys.executable, __file__, "--save", str(database)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:  # noqa: S603
        assert other.stdin  # noqa: S101 - for the type checker
        assert other.stdout  # noqa: S101 - as above
        other.stdout.readline()
        figures = child(*arguments)
        other.stdin.close()
        return {**figures, **json.loads(other.stdout.read())}


def child(*arguments: str) -> dict[str, float]:
    """Return what this script prints in a fresh process."""
    done = subprocess.run([sys.executable, __file__, *arguments], check=True, capture_output=True, text=True)  # noqa: S603
    result: dict[str, float] = json.loads(done.stdout)
    return result


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--households", type=int, default=50_000)
    parser.add_argument("--write", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--homes", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--take", type=Path, nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--save", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.save:
        print(json.dumps(save(arguments.save)))
        return
    if arguments.write:
        write(arguments.write, arguments.households, arguments.homes)
        print("{}")
        return
    if arguments.take:
        print(json.dumps(take(*arguments.take)))
        return
    many = f"--households={arguments.households}"
    with TemporaryDirectory() as folder:
        new, other, database = (str(Path(folder, name)) for name in ("new.xlsx", "other.xlsx", "registry.db"))
        child(many, "--write", new)
        child(many, "--write", other, "--homes=3")
        print(f"{arguments.households:,} households, {Path(new).stat().st_size / 1e6:.0f} MB as a workbook")
        for name, path in (("as new", new), ("once more", new), ("a fact of each changed", other)):
            figures = beside(Path(database), "--take", path, database)
            print(f"{name:<24}" + "  ".join(f"{key} {value:,.2f}" for key, value in figures.items()))


if __name__ == "__main__":
    main()
