// Loaded before the command line: tells on file descriptor 3 how much processor time the process took, all threads together.
import { writeSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

if (isMainThread) {
  process.on('exit', () => writeSync(3, JSON.stringify(process.cpuUsage())))
}
