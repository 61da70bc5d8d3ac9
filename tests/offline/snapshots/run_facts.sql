-- One row a start, with all that families 5 to 8 know of it from the next day on (`known`). `chance` is
-- the price's share of the book, `ens` the normal score that the price let expect, `sur` the
-- surprise: how much better it finished. `fitted` says that the curve behind them was (`price_curve`).
WITH valued AS (
    SELECT
        run_prices.*, price_curve.fitted,
        run_prices.implied / sum(run_prices.implied) OVER (PARTITION BY run_prices.race_id)
            AS chance,
        price_curve.linear * run_prices.lpc + price_curve.square * run_prices.lpc2
            + price_curve.cube * run_prices.lpc3 AS ens
    FROM run_prices
    JOIN price_curve ON price_curve.region = run_prices.region
        AND price_curve.year_start = run_prices.year_start
)
SELECT
    race_id, horse_id, trainer_id, jockey_id, date, known, nth_of_day, region, course_id, surface,
    race_code, distance_m, going_group, field_size, class_level,
    CASE WHEN class_level IS NOT NULL
        THEN CAST(least(7.0, greatest(0.0, round(class_level))) AS BIGINT)
    END AS class_cell,
    pounds, finish, seconds, win_share, draw_position, mark, gear, sire, ns, margin, chance, lpc,
    fitted, ens, ns - ens AS sur
FROM valued
