import { InputDataError } from '../core/errors.ts'
import { type Log, silentLog } from '../core/log.ts'
import { type Evaluation, evaluateColumns } from '../core/metrics.ts'
import { chooseGroups, seededRandom } from '../core/random.ts'
import { type AnnotatedGenome, collectExamples } from '../curation/annotated-examples.ts'
import { type BundleMetadata, bundleBytes, type TrainingFile } from '../export/bundle.ts'
import { ACCEPTOR_INDEX, DONOR_INDEX, WINDOW_LENGTH, WindowList } from '../junctions/window.ts'
import {
  ACCEPTOR_SPAN,
  backgroundOf,
  DONOR_SPAN,
  logOdds,
  PWM_COLUMNS,
  type PwmParameters,
  pwmForward,
  pwmGraph,
  siteScore,
} from '../models/pwm.ts'
import { fitLogistic } from './logistic.ts'

export interface PwmExamples {
  /** Windows of true junctions. Shape: [n, 800]. */
  positives: Uint8Array
  /** Windows of false ones. Shape: [m, 800]. */
  negatives: Uint8Array
}

export interface PwmFitOptions extends PwmExamples {
  /** Examples for the logistic regressions when they should not be those the matrices were counted on. */
  validation?: PwmExamples
  /** Imaginary sites added to the count, spread like the background. */
  pseudocount?: number
  ridge?: number
}

/**
 * Returns the weight-matrix model of the examples: base counts of the positives' sites against the composition of the
 * rest of their windows, then one logistic regression each for donor, acceptor and junction.
 * Every number is rounded to float32, so that the ONNX file holds exactly these parameters.
 * Throws: InputDataError unless there are positives and negatives.
 */
export function fitPwm(options: PwmFitOptions): PwmParameters {
  const { positives, pseudocount = 1, ridge = 1e-4, validation = options } = options
  if (positives.length === 0 || positives.length % WINDOW_LENGTH !== 0) {
    throw new InputDataError(
      `expected positive windows of ${WINDOW_LENGTH} codes, found ${positives.length} codes`,
    )
  }
  const background = backgroundOf(positives)
  const donor = logOdds(positives, DONOR_SPAN, background, pseudocount)
  const acceptor = logOdds(positives, ACCEPTOR_SPAN, background, pseudocount)
  const count = (validation.positives.length + validation.negatives.length) / WINDOW_LENGTH
  const labels = new Uint8Array(count).fill(1, 0, validation.positives.length / WINDOW_LENGTH)
  const scores = new Float64Array(count * 2)
  let n = 0
  for (const codes of [validation.positives, validation.negatives]) {
    for (let offset = 0; offset < codes.length; offset += WINDOW_LENGTH) {
      scores[n++] = siteScore(donor, DONOR_SPAN, codes, offset)
      scores[n++] = siteScore(acceptor, ACCEPTOR_SPAN, codes, offset)
    }
  }
  const site = (column: number) => {
    const features = Float64Array.from(labels, (_, i) => scores[i * 2 + column]!)
    const fit = fitLogistic({ features, columns: 1, labels, ridge })
    return { intercept: Math.fround(fit.intercept), slope: Math.fround(fit.slopes[0]!) }
  }
  const pair = fitLogistic({ features: scores, columns: 2, labels, ridge })
  return {
    donor,
    acceptor,
    donorLogit: site(0),
    acceptorLogit: site(1),
    junctionLogit: {
      intercept: Math.fround(pair.intercept),
      donorSlope: Math.fround(pair.slopes[0]!),
      acceptorSlope: Math.fround(pair.slopes[1]!),
    },
  }
}

/** An annotated genome to learn from. */
export interface TrainingSet extends AnnotatedGenome {
  files: readonly { name: string; sha256: string; role?: string }[]
}

export interface TrainPwmOptions {
  sets: readonly TrainingSet[]
  seed: number
  /** Share of the introns, by whole loci, that is kept for evaluation. */
  holdOutFraction?: number
  decoysPerIntron?: number
  /** The default threshold lets this share of held-out positives pass. */
  sensitivity?: number
  pseudocount?: number
  name?: string
  description?: string
  licence: string
  toolVersion: string
  log?: Log
}

export interface TrainedPwm {
  bundle: Uint8Array<ArrayBuffer>
  metrics: BundleMetadata['metrics']
  metadata: BundleMetadata
  parameters: PwmParameters
}

const DESCRIPTION =
  'Position weight matrices of donor (3 exon + 6 intron bases) and acceptor (20 intron + 3 exon bases), joined by logistic regression'

/**
 * Returns a weight-matrix model trained on annotated introns against opposite-strand decoys, as a bundle with its
 * metrics on held-out loci. Introns without a strand, on contigs the reference lacks or with a base that is not A, C,
 * G or T at a site are left out. The same input and seed give the same bytes, whatever the order of the introns.
 * Memory: 1,600 bytes per intron and per decoy, and one contig at a time.
 * Throws: ReferenceMismatchError when an intron ends beyond its contig; InputDataError when there is too little to
 * train on.
 */
export async function trainPwm(options: TrainPwmOptions): Promise<TrainedPwm> {
  const { holdOutFraction = 0.2, decoysPerIntron = 1, sensitivity = 0.97, log = silentLog } = options
  const random = seededRandom(options.seed)
  const examples = { positives: new WindowList(), negatives: new WindowList() }
  let firstLocus = 0
  for (const set of options.sets) {
    firstLocus += await collectExamples(set, {
      decoysPerIntron,
      random,
      firstLocus,
      log,
      take: example =>
        (example.isDecoy ? examples.negatives : examples.positives).add(
          example.codes,
          example,
          example.locus,
        ),
    })
  }
  const heldOutLoci = chooseGroups(examples.positives.groups, holdOutFraction, random)
  if (heldOutLoci === undefined) {
    throw new InputDataError(
      `expected introns of at least two loci, to train and to evaluate on, found ${examples.positives.count} introns of one locus or none`,
      'introns count only where the reference has their sequence; check that contig names agree',
    )
  }
  const positives = examples.positives.split(heldOutLoci)
  const negatives = examples.negatives.split(heldOutLoci)
  const parameters = fitPwm({
    positives: positives.rest,
    negatives: negatives.rest,
    ...(options.pseudocount === undefined ? {} : { pseudocount: options.pseudocount }),
  })
  const metadata: BundleMetadata = {
    name: options.name ?? 'pwm',
    description: options.description ?? DESCRIPTION,
    kind: 'junction',
    window: { length: WINDOW_LENGTH, donor: DONOR_INDEX, acceptor: ACCEPTOR_INDEX },
    columns: [...PWM_COLUMNS],
    decisionColumn: 'junction',
    ...evaluate(parameters, positives.chosen, negatives.chosen, sensitivity),
    trainingData: options.sets.flatMap(trainingFiles),
    toolVersion: options.toolVersion,
    licence: options.licence,
  }
  metadata.metrics.examples = {
    fitPositives: positives.rest.length / WINDOW_LENGTH,
    fitDecoys: negatives.rest.length / WINDOW_LENGTH,
    heldOutPositives: positives.chosen.length / WINDOW_LENGTH,
    heldOutDecoys: negatives.chosen.length / WINDOW_LENGTH,
    loci: new Set(examples.positives.groups).size,
    heldOutLoci: heldOutLoci.size,
    seed: options.seed,
  }
  const bundle = await bundleBytes(pwmGraph(parameters), metadata)
  return { bundle, metrics: metadata.metrics, metadata, parameters }
}

function trainingFiles(set: TrainingSet): TrainingFile[] {
  return set.files.map(file => ({
    name: `${set.name}/${file.name}`,
    sha256: file.sha256,
    role: file.role ?? 'training',
  }))
}

/** Returns the metrics on held-out windows, the default threshold and the calibration table. */
function evaluate(
  parameters: PwmParameters,
  positives: Uint8Array,
  negatives: Uint8Array,
  sensitivity: number,
): Evaluation {
  const count = (positives.length + negatives.length) / WINDOW_LENGTH
  const scores = new Float64Array(count * PWM_COLUMNS.length)
  const first = pwmForward(parameters, positives)
  scores.set(first)
  scores.set(pwmForward(parameters, negatives), first.length)
  return evaluateColumns({
    scores,
    columns: PWM_COLUMNS,
    labels: new Uint8Array(count).fill(1, 0, positives.length / WINDOW_LENGTH),
    decision: 'junction',
    sensitivity,
    calibrationBins: 10,
  })
}
