-- How each jockey's runners finished against their prices: surprise, wins less chances, chances and
-- runs, as decayed sums of time constants 365 and 60 days, scaled by exp(days since 2000-01-01 / constant).
{against_price(person: jockey)}
