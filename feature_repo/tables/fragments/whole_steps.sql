-- The sum of a value held to steps of 2^-40, in steps: exact whatever the order, in 38 digits.
sum(CAST(round(({value}) * 1099511627776.0) AS DECIMAL(38, 0)))
