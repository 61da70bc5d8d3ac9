-- One row a start: how it finished and what the market thought of it. `ns` is the normal score of
-- the finish, `margin` compressed lengths ahead of the winner, `implied` 1 / odds, `lpc` the log of it
-- less the race's mean; `lpc2` and `lpc3` are its square and cube less theirs.
-- BSP where every starter has one, else SP; without a complete book there is no price. Logs and
-- powers are held to steps of 2^-40 (cubes 2^-36, shares 2^-48): sums over a race are exact.
WITH quoted AS (
    SELECT
        race_id, horse_id,
        max(CASE WHEN kind = 'sp' THEN decimal_odds END) AS sp,
        max(CASE WHEN kind = 'bsp' THEN decimal_odds END) AS bsp
    FROM prices
    WHERE kind IN ('sp', 'bsp')
    GROUP BY race_id, horse_id
),
priced AS (
    SELECT
        starts.race_id, starts.horse_id, starts.trainer_id, starts.jockey_id, starts.date,
        starts.known, starts.nth_of_day, field.region,
        CAST(date_trunc('year', starts.date) AS DATE) AS year_start,
        starts.course_id, starts.surface, field.race_code, starts.distance_m,
        starts.going_group, starts.field_size, starts.class_level, starts.pounds, starts.finish,
        starts.seconds, starts.win_share, field.draw_position, field.mark, field.headgear AS gear,
        field.sire, field.rail, field.early_position,
        (starts.field_size - least(coalesce(starts.finish, starts.field_size), starts.field_size)
            + 0.5) / starts.field_size - 0.5 AS q,
        field.beaten, min(CASE WHEN starts.finish > 1 THEN field.beaten END) OVER race AS won_by,
        CASE
            WHEN count(quoted.bsp) OVER race = count(*) OVER race THEN quoted.bsp
            WHEN count(quoted.sp) OVER race = count(*) OVER race THEN quoted.sp
        END AS odds
    FROM starts
    JOIN field ON field.race_id = starts.race_id AND field.horse_id = starts.horse_id
    LEFT JOIN quoted ON quoted.race_id = starts.race_id AND quoted.horse_id = starts.horse_id
    WINDOW race AS (PARTITION BY starts.race_id)
),
logs AS (
    SELECT
        *,
        round(ln(odds) * 1099511627776.0) / 1099511627776.0 AS log_odds,
        round(281474976710656.0 / odds) / 281474976710656.0 AS implied,
        0.180625 - q * q AS centre,
        sqrt(-ln(0.5 - abs(q))) - 1.6 AS tail,
        CASE
            WHEN finish IS NULL THEN 25.0
            WHEN finish > 1 THEN beaten
            WHEN won_by > 6.0 THEN -6.0
            ELSE -won_by
        END AS behind
    FROM priced
),
centred AS (
    SELECT
        *,
        avg(log_odds) OVER (PARTITION BY race_id) - log_odds AS lpc
    FROM logs
),
powers AS (
    SELECT
        *,
        round(lpc * lpc * 1099511627776.0) / 1099511627776.0 AS square,
        round(lpc * lpc * lpc * 68719476736.0) / 68719476736.0 AS cube
    FROM centred
)
SELECT
    race_id, horse_id, trainer_id, jockey_id, date, known, nth_of_day, region, year_start,
    course_id, surface, race_code, distance_m, going_group, field_size, class_level, pounds,
    finish, seconds, win_share, draw_position, mark, gear, sire, rail,
    early_position, {normal_quantile} AS ns,
    -sign(behind) * 3.0 * ln(1.0 + abs(behind) / (3.0 * sqrt(coalesce(distance_m, 1400.0) / 1400.0)))
        AS margin,
    implied, lpc,
    square - avg(square) OVER (PARTITION BY race_id) AS lpc2,
    cube - avg(cube) OVER (PARTITION BY race_id) AS lpc3
FROM powers
