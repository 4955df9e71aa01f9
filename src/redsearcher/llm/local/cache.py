"""Keys and values of all sequences: one preallocated row of positions per slot."""

import torch
from torch import Tensor

from redsearcher.llm.local.weights import Shape

# Lengths that are no multiple of this cost GPU kernels a copy of the mask.
_ALIGNMENT = 64


class SlotCache:
    """(layers, slots, kv_heads, n_positions, head_dim) twice. Positions past the window are for rows that only pad."""

    def __init__(self, shape: Shape, n_slots: int, window: int, device: torch.device, dtype: torch.dtype) -> None:
        self.n_slots, self.window = n_slots, window
        self.n_positions = n_positions(window)
        self._size = (shape.n_layers, n_slots, shape.n_kv_heads, self.n_positions, shape.head_dim)
        self._device, self._dtype = device, dtype
        self._heads = torch.arange(shape.n_kv_heads, device=device)
        self._n_kv_heads = shape.n_kv_heads
        self._allocate()

    def _allocate(self) -> None:
        # Zeros, not empty: what a mask hides is multiplied by 0, and 0 * NaN is NaN.
        self._keys = torch.zeros(self._size, device=self._device, dtype=self._dtype)
        self._values = torch.zeros(self._size, device=self._device, dtype=self._dtype)
        n_layers, head_dim = self._size[0], self._size[-1]
        flat_keys, flat_values = self._keys.view(n_layers, -1, head_dim), self._values.view(n_layers, -1, head_dim)
        self._layers = [(self._keys[i], self._values[i], flat_keys[i], flat_values[i]) for i in range(n_layers)]

    def clear(self) -> None:
        """All zeros again."""
        if self._device.type == "cpu":
            # Fresh memory is only taken where it is written; zeroing would take all of it.
            self._allocate()
        else:
            # Recorded graphs know the addresses.
            self._keys.zero_()
            self._values.zero_()

    @property
    def padding(self) -> int:
        """The position that rows write to when they only pad a batch."""
        return self.window

    def cells(self, slots: Tensor, positions: Tensor) -> Tensor:
        """Where rows keep keys and values: one index per row and key-value head, (rows * kv_heads)."""
        head = slots.unsqueeze(1) * self._n_kv_heads + self._heads
        return (head * self.n_positions + positions.unsqueeze(1)).flatten()

    def write(self, layer: int, cells: Tensor, keys: Tensor, values: Tensor) -> None:
        """Store (rows, kv_heads, head_dim)."""
        _, _, flat_keys, flat_values = self._layers[layer]
        flat_keys.index_copy_(0, cells, keys.reshape(cells.shape[0], -1))
        flat_values.index_copy_(0, cells, values.reshape(cells.shape[0], -1))

    def read(self, layer: int, slots: slice | Tensor, length: int) -> tuple[Tensor, Tensor]:
        """Keys and values (n, kv_heads, length, head_dim): views of a slice of slots, copies of an index."""
        keys, values, _, _ = self._layers[layer]
        return keys[slots, :, :length], values[slots, :, :length]

    def copy(self, source: int, target: int, length: int) -> None:
        """Give slot `target` the first `length` tokens of slot `source`."""
        self._keys[:, target, :, :length] = self._keys[:, source, :, :length]
        self._values[:, target, :, :length] = self._values[:, source, :, :length]


def n_positions(window: int) -> int:
    """Positions that a slot has for `window` tokens and for padding."""
    return -(-(window + 1) // _ALIGNMENT) * _ALIGNMENT
