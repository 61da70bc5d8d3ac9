"""When racing starts and ends in each country, by the clock of the course.

The earliest and the latest advertised off, evening meetings and great days included, with some
room. They tell the two halves of a 12-hour clock apart, and they give the deadline of a race
without an off. Countries bear the codes that racing files write behind a course.
"""

from __future__ import annotations

from typing import NamedTuple


class Hours(NamedTuple):
    """Earliest and latest off, minutes after local midnight of the race day.

    ``last`` is above 1440 where the last race of a night meeting is run after midnight.
    """

    first: int
    last: int

    def outside(self, minute: int) -> int:
        """Minutes by which a time of day lies outside; 0 within."""
        return max(self.first - minute, minute - self.last, 0)


def _hours(text: str) -> Hours:
    first, last = (int(clock[:2]) * 60 + int(clock[3:]) for clock in text.split("-"))
    return Hours(first, last)


_BY_HOURS = {
    "10:00-21:59": "GB IRE JER GUE",
    "10:15-22:59": "FR",
    "10:30-21:59": "GER SWI BEL HOL SWE NOR DEN FIN AUT HUN CZE SVK POL ROM",
    "11:00-23:59": "ITY GR CYP",
    "10:45-24:45": "SPA POR",
    "11:30-24:15": "TUR",
    "11:00-22:30": "RUS KAZ MOR TUN ALG",
    "11:30-23:15": "UAE QA BHR OMA KUW",
    "12:00-24:30": "KSA",
    "10:30-22:15": "SAF ZIM MAU KEN",
    "10:15-23:45": "USA",
    "11:15-23:14": "CAN PR HK",
    "11:30-23:29": "ARG BRZ CHI PER URU MEX PAN VEN COL ECU JAM TRI BAR DOM",
    "09:15-21:14": "JPN",
    "10:00-21:59 ": "KOR IND PHI CHN",
    "11:30-23:15 ": "SIN MAL MAC THA",
    "10:15-22:45": "AUS",
    "10:30-21:45": "NZ",
}
_OF_COUNTRY = {
    country: _hours(text) for text, countries in _BY_HOURS.items() for country in countries.split()
}
_ALSO_WRITTEN = {
    "UK": "GB",
    "ENG": "GB",
    "SCO": "GB",
    "WAL": "GB",
    "IE": "IRE",
    "IR": "IRE",
    "NI": "IRE",
    "FRA": "FR",
    "DE": "GER",
    "IT": "ITY",
    "ITA": "ITY",
    "ES": "SPA",
    "ESP": "SPA",
    "US": "USA",
    "CA": "CAN",
    "AU": "AUS",
    "NZL": "NZ",
    "JP": "JPN",
    "HKG": "HK",
    "ARE": "UAE",
    "AE": "UAE",
    "DUB": "UAE",
    "RSA": "SAF",
    "ZAF": "SAF",
    "SA": "SAF",
    "SAU": "KSA",
    "QAT": "QA",
    "QTR": "QA",
    "BRN": "BHR",
    "BAH": "BHR",
    "SGP": "SIN",
    "SG": "SIN",
    "MY": "MAL",
    "MYS": "MAL",
    "BRA": "BRZ",
    "CHL": "CHI",
    "CHE": "SWI",
    "SUI": "SWI",
    "NED": "HOL",
    "NL": "HOL",
    "GRE": "GR",
    "TR": "TUR",
    "MRI": "MAU",
    "MUS": "MAU",
    "IN": "IND",
    "KR": "KOR",
    "SW": "SWE",
    "JE": "JER",
    "GG": "GUE",
}


def country_code(text: str | None) -> str | None:
    """The code under which the tables here know a country; ``None`` where they do not.

    ``'usa'`` is ``'USA'``, ``'FRA'`` and ``'fr'`` are ``'FR'``.
    """
    code = (text or "").strip().upper()
    code = _ALSO_WRITTEN.get(code, code)
    return code if code in _OF_COUNTRY else None


def racing_hours(country: str) -> Hours:
    """The hours of a country by its code.

    Raises:
        KeyError: no such country is in the table; `country_code` asks first.
    """
    return _OF_COUNTRY[country]


def countries() -> list[str]:
    """Every code of the table."""
    return sorted(_OF_COUNTRY)
