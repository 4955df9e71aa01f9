"""Shards: written whole, left alone when they are there, read back as training samples."""

from collections import Counter
from pathlib import Path

from redsearcher.data.question import Quotas
from redsearcher.data.shard import read_samples, read_traces, shard_path, write_shards
from redsearcher.data.stream import StreamConfig

CONFIG = StreamConfig(min_entities=200, max_entities=200, quotas=Quotas(easy=6, k1=0, k2=0, k3=0))


def test_shards_resume_and_read_back(shards: Path) -> None:
    told: list[int] = []

    def hear(seed: int, counts: Counter[str]) -> None:
        told.append(seed)
        assert counts["right"] > 0

    write_shards(shards, range(3, 4), CONFIG, progress=hear)
    before = shard_path(shards, 3).read_bytes()
    write_shards(shards, range(3, 4), CONFIG, progress=hear)
    assert told == [3] and shard_path(shards, 3).read_bytes() == before
    traces = list(read_traces(shards))
    samples = list(read_samples(shards))
    assert len(traces) == len(samples) > 0
    for trace, sample in zip(traces, samples, strict=True):
        policy = [m.content for m, kept in zip(sample.messages, sample.mask, strict=True) if kept]
        assert policy == [step.thought for step in trace.trajectory.steps]
        assert sample.meta["k"] == trace.k and sample.meta["easy"]


def test_drills_and_openings_come_beside_the_traces(shards: Path) -> None:
    counts = write_shards(shards, range(3, 4), CONFIG.model_copy(update={"drills": 12, "openings": 9}))
    assert counts["right"] > 0 and counts["opening"] == 9 and 6 < counts["drill"] <= 12
    traces = list(read_traces(shards))
    assert len(traces) == counts["right"] + counts["opening"] + counts["drill"]
    opened = [trace.trajectory for trace in traces if len(trace.trajectory.steps) == 1 and trace.k]
    assert len([one for one in opened if one.steps[0].calls]) == 9
    assert sum(trace.k == 0 for trace in traces) == counts["drill"]
    questions = [trace.trajectory.question for trace in traces]
    assert len(set(questions)) > 0.9 * len(questions)


def test_a_trace_after_a_reset_says_so(shards: Path) -> None:
    write_shards(shards, range(3, 4), CONFIG.model_copy(update={"reset_share": 1.0}))
    for sample in read_samples(shards):
        assert [m.role for m in sample.messages[:4]] == ["system", "user", "user", "assistant"]
        assert sample.mask[:4] == (0, 0, 0, 1) and len(sample.mask) == len(sample.messages)
        assert "$" not in sample.messages[2].content
