"""Pairs of common English words that cannot both be true of one thing: plain general English."""

from __future__ import annotations

_PAIRS = """
always/never all/none every/no everybody/nobody everyone/nobody everything/nothing easy/hard
easy/difficult simple/complex simple/complicated simple/hard simpler/harder easier/harder
fast/slow quick/slow faster/slower quickly/slowly rapid/slow big/small large/small bigger/smaller
larger/smaller huge/tiny high/low higher/lower highest/lowest long/short longer/shorter many/few
more/less more/fewer most/least increase/decrease rise/fall rose/fell grow/shrink grew/shrank
raise/lower raise/cut increase/drop increase/fall improve/worsen gain/lose gained/lost
better/worse best/worst good/bad great/terrible cheap/expensive cheaper/expensive free/paid
rich/poor old/new young/old older/younger early/late earlier/later before/after first/last
begin/end start/stop start/end start/finish open/close opened/closed join/leave joined/left
hire/fire hired/fired launch/cancel launched/cancelled accept/reject accept/refuse approve/reject
allow/forbid allow/ban allow/prevent permit/forbid enable/disable support/oppose agree/disagree
include/exclude add/remove keep/drop keep/remove create/destroy build/destroy buy/sell bought/sold
win/lose won/lost pass/fail passed/failed succeed/fail success/failure love/hate like/dislike
like/hate enjoy/hate trust/distrust public/private open/proprietary open/closed
mandatory/voluntary mandatory/optional required/optional compulsory/voluntary required/voluntary
obligatory/optional possible/impossible able/unable likely/unlikely legal/illegal safe/dangerous
safe/unsafe true/false right/wrong correct/incorrect accurate/inaccurate same/different
similar/different known/unknown visible/hidden full/empty strong/weak stronger/weaker heavy/light
hot/cold online/offline remote/office local/remote manual/automatic manually/automatically
synchronous/asynchronous static/dynamic temporary/permanent daily/yearly annual/daily left/right
north/south east/west inside/outside above/below internal/external supervised/unsupervised
centralized/decentralized single/multiple optimistic/pessimistic happy/unhappy happy/sad
satisfied/dissatisfied positive/negative majority/minority common/rare usual/unusual
usually/rarely often/rarely often/seldom frequently/rarely partial/complete partially/fully
partly/fully morning/evening morning/afternoon day/night summer/winter spring/autumn
accelerate/slow expand/contract encourage/discourage praise/criticize attack/defend
advantage/disadvantage benefit/harm profit/loss profitable/unprofitable male/female man/woman
men/women mother/father son/daughter brother/sister husband/wife save/waste borrow/lend
import/export upload/download push/pull send/receive ahead/behind minimum/maximum least/most
upper/lower major/minor independent/dependent direct/indirect active/passive formal/informal
"""


def antonym_pairs() -> list[tuple[str, str]]:
    """Each pair once, lower case."""
    return [(one, other) for one, _, other in (pair.partition("/") for pair in _PAIRS.split())]
