import { InvalidArgumentError } from 'commander'
import { count, probability } from './options.ts'

/** Below it k-mers are found everywhere, above it they do not fit into 64 bits. */
export const KMER = { least: 15, most: 31 }

/** Parses an identity: a share above 0. */
export function aboveZero(text: string): number {
  const value = probability(text)
  if (value === 0) {
    throw new InvalidArgumentError('expected a number above 0, up to 1.')
  }
  return value
}

/** Parses the bases of a k-mer. */
export function kmer(text: string): number {
  const value = count(text)
  if (value % 2 === 0 || value < KMER.least || value > KMER.most) {
    throw new InvalidArgumentError(`expected an odd number from ${KMER.least} to ${KMER.most}.`)
  }
  return value
}

/** Parses a seed: the random numbers take 32 bits of it. */
export function seed(text: string): number {
  const value = count(text)
  if (value >= 2 ** 32) {
    throw new InvalidArgumentError('expected a whole number from 0 to 4294967295.')
  }
  return value
}
