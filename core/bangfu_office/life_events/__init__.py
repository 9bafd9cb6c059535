"""Life events (人口变动) of households: each one operation of the registry, out of one small form."""
