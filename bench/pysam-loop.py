"""The loop people write: every CIGAR N of every record, keyed by contig, intron and XS strand."""
import resource
import sys
import time

import pysam

started = time.perf_counter()
records = 0
junctions = {}
with pysam.AlignmentFile(sys.argv[1], check_sq=False) as bam:
    for read in bam:
        records += 1
        operations = read.cigartuples
        if operations is None or len(operations) < 2:
            continue
        position = read.reference_start
        for operation, length in operations:
            if operation == 3:
                strand = read.get_tag("XS") if read.has_tag("XS") else "."
                key = (read.reference_id, position, position + length, strand)
                junctions[key] = junctions.get(key, 0) + 1
                position += length
            elif operation in (0, 2, 7, 8):
                position += length
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
print(f"{records} records, {len(junctions)} junctions, {time.perf_counter() - started:.2f} s, peak memory {peak} MB", file=sys.stderr)
