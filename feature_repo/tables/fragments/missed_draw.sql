-- What the price has missed of the stalls of every cell of `keys`: sums of surprise times stall and of the
-- stall's square, decayed and scaled, over days on which `whole` holds; columns begin with `name`.
WITH days AS (
    SELECT
        {keys}, known,
        {whole_steps(value: draw_bias_700)} AS bias,
        {whole_steps(value: draw_square_700)} AS square
    FROM run_facts
    WHERE {whole} AND draw_bias_700 IS NOT NULL
    GROUP BY {keys}, known
)
SELECT
    {keys},
    CAST(known AS TIMESTAMPTZ) AS event_timestamp,
    {lasting_sum(value: bias)} AS {name}_draw_bias,
    {lasting_sum(value: square)} AS {name}_draw_square
FROM days
WINDOW career AS (PARTITION BY {keys} ORDER BY known ROWS UNBOUNDED PRECEDING)
