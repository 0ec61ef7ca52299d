import { basename } from 'node:path'
import { UsageError } from '../../core/errors.ts'
import { sha256File } from '../../io/file-digest.ts'
import { isFolder } from '../../io/folder.ts'
import { type RegularFile, requireRegularFile } from '../../io/regular-file.ts'
import type { CurateOptions } from '../commands/curate.ts'

/** A file that decides what is in the dataset. */
export interface InputFile {
  path: string
  role: string
}

const WHY_REGULAR = 'write it to a file first: the dataset states the SHA-256 of its inputs'

/** The SHA-256 of inputs, each read once. */
export class InputHashes {
  readonly #known = new Map<string, string>()

  /** Throws: UsageError for what is no regular file, MissingResourceError when it is absent. */
  async of(path: string): Promise<string> {
    const known = this.#known.get(path)
    if (known !== undefined) {
      return known
    }
    await requireRegularFile(path, WHY_REGULAR)
    const sha256 = await sha256File(path)
    this.#known.set(path, sha256)
    return sha256
  }
}

/** Returns the paths that the options name. */
export function inputPaths(options: CurateOptions): string[] {
  return inputs(options).flatMap(([, paths]) => paths)
}

function inputs(options: CurateOptions): [flag: string, paths: readonly string[]][] {
  const one = (path: string | false | undefined) => (typeof path === 'string' ? [path] : [])
  return [
    ['--ref', [options.ref]],
    ['--annotation', options.annotation],
    ['--primary', one(options.primary)],
    ['--bam', options.bam ?? []],
    ['--junctions', options.junctions ?? []],
    ['--test-genes', one(options.testGenes)],
    ['--validation-genes', one(options.validationGenes)],
    ['--exclude', options.exclude ?? []],
    ['--exclude-sequences', options.excludeSequences ?? []],
  ]
}

/**
 * Looks at all inputs before any is read.
 * Throws: MissingResourceError when one is absent; UsageError for one that cannot be read again for its SHA-256, and for
 * alignments or junctions that are given twice.
 */
export async function requireInputFiles(options: CurateOptions, hashes: InputHashes): Promise<void> {
  const counted: (RegularFile & { name: string })[] = []
  for (const [flag, paths] of inputs(options)) {
    for (const path of paths) {
      if (path === '-') {
        throw new UsageError(`${flag}: expected a file, found -, the standard input`, WHY_REGULAR)
      }
      if (flag === '--exclude-sequences' && (await isFolder(path))) {
        continue
      }
      const found = await requireRegularFile(path, WHY_REGULAR)
      if (flag === '--bam' || flag === '--junctions') {
        counted.push({ ...found, name: path })
      }
    }
  }
  await requireDifferent(counted, hashes)
}

async function requireDifferent(
  files: readonly (RegularFile & { name: string })[],
  hashes: InputHashes,
): Promise<void> {
  for (const [i, file] of files.entries()) {
    for (const earlier of files.slice(0, i)) {
      // Only files of one size can be equal, so that most are not read for this.
      const isSame =
        file.path === earlier.path ||
        (file.size > 0 &&
          file.size === earlier.size &&
          (await hashes.of(file.name)) === (await hashes.of(earlier.name)))
      if (isSame) {
        throw new UsageError(
          `expected different files after --bam and --junctions, found the same content twice: ${earlier.name} and ${file.name}`,
          'give it once: its support would be added up',
        )
      }
    }
  }
}

/** Returns the inputs with their hashes; regions to exclude by name, since their order means nothing. */
export async function hashedFiles(
  files: readonly InputFile[],
  hashes: InputHashes,
): Promise<{ name: string; sha256: string; role: string }[]> {
  const hashed = []
  for (const { path, role } of files) {
    hashed.push({ name: basename(path), sha256: await hashes.of(path), role })
  }
  const regions = hashed.filter(file => file.role === 'exclude')
  regions.sort((a, b) => compareText(a.name, b.name) || compareText(a.sha256, b.sha256))
  return hashed.map(file => (file.role === 'exclude' ? regions.shift()! : file))
}

const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
