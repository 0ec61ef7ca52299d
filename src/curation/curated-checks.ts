import { InputDataError } from '../core/errors.ts'
import type { CurateRules } from './curate.ts'
import { EXAMPLE_CLASSES, isNegativeClass, isPositiveClass } from './example-classes.ts'
import type { ContigExamples } from './example-rows.ts'
import type { Observed } from './labels/observed.ts'
import type { LeftOut } from './left-out.ts'
import { SPLITS } from './window-table.ts'

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
        split === 'train'
          ? 'name fewer contigs or genes for the other parts, or raise --max-identity'
          : `see what is named for the ${split} part`,
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

function reasons(leftOut: LeftOut): string {
  const all = Object.keys(leftOut.asRecord()).map(reason => `${reason} ${leftOut.count(reason)}`)
  return all.length === 0 ? 'nothing' : all.join(', ')
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
