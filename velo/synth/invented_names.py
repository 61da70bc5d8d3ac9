"""Invented names: no course, person or horse of the synthetic world is meant to exist.

Lists of words are combined by index, so a name costs no draw and no two indices share one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split("|"))


BRITISH_COURSES = _words(
    "Ashcombe Park|Wexbridge|Thornley|Calder Moor|Hartsmere|Penhallow|Stokeford|Marlbourne|"
    "Eastleigh Down|Brackenfield|Copthorpe|Linwater|Aldermoor|Fenwick Hill|Gorsedale|"
    "Harrowgate|Ivelchester|Kirkstone|Langport Bay|Middlebrook|Norham|Oakhampton Green|"
    "Pevensea|Quarrington|Ravensworth|Selwood|Tillingham|Upton Magna|Vale Of Arrow|"
    "Warden Law|Yarrowby|Ambersley|Birchington|Cawdon|Dunsford|Elmstead|Farleigh|"
    "Greystoke Moor|Holmbridge|Isleworth Heath"
)
IRISH_COURSES = _words(
    "Ballymorran|Clonfeacle|Drumshane|Kilbracken|Rathlee|Tullyvale|Carrigmore|Dunlarney|"
    "Glenbeg|Knockaine|Lisdrum|Mountkeel|Portavara|Roscarrig|Slievedun|Inishcree|Ardfarna|"
    "Castlederry"
)
FRENCH_COURSES = ("Valmont-sur-Orne", "Saint-Aubry", "Clairbois", "Montrelais")
ALL_WEATHER = _words("Kingsmere|Lowfield|Southgate|Derrymoor|Whitminster|Chelsworth")

_FIRST = _words(
    "Adam|Alan|Andrea|Barry|Ben|Callum|Cathal|Charlie|Ciara|Colm|Connor|Daniel|Declan|"
    "Dougie|Edward|Eileen|Emma|Eoin|Fergal|Finley|Frank|Gavin|George|Grace|Hannah|"
    "Harry|Hector|Hugh|Ian|Ivan|Jack|James|Jane|Joanna|Joe|Jonjo|Josephine|Karl|Katie|"
    "Keith|Kieran|Laura|Leo|Lewis|Liam|Lucy|Luke|Marcus|Mark|Martin|Megan|Michael|"
    "Neil|Niall|Nicola|Noel|Oisin|Oliver|Padraig|Patrick|Paul|Philip|Rachel|Ray|"
    "Richard|Robbie|Rory|Ruby|Ryan|Sam|Sean|Shane|Silas|Stephen|Stuart|Tadhg|Thomas|"
    "Tom|Tony|Toby|Tristan|Venetia|Wayne|Will"
)
_LAST = _words(
    "Abbott|Acton|Aldous|Amory|Ansell|Arkwright|Ashdown|Atherley|Averill|Bagshaw|Balfe|"
    "Bannock|Barraclough|Bassett|Beckwith|Bellamy|Benbow|Birtles|Blackmore|Blanchard|"
    "Boyle|Bracken|Brannigan|Brearley|Brody|Burdett|Cahill|Calloway|Carmody|Cassidy|"
    "Chadwick|Clancy|Clough|Colbert|Comerford|Conlon|Corrigan|Cotterill|Crossan|Cullinane|"
    "Dalgleish|Darragh|Deasy|Delahunty|Dempster|Denholm|Devane|Dinsdale|Doran|Drummond|"
    "Duxbury|Eccles|Edgeworth|Ellerby|Elphick|Esmond|Fairhurst|Fallon|Farrant|Fenlon|"
    "Finnegan|Forde|Foxley|Freeborn|Gallivan|Garrity|Geoghan|Gilfoyle|Glanville|Gorman|"
    "Grantley|Greaves|Gresham|Hackett|Halloran|Hanlon|Hardcastle|Harkness|Hartigan|"
    "Haverty|Heneghan|Hibbert|Hollis|Horgan|Hutton|Ingham|Jardine|Jellicoe|Keady|Kearns|"
    "Kelleher|Kendrick|Kilduff|Kinsella|Lacey|Laverty|Leddy|Lenihan|Lockyer|Loftus|Lomas|"
    "Lynam|Mangan|Mapplebeck|Marsden|Mawson|McArdle|McCabe|McGrory|McKeever|Meehan|"
    "Merrick|Mullarkey|Nesbitt|Nolan|Oakden|OBrien|ODwyer|OHara|OLeary|Osgood|Parnell|"
    "Peverell|Pickersgill|Plunkett|Quigley|Quilty|Rafferty|Ramsden|Redfern|Rigby|"
    "Rosewarne|Ruddock|Sadler|Scanlon|Selby|Shanahan|Sheedy|Skelly|Slattery|Stapleton|"
    "Stroud|Sugden|Tattersall|Tierney|Tolley|Treacy|Trevelyan|Twomey|Upshall|Varley|"
    "Wadham|Wainwright|Wardle|Waverley|Whelehan|Wintour|Wolstenholme|Yates"
)
_LEFT = _words(
    "Amber|Ancient|Arctic|Autumn|Blazing|Bold|Brave|Bright|Broken|Bronze|Burning|Calm|"
    "Candid|Captain|Celtic|Clever|Cobalt|Copper|Coral|Cosmic|Count|Crimson|Crystal|"
    "Daring|Dark|Desert|Distant|Double|Dusty|Eager|Early|Eastern|Electric|Elusive|"
    "Emerald|Endless|Fabled|Fancy|Fearless|Final|First|Flying|Forest|Frosty|Gallant|"
    "Gentle|Gilded|Global|Golden|Grand|Granite|Happy|Harbour|Hidden|Highland|Hollow|"
    "Honest|Humble|Icy|Idle|Imperial|Indigo|Iron|Island|Ivory|Jade|Jolly|Keen|Kind|"
    "King|Lady|Last|Lazy|Lively|Local|Lone|Long|Lord|Loyal|Lucky|Lunar|Magic|Marble|"
    "Master|Merry|Midnight|Mighty|Misty|Modern|Monsieur|Morning|Mountain|Mystic|Native|"
    "Noble|Northern|Ocean|Old|Opal|Orchard|Outer|Pacific|Painted|Pale|Patient|Pearl|"
    "Perfect|Plain|Polar|Prairie|Prince|Princess|Private|Proud|Pure|Quick|Quiet|Rapid|"
    "Rare|Red|Restless|River|Roaming|Rolling|Roman|Rough|Royal|Ruby|Rural|Rustic|"
    "Sacred|Sandy|Scarlet|Secret|Serene|Severn|Shadow|Sharp|Shining|Silent|Silver|"
    "Simple|Sir|Solar|Solemn|Southern|Spanish|Special|Spring|Stately|Steady|Sterling|"
    "Stormy|Strong|Sudden|Summer|Sunny|Swift|Tall|Tartan|Tender|Thunder|Tidy|Timeless|"
    "Total|Tough|Tropic|True|Twilight|Urban|Valiant|Velvet|Vintage|Violet|Wandering|"
    "Warm|Western|Whispering|White|Wild|Winter|Wise|Wonder|Young|Zealous"
)
_RIGHT = _words(
    "Acorn|Admiral|Affair|Alibi|Ambition|Anchor|Anthem|Arrow|Aspect|Aura|Avenue|Badger|"
    "Ballad|Bandit|Banner|Bay|Beacon|Bell|Berry|Bishop|Blade|Blossom|Bluff|Boulder|"
    "Bounty|Breeze|Bridge|Brook|Cadet|Canyon|Caper|Castle|Cavalier|Chance|Chapel|Chase|"
    "Chief|Chorus|Circle|Citadel|Clover|Coast|Comet|Compass|Concert|Corner|Courage|Cove|"
    "Crest|Cross|Crown|Cruise|Dancer|Dawn|Decree|Delight|Destiny|Diamond|Dream|Drift|"
    "Duchess|Duel|Dynasty|Eagle|Echo|Eclipse|Ember|Empire|Encore|Endeavour|Envoy|Epic|"
    "Escape|Express|Fable|Falcon|Fantasy|Fathom|Feather|Fellow|Fern|Ferry|Field|Fire|"
    "Flag|Flame|Flight|Flint|Force|Fortune|Fountain|Fox|Frontier|Gale|Galaxy|Gambit|"
    "Garden|Gate|Ghost|Giant|Glance|Glen|Glory|Grace|Grove|Guest|Guide|Gull|Harmony|"
    "Harvest|Haven|Hawk|Heart|Heather|Heir|Herald|Hero|Hill|Honour|Horizon|Hour|Hunter|"
    "Hymn|Idol|Image|Isle|Ivy|Jewel|Journey|Joy|Judge|Key|Knight|Lace|Lagoon|Lake|"
    "Lantern|Lark|Legend|Letter|Light|Lion|Lodge|Lyric|Maiden|Major|Map|Marvel|Mask|"
    "Meadow|Melody|Memory|Minstrel|Mirage|Mission|Monarch|Moon|Motion|Muse|Myth|Nomad|"
    "Note|Novel|Oak|Oasis|Oath|Ode|Omen|Onyx|Oracle|Orchid|Outlaw|Palace|Parade|"
    "Passage|Patrol|Peak|Pepper|Phantom|Pilgrim|Pilot|Pioneer|Poet|Point|Portrait|"
    "Prayer|Promise|Prophet|Pursuit|Quest|Quill|Rain|Ranger|Raven|Realm|Rebel|Reef|"
    "Reign|Return|Reward|Rhyme|Ridge|Rising|Road|Robin|Rocket|Rose|Rover|Runner|Sage|"
    "Sail|Saint|Salute|Sapphire|Scholar|Scout|Secret|Sentry|Shore|Signal|Sky|Smile|"
    "Snow|Soldier|Song|Sovereign|Spark|Spell|Spirit|Spur|Squire|Star|Storm|Story|"
    "Stream|Summit|Sun|Surprise|Swallow|Symbol|Tale|Tempest|Temple|Theme|Tide|Tiger|"
    "Token|Torch|Tower|Trail|Treasure|Trend|Tribute|Trooper|Trophy|Valley|Venture|Verse|"
    "Victory|View|Vision|Vista|Voyage|Walker|Wave|Whisper|Willow|Wind|Wings|Wish|Wolf|"
    "World|Yarn|Zephyr"
)
COUNTRIES = ("(IRE)", "(GB)", "(FR)", "(USA)", "(GER)")
COUNTRY_SHARES = np.array([0.45, 0.44, 0.06, 0.04, 0.01])
SPONSORS = _words(
    "Ashcombe Arms|Betwell|Blue Anchor|Brackenfield Brewery|Calder Motors|Copthorpe Farms|"
    "Countryside Day|Dunlarney Stud|Evening Post|Family Fun Day|Fenwick Feeds|"
    "Follow Us Online|Gorsedale Cider|Greenfields Hay|Halfway House|Hartsmere Hospice|"
    "Kilbracken Stud|Ladies Evening|Linwater Hotel|Marlbourne Motors|Members Club|Midweek|"
    "Moorland Bakery|Oakleaf Insurance|Penhallow Bloodstock|Quarrington Stone|Raceday Live|"
    "Ravensworth Timber|Rosewood Interiors|Season Ticket|Selwood Saddlery|Stokeford Steel|"
    "Summer Sizzler|Thornley Tractors|Upton Travel|Warden Security|Wexbridge Windows|"
    "Winter Warmer|Yarrowby Yeast|Young Farmers"
)
_INITIALS = "ABCDEFGHJKLMNPRSTW"
_PLAIN = len(_LEFT) * len(_RIGHT)


def people(count: int, rng: np.random.Generator, riders: bool) -> list[str]:
    """``count`` distinct names of trainers, or of jockeys, of whom a few are amateurs."""
    room = len(_FIRST) * len(_LAST)
    layers = -(-count // room)
    pick = np.concatenate([rng.permutation(room) + layer * room for layer in range(layers)])[:count]
    amateur = rng.random(count) < (0.06 if riders else 0.0)
    title = rng.random(count) < 0.5
    return [
        (("Mr " if title[i] else "Miss ") if amateur[i] else "") + _person(k)
        for i, k in enumerate(pick.tolist())
    ]


def _person(k: int) -> str:
    """A first and a last name; once they are used up, with a middle initial."""
    k, last = divmod(k, len(_LAST))
    layer, first = divmod(k, len(_FIRST))
    initial = f"{_INITIALS[layer - 1]} " if layer else ""
    return f"{_FIRST[first]} {initial}{_LAST[last]}"


def horse_words(index: NDArray[np.int64]) -> list[str]:
    """The horse's name of each index, without a country suffix: distinct below 150,000."""
    out = []
    for k in index.tolist():
        layer, k = divmod(k, _PLAIN)
        left, right = divmod(k, len(_RIGHT))
        if layer == 0:
            out.append(f"{_LEFT[left]} {_RIGHT[right]}")
        elif layer == 1:
            out.append(f"{_LEFT[left]}{_RIGHT[right].lower()}")
        else:
            out.append(f"The {_LEFT[left]} {_RIGHT[right]}")
    return out


def horse_word_room() -> int:
    """How many distinct names ``horse_words`` knows."""
    return 3 * _PLAIN


def owners(count: int, rng: np.random.Generator) -> list[str]:
    """``count`` owners; the same words may name two of them."""
    last = rng.integers(0, len(_LAST), (count, 2)).tolist()
    first = rng.integers(0, len(_FIRST), count).tolist()
    form = rng.integers(0, 5, count).tolist()
    word = rng.integers(0, len(_LEFT), count).tolist()
    out = []
    for (a, b), f, kind, w in zip(last, first, form, word, strict=True):
        if kind == 0:
            out.append(f"{_FIRST[f]} {_LAST[a]}")
        elif kind == 1:
            out.append(f"Mrs {_FIRST[f][0]} {_LAST[a]}")
        elif kind == 2:
            out.append(f"{_LAST[a]} & {_LAST[b]}")
        elif kind == 3:
            out.append(f"The {_LEFT[w]} Partnership")
        else:
            out.append(f"{_LAST[a]} Racing")
    return out
