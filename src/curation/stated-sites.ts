import type { RowPlace } from '../io/text-lines.ts'
import { UNKNOWN_LABEL } from './site-labels.ts'
import type { WindowRow } from './window-table.ts'

/** Throws: InputDataError for a class that the labels of the row's sites contradict. */
export function requireAgreement(
  { label, site, donor, acceptor, className }: WindowRow,
  place: RowPlace,
): void {
  const own = site === 'donor' ? [donor] : site === 'acceptor' ? [acceptor] : [donor, acceptor]
  // The pair of two true sites may be a false one.
  const isTrue = own.every(value => value === 1) && site !== undefined && site !== 'junction'
  if ((label === 1 && own.includes(0)) || (label === 0 && isTrue)) {
    const found = `${className} with donor ${statedText(donor)}, acceptor ${statedText(acceptor)}`
    throw place.error(
      `expected a class that agrees with the row's sites, found ${found}${site === undefined ? '' : ` and site ${site}`}`,
      'positive means that every site the row is of is a true one; negative that one is not, or of a junction that the two are no pair',
    )
  }
}

function statedText(value: number): string {
  return value === UNKNOWN_LABEL ? '.' : String(value)
}
