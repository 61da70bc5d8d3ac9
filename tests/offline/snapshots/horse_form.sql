-- The last five starts of a horse, 1 the most recent: finishing percentile and three speed
-- ratings. `figure` is the platform's own, 1000 * (par - seconds) / par.
WITH rated AS (
    SELECT
        starts.horse_id, starts.known, starts.nth_of_day, starts.percentile, starts.ts, starts.rpr,
        1000.0 * (par_times.par_seconds - starts.seconds) / par_times.par_seconds AS figure
    FROM starts
    LEFT JOIN par_times ON par_times.race_id = starts.race_id
),
runs AS (
    SELECT
        horse_id, known,
        percentile AS percentile_1,
        lag(percentile, 1) OVER run AS percentile_2,
        lag(percentile, 2) OVER run AS percentile_3,
        lag(percentile, 3) OVER run AS percentile_4,
        lag(percentile, 4) OVER run AS percentile_5,
        ts AS ts_1,
        lag(ts, 1) OVER run AS ts_2,
        lag(ts, 2) OVER run AS ts_3,
        lag(ts, 3) OVER run AS ts_4,
        lag(ts, 4) OVER run AS ts_5,
        rpr AS rpr_1,
        lag(rpr, 1) OVER run AS rpr_2,
        lag(rpr, 2) OVER run AS rpr_3,
        lag(rpr, 3) OVER run AS rpr_4,
        lag(rpr, 4) OVER run AS rpr_5,
        figure AS figure_1,
        lag(figure, 1) OVER run AS figure_2,
        lag(figure, 2) OVER run AS figure_3,
        lag(figure, 3) OVER run AS figure_4,
        lag(figure, 4) OVER run AS figure_5,
        row_number() OVER (PARTITION BY horse_id, known ORDER BY nth_of_day DESC) AS latest
    FROM rated
    WINDOW run AS (PARTITION BY horse_id ORDER BY known, nth_of_day)
)
SELECT
    horse_id, CAST(known AS TIMESTAMPTZ) AS event_timestamp,
    percentile_1, percentile_2, percentile_3, percentile_4, percentile_5,
    ts_1, ts_2, ts_3, ts_4, ts_5,
    rpr_1, rpr_2, rpr_3, rpr_4, rpr_5,
    figure_1, figure_2, figure_3, figure_4, figure_5
FROM runs
WHERE latest = 1
