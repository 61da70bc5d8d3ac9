"""An exchange's file of results, which gives horses ids."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from velo.warehouse.readers import gb_all_weather


def exchange_file(folder: Path, rows: list[dict[str, str]], ids: list[str]) -> Path:
    """The same runners as an all-weather file with ids of its own and exchange prices."""
    names = {"official_rating": "or", "secs": "time"}
    columns = {
        column: [runner.get(names.get(column, column)) for runner in rows]
        for column in sorted(
            spellings[0].columns[0] for spellings in gb_all_weather.READER.columns.values()
        )
    }
    columns |= {"horse_id": ids, "pf_speed": ids}
    columns |= {
        price: ["4.2"] * len(rows) for price in ("bsp", "eve_price", "break_price", "morn_price")
    }
    path = folder / "exchange.parquet"
    pq.write_table(
        pa.table({name: pa.array(cells, pa.string()) for name, cells in columns.items()}), path
    )
    return path
