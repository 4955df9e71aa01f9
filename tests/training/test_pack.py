"""Packing: nothing lost, nothing over capacity, close to the optimum; batches say what to predict from where."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("torch", reason="training needs torch: pip install -e '.[train]'")

from redsearcher.errors import InputError
from redsearcher.training.pack import Frame, best_fit, collate, plan, units
from redsearcher.training.shard import Document, Shard, shard_names, write_shard


def _document(length: int, masked: tuple[int, ...], first: int = 0) -> Document:
    mask = np.zeros(length, dtype=np.bool_)
    mask[list(masked)] = True
    return Document(np.arange(first, first + length, dtype=np.uint16), mask)


@given(st.lists(st.integers(1, 120)), st.integers(1, 100))
def test_best_fit_keeps_all_that_fit(lengths: list[int], capacity: int) -> None:
    rows = best_fit(lengths, capacity)
    assert sorted(n for row in rows for n in row) == [n for n, length in enumerate(lengths) if length <= capacity]
    filled = [sum(lengths[n] for n in row) for row in rows]
    assert all(total <= capacity for total in filled)
    assert sum(total * 2 <= capacity for total in filled) <= 1


def test_best_fit_takes_the_fullest_row() -> None:
    assert best_fit([6, 5, 4, 3, 2], 10) == [[0, 2], [1, 3, 4]]


@given(st.lists(st.tuples(st.integers(1, 30), st.integers(0, 2**30)), min_size=1, max_size=12))
def test_a_shard_gives_back_its_documents(
    tmp_path_factory: pytest.TempPathFactory, given: list[tuple[int, int]]
) -> None:
    documents = []
    for length, bits in given:
        mask = np.array([bits >> n & 1 for n in range(length)], dtype=np.bool_)
        mask[-1] = True
        documents.append(Document(np.arange(length, dtype=np.uint16) + bits % 1000, mask))
    folder = tmp_path_factory.mktemp("shards")
    written = write_shard(folder / "one", documents, "tokens")
    assert shard_names(folder) == ["one"]
    assert len(written) == len(documents)
    for number, document in enumerate(documents):
        assert (written.document(number).ids == document.ids).all()
        assert (written.document(number).mask == document.mask).all()


def test_a_shard_without_policy_tokens_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nothing to learn"):
        write_shard(tmp_path / "s", [_document(3, ())], "tokens")
    assert shard_names(tmp_path) == []


@pytest.fixture
def shard(tmp_path: Path) -> Shard:
    return write_shard(tmp_path / "s", [_document(4, (0, 2, 3)), _document(3, (1,), 10), _document(5, (4,), 20)], "t")


def test_collate_predicts_each_masked_token_from_the_one_before(shard: Shard) -> None:
    batch = collate(shard, [[0, 1]])
    assert batch.ids.tolist() == [0, 1, 2, 3, 10, 11, 12]
    assert batch.positions.tolist() == [0, 1, 2, 3, 0, 1, 2]
    assert batch.bounds.tolist() == [0, 4, 7]
    assert batch.predict.tolist() == [1, 2, 4]
    assert batch.targets.tolist() == [2, 3, 11]


def test_a_frame_pads_with_documents_without_predictions(shard: Shard) -> None:
    batch = collate(shard, [[0], [1]], Frame(n_tokens=16, n_bounds=7, longest=6))
    assert len(batch.ids) == 16
    assert batch.bounds.tolist() == [0, 4, 7, 13, 16, 16, 16]
    assert batch.predict.tolist() == [1, 2, 4]
    assert int(batch.positions.max()) < 6


def test_plan_deals_out_every_document_once_in_a_seeded_order(shard: Shard) -> None:
    batches = plan(shard, 5, 2, seed=1, turn=0)
    assert sorted(n for rows in batches for row in rows for n in row) == [0, 1, 2]
    assert batches == plan(shard, 5, 2, seed=1, turn=0)
    assert [len(rows) for rows in batches] == [1, 2]
    assert len({str(plan(shard, 5, 2, seed=1, turn=turn)) for turn in range(8)}) > 1


def test_units_share_out_all_documents_the_costliest_first(shard: Shard) -> None:
    assert units(shard, [[0, 1], [2]], 4) == [[2], [0], [1]]
    assert units(shard, [[0, 1], [2]], 8) == [[2, 1], [0]]
