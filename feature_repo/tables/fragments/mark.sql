-- A runner's mark in pounds of rating: the official rating where the race has them; else in Hong
-- Kong the larger number of the band, less what the runner carries under the top weight of 133.
CASE
    WHEN count(official_rating) OVER race > 0 THEN official_rating
    WHEN region = 'HK' THEN greatest(
        CAST(nullif(regexp_extract(rating_band, '([0-9]+)', 1), '') AS DOUBLE),
        CAST(nullif(regexp_extract(rating_band, '[0-9]+[^0-9]+([0-9]+)', 1), '') AS DOUBLE)
    ) - (133.0 - pounds)
END
