/** What a check found: it holds, it fails, or there was nothing to check. */
export interface Check {
  state: 'holds' | 'fails' | 'skipped'
  /** What was checked. */
  name: string
  /** What was found, with numbers and the first place. */
  detail: string
}

/** Returns a check that holds unless something was found against it. */
export function check(name: string, problem: string | undefined, detail: string): Check {
  return { state: problem === undefined ? 'holds' : 'fails', name, detail: problem ?? detail }
}

/** Returns a check that could not be made, and why. */
export function skipped(name: string, why: string): Check {
  return { state: 'skipped', name, detail: why }
}

const WORD = { holds: 'ok', fails: 'FAILS', skipped: '-' } as const

/** Returns a check as one line, without a line end. */
export function describeCheck({ state, name, detail }: Check): string {
  return `${WORD[state].padEnd(6)} ${name}: ${detail}`
}
