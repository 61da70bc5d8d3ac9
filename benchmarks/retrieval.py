"""Every start's 21 features onto disk, as training retrieves them, in the home that is in force.

VELO_HOME=... python -m benchmarks.retrieval
"""

from __future__ import annotations

import time
import warnings


def main() -> None:
    """Retrieve and print rows and seconds, the imports not counted."""
    warnings.simplefilter("ignore")
    from training.data.dataset import feature_store
    from training.data.entity_sql import entity_sql
    from training.data.feature_retrieval import retrieve_to_disk
    from training.data.service_features import declared
    from velo import settings
    from velo.home import Home
    from velo.offline.spine import Spine
    from velo.store.online.entity_rows import ServiceColumns

    home = Home.current()
    chosen, spine, store = settings.load(), Spine(home), feature_store()
    service = declared(store, chosen.training.service)
    rows = entity_sql(
        spine,
        chosen.priors,
        chosen.layoff,
        spine.first_day,
        spine.last_day,
        chosen.prices.decision,
        chosen.prices.settlement,
        ServiceColumns.by(store, chosen.training.service),
    )
    begun = time.perf_counter()
    file, _ = retrieve_to_disk(store, service, rows, home.root)
    seconds = time.perf_counter() - begun
    print(f"{len(file):,} rows, {len(service.features)} features: {seconds:.1f} s")


if __name__ == "__main__":
    main()
