-- A trainer's ratings by finishing order, margin and price, after each day of runners.
SELECT
    ratings_rank.trainer_id, CAST(ratings_rank.known AS TIMESTAMPTZ) AS event_timestamp,
    ratings_rank.mean AS trainer_rank_rating,
    ratings_margin.mean AS trainer_margin_rating,
    ratings_price.mean AS trainer_price_rating
FROM ratings_rank
JOIN ratings_margin ON ratings_margin.trainer_id = ratings_rank.trainer_id
    AND ratings_margin.known = ratings_rank.known
JOIN ratings_price ON ratings_price.trainer_id = ratings_rank.trainer_id
    AND ratings_price.known = ratings_rank.known
WHERE ratings_rank.trainer_id IS NOT NULL
