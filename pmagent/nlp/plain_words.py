"""Words said everywhere and about everything: they name no theme, alone or at the edge of a phrase.

Beside the stop words: fillers, numbers in words, days, and the plain verbs, adjectives and nouns of
talk. English; other languages are held apart by the rarity of words alone.
"""

from __future__ import annotations

_PLAIN = """
ability able absolutely action actions actual actually add advance advances advantage ago ahead
ain allow allowed allows almost already alright always amazing amount anybody anyone anywhere
apart apply april area areas aren array article articles aspect aspects audience august aware away
awesome back background bad based basic basically become becomes behind believe best better big
biggest billion bit blog boundaries bring brought buddy building built bunch business call called
care case cases cause certain certainly cetera challenge challenges change changed changes clear
clearly close common community companies company compared competitors complete completely concern
concerns consideration considerations context conversation conversations cool couple course crap
crazy create created creating curious current day days deal december decide decision definitely
depending description desire detail details develop difference different difficult directly drive
earlier easier easily easy effect effort eight else end entire environment episode especially
essentially event events eventually everybody everything everywhere exact exactly example examples
excited exciting exist expect expectation expectations experience expert experts explain extra
fact fair fairly far fast february feel feels field fields figure final finally find fine five
focus focused folks follow following form forward found four friday full fun funny general
generally glad gonna good gotta great group groups guess guy guys half hand handle happen happened
happening happens happy hard hasn hear heard hello help helpful helps hey hi high highlight
highlights history hmm holy hope hour hours huge hundred hype idea ideas imagine impact important
incredible incredibly industry influence information instance instead interest interested
interesting internals intro involved issue issues january job july june keep kind kinda kinds knew
knowing known knows large largely last later latest learn learned least leave left less level life
lifetime link links list listening literally little living long longer look looked looking looks
lot lots love loved low main major make manner march maybe mean meaning means meant mentioned
method methods mhm million mind minute minutes mode moment monday month months move moving much
multiple name near necessarily necessary need needed needs never new next nice nine nobody normal
normally note november nowadays nowhere number numbers obvious obviously october often oh ok okay
old ones ongoing open opportunity option options original otherwise output outputs outside overall
page part particular particularly parts pass past people perfect perhaps period person perspective
pick piece pieces place places plan play please plus point points position possible possibly post
posts potentially power practical pretty previous previously probably problem problems process
product program programs progress provide pull purpose question questions quick quickly quite
quote range raw read ready real reality realize really reason reasonable reasons recent recently
recommend related relatively rest result results right role rounds run running sat saturday saw
says scenario scenarios second see seeing seem seems seen sense separate september service
services set setting seven several shape share short side similar simple simply single situation
six skills small smart solve somebody somehow sometimes somewhat somewhere soon sorry sort sorts
sound sounds space specific specifically spend spent stage stand standpoint start started starting
starts state step steps stop strong stuff success suddenly sunday super suppose sure system
systems take taken takes taking talk task tasks team teams ten tend term terms thank thanks think
thinking thought thoughts thousand thousands three thursday time times tip tips today together
told tomorrow took tool tools topic topics total totally touch tough transition tried tries
trillion true trust try trying tuesday turn turned two type types typical typically uh um
understand understanding unique use used useful user uses using usually value various version
versus view wait wanna want wanted wanting wants ways website wednesday week weeks weird welcome
went whatever whatnot whole wide wish wonder wonderful wondering word words work worked working
works world worse worst worth wow write wrong yeah year years yep yes yesterday young
"""

PLAIN_WORDS = frozenset(_PLAIN.split())
"""Lower case."""
