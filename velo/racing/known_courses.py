"""The country of a course that no file says: the main courses of the racing world by name.

Files of 2020 and early 2021 name a course by its slug and no country at all. A name that two
countries share (Newcastle, Ascot, Cheltenham) is the British one, for a file that names a course
abroad so says its country.
"""

from __future__ import annotations

from velo.racing.names import folded
from velo.racing.racing_hours import country_code
from velo.racing.zones import WIDE, courses_listed

_ENDINGS = frozenset(("arg", "aus", "brz", "chi", "ger", "ire", "jpn", "nz", "saf", "uae", "usa"))

_NAMES = {
    "GB": """
        aintree, ascot, ayr, bangor on dee, bath, beverley, brighton, carlisle, cartmel, catterick,
        chelmsford, cheltenham, chepstow, chester, doncaster, epsom, exeter, fakenham, ffos las,
        folkestone, fontwell, goodwood, great leighs, hamilton, haydock, hereford, hexham,
        huntingdon, kelso, kempton, leicester, lingfield, ludlow, market rasen, musselburgh,
        newbury, newcastle, newmarket, newmarket july, newton abbot, nottingham, perth, plumpton,
        pontefract, redcar, ripon, salisbury, sandown, sedgefield, southwell, stratford, taunton,
        thirsk, towcester, uttoxeter, warwick, wetherby, wincanton, windsor, wolverhampton,
        worcester, yarmouth, york""",
    "IRE": """
        ballinrobe, bellewstown, clonmel, cork, curragh, down royal, downpatrick, dundalk,
        fairyhouse, galway, gowran park, kilbeggan, killarney, laytown, leopardstown, limerick,
        limerick junction, listowel, naas, navan, punchestown, roscommon, sligo, thurles,
        tipperary, tralee, tramore, wexford""",
    "JER": "les landes",
    "GUE": "lancresse",
    "FR": """
        longchamp, parislongchamp, chantilly, deauville, saint cloud, maisons laffitte, auteuil,
        enghien, compiegne, fontainebleau, clairefontaine, cagnes sur mer, lyon parilly, lyon la
        soie, marseille borely, marseille pont de vivaux, marseille vivaux, toulouse, bordeaux le
        bouscat, bordeaux, pau, strasbourg, vichy, craon, nantes, angers, le lion dangers, la
        teste, dax, tarbes, mont de marsan, argentan, dieppe, le croise laroche, amiens, salon
        provence, nimes, chateaubriant, senonnes pouance, aix les bains, divonne les bains, moulins,
        vittel, nancy, le touquet, royan la palmyre, saint malo, evreux, le mans, tours, morlaix,
        les sables dolonne, agen, avignon, wissembourg, granville, cherbourg, chatillon sur
        chalaronne, lignieres, niort, auch, cluny, feurs, laval, meslay du maine, paray le monial,
        saumur, segre, corlay, landivisiau, machecoul, pontchateau, rostrenen, fougeres""",
    "GER": """
        baden baden, cologne, koln, munich, munchen, hamburg, hoppegarten, berlin hoppegarten,
        dusseldorf, dortmund, krefeld, hanover, hannover, frankfurt, mulheim, bremen, leipzig,
        dresden, halle, magdeburg, mannheim, saarbrucken, bad harzburg, bad doberan, cuxhaven""",
    "ITY": """
        san siro, milan, capannelle, rome, naples, napoli, pisa, turin, torino, merano, florence,
        varese, siracusa, treviso, grosseto, chilivani, livorno, sassari, corridonia""",
    "SPA": "la zarzuela, madrid, san sebastian, lasarte, dos hermanas, mijas, sanlucar",
    "SWI": "zurich dielsdorf, dielsdorf, zurich, st moritz, avenches, aarau, frauenfeld, maienfeld",
    "SWE": "bro park, jagersro, taby, stromsholm, goteborg, blommerod",
    "NOR": "ovrevoll",
    "DEN": "klampenborg, copenhagen, odense, aarhus, aalborg",
    "BEL": "mons, ostend, oostende, waregem",
    "HOL": "duindigt, wassenaar",
    "CZE": "pardubice, velka chuchle, most",
    "HUN": "kincsem park",
    "POL": "sluzewiec, warsaw, wroclaw",
    "TUR": "veliefendi, istanbul veliefendi, ankara, izmir, bursa, adana",
    "UAE": "meydan, nad al sheba, jebel ali, abu dhabi, al ain, sharjah, dubai",
    "KSA": "riyadh, king abdulaziz, taif",
    "QA": "doha, al rayyan, al uqda",
    "BHR": "sakhir, bahrain",
    "SAF": """
        turffontein, kenilworth, durbanville, greyville, scottsville, fairview, vaal, flamingo park,
        clairwood, gosforth park, hollywoodbets greyville, hollywoodbets kenilworth""",
    "ARG": "palermo, san isidro, la plata",
    "BRZ": "gavea, cidade jardim, cristal, taruma",
    "CHI": "club hipico, club hipico de santiago, hipodromo chile, valparaiso, concepcion",
    "PER": "monterrico",
    "URU": "maronas",
    "JPN": """
        tokyo, nakayama, kyoto, hanshin, chukyo, sapporo, hakodate, niigata, fukushima, kokura, oi,
        ohi, kawasaki, funabashi, urawa, nagoya, kasamatsu, sonoda, himeji, kochi, saga, mombetsu,
        monbetsu, morioka, mizusawa, kanazawa, obihiro""",
    "KOR": "seoul, busan, jeju",
    "HK": "sha tin, happy valley",
    "SIN": "kranji",
    "MAC": "taipa",
    "MAL": "ipoh, penang, selangor, kuala lumpur, sungai besi",
    "IND": "mumbai, mahalaxmi, pune, bangalore, kolkata, calcutta, hyderabad, chennai, mysore",
    "NZ": """
        ellerslie, trentham, riccarton, riccarton park, te rapa, otaki, hastings nz, awapuni,
        tauranga, matamata, pukekohe, pukekohe park, rotorua, new plymouth, wanganui, whanganui,
        ruakaka, wingatui, ashburton, te aroha, avondale, woodville, cambridge, taupo""",
}
_COUNTRY = {
    folded(name): country
    for country, names in reversed(_NAMES.items())
    for name in " ".join(names.split()).split(", ")
}
_COUNTRY = {
    name: country for country in reversed(list(WIDE)) for name in courses_listed(country)
} | _COUNTRY


def country_of(name: str) -> str | None:
    """The country of a course by its name; ``None`` where no list has it.

    A country at the end of a slug is taken too: ``'newcastle aus'`` is in Australia.

    Args:
        name: as `velo.racing.courses.course` gives it.
    """
    if name in _COUNTRY:
        return _COUNTRY[name]
    _, _, ending = name.rpartition(" ")
    return country_code(ending) if ending in _ENDINGS else None
