"""Whether an action is the same as another, and why: what titles say, compared by stated conditions."""

from ecp_graph.overlap.likeness.action import ActionText, Named, NamesIn, Phrase, Reading, Term
from ecp_graph.overlap.likeness.candidates import Candidate, candidates
from ecp_graph.overlap.likeness.compare import CLASSES, Judge, Likeness, Part, compare
from ecp_graph.overlap.likeness.meaning import Encoder, Meaning, encoder_version, open_meaning
from ecp_graph.overlap.likeness.objects import Rarity
from ecp_graph.overlap.likeness.reading import read_action

__all__ = [
    "CLASSES",
    "ActionText",
    "Candidate",
    "Encoder",
    "Judge",
    "Likeness",
    "Meaning",
    "Named",
    "NamesIn",
    "Part",
    "Phrase",
    "Rarity",
    "Reading",
    "Term",
    "candidates",
    "compare",
    "encoder_version",
    "open_meaning",
    "read_action",
]
