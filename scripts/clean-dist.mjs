// tsc never removes the output of a deleted source file; a stale module must not ship.
import { rmSync } from 'node:fs'

rmSync(new URL('../dist', import.meta.url), { recursive: true, force: true })
