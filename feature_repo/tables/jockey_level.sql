-- Surprise and priced runs of a jockey at a whole class level under a code, as decayed sums of
-- time constant 1000 days, scaled by exp(days since 2000-01-01 / 1000).
{surprise_by_code(keys: jockey_id, class_cell, who: jockey_id, place: class_cell, name: jockey_level)}
