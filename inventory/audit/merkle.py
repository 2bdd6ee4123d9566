"""The Merkle tree over a chain's leaves, as RFC 6962 (section 2.1) defines it. Pure."""

from collections.abc import Iterable, Sequence
from hashlib import sha256

EMPTY_ROOT = sha256(b"").digest()
HASH_BYTES = 32


def node(left: bytes | bytearray, right: bytes | bytearray) -> bytes:
    """The hash over two subtrees; the prefix keeps a node from being taken for a leaf."""
    return sha256(b"\x01" + left + right).digest()


class Frontier:
    """The roots of the complete subtrees of a growing tree, largest first: all that is needed to go on, 32 bytes for
    each 1 in the binary form of its size.
    """

    def __init__(self, size: int = 0, roots: Sequence[bytes] = ()) -> None:
        if len(roots) != size.bit_count():
            raise ValueError(f"A tree of {size} leaves has {size.bit_count()} complete subtrees, not {len(roots)}.")
        self.size, self.roots = size, list(roots)

    def append(self, leaf: bytes) -> None:
        """One more leaf; as many subtrees merge as the old size has trailing ones."""
        size = self.size
        while size & 1:
            leaf = node(self.roots.pop(), leaf)
            size >>= 1
        self.roots.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        if not self.roots:
            return EMPTY_ROOT
        *rest, found = self.roots
        for left in reversed(rest):
            found = node(left, found)
        return found


class Tree:
    """A whole tree, kept level by level for proofs: 64 bytes a leaf (64 MB at a million)."""

    def __init__(self, leaves: Iterable[bytes]) -> None:
        level = bytearray().join(leaves)
        self.size = len(level) // HASH_BYTES
        self._levels = [level]
        while len(level) >= 2 * HASH_BYTES:
            level = bytearray().join(
                node(level[at : at + HASH_BYTES], level[at + HASH_BYTES : at + 2 * HASH_BYTES])
                for at in range(0, len(level) - 2 * HASH_BYTES + 1, 2 * HASH_BYTES)
            )
            self._levels.append(level)

    def root(self, size: int) -> bytes:
        """The root of the tree as it was at `size` leaves."""
        return self._over(0, size) if size else EMPTY_ROOT

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """The audit path of leaf `index` in the tree of `size` leaves (RFC 6962, 2.1.1), lowest first."""
        first, last, path = 0, size, list[bytes]()
        while last - first > 1:
            middle = first + _split(last - first)
            if index < middle:
                path.append(self._over(middle, last))
                last = middle
            else:
                path.append(self._over(first, middle))
                first = middle
        return path[::-1]

    def consistency(self, earlier: int, size: int) -> list[bytes]:
        """Proof that the tree of `size` leaves extends that of `earlier` leaves (RFC 6962, 2.1.2)."""
        if earlier in (0, size):
            return []
        first, last, whole, path = 0, size, True, list[bytes]()
        while earlier != last:
            middle = first + _split(last - first)
            if earlier <= middle:
                path.append(self._over(middle, last))
                last = middle
            else:
                path.append(self._over(first, middle))
                first, whole = middle, False
        return ([] if whole else [self._over(first, last)]) + path[::-1]

    def _over(self, first: int, last: int) -> bytes:
        """The hash over leaves `first` to `last` - 1."""
        width = last - first
        if width & (width - 1) == 0:
            level = width.bit_length() - 1
            at = (first >> level) * HASH_BYTES
            return bytes(self._levels[level][at : at + HASH_BYTES])
        middle = first + _split(width)
        return node(self._over(first, middle), self._over(middle, last))


def _split(width: int) -> int:
    """The largest power of two below `width`."""
    return 1 << ((width - 1).bit_length() - 1)
