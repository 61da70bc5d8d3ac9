"""Faults that no test can notice or none needs to, with the reason."""

from __future__ import annotations

START = "where a search begins does not move where it ends"
LOWER = "of a Hermitian matrix only the lower half is read"
DRAWS = "more or fewer draws sharpen an interval's ends, and move them by chance alone"

KNOWN: dict[tuple[str, str, str], str] = {
    (
        "training/blending/market_chances.py",
        'assert np.all(np.isnan(sums) | (np.abs(sums - 1) < 1e-9)), "probabilities must sum to 1"',
        "assert np.all(np.isnan(sums) | (np.abs(sums - 1) < 1.000000001)), "
        '"probabilities must sum to 1"',
    ): "an assertion of what the rules below it hold, and their own tests show",
    (
        "training/judging/gate.py",
        'f"{missed[0].target} and every other criterion holds. The band is a setting "',
        'f"{missed[ -1].target} and every other criterion holds. The band is a setting "',
    ): "the first of one is the last of one",
    (
        "velo/racing/withdrawals.py",
        "share = np.where((book < 1.0 - SUM_ERROR) & ~told, np.nan, share)",
        "share = np.where((book <= 1.0 - SUM_ERROR) & ~told, np.nan, share)",
    ): "a book of 0.999999999 to the last bit",
    ("training/blending/calibration.py", "MOST_LEVEL = 10.0", "MOST_LEVEL = 11.0"): (
        "how far a search may go that ends long before"
    ),
    (
        "training/judging/criterion.py",
        "if value == int(value) and abs(value) >= 1000:",
        "if value == int(value) and abs(value) >= 999:",
    ): "999 has no thousands to part",
    (
        "training/blending/calibration_choice.py",
        "return tuple(trials[0].gains) if trials else ()",
        "return tuple(trials[ -1].gains) if trials else ()",
    ): "every fold tries the same kinds",
    (
        "training/statistics/calibration_curve.py",
        "if not days.count or np.ptp(x) < EDGE:",
        "if not days.count and np.ptp(x) < EDGE:",
    ): "predictions that are all alike are found out by their information, two steps on",
    (
        "training/statistics/calibration_curve.py",
        "if not np.linalg.cond(information) < WORST_CONDITION:",
        "if not np.linalg.cond(information) <= WORST_CONDITION:",
    ): "a condition of a million million to the last bit",
    (
        "training/blending/blend.py",
        "inverse = np.linalg.pinv(drawn[:, [[2, 3], [3, 4]]], hermitian=True)",
        "inverse = np.linalg.pinv(drawn[:, [[2, 2], [3, 4]]], hermitian=True)",
    ): LOWER,
    (
        "training/blending/blend.py",
        "inverse = np.linalg.pinv(drawn[:, [[2, 3], [3, 4]]], hermitian=True)",
        "inverse = np.linalg.pinv(drawn[:, [[2, 4], [3, 4]]], hermitian=True)",
    ): LOWER,
    ("velo/store/view_rows.py", "*,", "/,"): "how arguments are given, which nothing computes by",
    (
        "training/blending/blend.py",
        "beta = pool.fit([log_probability(market)], win_share, races, start=[1.0])",
        "beta = pool.fit([log_probability(market)], win_share, races, start=[ 2.0])",
    ): START,
    (
        "training/blending/blend.py",
        "return float(_share(np.array([self.exponent]), np.array([self.beta]))[0])",
        "return float(_share(np.array([self.exponent]), np.array([self.beta]))[ -1])",
    ): "the first of one is the last of one",
    (
        "backtest/stakes.py",
        "scale = np.minimum(1.0, np.divide(cap, total, out=np.ones(len(total)), where=total > 0))",
        "scale = np.minimum(1.0, np.divide(cap, total, out=np.ones(len(total)), where=total > -1))",
    ): "a cap over nothing is no cap, by division as by rule",
    (
        "training/blending/blend.py",
        "beta = pool.fit([log_probability(market)], win_share, races, start=[1.0])",
        "beta = pool.fit([log_probability(market)], win_share, races, start=[ 0.0])",
    ): START,
    (
        "training/blending/blend.py",
        "gamma, beta = pool.fit(columns, win_share, races, start=[GAMMA_START, 1.0])",
        "gamma, beta = pool.fit(columns, win_share, races, start=[GAMMA_START, 0.0])",
    ): START,
    (
        "training/statistics/likelihood.py",
        "enough = min(resampling.draws * (earlier_looks + 1), MOST_DRAWS)",
        "enough = min(resampling.draws * (earlier_looks + 2), MOST_DRAWS)",
    ): DRAWS,
    (
        "training/statistics/likelihood.py",
        "MOST_DRAWS = 50_000",
        "MOST_DRAWS = 49999",
    ): DRAWS,
}
"""(module, line before, line after) -> why it may live."""
