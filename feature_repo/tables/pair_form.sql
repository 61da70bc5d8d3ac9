-- Wins and starts of a trainer with a jockey over the last 365 days.
WITH days AS (
    SELECT trainer_id, jockey_id, known, sum(win_share) AS wins, count(*) AS starts
    FROM starts
    WHERE trainer_id IS NOT NULL AND jockey_id IS NOT NULL
    GROUP BY trainer_id, jockey_id, known
),
changes AS (
    SELECT trainer_id, jockey_id, known, wins, starts FROM days
    UNION ALL
    SELECT trainer_id, jockey_id, CAST(known + INTERVAL '365' DAY AS DATE), 0.0, 0 FROM days
),
daily AS (
    SELECT trainer_id, jockey_id, known, sum(wins) AS wins, CAST(sum(starts) AS BIGINT) AS starts
    FROM changes
    GROUP BY trainer_id, jockey_id, known
)
SELECT
    trainer_id, jockey_id, CAST(known AS TIMESTAMPTZ) AS event_timestamp,
    sum(wins) OVER year AS pair_wins_365d,
    CAST(sum(starts) OVER year AS BIGINT) AS pair_starts_365d
FROM daily
WINDOW year AS (PARTITION BY trainer_id, jockey_id ORDER BY known
    RANGE BETWEEN INTERVAL '1' DAY * (365 - 1) PRECEDING AND CURRENT ROW)
