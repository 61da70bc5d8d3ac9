-- What a horse's last starts come to, and what it met at them: recent means (how far forward it lay
-- early, 0 the leader to 1 the last, among them), its best mark of ten, the
-- last start's jockey and gear; surprise, distance and class level of ten starts, 1 the most recent.
-- A jockey's number is text, which no frame makes a float of. Scores are held to steps of 2^-40, so their spread is the same in any order.
WITH facts AS (
    SELECT
        horse_id, known, nth_of_day, jockey_id, gear, pounds, mark, lpc, ns, sur,
        distance_m AS distance, class_level AS level,
        CASE WHEN finish <= 3 THEN 1.0 ELSE 0.0 END AS top3,
        CASE WHEN finish = 1 THEN 1.0 ELSE 0.0 END AS won,
        early_position AS early,
        CASE WHEN early_position = 0 THEN 1.0 WHEN early_position > 0 THEN 0.0 END AS led,
        round(ns * 1099511627776.0) / 1099511627776.0 AS score,
        round(ns * ns * 1099511627776.0) / 1099511627776.0 AS square
    FROM run_facts
),
runs AS (
    SELECT
        horse_id, known, jockey_id, gear, won,
        {last_ten(fact: lpc)},
        {last_ten(fact: ns)},
        {last_ten(fact: pounds)},
        {last_ten(fact: top3)},
        {last_ten(fact: sur)},
        {last_ten(fact: distance)},
        {last_ten(fact: level)},
        {last_ten(fact: early)},
        {last_ten(fact: led)},
        max(mark) OVER (PARTITION BY horse_id ORDER BY known, nth_of_day
            ROWS BETWEEN 9 PRECEDING AND CURRENT ROW) AS best_mark,
        count(score) OVER last_8 AS scores,
        sum(score) OVER last_8 AS total,
        sum(square) OVER last_8 AS squares,
        row_number() OVER (PARTITION BY horse_id, known ORDER BY nth_of_day DESC) AS latest
    FROM facts
    WINDOW
        run AS (PARTITION BY horse_id ORDER BY known, nth_of_day),
        last_8 AS (PARTITION BY horse_id ORDER BY known, nth_of_day
            ROWS BETWEEN 7 PRECEDING AND CURRENT ROW)
)
SELECT
    horse_id, CAST(known AS TIMESTAMPTZ) AS event_timestamp,
    ({newest_six(fact: lpc, weight: 0.85)})
        / nullif({newest_six_weight(fact: lpc, weight: 0.85)}, 0.0)
        - 1.1 * ({newest_six(fact: ns, weight: 0.85)})
        / nullif({newest_six_weight(fact: ns, weight: 0.85)}, 0.0) AS recent_liking,
    (squares - total * total / scores + 4.0 * 0.6) / (scores + 4.0) AS score_spread,
    ({newest_ten(fact: top3, weight: 0.95)} + 3.0 * 0.25)
        / ({newest_ten_weight(fact: top3, weight: 0.95)} + 3.0) AS recent_top3,
    ({newest_six(fact: early, weight: 0.8)} + 0.5)
        / ({newest_six_weight(fact: early, weight: 0.8)} + 1.0) AS recent_early,
    ({newest_six(fact: led, weight: 0.8)} + 0.08)
        / ({newest_six_weight(fact: led, weight: 0.8)} + 1.0) AS recent_led,
    early_1 AS last_early, early_2 AS early_before,
    won AS last_won,
    lpc_1 AS last_log_chance,
    ({newest_five(fact: pounds, weight: 0.9)})
        / nullif({newest_five_weight(fact: pounds, weight: 0.9)}, 0.0) AS usual_pounds,
    best_mark,
    CAST(jockey_id AS VARCHAR) AS last_jockey,
    gear AS last_gear,
    sur_1, sur_2, sur_3, sur_4, sur_5, sur_6, sur_7, sur_8, sur_9, sur_10,
    distance_1, distance_2, distance_3, distance_4, distance_5, distance_6, distance_7, distance_8, distance_9, distance_10,
    level_1, level_2, level_3, level_4, level_5, level_6, level_7, level_8, level_9, level_10
FROM runs
WHERE latest = 1
