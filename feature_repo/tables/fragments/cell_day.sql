-- A day's sums of one cell of rest and experience.
sum(CASE WHEN cell = {cell} THEN sur ELSE 0 END) AS sur_{cell},
sum(CASE WHEN cell = {cell} THEN priced ELSE 0 END) AS priced_{cell}
