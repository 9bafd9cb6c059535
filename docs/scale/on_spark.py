"""Screens a population on Spark: ``spark-submit on_spark.py IN OUT [HOUSEHOLDS_A_PART]``."""

import sys

import polars as pl
import pyarrow as pa
from pyspark.sql import SparkSession, functions

from bangfu.screen import CHUNK, rulebook_here, screen_partition

# Spark takes one frame back from a function, so it holds all three results; `result` says which a row is of.
FOR_SPARK = (
    "result string, household bigint, member bigint, "
    # assessments
    "region string, on date, category string, candidates array<string>, size bigint, "
    "income_year decimal(18,2), year decimal(18,2), once decimal(18,2), "
    # supports
    "recipient bigint, benefit string, programme string, status string, "
    "amount decimal(18,2), per string, year_amount decimal(18,2), replaced_by string, "
    # rejects
    "column string, reason string"
)
TYPES = {
    "bigint": pa.int64(),
    "string": pa.string(),
    "array<string>": pa.list_(pa.string()),
    "date": pa.date32(),
    "decimal(18,2)": pa.decimal128(18, 2),
}
COLUMNS = dict(column.split() for column in FOR_SPARK.split(", "))
FOR_ARROW = pa.schema([(name, TYPES[of_spark]) for name, of_spark in COLUMNS.items()])
VERSIONS = {**rulebook_here().versions, "polars": pl.__version__}


def screened(households: pa.Table, members: pa.Table) -> pa.Table:
    """Runs on a worker, for one part: whole households with all their members."""
    rulebook = rulebook_here()  # loaded once in each worker process
    if {**rulebook.versions, "polars": pl.__version__} != VERSIONS:
        raise RuntimeError("this worker has other versions than the driver")
    found = screen_partition(pl.from_arrow(households), pl.from_arrow(members), rulebook)
    results = {"assessments": found.assessments, "supports": found.supports, "rejects": found.rejects}
    rows = [frame.with_columns(pl.lit(name).alias("result")) for name, frame in results.items()]
    # Polars gives Arrow's large strings and lists; Spark wants the small ones, and casts nothing itself.
    return pl.concat(rows, how="diagonal").select(*COLUMNS).to_arrow().cast(FOR_ARROW)


def main(population: str, out: str, size: str = str(CHUNK)) -> None:
    spark = SparkSession.builder.appName("bangfu").getOrCreate()
    households = spark.read.parquet(f"{population}/households.parquet")
    members = spark.read.parquet(f"{population}/members.parquet")
    parts = households.count() // int(size) + 1
    # The same function of the household's key on both sides: nobody is parted from his or her household.
    part = functions.pmod(functions.col("household"), functions.lit(parts)).alias("part")
    rows = households.groupBy(part).cogroup(members.groupBy(part)).applyInArrow(screened, FOR_SPARK)
    rows.write.partitionBy("result").parquet(out)


if __name__ == "__main__":
    main(*sys.argv[1:])
