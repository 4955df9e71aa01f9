"""redsearcher: make search agents, from facts and pages to verified tasks, rollouts and training sets."""

__version__ = "0.1.0"
