"""The config of a whole job: one table per stage."""

from pydantic import Field

from redsearcher.agent.config import RolloutConfig
from redsearcher.cli.policies import PolicyConfig, PolicyName
from redsearcher.core.config import Config
from redsearcher.data.select import ExportConfig
from redsearcher.llm.endpoint import EndpointConfig
from redsearcher.synthesis.config import SynthConfig, VerifyConfig
from redsearcher.synthesis.rewrite import RewriteConfig
from redsearcher.web.config import WebConfig
from redsearcher.web.noise.config import NoiseConfig
from redsearcher.world.make import WorldConfig


class JobConfig(Config):
    """From a world to a report. Every table may be left out; its defaults are the vetted settings."""

    name: str
    """Title of the report."""
    out: str = Field(default="", description="Run directory when --out is not given; default runs/NAME.")
    """Run directory when the command names none; default runs/NAME."""
    world: WorldConfig = WorldConfig()
    """Facts and pages."""
    web: WebConfig = WebConfig()
    """The index over the pages and what a tool call returns."""
    noise: NoiseConfig | None = None
    """Pages of another corpus to mix into the web; left out, it has the world's alone."""
    synthesis: SynthConfig = SynthConfig()
    """Which tasks to make."""
    rewrite: RewriteConfig | None = None
    """Make tasks need tools, or be vaguer; left out, they stay as they are."""
    verify: VerifyConfig = VerifyConfig()
    """Which tasks to keep."""
    model: EndpointConfig | None = None
    """An OpenAI-compatible endpoint that plays the policy; left out, the offline solver does."""
    rollout: RolloutConfig = RolloutConfig()
    """Episodes per task and their limits."""
    policies: dict[PolicyName, PolicyConfig] = {}
    """Further policies on the verified tasks, by name, to compare: their rollouts train nothing and drop nothing."""
    export: ExportConfig = ExportConfig()
    """What goes into the training sets."""
