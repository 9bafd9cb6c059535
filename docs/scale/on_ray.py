"""Screens a population on Ray: ``python on_ray.py IN OUT [HOUSEHOLDS_A_PART]``, on a machine of the cluster."""

import sys
from pathlib import Path

import polars as pl
import ray

from bangfu.screen import CHUNK, rulebook_here, screen_partition

VERSIONS = {**rulebook_here().versions, "polars": pl.__version__}


# One core a part, and Polars with as many threads.
@ray.remote(num_cpus=1, runtime_env={"env_vars": {"POLARS_MAX_THREADS": "1"}})
def screened(population: Path, out: Path, low: int, high: int) -> None:
    """Runs on a worker: the households with keys from ``low`` up to ``high``, with all their members."""
    rulebook = rulebook_here()  # loaded once in each worker process
    if {**rulebook.versions, "polars": pl.__version__} != VERSIONS:
        raise RuntimeError("this worker has other versions than the driver")
    part = pl.col("household").is_between(low, high, closed="left")
    households = pl.scan_parquet(population / "households.parquet").filter(part).collect()
    members = pl.scan_parquet(population / "members.parquet").filter(part).collect()
    found = screen_partition(households, members, rulebook)
    results = {"assessments": found.assessments, "supports": found.supports, "rejects": found.rejects}
    for name, frame in results.items():  # a part that is done again writes over what it wrote
        frame.write_parquet(out / f"{name}-{low:012}.parquet")


def main(population: str, out: str, size: str = str(CHUNK)) -> None:
    source, folder = Path(population).resolve(), Path(out).resolve()
    folder.mkdir(parents=True)
    key = pl.col("household")
    keys = pl.scan_parquet(source / "households.parquet").select(key.min().alias("low"), key.max().alias("high"))
    low, high = keys.collect().row(0)
    ray.init()
    cuts = range(low, high + 1, int(size))
    ray.get([screened.remote(source, folder, cut, cut + int(size)) for cut in cuts])


if __name__ == "__main__":
    main(*sys.argv[1:])
