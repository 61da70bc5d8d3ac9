"""Files made to harm, or so damaged that they might: refused in one line, in bounded memory."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.warehouse.raceform_file import COLUMNS, ask, file_of, load, race, row, text_of
from tests.warehouse.staged import STORE, staged
from velo.errors import InputError
from velo.home import Home
from velo.settings import Store
from velo.warehouse.bounds import check_claims, inspect, size_in_bytes
from velo.warehouse.staging import stage

TEXT = text_of(race())


def written(folder: Path, content: bytes, name: str = "results.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CR LF", "CR"])
def test_a_line_longer_than_any_row_is_named(tmp_path: Path, end: str) -> None:
    text = text_of([*race(), row("Delta", "4", comment="x" * 3_000_000), row("Echo", "5")])
    with pytest.raises(InputError, match=r"the row at line 5 has more than 2,000,000 bytes"):
        inspect(written(tmp_path, text.replace("\n", end).encode()), STORE)


def test_a_quote_left_open_before_much_else_is_named(tmp_path: Path) -> None:
    text = TEXT + '2015-04-26,"Ripon,' + ("y" * 999 + "\n") * 3_000
    with pytest.raises(InputError, match=r"the row at line 5 .* is a quote left open there"):
        inspect(written(tmp_path, text.encode()), STORE)


def test_a_quote_within_a_field_opens_nothing(tmp_path: Path) -> None:
    rows = [row("Alpha", "1", comment='keeps 5" off the rail')]
    rows += [row(f"Horse {place}", "2", comment="y" * 1_000) for place in range(4_000)]
    text = text_of(rows).replace('""', '"').replace('"keeps', "keeps").replace('rail"', "rail")
    path = written(tmp_path, text.encode())
    assert path.stat().st_size > 4_000_000
    assert staged(path)[0].rows_read == 4_001


def test_quoted_texts_of_several_lines_are_one_row(tmp_path: Path) -> None:
    rows = [row(f"Horse {place}", "2", comment="y\n" * 500) for place in range(4_000)]
    assert staged(written(tmp_path, text_of(rows).encode()))[0].rows_read == 4_000


def test_a_nul_byte_is_named_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"line 3 holds a NUL byte"):
        inspect(written(tmp_path, TEXT.replace("Bravo", "Br\0vo").encode()), STORE)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (TEXT.encode("utf-16"), "UTF-16: save it as UTF-8"),
        (TEXT.replace(",", ";").encode(), "parts its columns by semicolons"),
        (TEXT.replace(",", "\t").encode(), "parts its columns by tabs"),
        (",".join(f"c{i}" for i in range(5_000)).encode(), "5,000 columns: 2,000 at most"),
    ],
    ids=["UTF-16", "semicolons", "tabs", "columns"],
)
def test_a_header_of_another_kind_says_which(tmp_path: Path, content: bytes, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        staged(written(tmp_path, content))


def test_columns_named_alike_are_told_apart(tmp_path: Path) -> None:
    text = TEXT.replace("date,course", "a,a 3,a,date,course", 1).replace("\n2015", "\n1,2,3,2015")
    assert staged(written(tmp_path, text.encode()))[1][0]["course"] == "Ripon"


def test_a_header_that_is_not_utf_8_is_read_where_it_is(tmp_path: Path) -> None:
    content = TEXT.replace("damsire", "caf\xe9", 1).encode("latin-1")
    staging, rows = staged(written(tmp_path, content))
    assert staging.rows_read == len(rows) == 3
    assert "damsire" in staging.absent


def test_sql_in_a_file_is_text(home: Home, tmp_path: Path) -> None:
    attack = "'); DROP TABLE races; --"
    columns = [*COLUMNS, f'"{attack}']
    path = written(
        tmp_path, text_of(race(owner=attack), columns).encode(), "x'); DROP TABLE races; --.csv"
    )
    assert load(home, path).accepted == 3
    assert ask(home, "SELECT DISTINCT owner FROM runners") == [(attack,)]


@pytest.mark.parametrize("name", ["pipe.csv", "pipe.parquet", "pipe.db"])
def test_what_is_not_a_plain_file_is_not_opened(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / name)
    with pytest.raises(InputError, match="name a plain file"):
        inspect(tmp_path / name, STORE)
    with pytest.raises(InputError, match="name a plain file"):
        inspect(Path("/dev/zero"), STORE)


def test_a_link_is_the_file_it_leads_to(tmp_path: Path) -> None:
    path = file_of(tmp_path, race())
    (tmp_path / "link.csv").symlink_to(path)
    assert inspect(tmp_path / "link.csv", STORE) == inspect(path, STORE)


def test_a_name_that_cannot_be_printed_is_refused(tmp_path: Path) -> None:
    for name in (b"a\nb.csv", b"caf\xe9.csv"):
        path = tmp_path / os.fsdecode(name)
        path.write_text(TEXT)
        with pytest.raises(InputError, match="rename the file") as refusal:
            inspect(path, STORE)
        str(refusal.value).encode()


def parquet_claiming(path: Path, rows: int) -> Path:
    """A parquet file of three rows whose footer says that it has others."""
    pq.write_table(pa.table({c: [each.get(c, "") for each in race()] for c in COLUMNS}), path)
    whole = path.read_bytes()
    (length,) = struct.unpack("<I", whole[-8:-4])
    footer = whole[-8 - length : -8]
    claim, value = b"\x16", rows << 1
    while value > 127:
        claim += bytes([value & 127 | 128])
        value >>= 7
    footer = footer.replace(b"\x16\x06", claim + bytes([value]))
    path.write_bytes(whole[: -8 - length] + footer + struct.pack("<I", len(footer)) + b"PAR1")
    return path


def test_a_parquet_file_that_claims_a_million_million_rows_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"claims 1,000,000,000,000 rows, more than store\.most"):
        staged(parquet_claiming(tmp_path / "claims.parquet", 10**12))


def test_a_parquet_file_may_not_claim_more_bytes_than_the_largest_file(tmp_path: Path) -> None:
    path = tmp_path / "wide.parquet"
    pq.write_table(pa.table({"date": ["x" * 100] * 50_000}), path, use_dictionary=False)
    assert path.stat().st_size < 1_000_000
    with duckdb.connect() as con, pytest.raises(InputError, match=r"claims 5,\d{3},\d{3} bytes"):
        stage(con, path, Store(largest_file="1MB"))


def test_a_parquet_file_may_claim_as_many_rows_as_are_set_and_no_more(tmp_path: Path) -> None:
    path = tmp_path / "three.parquet"
    pq.write_table(pa.table({"date": ["2026-05-02"] * 3}), path)
    check_claims(path, Store(most_rows=3))
    with pytest.raises(InputError, match=r"claims 3 rows, more than store\.most_rows \(2\)"):
        check_claims(path, Store(most_rows=2))


@pytest.mark.parametrize(
    ("text", "size"),
    [("40GB", 40_000_000_000), ("1.5 MB", 1_500_000), ("2GiB", 2 << 30), ("1MiB", 1 << 20)],
)
def test_sizes_are_read_in_the_units_of_the_settings(text: str, size: int) -> None:
    assert size_in_bytes(text) == size
