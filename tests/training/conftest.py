"""A data folder made once: tokenizer, two training shards, a held-out one of a world never trained on."""

from pathlib import Path

import pytest

from tests.training.toy import write_traces


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("torch", reason="training needs torch: pip install -e '.[train]'")
    pytest.importorskip("transformers", reason="training needs transformers: pip install -e '.[train]'")
    from redsearcher.training.encode import encode_new, load_encoder
    from redsearcher.training.source import find_sources, texts
    from redsearcher.training.tokenizer import save_tokenizer, train_tokenizer

    home = tmp_path_factory.mktemp("training")
    known = [write_traces(home / f"world{seed}" / "trajectories.jsonl", seed, 150).parent for seed in (1, 2)]
    unseen = write_traces(home / "world3" / "trajectories.jsonl", 3, 20).parent
    sources = {source.name: texts(source) for source in find_sources(known)}
    save_tokenizer(train_tokenizer(sources, 512), home / "data" / "tokenizer", 512)
    encoder = load_encoder(home / "data" / "tokenizer")
    assert len(list(encode_new(encoder, known, home / "data" / "train"))) == 2
    assert len(list(encode_new(encoder, [unseen], home / "data" / "heldout"))) == 1
    return home / "data"
