/** How the learning rate changes over a run. Steps count from 0. */
export type ScheduleSettings =
  | { kind: 'constant' }
  /** Half a cosine from the full rate to 0 over all steps. */
  | { kind: 'cosine' }
  /** From 0 in a line to the full rate over `warmupSteps`, then half a cosine to 0 at the last step. */
  | { kind: 'warmup-cosine'; warmupSteps: number }
  /** Multiplied by `factor` at the start of each epoch of the list. */
  | { kind: 'step'; epochs: readonly number[]; factor: number }
  /** rate / (1 + decay * step), Keras's `decay`. */
  | { kind: 'inverse'; decay: number }

export type ScheduleKind = ScheduleSettings['kind']

export const SCHEDULE_DEFAULTS: Readonly<Record<ScheduleKind, ScheduleSettings>> = {
  constant: { kind: 'constant' },
  cosine: { kind: 'cosine' },
  'warmup-cosine': { kind: 'warmup-cosine', warmupSteps: 1000 },
  step: { kind: 'step', epochs: [6, 7, 8, 9], factor: 0.5 },
  inverse: { kind: 'inverse', decay: 1e-6 },
}

/** Returns the learning rate of a step. `total` is the number of steps of the whole run. */
export function rateAt(
  settings: ScheduleSettings,
  peak: number,
  step: number,
  { total, stepsPerEpoch }: { total: number; stepsPerEpoch: number },
): number {
  const halfCosine = (share: number) => 0.5 * (1 + Math.cos(Math.PI * Math.min(share, 1)))
  switch (settings.kind) {
    case 'constant':
      return peak
    case 'cosine':
      return peak * halfCosine(step / total)
    case 'warmup-cosine': {
      const { warmupSteps } = settings
      return step < warmupSteps
        ? (peak * step) / warmupSteps
        : peak * halfCosine((step - warmupSteps) / Math.max(total - warmupSteps, 1))
    }
    case 'step': {
      const epoch = Math.floor(step / stepsPerEpoch)
      return peak * settings.factor ** settings.epochs.filter(start => start <= epoch).length
    }
    case 'inverse':
      return peak / (1 + settings.decay * step)
  }
}
