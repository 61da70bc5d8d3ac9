"""Online features of one race through the real store, and the seconds of materialising.

    VELO_HOME=... python -m benchmarks.online --races 200

Needs a home that is built and applied. Brings its online store to the morning after the last
result, then asks for races of the build's last days, one at a time.
"""

from __future__ import annotations

import argparse
import time
import warnings

import numpy as np


def main() -> None:
    """Print the seconds of a materialisation and the milliseconds of a race."""
    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--races", type=int, default=200)
    parser.add_argument("--runners", type=int, default=12, help="of a race")
    parser.add_argument("--full", action="store_true", help="compare every row")
    chosen = parser.parse_args()
    begun = time.perf_counter()
    from training.data.dataset import feature_store
    from velo import settings
    from velo.home import Home
    from velo.offline.spine import Spine
    from velo.racing.layoff import knots_text
    from velo.store.online.entity_rows import ServiceColumns
    from velo.store.online.materialize import materialize

    home, own = Home.current(), settings.load()
    print(f"imports: {time.perf_counter() - begun:.1f} s")
    store = feature_store()
    done = materialize(home, own, store, full=chosen.full)
    for each in done.views:
        print(
            f"{each.view:<18} {each.written:>9,} written {each.removed:>7,} removed "
            f"{each.seconds:6.2f} s"
        )
    print(f"as of {done.as_of}, all views: {done.seconds:.1f} s")
    con = Spine(home).connect()
    races = con.execute(
        "SELECT race_id FROM entries WHERE was_run AND field_size >= ? "
        "GROUP BY race_id ORDER BY max(event_timestamp) DESC, race_id LIMIT ?",
        [chosen.runners, chosen.races],
    ).fetchall()
    fields = [
        con.execute(
            "SELECT * FROM entries WHERE race_id = ? LIMIT ?", [race, chosen.runners]
        ).to_arrow_table()
        for (race,) in races
    ]
    con.close()
    constants = {
        **own.priors.model_dump(),
        "layoff_knots": knots_text(own.layoff.knots),
        "sweet_spot_from": float(own.layoff.sweet_spot[0]),
        "sweet_spot_to": float(own.layoff.sweet_spot[1]),
    }
    service = store.get_feature_service(own.training.service)
    asked = ServiceColumns.by(store, own.training.service)
    taken = []
    for number, field in enumerate([*fields[:5], *fields]):
        begun = time.perf_counter()
        rows = asked.entity_rows(field, constants)
        store.get_online_features(features=service, entity_rows=rows).to_df()
        if number >= 5:
            taken.append(1000 * (time.perf_counter() - begun))
        elif number == 0:
            print(f"the first race: {1000 * (time.perf_counter() - begun):.0f} ms")
    print(
        f"{len(taken)} races of {chosen.runners}: p50 {np.percentile(taken, 50):.1f} ms, "
        f"p99 {np.percentile(taken, 99):.1f} ms"
    )


if __name__ == "__main__":
    main()
