"""The point-in-time join is what brute force says, row by row."""

from __future__ import annotations

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from tests.store.little_tables import (
    ENTITY_SCHEMA,
    HORSE,
    HOURS,
    LAYOUTS,
    PAIR,
    Layout,
    LittleStore,
    Row,
    Tables,
    entity_rows,
    entity_table,
    expected,
    hour,
    newest,
    tables,
    values,
)

SOMEBODY: Row = {"horse_id": 1, "dam_id": 1, "trainer_id": 1, "course": "York", "hour": 9}
BOTH = [f"{layout.name}:{name}" for layout in LAYOUTS for name in ("a", "note")]


@pytest.fixture(scope="module")
def little(tmp_path_factory: pytest.TempPathFactory) -> LittleStore:
    return LittleStore(tmp_path_factory.mktemp("store o'brien"))


@examples(max_examples=60)
@given(rows=tables, entities=entity_rows, when_created=st.booleans())
def test_each_row_gets_the_newest_that_it_could_know(
    little: LittleStore, rows: Tables, entities: list[Row], when_created: bool
) -> None:
    little.write_all(rows)
    answer = little.feast.get_historical_features(
        entity_df=entity_table(entities).to_pandas(),
        features=BOTH,
        full_feature_names=True,
        filter_by_created_timestamp=when_created,
    ).to_df()
    assert values(answer, "runner") == [(n,) for n in range(len(entities))]
    for layout in LAYOUTS:
        names = (f"{layout.name}__a", f"{layout.name}__note")
        assert values(answer, *names) == expected(
            layout, rows[layout.name], entities, when_created=when_created
        ), layout.name


@pytest.mark.slow
@examples(max_examples=20)
@given(rows=tables, entities=entity_rows, when_created=st.booleans())
def test_a_view_may_be_asked_for_twice_under_other_keys(
    little: LittleStore, rows: Tables, entities: list[Row], when_created: bool
) -> None:
    little.write_all(rows)
    answer = little.feast.get_historical_features(
        entity_df=entity_table(entities).to_pandas(),
        features=little.feast.get_feature_service("family"),
        full_feature_names=True,
        filter_by_created_timestamp=when_created,
    ).to_df()
    for name, keys in (("own", ("horse_id",)), ("dam", ("dam_id",))):
        assert values(answer, f"{name}__a", f"{name}__note") == expected(
            HORSE, rows[HORSE.name], entities, keys, when_created
        )


@pytest.mark.slow
@examples(max_examples=15)
@given(rows=tables, entities=entity_rows)
def test_a_frame_an_arrow_table_and_a_query_are_the_same_entity_rows(
    little: LittleStore, rows: Tables, entities: list[Row]
) -> None:
    little.write_all(rows)
    table = entity_table(entities)
    file = str(little.folder / "entities.parquet")
    pq.write_table(table, file)
    quoted = file.replace("'", "''")
    query = f"SELECT * FROM read_parquet('{quoted}') ORDER BY runner DESC"
    features = [f"{HORSE.name}:a", f"{PAIR.name}:note"]
    ours = ["runner", "course", "event_timestamp", "a", "note"]
    of_frame, of_arrow, of_query = (
        little.feast.get_historical_features(entity_df=given_rows, features=features).to_arrow()
        for given_rows in (table.to_pandas(), table, query)
    )
    assert of_frame.column_names == [*ENTITY_SCHEMA.names, "a", "note"]
    assert values(of_frame, *ours) == values(of_arrow, *ours)
    assert values(of_query, *ours) == values(of_frame, *ours)[::-1]


@pytest.mark.slow
@examples(max_examples=20)
@given(rows=tables, between=st.tuples(st.integers(-2, HOURS), st.integers(0, HOURS)))
def test_a_date_range_asks_for_every_key_and_time_in_it(
    little: LittleStore, rows: Tables, between: tuple[int, int]
) -> None:
    first, last = between[0], sum(between)
    named = {
        layout: [r for r in rows[layout.name] if None not in key_of(layout, r)]
        for layout in (HORSE, PAIR)
    }
    for layout, known in named.items():
        little.write(layout, known)
    answer = little.feast.get_historical_features(
        features=[f"{HORSE.name}:a", f"{PAIR.name}:note"],
        start_date=hour(first),
        end_date=hour(last),
    ).to_arrow()
    horses = {(*key_of(HORSE, r), None, None, r["happened_at"]) for r in named[HORSE]}
    pairs = {(None, *key_of(PAIR, r), r["happened_at"]) for r in named[PAIR]}
    asked = {each for each in horses | pairs if hour(first) <= each[-1] <= hour(last)}
    got = values(answer, *HORSE.keys, *PAIR.keys, "event_timestamp", "a", "note")
    assert len(got) == len(asked)
    assert {each[:4] for each in got} == asked
    for horse, trainer, course, at, a, note in got:
        horse_row = newest(HORSE, named[HORSE], (horse,), at, False)
        pair_row = newest(PAIR, named[PAIR], (trainer, course), at, False)
        assert a == (horse_row["raw_a"] if horse_row else None)
        assert note == (pair_row["note"] if pair_row else None)


@pytest.fixture(scope="module")
def stock(little: LittleStore) -> LittleStore:
    """Feast's own store over the same files."""
    return LittleStore(little.folder, "duckdb")


def agree(
    little: LittleStore,
    stock: LittleStore,
    rows: Tables,
    entities: list[Row],
    when_created: bool,
) -> None:
    """Both stores give the same; stock does not know entity rows with null keys."""
    known = [row for row in entities if None not in row.values()] or [SOMEBODY]
    little.write_all(rows)
    ours, theirs = (
        each.feast.get_historical_features(
            entity_df=entity_table(known).to_pandas(),
            features=BOTH,
            full_feature_names=True,
            filter_by_created_timestamp=when_created,
        ).to_df()
        for each in (little, stock)
    )
    theirs = theirs.sort_values("runner", ignore_index=True)
    for name in (each.replace(":", "__") for each in BOTH):
        assert values(ours, name) == values(theirs, name), name


@examples(max_examples=8)
@given(rows=tables, entities=entity_rows, when_created=st.booleans())
def test_feasts_own_store_agrees(
    little: LittleStore,
    stock: LittleStore,
    rows: Tables,
    entities: list[Row],
    when_created: bool,
) -> None:
    agree(little, stock, rows, entities, when_created)


@pytest.mark.slow
@examples(max_examples=500)
@given(rows=tables, entities=entity_rows, when_created=st.booleans())
def test_feasts_own_store_agrees_on_thousands_of_tables(
    little: LittleStore,
    stock: LittleStore,
    rows: Tables,
    entities: list[Row],
    when_created: bool,
) -> None:
    """Four tables an example."""
    agree(little, stock, rows, entities, when_created)


@pytest.mark.slow
@examples(max_examples=1000)
@given(rows=tables, entities=entity_rows, when_created=st.booleans())
def test_brute_force_agrees_on_thousands_of_tables(
    little: LittleStore, rows: Tables, entities: list[Row], when_created: bool
) -> None:
    little.write_all(rows)
    answer = little.feast.get_historical_features(
        entity_df=entity_table(entities),
        features=BOTH,
        full_feature_names=True,
        filter_by_created_timestamp=when_created,
    ).to_arrow()
    assert values(answer, "runner") == [(n,) for n in range(len(entities))]
    for layout in LAYOUTS:
        names = (f"{layout.name}__a", f"{layout.name}__note")
        assert values(answer, *names) == expected(
            layout, rows[layout.name], entities, when_created=when_created
        ), layout.name


def key_of(layout: Layout, of: Row) -> tuple[object, ...]:
    return tuple(of[key] for key in layout.keys)
