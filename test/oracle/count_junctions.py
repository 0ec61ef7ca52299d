"""Counts splice junctions with pysam, straight from the written definitions and slowly.

Stdin: {"bam": path, "fasta": path, "index": path or null, "jobs": [{settings, "library", "withReference", and
optionally "region": [contig, start, end]}]}
Stdout: one answer per job: {"lines": [one line per junction], "rf": [first, second], "fr": [first, second]}

A junction is one CIGAR N. A read supports it when its flags and mapping quality pass, the intron's length does, and
the runs of M, = and X on both of its sides have the smallest anchor. Fragments are distinct read names, unique when
any supporting read is. rf and fr count first mates (and single reads) and second mates on canonical introns whose
flags put them on the motif's strand in an RF library, or on the other one, whatever their tags say.
"""

import json
import sys
from collections import namedtuple

import pysam

ALIGNED = {pysam.CMATCH, pysam.CEQUAL, pysam.CDIFF}
ON_REFERENCE = ALIGNED | {pysam.CDEL, pysam.CREF_SKIP}
FORWARD_MOTIFS = {"GT-AG", "GC-AG", "AT-AC"}
REVERSE_MOTIFS = {"CT-AC", "CT-GC", "GT-AT"}
SOURCES = ["XS", "ts", "library", "motif", "."]
COMPLEMENT = str.maketrans("ACGT", "TGCA")

Intron = namedtuple("Intron", "start end left right")
Spliced = namedtuple("Spliced", "name flag mapq contig start nh xs ts introns")


def run_length(operations):
    """Bases of the M/=/X run at the front of the operations; padding is no part of an alignment's shape."""
    total = 0
    for code, length in operations:
        if code == pysam.CPAD:
            continue
        if code not in ALIGNED:
            break
        total += length
    return total


def introns_of(read):
    operations = read.cigartuples or []
    found = []
    position = read.reference_start
    for i, (code, length) in enumerate(operations):
        if code == pysam.CREF_SKIP:
            left = run_length(reversed(operations[:i]))
            right = run_length(operations[i + 1 :])
            found.append(Intron(position, position + length, left, right))
        if code in ON_REFERENCE:
            position += length
    return found


def strand_tag(read, tag):
    if not read.has_tag(tag):
        return None
    value, kind = read.get_tag(tag, with_value_type=True)
    return value if kind == "A" and value in "+-" else None


def spliced_reads(reads):
    for read in reads:
        if read.is_unmapped:
            continue
        introns = introns_of(read)
        if introns:
            yield Spliced(
                read.query_name,
                read.flag,
                read.mapping_quality,
                read.reference_name,
                read.reference_start,
                read.get_tag("NH") if read.has_tag("NH") else None,
                strand_tag(read, "XS"),
                strand_tag(read, "ts"),
                introns,
            )


def opposite(strand):
    return {"+": "-", "-": "+"}[strand]


def rf_strand(flag):
    """Transcript strand of a read in an RF library: R2 lies on the transcript, R1 and single reads against it."""
    strand = "-" if flag & 0x10 else "+"
    if not flag & 0x1:
        return opposite(strand)
    if flag & 0xC0 == 0x40:
        return opposite(strand)
    if flag & 0xC0 == 0x80:
        return strand
    return None


def library_strand(flag, library):
    """Transcript strand of a read in a library: the letters say how R1 and R2 lie to the transcript."""
    rf = rf_strand(flag)
    if rf is None or library in ("RF", "FR"):
        return rf if library == "RF" or rf is None else opposite(rf)
    own = "-" if flag & 0x10 else "+"
    return own if library == "FF" else opposite(own)


class Motifs:
    def __init__(self, path):
        self.fasta = pysam.FastaFile(path)
        self.known = set(self.fasta.references)
        self.seen = {}

    def of(self, contig, start, end):
        key = (contig, start, end)
        if key not in self.seen:
            self.seen[key] = self.look_up(contig, start, end)
        return self.seen[key]

    def look_up(self, contig, start, end):
        if contig not in self.known or end > self.fasta.get_reference_length(contig):
            return None
        return self.bases(contig, start) + "-" + self.bases(contig, end - 2)

    def bases(self, contig, at):
        text = self.fasta.fetch(contig, at, at + 2).upper().ljust(2, "N")
        return "".join(base if base in "ACGT" else "N" for base in text)


def motif_strand(motif):
    return "+" if motif in FORWARD_MOTIFS else "-" if motif in REVERSE_MOTIFS else None


def strand_of(read, motif, rules, library):
    for rule in rules:
        if rule == "tag":
            if read.xs:
                return read.xs, "XS"
            if read.ts:
                return (opposite(read.ts) if read.flag & 0x10 else read.ts), "ts"
        if rule == "library" and library != "unstranded":
            strand = library_strand(read.flag, library)
            if strand:
                return strand, "library"
        if rule == "motif" and motif_strand(motif):
            return motif_strand(motif), "motif"
    return ".", "."


def passes(read, intron, job):
    length = intron.end - intron.start
    return (
        not read.flag & (job["excludeFlags"] | 0x4)
        and (read.mapq >= job["minMapq"] or read.mapq == 255)
        and job["minIntron"] <= length <= job["maxIntron"]
        and min(intron.left, intron.right) >= job["minAnchor"]
    )


def is_unique(read):
    return read.nh == 1 if read.nh is not None else read.mapq >= 30


def in_region(read, intron, region):
    return region is None or (read.contig == region[0] and intron.start < region[2] and region[1] < intron.end)


def collect(reads, motifs, job):
    """Returns the supporting (read, intron) pairs of each junction, their strand sources, and RF and FR reads."""
    support, sources, agreement = {}, {}, {True: [0, 0], False: [0, 0]}
    for read in reads:
        for intron in read.introns:
            if not in_region(read, intron, job.get("region")) or not passes(read, intron, job):
                continue
            motif = motifs.of(read.contig, intron.start, intron.end) if motifs else None
            strand, source = strand_of(read, motif, job["strandRules"], job["library"])
            key = (read.contig, intron.start, intron.end, strand)
            support.setdefault(key, []).append((read, intron))
            sources.setdefault(key, set()).add(source)
            if motif_strand(motif) and rf_strand(read.flag):
                agreement[rf_strand(read.flag) == motif_strand(motif)][bool(read.flag & 0x80)] += 1
    return support, sources, agreement


def oriented(motif, strand):
    if motif is None:
        return "none"
    return motif.translate(COMPLEMENT)[::-1] if strand == "-" else motif


def line(key, pairs, sources, motif, job):
    contig, start, end, strand = key
    names = {read.name for read, _ in pairs}
    if job["countUnit"] == "fragment":
        total, unique = len(names), len({read.name for read, _ in pairs if is_unique(read)})
    else:
        total, unique = len(pairs), sum(is_unique(read) for read, _ in pairs)
    source = min(sources, key=SOURCES.index)
    smaller = max(min(intron.left, intron.right) for _, intron in pairs)
    left = max(intron.left for _, intron in pairs)
    right = max(intron.right for _, intron in pairs)
    starts = len({read.start for read, _ in pairs})
    return (
        f"{contig}:{start}-{end}:{strand} {source} {oriented(motif, strand)} fragments={len(names)} "
        f"reads={len(pairs)} unique={unique} multi={total - unique} anchors={smaller}/{left}/{right} starts={starts}"
    )


def answer(reads, motifs, job, order):
    support, sources, agreement = collect(reads, motifs, job)
    keys = sorted(support, key=lambda key: (order[key[0]], key[1], key[2], "+-.".index(key[3])))
    lines = [
        line(key, support[key], sources[key], motifs.of(*key[:3]) if motifs else None, job) for key in keys
    ]
    return {"lines": lines, "rf": agreement[True], "fr": agreement[False]}


def main():
    request = json.load(sys.stdin)
    bam = pysam.AlignmentFile(request["bam"], index_filename=request.get("index"))
    order = {name: i for i, name in enumerate(bam.references)}
    motifs = Motifs(request["fasta"])
    whole = None
    answers = []
    for job in request["jobs"]:
        if job.get("region"):
            reads = spliced_reads(bam.fetch(*job["region"]))
        else:
            whole = whole or list(spliced_reads(bam.fetch(until_eof=True)))
            reads = whole
        answers.append(answer(reads, motifs if job["withReference"] else None, job, order))
    json.dump(answers, sys.stdout)


main()
