-- One row a start: how it ended and every price, for labels and settlement. Never a feature.
SELECT
    starts.race_id, starts.horse_id, CAST(starts.date AS TIMESTAMPTZ) AS event_timestamp,
    starts.win_share, starts.finish, starts.field_size,
    max(CASE WHEN prices_history.kind = 'sp' THEN prices_history.decimal_odds END) AS sp,
    max(CASE WHEN prices_history.kind = 'bsp' THEN prices_history.decimal_odds END) AS bsp,
    max(CASE WHEN prices_history.kind = 'morning' THEN prices_history.decimal_odds END) AS morning,
    max(CASE WHEN prices_history.kind = 'breakfast' THEN prices_history.decimal_odds END)
        AS breakfast,
    max(CASE WHEN prices_history.kind = 'evening' THEN prices_history.decimal_odds END) AS evening
FROM starts
LEFT JOIN prices_history
    ON prices_history.race_id = starts.race_id AND prices_history.horse_id = starts.horse_id
GROUP BY starts.race_id, starts.horse_id, starts.date, starts.win_share, starts.finish,
    starts.field_size
