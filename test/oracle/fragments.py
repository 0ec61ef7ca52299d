"""Counts fragments among the alignments that support one junction.

names: distinct read names, the definition; a fragment that is aligned several times counts once.
placements: each placement of a fragment counts once. A placement is a first and a second mate that have the same
    name and state the same two starts, or a record whose other mate is not there.
"""

from collections import defaultdict


def count(supporting, rule):
    """Returns (fragments, unique fragments) of (pysam read, is unique) pairs."""
    groups = defaultdict(list)
    for i, (read, unique) in enumerate(supporting):
        groups[read.query_name if rule == "names" else placement(read, i)].append((read, unique))
    if rule == "names":
        return len(groups), sum(any(unique for _, unique in group) for group in groups.values())
    fragments = unique_fragments = 0
    for group in groups.values():
        first = [unique for read, unique in group if not read.is_read2]
        second = [unique for read, unique in group if read.is_read2]
        pairs = min(len(first), len(second))
        fragments += max(len(first), len(second))
        unique_fragments += sum(a or b for a, b in zip(first, second)) + sum(first[pairs:] + second[pairs:])
    return fragments, unique_fragments


def placement(read, i):
    mate_is_here = read.is_paired and not read.mate_is_unmapped and read.next_reference_id == read.reference_id
    if not mate_is_here:
        return i
    return read.query_name, *sorted([read.reference_start, read.next_reference_start])


def has_copies(supporting):
    """True when some mate supports the junction by several of its alignments."""
    mates = [(read.query_name, read.flag & 0xC0) for read, _ in supporting]
    return len(set(mates)) < len(mates)
