"""Historical retrieval of every start's 21 features, in the home that is in force.

VELO_HOME=... python -m benchmarks.retrieval
"""

from __future__ import annotations

import time
import warnings


def main() -> None:
    """Retrieve and print rows and seconds, the imports not counted."""
    warnings.simplefilter("ignore")
    from training.data.dataset import entity_sql, feature_store, retrieve
    from training.data.service_features import declared
    from velo import settings
    from velo.home import Home
    from velo.offline.spine import Spine

    chosen, spine, store = settings.load(), Spine(Home.current()), feature_store()
    service = declared(store, chosen.training.service)
    rows = entity_sql(
        spine,
        chosen.priors,
        chosen.layoff,
        spine.first_day,
        spine.last_day,
        chosen.prices.decision,
        chosen.prices.settlement,
    )
    begun = time.perf_counter()
    frame = retrieve(store, service, rows)
    seconds = time.perf_counter() - begun
    print(f"{len(frame):,} rows, {len(service.features)} features: {seconds:.1f} s")


if __name__ == "__main__":
    main()
