"""Words of plain English that are nobody's name: by them a capital at a sentence's start is judged.

General vocabulary of prose about work, talk and things, in base forms; endings are taken off before
a word is looked up. A word that is not here is not thereby a name: it is asked for in the source.
"""

from __future__ import annotations

from functools import lru_cache

from pmagent.nlp.known_names import CALENDAR, FIRST_NAMES
from pmagent.nlp.plain_words import PLAIN_WORDS
from pmagent.nlp.words import STOP_WORDS, TALK_WORDS

_MORE = """
abandon abroad absence absolute absorb abstract abuse academic accept access accident accompany
accomplish according account accurate accuse achieve acquire act active adapt address adequate
adjust administer admire admit adopt adult advertise advice advise affair affect afford afraid
afternoon agency agenda agent aggressive agree aid aim air alarm album alien align alive alter
alternative amid analyse analysis analyze ancient anger angle angry animal announce annoy annual
answer anticipate anxiety anxious apology appeal appear application apply appoint appreciate
approach appropriate approve argue arise arm army arrange arrest arrive art artist ashamed aside
ask asleep aspire assemble assess asset assign assist associate assume assure attach attack attempt
attend attention attitude attract author authority automate autonomous available average avoid
award awkward baby bag bake balance ball ban band bank bar bare bargain barrier basis basket battle
beach bear beat beauty beautiful bed begin behave being belong below bend beneath benefit beside
bet betray beware beyond bias bid bind bird birth bite bitter black blame blank blend bless blind
block blood blow blue blueprint board boat body boil bold bomb bond bonus book boost border bore
borrow boss bother bottle bottom bound bowl box brain branch brand brave bread break breakfast
breath breathe brick bridge brief bright brilliant broad broadcast brother brown browse brush
bubble budget bug bullet burden bureau burn burst bury bus busy button buy buyer cable cake
calculate calendar calm camera camp campaign cancel candidate capable capacity capital capture car
card career careful carry cart carve cash cast casual catalog catch category cautious cease
celebrate cell central century ceremony chain chair champion chance channel chaos chapter character
charge charm chart chase cheap cheat check cheer chef chemical chief child children choice choose
chronicle church circle circumstance cite citizen city civil claim class classic classroom clean
clever click client climate climb clock close cloth cloud club clue coach coal coast coat code
coffee cognitive coin cold collaborate collapse colleague collect collection college color colour
column combat combine comfort comic command comment commerce commit committee communicate companion
compare compassion compete competent compile complain complex complicate component compose
compound comprehend compromise compute concede conceal concept conclude concrete condition conduct
confess confide confident confirm conflict confront confuse connect conscious consent consequence
conserve consider consist consistent constant constitute constrain construct consult consume
contact contain content contest continue contract contradict contrast contribute control
controversy convenient convention convert convey convince cook cope copy core corner corporate
correct correspond corrupt cost costly cottage council counsel count counter country county courage
court craft crash crawl credible credit crew crime crisis criterion critic critical criticise cross
crowd crucial cruel crush cry cultivate culture cup cure custom customer cut cycle daily damage
dance danger dare dark dash data database date daughter dawn dead deadline deaf deal dear death
debate debt decade decay deceive decent declare decline decorate decrease dedicate deep deeply
default defeat defect defend define degree delay delegate delete deliberate delicate delight
deliver demand democracy demonstrate dense deny department depart depend deploy deposit depth
derive descend describe desert deserve design desk despair despite destination destroy detach
detect determine device devote diagnose dialogue diary die diet differ dig digital dignity dilemma
dimension dinner dip direct direction dirt disagree disappear disappoint disaster discard
discipline disclose discount discourage discover discuss disease dish dismiss display dispute
disrupt distance distant distinct distinguish distract distribute district disturb dive diverse
divide doctor document dog domain domestic dominate donate door dose doubt down downside dozen
draft drag drain drama draw drawback drawing dream dress drift drill drink drop dry due dull dumb
during dust duty eager ear early earn earth ease east eat echo ecology economy edge edit edition
editor educate effective efficient effort egg elaborate elder elect electric elegant element
elephant elevate eliminate elite elsewhere embark embarrass embed embody embrace emerge emergency
emotion emphasis emphasise employ empower empty enable encounter encourage endless endure enemy
energy engage engine engineer enhance enjoy enormous enough ensure enter enterprise entertain
enthusiasm entitle entity entrance entrepreneur envelope environment envy equal equip error escape
essay essence essential establish estate estimate ethic ethics evaluate even evening ever evidence
evil evolve evolution examine exceed excellent except exception excess exchange exclude excuse
execute exercise exhaust exhibit exit expand expense expensive experiment explode exploit explore
export expose express extend extensive extent external extract extreme eye fabric face facilitate
factor factory fade fail failure faint faith fake fall false fame familiar family famous fan fancy
fantastic fantasy farm farmer fashion fatal fate father fault favor favour favourite fear feature
federal fee feed feedback fellow female fence few fiction fierce fight file fill film filter
finance find finger finish fire firm fish fit fix flag flame flat flavor flavour flaw flee flesh
flexible flight float flood floor flow flower fly fog fold folk food fool foot forbid force forecast
foreign forest forever forge forget forgive fork formal format former formula forth fortune forum
foster foundation founder fragile frame framework free freedom freeze frequent fresh friend
friction frighten front frozen fruit frustrate fuel fulfil fulfill function fund fundamental
funeral furniture future gain gallery gamble game gap garage garden gas gate gather gaze gear gender
gene generate generation generous genius gentle genuine gesture ghost giant gift girl glad glance
glass glimpse global glory goal god gold golden gossip govern government governor grade gradual
grain grand grant graph grasp grass grateful grave gravity gray greedy green greet grey grief grip
gross ground grow growth guarantee guard guest guidance guide guilt gun habit hair hall halt hammer
handful hang harbor harbour harm harmony harsh harvest haste hate haunt hazard head headline heal
health heart heat heaven heavy height hell hence heritage hero hesitate hidden hide hierarchy hill
hint hire historic hit hobby hold hole holiday hollow home homework honest honor honour hook
horizon horror horse hospital host hostile hot hotel house household human humble humor humour
hungry hunt hurry hurt husband hypothesis ice icon ideal identify identity ignorance ignore ill
illness illusion illustrate image immediate immense immune imitate imperfect implement imply import
impose impossible impress improve impulse inbox incentive incident include income increase index
indicate individual indoor industrial inevitable infant infect infinite inform infrastructure
ingredient inherit initial initiate initiative inject injure ink inner innocent innovate input
inquire inquiry insect inside insight insist inspect inspire install instinct institute institution
instruct instrument insult insurance insure integrate integrity intellect intelligence intelligent
intend intense intent interact interface interfere interior internal international internet
interpret interrupt interval intervene intimate introduce intuition invade invent inventory invest
investigate invisible invite invoice iron irony island isolate item jail jazz jealous jet join joint
joke journal journalist journey joy judge judgement judgment juice jump jungle junior jury just
justice justify keen key kick kid kill kindness king kingdom kiss kitchen knee knife knock
knowledge lab label labor laboratory labour lack ladder lady lake lamp land landlord landscape lane
language laptop large laser laugh launch law lawn lawyer lay layer layout lazy lead leader leaf
league leak lean leap lecture legacy legal legend legitimate lemon lend length lens lesson letter
liability liable liar liberal liberty library licence license lie lifetime lift light lighthouse
limb limit line link lip liquid list listen literature litter live loan local locate lock lodge
logic logical lonely lose loss lost lottery loud lounge love lover low loyal luck lucky lunch lung
luxury machine mad magazine magic magnet mail main mainstream maintain major majority male manage
manager mandate manner manual manufacture map marathon march margin marginal marine mark market
marriage marry marvel mask mass massive master match mate material math matter mature maximum mayor
meal mean meaning meantime measure meat mechanic mechanism media medical medicine medium meet
meeting melt member memo memoir memory mental mentor menu mercy mere merge merit mess message metal
metaphor meter method middle midnight might migrate mild military milk mill mind mine mineral
minimal minimum minister minor minority miracle mirror misery mislead miss mission mist mistake
mix mixture mobile mode model moderate modern modest modify module moment momentum money monitor
monster mood moon moral morning mortgage mother motion motivate motive motor mount mountain mouse
mouth move movement movie muscle museum music mutual myself mystery myth naked name narrative narrow
nasty nation native nature navigate near neat necessary neck need negative neglect negotiate
neighbor neighbour nerve nest net network neutral never nevertheless new news newspaper nice night
nobody noise nominate none nonsense noon norm normal north nose nostalgia notable note notebook
notice notion novel novelty nowhere nuclear nuance nurse nut obey object oblige obscure observe
obsess obstacle obtain obvious occasion occupy occur ocean odd offend offer office officer official
offline often oil okay omit ongoing onion online onto open opera operate opinion opponent
opportunity oppose opposite optimism optimist option oral orange orbit order ordinary organ organic
organise organize origin original orphan outcome outdoor outer outline outlook output outrage
outside oven overcome overlook overwhelm owe owner oxygen pace pack package page pain paint painter
pair palace pale panel panic paper parade paradox paragraph parallel pardon parent park parliament
partial participate particle partner party pass passage passenger passion passive past paste patch
path patience patient pattern pause pay peace peak peer pen penalty pencil pension perceive perfect
perform perhaps peril period permanent permission permit persist persuade pessimism pet phase
philosophy phone photo photograph phrase physical physics piano pick picture piece pig pile pill
pillar pilot pin pioneer pipe pitch pity place plain plan plane planet plant plastic plate platform
plausible play player playbook plea pleasant please pleasure pledge plenty plot plug plunge plus
pocket podcast poem poet poetry poison pole police policy polish polite political politics poll
pool poor pop popular population port portion portrait pose position positive possess possible post
potato potential pour poverty powder power practical practice practise praise pray preach precede
precious precise predict prefer prejudice prepare presence present preserve president press
pressure presume pretend pretty prevail prevent previous price pride priest primary prime prince
principal principle print prior priority prison privacy private privilege prize probable probe
procedure proceed process produce product production profession professor profile profit profound
program programme progress prohibit project prominent promise promote prompt proof propaganda
proper property proportion propose prosper protect protest proud prove provide province provoke
psychology public publish pull pulse pump punch punish pupil purchase pure purple purpose pursue
push puzzle qualify quality quantity quarrel queen quest question queue quick quiet quit quote race
racism radar radical radio rage rail rain raise random range rank rapid rare rate rather ratio
rational raw ray reach react read reader ready real realise reality realize realm reason reassure
rebel rebuild recall receive recent recipe reckon recognise recognition recognize recommend
reconcile record recover recruit recycle red redesign reduce refer refine reflect reform refuse
regard regime region register regret regular regulate reinforce reject relate relation relationship
relative relax release relevant relief rely remain remark remedy remind remote remove rent repair
repeat replace reply report represent reproduce reputation request require rescue research resemble
resent reserve resident resign resist resolve resort resource respect respond response
responsibility responsible rest restaurant restore restrict result retail retain retire retreat
return reveal revenge revenue reverse review revise revive revolt revolution reward rewrite rhetoric
rhythm rice rich ride ridiculous rigid ring riot ripple rise risk ritual rival river road roast
rob robot robust rocket role roll romance roof room root rope rotten rough round route routine row
royal rub rubbish rude ruin rule ruler rumor rumour run rural rush sack sacred sacrifice sad saddle
safe safety sail sailor saint sake salad salary sale salt salvage sample sanction sand satellite
satisfy sauce save scale scandal scare scatter scenario scene schedule scheme scholar school science
scientist scope score scratch scream screen script sea seal search season seat secret secretary
section sector secure security seed seek seize select self sell senate senior sense sensible
sensitive sentence sentiment separate sequence series serious servant serve server service session
settle several severe sew sex shade shadow shake shallow shame shape share shark sharp shed sheep
sheet shelf shell shelter shield shift shine ship shirt shock shoe shoot shop shore short shortcut
shot shoulder shout shove shrink shut shy sick side sigh sight sign signal silence silent silk silly
silver similar simple simplify simulate sin sincere sing single sink sister sit site situate
situation skeptic skill skin skip sky slave sleep slice slide slight slip slogan slope slow small
smart smell smile smoke smooth snake snap snow social society soft software soil soldier sole solid
solitude solution solve somehow son song soon sophisticated sorry sort soul sound soup source south
space spare spark speaker special species specific spectacle speculate speech speed spell spend
sphere spin spirit spite split spoil sponsor spoon sport spot spread spring spy square squeeze
stable stadium staff stage stake stand standard star stare start startup starve state statement
station statistic statue status stay steady steal steam steel steep steer stem step stick stiff
still stir stock stomach stone stop storage store storm story straight strain strange stranger
strategy stream street strength strengthen stress stretch strict strike string strip strive stroke
strong structure struggle stuck student studio study stuff stumble stupid style subject submit
subscribe substance substitute subtle suburb succeed success sudden suffer sufficient sugar suggest
suicide suit sum summary summer summit sun super superb superior supper supply support suppose
suppress surface surgeon surgery surplus surprise surrender surround survey survive suspect suspend
sustain swallow swap swear sweat sweep sweet swim swing switch symbol sympathy symptom system table
tackle tactic tail take talent tale tall tank tap tape target task taste tax tea teach teacher team
tear technical technique technology teenager telephone television temper temperature temple tempt
tenant tend tender tense tension term terrible territory terror test text theater theatre theft
theme theory therapy therefore thick thief thin think thirst thorough thought threat threaten
thrill thrive throat throne throughout throw thumb thunder ticket tide tie tight tile timber tiny
tip tired tissue title toast tobacco today toe together toilet tolerate tomorrow tone tongue
tonight tool tooth topic toss total touch tough tour tourist toward tower town toxic toy trace
track trade tradition traffic tragedy trail train transfer transform transition translate
transparent transport trap travel treasure treat treatment treaty tree tremble trend trial tribe
trick trigger trip triumph troop tropical trouble truck true truly trust truth try tube tune tunnel
turn twin twist type typical ugly ultimate umbrella unable uncertain uncle uncover undergo
understand undo unfold uniform union unique unit unite universe university unless unlike unlikely
unlock unpack until unusual update upgrade uphold upper upset upside urban urge urgent usage use
user usual utility vacation vague vain valid valley valuable value van vanish variable variety
various vary vast vegetable vehicle venture venue verb verdict verify version versus vessel veteran
via vibe vice victim victory video view village violate violence violent virtual virtue virus
visible vision visit visual vital vivid vocal voice volume voluntary volunteer vote voyage
vulnerable wage wait wake walk wall wander war warm warn wash waste watch water wave weak wealth
weapon wear weather web wedding weekend weigh weight weird welcome welfare west wet wheel whereas
wherever whisper white whole wholesale wicked wide widow wife wild willing win wind window wine wing
winner winter wipe wire wisdom wise wish witch withdraw witness wolf woman women wonder wood wooden
word worker workflow workplace workshop worm worry worse worst worth worthy wound wrap wreck write
writer wrong yard yell yellow yesterday yield young youth zero zone
better cheaper deeper earlier easier faster fewer harder higher larger later longer lower newer
older quicker shorter simpler slower smaller smarter stronger wider younger
ate became been began broke broken brought built bought caught chose chosen came done drew drank
drove driven eaten fell fallen felt fought found flew flown forgot forgotten gave grew grown gone
heard held kept knew led left lent lost made meant met paid ran rang rode rose said sang sank sat
saw seen sent shaken shook shot shown slept sold spent spoke spoken stole stolen stood swam taken
taught thought threw thrown told took tore torn understood went woke wore worn won wrote written
men women people mice teeth feet geese lives wives selves halves knives shelves leaves thieves
among afterwards artificial financial preliminary segment additional introduction conclusion
complexity simplicity clarity scarcity curiosity tribal habitual accidental unsung untold lessons
"""
_ENDINGS = {
    "'s": ("",), "s": ("",), "es": ("", "e"), "ies": ("y", "ie"), "ed": ("", "e"), "ied": ("y",),
    "ing": ("", "e"), "ings": ("", "e"), "ly": ("", "e"), "ily": ("y",), "ness": ("",),
    "ment": ("", "e"), "ments": ("", "e"), "able": ("", "e"), "less": ("",), "ful": ("",),
    "ity": ("", "e"), "ty": ("",), "ance": ("", "e"), "ence": ("", "e"), "ism": ("",), "ist": ("",),
    "ship": ("",), "hood": ("",), "al": ("", "e"), "ally": ("", "al"), "ic": ("", "e"),
    "ical": ("",),
    "ize": ("", "e"), "ise": ("", "e"), "y": ("", "e"),
    "ation": ("e", "", "ate"), "ations": ("e", "", "ate"), "ion": ("", "e"), "ions": ("", "e"),
}  # fmt: skip
"""What is taken off a word, and what is put there instead. No `-er`: it makes surnames of verbs."""
_BEGINNINGS = ("un", "re", "over", "under", "out", "non", "mis", "dis")
_PLAIN_ENDINGS = (
    "tion", "tions", "sion", "sions", "ness", "ical", "ically", "ional", "ously", "ively",
    "ability", "ibility", "ments",
)  # fmt: skip
_LONG = 8
"""Letters from which a word with such an ending is plain English, known or not."""
_SHORTEST = 3
"""Letters that are left of a word."""


@lru_cache(maxsize=16384)
def bases(word: str) -> frozenset[str]:
    """The lower-case word and what it may be a form of: `mapping` gives `map`, `mapp`, `mappe`."""
    found = {word}
    for ending, others in _ENDINGS.items():
        bare = word.removesuffix(ending)
        if bare != word and len(bare) >= _SHORTEST:
            found.update(bare + other for other in others)
            if bare[-1] == bare[-2]:
                found.add(bare[:-1])
    return frozenset(found)


def is_common(word: str) -> bool:
    """Whether a lower-case word is plain English, and no first name or part of the calendar."""
    if word in FIRST_NAMES or word in CALENDAR:
        return False
    if not _WORDS.isdisjoint(bases(word)):
        return True
    if len(word) >= _LONG and word.endswith(_PLAIN_ENDINGS):
        return True
    for beginning in _BEGINNINGS:
        rest = word.removeprefix(beginning)
        if rest != word and len(rest) > _SHORTEST and not _WORDS.isdisjoint(bases(rest)):
            return True
    return False


_WORDS = (frozenset(_MORE.split()) | PLAIN_WORDS | STOP_WORDS | TALK_WORDS) - CALENDAR
