-- What the price missed of the stalls of a course, surface, code and going: sums as in `rail_draw_cell`.
{missed_draw(keys: course_id, surface, race_code, going_group, whole: surface IS NOT NULL AND going_group IS NOT NULL, name: going)}
