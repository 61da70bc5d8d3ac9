-- A jockey's rating by finishing order, after each day of rides.
SELECT
    jockey_id, CAST(known AS TIMESTAMPTZ) AS event_timestamp,
    mean AS jockey_rank_rating
FROM ratings_rank
WHERE jockey_id IS NOT NULL
