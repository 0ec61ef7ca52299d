/** Windows at least this much alike are held apart unless the user says otherwise. */
export const DEFAULT_MAX_IDENTITY = 0.9

/**
 * Returns the identity of two stretches that share this part of their k-mers: a base is the same with that probability
 * when k bases in a row are the same with probability `share`.
 * Source: containment identity of Mash Screen (Ondov et al., Genome Biology 20:232, 2019), after Mash (Ondov et al.,
 * Genome Biology 17:132, 2016).
 */
export function identityOfShare(share: number, k: number): number {
  return share > 0 ? Math.min(1, share) ** (1 / k) : 0
}

/** Returns the part of their k-mers that stretches of this identity are expected to share; 31-mers at 0.9: 0.038. */
export function shareOfIdentity(identity: number, k: number): number {
  return identity ** k
}

/** Throws: RangeError unless the identity from which on stretches count as alike is above 0 and at most 1. */
export function checkMaxIdentity(maxIdentity: number): void {
  if (!(maxIdentity > 0 && maxIdentity <= 1)) {
    throw new RangeError(`expected a largest identity above 0 and up to 1, found ${maxIdentity}`)
  }
}
