"""Context strategies by name."""

from redsearcher.agent.config import EpisodeConfig
from redsearcher.agent.context.base import ContextStrategy
from redsearcher.agent.context.discard_all import DiscardAll
from redsearcher.agent.context.keep_last import KeepLast
from redsearcher.agent.context.none import NoManagement
from redsearcher.agent.context.notes import Notes
from redsearcher.agent.context.summarise import ModelSummariser, RulesSummariser, Summarise
from redsearcher.llm.chat import ChatModel
from redsearcher.records.chat import Sampling


def make_strategy(config: EpisodeConfig, model: ChatModel, sampling: Sampling) -> ContextStrategy:
    """The strategy that the config names; a summary is written by the episode's own model or by rules."""
    if config.context == "summarise":
        return Summarise(RulesSummariser() if config.summariser == "rules" else ModelSummariser(model, sampling))
    if config.context == "keep_last":
        return KeepLast(config.keep_last)
    if config.context == "notes":
        return Notes()
    return DiscardAll() if config.context == "discard_all" else NoManagement()
