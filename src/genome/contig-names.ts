/** A contig as one file names it. */
export interface ContigQuery {
  name: string
  length?: number
}

/** What became of one contig name; `reference` is the name to use, undefined when there is none. */
export interface ContigMatch {
  name: string
  length?: number
  reference: string | undefined
  /**
   * `front-part`: the reference contig has less than half the length, so it is taken as a cut-out that starts with the
   * contig's first base, as test data have it. Assemblies of one species differ by far less than that.
   */
  how: 'same' | 'alias' | 'front-part' | 'missing' | 'length-differs'
  /** The reference contig that was found, also where its length differs. */
  referenceName?: string
  referenceLength?: number
  /** Where the name fits several reference contigs: all of them, and none is taken. */
  candidates?: readonly string[]
}

const HUMAN = '1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 X Y MT'
const MOUSE = '1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 X Y MT'
const FLY = '2L 2R 3L 3R 4 X Y MT'
const WORM = 'I II III IV V X MT'
const THALE_CRESS = '1 2 3 4 5 MT PT'
const YEAST = 'I II III IV V VI VII VIII IX X XI XII XIII XIV XV XVI MT'

/**
 * Chromosomes and their accessions, in the same order; `-` where an assembly has none, `A1..A9.2` for a run of
 * neighbours of one version.
 * RefSeq's NC_037304.1 is left out on purpose: it is another Arabidopsis mitochondrion (367,808 bases) than
 * TAIR10's ChrM (366,924).
 * Source: NCBI assemblies GCF_000001405.25 and .40, GCF_009914755.1, GCF_000001635.26 and .27, GCF_000001215.4,
 * GCF_000002985.6, GCF_000001735.4 and GCF_000146045.2, and their GenBank twins.
 */
const ASSEMBLIES: readonly (readonly [chromosomes: string, ...accessions: string[]])[] = [
  [
    HUMAN, // GRCh37
    `NC_000001.10 NC_000002.11 NC_000003.11 NC_000004.11 NC_000005.9 NC_000006.11 NC_000007.13 NC_000008.10
     NC_000009.11 NC_000010.10 NC_000011.9 NC_000012.11 NC_000013.10 NC_000014.8 NC_000015.9 NC_000016.9
     NC_000017.10 NC_000018.9 NC_000019.9 NC_000020.10 NC_000021.8 NC_000022.10 NC_000023.10 NC_000024.9
     NC_012920.1`,
    'CM000663..CM000686.1 J01415.2',
  ],
  [
    HUMAN, // GRCh38
    `NC_000001.11 NC_000002.12 NC_000003.12 NC_000004.12 NC_000005.10 NC_000006.12 NC_000007.14 NC_000008.11
     NC_000009.12 NC_000010.11 NC_000011.10 NC_000012.12 NC_000013.11 NC_000014.9 NC_000015.10 NC_000016.10
     NC_000017.11 NC_000018.10 NC_000019.10 NC_000020.11 NC_000021.9 NC_000022.11 NC_000023.11 NC_000024.10
     NC_012920.1`,
    'CM000663..CM000686.2 J01415.2',
  ],
  [
    HUMAN, // T2T-CHM13v2.0
    'NC_060925..NC_060948.1 -',
    'CP068277..CP068255.2 CP086569.2 CP068254.1',
  ],
  [
    MOUSE, // GRCm38
    'NC_000067.6 NC_000068.7 NC_000069..NC_000085.6 NC_000086.7 NC_000087.7 NC_005089.1',
    'CM000994..CM001014.2 AY172335.1',
  ],
  [
    MOUSE, // GRCm39
    'NC_000067.7 NC_000068.8 NC_000069..NC_000085.7 NC_000086.8 NC_000087.8 NC_005089.1',
    'CM000994..CM001014.3 AY172335.1',
  ],
  [
    FLY, // Release 6
    'NT_033779.5 NT_033778.4 NT_037436.4 NT_033777.3 NC_004353.4 NC_004354.4 NC_024512.1 NC_024511.2',
    'AE014134.6 AE013599.5 AE014296.5 AE014297.3 AE014135.4 AE014298.5 CP007106.1 KJ947872.2',
  ],
  [
    WORM, // WBcel235
    'NC_003279.8 NC_003280.10 NC_003281.10 NC_003282.8 NC_003283.11 NC_003284.9 NC_001328.1',
    'BX284601.5 BX284602.5 BX284603.4 BX284604.4 BX284605.5 BX284606.5 X54252.1',
  ],
  [
    THALE_CRESS, // TAIR10
    'NC_003070.9 NC_003071.7 NC_003074.8 NC_003075.7 NC_003076.8 NC_001284.2 NC_000932.1',
    'CP002684.1 CP002685.1 CP002686.1 CP002687.1 CP002688.1 - -',
  ],
  [
    YEAST, // R64
    `NC_001133.9 NC_001134.8 NC_001135.5 NC_001136.10 NC_001137.3 NC_001138.5 NC_001139.9 NC_001140.6
     NC_001141.2 NC_001142.9 NC_001143.9 NC_001144.5 NC_001145.3 NC_001146.8 NC_001147.6 NC_001148.4
     NC_001224.1`,
    'BK006935..BK006941.2 BK006934.2 BK006942..BK006946.2 BK006947.3 BK006948..BK006949.2 -',
  ],
]

/** What the table knows of an accession: its chromosome, and per version the sequences it stands for. */
interface KnownAccession {
  chromosome: string
  sequencesOf: Map<string, string[]>
}

const KNOWN = knownAccessions()

function knownAccessions(): Map<string, KnownAccession> {
  const known = new Map<string, KnownAccession>()
  for (const [assembly, [chromosomes, ...lists]] of ASSEMBLIES.entries()) {
    const names = chromosomes.toLowerCase().split(' ')
    for (const [i, text] of lists.flatMap(list => [...expand(list).entries()])) {
      if (text === '-') {
        continue
      }
      const [base, version] = text.split('.') as [string, string]
      const entry = known.get(base) ?? { chromosome: names[i]!, sequencesOf: new Map() }
      entry.sequencesOf.set(version, [...(entry.sequencesOf.get(version) ?? []), `${assembly}/${names[i]}`])
      known.set(base, entry)
    }
  }
  return known
}

function expand(list: string): string[] {
  return list.split(/\s+/).flatMap(item => {
    const run = /^(\D+)(\d+)\.\.\D+(\d+)\.(\d+)$/.exec(item)
    if (!run) {
      return [item]
    }
    const [, letters, from, to, version] = run as unknown as [string, string, string, string, string]
    const step = Math.sign(Number(to) - Number(from))
    return Array.from({ length: Math.abs(Number(to) - Number(from)) + 1 }, (_, i) => {
      const digits = String(Number(from) + i * step).padStart(from.length, '0')
      return `${letters}${digits}.${version}`
    })
  })
}

const MITOCHONDRION = new Set(
  'm mt mtdna mito mitochondrion mitochondrial mitochondria mitochondrion_genome'.split(' '),
)
const CHLOROPLAST = new Set('pt pltd chloroplast'.split(' '))
/** INSDC and RefSeq accessions by their letter and digit counts, so that `scaffold_12` is none. */
const ACCESSION =
  /^((?:NZ_)?(?:[A-Z]{2}_\d{6,}|[A-Z]\d{5}|[A-Z]{2}\d{6}|[A-Z]{2}\d{8}|[A-Z]{4}\d{8,}|[A-Z]{6}\d{9,}))(?:\.(\d+))?$/

interface ParsedName {
  /** Lower-case chromosome names it may stand for. */
  chromosomes: readonly string[]
  accession?: { base: string; version: string | undefined; sequences: readonly string[] }
}

function parseName(name: string): ParsedName {
  const bare = unwrap(name)
  const accession = ACCESSION.exec(bare.toUpperCase())
  if (!accession) {
    return { chromosomes: chromosomeNames(bare) }
  }
  const base = accession[1]!
  const version = accession[2]
  const known = KNOWN.get(base)
  const sequences =
    version === undefined ? [...(known?.sequencesOf.values() ?? [])].flat() : known?.sequencesOf.get(version)
  return {
    chromosomes: known ? [known.chromosome] : [],
    accession: { base, version, sequences: sequences ?? [] },
  }
}

/** Returns the name inside a FASTA identifier of the NCBI or ENA kind: `gi|1|ref|NC_000001.11|`, `lcl|chr1`. */
function unwrap(name: string): string {
  const match =
    /^lcl\|(.+)$/i.exec(name) ??
    /^(?:gi\|\d+\|)?(?:ref|gb|emb|dbj)\|([^|]+)(?:\||$)/i.exec(name) ??
    /^ENA\|[^|]+\|([^|]+)$/i.exec(name)
  return match?.[1] ?? name
}

function chromosomeNames(name: string): string[] {
  const lower = name.toLowerCase()
  const plain = /^chr(?!omosome).+/.test(lower) ? lower.slice(3) : lower
  if (MITOCHONDRION.has(plain)) {
    return ['mt']
  }
  if (CHLOROPLAST.has(plain)) {
    return ['pt']
  }
  // TAIR's ChrC is the chloroplast; a contig named just `C` need not be.
  return lower === 'chrc' ? ['c', 'pt'] : [plain]
}

/** Tells whether two names stand for one sequence. Between accessions the version decides, never the chromosome. */
function sameSequence(a: ParsedName, b: ParsedName): boolean {
  if (a.accession && b.accession) {
    const { base, version, sequences } = a.accession
    if (base === b.accession.base) {
      return version === undefined || b.accession.version === undefined || version === b.accession.version
    }
    const others = b.accession.sequences
    return sequences.some(sequence => others.includes(sequence))
  }
  return a.chromosomes.some(chromosome => b.chromosomes.includes(chromosome))
}

/** Returns the keys two names share whenever they may stand for one sequence. */
function keysOf(name: ParsedName): string[] {
  const chromosomes = name.chromosomes.map(chromosome => `chromosome ${chromosome}`)
  return name.accession ? [...chromosomes, `accession ${name.accession.base}`] : chromosomes
}

/**
 * Returns, for each contig name of one file, the reference contig it stands for, in the order of the queries.
 * An identical name wins. Otherwise `chr` prefix, letter case, names of the mitochondrion, accessions of nine
 * assemblies and NCBI wrappers are seen through, if exactly one reference contig fits and no length speaks against it.
 * Roman numerals are not turned into digits.
 */
export function matchContigs(
  queries: readonly ContigQuery[],
  reference: ReadonlyMap<string, number>,
): ContigMatch[] {
  const byKey = new Map<string, Map<string, ParsedName>>()
  for (const name of reference.keys()) {
    const parsed = parseName(name)
    for (const key of keysOf(parsed)) {
      const names = byKey.get(key) ?? new Map<string, ParsedName>()
      byKey.set(key, names.set(name, parsed))
    }
  }
  return queries.map(query => {
    if (reference.has(query.name)) {
      return found(query, query.name, 'same', reference)
    }
    const parsed = parseName(query.name)
    const candidates = new Set<string>()
    for (const key of keysOf(parsed)) {
      for (const [name, other] of byKey.get(key) ?? []) {
        if (sameSequence(parsed, other)) {
          candidates.add(name)
        }
      }
    }
    const [only] = candidates
    if (candidates.size === 1) {
      return found(query, only!, 'alias', reference)
    }
    const missing: ContigMatch = { ...query, reference: undefined, how: 'missing' }
    return candidates.size === 0 ? missing : { ...missing, candidates: [...candidates] }
  })
}

function found(
  query: ContigQuery,
  name: string,
  how: 'same' | 'alias',
  reference: ReadonlyMap<string, number>,
): ContigMatch {
  const referenceLength = reference.get(name)!
  const length = query.length ?? referenceLength
  const isFront = referenceLength * 2 < length
  const differs = referenceLength !== length && !isFront
  return {
    ...query,
    reference: differs ? undefined : name,
    how: differs ? 'length-differs' : isFront ? 'front-part' : how,
    referenceName: name,
    referenceLength,
  }
}

const SHOWN = 10

/**
 * Returns a text for the user on the contigs that have no partner or another length, naming both files and at
 * most ten contigs of each kind, or undefined when all fit.
 */
export function describeMismatch(
  matches: readonly ContigMatch[],
  queryLabel: string,
  referenceLabel: string,
): string | undefined {
  const missing = matches.filter(match => match.how === 'missing')
  const differing = matches.filter(match => match.how === 'length-differs')
  const fronts = matches.filter(match => match.how === 'front-part')
  if (missing.length + differing.length + fronts.length === 0) {
    return undefined
  }
  const lines = [`the contigs of ${queryLabel} and ${referenceLabel} do not agree:`]
  const of = `of ${matches.length} contigs of ${queryLabel}`
  if (missing.length > 0) {
    const names = listed(missing, match =>
      match.candidates ? `${match.name} (fits ${match.candidates.join(' and ')})` : match.name,
    )
    lines.push(`- ${missing.length} ${of} not in ${referenceLabel}: ${names}`)
  }
  if (differing.length > 0) {
    lines.push(
      `- ${differing.length} ${of} with another length in ${referenceLabel}: ${listed(differing, bothLengths)}`,
    )
  }
  if (fronts.length > 0) {
    lines.push(
      `- ${fronts.length} ${of} much longer than in ${referenceLabel}, which is taken as their front part: ${listed(fronts, bothLengths)}`,
    )
  }
  return lines.join('\n')
}

function bothLengths(match: ContigMatch): string {
  const other = match.referenceName === match.name ? '' : ` as ${match.referenceName}`
  return `${match.name} (${match.length} bases, there ${match.referenceLength}${other})`
}

function listed(matches: readonly ContigMatch[], text: (match: ContigMatch) => string): string {
  const shown = matches.slice(0, SHOWN).map(text).join(', ')
  return matches.length > SHOWN ? `${shown} and ${matches.length - SHOWN} more` : shown
}
