-- The running sum of a column of `days` in whole steps that are counted from the start of an era: of
-- this era, and of the one before, which counts 2^60 times less. What is older does not show.
(CAST(sum(days.{value}) OVER era AS DOUBLE)
    + coalesce(CAST(eras.{value} AS DOUBLE), 0.0) / 1152921504606846976.0)
    / 1099511627776.0 * exp(days.{era} * 41.58883083359672)
