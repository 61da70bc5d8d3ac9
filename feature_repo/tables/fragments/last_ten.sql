-- A fact of the last ten starts, 1 the most recent; the window `run` is the horse's career.
{fact} AS {fact}_1,
lag({fact}, 1) OVER run AS {fact}_2,
lag({fact}, 2) OVER run AS {fact}_3,
lag({fact}, 3) OVER run AS {fact}_4,
lag({fact}, 4) OVER run AS {fact}_5,
lag({fact}, 5) OVER run AS {fact}_6,
lag({fact}, 6) OVER run AS {fact}_7,
lag({fact}, 7) OVER run AS {fact}_8,
lag({fact}, 8) OVER run AS {fact}_9,
lag({fact}, 9) OVER run AS {fact}_10
