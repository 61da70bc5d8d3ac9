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
    early_position, CASE
        WHEN abs(q) <= 0.425 THEN q * (
            ((((((2.5090809287301226727e3 * centre + 3.3430575583588128105e4) * centre
            + 6.7265770927008700853e4) * centre
            + 4.5921953931549871457e4) * centre
            + 1.3731693765509461125e4) * centre
            + 1.9715909503065514427e3) * centre
            + 1.3314166789178437745e2) * centre
            + 3.387132872796366608e0
        ) / (
            ((((((5.226495278852545925e3 * centre + 2.8729085735721942674e4) * centre
            + 3.9307895800092710610e4) * centre
            + 2.1213794301586595867e4) * centre
            + 5.3941960214247511077e3) * centre
            + 6.8718700749205790830e2) * centre
            + 4.2313330701600911252e1) * centre
            + 1.0
        )
        ELSE sign(q) * (
            ((((((7.74545014278341407640e-4 * tail + 2.27238449892691845833e-2) * tail
            + 2.41780725177450611770e-1) * tail
            + 1.27045825245236838258e0) * tail
            + 3.64784832476320460504e0) * tail
            + 5.76949722146069140550e0) * tail
            + 4.63033784615654529590e0) * tail
            + 1.42343711074968357734e0
        ) / (
            ((((((1.05075007164441684324e-9 * tail + 5.47593808499534494600e-4) * tail
            + 1.51986665636164571966e-2) * tail
            + 1.48103976427480074590e-1) * tail
            + 6.89767334985100004550e-1) * tail
            + 1.67638483018380384940e0) * tail
            + 2.05319162663775882187e0) * tail
            + 1.0
        )
    END AS ns,
    -sign(behind) * 3.0 * ln(1.0 + abs(behind) / (3.0 * sqrt(coalesce(distance_m, 1400.0) / 1400.0)))
        AS margin,
    implied, lpc,
    square - avg(square) OVER (PARTITION BY race_id) AS lpc2,
    cube - avg(cube) OVER (PARTITION BY race_id) AS lpc3
FROM powers
