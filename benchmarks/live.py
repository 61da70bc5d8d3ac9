"""One race at a time on the warm path, and clients at once against a service that runs.

    VELO_HOME=... python -m benchmarks.live --card card.csv
    python -m benchmarks.live --url http://127.0.0.1:8000 --clients 50 --seconds 60

The first needs a home with a champion and takes a card: features online, blend, stakes, verdicts,
what moved each runner, and the journal. The second asks for the races of `--date` over and over.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import time
import warnings
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

TURNS = 300
WARMING = 20


def main() -> None:
    """Print milliseconds."""
    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--card", type=Path)
    parser.add_argument("--runners", type=int, default=12, help="of a race, at most")
    parser.add_argument("--url")
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--date", help="of the races, the service's today by default")
    chosen = parser.parse_args()
    if chosen.url:
        asyncio.run(load(chosen.url, chosen.clients, chosen.seconds, chosen.date))
    else:
        warm(chosen.card, chosen.runners)


def warm(path: Path, most: int) -> None:
    """The largest race of a card with no more than so many runners, priced again and again."""
    from training.data.dataset import feature_store
    from velo import settings
    from velo.home import Home
    from velo.live.preparation import bring_store
    from velo.service.queue import PricingRequest
    from velo.service.schemas import PredictionAsked
    from velo.service.service import Service

    home, own = Home.current(), settings.load()
    service = Service(home, own)
    service.open()
    try:
        taken = service.take(path.read_bytes(), "text/csv").races
        fields = [len(race.runners) for race in taken]
        largest = max((size for size in fields if size <= most), default=min(fields))
        chosen = next(race for race in taken if len(race.runners) == largest)
        bring_store(home, own, feature_store(), chosen.day, lambda stage: None)
        asked = PredictionAsked(backfill=True)
        race = service.race(chosen.race_id)
        walls, processor = [], time.process_time()
        for turn in range(WARMING + TURNS):
            if turn == WARMING:
                processor = time.process_time()
            begun = time.perf_counter()
            service.ask(race, asked).result()
            walls.append(1000 * (time.perf_counter() - begun))
        processor = 1000 * (time.process_time() - processor) / TURNS
        print(f"one race of {largest}: {latencies(walls[WARMING:])}, processor {processor:.1f} ms")
        begun = time.perf_counter()
        every = [service.race(each.race_id) for each in taken]
        answers = [service._queue.ask(PricingRequest(each, None, True)) for each in every]
        for each in answers:
            each.result()
        print(f"{len(every)} races asked at once: {1000 * (time.perf_counter() - begun):.0f} ms")
    finally:
        service.close()


async def load(url: str, clients: int, seconds: float, day: str | None) -> None:
    """So many clients ask one after another, each on a connection of its own."""
    import httpx

    token = os.environ.get("VELO_SERVE_TOKEN")
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    walls: list[float] = []
    statuses: Counter[str] = Counter()
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=60) as client:
        answer = await client.get("/races", params={"date": day} if day else {})
        paths = [race["predictions"] for race in answer.raise_for_status().json()["races"]]
    until = time.monotonic() + seconds

    async def ask(first: int) -> None:
        async with httpx.AsyncClient(base_url=url, headers=headers, timeout=60) as client:
            turn = first
            while time.monotonic() < until:
                begun = time.perf_counter()
                try:
                    answer = await client.post(paths[turn % len(paths)], json={"backfill": True})
                    statuses[str(answer.status_code)] += 1
                except httpx.HTTPError as error:
                    statuses[type(error).__name__] += 1
                walls.append(1000 * (time.perf_counter() - begun))
                turn += 1

    await asyncio.gather(*(ask(number) for number in range(clients)))
    print(
        f"{clients} clients, {seconds:g} s, {len(paths)} races: {len(walls)} requests, "
        f"{len(walls) / seconds:.0f} a second, {latencies(walls)}, {json.dumps(statuses)}"
    )


def latencies(walls: Sequence[float]) -> str:
    """Median, 99th percentile and the slowest."""
    p50, p99 = np.percentile(walls, [50, 99])
    return f"p50 {p50:.1f} ms, p99 {p99:.1f} ms, slowest {max(walls):.0f} ms"


if __name__ == "__main__":
    main()
