"""The tree against the published vectors, and its proofs against an independent reading of them."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.audit import verify
from inventory.audit.canonical import leaf
from inventory.audit.merkle import EMPTY_ROOT, Frontier, Tree

VECTORS = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
"""The eight leaves of the test data that Certificate Transparency implementations share."""
ROOT_OF_8 = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
SIZES = st.integers(min_value=1, max_value=300)


def _leaves(size: int) -> list[bytes]:
    return [leaf(str(number).encode()) for number in range(size)]


def _frontier(leaves: list[bytes]) -> Frontier:
    tree = Frontier()
    for each in leaves:
        tree.append(each)
    return tree


def test_the_roots_are_those_of_rfc_6962() -> None:
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert leaf(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert _frontier([leaf(each) for each in VECTORS]).root().hex() == ROOT_OF_8
    assert Tree(leaf(each) for each in VECTORS).root(8).hex() == ROOT_OF_8


@given(SIZES)
def test_a_tree_grown_leaf_by_leaf_has_the_root_of_the_whole(size: int) -> None:
    leaves = _leaves(size)
    assert _frontier(leaves).root() == Tree(leaves).root(size)


@given(SIZES, st.data())
def test_every_entry_is_proven_by_its_path_and_no_other(size: int, data: st.DataObject) -> None:
    leaves = _leaves(size)
    tree, index = Tree(leaves), data.draw(st.integers(0, size - 1))
    path = tree.inclusion(index, size)
    assert verify.root_by_path(leaves[index], index, size, path) == tree.root(size)
    assert verify.root_by_path(sha256(b"another").digest(), index, size, path) != tree.root(size)


@given(SIZES, st.data())
def test_a_later_tree_is_proven_to_extend_an_earlier_one(size: int, data: st.DataObject) -> None:
    tree, earlier = Tree(_leaves(size)), data.draw(st.integers(1, size))
    if earlier == size:
        assert tree.consistency(earlier, size) == []
        return
    proof = tree.consistency(earlier, size)
    roots = verify.roots_by_consistency(earlier, size, tree.root(earlier), proof)
    assert roots == (tree.root(earlier), tree.root(size))


@pytest.mark.parametrize(("size", "roots"), [(0, 1), (3, 1), (4, 2)])
def test_a_frontier_that_cannot_be_is_refused(size: int, roots: int) -> None:
    with pytest.raises(ValueError, match="complete subtrees"):
        Frontier(size, [bytes(32)] * roots)
