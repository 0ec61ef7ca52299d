/** Where a run says what it does. The library never prints; the command line passes a log that writes to stderr. */
export interface Log {
  info(message: string): void
  warn(message: string): void
  debug(message: string): void
}

/** A log that says nothing: the default of library calls. */
export const silentLog: Log = { info() {}, warn() {}, debug() {} }
