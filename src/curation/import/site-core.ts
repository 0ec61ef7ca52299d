import { decodeText } from '../../genome/sequence.ts'

/** Bases on each side by which a site is known again. */
export const SITE_CORE_FLANK = 18

/** Returns the bases around a site as letters, by which it is known again: fewer where the window ends. */
export function siteCore(codes: Uint8Array, site: number): string {
  return decodeText(codes.subarray(Math.max(0, site - SITE_CORE_FLANK), site + SITE_CORE_FLANK))
}
