-- How much further back than usual a trainer's runners lay early: the sum of that and the rides, decayed with a
-- time constant of 700 days, scaled by exp(days since 2000-01-01 / 700).
{early_style(person: trainer)}
