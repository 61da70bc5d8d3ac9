-- Surprise and priced runs of a region's 30 cells of rest and experience (`run_rests`) under a code, as
-- decayed sums of time constant 1000 days, scaled by exp(days since 2000-01-01 / 1000).
WITH cells AS (
    SELECT
        region, race_code, known, cell,
        {whole_steps(value: sur_1000)} AS sur,
        {whole_steps(value: priced_1000)} AS priced
    FROM run_rests
    GROUP BY region, race_code, known, cell
),
days AS (
    SELECT
        region, race_code, known,
        {cell_day(cell: 0)},
        {cell_day(cell: 1)},
        {cell_day(cell: 2)},
        {cell_day(cell: 3)},
        {cell_day(cell: 4)},
        {cell_day(cell: 5)},
        {cell_day(cell: 6)},
        {cell_day(cell: 7)},
        {cell_day(cell: 8)},
        {cell_day(cell: 9)},
        {cell_day(cell: 10)},
        {cell_day(cell: 11)},
        {cell_day(cell: 12)},
        {cell_day(cell: 13)},
        {cell_day(cell: 14)},
        {cell_day(cell: 15)},
        {cell_day(cell: 16)},
        {cell_day(cell: 17)},
        {cell_day(cell: 18)},
        {cell_day(cell: 19)},
        {cell_day(cell: 20)},
        {cell_day(cell: 21)},
        {cell_day(cell: 22)},
        {cell_day(cell: 23)},
        {cell_day(cell: 24)},
        {cell_day(cell: 25)},
        {cell_day(cell: 26)},
        {cell_day(cell: 27)},
        {cell_day(cell: 28)},
        {cell_day(cell: 29)}
    FROM cells
    GROUP BY region, race_code, known
)
SELECT
    region, race_code, CAST(known AS TIMESTAMPTZ) AS event_timestamp,
    {cell_sum(cell: 0)},
    {cell_sum(cell: 1)},
    {cell_sum(cell: 2)},
    {cell_sum(cell: 3)},
    {cell_sum(cell: 4)},
    {cell_sum(cell: 5)},
    {cell_sum(cell: 6)},
    {cell_sum(cell: 7)},
    {cell_sum(cell: 8)},
    {cell_sum(cell: 9)},
    {cell_sum(cell: 10)},
    {cell_sum(cell: 11)},
    {cell_sum(cell: 12)},
    {cell_sum(cell: 13)},
    {cell_sum(cell: 14)},
    {cell_sum(cell: 15)},
    {cell_sum(cell: 16)},
    {cell_sum(cell: 17)},
    {cell_sum(cell: 18)},
    {cell_sum(cell: 19)},
    {cell_sum(cell: 20)},
    {cell_sum(cell: 21)},
    {cell_sum(cell: 22)},
    {cell_sum(cell: 23)},
    {cell_sum(cell: 24)},
    {cell_sum(cell: 25)},
    {cell_sum(cell: 26)},
    {cell_sum(cell: 27)},
    {cell_sum(cell: 28)},
    {cell_sum(cell: 29)}
FROM days
WINDOW career AS (PARTITION BY region, race_code ORDER BY known ROWS UNBOUNDED PRECEDING)
