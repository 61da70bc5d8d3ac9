-- By what a region's early positions are forecast from 1 January on (`early_coefficients`).
SELECT
    region, CAST(year_start AS TIMESTAMPTZ) AS event_timestamp,
    c_1, c_2, c_3, c_4, c_5, c_6, c_7,
    c_8, c_9, c_10, c_11, c_12, c_13, c_14
FROM early_coefficients
