// The main job on the bundled fixtures: reads -> junctions -> scores, then the first lines of what came out.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'

const root = fileURLToPath(new URL('..', import.meta.url))
const args = [
  'fixtures/sample.bam',
  '--ref',
  'fixtures/genome.fa',
  '--annotation',
  'fixtures/annotation.gff3',
  '-o',
  'demo-out/sample',
]

mkdirSync(`${root}demo-out`, { recursive: true })
console.log(`$ splice-score ${args.join(' ')}`)
execFileSync(process.execPath, ['bin/splice-score.js', ...args], { cwd: root, stdio: 'inherit' })

const table = gunzipSync(readFileSync(`${root}demo-out/sample.junctions.tsv.gz`)).toString()
console.log('$ zcat demo-out/sample.junctions.tsv.gz | head -n 4')
console.log(table.split('\n').slice(0, 4).join('\n'))
