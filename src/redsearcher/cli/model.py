"""Which ChatModel a name stands for."""

from redsearcher.errors import InputError
from redsearcher.llm.chat import ChatModel
from redsearcher.llm.endpoint import EndpointConfig


def make_model(config: EndpointConfig | None) -> ChatModel:
    """The endpoint's model, or the offline solver where no endpoint is configured."""
    if config is None:
        from redsearcher.agent.solver.model import RulesSolver

        return RulesSolver()
    from redsearcher.llm.endpoint import EndpointModel

    return EndpointModel(config)


def parse_model(name: str, base_url: str) -> EndpointConfig | None:
    """`rules`, or `openai:NAME` served at `base_url`. Raises InputError for anything else."""
    if name == "rules":
        return None
    kind, _, model = name.partition(":")
    if kind != "openai" or not model:
        raise InputError(
            f"model {name!r} is unknown; expected rules (the offline solver) or openai:NAME with --base-url"
        )
    return EndpointConfig(model=model, base_url=base_url)
