"""Word lists of the English world: titles, subjects, brands."""

from redsearcher.world.fiction.names import listed

ADJECTIVES = listed(
    "silent|amber|crooked|distant|hollow|burning|patient|frozen|scarlet|restless|forgotten|tidal|paper|iron|"
    "velvet|borrowed|wandering|last|second|glass|northern|pale|bitter|gentle|copper|hidden|drowned|salt|"
    "unfinished|winter|careless|blue|moonless|wooden|sleeping|broken|quiet|ordinary|impossible|golden|narrow|"
    "dusty|late|invisible|torn|faithful|stolen|wild|empty|smaller|secret|solemn|crimson|foreign|electric|"
    "slow|honest|dark|thirsty|barefoot"
)
NOUNS = listed(
    "harbour|orchard|lantern|river|garden|winter|clockmaker|bridge|letter|island|mirror|railway|lighthouse|"
    "shepherd|window|kitchen|violin|mountain|cartographer|market|tailor|echo|staircase|well|ferry|tower|"
    "chapel|storm|ledger|weaver|apprentice|stranger|witness|translator|garrison|nightingale|fox|wolf|heron|"
    "sparrow|elm|willow|hourglass|compass|mill|quarry|candle|threshold|courtyard|attic|suitcase|photograph|"
    "piano|beekeeper|surgeon|miller|pilgrim|glacier|meadow|tide|border|archive|cellar|festival|hunter|"
    "daughter|widow|brother|magistrate|locksmith|bell|salt|carousel|parade|balcony|telegraph|horizon|"
    "umbrella|cathedral|vineyard|tram|ocean|observatory|dream|season|promise|silence|shadow|question|map|"
    "thread|feather|anchor"
)
PLURALS = listed(
    "horses|lanterns|orchards|strangers|sisters|rivers|winters|bridges|swallows|children|wolves|letters|"
    "clouds|islands|shadows|neighbours|brothers|bells|ships|gardens|sparrows|mountains|fires|tides|stars|"
    "mirrors|sailors|stones|bees|roads|promises|ghosts|windows|cousins|widows|hours"
)
VERBS_S = listed("sleeps|waits|returns|burns|sings|forgets|falls|remembers|listens|turns|breaks|leaves")
VERBS = listed("sleep|wait|return|burn|sing|forget|fall|remember|listen|gather|dance|leave")
GERUNDS = listed(
    "counting|leaving|crossing|burying|painting|following|inventing|forgetting|mending|selling|waiting-for|"
    "remembering|building|stealing|translating|measuring"
)
NUMBERS = listed("two|three|four|five|six|seven|nine|eleven|twelve|forty")
TIMES = listed(
    "before dawn|in late summer|after midnight|at low tide|in the rain|by candlelight|on a Sunday|under snow|"
    "in August|between trains|at noon|in wartime"
)
BRANDS = {
    "studio": listed("Pictures|Films|Studios|Film Company|Cinematograph|Motion Pictures"),
    "publisher": listed("Press|Books|Publishing House|Editions|& Daughters Publishers|Verlag"),
    "industry": listed(
        "Shipping|Steel Works|Textiles|Breweries|Electric|Motors|Chemicals|Instruments|Railways|Foods|"
        "Paper Mills|Insurance|Optics|Timber|Glassworks|Telegraph|Pharma|Logistics|Bank|Mining|Aviation|Tools"
    ),
    "holding": listed("Group|Holding|Industries|Corporation|Partners|Trust"),
}
SCHOOLS = listed(
    "University of {0}|{0} University|{0} Institute of Technology|Technical University of {0}|"
    "{0} College of Arts|Royal Academy of {0}|{0} School of Medicine|Free University of {0}|{0} Polytechnic"
)
CLUBS = listed(
    "FC {0}|{0} United|{0} Rovers|{0} Athletic|Sporting {0}|{0} Wanderers|Dynamo {0}|{0} City|Real {0}|"
    "{0} Albion|Racing {0}|{0} Harriers|Olympic {0}|{0} Rangers"
)
MUSEUMS = listed(
    "{0} Museum of Modern Art|{0} Maritime Museum|{0} City Museum|Museum of Natural History in {0}|"
    "{0} Gallery|{0} Museum of Industry|{0} Folk Museum|{0} Portrait Gallery|{0} Museum of Music|"
    "{0} Railway Museum|{0} Museum of Science"
)
AWARDS = {
    "film": listed(
        "{0} Film Prize|{0} Award for Best Picture|{0} Golden Lantern|{0} Screen Medal|{0} Award for Direction"
    ),
    "book": listed("{0} Book Prize|{0} Prize for Fiction|{0} Literary Medal|{0} Award for Letters|{0} Poetry Prize"),
    "science": listed("{0} Medal|{0} Prize in the Sciences|{0} Lectureship|{0} Research Award|{0} Fellowship Prize"),
    "business": listed("{0} Enterprise Award|{0} Order of Industry|{0} Prize for Commerce"),
    "sport": listed("{0} Player of the Year|{0} Golden Boot|{0} Order of Sport"),
    "music": listed("{0} Music Prize|{0} Song Award|{0} Golden Disc"),
    "museum": listed("{0} Heritage Prize|{0} Curators' Medal|{0} Order of Culture"),
}
TOPICS = listed(
    "alpine glaciers|river sediments|honeybee colonies|crystal growth|coastal erosion|market auctions|"
    "peat bogs|vowel harmony|soil bacteria|lake plankton|medieval tariffs|tidal turbines|songbird migration|"
    "sparse matrices|volcanic ash|railway timetables|protein folding|copper alloys|wheat rust|ocean currents|"
    "seismic waves|grain prices|cave fungi|optical fibres|insect wings|dialect borders|cloud droplets|"
    "salt marshes|urban heat|neural spikes|polymer gels|forest fires|comet tails|tooth enamel|traffic queues|"
    "pottery glazes|infant sleep|stellar spectra|hearing loss|random graphs"
)
METHODS = listed(
    "a field study|a statistical model|new measurements|evidence from archives|a comparative survey|"
    "a simple theory|lessons from a long series|an experimental approach|a numerical scheme|"
    "a critical review|a note on method|results of a second campaign"
)
ASPECTS = listed(
    "stability|seasonal variation|age structure|transport|decay|symmetry|growth rates|spatial patterns|"
    "memory effects|energy balance|early stages|collapse|mixing|thresholds|long-term change|classification|"
    "noise|resilience|origins|fine structure"
)
STAGES = listed(
    "final|semi-final|second semi-final|quarter-final|second quarter-final|third quarter-final|opening match|"
    "group match|second group match|third group match|play-off|replay|fourth group match|fifth group match"
)
CONTESTS = listed("Cup|League|Shield|Super Cup|Trophy|Winter Cup|Challenge Cup")
CONTEXTS = listed(
    "in cold climates|under stress|at low pressure|near the coast|over a century|in the laboratory|"
    "at high altitude|in small samples|after flooding|in two valleys|under uncertainty|at the margins|"
    "in border districts|during drought|with missing data|in island settings"
)
