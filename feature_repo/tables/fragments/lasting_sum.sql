-- The running sum of a column of whole steps.
CAST(sum({value}) OVER career AS DOUBLE) / 1099511627776.0
