import { InputDataError } from '../core/errors.ts'
import { grouped } from '../core/number-text.ts'
import type { CurateRules } from './curate.ts'
import { EXAMPLE_CLASSES, isNegativeClass, isPositiveClass } from './example-classes.ts'
import type { ContigExamples } from './example-rows.ts'
import type { GeneModel } from './labels/gene-model.ts'
import type { Observed } from './labels/observed.ts'
import type { LeftOut } from './left-out.ts'
import { SPLITS, type Split } from './window-table.ts'

/** Throws: InputDataError for a dataset nobody could train or test on. */
export function checkParts(contigs: readonly ContigExamples[], rules: CurateRules, leftOut: LeftOut): void {
  const count = (part: number, test: (className: number) => boolean) =>
    contigs.reduce(
      (sum, rows) =>
        sum +
        rows.classes.reduce(
          (own, className, row) => own + (rows.splits[row] === part && test(className) ? 1 : 0),
          0,
        ),
      0,
    )
  const { test, validation } = rules.splits
  const wantsNegatives = rules.decoys.random + rules.decoys.nearMiss + rules.decoys.noncanonical > 0
  for (const [part, split] of SPLITS.entries()) {
    const asked = split === 'train' ? undefined : split === 'test' ? test : validation
    const isNamed = asked !== undefined && (asked.contigs.size > 0 || asked.genes.size > 0)
    const positives = count(part, isPositiveClass)
    const negatives = count(part, isNegativeClass)
    const takesAll = split === 'train' && (test.share === 1 || validation.share === 1)
    if (positives === 0 && (isNamed || (split === 'train' && !takesAll))) {
      throw new InputDataError(
        `expected positives in the ${split} part, found none; left out: ${reasons(leftOut)}`,
        hintOf(split, leftOut),
      )
    }
    if (positives > 0 && negatives === 0 && wantsNegatives) {
      throw new InputDataError(
        `expected negatives in the ${split} part beside ${positives} positives, found none; left out: ${reasons(leftOut)}`,
        'the genes may have no room for decoys: add --near-miss or --noncanonical ones, or longer sequence',
      )
    }
  }
}

/** What can be done about the reason for which most were left out. */
const HINTS: Readonly<Record<string, string>> = {
  'excluded-region': 'the regions of --exclude leave nothing',
  'like-excluded-sequence':
    'everything is alike to the sequences of --exclude-sequences; is it the same data?',
  'site-bases-unknown': 'the reference has N at the sites',
  'past-contig-end': 'the reference is shorter than the one the annotation was made for',
  'like-test': 'name fewer contigs or genes for the other parts, or raise --max-identity',
  'like-validation': 'name fewer contigs or genes for the other parts, or raise --max-identity',
}

function hintOf(split: Split, leftOut: LeftOut): string {
  const most = Object.keys(leftOut.asRecord()).sort((a, b) => leftOut.count(b) - leftOut.count(a))
  const known = most.find(reason => HINTS[reason] !== undefined)
  return known !== undefined
    ? HINTS[known]!
    : split === 'train'
      ? 'name fewer contigs or genes for the other parts'
      : `see what is named for the ${split} part`
}

function reasons(leftOut: LeftOut): string {
  const all = Object.keys(leftOut.asRecord()).map(reason => `${reason} ${grouped(leftOut.count(reason))}`)
  return all.length === 0 ? 'nothing' : all.join(', ')
}

/** Returns a warning about the genes that were named for a part and have no example in it. */
export function absentGenes(
  contigs: readonly ContigExamples[],
  { splits }: CurateRules,
  { genes, groupOf }: GeneModel,
): string[] {
  return (['test', 'validation'] as const).flatMap(split => {
    const part = SPLITS.indexOf(split)
    const present = new Set<number>()
    for (const rows of contigs) {
      for (let row = 0; row < rows.count; row++) {
        if (rows.splits[row] === part && rows.genes[row]! >= 0) {
          present.add(groupOf[rows.genes[row]!]!)
        }
      }
    }
    const absent = [...splits[split].genes].filter(gene => !present.has(groupOf[gene]!))
    const ids = [...new Set(absent.map(gene => genes[gene]!.id))]
    return ids.length === 0
      ? []
      : [
          `${grouped(ids.length)} genes named for the ${split} part have no example: ${ids.slice(0, 5).join(', ')}${ids.length > 5 ? ', ...' : ''}`,
        ]
  })
}

/** Decoys that were asked for, and those there was room for. */
export type DecoyTotals = Record<keyof CurateRules['decoys'], { asked: number; made: number }>

/** Returns a warning about each kind of decoy that came out fewer than asked for, and about a dataset without negatives. */
export function missingDecoys(contigs: readonly ContigExamples[], totals: DecoyTotals): string[] {
  const names = {
    random: 'negative-random',
    nearMiss: 'negative-near-miss',
    noncanonical: 'negative-noncanonical',
  }
  const missing = Object.entries(totals).flatMap(([kind, { asked, made }]) =>
    made < asked
      ? [
          `${grouped(asked - made)} of ${grouped(asked)} ${names[kind as keyof typeof names]} could not be made: the genes have no more room for them`,
        ]
      : [],
  )
  const hasNegatives = contigs.some(rows => rows.classes.some(isNegativeClass))
  return hasNegatives
    ? missing
    : [...missing, 'there are no negatives: nothing can be trained on these examples']
}

/** Returns a warning about each class that was asked for and has no example. */
export function emptyClasses(
  contigs: readonly ContigExamples[],
  { labels, decoys }: CurateRules,
  { observed, hasPrimary }: { observed: Observed; hasPrimary: boolean },
): string[] {
  const has = (name: (typeof EXAMPLE_CLASSES)[number]) =>
    contigs.some(rows => rows.classes.includes(EXAMPLE_CLASSES.indexOf(name)))
  const wanted = [
    hasPrimary && 'positive-mane',
    labels.noiseSupport > 0 && observed.junctions > 0 && 'negative-1',
    decoys.random > 0 && 'negative-random',
    decoys.nearMiss > 0 && 'negative-near-miss',
    decoys.noncanonical > 0 && 'negative-noncanonical',
  ] as const
  return wanted.flatMap(name =>
    name !== false && !has(name) ? [`there is no example of class ${name}`] : [],
  )
}
