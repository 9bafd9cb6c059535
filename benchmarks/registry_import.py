"""How long a county's households take from a spreadsheet into a registry on SQLite, and how much memory.

Run with ``python benchmarks/registry_import.py``. A workbook of made-up households is written first;
then three fresh processes each import it into the same registry, one after the other: as new, once more
(nothing changes) and with one fact of every household changed. Seconds are wall-clock, memory is the
process's largest resident size.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

DAY = date(2026, 3, 1)
REGIONS = ("522723102201", "522723102202", "522723103", "522723104")


def write(path: Path, households: int, homes: int | None = None) -> None:
    """Write the workbook; ``homes`` is what every household states as its number of dwellings."""
    from bangfu import Rulebook  # noqa: PLC0415 - the parent process need not load it
    from bangfu.generate import generated_households  # noqa: PLC0415 - as above
    from bangfu.sheets.form import Form, saved  # noqa: PLC0415 - as above
    from bangfu.sheets.layout import layout  # noqa: PLC0415 - as above

    catalog = Rulebook.load().catalog
    drawn = generated_households(households, seed=1, regions=REGIONS, on=DAY, catalog=catalog)
    with saved(path) as workbook:
        form = Form(workbook, layout(catalog))
        for number, data in enumerate(drawn, start=1):
            changed = {} if homes is None else {"homes": homes}
            form.add_household(f"H{number:06}", {**{k: v for k, v in data.items() if k != "on"}, **changed})


def take(path: Path, database: Path) -> dict[str, float]:
    """Import the workbook; return seconds by stage, the counts and the memory in MB."""
    from bangfu import Rulebook  # noqa: PLC0415 - the parent process need not load it
    from bangfu.registry import Attribution, Registry  # noqa: PLC0415 - as above
    from bangfu.sheets import import_workbook  # noqa: PLC0415 - as above

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
    arguments = parser.parse_args()
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
            figures = child("--take", path, database)
            print(f"{name:<24}" + "  ".join(f"{key} {value:,.1f}" for key, value in figures.items()))


if __name__ == "__main__":
    main()
