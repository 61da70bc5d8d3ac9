-- One row a start: how far forward it was to lie, less its race's mean (`eh`, below 0 is in front), as
-- forecast from before its day, and what the price missed of that: `bias` is surprise times `eh`, `square` the square of
-- `eh`, each times exp(age / time constant), the age in days since 2000-01-01. Those of 250 days are
-- less whole eras of 60 halvings (`era_250`), so that they fit in a sum of whole steps.
WITH forecasts AS (
    SELECT
        run_facts.race_id, run_facts.horse_id, run_facts.jockey_id, run_facts.known,
        run_facts.course_id, run_facts.surface, run_facts.race_code, run_facts.metres,
        run_facts.sur, run_facts.priced_1000,
        CAST(date_diff('day', DATE '2000-01-01', run_facts.date) AS DOUBLE) AS age,
        early_coefficients.c_1 * early_inputs.x_1
            + early_coefficients.c_2 * early_inputs.x_2
            + early_coefficients.c_3 * early_inputs.x_3
            + early_coefficients.c_4 * early_inputs.x_4
            + early_coefficients.c_5 * early_inputs.x_5
            + early_coefficients.c_6 * early_inputs.x_6
            + early_coefficients.c_7 * early_inputs.x_7
            + early_coefficients.c_8 * early_inputs.x_8
            + early_coefficients.c_9 * early_inputs.x_9
            + early_coefficients.c_10 * early_inputs.x_10
            + early_coefficients.c_11 * early_inputs.x_11
            + early_coefficients.c_12 * early_inputs.x_12
            + early_coefficients.c_13 * early_inputs.x_13
            + early_coefficients.c_14 * early_inputs.x_14 AS eh
    FROM early_inputs
    JOIN run_facts ON run_facts.horse_id = early_inputs.horse_id
        AND run_facts.known = early_inputs.known
        AND run_facts.nth_of_day = early_inputs.nth_of_day
    JOIN early_coefficients ON early_coefficients.region = run_facts.region
        AND early_coefficients.year_start = run_facts.year_start
),
weighed AS (
    SELECT
        *, floor(age / 10397.207708399179) AS era,
        exp(age / 250.0 - floor(age / 10397.207708399179) * 41.58883083359672) AS weight_250
    FROM forecasts
)
SELECT
    race_id, horse_id, jockey_id, known, course_id, surface, race_code, metres, eh, sur,
    CAST(era AS BIGINT) AS era_250,
    sur * eh * weight_250 AS bias_250,
    eh * eh * weight_250 AS square_250,
    sur * eh * priced_1000 AS bias_1000,
    eh * eh * priced_1000 AS square_1000
FROM weighed
