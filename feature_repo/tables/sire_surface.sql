-- Surprise and priced runs of a sire's offspring on a surface under a code, as decayed sums of
-- time constant 1000 days, scaled by exp(days since 2000-01-01 / 1000).
{surprise_by_code(keys: sire, surface, who: sire, place: surface, name: sire_surface)}
