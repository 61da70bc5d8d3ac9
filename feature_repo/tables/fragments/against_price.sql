-- Decayed sums of everyone who is a `person` (trainer or jockey), over the priced runs.
WITH days AS (
    SELECT
        {person}_id, known, era_60,
        {whole_steps(value: sur_365)} AS sur_365,
        {whole_steps(value: priced_365)} AS priced_365,
        {whole_steps(value: sur_60)} AS sur_60,
        {whole_steps(value: priced_60)} AS priced_60,
        {whole_steps(value: won_60)} AS won_60,
        {whole_steps(value: chance_60)} AS chance_60
    FROM run_facts
    WHERE {person}_id IS NOT NULL AND sur IS NOT NULL
    GROUP BY {person}_id, known, era_60
),
eras AS (
    SELECT
        {person}_id, CAST(era_60 + 1 AS BIGINT) AS next_era,
        sum(sur_60) AS sur_60, sum(priced_60) AS priced_60,
        sum(won_60) AS won_60, sum(chance_60) AS chance_60
    FROM days
    GROUP BY {person}_id, era_60
)
SELECT
    days.{person}_id, CAST(days.known AS TIMESTAMPTZ) AS event_timestamp,
    {lasting_sum(value: days.sur_365)} AS {person}_sur,
    {lasting_sum(value: days.priced_365)} AS {person}_priced,
    {recent_sum(value: sur_60, era: era_60)} AS {person}_sur_60d,
    {recent_sum(value: priced_60, era: era_60)} AS {person}_priced_60d,
    {recent_sum(value: won_60, era: era_60)} AS {person}_won_60d,
    {recent_sum(value: chance_60, era: era_60)} AS {person}_chance_60d
FROM days
LEFT JOIN eras ON eras.{person}_id = days.{person}_id AND eras.next_era = days.era_60
WINDOW
    career AS (PARTITION BY days.{person}_id ORDER BY days.known ROWS UNBOUNDED PRECEDING),
    era AS (PARTITION BY days.{person}_id, days.era_60 ORDER BY days.known
        ROWS UNBOUNDED PRECEDING)
