-- One row a start, with all that families 5 to 8 know of it from the next day on (`known`). `chance` is
-- the price's share of the book, `ens` the normal score that the price let expect, `sur` the
-- surprise: how much better it finished. `fitted` says that the curve behind them was (`price_curve`).
-- `sur_365` is `sur` times exp(age / 365), the age in days since 2000-01-01, as decayed sums add it up;
-- `priced_365` is that of 1, `won_60` of win less chance. Those of 60 days are less whole eras of
-- 60 halvings (`era_60`), so that they fit in a sum of whole steps. `draw_bias_700` is `sur` times the stall
-- from the middle, as a share of the field. `rail_place` is `none` where nobody says how the rail stands.
WITH valued AS (
    SELECT
        run_prices.*, price_curve.fitted,
        run_prices.implied / sum(run_prices.implied) OVER (PARTITION BY run_prices.race_id)
            AS chance,
        price_curve.linear * run_prices.lpc + price_curve.square * run_prices.lpc2
            + price_curve.cube * run_prices.lpc3 AS ens,
        CAST(date_diff('day', DATE '2000-01-01', run_prices.date) AS DOUBLE) AS age
    FROM run_prices
    JOIN price_curve ON price_curve.region = run_prices.region
        AND price_curve.year_start = run_prices.year_start
),
weighed AS (
    SELECT
        *, ns - ens AS sur, floor(age / 2495.329850015803) AS era,
        exp(age / 60.0 - floor(age / 2495.329850015803) * 41.58883083359672) AS weight_60,
        exp(age / 365.0) AS weight_365,
        exp(age / 700.0) AS weight_700,
        draw_position - 0.5 AS from_middle,
        exp(age / 1000.0) AS weight_1000
    FROM valued
)
SELECT
    race_id, horse_id, trainer_id, jockey_id, date, known, nth_of_day, region, year_start, course_id,
    surface, race_code, distance_m, CAST(round(distance_m) AS BIGINT) AS metres, going_group, field_size, class_level,
    CASE WHEN class_level IS NOT NULL
        THEN CAST(least(7.0, greatest(0.0, round(class_level))) AS BIGINT)
    END AS class_cell,
    pounds, finish, seconds, win_share, draw_position, mark, gear,
    CASE WHEN regexp_matches(gear, '[A-Za-z]1') THEN 1.0 ELSE 0.0 END AS new_gear,
    sire, coalesce(rail, 'none') AS rail_place,
    early_position, ns, margin, chance, lpc,
    fitted, ens, sur,
    CAST(era AS BIGINT) AS era_60,
    sur * weight_60 AS sur_60,
    weight_60 AS priced_60,
    (win_share - chance) * weight_60 AS won_60,
    chance * weight_60 AS chance_60,
    sur * weight_365 AS sur_365,
    weight_365 AS priced_365,
    sur * from_middle * weight_700 AS draw_bias_700,
    CASE WHEN sur IS NOT NULL THEN from_middle * from_middle * weight_700 END AS draw_square_700,
    sur * weight_1000 AS sur_1000,
    weight_1000 AS priced_1000
FROM weighed
