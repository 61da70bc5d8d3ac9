"""Races that do not look whole, flagged so that evaluation can leave them out.

Nothing is refused for these reasons: a race without its winner still tells of its other runners.
"""

from __future__ import annotations

import duckdb

from velo.warehouse.earlier_rows import keep_earlier
from velo.warehouse.readers import READERS

LOWEST_BOOK = 0.9
HIGHEST_BOOK = 2.0
_CARDS = tuple(reader.name for reader in READERS if reader.role == "card")


def check_races(con: duckdb.DuckDBPyConnection, batch_id: int) -> None:
    """Flag anew every race of which a batch has changed something.

    `no-winner`: runners that finished or failed to, and nobody first. `two-winners`: two
    first and another second, which no dead heat leaves. `number-twice`: two runners,
    neither withdrawn, with one number and one letter or none. `coupled`: two of them with one
    number and different letters. `book-low`, `book-high`: the sum of 1 / sp over the
    starters, where every one has a price. `runners-missing`: fewer starters than `ran`, or than
    runners of a source of results where that is not known. Starters are the runners with a result
    that is not withdrawn. A void race can lack nothing but runners.

    Args:
        con: a connection in a transaction.
        batch_id: the batch, whose races, runners, results and prices are in the tables.
    """
    con.execute(_CHECKED, {"batch": batch_id})
    keep_earlier(con, "race_flags", "race_id IN (SELECT race_id FROM checked)", batch_id)
    con.execute("DELETE FROM race_flags WHERE race_id IN (SELECT race_id FROM checked)")
    con.execute(_STARTERS)
    con.execute(
        f"INSERT INTO race_flags {_FLAGS}",
        {"batch": batch_id, "low": LOWEST_BOOK, "high": HIGHEST_BOOK, "cards": list(_CARDS)},
    )
    con.execute("DROP TABLE checked; DROP TABLE starters")


_CHECKED = """
CREATE OR REPLACE TEMP TABLE checked AS
SELECT race_id FROM races WHERE batch_id = $batch
UNION SELECT race_id FROM runners WHERE batch_id = $batch
UNION SELECT race_id FROM results WHERE batch_id = $batch
UNION SELECT race_id FROM prices_history WHERE batch_id = $batch
"""

# The view `prices`, of the checked races' starting prices alone.
_STARTERS = """
CREATE OR REPLACE TEMP TABLE starters AS
WITH sp AS (
    SELECT race_id, horse_id, arg_min(decimal_odds, sources.precedence * 100 + nth) AS decimal_odds
    FROM prices_history
    JOIN sources ON sources.source = prices_history.source
    WHERE kind = 'sp' AND race_id IN (SELECT race_id FROM checked)
    GROUP BY race_id, horse_id
)
SELECT results.race_id, results.status, results.finish, sp.decimal_odds
FROM results
LEFT JOIN sp ON sp.race_id = results.race_id AND sp.horse_id = results.horse_id
WHERE results.status <> 'withdrawn' AND results.race_id IN (SELECT race_id FROM checked)
"""

_FLAGS = """
WITH fields AS (
    SELECT race_id, count(*) AS starters, count(decimal_odds) AS priced,
        count(*) FILTER (WHERE status <> 'void') AS ran_on,
        count(*) FILTER (WHERE finish = 1) AS winners,
        count(*) FILTER (WHERE finish = 2) AS seconds,
        sum(1 / decimal_odds) AS book
    FROM starters
    GROUP BY race_id
), shared AS (
    SELECT race_id, number FROM runners
    WHERE number > 0 AND race_id IN (SELECT race_id FROM checked)
    GROUP BY race_id, number
    HAVING count(*) > 1
), numbered AS (
    SELECT race_id, number, coalesce(number_letter, '') AS letter,
        string_agg(horse, ', ' ORDER BY horse, horse_id) AS horses, count(*) AS runners
    FROM shared
    JOIN runners USING (race_id, number)
    LEFT JOIN results USING (race_id, horse_id)
    WHERE CASE WHEN status IS NULL THEN standing IS NULL ELSE status <> 'withdrawn' END
    GROUP BY race_id, number, letter
), entries AS (
    SELECT race_id, number,
        string_agg(number || letter || ' ' || horses, ', ' ORDER BY letter) AS runners
    FROM numbered
    GROUP BY race_id, number
    HAVING count(*) > 1
), resultless AS (
    SELECT race_id, count(*) AS runners
    FROM runners
    ANTI JOIN results
        ON results.race_id = runners.race_id AND results.horse_id = runners.horse_id
    WHERE race_id IN (SELECT race_id FROM checked) AND standing IS NULL
        AND source NOT IN (SELECT unnest($cards::VARCHAR[]))
    GROUP BY race_id
)
SELECT race_id, 'no-winner', ran_on || ' ran, nobody first', $batch
FROM fields
WHERE ran_on > 0 AND winners = 0
UNION ALL
SELECT race_id, 'two-winners', winners || ' first and ' || seconds || ' second', $batch
FROM fields
WHERE winners > 1 AND seconds > 0
UNION ALL
SELECT race_id, 'number-twice',
    string_agg('number ' || number || letter || ': ' || horses, '; ' ORDER BY number, letter),
    $batch
FROM numbered
WHERE runners > 1
GROUP BY race_id
UNION ALL
SELECT race_id, 'coupled', string_agg(runners, '; ' ORDER BY number), $batch
FROM entries
GROUP BY race_id
UNION ALL
SELECT race_id, CASE WHEN book < $low THEN 'book-low' ELSE 'book-high' END,
    printf('book %.2f', book), $batch
FROM fields
WHERE priced = starters AND (book < $low OR book > $high)
UNION ALL
SELECT race_id, 'runners-missing',
    starters || ' of ' || coalesce(races.ran, starters + resultless.runners), $batch
FROM fields
JOIN races USING (race_id)
LEFT JOIN resultless USING (race_id)
WHERE starters < coalesce(races.ran, starters + resultless.runners)
"""
