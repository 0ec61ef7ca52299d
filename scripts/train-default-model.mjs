// Trains the default model from public data to the file that is shipped, by the commands a user has. What is done already is
// left alone, so that a run that was ended goes on; a training run goes on from its checkpoint.
//   npm run build && SPLICE_SCORE_DATA=DIR node scripts/train-default-model.mjs [--work DIR] [--jobs 2] [--until data|teachers]
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const root = fileURLToPath(new URL('..', import.meta.url))
const settings = JSON.parse(readFileSync(join(root, 'scripts/default-model/settings.json'), 'utf8'))
const { values } = parseArgs({
  options: {
    work: { type: 'string', default: join(root, 'default-model') },
    jobs: { type: 'string', default: '2' },
    until: { type: 'string' },
  },
})
const work = resolve(values.work)
const jobs = Number(values.jobs)
const data = process.env.SPLICE_SCORE_DATA
if (data === undefined || !existsSync(data)) {
  console.error('error: expected SPLICE_SCORE_DATA to name the folder of the public data sets')
  process.exit(4)
}
const at = (/** @type {string} */ path) => join(data, path)
const made = (/** @type {string} */ name) => join(work, 'datasets', name)
const exclude = ['--exclude-sequences', ...settings.heldOut.map(at)]
const started = performance.now()

process.on('uncaughtException', error => {
  console.error(`error: ${error.message}; what is done is kept, the same command goes on`)
  process.exit(1)
})
mkdirSync(join(work, 'datasets'), { recursive: true })
await inTurn([...curations(), ...intronTables(), ...siteTables()])
await mergeAll()
if (values.until !== 'data') {
  const teachers = await trainTeachers()
  if (values.until !== 'teachers') {
    await trainStudent(teachers)
  }
}
say('done')

/** @typedef {{ name: string, limit?: number, args: string[] }} Dataset */

/** @returns {Dataset[]} */
function curations() {
  const { human, otherSpecies, everyIntron } = settings
  return [human, otherSpecies].flatMap(({ sets, decoys, limit }) =>
    sets.map(
      (/** @type {{ name: string, ref: string, annotation: string[] }} */ { name, ref, annotation }) => ({
        name,
        limit,
        args: [
          ...['curate', '--ref', at(ref)],
          ...annotation.flatMap(file => ['--annotation', at(file)]),
          ...[...everyIntron, ...decoys, ...exclude, '-o', made(name)],
        ],
      }),
    ),
  )
}

/** @returns {Dataset[]} */
function intronTables() {
  const { species, decoys, limit } = settings.intronTables
  return species.map((/** @type {string} */ name) => ({
    name: `introns-${name}`,
    limit,
    args: [
      ...['dataset', 'import', 'eie', at(`exon-intron-exon/${name}.eie.txt.gz`)],
      ...[...decoys, '--out', made(`introns-${name}`)],
    ],
  }))
}

/** @returns {Dataset[]} */
function siteTables() {
  const { lines, linesDecoys, csv, csvDecoys, kinds } = settings.siteTables
  return kinds.flatMap((/** @type {any} */ { site, short, motif, linePosition, csvPosition, csvClasses }) => [
    ...lines.map((/** @type {string} */ folder) => ({
      name: `${folder}-${site}`,
      args: [
        ...['dataset', 'import', 'lines', '--split', 'train', '--site', site, '--motif', motif],
        ...['--sequences', at(`${folder}/test_hs_${short}_seq.txt.gz`)],
        ...['--labels', at(`${folder}/test_hs_${short}_label.txt.gz`)],
        ...['--site-position', String(linePosition), ...linesDecoys, '--out', made(`${folder}-${site}`)],
      ],
    })),
    {
      name: `gue-${site}`,
      args: [
        ...['dataset', 'import', 'csv', '--train', at(csv), '--classes', csvClasses, '--site', site],
        ...[
          '--motif',
          motif,
          '--site-position',
          String(csvPosition),
          ...csvDecoys,
          '--out',
          made(`gue-${site}`),
        ],
      ],
    },
  ])
}

/** @param {readonly Dataset[]} list */
async function inTurn(list) {
  for (const { name, args } of list) {
    if (!existsSync(made(name))) {
      await tool(args)
    }
  }
}

async function mergeAll() {
  const all = [...curations(), ...intronTables(), ...siteTables()]
  if (existsSync(made('merged'))) {
    return
  }
  const limits = all.flatMap(({ name, limit }) => (limit ? ['--limit', `${made(name)}=${limit}`] : []))
  await tool([
    'dataset',
    'merge',
    ...all.map(({ name }) => made(name)),
    ...limits,
    ...exclude,
    '-o',
    made('merged'),
  ])
}

/** Returns the files of the teachers: one network with several seeds, as many runs at once as there are jobs. */
async function trainTeachers() {
  const { seeds, config } = settings.teachers
  const waiting = [...seeds]
  const file = (/** @type {number} */ seed) => join(work, `teacher-${seed}.onnx`)
  const next = async () => {
    for (let seed = waiting.shift(); seed !== undefined; seed = waiting.shift()) {
      await train(`teacher-${seed}`, { ...config, seed }, [])
      await tool(['export', join(work, `teacher-${seed}`), '-o', file(seed)])
    }
  }
  await Promise.all(Array.from({ length: jobs }, next))
  return seeds.map(file)
}

/** @param {readonly string[]} teachers */
async function trainStudent(teachers) {
  const { config } = settings.student
  await train('student', config, teachers)
  const model = join(work, 'site-pair-human.onnx')
  await tool(['export', join(work, 'student'), '--name', 'site-pair-human', '-o', model])
}

/**
 * @param {string} name
 * @param {Record<string, unknown>} config
 * @param {readonly string[]} teachers
 */
async function train(name, config, teachers) {
  const folder = join(work, name)
  if (existsSync(join(folder, 'result.json'))) {
    return
  }
  const taught = teachers.flatMap(file => ['--teacher', file])
  if (existsSync(join(folder, 'checkpoint.safetensors'))) {
    await tool(['train', '--resume', '--data', made('merged'), '--out', folder, ...taught])
    return
  }
  const file = join(work, `${name}.json`)
  writeFileSync(file, `${JSON.stringify(config, undefined, 2)}\n`)
  await tool(['train', '--config', file, '--data', made('merged'), '--out', folder, ...taught])
}

/** @param {readonly string[]} args */
function tool(args) {
  say(`splice-score ${args.join(' ')}`)
  const child = spawn(process.execPath, [join(root, 'bin/splice-score.js'), ...args, '--no-progress'], {
    stdio: 'inherit',
  })
  return new Promise((done, fail) => {
    child.on('error', fail)
    child.on('exit', code =>
      code === 0 ? done(undefined) : fail(new Error(`splice-score ${args[0]} ended with ${code}`)),
    )
  })
}

/** @param {string} line */
function say(line) {
  console.log(`${((performance.now() - started) / 60_000).toFixed(1).padStart(6)} min  ${line}`)
}
