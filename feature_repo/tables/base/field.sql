-- One row a runner of the field: those that came under orders, or on a card those that are to run,
-- non-runners and reserves left out.
-- `draw_third` is 1 (low stalls) to 3 (high), `draw_position` 0 (lowest) to 1; a dead heat for first
-- shares the win. `race_code` is flat, hurdle, chase or bumper. `mark` is the official rating, or in
-- Hong Kong what the weight says where a race has none.
WITH fates AS (
    SELECT
        race_id,
        bool_or(status IN ('finished', 'non-finisher')) AS was_run
    FROM results
    GROUP BY race_id
),
declared AS (
    SELECT
        races.race_id, races.date, races.region, races.course, races.course_id, races.surface,
        races.distance_m, races.distance_band, races.going_group, races.race_type,
        coalesce(races.off, '') AS off, coalesce(races.race_no, 0) AS race_no,
        races.declared_level, races.prize, races.rating_band, races.rail,
        {race_code} AS race_code,
        runners.horse_id, runners.horse, runners.trainer_id, runners.jockey_id, runners.draw, runners.pounds,
        runners.official_rating, runners.headgear, runners.sire,
        results.status, results.finish, results.seconds, results.beaten, results.rpr, results.ts,
        results.early_position,
        coalesce(fates.was_run, FALSE) AS was_run
    FROM runners
    JOIN races ON races.race_id = runners.race_id
    LEFT JOIN results
        ON results.race_id = runners.race_id AND results.horse_id = runners.horse_id
    LEFT JOIN fates ON fates.race_id = runners.race_id
    WHERE results.status IN ('finished', 'non-finisher')
        OR (fates.race_id IS NULL AND runners.standing IS NULL)
)
SELECT
    declared.*,
    count(*) OVER race AS field_size,
    {win_share(won: finish = 1)} AS win_share,
    CASE WHEN draw IS NOT NULL THEN
        CAST(ceil(3.0 * rank() OVER (PARTITION BY race_id ORDER BY draw NULLS LAST)
            / count(*) OVER race) AS BIGINT)
    END AS draw_third,
    CASE WHEN draw IS NOT NULL AND count(*) OVER race > 1 THEN
        (rank() OVER (PARTITION BY race_id ORDER BY draw NULLS LAST) - 1.0)
            / (count(*) OVER race - 1.0)
    END AS draw_position,
    {mark} AS mark
FROM declared
WINDOW race AS (PARTITION BY race_id)
