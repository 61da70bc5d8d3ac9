-- The sum of the facts of the last 6 starts, each weighing `weight` of the one after it; none counts 0.
coalesce({fact}_1, 0.0)
    + {weight} * (coalesce({fact}_2, 0.0)
    + {weight} * (coalesce({fact}_3, 0.0)
    + {weight} * (coalesce({fact}_4, 0.0)
    + {weight} * (coalesce({fact}_5, 0.0)
    + {weight} * (coalesce({fact}_6, 0.0))))))
