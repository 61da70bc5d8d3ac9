-- The code that a race of `races` is run under. What says nothing else is on the flat.
CASE
    WHEN lower(races.race_type) LIKE '%hurdle%' THEN 'hurdle'
    WHEN lower(races.race_type) LIKE '%chase%' THEN 'chase'
    WHEN lower(races.race_type) LIKE '%bumper%' OR lower(races.race_type) LIKE '%nh%flat%'
        OR lower(races.race_type) LIKE '%hunt%flat%' THEN 'bumper'
    ELSE 'flat'
END
