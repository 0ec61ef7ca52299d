import { InputDataError, UsageError } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'
import { grouped } from '../../core/number-text.ts'
import type { GeneModel } from '../../curation/labels/gene-model.ts'
import { transcriptMatcher } from '../../curation/labels/transcript-names.ts'
import type { PartSettings, SplitSettings } from '../../curation/splits/assign-splits.ts'
import { matchContigs } from '../../genome/contig-names.ts'
import { readNameList } from '../../io/name-list.ts'
import type { ReferenceGenome } from '../../io/reference.ts'
import type { CurateOptions } from '../commands/curate.ts'

type SplitOptions = Pick<
  CurateOptions,
  'test' | 'validation' | 'testContigs' | 'validationContigs' | 'testGenes' | 'validationGenes'
>

const PARTS = ['test', 'validation'] as const
type Part = (typeof PARTS)[number]

/** Shares where nothing is said. */
export const DEFAULT_SHARES: Readonly<Record<Part, number>> = { test: 0, validation: 0.1 }

/** Numbers of the contigs that are named for each part. */
export type NamedContigs = Record<Part, ReadonlySet<number>>

function isNamed(options: SplitOptions, part: Part): boolean {
  return options[`${part}Contigs`] !== undefined || options[`${part}Genes`] !== undefined
}

/** Returns the share of the positives to draw for a part; undefined where names decide. */
export function shareOf(options: SplitOptions, part: Part): number | undefined {
  return isNamed(options, part) ? undefined : (options[part] ?? DEFAULT_SHARES[part])
}

/** True when rows of one part are to be compared with those of another. */
export function hasSeveralParts(options: SplitOptions): boolean {
  const shares = PARTS.map(part => shareOf(options, part) ?? 0)
  return PARTS.some(part => isNamed(options, part)) || (shares.some(share => share > 0) && !takesAll(shares))
}

const takesAll = ([a, b]: readonly number[]) => (a === 1 && b === 0) || (a === 0 && b === 1)

/** Throws: UsageError for shares that leave nothing to train on, for a share beside names, and for a list without names. */
export function requireShares(options: SplitOptions): void {
  for (const part of PARTS) {
    const contigs = options[`${part}Contigs`]
    if (contigs !== undefined && contigNames(contigs).length === 0) {
      throw new UsageError(`--${part}-contigs: expected names of contigs, separated by commas, found none`)
    }
    if (options[part] !== undefined && isNamed(options, part)) {
      throw new UsageError(
        `--${part}: expected either a share of the positives or named contigs and genes for the ${part} part, found both`,
        `leave out --${part}: what is named is the whole part`,
      )
    }
  }
  const shares = PARTS.map(part => shareOf(options, part) ?? 0)
  // 0.7 and 0.3 need not add up to 1 exactly.
  if (shares[0]! + shares[1]! >= 1 - 1e-9 && !takesAll(shares)) {
    throw new UsageError(
      `expected shares for test and validation that leave some positives for training, found --test ${shares[0]} and --validation ${shares[1]}`,
      '--test 1 --validation 0 makes a set for testing only',
    )
  }
}

/** Returns the contigs that are named. Throws: UsageError for contigs the reference lacks and for one in both parts. */
export function namedContigs(options: SplitOptions, reference: ReferenceGenome): NamedContigs {
  const named = {
    test: contigNumbers('--test-contigs', options.testContigs, reference),
    validation: contigNumbers('--validation-contigs', options.validationContigs, reference),
  }
  const names = [...reference.contigs.keys()]
  const both = [...named.test].filter(contig => named.validation.has(contig))
  if (both.length > 0) {
    throw new UsageError(
      `expected different contigs for test and validation, found ${both.map(contig => names[contig]).join(', ')} named for both`,
    )
  }
  return named
}

/**
 * Returns what goes into which part, by numbers.
 * Throws: InputDataError for a list without any gene of the annotation.
 */
export async function splitSettings(
  options: SplitOptions,
  contigs: NamedContigs,
  model: GeneModel,
  log: Log,
): Promise<SplitSettings> {
  const settings = async (part: Part): Promise<PartSettings> => {
    const list = options[`${part}Genes`]
    return {
      contigs: contigs[part],
      genes: list === undefined ? new Set() : await geneNumbers(`--${part}-genes`, list, model, log),
      share: shareOf(options, part) ?? 0,
    }
  }
  return { test: await settings('test'), validation: await settings('validation') }
}

function contigNames(text: string): string[] {
  return text
    .split(',')
    .map(name => name.trim())
    .filter(name => name !== '')
}

function contigNumbers(
  flag: string,
  text: string | undefined,
  reference: ReferenceGenome,
): ReadonlySet<number> {
  const names = [...reference.contigs.keys()]
  const matches = matchContigs(
    contigNames(text ?? '').map(name => ({ name })),
    new Map(names.map(name => [name, 0])),
  )
  const missing = matches.filter(match => match.reference === undefined).map(match => match.name)
  if (missing.length > 0) {
    throw new UsageError(
      `${flag}: expected contigs of ${reference.path}, found ${missing.join(', ')}`,
      `it has ${names.slice(0, 10).join(', ')}${names.length > 10 ? ', ...' : ''}`,
    )
  }
  return new Set(matches.map(match => names.indexOf(match.reference!)))
}

const NAMES_SHOWN = 5

async function geneNumbers(
  flag: string,
  path: string,
  model: GeneModel,
  log: Log,
): Promise<ReadonlySet<number>> {
  const names = [...new Set(await readNameList(path))]
  const isListed = transcriptMatcher(names)
  const found = [...model.genes.keys()].filter(number => isListed(model.genes[number]!.id))
  if (found.length === 0) {
    throw new InputDataError(
      `${flag} ${path}: expected genes of the annotation, found none among ${names.length}: ${names.slice(0, NAMES_SHOWN).join(', ')}`,
      'write gene IDs as the annotation does, one a line',
    )
  }
  // A name may be that of several genes, in several annotations or on both pseudoautosomal regions.
  const isGene = transcriptMatcher(found.map(number => model.genes[number]!.id))
  const missing = names.filter(name => !isGene(name))
  if (missing.length > 0) {
    const shown = missing.slice(0, NAMES_SHOWN).join(', ') + (missing.length > NAMES_SHOWN ? ', ...' : '')
    log.warn(
      `${flag} ${path}: ${grouped(missing.length)} of ${grouped(names.length)} names are of no gene annotated on the reference: ${shown}`,
    )
  }
  return new Set(found)
}
