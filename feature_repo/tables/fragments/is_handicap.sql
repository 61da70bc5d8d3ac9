-- Whether a race of `races` is a handicap: it says so in its name, in Chinese as 讓賽; a Hong Kong race
-- whose name the source lacks is one by its class, as all with a name are.
CASE
    WHEN races.name IS NOT NULL THEN lower(races.name) LIKE '%handicap%'
        OR lower(races.name) LIKE '%nursery%' OR races.name LIKE '%讓賽%'
    ELSE coalesce(
        races.region = 'HK'
        AND (lower(races.class) LIKE 'class _%' OR lower(races.class) LIKE '%group three'),
        FALSE
    )
END
