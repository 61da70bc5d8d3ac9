"""The verdict in words, and the names of criteria and buckets as a punter would say them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from velo.formats import on_page as formats

CRITERIA = {
    "calibration_error": "Calibration error of all runners",
    "calibration_slope": "Calibration slope",
    "band_calibration_error": "Calibration error in the odds band",
    "ae_ratio": "Winners over expected (A/E) of Top20%",
    "roi_top20": "Return on Top20%",
    "alpha_share": "Model's share of the blend (α)",
    "gamma": "Exponent of the model (γ)",
    "score_slope": "Slope of the model's score on the holdout",
    "dead_features": "Dead features",
    "training_rows": "Training rows",
    "holdout_days": "Days of holdout",
    "delta_ll": "Gain over the calibrated market",
}
NEXT_TO_NOTHING = 0.001
"""Relative entropy of blend to market in a race, nats, below which they say the same."""
BUCKETS = {"top10": "Top10%", "top20": "Top20%", "top30": "Top30%", "all": "All"}


def criterion(name: str) -> str:
    """A criterion's name in words."""
    if name.startswith("null_rate_"):
        return f"Unexplained nulls in {name.removeprefix('null_rate_').replace('_', ' ')}"
    return CRITERIA.get(name, name.replace("_", " ").capitalize())


def target(each: Mapping[str, Any]) -> str:
    """A criterion's target, its signs as they are printed."""
    text = str(each["target"]).replace("<=", "≤").replace(">=", "≥")
    sign, _, bound = text.rpartition(" ")
    return f"{sign} {formats.percent(float(bound), 0)}" if _is_share(each) and sign else text


def value(each: Mapping[str, Any]) -> tuple[str, float | None, str]:
    """A criterion's value, what it sorts by, and its interval."""
    ends = () if each["low"] is None else (each["low"], each["high"])
    if _is_share(each):
        signed = str(each["name"]).startswith("roi_")
        interval = formats.percents(ends, sign=signed) if ends else ""
        return formats.percent(each["value"], sign=signed), each["value"], interval
    return (
        formats.significant(each["value"]),
        each["value"],
        " to ".join(formats.significant(end) for end in ends),
    )


def distance(each: Mapping[str, Any]) -> str:
    """How far a criterion lies from its target."""
    if _is_share(each):
        return f"{formats.number(100 * each['missed_by'], 1)} points"
    return formats.significant(each["missed_by"])


def _is_share(each: Mapping[str, Any]) -> bool:
    return str(each["name"]).startswith(("roi_", "null_rate_"))


def difference(races: Mapping[str, Any]) -> str:
    """What the ten most different races amount to."""
    if not races["different"]:
        return "No race has a complete book."
    if races["different"][0]["expected"] < NEXT_TO_NOTHING:
        return (
            "Even in the ten races where blend and calibrated market differ most, they hardly "
            "differ: the model adds next to nothing to the price."
        )
    return (
        "The ten races of the holdout where blend and calibrated market differ most. If the "
        f"blend were right, it would gain {formats.nats(races['expected'])} nats over the ten; it "
        f"gained {formats.nats(races['gain'])}."
    )


def bucket(name: str) -> str:
    """A strategy's name in words."""
    return BUCKETS.get(name, name.replace("_", " ").capitalize())


def verdict(findings: Mapping[str, Any]) -> list[str]:
    """Two or three sentences that say what the run is worth.

    Args:
        findings: as `findings` makes them.
    """
    gate, holdout = findings["verdict"], findings["holdout"]
    missed = [each for each in gate["criteria"] if not each["holds"]]
    whole = len(gate["criteria"])
    if not missed:
        first = f"All {whole} criteria of the gate hold."
    else:
        named = ", ".join(_lower(criterion(each["name"])) for each in missed)
        first = f"{len(missed)} of {whole} criteria of the gate do not hold: {named}."
    return [first, _evidence(holdout, findings["earlier_looks"]), _money(findings)]


def against(one: str, other: str, low: float | None, high: float | None) -> str:
    """Whether one is better or worse than another, by the interval of its gain over the other."""
    if low is not None and low > 0:
        return f"{one} is better than {other}"
    if high is not None and high < 0:
        return f"{one} is worse than {other}"
    return f"{one} cannot be told apart from {other}"


def level(earlier_looks: int) -> str:
    """The level of the gain's interval after so many earlier looks at its days."""
    if not earlier_looks:
        return "95%"
    share = formats.trimmed_percent(1 - 0.05 / (earlier_looks + 1), 4)
    looks = "look" if earlier_looks == 1 else "looks"
    return f"{share} for {formats.count(earlier_looks)} earlier {looks} at these days"


def _evidence(holdout: Mapping[str, Any], earlier_looks: int) -> str:
    gain, low, high = (holdout.get("delta_ll" + end) for end in ("", "_low", "_high"))
    races = formats.count(holdout.get("races"))
    if gain is None or low is None or high is None:
        return f"Over {races} races the gain over the market has no interval."
    figure = (
        f"{formats.number(gain, 4, sign=True)} nats a race ({formats.numbers((low, high), 4, True)}"
        f"{', at ' + level(earlier_looks) if earlier_looks else ''})"
    )
    outcome = against("the blend", "the calibrated market", low, high)
    return f"Over {races} races {outcome}: {figure}."


def _money(findings: Mapping[str, Any]) -> str:
    holdout, prices = findings["holdout"], findings["prices"]
    returned, bets = holdout.get("roi_top20"), holdout.get("roi_top20_bets")
    if returned is None or not bets:
        return "Its Top20% selection struck no bet that could be settled."
    ends = (holdout.get("roi_top20_low"), holdout.get("roi_top20_high"))
    commission = prices["commission"]
    net = f" net of {formats.percent(commission, 0)} commission" if commission else ""
    return (
        f"Its Top20% bets at {prices['settlement'].upper()} returned "
        f"{formats.percent(returned, sign=True)} on {formats.count(bets)} bets{net} "
        f"({formats.percents(ends, sign=True)})."
    )


def _lower(text: str) -> str:
    return text[0].lower() + text[1:]
