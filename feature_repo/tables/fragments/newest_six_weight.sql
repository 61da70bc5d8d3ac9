-- What the starts weigh together that `newest_six` adds up.
CASE WHEN {fact}_1 IS NULL THEN 0.0 ELSE 1.0 END
    + {weight} * (CASE WHEN {fact}_2 IS NULL THEN 0.0 ELSE 1.0 END
    + {weight} * (CASE WHEN {fact}_3 IS NULL THEN 0.0 ELSE 1.0 END
    + {weight} * (CASE WHEN {fact}_4 IS NULL THEN 0.0 ELSE 1.0 END
    + {weight} * (CASE WHEN {fact}_5 IS NULL THEN 0.0 ELSE 1.0 END
    + {weight} * (CASE WHEN {fact}_6 IS NULL THEN 0.0 ELSE 1.0 END)))))
