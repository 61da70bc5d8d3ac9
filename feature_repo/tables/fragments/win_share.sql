-- A runner's share of the win, 1/k for each of k dead-heaters for first. `won` says who was first;
-- the window `race` is the race.
CASE WHEN {won}
    THEN 1.0 / count(CASE WHEN {won} THEN 1 END) OVER race
    ELSE 0.0
END
