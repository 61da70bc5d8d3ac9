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
        lpc AS lpc_1,
        lag(lpc, 1) OVER run AS lpc_2,
        lag(lpc, 2) OVER run AS lpc_3,
        lag(lpc, 3) OVER run AS lpc_4,
        lag(lpc, 4) OVER run AS lpc_5,
        lag(lpc, 5) OVER run AS lpc_6,
        lag(lpc, 6) OVER run AS lpc_7,
        lag(lpc, 7) OVER run AS lpc_8,
        lag(lpc, 8) OVER run AS lpc_9,
        lag(lpc, 9) OVER run AS lpc_10,
        ns AS ns_1,
        lag(ns, 1) OVER run AS ns_2,
        lag(ns, 2) OVER run AS ns_3,
        lag(ns, 3) OVER run AS ns_4,
        lag(ns, 4) OVER run AS ns_5,
        lag(ns, 5) OVER run AS ns_6,
        lag(ns, 6) OVER run AS ns_7,
        lag(ns, 7) OVER run AS ns_8,
        lag(ns, 8) OVER run AS ns_9,
        lag(ns, 9) OVER run AS ns_10,
        pounds AS pounds_1,
        lag(pounds, 1) OVER run AS pounds_2,
        lag(pounds, 2) OVER run AS pounds_3,
        lag(pounds, 3) OVER run AS pounds_4,
        lag(pounds, 4) OVER run AS pounds_5,
        lag(pounds, 5) OVER run AS pounds_6,
        lag(pounds, 6) OVER run AS pounds_7,
        lag(pounds, 7) OVER run AS pounds_8,
        lag(pounds, 8) OVER run AS pounds_9,
        lag(pounds, 9) OVER run AS pounds_10,
        top3 AS top3_1,
        lag(top3, 1) OVER run AS top3_2,
        lag(top3, 2) OVER run AS top3_3,
        lag(top3, 3) OVER run AS top3_4,
        lag(top3, 4) OVER run AS top3_5,
        lag(top3, 5) OVER run AS top3_6,
        lag(top3, 6) OVER run AS top3_7,
        lag(top3, 7) OVER run AS top3_8,
        lag(top3, 8) OVER run AS top3_9,
        lag(top3, 9) OVER run AS top3_10,
        sur AS sur_1,
        lag(sur, 1) OVER run AS sur_2,
        lag(sur, 2) OVER run AS sur_3,
        lag(sur, 3) OVER run AS sur_4,
        lag(sur, 4) OVER run AS sur_5,
        lag(sur, 5) OVER run AS sur_6,
        lag(sur, 6) OVER run AS sur_7,
        lag(sur, 7) OVER run AS sur_8,
        lag(sur, 8) OVER run AS sur_9,
        lag(sur, 9) OVER run AS sur_10,
        distance AS distance_1,
        lag(distance, 1) OVER run AS distance_2,
        lag(distance, 2) OVER run AS distance_3,
        lag(distance, 3) OVER run AS distance_4,
        lag(distance, 4) OVER run AS distance_5,
        lag(distance, 5) OVER run AS distance_6,
        lag(distance, 6) OVER run AS distance_7,
        lag(distance, 7) OVER run AS distance_8,
        lag(distance, 8) OVER run AS distance_9,
        lag(distance, 9) OVER run AS distance_10,
        level AS level_1,
        lag(level, 1) OVER run AS level_2,
        lag(level, 2) OVER run AS level_3,
        lag(level, 3) OVER run AS level_4,
        lag(level, 4) OVER run AS level_5,
        lag(level, 5) OVER run AS level_6,
        lag(level, 6) OVER run AS level_7,
        lag(level, 7) OVER run AS level_8,
        lag(level, 8) OVER run AS level_9,
        lag(level, 9) OVER run AS level_10,
        early AS early_1,
        lag(early, 1) OVER run AS early_2,
        lag(early, 2) OVER run AS early_3,
        lag(early, 3) OVER run AS early_4,
        lag(early, 4) OVER run AS early_5,
        lag(early, 5) OVER run AS early_6,
        lag(early, 6) OVER run AS early_7,
        lag(early, 7) OVER run AS early_8,
        lag(early, 8) OVER run AS early_9,
        lag(early, 9) OVER run AS early_10,
        led AS led_1,
        lag(led, 1) OVER run AS led_2,
        lag(led, 2) OVER run AS led_3,
        lag(led, 3) OVER run AS led_4,
        lag(led, 4) OVER run AS led_5,
        lag(led, 5) OVER run AS led_6,
        lag(led, 6) OVER run AS led_7,
        lag(led, 7) OVER run AS led_8,
        lag(led, 8) OVER run AS led_9,
        lag(led, 9) OVER run AS led_10,
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
    (coalesce(lpc_1, 0.0)
        + 0.85 * (coalesce(lpc_2, 0.0)
        + 0.85 * (coalesce(lpc_3, 0.0)
        + 0.85 * (coalesce(lpc_4, 0.0)
        + 0.85 * (coalesce(lpc_5, 0.0)
        + 0.85 * (coalesce(lpc_6, 0.0)))))))
        / nullif(CASE WHEN lpc_1 IS NULL THEN 0.0 ELSE 1.0 END
            + 0.85 * (CASE WHEN lpc_2 IS NULL THEN 0.0 ELSE 1.0 END
            + 0.85 * (CASE WHEN lpc_3 IS NULL THEN 0.0 ELSE 1.0 END
            + 0.85 * (CASE WHEN lpc_4 IS NULL THEN 0.0 ELSE 1.0 END
            + 0.85 * (CASE WHEN lpc_5 IS NULL THEN 0.0 ELSE 1.0 END
            + 0.85 * (CASE WHEN lpc_6 IS NULL THEN 0.0 ELSE 1.0 END))))), 0.0)
        - 1.1 * (coalesce(ns_1, 0.0)
            + 0.85 * (coalesce(ns_2, 0.0)
            + 0.85 * (coalesce(ns_3, 0.0)
            + 0.85 * (coalesce(ns_4, 0.0)
            + 0.85 * (coalesce(ns_5, 0.0)
            + 0.85 * (coalesce(ns_6, 0.0)))))))
        / nullif(CASE WHEN ns_1 IS NULL THEN 0.0 ELSE 1.0 END
            + 0.85 * (CASE WHEN ns_2 IS NULL THEN 0.0 ELSE 1.0 END
            + 0.85 * (CASE WHEN ns_3 IS NULL THEN 0.0 ELSE 1.0 END
            + 0.85 * (CASE WHEN ns_4 IS NULL THEN 0.0 ELSE 1.0 END
            + 0.85 * (CASE WHEN ns_5 IS NULL THEN 0.0 ELSE 1.0 END
            + 0.85 * (CASE WHEN ns_6 IS NULL THEN 0.0 ELSE 1.0 END))))), 0.0) AS recent_liking,
    (squares - total * total / scores + 4.0 * 0.6) / (scores + 4.0) AS score_spread,
    (coalesce(top3_1, 0.0)
        + 0.95 * (coalesce(top3_2, 0.0)
        + 0.95 * (coalesce(top3_3, 0.0)
        + 0.95 * (coalesce(top3_4, 0.0)
        + 0.95 * (coalesce(top3_5, 0.0)
        + 0.95 * (coalesce(top3_6, 0.0)
        + 0.95 * (coalesce(top3_7, 0.0)
        + 0.95 * (coalesce(top3_8, 0.0)
        + 0.95 * (coalesce(top3_9, 0.0)
        + 0.95 * (coalesce(top3_10, 0.0)))))))))) + 3.0 * 0.25)
        / (CASE WHEN top3_1 IS NULL THEN 0.0 ELSE 1.0 END
            + 0.95 * (CASE WHEN top3_2 IS NULL THEN 0.0 ELSE 1.0 END
            + 0.95 * (CASE WHEN top3_3 IS NULL THEN 0.0 ELSE 1.0 END
            + 0.95 * (CASE WHEN top3_4 IS NULL THEN 0.0 ELSE 1.0 END
            + 0.95 * (CASE WHEN top3_5 IS NULL THEN 0.0 ELSE 1.0 END
            + 0.95 * (CASE WHEN top3_6 IS NULL THEN 0.0 ELSE 1.0 END
            + 0.95 * (CASE WHEN top3_7 IS NULL THEN 0.0 ELSE 1.0 END
            + 0.95 * (CASE WHEN top3_8 IS NULL THEN 0.0 ELSE 1.0 END
            + 0.95 * (CASE WHEN top3_9 IS NULL THEN 0.0 ELSE 1.0 END
            + 0.95 * (CASE WHEN top3_10 IS NULL THEN 0.0 ELSE 1.0 END))))))))) + 3.0) AS recent_top3,
    (coalesce(early_1, 0.0)
        + 0.8 * (coalesce(early_2, 0.0)
        + 0.8 * (coalesce(early_3, 0.0)
        + 0.8 * (coalesce(early_4, 0.0)
        + 0.8 * (coalesce(early_5, 0.0)
        + 0.8 * (coalesce(early_6, 0.0)))))) + 0.5)
        / (CASE WHEN early_1 IS NULL THEN 0.0 ELSE 1.0 END
            + 0.8 * (CASE WHEN early_2 IS NULL THEN 0.0 ELSE 1.0 END
            + 0.8 * (CASE WHEN early_3 IS NULL THEN 0.0 ELSE 1.0 END
            + 0.8 * (CASE WHEN early_4 IS NULL THEN 0.0 ELSE 1.0 END
            + 0.8 * (CASE WHEN early_5 IS NULL THEN 0.0 ELSE 1.0 END
            + 0.8 * (CASE WHEN early_6 IS NULL THEN 0.0 ELSE 1.0 END))))) + 1.0) AS recent_early,
    (coalesce(led_1, 0.0)
        + 0.8 * (coalesce(led_2, 0.0)
        + 0.8 * (coalesce(led_3, 0.0)
        + 0.8 * (coalesce(led_4, 0.0)
        + 0.8 * (coalesce(led_5, 0.0)
        + 0.8 * (coalesce(led_6, 0.0)))))) + 0.08)
        / (CASE WHEN led_1 IS NULL THEN 0.0 ELSE 1.0 END
            + 0.8 * (CASE WHEN led_2 IS NULL THEN 0.0 ELSE 1.0 END
            + 0.8 * (CASE WHEN led_3 IS NULL THEN 0.0 ELSE 1.0 END
            + 0.8 * (CASE WHEN led_4 IS NULL THEN 0.0 ELSE 1.0 END
            + 0.8 * (CASE WHEN led_5 IS NULL THEN 0.0 ELSE 1.0 END
            + 0.8 * (CASE WHEN led_6 IS NULL THEN 0.0 ELSE 1.0 END))))) + 1.0) AS recent_led,
    early_1 AS last_early, early_2 AS early_before,
    won AS last_won,
    lpc_1 AS last_log_chance,
    (coalesce(pounds_1, 0.0)
        + 0.9 * (coalesce(pounds_2, 0.0)
        + 0.9 * (coalesce(pounds_3, 0.0)
        + 0.9 * (coalesce(pounds_4, 0.0)
        + 0.9 * (coalesce(pounds_5, 0.0))))))
        / nullif(CASE WHEN pounds_1 IS NULL THEN 0.0 ELSE 1.0 END
            + 0.9 * (CASE WHEN pounds_2 IS NULL THEN 0.0 ELSE 1.0 END
            + 0.9 * (CASE WHEN pounds_3 IS NULL THEN 0.0 ELSE 1.0 END
            + 0.9 * (CASE WHEN pounds_4 IS NULL THEN 0.0 ELSE 1.0 END
            + 0.9 * (CASE WHEN pounds_5 IS NULL THEN 0.0 ELSE 1.0 END)))), 0.0) AS usual_pounds,
    best_mark,
    CAST(jockey_id AS VARCHAR) AS last_jockey,
    gear AS last_gear,
    sur_1, sur_2, sur_3, sur_4, sur_5, sur_6, sur_7, sur_8, sur_9, sur_10,
    distance_1, distance_2, distance_3, distance_4, distance_5, distance_6, distance_7, distance_8, distance_9, distance_10,
    level_1, level_2, level_3, level_4, level_5, level_6, level_7, level_8, level_9, level_10
FROM runs
WHERE latest = 1
