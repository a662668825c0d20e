"""Plain English lists by which a capital is known for what it is: a month, a people, a first name.

Short on purpose: each list holds what general English has most of, and no name of anyone's archive.
"""

from __future__ import annotations

_CALENDAR = """
am apr april aug august autumn cet christmas dec december easter est feb february friday gmt
halloween jan january jul july jun june mar march may monday nov november oct october pm pst
saturday sep sept september spring summer sunday thanksgiving thursday tuesday utc wednesday winter
"""
_PEOPLES = """
african africans american americans arab arabic argentinian asian asians australian austrian
bangladeshi belgian brazilian british brits bulgarian canadian canadians chilean chinese christian
colombian croatian czech danish dutch eastern egyptian english ethiopian european europeans finnish
french german germans greek hebrew hindi hungarian icelandic indian indians indonesian iranian irish
israeli italian japanese jewish kenyan korean latin malaysian mexican muslim nigerian northern
norwegian pakistani persian peruvian polish portuguese romanian russian russians scottish serbian
slovak slovenian southern spanish swahili swedish swiss taiwanese thai tibetan turkish ukrainian
vietnamese welsh western
"""
_PLACES = """
africa alabama alaska america antarctica argentina arizona asia atlanta austin australia austria
bangalore bangladesh beijing belgium berlin boston brazil britain bulgaria california canada chicago
chile china colombia colorado connecticut croatia cuba dallas denmark denver dublin egypt england
ethiopia eu europe finland florida france georgia germany ghana greece hawaii hungary iceland
illinois india indiana indonesia iran iraq ireland israel italy japan kansas kentucky kenya korea
lisbon london louisiana madrid malaysia manhattan maryland massachusetts melbourne mexico miami
michigan minnesota missouri montana montreal moscow munich nairobi netherlands nevada nigeria norway
ohio oklahoma oregon pakistan paris pennsylvania peru philadelphia poland portland portugal prague
romania rome russia rwanda scotland seattle seoul serbia shanghai singapore spain sweden switzerland
sydney taiwan tanzania tennessee texas thailand tokyo toronto turkey uganda uk ukraine us usa utah
vancouver vienna vietnam virginia wales washington wisconsin zurich
"""
_LONG_PLACES = """
bay area
east coast
hong kong
las vegas
los angeles
middle east
new jersey
new mexico
new york
new york city
new zealand
north america
north carolina
san diego
san francisco
silicon valley
south africa
south america
south carolina
south korea
united kingdom
united states
washington dc
west coast
"""
_FIRST_NAMES = """
aaron abby adam adrian ahmed alan albert alex alexander alexandra alice alison allison amanda amber
amir amy ana andre andrea andreas andrew andy angela anita ann anna anne annie anthony antonio april
arthur ashley barbara beatrice ben benjamin bernard beth betty bill billy bob bobby brad bradley
brandon brenda brian bruce bryan caleb calvin cameron carl carla carlos carmen carol caroline
catherine charles charlie charlotte chris christian christina christine christoph christopher cindy
claire clara claudia colin connor craig cynthia dale dan dana daniel daniela danielle danny dave
david dawn dean deborah denis dennis derek diana diane diego dmitri don donald donna dorothy doug
douglas dylan ed eddie edward elena eli elijah elizabeth ellen emily emma eric erik erin ethan
eugene eva evan evelyn fatima felix fernando florian frances francis francisco frank fred gabriel
gary gavin geoff geoffrey george gerald gina glenn gloria gordon grace graham grant greg gregory
guido hannah hans harold harry heather helen henry holly howard hugo ian igor ingrid irene isaac
isabel ivan jack jackie jacob jake james jamie jan jane janet jared jason javier jay jean jeff
jeffrey jen jennifer jenny jeremy jerry jesse jessica jill jim jimmy joan joanna joe joel johannes
john johnny jon jonas jonathan jordan jorge jose joseph josh joshua joyce juan judith judy julia
julian julie justin karen karl kate katherine kathleen kathy katie keith kelly ken kenneth kevin kim
kristen kurt kyle lars laura lauren laurie lawrence lee leo leon leonard lewis linda lisa liz logan
louis louise lucas lucy luis luke lynn marc marco marcus margaret maria marie marilyn mario mark
markus marta martha martin mary mateo matt matthew maurice max megan mei melissa michael michelle
miguel mike mohamed mohammed molly monica morgan nancy natalie natasha nathan neil nicholas nick
nicole nina noah nora oliver olivia omar oscar pablo pamela patricia patrick paul paula pedro peggy
peter phil philip phillip pierre priya rachel rafael raj ralph randy raymond rebecca reza ricardo
richard rick rob robert roberto robin rodney roger ron ronald rosa rose ross roy russell ruth ryan
sally sam samantha samuel sandra sanjay sara sarah sasha scott sean sebastian sergey shannon sharon
shawn sheila simon sofia sonia sophia sophie stefan stella stephanie stephen steve steven stuart sue
susan suzanne sylvia tara ted teresa terry thomas tiffany tim timothy tina todd tom tommy tony tracy
travis tyler valerie vanessa veronica victor victoria vincent virginia vivian walter wayne wendy
will william willie xavier yuki yusuf zach zachary zoe
"""
_VENUES = """
bluesky discord facebook gmail instagram linkedin mastodon patreon reddit slack tiktok twitter
whatsapp zoom
"""

CALENDAR = frozenset(_CALENDAR.split())
"""Days, months, feasts and the hours of zones, lower case like all of these."""

PEOPLES = frozenset(_PEOPLES.split())
"""Peoples and languages."""

PLACES = frozenset(_PLACES.split()) | frozenset(_LONG_PLACES.strip().split("\n"))
"""Countries, states of one country, and large cities."""

FIRST_NAMES = frozenset(_FIRST_NAMES.split())
"""Given names."""

HONOURS = frozenset({"dr", "mr", "mrs", "ms", "prof", "professor", "president", "senator", "sir"})

VENUES = frozenset(_VENUES.split()) | {"apple podcasts", "google meet"}
"""Where people meet online: named to be found there, seldom to be spoken of."""
