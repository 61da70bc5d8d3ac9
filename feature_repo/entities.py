"""What lives on between races, and so can be known before tomorrow's."""

from feast import Entity, ValueType

horse = Entity(name="horse", join_keys=["horse_id"], value_type=ValueType.INT64)
trainer = Entity(name="trainer", join_keys=["trainer_id"], value_type=ValueType.INT64)
jockey = Entity(name="jockey", join_keys=["jockey_id"], value_type=ValueType.INT64)
course = Entity(name="course", join_keys=["course_id"], value_type=ValueType.INT64)
surface = Entity(name="surface", join_keys=["surface"], value_type=ValueType.STRING)
distance_band = Entity(
    name="distance_band", join_keys=["distance_band"], value_type=ValueType.STRING
)
going_group = Entity(name="going_group", join_keys=["going_group"], value_type=ValueType.STRING)
draw_third = Entity(name="draw_third", join_keys=["draw_third"], value_type=ValueType.INT64)
sire = Entity(name="sire", join_keys=["sire"], value_type=ValueType.STRING)
region = Entity(name="region", join_keys=["region"], value_type=ValueType.STRING)
race_code = Entity(name="race_code", join_keys=["race_code"], value_type=ValueType.STRING)
class_cell = Entity(name="class_cell", join_keys=["class_cell"], value_type=ValueType.INT64)
metres = Entity(name="metres", join_keys=["metres"], value_type=ValueType.INT64)
stall = Entity(name="stall", join_keys=["stall"], value_type=ValueType.INT64)
rail_place = Entity(name="rail_place", join_keys=["rail_place"], value_type=ValueType.STRING)
