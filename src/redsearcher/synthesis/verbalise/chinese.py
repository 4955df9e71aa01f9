"""Plans in Chinese words."""
from redsearcher.synthesis.verbalise.english import English as Chinese
