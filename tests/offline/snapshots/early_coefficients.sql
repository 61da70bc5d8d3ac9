-- One row a region and year: by what the early positions of its races are forecast, coefficients of the
-- inputs of `early_inputs`, fitted to the region's days before 1 January. The year after the last one
-- has a row too. Not `fitted` before a year of days: those of Hong Kong's early years stand instead.
WITH years AS (
    SELECT
        region, CAST(date_trunc('year', known - INTERVAL '1' DAY) AS DATE) AS year_start,
        arg_max(fitted, known) AS fitted,
        arg_max(c_1, known) AS c_1, arg_max(c_2, known) AS c_2, arg_max(c_3, known) AS c_3,
        arg_max(c_4, known) AS c_4, arg_max(c_5, known) AS c_5, arg_max(c_6, known) AS c_6,
        arg_max(c_7, known) AS c_7, arg_max(c_8, known) AS c_8, arg_max(c_9, known) AS c_9,
        arg_max(c_10, known) AS c_10, arg_max(c_11, known) AS c_11, arg_max(c_12, known) AS c_12,
        arg_max(c_13, known) AS c_13, arg_max(c_14, known) AS c_14
    FROM early_fit
    GROUP BY region, CAST(date_trunc('year', known - INTERVAL '1' DAY) AS DATE)
),
begun AS (
    SELECT
        region, year_start,
        lag(fitted) OVER year AS fitted,
        lag(c_1) OVER year AS c_1, lag(c_2) OVER year AS c_2, lag(c_3) OVER year AS c_3,
        lag(c_4) OVER year AS c_4, lag(c_5) OVER year AS c_5, lag(c_6) OVER year AS c_6,
        lag(c_7) OVER year AS c_7, lag(c_8) OVER year AS c_8, lag(c_9) OVER year AS c_9,
        lag(c_10) OVER year AS c_10, lag(c_11) OVER year AS c_11, lag(c_12) OVER year AS c_12,
        lag(c_13) OVER year AS c_13, lag(c_14) OVER year AS c_14
    FROM years
    WINDOW year AS (PARTITION BY region ORDER BY year_start)
),
ended AS (
    SELECT
        *, row_number() OVER (PARTITION BY region ORDER BY year_start DESC) AS latest
    FROM years
),
forecasts AS (
    SELECT * FROM begun
    UNION ALL
    SELECT
        region, CAST(year_start + INTERVAL '1' YEAR AS DATE) AS year_start, fitted,
        c_1, c_2, c_3, c_4, c_5, c_6, c_7,
        c_8, c_9, c_10, c_11, c_12, c_13, c_14
    FROM ended
    WHERE latest = 1
)
SELECT
    region, year_start, coalesce(fitted, 0.0) > 0.0 AS fitted,
    CASE WHEN fitted > 0.0 THEN c_1 ELSE 0.846 END AS c_1,
    CASE WHEN fitted > 0.0 THEN c_2 ELSE 0.085 END AS c_2,
    CASE WHEN fitted > 0.0 THEN c_3 ELSE -0.091 END AS c_3,
    CASE WHEN fitted > 0.0 THEN c_4 ELSE 0.211 END AS c_4,
    CASE WHEN fitted > 0.0 THEN c_5 ELSE 0.476 END AS c_5,
    CASE WHEN fitted > 0.0 THEN c_6 ELSE 0.717 END AS c_6,
    CASE WHEN fitted > 0.0 THEN c_7 ELSE 0.41 END AS c_7,
    CASE WHEN fitted > 0.0 THEN c_8 ELSE -0.056 END AS c_8,
    CASE WHEN fitted > 0.0 THEN c_9 ELSE 0.073 END AS c_9,
    CASE WHEN fitted > 0.0 THEN c_10 ELSE -0.005 END AS c_10,
    CASE WHEN fitted > 0.0 THEN c_11 ELSE -0.191 END AS c_11,
    CASE WHEN fitted > 0.0 THEN c_12 ELSE 0.022 END AS c_12,
    CASE WHEN fitted > 0.0 THEN c_13 ELSE -0.026 END AS c_13,
    CASE WHEN fitted > 0.0 THEN c_14 ELSE -0.002 END AS c_14
FROM forecasts
