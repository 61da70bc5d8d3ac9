-- What the price missed of the stalls of a course, surface, code, distance in whole metres and place of the
-- rail: sums of surprise times stall and of the stall's square, the stall as a share of the field from the
-- middle, decayed with a time constant of 700 days, scaled by exp(days since 2000-01-01 / 700).
{missed_draw(keys: course_id, surface, race_code, metres, rail_place, whole: surface IS NOT NULL AND metres IS NOT NULL, name: rail)}
