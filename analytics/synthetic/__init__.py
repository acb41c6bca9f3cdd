"""The synthetic territory: invented figures, labelled so, in the files that the importer reads."""

from analytics.synthetic.seeding import EXAMPLES, seed

__all__ = ["EXAMPLES", "seed"]
