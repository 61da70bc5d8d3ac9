"""Where a horse lay early in its race, as the comment on its running says it.

A comment follows the race: `Dwelt - held up in rear - headway 2f out - led final furlong`. The
first place that it names is the early one, unless words of a later part of the race come before it
or right behind it: `led over 1f out` is nothing early. The vocabulary below is the whole rule. Its
values are about the mean early positions of Hong Kong's runners, of whom comments and positions at
the calls are there side by side.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

VOCABULARY: dict[float, str] = {
    0.0: "slight lead|narrow lead|set steady pace|set very steady pace|set modest pace"
    "|set slow pace|set good pace|set strong pace|set fast pace|set decent pace"
    "|made all|made most|made virtually all|made the running|made running|led|set pace"
    "|set the pace|to lead|took lead|took the lead|took up lead|taken to the front"
    "|in the lead|in lead|to the front|to front|take lead|take the lead"
    "|take the early lead|early lead|took up running|took up the running",
    0.1: "soon disputed|disputed early|disputed for|disputed until|with leading"
    "|pressed leading|disputed 2nd|disputed lead|disputing lead|disputed the lead"
    "|shared lead|shared the lead|share the lead|with leader|with winner|pressed leader"
    "|pressed leaders|pressed the leader|pressed winner|pressing leader"
    "|pressed the pace|pressed pace|on pace|on the pace|joined leader|joined leaders"
    "|up with pace|up with the pace|vied for lead|in leading pair|outside leader"
    "|outside the leader|leader's girth|outside the lead|press the lead"
    "|shared early pace|to race speed",
    0.15: "chased leader|chased winner|chased clear leader|chasing leader|chasing winner"
    "|chase leader|tracked leader|tracked winner|tracked clear leader|tracking leader"
    "|tracking winner|track leader|trailed leader|trailing leader|trailed the leader"
    "|followed leader|leader's back|leaders back|box seat|boxseat|in 2nd|in second"
    "|ran 2nd|sat 2nd|sat second|settled 2nd|settled second|went 2nd|went second",
    0.2: "close 3rd|close 2nd|disputed 3rd|prominent|prominently|close up|close-up|handy"
    "|handily|in leading trio|in leading group|in leading bunch|leading trio"
    "|leading group|in 3rd|in third|sat 3rd|sat third|settled 3rd|settled third"
    "|one-out one-back|one out one back|1 out 1 back|1-out 1-back|one-off one-back"
    "|forward position|raced forward|raced up|with leaders|with pace|with the pace"
    "|front rank|in front rank|box-seat|one-back one-off|settle 2nd|sit 2nd",
    0.25: "close 4th|2nd or 3rd|3rd or 4th|chased leaders|chased leading|chased the leaders"
    "|chased the pace|chased pace|chased front|chasing leaders|chasing leading"
    "|chasing the leaders|chase leaders|chase leading|chasing group|tracked leaders"
    "|tracked leading|tracked the leaders|tracked front|tracked pace|tracked the pace"
    "|tracking leaders|tracking leading|tracking the leaders|track leaders"
    "|track leading|followed leaders|followed leading|trailed leaders"
    "|trailed the leaders|behind leaders|behind leading|behind the leaders"
    "|behind the leading|behind the pace|behind front|off the leaders|in 4th|in fourth"
    "|settled 4th|settled fourth|sat 4th|sat fourth|raced 4th|not far off|never far off"
    "|close order|just off pace|just off the pace|just off leaders|behind leader"
    "|behind the leader|behind the speed",
    0.4: "in touch|well in touch|chased along in touch|forward of midfield|fore of midfield"
    "|front of midfield|ahead of midfield|better than midfield|prominent midfield"
    "|handy midfield|front half|in 5th|in fifth|settled 5th|within striking distance",
    0.5: "mid-division|mid division|midfield|mid-field|mid-pack|mid pack|middle of the field"
    "|middle of field|middle of pack|in 6th|in sixth|in 7th|in seventh",
    0.65: "worse than midfield|behind midfield|behind mid-field|behind mid-division"
    "|rear of midfield|in rear of midfield|towards rear of midfield"
    "|toward rear of midfield|rear of mid-division|in rear of mid-division"
    "|towards rear of mid-division|back of midfield|rear half|in 8th|in eighth"
    "|off the pace|off pace",
    0.85: "rear-division|rear division|towards rear|towards the rear|toward rear"
    "|toward the rear|in rear|in the rear|at rear|at the rear|to rear|to the rear"
    "|back of the field|back of field|rear group|behind|well behind|outpaced|last few"
    "|backmarkers|in 9th|in 10th|in 11th|at back|at the back|near rear|near the rear"
    "|no early speed",
    0.95: "last trio|last pair|last place|in last|final quartet|last quartet|near last"
    "|second last|2nd last|third last|3rd last|final pair|final trio|settled last"
    "|raced last|sat last|soon last|always last|at tail|at the tail|detached|tailed off"
    "|always rear",
}
"""Early position -> the words that name it, parted by `|`."""

RESTRAINED = (
    "held up|waited with|dropped in|dropped out|dropped back|eased back|restrained|settled"
    "|steadied|patiently ridden"
)
"""Words that a nearer place may follow within the clause: `held up in touch`, `held up in rear`."""

STARTS = (
    "slowly away|slow away|slowly into stride|slow into stride|slow to begin|slow to stride"
    "|slow start|slow break|started slowly|dwelt|missed break|missed the break"
    "|sluggish break|sluggish start|left at start|whipped round|whipped around"
)
"""Words of a slow start: the horse may still be among the leaders when a place is named."""

UNPLACED = {
    **dict.fromkeys(RESTRAINED.split("|"), 0.75),
    **dict.fromkeys(STARTS.split("|"), 0.85),
    "settled": 0.5,
    "taken back": 0.85,
}
"""What such words stand for where no place follows them."""

LATER = (
    "(?:[0-9½]+|[0-9]+ ?[0-9]/[0-9])f? out|[0-9]{3}m?|furlongs? out|final furlong"
    "|final [0-9]+[a-z]*|final (?:bend|turn|stages|strides?|hurdle|fence|flight)|inside"
    "|approaching|entering|straight|straightening|home turn|turn for home|turning for home"
    "|turning in|turned in|halfway|half-way|close home|closing stages|run-in|before last"
    "|after last|between last|near finish|nearing finish|towards finish|last [0-9]+"
    "|last stride|last half|near line|on line|post|last strides?|second half"
)
"""Words of a later part of the race: a place that is named behind them is not the early one."""

_POSITION = {each: position for position, words in VOCABULARY.items() for each in words.split("|")}


def _any_of(words: Iterable[str]) -> str:
    """An alternation, longer words first: the first that fits is taken."""
    return f"(?:{'|'.join(sorted(words, key=len, reverse=True))})"


_LATE = f"(?:{LATER})"
_UNPLACED = rf"\b(?:{_any_of(STARTS.split('|'))}\b.*?|{_any_of(UNPLACED)}\b[^-,.;(]*?)"

EARLY_PART = (
    rf"(?:{_UNPLACED})?\b(?:{_any_of(_POSITION)}\b(?: [0-9a-z½/]+){{0,4}}|{_LATE}\b)"
    rf"|\b{_any_of(UNPLACED)}\b"
)
"""The part of a comment, in small letters, that decides: the first place that it names with the
words behind it, or the first words of a later part; and from a slow start on, if there was one.

A regular expression that Python's `re` and DuckDB's RE2 read alike, so that two million comments
can be cut down to a few thousand such parts before the rule is asked.
"""

LONGEST = 200
"""Signs of a comment that are looked through: the early part is over by then."""

_EARLY_PART = re.compile(EARLY_PART, re.ASCII)
_FIRST = re.compile(rf"\b{_any_of(UNPLACED)}\b", re.ASCII)
_PLACE = re.compile(rf"\b({_any_of(_POSITION)})\b(.*)|\b{_LATE}\b", re.ASCII)
_SMALL = (
    "(?: (?:over|under|narrowly|briefly|just|well|about|again|from|at|by|into|in|on|near|the|soon"
    "|after))*"
)
# Fences are counted: `led 12th`, `behind from 9th`; but `chased leaders in 4th` names a place.
_FENCE = "(?: (?:at|from|before|after|approaching))? [0-9]+th"
_SO_LATE = re.compile(rf"(?:{_SMALL} {_LATE}|{_FENCE})\b", re.ASCII)


def comment_position(text: str | None) -> float | None:
    """The early position of a runner, 0 the leader and 1 the last; ``None`` where none is named.

    ``'Dwelt - soon chasing leaders - led 1f out'`` is .25, ``'Led over 1f out'`` nothing.

    Args:
        text: the comment, or that part of it which `EARLY_PART` cuts out.
    """
    part = _EARLY_PART.search(text[:LONGEST].lower()) if text else None
    if part is None:
        return None
    place = _PLACE.search(part[0])
    if place and place[1] and not _SO_LATE.match(place[2]):
        return _POSITION[place[1]]
    unplaced = _FIRST.match(part[0])
    return UNPLACED[unplaced[0]] if unplaced else None
