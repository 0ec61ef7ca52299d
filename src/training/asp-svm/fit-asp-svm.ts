import { type Log, silentLog } from '../../core/log.ts'
import { auroc } from '../../core/metrics.ts'
import { seededRandom } from '../../core/random.ts'
import { type AspSvm, aspScores, type KmerTables, kmerTables } from '../../models/asp-svm/asp-svm.ts'
import { sharedKmers } from '../../models/asp-svm/shared-kmers.ts'
import { type AspSettings, C_CHOICES } from './asp-settings.ts'
import { type Descent, SupportVectorMachine } from './dual-coordinate-descent.ts'

/** Labelled windows. Shape: codes [n, length], labels [n], 1 or 0. */
export interface LabelledWindows {
  codes: Uint8Array
  labels: Uint8Array
}

export interface AspFitRequest {
  length: number
  train: LabelledWindows
  /** How much each training example may cost, as a multiple of C. Shape: [n]. */
  weights: Float32Array
  /** What `C: 'auto'` is chosen on. */
  validation: LabelledWindows
  settings: AspSettings
  /** Of the order in which examples are visited. */
  seed: number
  log?: Log
  signal?: AbortSignal | undefined
}

/** A trained machine. */
export interface AspFit {
  machine: AspSvm
  tables: KmerTables
  /** Of the validation windows. */
  scores: Float64Array
  /** Area under the ROC curve of the validation windows. */
  auroc: number
  C: number
  descent: Descent
}

/**
 * Returns the machine trained on the windows, with the C that ranks the validation windows best; of equals, the smallest.
 * Memory: about 60 bytes per base of the training windows.
 * Throws: InputDataError unless both classes are among the validation windows; InterruptedError when the signal says so.
 */
export async function fitAspSvm(request: AspFitRequest): Promise<AspFit> {
  const { length, train, weights, settings, seed, log = silentLog, signal } = request
  const count = train.labels.length
  const kmers = sharedKmers({ codes: train.codes, count, length }, settings.degree)
  const machine = new SupportVectorMachine({
    kmers,
    labels: Int8Array.from(train.labels, label => (label === 1 ? 1 : -1)),
  })
  const { tolerance, maxIterations } = settings
  let best: AspFit | undefined
  for (const C of settings.C === 'auto' ? C_CHOICES : [settings.C]) {
    const limits = Float64Array.from(weights, weight => C * weight)
    const random = seededRandom(seed)
    const descent = await machine.descend(limits, { tolerance, maxIterations, random, signal })
    const fit = fitted(request, machine, C, descent)
    report(fit, settings, log)
    if (best === undefined || fit.auroc > best.auroc) {
      best = fit
    }
    if (machine.multipliers.every((multiplier, i) => multiplier < limits[i]! || limits[i] === 0)) {
      // No limit holds anything back: a higher one changes nothing.
      break
    }
  }
  return best!
}

function fitted(
  { length, train, validation, settings }: AspFitRequest,
  { multipliers, bias }: SupportVectorMachine,
  C: number,
  descent: Descent,
): AspFit {
  const chosen = Array.from(multipliers.keys()).filter(window => multipliers[window]! > 0)
  const supports = new Uint8Array(chosen.length * length)
  for (const [i, window] of chosen.entries()) {
    supports.set(train.codes.subarray(window * length, (window + 1) * length), i * length)
  }
  const coefficients = Float64Array.from(
    chosen,
    window => multipliers[window]! * (train.labels[window] === 1 ? 1 : -1),
  )
  const machine: AspSvm = { degree: settings.degree, length, supports, coefficients, bias }
  const tables = kmerTables(machine)
  const scores = aspScores(tables, validation.codes)
  return { machine, tables, scores, auroc: auroc(scores, validation.labels), C, descent }
}

function report(
  { machine, C, descent, auroc }: AspFit,
  { maxIterations, tolerance }: AspSettings,
  log: Log,
): void {
  const { rounds, converged, violation } = descent
  log.info(
    `C ${C}: ${machine.coefficients.length} support vectors after ${rounds} rounds, validation auroc ${auroc.toFixed(4)}`,
  )
  if (!converged) {
    log.warn(
      `C ${C}: not settled after ${maxIterations} rounds: the slopes still differ by ${violation.toPrecision(2)}, not ${tolerance}; set maxIterations higher`,
    )
  }
}
