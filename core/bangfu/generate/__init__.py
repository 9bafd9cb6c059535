"""Made-up populations: households that hang together, as frames, as Parquet files and as household files."""

from bangfu.generate.files import generated_households, write_population
from bangfu.generate.population import EARLIEST, Population, generated

__all__ = ["EARLIEST", "Population", "generated", "generated_households", "write_population"]
