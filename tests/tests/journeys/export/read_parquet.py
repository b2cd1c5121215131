"""Reads a Parquet file with DuckDB, as whoever exported it would, and prints what it finds as JSON."""

import json
import sys

import duckdb

connection = duckdb.connect()
connection.execute("SET TimeZone = 'UTC'")
rows = connection.read_parquet(sys.argv[1])
types = {name: str(kind) for name, kind in zip(rows.columns, rows.types, strict=True)}
moments = [name for name, kind in types.items() if kind == "TIMESTAMP WITH TIME ZONE"]
as_micros = ", ".join(f'epoch_us("{name}") AS "{name}"' for name in moments)
replaced = f"* REPLACE ({as_micros})" if moments else "*"
found = connection.sql(f"SELECT {replaced} FROM rows").fetchall()
json.dump({"types": types, "rows": [dict(zip(rows.columns, row, strict=True)) for row in found]}, sys.stdout)
