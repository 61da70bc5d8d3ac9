-- Surprise and priced runs of a trainer on a track (course and surface) under a code, as decayed sums of
-- time constant 1000 days, scaled by exp(days since 2000-01-01 / 1000).
{surprise_by_code(keys: trainer_id, course_id, surface, who: trainer_id, place: surface, name: trainer_track)}
