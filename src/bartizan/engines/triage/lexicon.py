"""The words that tell what happened and to what, in the order in which they are believed.

Written from general knowledge of such reports and checked against four fifths of the training data
(docs/reporting.md says which); the weights that say what each is worth are learned, not written.
"""

from __future__ import annotations

import re
from typing import Final

Table = tuple[tuple[str, re.Pattern[str]], ...]


def _table(*rows: tuple[str, str]) -> Table:
    return tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in rows)


# A deed that has a word of its own, wherever it stands in the telling, is believed before the weaker signs below.
STRONG: Final = _table(
    (
        "disposed",
        (
            r"dispos(?:ed|al|ing)|dumpster|\btrash|garbage|recycl\w*|discarded|thr(?:own|ew) (?:away|out"
            r"|in)|landfill|abandon\w*|auctioned"
            r"|(?:records|papers|documents|files|boxes|charts) (?:were |had been )?(?:left|found)"
            r" (?:unattended|unsecured|outside|behind)|\b(?:rubbish|waste)\b|\bbins?\b|\bskip\b|shredd\w*"
        ),
    ),
    ("phished", r"phish\w*|spoof\w*|spam\b|responded to (?:an? )?e-?mail|gave (?:away )?(?:my|her|his|their) password"),
    (
        "hacked",
        (
            r"\bhack\w*|\bcyber\w*|malware|ransom\w*|\bvirus\w*|trojan|spyware|malicious|intru[ds]\w*"
            r"|infected|key ?log\w*|infiltrat\w*|outside (?:source|computer|individual|party)"
            r"|(?<!not )compromised|foreign ip|ip address|assailant|unauthorized (?:outside|remote)\w*"
            r"|third[- ]part(?:y|ies) (?:\w+ )?(?:accessed|gained|obtained|entered)|breached by"
            r"|gained (?:unauthorized )?access"
            r"|external (?:person|source|party)|bot ?net|brute[- ]force|denial of service|server attack"
            r"|\battackers?\b|unauthorized access to (?:(?:its|the|a|an|one|of|their|our) )*"
            r"(?:\w+ )?(?:servers?|network)\b|somebody (?:else )?(?:is )?logged in"
        ),
    ),
    (
        "stolen",
        (
            r"\bstol\w+|\bsteal\w*|\bthie[fv]\w*|\brobb\w+|burglar\w*|break-? ?ins?\b|\bbroken? in\w*"
            r"|ransack\w*|\blooted\b"
            r"|(?<!identity )(?<!identify )\btheft(?! ring)(?! of the identit)|\bsnatch\w*|\bpickpocket\w*"
            r"|\bmugg(?:ed|ing)"
        ),
    ),
    (
        "lost",
        (
            r"\blost\b|\blose\b|misplac\w*|mislaid|\bmissing\b|can(?:no|')?t find"
            r"|could not (?:be )?(?:locate|find|found)\w*|unable to (?:locate|find)|\bloss\b(?! of data)"
            r"|left (?:it )?behind|(?:fallen|fell|blew|flew|blown) (?:out|off|away)|spilled on\w*"
            r"|\bleft\b.{0,80} in an? (?:\w+ )?bag\b|never (?:received|arrived)"
            r"|(?:is|are|has|have|was|were) gone"
            r"|disappear\w*|unaccounted|whereabouts|not (?:been )?(?:located|recovered|received)"
            r"|\bleft (?:my|the|a|his|her|our|some)\b.* (?:on|in|at) (?:the|a) (?:train|bus|taxi|cab|plane"
            r"|caf.|tube|tram|restaurant)"
        ),
    ),
    (
        "published",
        (
            r"internet|web ?site|web ?page|\bonline\b|web[- ]based|search engine|google|publicly|\bftp\b"
            r"|file transfer protocol|server security|facebook|social media|open shares?"
            r"|everybody can (?:see|open|read)"
        ),
    ),
)
WEAK: Final = _table(
    ("sent", r"e-?mail\w*|\bfax\w*"),
    (
        "posted",
        (
            r"\bmail(?:ed|ing|ings|er|ers)?\b|\bletters?\b|envelopes?|postcards?|invoices?|invitations?"
            r"|mislabel\w*|misdirect\w*|member(?:ship)? (?:identification |id )?(?:\(id\) )?cards?"
            r"|\bstatements\b|recipients?|printing"
        ),
    ),
    (
        "mistaken",
        (
            r"\berrors?\b|erroneous\w*|mistak\w*|inadvertent\w*|incorrect\w*|accident\w*|glitch"
            r"|misconfig\w*"
        ),
    ),
    (
        "fraud",
        (
            r"identity theft|fraud\w*|tax return|credit card|\bsold\b|\bsell\w*|\bscheme|\bring\b"
            r"|arrest\w*|indict\w*|convict\w*|law enforcement|\bfbi\b|police|secret service"
            r"|in the possession of|house raid|search warrant"
        ),
    ),
    (
        "leaver",
        (
            r"former|ex-employee|resign\w*|competitor|solicit\w*|new (?:practice|employer|business)"
            r"|after (?:leaving|employment)|left (?:the |our |their )?(?:employ|practice|company|clinic|firm)"
        ),
    ),
    (
        "overstepped",
        (
            r"\baccess(?:ed|ing)?\b|view(?:ed|ing)|look(?:ed|ing) (?:at|up|into)|impermissibl\w*"
            r"|improper\w*|inappropriat\w*|unauthori[sz]ed|without (?:authori|permission)\w*|snoop\w*"
            r"|disclos\w*|shared|\bgave\b|download\w*|copied|\btook\b|removed"
        ),
    ),
    ("damaged", r"flood\w*|\bfire\b|hurricane|storm|water damage|destroyed|disaster"),
)
WRONG: Final = re.compile(
    (
        r"wrong|incorrect|erroneous|mistak|inadvertent|misdirect|mis-?(?:mail|sent|label|address"
        r"|match)|error|accident|unintend|unintention|other (?:members|patients|individuals|clients"
        r"|enrollees|beneficiaries|subscribers|customers)|visible|window|without conceal|see the"
    ),
    re.IGNORECASE,
)
INSIDER: Final = re.compile(
    (
        r"employee|workforce|staff|nurse|physician|contractor|technician|\bworker|intern\b|volunteer"
        r"|resident|vendor|doctor|student|colleague|manager"
    ),
    re.IGNORECASE,
)
THINGS: Final = _table(
    ("laptop", r"lap-? ?tops?|notebook computer|macbook"),
    ("server", r"\bservers?\b"),
    ("desktop", r"desk-? ?tops?(?! background)|work ?station|computer (?:tower|equipment)|\bpcs?\b"),
    ("stick", r"flash|thumb|\busb\b|jump drive|memory (?:stick|card)|sd card|zip drive"),
    (
        "drive",
        (
            r"hard ?(?:drive|disk)s?|external drive|computer drive|back-? ?up drive"
            r"|portable (?:computer |data )?drive|data drive|storage devices?|electronic devices?"
        ),
    ),
    ("tape", r"\btapes?\b|back-? ?up (?:tape|disc|disk|media)\w*|microfilm|microfiche"),
    ("disc", r"\bcds?\b|\bdvds?\b|\bdiscs?\b|\bdisks?\b|compact dis|cd-rom"),
    (
        "phone",
        (
            r"smart ?phone|cell(?:ular)? ?phone|mobile (?:phone|device)|blackberry|i-?pad|i-?phone|i-?pod"
            r"|\btablets?\b|\bpda\b|\bpagers?\b|text messag\w*|portable electronic|(?:my|work|company"
            r"|duty|his|her|the) (?:phone|mobile)\b"
        ),
    ),
    (
        "camera",
        (
            r"camera|ultrasound|\bmachine|scanner|copier|medical device|microscope"
            r"|(?<!computer )equipment(?! (?:operator|storage|room))"
        ),
    ),
    ("film", r"x-?rays?|films?\b"),
    (
        "computer",
        (
            r"(?<!outside )(?<!foreign )\bcomputers?\b"
            r"(?! (?:error|program|glitch|virus|software|system|network))"
        ),
    ),
    ("page", r"internet|web ?site|web ?page|\bonline\b|web portal|\bftp\b|file transfer|google|facebook"),
    ("mailbox", r"e-?mails?\b|e-?mailed|mailbox|inbox"),
    (
        "chart",
        (
            r"\bemrs?\b|\behrs?\b|electronic (?:medical|health) record|medical records? system"
            r"|patient records? system|health records? system"
        ),
    ),
    (
        "network",
        (
            r"\bnetwork|data ?base|shared (?:drive|folder)|information system|computer system|cloud"
            r"|mainframe|\bsystem\b(?!,)|fire ?wall"
        ),
    ),
    (
        "letter",
        (
            r"\bmail(?:ed|ing|ings)?\b|\bletters?\b|envelopes?|postcards?|invoices?|invitations?"
            r"|statements|postal|notices|brochure|newsletter"
            r"|member(?:ship)? (?:identification |id )?(?:\(id\) )?cards?"
        ),
    ),
    (
        "paper",
        (
            r"\bpapers?\b|documents?\b|\bcharts?\b|\bforms?\b|\blogs?\b|\blists?\b|binders?|\bbox(?:es)?\b"
            r"|folders?\b|schedules?|\bsheets?\b|\bpages?\b|hard cop|print(?:ed|out|ing|er)|briefcase"
            r"|\bbag\b|cabinet|prescription|\blabels\b|log ?book|notebook(?! comp)|file drawer"
            r"|medical files|patient files|postings?|receipts?|dumpster"
        ),
    ),
    ("records", r"\breports?\b(?! (?:that|to))|\brecords\b|\bfiles\b|copies"),
)
# What colours a deed or a thing without naming it.
SIGNS: Final = _table(
    ("car", r"\b(?:car|vehicle|truck|van|automobile|trunk|boot)\b"),
    (
        "in transit",
        (
            r"in transit|courier|\bups\b|fedex|fed ex|postal service|usps|shipp\w*|shipment|deliver(?:y"
            r"|ed)"
        ),
    ),
    (
        "own hands",
        (
            r"employee|workforce|staff|nurse|physician|contractor|technician|worker|intern\b|volunteer"
            r"|vendor"
        ),
    ),
    (
        "outsider",
        (
            r"outside|unknown (?:\w+ )?(?:person|individual|third|source)|external|third[- ]part|foreign"
            r"|overseas"
        ),
    ),
    (
        "fraud",
        (
            r"fraud\w*|identity theft|tax return|credit cards?|financial gain|scheme|arrest\w*|indict\w*"
            r"|police|fbi\b"
        ),
    ),
    (
        "leaver",
        (
            r"former|ex-employee|terminated|resign\w*|competitor|new (?:practice|employer|business)"
            r"|solicit"
        ),
    ),
    (
        "not theirs",
        (
            r"inappropriate\w*|impermissib\w*|improper\w*|unauthori[sz]ed|snoop\w*|no (?:business"
            r"|legitimate)"
        ),
    ),
    ("seen", r"visible|window|exposed|viewable|could be (?:seen|viewed)|posted"),
    ("seen by", r"access\w*|view\w*|brows\w*"),
    ("given", r"disclos\w+|releas\w+|shar(?:ed|ing)|gave|sold|sell\w*|divulg\w+"),
    ("sent", r"\bsen[dt]\w*|forward\w*|transmit\w*|e-?mailed|fax\w*"),
    (
        "wrong",
        (
            r"wrong|incorrect\w*|erroneous\w*|mistak\w+|inadvertent\w*|misdirect\w*|accidental\w*"
            r"|unintention\w*|in error"
        ),
    ),
    (
        "fault",
        (
            r"\berrors?\b|glitch|defect|flaw|vulnerab\w+|misconfigur\w*|malfunction|programming|software"
            r"|coding"
        ),
    ),
    ("taken along", r"\btook|taken|removed|copied|download\w*|personal (?:e-?mail|computer|account)|home"),
    ("premises", r"\boffices?\b|clinic\b|building|premises|facilit|storage|warehouse|suite|locked"),
    ("partner", r"business associate|\bba\b|supplier"),
    ("open", r"unencrypt\w*|not encrypt\w*"),
    ("locked away", r"(?<!un)encrypt\w*|password[- ]protected"),
    ("electronic", r"\bephi\b|e-phi|electronic\w*|data ?file|spreadsheet|excel"),
    ("by voice", r"phone|verbal|oral|telephone|voice"),
    (
        "closed without a finding",
        (
            r"not (?:a breach|meet|occur|involve|constitute)|consolidated|duplicate|did not occur"
            r"|no breach|settle\w*|resolution agreement|corrective action plan"
        ),
    ),
    ("inquiry opened", r"opened an investigation"),
)
