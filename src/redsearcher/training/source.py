"""Where traces come from: shards of the expert, or the trajectories of a run; each file is one world's."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from redsearcher.agent.episode import SYSTEM
from redsearcher.core import jsonl
from redsearcher.data.shard import SUFFIX, read_traces
from redsearcher.errors import InputError
from redsearcher.records.trajectory import Trajectory


class Source(NamedTuple):
    """A file of traces; `name` is what its shard is called."""

    name: str
    path: Path

    def trajectories(self) -> Iterator[Trajectory]:
        """The trajectories of the file in order."""
        if self.path.name.endswith(SUFFIX):
            return (trace.trajectory for trace in read_traces(self.path))
        return jsonl.read(self.path, Trajectory)


def find_sources(paths: Iterable[Path]) -> list[Source]:
    """Files behind some paths: a folder of expert shards, a run directory, a file. Raises InputError for others."""
    found: dict[str, Source] = {}
    for path in paths:
        for source in _sources(path):
            if found.setdefault(source.name, source) != source:
                raise InputError(f"{source.path} and {found[source.name].path} would be one shard; rename a folder")
    return list(found.values())


def _sources(path: Path) -> list[Source]:
    if path.is_file():
        return [Source(f"{path.resolve().parent.name}-{path.name.split('.')[0]}", path)]
    shards = sorted(path.glob(f"*{SUFFIX}"))
    if shards:
        return [Source(f"{path.resolve().name}-{shard.name.removesuffix(SUFFIX)}", shard) for shard in shards]
    run = path / "trajectories.jsonl"
    if run.is_file():
        return [Source(f"{path.resolve().name}-trajectories", run)]
    raise InputError(f"{path} holds no traces; expected a run directory or a folder of *{SUFFIX} files")


def texts(source: Source) -> Iterator[str]:
    """What a tokenizer learns from: every text of the traces, calls included."""
    for trajectory in source.trajectories():
        yield SYSTEM
        yield trajectory.question
        for step in trajectory.steps:
            yield step.thought
            for call in step.calls:
                yield call.model_dump_json()
            for observation in step.observations:
                yield observation.content
