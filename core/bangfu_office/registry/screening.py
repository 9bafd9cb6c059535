"""A registry as a population to be screened (登记库筛查): one moment of it, taken down in files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from bangfu.facts import Catalog, Level
from bangfu.keys import HOUSEHOLD_KEY
from bangfu.lists import FILES
from bangfu.private import make_folder, written
from bangfu.screen import File, PopulationFiles, as_entries
from bangfu_office.registry.bulk_read import population
from bangfu_office.registry.chain import read_head
from bangfu_office.registry.registry import Registry


@contextmanager
def registered_population(url: str, catalog: Catalog) -> Iterator[PopulationFiles]:
    """Open the households of the registry at a URL or file path, as they are at this moment.

    Raises:
        RegistryError: it cannot be opened.
    """
    with Registry.open(url, catalog=catalog) as registry, registry.database.reading() as connection:
        head = read_head(connection)

        def files(folder: Path, day: date) -> list[File]:
            found = {level: File(str(folder / name), level) for level, name in FILES.items()}
            if all(Path(file.path).exists() for file in found.values()):
                return list(found.values())
            taken = population(connection, catalog, on=day)
            numbered = taken.frames.households.join(taken.numbers, on=HOUSEHOLD_KEY, how="left", maintain_order="left")
            make_folder(folder)
            for level, frame in ((Level.HOUSEHOLD, numbered), (Level.MEMBER, taken.frames.members)):
                with written(Path(found[level].path)) as path:
                    as_entries(frame, catalog, level).write_parquet(path)
            return list(found.values())

        yield PopulationFiles(f"registry {head.seq}:{head.hash}", files)
