-- One row a region and year: what finish a price lets expect there, as a normal score
-- `linear` * lpc + `square` * lpc2 + `cube` * lpc3: least squares over the region's runs before
-- 1 January, added up from sums by year. Not `fitted` before a year of days: the settings' defaults.
-- The sums are whole steps of 2^-40, so they are exact.
WITH years AS (
    SELECT
        region, year_start, min(date) AS first_day,
        {whole_steps(value: lpc * lpc)} AS a11,
        {whole_steps(value: lpc * lpc2)} AS a12,
        {whole_steps(value: lpc * lpc3)} AS a13,
        {whole_steps(value: lpc2 * lpc2)} AS a22,
        {whole_steps(value: lpc2 * lpc3)} AS a23,
        {whole_steps(value: lpc3 * lpc3)} AS a33,
        {whole_steps(value: lpc * ns)} AS b1,
        {whole_steps(value: lpc2 * ns)} AS b2,
        {whole_steps(value: lpc3 * ns)} AS b3
    FROM run_prices
    GROUP BY region, year_start
),
added AS (
    SELECT
        region, year_start, min(first_day) OVER before AS first_day,
        CAST(sum(a11) OVER before AS DOUBLE) / 1099511627776.0 AS a11,
        CAST(sum(a12) OVER before AS DOUBLE) / 1099511627776.0 AS a12,
        CAST(sum(a13) OVER before AS DOUBLE) / 1099511627776.0 AS a13,
        CAST(sum(a22) OVER before AS DOUBLE) / 1099511627776.0 AS a22,
        CAST(sum(a23) OVER before AS DOUBLE) / 1099511627776.0 AS a23,
        CAST(sum(a33) OVER before AS DOUBLE) / 1099511627776.0 AS a33,
        CAST(sum(b1) OVER before AS DOUBLE) / 1099511627776.0 AS b1,
        CAST(sum(b2) OVER before AS DOUBLE) / 1099511627776.0 AS b2,
        CAST(sum(b3) OVER before AS DOUBLE) / 1099511627776.0 AS b3
    FROM years
    WINDOW before AS (PARTITION BY region ORDER BY year_start
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
),
minors AS (
    SELECT
        *,
        a22 * a33 - a23 * a23 AS m1,
        a12 * a33 - a23 * a13 AS m2,
        a12 * a23 - a22 * a13 AS m3
    FROM added
),
solved AS (
    SELECT
        *,
        coalesce(
            first_day <= CAST(year_start - INTERVAL '365' DAY AS DATE)
            AND a11 * m1 - a12 * m2 + a13 * m3 > 1e-12 * a11 * a22 * a33,
            FALSE
        ) AS fitted,
        a11 * m1 - a12 * m2 + a13 * m3 AS determinant
    FROM minors
)
SELECT
    region, year_start, fitted,
    CASE WHEN fitted THEN
        (b1 * m1 - a12 * (b2 * a33 - a23 * b3) + a13 * (b2 * a23 - a22 * b3)) / determinant
    ELSE {price_curve_linear} END AS linear,
    CASE WHEN fitted THEN
        (a11 * (b2 * a33 - a23 * b3) - b1 * m2 + a13 * (a12 * b3 - b2 * a13)) / determinant
    ELSE {price_curve_square} END AS square,
    CASE WHEN fitted THEN
        (a11 * (a22 * b3 - b2 * a23) - a12 * (a12 * b3 - b2 * a13) + b1 * m3) / determinant
    ELSE {price_curve_cube} END AS cube
FROM solved
