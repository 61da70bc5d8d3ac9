"""What to bear in mind before believing a run: said of the run at hand, not in general."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from training.record.report_sections import (
    DataSection,
    Figures,
    GateVerdict,
    PriceSection,
)
from training.record.run_report import SAME_PRICE, TrainingReport
from velo.formats import on_page as formats

MANY = 0.05
"""A share of races without a market above which the rest may not be like the whole."""


def caveats(
    report: TrainingReport,
    cutoffs: Mapping[str, float],
    backtests: Sequence[Mapping[str, Any]] = (),
) -> list[str]:
    """One or two sentences for each thing that could mislead, the most serious first.

    Args:
        report: of the run.
        cutoffs: least expected value of `top10`, `top20`, `top30`.
        backtests: of the same run.
    """
    return [
        *_alarms(report.verdict),
        *_prices(report.prices),
        *_expectation(cutoffs["top20"]),
        *_power(report),
        *_looks(report.earlier_looks),
        *_discovery(report.data),
        *_coverage(report),
        *_model(report),
        *_truth(report.holdout),
        *(caveat for backtest in backtests for caveat in _backtest(backtest)),
        "Every bet is assumed to be matched in full at the stated price: no stake limits, and no "
        "price that moves because of the bet.",
        "The odds bands, months and races further down were picked out afterwards. Among many "
        "slices some look good or bad by luck alone; the gate judges the whole.",
    ]


def _alarms(verdict: GateVerdict) -> list[str]:
    return [f"Alarm: {alarm}." for alarm in verdict.alarms]


def _prices(prices: PriceSection) -> list[str]:
    decision, settlement = prices.decision.upper(), prices.settlement.upper()
    if prices.note == SAME_PRICE:
        return [
            f"Selected on the price it settles at: {decision} decides and settles. Nobody knows "
            "that price for certain when the bet is struck, so betting figures come out too good."
        ]
    return [
        f"Selected on {decision}, settled at {settlement}. A runner whose price fell between the "
        "two was worth more when it was chosen than when it was settled."
    ]


def _expectation(cutoff: float) -> list[str]:
    if cutoff >= 0:
        return []
    return [
        f"Top20% backs runners down to an expected return of {formats.percent(cutoff, sign=True)}: "
        "these are the best of the band, but the blend itself expects some of them to lose. All "
        "only takes bets with an expected profit."
    ]


def _power(report: TrainingReport) -> list[str]:
    verdict = report.verdict
    if not verdict.underpowered:
        return []
    needed = verdict.bets_needed
    bets = report.holdout.get("roi_top20_bets") or 0
    if needed is None:
        return ["Underpowered: without bets and an interval the return means nothing."]
    target = 100 * report.gate.underpowered
    return [
        f"Underpowered: {formats.count(bets)} bets cannot tell luck from skill. About "
        f"{formats.count(needed)} would narrow the return's interval to ±{target:g} points."
    ]


def _looks(earlier: int) -> list[str]:
    if not earlier:
        return []
    times = "once" if earlier == 1 else f"{earlier:,} times"
    level = formats.percent(1 - 0.05 / (earlier + 1), 2)
    return [
        f"These holdout days had been looked at {times} before. The interval of the gain is "
        f"widened accordingly (level {level}); the others are not."
    ]


def _discovery(data: DataSection) -> list[str]:
    return [f"{each.words[0].upper()}{each.words[1:]}." for each in data.discovery]


def _coverage(report: TrainingReport) -> list[str]:
    data = report.data
    left = {reason: n for reason, n in data.excluded.items() if n}
    sentences = []
    market = {r: n for r, n in left.items() if "without" in r or r.startswith(("runners", "book"))}
    share = sum(market.values()) / data.races
    if share > MANY:
        sentences.append(
            f"{formats.percent(share)} of the races have no usable market and are not judged. If "
            "those are the small or foreign meetings, the verdict does not apply to them."
        )
    if data.unmet_needs:
        sentences.append(
            f"Not in these data, so neither the model nor the gate has them: {data.unmet_words}."
        )
    if data.unfitted:
        sentences.append(
            f"Not trained on, for want of a year of earlier prices: {data.unfitted_words} runners."
        )
    if data.corrections == "always so":
        sentences.append(
            "Corrected results count as if they had always been known; after `velo build "
            "--as-known` each day only knows what was known then."
        )
    sentences.append(
        "The data hold the races that their source kept. If it dropped horses or meetings later, "
        "no count here shows it (survivorship)."
    )
    return sentences


def _model(report: TrainingReport) -> list[str]:
    sentences = []
    if report.model.linear_is_better and report.model.objective != "linear":
        sentences.append(
            "The straight line does better out of fold than the boosted model: the trees found "
            "nothing that the line misses. `--objective auto` would take the line."
        )
    if report.model.features is not None:
        words = report.model.features.words
        sentences.append(f"{words[0].upper()}{words[1:]}.")
    if report.model.blend.exponent < 0:
        sentences.append(
            "The blend gives the model a negative weight: at a given price it backs what the model "
            "likes less. Such a model has nothing to add; it is not a signal to reverse."
        )
    unsettled = report.holdout.get("unsettleable_top20") or 0
    if unsettled:
        sentences.append(
            f"{formats.count(unsettled)} Top20% selections have no settlement price, or an unknown "
            "deduction for a withdrawn horse; no betting figure counts them."
        )
    return sentences


def _truth(holdout: Figures) -> list[str]:
    if holdout.get("captured_share") is None:
        return []
    return [
        "This is a synthetic world: its true chances are known, and no money was ever at stake."
    ]


def _backtest(backtest: Mapping[str, Any]) -> list[str]:
    whose = "Walk-forward backtest" if backtest.get("walk_forward") else "Backtest"
    own = [str(each) for each in backtest.get("caveats") or () if SAME_PRICE not in str(each)]
    if own:
        return [f"{whose}: {each[0].lower()}{each[1:].rstrip('.')}." for each in own]
    compared = len(backtest["strategies"])
    return [
        f"{whose}: {compared} strategies are compared; the best of several looks better than it is."
    ]
