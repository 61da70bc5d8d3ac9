-- Wins and starts of everyone who is a `person` (trainer or jockey).
WITH days AS (
    SELECT {person}_id, known, sum(win_share) AS wins, count(*) AS starts
    FROM starts
    WHERE {person}_id IS NOT NULL
    GROUP BY {person}_id, known
),
changes AS (
    SELECT {person}_id, known, wins, starts FROM days
    UNION ALL
    SELECT {person}_id, CAST(known + INTERVAL '14' DAY AS DATE), 0.0, 0 FROM days
    UNION ALL
    SELECT {person}_id, CAST(known + INTERVAL '30' DAY AS DATE), 0.0, 0 FROM days
    UNION ALL
    SELECT {person}_id, CAST(known + INTERVAL '90' DAY AS DATE), 0.0, 0 FROM days
),
daily AS (
    SELECT {person}_id, known, sum(wins) AS wins, CAST(sum(starts) AS BIGINT) AS starts
    FROM changes
    GROUP BY {person}_id, known
)
SELECT
    {person}_id, CAST(known AS TIMESTAMPTZ) AS event_timestamp,
    sum(wins) OVER career AS {person}_wins,
    CAST(sum(starts) OVER career AS BIGINT) AS {person}_starts,
    sum(wins) OVER short AS {person}_wins_14d,
    CAST(sum(starts) OVER short AS BIGINT) AS {person}_starts_14d,
    sum(wins) OVER medium AS {person}_wins_30d,
    CAST(sum(starts) OVER medium AS BIGINT) AS {person}_starts_30d,
    sum(wins) OVER long AS {person}_wins_90d,
    CAST(sum(starts) OVER long AS BIGINT) AS {person}_starts_90d
FROM daily
WINDOW
    career AS (PARTITION BY {person}_id ORDER BY known ROWS UNBOUNDED PRECEDING),
    short AS (PARTITION BY {person}_id ORDER BY known
        RANGE BETWEEN INTERVAL '1' DAY * (14 - 1) PRECEDING AND CURRENT ROW),
    medium AS (PARTITION BY {person}_id ORDER BY known
        RANGE BETWEEN INTERVAL '1' DAY * (30 - 1) PRECEDING AND CURRENT ROW),
    long AS (PARTITION BY {person}_id ORDER BY known
        RANGE BETWEEN INTERVAL '1' DAY * (90 - 1) PRECEDING AND CURRENT ROW)
