-- A horse's ratings after each day that it ran, by finishing order, margin and price; those of its
-- last start's jockey and trainer as they stood before that start; and its best speed figure of the
-- last three starts.
WITH figured AS (
    SELECT
        horse_id, known,
        max(figure) OVER run AS best_figure,
        row_number() OVER (PARTITION BY horse_id, known ORDER BY nth_of_day DESC) AS latest
    FROM run_figures
    WHERE horse_id IS NOT NULL
    WINDOW run AS (PARTITION BY horse_id ORDER BY known, nth_of_day
        ROWS BETWEEN 2 PRECEDING AND CURRENT ROW)
)
SELECT
    ratings_rank.horse_id, CAST(ratings_rank.known AS TIMESTAMPTZ) AS event_timestamp,
    ratings_rank.mean AS horse_rank_rating,
    ratings_margin.mean AS horse_margin_rating,
    ratings_price.mean AS horse_price_rating,
    ratings_rank.jockey_before AS last_jockey_rating,
    ratings_rank.trainer_before AS last_trainer_rating,
    figured.best_figure
FROM ratings_rank
JOIN ratings_margin ON ratings_margin.horse_id = ratings_rank.horse_id
    AND ratings_margin.known = ratings_rank.known
JOIN ratings_price ON ratings_price.horse_id = ratings_rank.horse_id
    AND ratings_price.known = ratings_rank.known
JOIN figured ON figured.horse_id = ratings_rank.horse_id
    AND figured.known = ratings_rank.known
WHERE figured.latest = 1
