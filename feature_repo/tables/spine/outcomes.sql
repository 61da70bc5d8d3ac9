-- One row a start: how it ended and every price before the off, for labels and settlement. Never a
-- feature. `market_flag` says why a race's prices make no market; one with two winners is nothing to
-- fit on either. A `handicap` has place terms of its own: it says so in its name, in Chinese as 讓賽;
-- a Hong Kong race whose name the source lacks is one by its class, as all with a name are.
WITH quoted AS (
    {quoted_prices}
),
flagged AS (
    SELECT
        race_id,
        coalesce(
            max(CASE WHEN flag = 'two-winners' THEN flag END),
            max(CASE WHEN flag = 'runners-missing' THEN flag END),
            max(CASE WHEN flag = 'coupled' THEN flag END),
            max(CASE WHEN flag = 'book-low' THEN flag END),
            max(CASE WHEN flag = 'book-high' THEN flag END)
        ) AS market_flag
    FROM race_flags
    GROUP BY race_id
)
SELECT
    starts.race_id, starts.horse_id, CAST(starts.date AS TIMESTAMPTZ) AS event_timestamp,
    starts.win_share, starts.finish, starts.field_size,
    {is_handicap} AS handicap,
    flagged.market_flag,
    quoted.sp, quoted.bsp, quoted.wap, quoted."open",
    quoted.morning, quoted.breakfast, quoted.evening
FROM starts
JOIN races ON races.race_id = starts.race_id
LEFT JOIN quoted ON quoted.race_id = starts.race_id AND quoted.horse_id = starts.horse_id
LEFT JOIN flagged ON flagged.race_id = starts.race_id
