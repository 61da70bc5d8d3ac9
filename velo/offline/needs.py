"""What a feature needs of the data: facts that some sources have and others lack.

A feature declares it in its tag `needs`: names of `FACTS`, with a comma between two that it needs
both, and `or` where either will do. Where the data have none of it, the feature is not in these
data, which is no fault of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from velo.offline.spine import Spine
from velo.sql_text import literal

PRICE_CURVE = "price_curve"
FACTS: Mapping[str, tuple[str, str]] = {
    "rail": ("entries", "rail_place <> 'none'"),
    "stall": ("entries", "stall IS NOT NULL"),
    "gear": ("entries", "gear IS NOT NULL"),
    "sire": ("entries", "sire IS NOT NULL"),
    "official_rating": ("entries", "official_rating IS NOT NULL"),
    "rating_band": ("entries", "mark IS NOT NULL AND official_rating IS NULL"),
    "early_position": ("horse_runs", "last_early IS NOT NULL"),
    PRICE_CURVE: ("entries", "NOT ({unfitted})"),
    "earlier_price": ("outcomes", "{earlier}"),
}
"""Fact -> a table of the build, and where a row of it has the fact.

A mark without an official rating is what a rating band says. Where horses lay early is known only
after a race, so it is looked for where features find it, among their last starts. The curve of what
a price lets expect is there or not by region and year. An earlier price is one of a kind that
stands at an hour before the decision's.
"""


def strange_need(needs: str) -> str | None:
    """The first name in a tag that is no fact; None of a tag that names facts alone."""
    return next((name for name in names_of(needs) if name not in FACTS), None)


def lacking(needs: str, facts: Iterable[str]) -> str:
    """What of a feature's needs the data do not have, as its tag says it; empty if they have all.

    Args:
        needs: the tag.
        facts: that the data have.
    """
    there = set(facts)
    return ", ".join(
        " or ".join(either) for either in _all_of(needs) if not there.intersection(either)
    )


def facts_of(
    spine: Spine, needs: Iterable[str], first: date, end: date, earlier: Sequence[str] = ()
) -> frozenset[str]:
    """Of the facts that features need, those that any run of the days [first, end) has.

    Args:
        spine: of the build.
        needs: tags of features; what none of them names is not looked for.
        first, end: the days.
        earlier: kinds of price that stand at an hour before the decision.

    Raises:
        NothingBuilt: the build is from before it had the table.
    """
    wanted = {name for each in needs for name in names_of(each)}
    there: set[str] = set()
    for table in sorted({FACTS[name][0] for name in wanted}):
        names = [name for name, (where, _) in FACTS.items() if name in wanted and where == table]
        rows = spine.feature_table(table)
        conditions = ", ".join(f"bool_or({FACTS[name][1]})" for name in names)
        quoted = " OR ".join(f'"{kind}" IS NOT NULL' for kind in earlier) or "FALSE"
        conditions = conditions.format(unfitted=years_sql(spine.unfitted), earlier=quoted)
        answers = spine.connect().execute(
            f"SELECT {conditions} FROM {rows} WHERE event_timestamp >= CAST($first AS TIMESTAMPTZ) "
            "AND event_timestamp < CAST($end AS TIMESTAMPTZ)",
            {"first": first, "end": end},
        )
        there |= {name for name, has in zip(names, answers.fetchall()[0], strict=True) if has}
    return frozenset(there)


def years_sql(years: Iterable[tuple[str, int]]) -> str:
    """SQL over entries, true of those of some regions and years."""
    each = [
        f"(region = {literal(region)} "
        f"AND event_timestamp >= TIMESTAMPTZ '{year}-01-01 00:00:00+00' "
        f"AND event_timestamp < TIMESTAMPTZ '{year + 1}-01-01 00:00:00+00')"
        for region, year in years
    ]
    return " OR ".join(each) or "FALSE"


def names_of(needs: str) -> list[str]:
    """The names in a tag."""
    return [name for either in _all_of(needs) for name in either]


def _all_of(needs: str) -> list[list[str]]:
    """What is needed together, each by those of which one will do."""
    return [
        [name.strip() for name in either.split(" or ")]
        for either in needs.split(",")
        if either.strip()
    ]
