"""Point-in-time retrieval against plain SQL and Feast's own store, and its growth.

    VELO_HOME=... python -m benchmarks.point_in_time --without-stock

The home in force is read; it is built and applied. Every figure is a process of its own, timed
after its imports, from the same file of entity rows: those that training asks for, spread over all
years, and taken again where more are wanted than there are.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import warnings
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

from velo.cores import usable_cores

STOCK_LIMIT = 600
"""Seconds after which Feast's own store is stopped."""


class Figure(NamedTuple):
    """One retrieval: seconds (infinite where it was stopped), those of all cores together, which
    a busy machine moves less, and the process's peak memory."""

    seconds: float
    processor: float
    gigabytes: float


def main() -> None:
    """Measure and print tables of seconds, memory and ratios as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=2_000_000, help="for the yardstick")
    parser.add_argument("--stock", type=int, nargs="+", default=[10_000, 100_000, 500_000])
    parser.add_argument(
        "--growth", type=int, nargs="+", default=[250_000, 500_000, 1_000_000, 2_000_000, 4_000_000]
    )
    parser.add_argument("--without-stock", action="store_true")
    parser.add_argument("--without-growth", action="store_true")
    parser.add_argument(
        "--one",
        nargs=3,
        metavar=("ENGINE", "ENTITIES", "FOLDER"),
        help="one figure, in this process",
    )
    chosen = parser.parse_args()
    if chosen.one:
        _one(*chosen.one)
        return
    with tempfile.TemporaryDirectory(prefix="velo-bench-") as folder:
        bench = _Bench(Path(folder))
        print(f"{usable_cores()} cores, load {os.getloadavg()[0]:.1f}\n")
        _against_plain(bench, chosen.rows)
        if not chosen.without_stock:
            _against_stock(bench, chosen.stock)
        if not chosen.without_growth:
            _growth(bench, chosen.growth)


def _against_plain(bench: _Bench, rows: int) -> None:
    print(
        "| engine | entity rows | s | processor s | peak GB | to plain SQL |\n" + "| --- " * 6 + "|"
    )
    plain = bench.figure("plain", rows)
    for name, engine in (
        ("plain ASOF SQL", "plain"),
        ("as-of store, the views", "views"),
        ("as-of store, with on-demand features", "service"),
        ("as-of store, streamed to parquet", "parquet"),
    ):
        figure = plain if engine == "plain" else bench.figure(engine, rows)
        print(
            f"| {name} | {rows:,} | {figure.seconds:.1f} | {figure.processor:.1f} "
            f"| {figure.gigabytes:.1f} "
            f"| {figure.seconds / plain.seconds:.2f} |",
            flush=True,
        )


def _against_stock(bench: _Bench, sizes: list[int]) -> None:
    print("\n| entity rows | Feast's duckdb store, s | GB | as-of store, s | GB | times as fast |")
    print("| --- " * 6 + "|")
    for rows in sizes:
        ours, stock = bench.figure("service", rows), bench.figure("stock", rows)
        stopped = stock.seconds == float("inf")
        seconds = STOCK_LIMIT if stopped else stock.seconds
        print(
            f"| {rows:,} | {'stopped at ' if stopped else ''}{seconds:.1f} | {stock.gigabytes:.1f} "
            f"| {ours.seconds:.1f} | {ours.gigabytes:.1f} "
            f"| {'over ' if stopped else ''}{seconds / ours.seconds:.0f} |",
            flush=True,
        )


def _growth(bench: _Bench, sizes: list[int]) -> None:
    print("\n| entity rows | s | processor s | GB | to the size before |\n" + "| --- " * 5 + "|")
    before = None
    for rows in sizes:
        figure = bench.figure("service", rows)
        ratio = f"{figure.seconds / before:.2f}" if before else ""
        print(
            f"| {rows:,} | {figure.seconds:.1f} | {figure.processor:.1f} | {figure.gigabytes:.1f} "
            f"| {ratio} |",
            flush=True,
        )
        before = figure.seconds


class _Bench:
    """Entity rows of any number, and processes that are timed over them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def figure(self, engine: str, rows: int) -> Figure:
        """Run one retrieval in a process of its own.

        Raises:
            SystemExit: it failed.
        """
        command = [
            sys.executable,
            "-m",
            "benchmarks.point_in_time",
            "--one",
            engine,
            str(self._entities(rows)),
            str(self._folder),
        ]
        with tempfile.TemporaryFile("w+") as printed:
            process = subprocess.Popen(command, stdout=printed)
            begun = time.monotonic()
            finished, status, usage = os.wait4(process.pid, os.WNOHANG)
            while not finished:
                if engine == "stock" and time.monotonic() - begun > STOCK_LIMIT:
                    process.kill()
                    _, status, usage = os.wait4(process.pid, 0)
                    process.returncode = status
                    return Figure(float("inf"), usage.ru_utime, usage.ru_maxrss / 2**20)
                time.sleep(0.05)
                finished, status, usage = os.wait4(process.pid, os.WNOHANG)
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode:
                raise SystemExit(f"{engine} over {rows:,} rows failed")
            printed.seek(0)
            answer = json.loads(printed.read().splitlines()[-1])
        return Figure(answer["seconds"], answer["processor"], usage.ru_maxrss / 2**20)

    def _entities(self, rows: int) -> Path:
        import duckdb

        file = self._folder / f"entities_{rows}.parquet"
        every = self._folder / "entities.parquet"
        con = duckdb.connect()
        con.execute("SET TimeZone = 'UTC'")
        if not every.exists():
            con.execute(f"COPY ({_training_rows()}) TO '{every}' (FORMAT parquet)")
        if not file.exists():
            held = con.execute(f"SELECT count(*) FROM '{every}'").fetchall()[0][0]
            copies = f"range({-(-rows // held)}) AS copies(copy)"
            con.execute(
                f"COPY (SELECT * EXCLUDE (copy) FROM '{every}', {copies} "
                f"QUALIFY row_number() OVER (ORDER BY hash(race_id, horse_id, copy)) <= {rows} "
                f"ORDER BY event_timestamp, race_id, horse_id, copy) TO '{file}' (FORMAT parquet)"
            )
        con.close()
        return file


def _training_rows() -> str:
    from training.data.dataset import feature_store
    from training.data.entity_sql import entity_sql
    from velo import settings
    from velo.home import Home
    from velo.offline.spine import Spine
    from velo.store.online.entity_rows import ServiceColumns

    chosen, spine = settings.load(), Spine(Home.current())
    return entity_sql(
        spine,
        chosen.priors,
        chosen.layoff,
        spine.first_day,
        spine.last_day + timedelta(days=1),
        chosen.prices.decision,
        chosen.prices.settlement,
        ServiceColumns.by(feature_store(), chosen.training.service),
    )


def _one(engine: str, entities: str, folder: str) -> None:
    warnings.simplefilter("ignore")
    import pandas as pd
    import pyarrow.parquet as pq

    from training.data.dataset import feature_store
    from velo import settings

    store, service = feature_store(), settings.load().training.service
    rows = f"SELECT * FROM '{entities}'"
    if engine == "stock":
        store = _stock_store(store, service, Path(folder))
        rows = pd.read_parquet(entities)
    begun, worked = time.perf_counter(), time.process_time()
    if engine == "plain":
        count = len(_plain(store, service, rows))
    elif engine == "parquet":
        target = Path(folder) / "streamed.parquet"
        job = store.get_historical_features(rows, store.get_feature_service(service))
        job.to_parquet(target)
        count = pq.read_metadata(target).num_rows
        target.unlink()
    else:
        asked: Any = store.get_feature_service(service)
        if engine == "views":
            asked = [
                f"{view.name}:{feature.name}"
                for view in _views(store, service)
                for feature in view.features
            ]
        count = len(store.get_historical_features(rows, asked).to_df())
    seconds, processor = time.perf_counter() - begun, time.process_time() - worked
    print(json.dumps({"rows": count, "seconds": seconds, "processor": processor}))


def _views(store: Any, service: str) -> list[Any]:
    """The views that the service's on-demand views read."""
    names = {
        source.name
        for projection in store.get_feature_service(service).feature_view_projections
        for source in store.get_on_demand_feature_view(
            projection.name
        ).source_feature_view_projections.values()
    }
    return [store.get_feature_view(name) for name in sorted(names)]


def _plain(store: Any, service: str, rows: str) -> Any:
    """What one would write by hand: one statement, an ASOF join a view, into a frame."""
    import duckdb

    joins, features = [], []
    for number, view in enumerate(_views(store, service)):
        known = f"known_{number}"
        features += [f"{known}.{feature.name}" for feature in view.features]
        match = [f"entity.{key} = {known}.{key}" for key in view.join_keys]
        match.append(f"entity.event_timestamp >= {known}.event_timestamp")
        joins.append(
            f"ASOF LEFT JOIN read_parquet('{view.batch_source.path}/**/*.parquet', "
            f"hive_partitioning = false) AS {known} ON {' AND '.join(match)}"
        )
    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'")
    # Else the planner may loop over rows of which it has no statistics.
    con.execute("SET asof_loop_join_threshold = 0")
    return con.sql(
        f"SELECT entity.*, {', '.join(features)} FROM ({rows}) AS entity {' '.join(joins)} "
    ).df()


def _stock_store(store: Any, service: str, folder: Path) -> Any:
    """The same declarations over the same rows, one file a view, under Feast's own DuckDB store."""
    import duckdb
    from feast import FeatureStore, FileSource

    settings = folder / "stock.yaml"
    if not settings.exists():
        settings.write_text(
            f"project: stock\nprovider: local\nregistry: {folder}/stock.db\n"
            f"online_store: {{type: sqlite, path: {folder}/online.db}}\n"
            "offline_store: {type: duckdb}\nentity_key_serialization_version: 3\n"
        )
        views = _views(store, service)
        for view in views:
            file = folder / f"{view.name}.parquet"
            duckdb.execute(
                f"COPY (SELECT * FROM read_parquet('{view.batch_source.path}/**/*.parquet', "
                f"hive_partitioning = false)) TO '{file}' (FORMAT parquet)"
            )
            view.batch_source = FileSource(
                name=view.name, path=str(file), timestamp_field="event_timestamp"
            )
        asked = store.get_feature_service(service)
        families = [
            store.get_on_demand_feature_view(each.name) for each in asked.feature_view_projections
        ]
        FeatureStore(fs_yaml_file=settings).apply(
            [*store.list_entities(), *views, *families, asked]
        )
    return FeatureStore(fs_yaml_file=settings)


if __name__ == "__main__":
    main()
