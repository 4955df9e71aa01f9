"""Supervised training from scratch: from a folder of shards to checkpoints, resumable at any moment."""

import fcntl
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from redsearcher.core.folder import swap_in
from redsearcher.core.hashing import file_hash
from redsearcher.core.progress import Progress
from redsearcher.core.rundir import RunDir
from redsearcher.errors import InputError
from redsearcher.llm.local.load import HABITS
from redsearcher.training.config import SftConfig
from redsearcher.training.engine import Engine, StepResult
from redsearcher.training.feed import Feed, Rows, heldout_rows
from redsearcher.training.log import Log, draw
from redsearcher.training.model import build_model, export, load_weights
from redsearcher.training.schedule import learning_rate
from redsearcher.training.state import Position, load_state, save_state
from redsearcher.training.tokenizer import END_OF_TEXT, TURN_END, load_tokenizer

VOCABULARY = "tokenizer.json"
TOKENIZER, TRAIN, HELD_OUT = "tokenizer", "train", "heldout"
"""Folders of the data: a tokenizer, shards to learn from, shards to measure on (may be missing)."""
STATE, LOG, PICTURE, CHECKPOINTS, MODEL = "state.pt", "log.jsonl", "loss.html", "checkpoints", "model"

Measure = Callable[[Path, int], dict[str, float]]
"""What to measure on a kept checkpoint: its folder and the tokens it has seen, to named numbers for the log."""


class Finished(NamedTuple):
    """How a run ended."""

    position: Position
    heldout_loss: float | None
    model: Path


class Training:
    """One run over a data folder into an output folder."""

    def __init__(self, config: SftConfig, data: Path, out: Path, engine: Engine, position: Position) -> None:
        self.config, self.engine, self.position = config, engine, position
        self._data, self._out = data, out
        tokens = file_hash(data / TOKENIZER / VOCABULARY)
        self._feed = Feed(data / TRAIN, tokens, config.row_tokens, config.batch_rows, config.seed, config.open_shards)
        self._heldout = heldout_rows(data / HELD_OUT, tokens, config.row_tokens, config.eval_tokens)
        self._log = Log(out / LOG, position.step)
        self._saved_at = self._mark = time.monotonic()
        self._mark_tokens = position.tokens
        self.heldout_loss: float | None = None

    def run(self, max_minutes: float | None, measure: Measure | None, bar: Progress) -> Finished:
        """Train until the budget of tokens or of time is spent."""
        start = time.monotonic() - self.position.seconds
        for rows in self._feed.batches(self.position):
            seconds = time.monotonic() - start
            progress = self.position.tokens / self.config.budget_tokens
            if max_minutes is not None:
                progress = max(progress, seconds / (60 * max_minutes))
            if progress >= 1:
                break
            lr = learning_rate(self.config.optimizer, self.position.tokens, progress)
            result = self.engine.step(rows.shard, rows.rows, lr)
            before = self.position
            self.position = _advanced(before, rows, result, time.monotonic() - start)
            self._report(before, result, lr, bar)
            if _crosses(before, self.position, self.config.export_every_tokens):
                self._keep(measure)
            elif time.monotonic() - self._saved_at > self.config.save_every_s:
                self._save()
        return self._finish(measure)

    def _report(self, before: Position, result: StepResult, lr: float, bar: Progress) -> None:
        now = self.position
        due = _crosses(before, now, self.config.eval_every_tokens)
        if not due and now.step % self.config.log_every_steps:
            bar.advance(now.tokens - before.tokens)
            return
        loss, at = float(result.loss), time.monotonic()
        rate = (now.tokens - self._mark_tokens) / max(1e-9, at - self._mark)
        heldout = self._measure_heldout() if due else None
        self._log.add(
            step=now.step,
            tokens=now.tokens,
            policy_tokens=now.policy_tokens,
            loss=round(loss, 5),
            heldout_loss=heldout,
            lr=lr,
            tokens_per_s=round(rate, 1),
            seconds=round(now.seconds, 1),
        )
        bar.advance(now.tokens - before.tokens, f"loss {loss:.3f}, {rate:,.0f} tokens/s")
        self._mark, self._mark_tokens = time.monotonic(), now.tokens
        if due:
            draw(self._out / LOG, self._out / PICTURE)

    def _measure_heldout(self) -> float | None:
        if not self._heldout:
            return None
        self.heldout_loss = round(self.engine.evaluate(self._heldout), 5)
        return self.heldout_loss

    def _save(self) -> None:
        save_state(self._out / STATE, self.engine.model, self.engine.optimizer, self.position)
        self._saved_at = time.monotonic()

    def _keep(self, measure: Measure | None) -> None:
        path = self._out / CHECKPOINTS / f"{self.position.tokens:012d}"
        self._export(path)
        if measure is not None and (facts := measure(path, self.position.tokens)):
            self._log.add(step=self.position.step, tokens=self.position.tokens, **facts)
        self._save()

    def _export(self, path: Path) -> None:
        temporary = path.with_name(f".{path.name}.tmp")
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.parent.mkdir(parents=True, exist_ok=True)
        export(self.engine.model, temporary)
        for file in sorted((self._data / TOKENIZER).iterdir()):
            shutil.copyfile(file, temporary / file.name)
        if self.config.rollout is not None:
            (temporary / HABITS).write_text(self.config.rollout.to_toml(), encoding="utf-8")
        swap_in(temporary, path)

    def _finish(self, measure: Measure | None) -> Finished:
        self._log.add(
            step=self.position.step,
            tokens=self.position.tokens,
            heldout_loss=self._measure_heldout(),
            seconds=round(self.position.seconds, 1),
        )
        draw(self._out / LOG, self._out / PICTURE)
        self._keep(measure)
        self._export(self._out / MODEL)
        return Finished(self.position, self.heldout_loss, self._out / MODEL)


@contextmanager
def open_training(
    config: SftConfig, data: Path, out: Path, device: str, start: Path | None = None
) -> Iterator[Training]:
    """A run that begins with random weights or with those of the checkpoint `start`, or goes on where it was.

    Raises InputError if its folders do not fit or another process is training into `out`.
    """
    tokens = load_tokenizer(data / TOKENIZER)
    if start is not None and file_hash(data / TOKENIZER / VOCABULARY) != file_hash(start / VOCABULARY):
        raise InputError(f"{start} has another tokenizer than {data}; encode the data with the checkpoint's")
    RunDir.open(out, config)
    with (out / ".training.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise InputError(f"{out} is being trained into by another process; wait for it or stop it") from error
        stop, pad = (tokens.encode(text).ids[0] for text in (TURN_END, END_OF_TEXT))
        model = build_model(config.model, tokens.get_vocab_size(), config.seed, stop, pad)
        engine = Engine(model, config.optimizer, device, config.row_tokens, config.micro_rows)
        try:
            state = out / STATE
            if state.is_file():
                position = load_state(state, engine.model, engine.optimizer)
            else:
                position = Position()
                if start is not None:
                    load_weights(engine.model, start)
            yield Training(config, data, out, engine, position)
        finally:
            engine.close()


def _advanced(before: Position, rows: Rows, result: StepResult, seconds: float) -> Position:
    return rows.after.model_copy(
        update={
            "step": before.step + 1,
            "tokens": before.tokens + result.n_tokens,
            "policy_tokens": before.policy_tokens + result.n_policy_tokens,
            "seconds": seconds,
        }
    )


def _crosses(before: Position, now: Position, every: int) -> bool:
    return before.tokens // every != now.tokens // every
