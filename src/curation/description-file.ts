import { openSink } from '../io/sink.ts'

/** A value that JSON keeps as it is. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

/** Writes what a dataset says of itself. Throws: OutputError. */
export async function writeDescription(path: string, description: Json): Promise<void> {
  const sink = await openSink(path)
  try {
    await sink.write(`${JSON.stringify(description, null, 2)}\n`)
    await sink.close()
  } finally {
    sink.discard()
  }
}
