"""How much of the comments the rule on early positions reads, and how right it is.

Run `python -m benchmarks.comment_coverage FOLDER`, where FOLDER holds the raceform and rpscrape
samples and the Hong Kong parquet file. Of each file: the share of its comments that name a place,
and the commonest first clauses of those that name none. Hong Kong has positions at the calls beside
its comments: there Spearman's rank correlation of the two is shown, of all years and by year.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import duckdb
from scipy.stats import spearmanr

from velo.racing.comment_position import comment_position
from velo.racing.early_position import first_call, running_positions, share_of_field

FILES = {
    "raceform sample": ("raw/raceform_kaggle_sample_5k.csv", "comment"),
    "rpscrape, a British day of 2020": ("raw/rpscrape_gb_2020_06_03.csv", "Comment"),
    "rpscrape, French flat of 2018": ("raw/rpscrape_old_fr-2018.csv", "comment"),
    "Hong Kong": ("hk_2008_2022.parquet", "comment"),
}
LISTED = 25
_CLAUSE = re.compile(r"\s*(?: - |[,.;(])")
_HONG_KONG = """
SELECT substr(CAST(date AS VARCHAR), 1, 4), comment, running_position,
    count(*) FILTER (NOT starts_with(pos, 'W')) OVER (PARTITION BY race_id)
FROM read_parquet(?) ORDER BY ALL
"""


@dataclass(frozen=True)
class Coverage:
    """Of a file's comments."""

    comments: int
    without: Counter[str]

    @property
    def share(self) -> float:
        """Of the comments that name a place."""
        return 1 - self.without.total() / self.comments


def coverage(file: Path, column: str) -> Coverage:
    """How many comments a file has, and the first clauses of those that name no place."""
    reader = "read_parquet" if file.suffix == ".parquet" else "read_csv"
    options = "" if file.suffix == ".parquet" else ", all_varchar = true"
    rows = duckdb.execute(
        f"SELECT {column} FROM {reader}(?{options}) WHERE trim({column}) <> ''", [str(file)]
    ).fetchall()
    without = [text for (text,) in rows if comment_position(text) is None]
    return Coverage(len(rows), Counter(_CLAUSE.split(text.lower())[0] for text in without))


def pairs(file: Path) -> list[tuple[str, float, float]]:
    """Year, position by the comment and by the first call of every runner that has both."""
    rows = []
    for year, comment, running, starters in duckdb.execute(_HONG_KONG, [str(file)]).fetchall():
        call = first_call(running_positions(running) or ())
        share = None if call is None else share_of_field(call, starters)
        position = comment_position(comment)
        if share is not None and position is not None:
            rows.append((year, position, share))
    return rows


def rank_correlation(rows: list[tuple[str, float, float]]) -> float:
    """Spearman's, of the two positions."""
    return float(spearmanr([row[1] for row in rows], [row[2] for row in rows]).statistic)


def main(folder: Path) -> None:
    """Print what is measured."""
    print("| file | comments | name a place |\n| --- | --- | --- |")
    measured = {name: coverage(folder / path, column) for name, (path, column) in FILES.items()}
    for name, each in measured.items():
        print(f"| {name} | {each.comments:,} | {each.share:.1%} |")
    for name, each in measured.items():
        print(f"\n{name}: the commonest first clauses of comments without a place")
        for clause, count in each.without.most_common(LISTED):
            print(f"{count:>7,}  {clause[:80]}")
    rows = pairs(folder / FILES["Hong Kong"][0])
    print(f"\nHong Kong, {len(rows):,} runners with both: {rank_correlation(rows):.3f}")
    for year in sorted({row[0] for row in rows}):
        of_year = [row for row in rows if row[0] == year]
        print(f"  {year}  {len(of_year):>7,}  {rank_correlation(of_year):.3f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
