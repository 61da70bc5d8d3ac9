"""Features that look at the whole field: declared as tags of the view that hands on what they need.

An on-demand view sees slices of rows that cut races, so it cannot compute such a feature. Its own
fields are the ingredients; `velo.racing.field_wide` has one function of whole races a feature.
"""

import json


def field_wide(name: str, description: str, unit: str, **when: str) -> dict[str, str]:
    """The tag of one feature of whole races.

    Args:
        name: the feature's, and its function's.
        description, unit: as a `Field` has them.
        when: `missing_when` and `cold_when`, over the view's inputs, and `needs`.
    """
    return {f"field:{name}": json.dumps({"description": description, "unit": unit, **when})}
