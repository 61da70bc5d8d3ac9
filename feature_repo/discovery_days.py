"""Where the features of a service were discovered: days on which their figures flatter them.

A feature that was picked because it did well on some days does well on those days. A service that
was put together by looking at results says where, and a judgement over such days says so.
"""

import json
from datetime import date


def discovered_on(*spans: tuple[str, str, str]) -> dict[str, str]:
    """The tag of a `FeatureService` whose features were chosen by results.

    Args:
        spans: region, first and last day of each stretch that was looked at, as
            `("HK", "2014-01-01", "2020-12-31")`.

    Raises:
        ValueError: a day is none, or the last is before the first.
    """
    for region, first, last in spans:
        if date.fromisoformat(last) < date.fromisoformat(first):
            raise ValueError(f"discovery in {region} ends {last}, before it begins on {first}")
    stretches = [{"region": region, "from": first, "to": last} for region, first, last in spans]
    return {"discovery": json.dumps(stretches)}
