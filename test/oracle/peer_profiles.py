"""What splam extract, regtools junctions extract and STAR's SJ.out.tab rules give on a BAM, by pysam and slowly.

Stdin: {"bam": path, "fasta": path, "jobs": [{"profile": name, "library": "RF", "FR" or null}]}
Stdout: one list of lines per job.

Written from descriptions of the tools, not from this project's code. Strands are +, - and . whatever the tool prints.
"""

import json
import sys
from collections import defaultdict, namedtuple

import pysam

Crossing = namedtuple("Crossing", "read start end left right")

PLUS = {"GTAG": "GT-AG", "GCAG": "GC-AG", "ATAC": "AT-AC"}
MINUS = {"CTAC": "GT-AG", "CTGC": "GC-AG", "GTAT": "AT-AC"}
FLIP = {"+": "-", "-": "+"}


def crossings(read, breaks_anchor):
    """One crossing per N; an overhang ends at the operations in breaks_anchor."""
    position = read.reference_start
    block = 0
    waiting = None
    for letter, length in [("MIDNSHP=X"[code], length) for code, length in read.cigartuples or []]:
        if letter == "N":
            if waiting:
                yield Crossing(read, *waiting, block)
            waiting = (position, position + length, block)
            block = 0
        elif letter in breaks_anchor:
            if waiting:
                yield Crossing(read, *waiting, block)
            waiting = None
            block = 0
        elif letter in "M=X":
            block += length
        if letter in "M=XDN":
            position += length
    if waiting:
        yield Crossing(read, *waiting, block)


def letter_tag(read, tag):
    return read.get_tag(tag)[0] if read.has_tag(tag) and isinstance(read.get_tag(tag), str) else None


def is_first_or_single(read):
    return not read.is_paired or read.is_read1


def by_library(is_first, is_reverse, library):
    """RF: the first mate lies against the transcript, the second along it; FR the other way round."""
    strand = "-" if is_reverse else "+"
    return FLIP[strand] if is_first == (library == "RF") else strand


class Genome:
    def __init__(self, path):
        self.fasta = pysam.FastaFile(path)

    def ends(self, contig, start, end):
        if contig not in self.fasta.references:
            return ""
        return (self.fasta.fetch(contig, start, start + 2) + self.fasta.fetch(contig, end - 2, end)).upper()


def splam(reads, order, genome, library):
    """Any mapped record; no anchor, no smallest intron; length + 2 at most 100,000; XS, ts, then the library."""
    counts = defaultdict(int)
    for read in reads:
        if read.is_unmapped:
            continue
        strand = letter_tag(read, "XS") or letter_tag(read, "ts")
        if strand and not letter_tag(read, "XS") and read.is_reverse:
            strand = FLIP[strand]
        if not strand:
            strand = by_library(is_first_or_single(read), read.is_reverse, library) if library else "."
        weight = read.get_tag("YC") if read.has_tag("YC") else 1
        for crossing in crossings(read, "IDSH"):
            if crossing.end - crossing.start + 2 <= 100_000:
                counts[read.reference_name, crossing.start, crossing.end, strand] += weight
    return [f"{key_text(key)} {counts[key]}" for key in in_order(counts, order)]


def regtools_strand(read, ends, library):
    """Motif first, then XS, or with a library the flags of the read and its mate, where both say the same."""
    if ends in PLUS:
        return "+"
    if ends in MINUS:
        return "-"
    if not library:
        return letter_tag(read, "XS") or "."
    own = by_library(is_first_or_single(read), read.is_reverse, library)
    other = by_library(not is_first_or_single(read), read.mate_is_reverse, library)
    return own if own == other else "."


def regtools(reads, order, genome, library):
    """Any mapped record; 70 to 500,000 bases; 8 matching bases on each side, by whichever read; X ends an overhang."""
    groups = defaultdict(list)
    for read in reads:
        if read.is_unmapped:
            continue
        for crossing in crossings(read, "IDSX"):
            if 70 <= crossing.end - crossing.start <= 500_000:
                ends = genome.ends(read.reference_name, crossing.start, crossing.end)
                strand = regtools_strand(read, ends, library)
                groups[read.reference_name, crossing.start, crossing.end, strand].append(crossing)
    lines = []
    for key in in_order(groups, order):
        left = max(crossing.left for crossing in groups[key])
        right = max(crossing.right for crossing in groups[key])
        if left >= 8 and right >= 8:
            lines.append(f"{key_text(key)} {len(groups[key])} {left}/{right}")
    return lines


# Non-canonical, GT-AG, GC-AG, AT-AC: the order of STAR's filter parameters.
STAR_CLASSES = ["", "GT-AG", "GC-AG", "AT-AC"]
STAR_OVERHANG = [30, 12, 12, 12]
STAR_COUNT = [3, 1, 1, 1]
STAR_DISTANCE = [10, 0, 5, 10]
STAR_LONGEST = {1: 50_000, 2: 100_000, 3: 200_000}


def star_tables(reads, genome):
    """Junctions before the filters: {key: (motif class, unique reads, all reads, overhang)}."""
    names, overhangs = defaultdict(dict), defaultdict(int)
    for read in reads:
        if read.is_unmapped or read.is_qcfail or read.is_supplementary:
            continue
        unique = read.get_tag("NH") == 1 if read.has_tag("NH") else read.mapping_quality >= 30
        for crossing in crossings(read, "IDSH"):
            overhang = min(crossing.left, crossing.right)
            if 21 <= crossing.end - crossing.start <= 2**16 * 9 and overhang >= 5:
                key = (read.reference_name, crossing.start, crossing.end)
                seen = names[key]
                seen[read.query_name] = seen.get(read.query_name, False) or unique
                overhangs[key] = max(overhangs[key], overhang)
    table = {}
    for key, seen in names.items():
        ends = genome.ends(*key)
        motif = PLUS.get(ends) or MINUS.get(ends) or ""
        strand = "+" if ends in PLUS else "-" if ends in MINUS else "."
        table[(*key, strand)] = (STAR_CLASSES.index(motif), sum(seen.values()), len(seen), overhangs[key])
    return table


def star_supported(key, facts):
    motif, unique, total, overhang = facts
    enough = unique >= STAR_COUNT[motif] or total >= STAR_COUNT[motif]
    length = key[2] - key[1]
    return enough and overhang >= STAR_OVERHANG[motif] and length <= STAR_LONGEST.get(total, length)


def nearest(sites, own):
    """Distance to the nearest site of another junction; one shared with another junction is at distance 0."""
    others = list(sites)
    others.remove(own)
    return min((abs(site - own) for site in others), default=1 << 60)


def star(reads, order, genome, library):
    """STAR's default outSJfilter* on unannotated junctions; strand by motif only; a read counts once per junction."""
    table = {key: facts for key, facts in star_tables(reads, genome).items() if star_supported(key, facts)}
    starts, ends = defaultdict(list), defaultdict(list)
    for contig, start, end, _ in table:
        starts[contig].append(start)
        ends[contig].append(end)
    lines = []
    for key in in_order(table, order):
        motif, unique, total, overhang = table[key]
        contig, start, end, _ = key
        distance = min(nearest(starts[contig], start), nearest(ends[contig], end))
        if distance >= STAR_DISTANCE[motif]:
            lines.append(f"{key_text(key)} {STAR_CLASSES[motif]} {unique}+{total - unique} {overhang}")
    return lines


def star_before_filters(reads, order, genome, library):
    """What STAR's filters see, without the counts."""
    table = star_tables(reads, genome)
    return [f"{key_text(key)} {STAR_CLASSES[table[key][0]]} {table[key][3]}" for key in in_order(table, order)]


def in_order(keys, order):
    return sorted(keys, key=lambda key: (order[key[0]], key[1], key[2], "+-.".index(key[3])))


def key_text(key):
    return f"{key[0]}:{key[1]}-{key[2]}:{key[3]}"


def main():
    request = json.load(sys.stdin)
    bam = pysam.AlignmentFile(request["bam"])
    order = {name: i for i, name in enumerate(bam.references)}
    reads = [read for read in bam.fetch(until_eof=True) if read.cigarstring and "N" in read.cigarstring]
    genome = Genome(request["fasta"])
    profiles = {"splam": splam, "regtools": regtools, "star": star, "star before filters": star_before_filters}
    answers = [profiles[job["profile"]](reads, order, genome, job["library"]) for job in request["jobs"]]
    json.dump(answers, sys.stdout)


main()
