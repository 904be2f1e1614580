"""Words that a person must hear of at once: self-harm, wanting to die, being hurt, being bullied.

A missed cry for help costs more than a careful reply to somebody who did not need one, so these patterns count whatever
the rest of the message says. Figures of speech ("this homework is killing me", "I'm dying lol") are taken out first.
"""

import re
import unicodedata

_TARGETS = (
    r"homework|math\w*|algebra|problem|question|test|quiz|exam|class|subject|equation|fraction|worksheet|assignment|"
    r"geometry|school ?work|laughter|boredom|to know|laughing|heat|hunger|hungry|battery|phone|laptop|game|minecraft|"
    r"fortnite|boss|level|vibe|mood|time|joke|suspense|here|over this"
)
FIGURES = re.compile(
    rf"\b(?:(?:this|the|these|those|my|that|it|math\w*|algebra|homework|fractions?|"
    rf"equations?|school|\w+ (?:homework|test|class))"
    rf"(?:\s\w+){{0,2}}\s(?:is|are|was|'s|will be|r)?\s?(?:literally |just |really "
    rf"|gonna |going to |actually |slowly ){{0,3}}"
    rf"(?:kill(?:s|ing|ed)?|murder(?:s|ing|ed)?|destroy(?:s|ing|ed)?|hurt(?:s|"
    rf"ing)?|beat(?:s|ing)?|be the death of) (?:me|us|my (?:brain|head|eyes|soul|"
    rf"vibe))|"
    rf"(?:i'?m|im|i am|i) (?:literally |so |just |actually |about to |gonna |"
    rf"basically ){{0,3}}(?:dying|dead|die|died)\b"
    rf"(?=\s*(?:$|[.!💀😂🤣😭😅]|lol|lmao|haha|rn\b|(?:of|from|in|at|over|on|with|"
    rf"to|laughing|because)(?: \w+){{0,2}} ?(?:{_TARGETS})|here\b))|"
    rf"kill me now|killed it|killing it|killing time|kill the (?:lights|time|"
    rf"\w+ boss)|my (?:phone|laptop|computer|battery|brain|tablet|mouse)(?: battery)? "
    rf"(?:is |just )?(?:died|dying|dead|hurts)|"
    rf"(?:head|brain|eyes|hand|hands|fingers|wrist|neck|back|soul|stomach|tummy) "
    rf"hurts?|hurts? my (?:head|brain|eyes|hand|soul)|"
    rf"rather die than \w+|suicide mission|dead (?:serious|tired|end|wrong|line)|"
    rf"to die for|cut (?:it|me some slack|the|in|out|off|corners|into|by|both|"
    rf"this|that)|cross cut|"
    rf"beat (?:the|this|that|my|him at|her at|me at|me to|me in)\b(?! up)|hit "
    rf"(?:the|me with|me up|enter|submit|send|next|skip|a wall|return|my limit|"
    rf"on)|touch(?:ed|es)? (?:the|a|at|my (?:screen|phone))|"
    rf"i (?:could|would|will|might|may|'ll) (?:literally |just )?die of \w+|die "
    rf"hard|over my dead body|die(?:s|d)? in (?:the|a|minecraft|fortnite)|dice)\b",
    re.IGNORECASE,
)
_SELF = r"(?:my ?self|me self|my self)"
_WHO = (
    r"(?:dad|daddy|father|mom|mum|mama|papa|mother|step ?dad|step ?mom|stepfather|stepmother|uncle|aunt|brother|sister|"
    r"parents?|cousin|grand ?pa|grand ?ma|grandfather|grandmother|boy ?friend|girl ?friend|ex|coach|teacher|neighbou?r|"
    r"baby ?sitter|boys?|girls?|kids?|guys?|man|men|he|she|they|someone|somebody|"
    r"classmates?|bull(?:y|ies)|husband|wife|"
    r"partner|students?|people|everyone|family|roommate|priest|boss|others)"
)
CRIES = re.compile(
    rf"\bkill(?:ing|ed)? {_SELF}\b|\bkms\b|\bsuicid\w*|\bself[- ]?harm\w*|\bunalive\w*|\bsewer ?slide|"
    rf"\b(?:hurt|hurting|harm|harming|cut|cutting|cuting|burn|burning|starve|"
    rf"starving|hang|hanging|stab|poison|drown|shoot|injure|injuring|scratch) "
    rf"{_SELF}\b|"
    rf"\b(?:want|wanna|wants|wanted|wish|going|gonna|ready|trying|like|like to|"
    rf"rather|about|hope|deserve|plan|planning)\b(?: (?:i|to|could|just|can|only|"
    rf"really|would|do)){{0,4}} (?:die|be dead|dead|dying|suicide|not exist|disappear "
    rf"forever|"
    rf"be gone forever|not be alive|not live|end my life|end it all|end everything|"
    rf"take my (?:own )?life|overdose|jump off|be with god)\b|"
    rf"\b(?:end|ending|finish|finishing|take|taking) my (?:own )?life\b|\bend "
    rf"it all\b|\bending it(?: all)?\b|\b(?:better|best) off (?:dead|without "
    rf"me)\b|"
    rf"\b(?:don'?t|do not|dont|not|no|cant|can'?t) (?:want|wanna|wish|see|have|"
    rf"find|deserve|feel like)(?: \w+){{0,2}} (?:live|living|alive|exist|existing|"
    rf"wake up|be here any ?more|go on living|be on this (?:earth|planet|world))\b(?! "
    rf"(?:session|chat|in the past|here|in (?:a|the) (?:house|city|country)|near|"
    rf"with|for school|early|tomorrow for|at \d|so early))|"
    rf"\bwish i (?:was|were|wasn'?t|weren'?t|wasnt|had) (?:dead|never (?:been "
    rf")?born|never existed|not alive|not born|alive|gone|not here|born|never "
    rf"here)\b|"
    rf"\bwish i (?:did ?n'?t exist|didnt exist|could (?:just )?(?:die|disappear|"
    rf"vanish)|never existed|had never been born|would(?:n'?t| not) wake up)\b|"
    rf"\b(?:no|any|a|see the|what'?s the|what is the|the) (?:reason|point|sense|"
    rf"purpose) (?:to|in|of|for) (?:live|living|being alive|life|stay(?:ing)? "
    rf"alive|be alive|existing|going on)\b|"
    rf"\b(?:life|living)(?: \w+)? (?:is ?n'?t|isnt|is not|not|no longer|has no) "
    rf"(?:\w+ )?(?:worth|sense|meaning|reason)|\bworth living\b|"
    rf"\b(?:nobody|no ?one|no body)(?: \w+)? (?:would|will|even|ever|wud)?(?: "
    rf"\w+)? ?(?:miss(?:es)? me|care if i|notice if i|cares if i)|"
    rf"\b(?:hate|hating) (?:my ?self|my life and|being alive)\b|\bwant (?:this|"
    rf"the|my|it) (?:all )?(?:pain|life|suffering|everything) to (?:stop|end|"
    rf"be over)|"
    rf"\b(?:cut|cuts|cutting|slit|slitting) (?:on )?my (?:arms?|wrists?|legs?|"
    rf"thighs?|skin|veins?)\b|\bstarted cutting\b(?! (?:the|it|class))|\brelapsed\b|"
    rf"\bmake myself (?:throw up|puke|vomit|sick|bleed)|"
    rf"\b{_WHO}(?:,? [\w']+){{0,6}} "
    rf"(?:hit|hits|hitting|beat|beats|beating|beaten|hurt|hurts|hurting|kick|"
    rf"kicks|kicked|kicking|slap|slaps|slapped|slapping|chok(?:e|es|ed|ing)|punch(?:es|"
    rf"ed|ing)?|abus(?:e|es|ed|ing)|touch(?:es|ed|ing)?|rap(?:e|es|ed|ing)|molest(?:s|"
    rf"ed|ing)?|"
    rf"whip(?:s|ped|ping)?|strangle[sd]?|burn(?:s|ed)?|stab(?:s|bed)?|assault(?:s|"
    rf"ed)?|attack(?:s|ed)?|bull(?:y|ies|ied|ying)|threaten(?:s|ed|ing)?|groped?|"
    rf"harass(?:es|ed|ing)?|grab(?:s|bed)|shov(?:e|es|ed)|spank(?:s|ed)?|lock(?:s|"
    rf"ed)?|kill|push(?:es|ed)?|spit on|blackmail(?:s|ed|ing)?|forc(?:e|es|ed|"
    rf"ing)) "
    rf"(?:me|us|my (?:mom|mum|mother|sister|brother|little|arm|face|body|leg|"
    rf"private|chest|dad|siblings)|on me)\b(?! (?:with (?:a |the |this |that "
    rf")?(?:question|problem|homework|hint|fact|joke|ball|pillow)|up on|at (?:chess|"
    rf"math|fortnite|basketball|soccer|fifa|mario|games|everything|it)|to (?:it|"
    rf"the|do (?:this|my|the|math|homework|extra)|study|learn|finish|take)|in "
    rf"(?:the|a) (?:game|race|match|quiz)|do (?:math|homework|this)|for fun))|"
    rf"\b(?:i'?m|im|i am|i was|i got|i get|i'?ve been|ive been|am|being|getting|"
    rf"keep getting|got|been)(?: \w+)? (?:bullied|cyber ?bullied|abused|molested|"
    rf"raped|beaten(?: up)?|beat up|assaulted|harassed|threatened|blackmailed|"
    rf"hit by|hurt (?:by|at home)|hit at home|groped|stalked|picked on)\b|"
    rf"\b(?:bull(?:y|ies|ying|ied)|abus(?:es|ed|ing|ive)) me\b|\bbeat(?:s|ing|"
    rf"en)? (?:me|us) up\b|\btold me to (?:kill|die|kms|go die)|\b(?:should|to) "
    rf"(?:just )?(?:die|kill myself)\b(?! hard)|\b(?:go |just )(?:die|kill (?:my|"
    rf"your)self)\b|"
    rf"\b(?:scared|afraid|terrified|frightened|fear) (?:to (?:go|come|be at|be) "
    rf"(?:back )?home|of (?:going (?:back )?(?:home|to school because)|my (?:dad|"
    rf"father|mom|mum|mother|step\w*|uncle|boy ?friend|brother|parents|husband|"
    rf"family)|him|what (?:i|he) (?:might|will|could) do|being home)|at home|"
    rf"for my life|(?:that )?(?:he|she|they)(?:'ll| will| is going to| might) "
    rf"(?:hit|hurt|beat|kill))|"
    rf"\b(?:not|(?:do|did|does|is|was|would|ca|wo)?n'?t|never) (?:feel |feeling |be )?safe (?:at|in|here|"
    rf"with|around|anymore|any ?where|tonight|right now)\b|\bfeel(?:ing)? unsafe\b|"
    rf"\b(?:i'?m|im|am|are|is|we'?re) in (?:real |serious )?danger\b|\bbruises?\b|"
    rf"\b(?:ran|run|running) away from home\b|"
    rf"\b(?:nudes?|naked (?:pics?|pictures?|photos?)|private parts?|inappropriately)\b|"
    rf"\b(?:shoot|shooting) up (?:the|my|our) school|\b(?:gun|knife) (?:to|at|"
    rf"in) (?:the |my )?school|\b(?:kill|stab|shoot) (?:him|her|them all|someone|"
    rf"somebody|everyone|my (?:dad|teacher|class\w*|mom|parents))\b|"
    rf"\bgoodbye (?:letter|note|forever)\b|\bsuicide note\b|\b(?:take|took|swallow(?:ed)?|"
    rf"have) (?:all |too many |a lot of |lots of |a bunch of ){{1,2}}(?:my |the "
    rf")?pills\b|\bpills (?:does|do|would|will) it take|\b(?:hurt|hurting|harm) "
    rf"(?:my ?self|me) (?:again|tonight|on purpose)|"
    rf"\bfull of cuts\b|\bwant to cut\b(?! (?:it|the|this|a|by|out|off))|\bpoint "
    rf"of (?:living|being alive)|\bnever wake up\b|\b(?:nobody|no ?one) (?:loves|"
    rf"wants) me\b|\bafraid of (?:myself|what i)|\btell some(?:one|body) (?:something|"
    rf"smth) bad|\bkilling her ?self|\bkill(?:s|ing|ed)? (?:her|him|them) ?sel(?:f|"
    rf"ves)|\b(?:cut(?:s|ting)?|hurt(?:s|ing)?|harm(?:s|ing)?) (?:her|him|them) "
    rf"?sel(?:f|ves)",
    re.IGNORECASE,
)
# Asks for more care than a figure of speech allows, even beside one.
SURE = re.compile(
    rf"\bkill {_SELF}\b|\bsuicid\w+|\bself[- ]?harm|\bend my life\b|\bwant to die\b|\bwanna die\b", re.IGNORECASE
)
# The tutor speaks English; who is in danger may not. The plainest words for it, without accents.
ELSEWHERE = re.compile(
    r"\b(?:me quiero (?:morir|matar)|quiero (?:morir(?:me)?|matarme|suicidarme)|no quiero (?:vivir|seguir viviendo)|"
    r"(?:mi \w+|el|ella) me (?:pega|golpea|maltrata)|"
    r"je veux (?:mourir|me tuer|me suicider)|j'?ai envie de (?:mourir|me tuer)|je ne veux plus vivre|"
    r"(?:mon \w+|ma \w+|il|elle) me (?:frappe|bat)|"
    r"ich (?:will|mochte|moechte) (?:sterben|nicht mehr leben|mich umbringen)|ich bring\w* mich um|"
    r"(?:mein \w+|meine \w+|er|sie) schlagt mich|"
    r"(?:eu )?quero (?:morrer|me matar)|nao quero mais viver|(?:meu \w+|minha \w+|ele|ela) me bate|"
    r"voglio (?:morire|uccidermi|suicidarmi)|non voglio piu vivere|(?:mio \w+|mia \w+) mi picchia|"
    r"(?:olmek|kendimi oldurmek) istiyorum|chce (?:umrzec|sie zabic)|ik wil dood)\b",
    re.IGNORECASE,
)


def cries_for_help(text: str) -> bool:
    """Whether the words themselves, figures of speech aside, speak of harm to a person."""
    plain = " ".join(text.replace("’", "'").split())
    if SURE.search(plain) or CRIES.search(FIGURES.sub(" ", plain)):
        return True
    bare = "".join(char for char in unicodedata.normalize("NFD", plain) if not unicodedata.combining(char))
    return bool(ELSEWHERE.search(bare))
