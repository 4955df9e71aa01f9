"""Score trajectories against their tasks' answers."""

from collections.abc import Iterable, Iterator, Mapping

from redsearcher.grading.match import IMPLEMENTATION, grade
from redsearcher.records.task import Task
from redsearcher.records.trajectory import Score, Trajectory


def score(trajectories: Iterable[Trajectory], tasks: Mapping[str, Task]) -> Iterator[Score]:
    """A Score per trajectory, in order; None where nothing was answered. Raises KeyError for a strange task."""
    for trajectory in trajectories:
        task = tasks[trajectory.task]
        result = grade(trajectory.answer, task.answer, task.aliases)
        yield Score(
            trajectory=trajectory.key,
            task=trajectory.task,
            sample=trajectory.sample,
            value=result.value,
            reason=result.reason if trajectory.answer is not None else trajectory.stop_reason.value,
            implementation=IMPLEMENTATION,
        )
