"""The time zone of a course.

A country with one clock gives its courses' zone. In the United States, Canada and Australia the
course decides; a course there that is in no list has no known zone.
"""

from __future__ import annotations

from velo.racing.names import folded

_OF_COUNTRY = {
    "GB": "Europe/London",
    "IRE": "Europe/Dublin",
    "JER": "Europe/Jersey",
    "GUE": "Europe/Guernsey",
    "FR": "Europe/Paris",
    "GER": "Europe/Berlin",
    "ITY": "Europe/Rome",
    "SPA": "Europe/Madrid",
    "POR": "Europe/Lisbon",
    "SWI": "Europe/Zurich",
    "BEL": "Europe/Brussels",
    "HOL": "Europe/Amsterdam",
    "SWE": "Europe/Stockholm",
    "NOR": "Europe/Oslo",
    "DEN": "Europe/Copenhagen",
    "FIN": "Europe/Helsinki",
    "AUT": "Europe/Vienna",
    "HUN": "Europe/Budapest",
    "CZE": "Europe/Prague",
    "SVK": "Europe/Bratislava",
    "POL": "Europe/Warsaw",
    "ROM": "Europe/Bucharest",
    "GR": "Europe/Athens",
    "CYP": "Asia/Nicosia",
    "TUR": "Europe/Istanbul",
    "RUS": "Europe/Moscow",
    "KAZ": "Asia/Almaty",
    "MOR": "Africa/Casablanca",
    "TUN": "Africa/Tunis",
    "ALG": "Africa/Algiers",
    "UAE": "Asia/Dubai",
    "QA": "Asia/Qatar",
    "BHR": "Asia/Bahrain",
    "OMA": "Asia/Muscat",
    "KUW": "Asia/Kuwait",
    "KSA": "Asia/Riyadh",
    "SAF": "Africa/Johannesburg",
    "ZIM": "Africa/Harare",
    "MAU": "Indian/Mauritius",
    "KEN": "Africa/Nairobi",
    "PR": "America/Puerto_Rico",
    "ARG": "America/Argentina/Buenos_Aires",
    "BRZ": "America/Sao_Paulo",
    "CHI": "America/Santiago",
    "PER": "America/Lima",
    "URU": "America/Montevideo",
    "MEX": "America/Mexico_City",
    "PAN": "America/Panama",
    "VEN": "America/Caracas",
    "COL": "America/Bogota",
    "ECU": "America/Guayaquil",
    "JAM": "America/Jamaica",
    "TRI": "America/Port_of_Spain",
    "BAR": "America/Barbados",
    "DOM": "America/Santo_Domingo",
    "HK": "Asia/Hong_Kong",
    "JPN": "Asia/Tokyo",
    "KOR": "Asia/Seoul",
    "IND": "Asia/Kolkata",
    "PHI": "Asia/Manila",
    "CHN": "Asia/Shanghai",
    "SIN": "Asia/Singapore",
    "MAL": "Asia/Kuala_Lumpur",
    "MAC": "Asia/Macau",
    "THA": "Asia/Bangkok",
    "NZ": "Pacific/Auckland",
}

WIDE = {
    "USA": ("America/New_York", 180),
    "CAN": ("America/Toronto", 180),
    "AUS": ("Australia/Sydney", 180),
}
"""Countries of several clocks: the one that is first, and by how many minutes the last is later."""

_OF_COURSE = {
    "USA": {
        "America/New_York": """
            aqueduct, belmont park, belmont at aqueduct, belmont at the big a, saratoga, finger
            lakes, gulfstream park, gulfstream park west, tampa bay downs, calder, hialeah, hialeah
            park, monmouth park, meadowlands, the meadowlands, atlantic city, parx, parx racing,
            philadelphia park, penn national, presque isle downs, laurel park, laurel, pimlico,
            timonium, delaware park, colonial downs, charles town, mountaineer park, mountaineer,
            suffolk downs, keeneland, turfway park, belterra park, river downs, thistledown,
            mahoning valley, beulah park, great meadow, far hills, middleburg, aiken, camden,
            rockingham park, fair hill, tryon, callaway gardens, shawan downs, new kent, foxfield,
            radnor, malvern, unionville, montpelier, charlotte, palm beach, penn national hunt""",
        "America/Kentucky/Louisville": "churchill downs",
        "America/Indiana/Indianapolis": """
            indiana grand, horseshoe indianapolis, indiana downs, hoosier park""",
        "America/Chicago": """
            kentucky downs, ellis park, arlington, arlington park, hawthorne, fairmount park,
            fanduel, oaklawn, oaklawn park, fair grounds, evangeline downs, delta downs, louisiana
            downs, lone star park, sam houston, sam houston race park, retama park, remington park,
            will rogers downs, prairie meadows, canterbury downs, canterbury park, fonner park,
            percy warner, nashville, iroquois, sportsmans park, fair meadows, columbus, lincoln,
            horsemens park, legacy downs, gillespie county""",
        "America/Denver": """
            sunland park, ruidoso downs, zia park, albuquerque, the downs at albuquerque, arapahoe
            park, bally's arapahoe park, wyoming downs, les bois park, energy downs, santa fe""",
        "America/Phoenix": "turf paradise, rillito, rillito park, arizona downs, yavapai downs",
        "America/Los_Angeles": """
            santa anita, santa anita park, del mar, los alamitos, golden gate fields, hollywood
            park, betfair hollywood park, pleasanton, fairplex park, fairplex, bay meadows, emerald
            downs, portland meadows, ferndale, fresno, sacramento, cal expo, santa rosa, stockton,
            grants pass, pomona, solano, vallejo, bay meadows fair, oak tree at hollywood park, oak
            tree at pleasanton""",
    },
    "CAN": {
        "America/Toronto": "woodbine, woodbine mohawk park, fort erie, blue bonnets, ajax downs",
        "America/Winnipeg": "assiniboia downs, assiniboia",
        "America/Edmonton": """
            northlands park, century mile, stampede park, century downs, evergreen park, the track
            on 2""",
        "America/Regina": "marquis downs",
        "America/Vancouver": "hastings, hastings racecourse, hastings park, sandown park",
    },
    "AUS": {
        "Australia/Sydney": """
            randwick, royal randwick, kensington, randwick kensington, rosehill, rosehill gardens,
            canterbury, canterbury park, warwick farm, newcastle, gosford, hawkesbury, kembla
            grange, kembla, wyong, scone, muswellbrook, tamworth, dubbo, orange, bathurst, mudgee,
            goulburn, queanbeyan, canberra, wagga, wagga wagga, albury, grafton, coffs harbour, port
            macquarie, taree, ballina, lismore, armidale, inverell, moree, nowra, moruya, sapphire
            coast, murwillumbah, casino, cessnock, beaumont, narromine, gunnedah, cowra, corowa,
            tuncurry, quirindi, coonamble, bong bong, griffith, narrandera, gundagai, parkes""",
        "Australia/Melbourne": """
            flemington, caulfield, caulfield heath, moonee valley, the valley, sandown, sandown
            lakeside, sandown hillside, ballarat, bendigo, geelong, cranbourne, pakenham,
            mornington, kyneton, kilmore, seymour, echuca, wangaratta, wodonga, warrnambool, sale,
            moe, traralgon, hamilton, horsham, colac, terang, werribee, yarra glen, yarra valley,
            swan hill, mildura, stawell, ararat, tatura, benalla, bairnsdale, coleraine, casterton,
            camperdown, donald, stony creek, st arnaud, kerang, hanging rock, healesville""",
        "Australia/Brisbane": """
            eagle farm, doomben, gold coast, sunshine coast, caloundra, ipswich, toowoomba, clifford
            park, rockhampton, mackay, townsville, cairns, cluden, dalby, warwick, beaudesert,
            gatton, kilcoy, bundaberg, gladstone, emerald, roma, innisfail, birdsville, longreach,
            mount isa, aquis park gold coast, esk, callaghan park, gympie, thangool""",
        "Australia/Adelaide": """
            morphettville, morphettville parks, cheltenham, cheltenham park, victoria park, murray
            bridge, gawler, oakbank, balaklava, strathalbyn, mount gambier, port lincoln,
            naracoorte, bordertown, clare, port augusta, penola, kangaroo island""",
        "Australia/Perth": """
            ascot, belmont, belmont park, bunbury, pinjarra, northam, york, albany, geraldton,
            kalgoorlie, lark hill, narrogin, mount barker, esperance, broome, pinjarra scarpside,
            toodyay, port hedland, carnarvon""",
        "Australia/Hobart": "hobart, elwick, launceston, mowbray, devonport, spreyton",
        "Australia/Darwin": "darwin, fannie bay, alice springs, pioneer park",
    },
}
_ZONES = {
    country: {
        folded(name): zone
        for zone, names in places.items()
        for name in " ".join(names.split()).split(", ")
    }
    for country, places in _OF_COURSE.items()
}


def course_zone(name: str, country: str) -> str | None:
    """The IANA zone of a course; ``None`` where it is not known.

    Args:
        name: as `velo.racing.courses.course` gives it.
        country: its code, as `velo.racing.racing_hours.country_code` gives it.
    """
    if country in _ZONES:
        return _ZONES[country].get(name)
    return _OF_COUNTRY.get(country)


def courses_listed(country: str) -> frozenset[str]:
    """The courses of a country of several clocks whose zone is known."""
    return frozenset(_ZONES.get(country, ()))
