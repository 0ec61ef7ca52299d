import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const SRC = fileURLToPath(new URL('../src', import.meta.url))

const EVERY_ROOM = [
  'genome',
  'core',
  'io',
  'junctions',
  'curation',
  'trees',
  'graph',
  'models',
  'training',
  'export',
  'scoring',
  'report',
]

/** What each room may import, besides itself. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  genome: [],
  core: [],
  io: ['genome', 'core'],
  junctions: ['genome', 'core', 'io'],
  curation: ['genome', 'core', 'io', 'junctions'],
  trees: ['core'],
  graph: ['core'],
  models: ['graph', 'trees', 'genome', 'core'],
  training: ['models', 'graph', 'trees', 'curation', 'export', 'junctions', 'io', 'genome', 'core'],
  export: ['models', 'graph', 'core'],
  scoring: ['export', 'io', 'junctions', 'genome', 'core'],
  report: ['scoring', 'junctions', 'io', 'genome', 'core'],
  cli: EVERY_ROOM,
  // The library's public surface.
  'index.ts': EVERY_ROOM,
  'curation.ts': EVERY_ROOM,
  'training.ts': EVERY_ROOM,
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.ts'))

function importsOf(file: string): string[] {
  const text = readFileSync(join(SRC, file), 'utf8')
  return [...text.matchAll(/(?:\bfrom|\bimport\(|^import)\s*'([^']+)'/gm)].map(match => match[1]!)
}

const roomOf = (file: string) => file.split('/')[0]!

describe('import directions', () => {
  it('are those of the list', () => {
    const wrong: string[] = []
    for (const file of files) {
      for (const target of importsOf(file).filter(specifier => specifier.startsWith('.'))) {
        const room = roomOf(file)
        const to = roomOf(relative(SRC, join(SRC, dirname(file), target)))
        if (to !== room && !MAY_IMPORT[room]?.includes(to)) {
          wrong.push(`${file} imports ${to}`)
        }
      }
    }
    expect(wrong).toEqual([])
  })

  it.each([
    ['ONNX Runtime', /^onnxruntime-node$/, /^graph\/session\.ts$/],
    ['the @gmod packages', /^@gmod\//, /^io\//],
    ['the hyparquet packages', /^hyparquet(-writer)?$/, /^io\//],
    ['the file system', /^node:fs(\/promises)?$/, /^(io|export)\//],
    ['the command-line parser', /^commander$/, /^cli\//],
  ])('keep %s in its room', (_what, specifier, allowed) => {
    const users = files.filter(file => importsOf(file).some(name => specifier.test(name)))
    expect(users.length).toBeGreaterThan(0)
    expect(users.filter(file => !allowed.test(file))).toEqual([])
  })

  it('keep the process in cli', () => {
    const users = files.filter(file => /\bprocess\.(?!nextTick)/.test(readFileSync(join(SRC, file), 'utf8')))
    expect(users.map(roomOf).filter(room => room !== 'cli')).toEqual([])
  })
})
