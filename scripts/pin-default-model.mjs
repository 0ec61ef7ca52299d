// Writes the scores that test/default-model.test.ts expects of the default model, from that model.
//   npm run build && node scripts/pin-default-model.mjs
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { seededRandom } from '../dist/core/random.js'
import { readModel } from '../dist/export/default-model.js'
import { startScoringSession } from '../dist/graph/session-client.js'
import { pinnedWindows, WINDOW } from './default-model/pinned-windows.mjs'

const out = fileURLToPath(new URL('../fixtures/default-model-scores.json', import.meta.url))
const { bytes, metadata } = await readModel(undefined)
const { count, codes } = pinnedWindows(seededRandom(1))
const session = await startScoringSession({
  model: bytes,
  provider: 'cpu',
  threads: 1,
  windowLength: WINDOW.length,
})
const scores = await session.score(codes, count)
await session.close()
const { columns } = metadata
const rows = Array.from({ length: count }, (_, i) =>
  JSON.stringify(
    Array.from(scores.subarray(i * columns.length, (i + 1) * columns.length), score =>
      Number(score.toFixed(6)),
    ),
  ),
)
writeFileSync(out, `{\n"columns": ${JSON.stringify(columns)},\n"scores": [\n${rows.join(',\n')}\n]\n}\n`)
console.log(`${out}: ${columns.join(', ')} of ${count} windows by ${metadata.name}`)
