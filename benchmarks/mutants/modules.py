"""Which modules are altered, how many times each, and which tests must notice."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Module:
    """A module, its tests, and how many faults are drawn for it."""

    path: str
    tests: tuple[str, ...]
    faults: int = 12

    @property
    def name(self) -> str:
        """As it is imported."""
        return self.path.removesuffix(".py").replace("/", ".")


def _training(name: str, *tests: str, faults: int = 12) -> Module:
    return Module(
        f"training/{name}.py", tuple(f"tests/training/test_{t}.py" for t in tests), faults
    )


_JOINS = (
    "tests/store/test_point_in_time_join.py",
    "tests/store/test_worked_joins.py",
    "tests/store/test_moments_and_ties.py",
    "tests/store/test_names.py",
)

MODULES = (
    _training("judging/gate", "gate", "gate_settings", faults=18),
    _training("judging/criterion", "gate", "gate_settings"),
    _training("statistics/likelihood", "likelihood"),
    _training("judging/selection", "selection"),
    _training("judging/betting", "betting"),
    _training("statistics/bootstrap", "bootstrap"),
    _training("blending/blend", "blend", "nearly_flat"),
    _training("statistics/pool", "blend", "nearly_flat", faults=16),
    _training("blending/market_chances", "market", faults=10),
    _training("blending/calibration", "calibration", faults=16),
    _training("blending/calibration_choice", "calibration_choice"),
    _training("statistics/calibration_curve", "calibration_curve", faults=16),
    Module(
        "velo/racing/settlement.py",
        ("tests/racing/test_settlement.py", "tests/racing/test_settlement_oracle.py"),
        16,
    ),
    Module("velo/racing/withdrawals.py", ("tests/racing/test_withdrawals.py",), 10),
    Module("velo/racing/rule_4.py", ("tests/racing/test_withdrawals.py",), 12),
    Module("velo/racing/reduction_factor.py", ("tests/racing/test_withdrawals.py",), 12),
    Module(
        "backtest/account.py",
        (
            "tests/backtest/test_account.py",
            "tests/backtest/test_backtest_report.py",
            "tests/backtest/test_accounts_in_general.py",
        ),
        16,
    ),
    Module(
        "backtest/stakes.py",
        ("tests/backtest/test_strategies.py", "tests/backtest/test_accounts_in_general.py"),
        14,
    ),
    Module("velo/store/query.py", _JOINS),
    Module("velo/store/view_rows.py", _JOINS),
)
