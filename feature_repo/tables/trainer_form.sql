-- Each trainer's wins and starts: career, and over the last 14,
-- 30 and 90 days. A row at each day that becomes known and at
-- each day that falls out of a window.
WITH days AS (
    SELECT trainer_id, known, sum(win_share) AS wins, count(*) AS starts
    FROM starts
    WHERE trainer_id IS NOT NULL
    GROUP BY trainer_id, known
),
changes AS (
    SELECT trainer_id, known, wins, starts FROM days
    UNION ALL
    SELECT trainer_id, CAST(known + INTERVAL '14' DAY AS DATE), 0.0, 0 FROM days
    UNION ALL
    SELECT trainer_id, CAST(known + INTERVAL '30' DAY AS DATE), 0.0, 0 FROM days
    UNION ALL
    SELECT trainer_id, CAST(known + INTERVAL '90' DAY AS DATE), 0.0, 0 FROM days
),
daily AS (
    SELECT trainer_id, known, sum(wins) AS wins, CAST(sum(starts) AS BIGINT) AS starts
    FROM changes
    GROUP BY trainer_id, known
)
SELECT
    trainer_id, CAST(known AS TIMESTAMPTZ) AS event_timestamp,
    sum(wins) OVER career AS trainer_wins,
    CAST(sum(starts) OVER career AS BIGINT) AS trainer_starts,
    sum(wins) OVER short AS trainer_wins_14d,
    CAST(sum(starts) OVER short AS BIGINT) AS trainer_starts_14d,
    sum(wins) OVER medium AS trainer_wins_30d,
    CAST(sum(starts) OVER medium AS BIGINT) AS trainer_starts_30d,
    sum(wins) OVER long AS trainer_wins_90d,
    CAST(sum(starts) OVER long AS BIGINT) AS trainer_starts_90d
FROM daily
WINDOW
    career AS (PARTITION BY trainer_id ORDER BY known ROWS UNBOUNDED PRECEDING),
    short AS (PARTITION BY trainer_id ORDER BY known
        RANGE BETWEEN INTERVAL '1' DAY * (14 - 1) PRECEDING AND CURRENT ROW),
    medium AS (PARTITION BY trainer_id ORDER BY known
        RANGE BETWEEN INTERVAL '1' DAY * (30 - 1) PRECEDING AND CURRENT ROW),
    long AS (PARTITION BY trainer_id ORDER BY known
        RANGE BETWEEN INTERVAL '1' DAY * (90 - 1) PRECEDING AND CURRENT ROW)
