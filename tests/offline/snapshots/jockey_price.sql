-- How each jockey's runners finished against their prices: surprise, wins less chances, chances and
-- runs, as decayed sums of time constants 365 and 60 days, scaled by exp(days since 2000-01-01 / constant).
WITH days AS (
    SELECT
        jockey_id, known, era_60,
        sum(CAST(round((sur_365) * 1099511627776.0) AS DECIMAL(38, 0))) AS sur_365,
        sum(CAST(round((priced_365) * 1099511627776.0) AS DECIMAL(38, 0))) AS priced_365,
        sum(CAST(round((sur_60) * 1099511627776.0) AS DECIMAL(38, 0))) AS sur_60,
        sum(CAST(round((priced_60) * 1099511627776.0) AS DECIMAL(38, 0))) AS priced_60,
        sum(CAST(round((won_60) * 1099511627776.0) AS DECIMAL(38, 0))) AS won_60,
        sum(CAST(round((chance_60) * 1099511627776.0) AS DECIMAL(38, 0))) AS chance_60
    FROM run_facts
    WHERE jockey_id IS NOT NULL AND sur IS NOT NULL
    GROUP BY jockey_id, known, era_60
),
eras AS (
    SELECT
        jockey_id, CAST(era_60 + 1 AS BIGINT) AS next_era,
        sum(sur_60) AS sur_60, sum(priced_60) AS priced_60,
        sum(won_60) AS won_60, sum(chance_60) AS chance_60
    FROM days
    GROUP BY jockey_id, era_60
)
SELECT
    days.jockey_id, CAST(days.known AS TIMESTAMPTZ) AS event_timestamp,
    CAST(sum(days.sur_365) OVER career AS DOUBLE) / 1099511627776.0 AS jockey_sur,
    CAST(sum(days.priced_365) OVER career AS DOUBLE) / 1099511627776.0 AS jockey_priced,
    (CAST(sum(days.sur_60) OVER era AS DOUBLE)
        + coalesce(CAST(eras.sur_60 AS DOUBLE), 0.0) / 1152921504606846976.0)
        / 1099511627776.0 * exp(days.era_60 * 41.58883083359672) AS jockey_sur_60d,
    (CAST(sum(days.priced_60) OVER era AS DOUBLE)
        + coalesce(CAST(eras.priced_60 AS DOUBLE), 0.0) / 1152921504606846976.0)
        / 1099511627776.0 * exp(days.era_60 * 41.58883083359672) AS jockey_priced_60d,
    (CAST(sum(days.won_60) OVER era AS DOUBLE)
        + coalesce(CAST(eras.won_60 AS DOUBLE), 0.0) / 1152921504606846976.0)
        / 1099511627776.0 * exp(days.era_60 * 41.58883083359672) AS jockey_won_60d,
    (CAST(sum(days.chance_60) OVER era AS DOUBLE)
        + coalesce(CAST(eras.chance_60 AS DOUBLE), 0.0) / 1152921504606846976.0)
        / 1099511627776.0 * exp(days.era_60 * 41.58883083359672) AS jockey_chance_60d
FROM days
LEFT JOIN eras ON eras.jockey_id = days.jockey_id AND eras.next_era = days.era_60
WINDOW
    career AS (PARTITION BY days.jockey_id ORDER BY days.known ROWS UNBOUNDED PRECEDING),
    era AS (PARTITION BY days.jockey_id, days.era_60 ORDER BY days.known
        ROWS UNBOUNDED PRECEDING)
