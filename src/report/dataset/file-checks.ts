import { basename, join } from 'node:path'
import { sha256File } from '../../io/file-digest.ts'
import { namesInFolder } from '../../io/folder.ts'
import { type Check, check, skipped } from './checks.ts'
import { type DatasetRecord, RECORD_NAME, type RecordedFile } from './record.ts'

type Inputs = Pick<DatasetRecord, 'files' | 'reference'>

/** Returns whether the dataset's own files are those that were written, one check for each. */
export async function checkOwnFiles(
  folder: string,
  record: Pick<DatasetRecord, 'tables'> | undefined,
): Promise<Check[]> {
  const tables = record?.tables ?? []
  if (tables.length === 0) {
    const why = record === undefined ? `there is no ${RECORD_NAME}` : `${RECORD_NAME} lists no tables`
    return [skipped("hashes of the dataset's files", why)]
  }
  const present = new Set(
    await namesInFolder(
      folder,
      tables.map(({ name }) => name),
    ),
  )
  const checks: Check[] = []
  for (const { name, sha256 } of tables) {
    const title = `hash of ${name}`
    if (!present.has(name)) {
      checks.push(check(title, `the file is not there, though ${RECORD_NAME} lists it`, ''))
      continue
    }
    const found = await sha256File(join(folder, name))
    checks.push(check(title, found === sha256 ? undefined : differs(sha256, found), `sha256 ${short(found)}`))
  }
  return checks
}

/**
 * Returns whether files are inputs of the dataset, one check for each file, and one for the inputs not given. A file is known
 * by its name and hash, or else by its hash, and answers for every input recorded so: one file may have several roles.
 * Throws: MissingResourceError when a file is absent.
 */
export async function checkInputs(paths: readonly string[], record: Inputs | undefined): Promise<Check[]> {
  const inputs = inputsOf(record)
  const given = new Set<RecordedFile>()
  const checks: Check[] = []
  for (const path of paths) {
    const found = await sha256File(path)
    const name = basename(path)
    const title = `input ${name}`
    if (inputs.length === 0) {
      const why = record === undefined ? `there is no ${RECORD_NAME}` : `${RECORD_NAME} lists no inputs`
      checks.push(skipped(title, `nothing to compare with: ${why}`))
      continue
    }
    const named = inputs.filter(input => input.name === name)
    const same = inputs.filter(input => input.sha256 === found)
    const both = named.filter(input => input.sha256 === found)
    const equal = both.length > 0 ? both : same
    for (const input of equal.length > 0 ? equal : named) {
      given.add(input)
    }
    if (equal.length > 0) {
      const names = [...new Set(equal.map(input => input.name))]
      const renamed = both.length > 0 ? '' : `, recorded as ${names.join(' and ')}`
      checks.push(check(title, undefined, `matches, sha256 ${short(found)}${renamed}`))
    } else if (named.length > 0) {
      checks.push(check(title, differs(named.map(input => short(input.sha256)).join(' or '), found), ''))
    } else {
      checks.push(check(title, `not an input: ${RECORD_NAME} has neither its name nor its hash`, ''))
    }
  }
  const others = inputs.filter(input => !given.has(input))
  if (others.length > 0) {
    const names = others.map(({ name, role }) => (role === undefined ? name : `${name} (${role})`))
    checks.push(skipped(`${others.length} of ${inputs.length} inputs`, `not given: ${names.join(', ')}`))
  }
  return checks
}

/** Returns the recorded inputs, each once: the reference is listed among the files as well. */
function inputsOf(record: Inputs | undefined): RecordedFile[] {
  const { files = [], reference } = record ?? {}
  const isListed = files.some(({ name, sha256 }) => name === reference?.name && sha256 === reference.sha256)
  return reference === undefined || isListed ? files : [{ ...reference, role: 'reference' }, ...files]
}

function differs(expected: string, found: string): string {
  return `differs: expected sha256 ${expected.length === 64 ? short(expected) : expected}, found ${short(found)}`
}

function short(sha256: string): string {
  return sha256.slice(0, 12)
}
