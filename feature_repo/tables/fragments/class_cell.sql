-- The whole class level, 0 (pattern races) to 7, that runs of like class are counted under.
CASE WHEN {level} IS NOT NULL
    THEN CAST(least(7.0, greatest(0.0, round({level}))) AS BIGINT)
END
