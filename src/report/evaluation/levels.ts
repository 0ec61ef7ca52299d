import type { Calibrator } from '../../core/calibration.ts'
import {
  type ClassificationReport,
  classificationReport,
  type ReportExamples,
  type ReportSettings,
  reportAgainst,
  reportWithin,
} from '../../core/classification-report.ts'
import {
  type PrecisionRecallPoint,
  precisionRecallCurve,
  type RocPoint,
  rocCurve,
} from '../../core/metrics/ranking.ts'
import {
  type CalibrationBin,
  equalMassBins,
  RELIABILITY_BINS,
  type Reliability,
  reliabilityOf,
} from '../../core/metrics/reliability.ts'
import { type Labels, type Scores, tallyScores } from '../../core/metrics/score-tally.ts'
import { CANONICAL_MOTIFS } from '../../genome/motif.ts'

/** A column of a model's answer. Shape: an entry per example. */
export interface LevelScores {
  column: string
  level: 'junction' | 'site' | 'window'
  scores: Scores
  /** Whether what the column speaks of is true; left out where that is the example's label. */
  labels?: Labels
  calibrator?: Calibrator | undefined
  /** Scores before the calibrator; left out where they cannot be had. */
  uncalibrated?: Scores | undefined
}

/** What the scores are held against. Shape: an entry per example. */
export interface LevelTruth {
  labels: Labels
  /** Names of the classes, e.g. `negative-random`. */
  classes: ArrayLike<string>
  motifs?: ArrayLike<string | undefined> | undefined
  /** `donor` or `acceptor`, where windows are centred on one site. */
  sites?: ArrayLike<string | undefined> | undefined
  clusters?: ArrayLike<number> | undefined
}

/** How reliable scores are, and the table of it. */
export type ReliabilityTable = Reliability & { bins: CalibrationBin[] }

/** What a column of scores is worth. */
export interface LevelReport {
  level: 'junction' | 'site' | 'window'
  column: string
  overall: ClassificationReport
  /** Examples with the motif; all but the canonical three are `other`. Empty in a dataset without motifs. */
  byMotif: Record<string, ClassificationReport>
  /** Examples whose window is centred on that site; empty for models of pairs. */
  bySite: Record<string, ClassificationReport>
  /** All positives against the negatives of the class. */
  byNegativeClass: Record<string, ClassificationReport>
  /** `before` and `after` the calibrator; a model without one has no `after`, an isotonic one no `before`. */
  reliability: {
    calibrator: Calibrator | undefined
    before: ReliabilityTable | undefined
    after: ReliabilityTable | undefined
  }
  /** Points of the curves, thinned; the areas are of the whole ones. */
  curves: { roc: RocPoint[]; precisionRecall: PrecisionRecallPoint[] }
}

/** Points of a curve in a document. */
export const CURVE_POINTS = 200

/** Called before each of the reports, which block for a second per some thousand examples and 1,000 resamples. */
export type BeforeReport = (what: string) => Promise<void>

/**
 * Returns the report of a column.
 * Throws: InputDataError unless both classes are present and scores are probabilities.
 */
export async function levelReport(
  { column, level, scores, labels: own, calibrator, uncalibrated }: LevelScores,
  { labels: shared, classes, motifs, sites, clusters }: LevelTruth,
  settings: ReportSettings,
  before: BeforeReport,
): Promise<LevelReport> {
  const labels = own ?? shared
  const examples: ReportExamples = { scores, labels, clusters }
  const tally = tallyScores(scores, labels)
  const roc = rocCurve(tally)
  const precisionRecall = precisionRecallCurve(tally)
  await before(column)
  const overall = classificationReport(examples, settings)
  const grouped: Grouped = { examples, overall, settings, before, column }
  return {
    level,
    column,
    overall,
    byMotif: motifs === undefined ? {} : await reports(grouped, Array.from(motifs, motifGroup), reportWithin),
    bySite: sites === undefined || level !== 'site' ? {} : await reports(grouped, sites, reportWithin),
    byNegativeClass: await reports(grouped, classes, reportAgainst),
    reliability: reliability(scores, uncalibrated, labels, calibrator),
    curves: {
      roc: thinCurve(roc, point => point.falsePositiveRate + point.truePositiveRate),
      precisionRecall: thinCurve(precisionRecall, point => point.recall),
    },
  }
}

function motifGroup(motif: string | undefined): string | undefined {
  return motif === undefined || CANONICAL_MOTIFS.some(canonical => canonical === motif) ? motif : 'other'
}

interface Grouped {
  examples: ReportExamples
  overall: ClassificationReport
  settings: ReportSettings
  before: BeforeReport
  column: string
}

/** One key at a time, so that a long evaluation can be interrupted between them. */
async function reports(
  { examples, overall, settings, before, column }: Grouped,
  keys: ArrayLike<string | undefined>,
  report: typeof reportWithin | typeof reportAgainst,
): Promise<Record<string, ClassificationReport>> {
  const list = Array.from(keys)
  const counted = report === reportWithin ? list : list.filter((_, i) => examples.labels[i] !== 1)
  const distinct = [...new Set(counted)]
  const found: Record<string, ClassificationReport> = {}
  for (const key of distinct.filter(key => key !== undefined).sort()) {
    await before(`${column}, ${key}`)
    // The only key there is has all examples, and the same draws.
    found[key] =
      distinct.length === 1
        ? overall
        : report(
            examples,
            list.map(other => (other === key ? key : undefined)),
            settings,
          ).get(key)!
  }
  return found
}

function reliability(
  scores: Scores,
  uncalibrated: Scores | undefined,
  labels: Labels,
  calibrator: Calibrator | undefined,
): LevelReport['reliability'] {
  const table = (values: Scores): ReliabilityTable => {
    const tally = tallyScores(values, labels)
    return { ...reliabilityOf(tally), bins: equalMassBins(tally, RELIABILITY_BINS) }
  }
  return calibrator === undefined
    ? { calibrator, before: table(scores), after: undefined }
    : { calibrator, before: uncalibrated && table(uncalibrated), after: table(scores) }
}

/** Returns at most `most` points: both ends, and the first to come past each of as many equal steps between them. */
export function thinCurve<T>(points: readonly T[], position: (point: T) => number, most = CURVE_POINTS): T[] {
  if (points.length <= most) {
    return [...points]
  }
  const start = position(points[0]!)
  const span = position(points.at(-1)!) - start
  const kept: T[] = [points[0]!]
  for (const point of points.slice(1, -1)) {
    if (kept.length < most - 1 && position(point) - start >= (span * kept.length) / (most - 1)) {
      kept.push(point)
    }
  }
  return [...kept, points.at(-1)!]
}
