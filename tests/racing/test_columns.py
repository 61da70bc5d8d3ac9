from __future__ import annotations

import functools

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from velo.racing.columns import over
from velo.racing.finish import finish
from velo.racing.going import going_group
from velo.racing.names import horse_name
from velo.racing.odds import decimal_odds, opening_and_touched
from velo.racing.off_time import off_time

said = st.one_of(
    st.none(),
    st.sampled_from(["1", "PU", "2/1F", "Good", "5:45", "(op 6/1 tchd 11/2)", "---", "Ace (IRE)"]),
    st.text(max_size=8),
)
rules = [
    decimal_odds,
    finish,
    going_group,
    horse_name,
    opening_and_touched,
    functools.partial(off_time, clock=12),
]


@pytest.mark.parametrize("rule", rules)
@given(texts=st.lists(said, max_size=12))
def test_a_column_answers_as_its_values_do(
    rule: functools.partial[object], texts: list[str]
) -> None:
    answers = [rule(text) for text in texts]
    expected = [each._asdict() if hasattr(each, "_asdict") else each for each in answers]
    assert over(pa.array(texts, pa.string()), rule).to_pylist() == expected


def test_a_rule_is_asked_once_for_each_distinct_value() -> None:
    asked: list[str | None] = []

    def rule(text: str | None) -> str | None:
        asked.append(text)
        return text

    column = pa.chunked_array([["a", "b", None], ["b", "a", None, None]])
    assert over(column, rule).to_pylist() == ["a", "b", None, "b", "a", None, None]
    assert sorted(asked, key=str) == ["None", "a", "b"] or set(asked) == {None, "a", "b"}
    assert len(asked) == 3


def test_a_column_of_nothing_keeps_the_type_of_the_rule() -> None:
    nothing = pa.array([None, None], pa.string())
    assert over(nothing, decimal_odds).type == pa.float64()
    assert over(nothing, functools.partial(off_time, clock=24)).type == pa.time64("us")
    assert over(pa.array([], pa.string()), finish).type == pa.struct(
        [("status", pa.string()), ("position", pa.int64()), ("dead_heat", pa.bool_())]
    )


def test_a_dictionary_column_is_read_as_its_values() -> None:
    column = pa.array(["2/1F", None, "2/1F"]).dictionary_encode()
    assert over(column, decimal_odds).to_pylist() == [3.0, None, 3.0]
