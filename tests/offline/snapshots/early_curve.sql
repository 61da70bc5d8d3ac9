-- By what a region's early positions are forecast from 1 January on (`early_coefficients`).
SELECT
    region, CAST(year_start AS TIMESTAMPTZ) AS event_timestamp,
    c_1 AS forecast_1, c_2 AS forecast_2, c_3 AS forecast_3, c_4 AS forecast_4,
    c_5 AS forecast_5, c_6 AS forecast_6, c_7 AS forecast_7,
    c_8 AS forecast_8, c_9 AS forecast_9, c_10 AS forecast_10, c_11 AS forecast_11,
    c_12 AS forecast_12, c_13 AS forecast_13, c_14 AS forecast_14
FROM early_coefficients
