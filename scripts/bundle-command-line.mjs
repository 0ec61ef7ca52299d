// Joins the compiled command line into few files, dist/bin: Node takes 0.5 to 1 ms to load a module, and the tool has
// hundreds. Dependencies stay where npm put them. Workers are files of their own, found beside the module that starts them.
import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'rolldown'

const dist = fileURLToPath(new URL('../dist/', import.meta.url))
const workers = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter(file =>
  file.endsWith('-worker.js'),
)

await build({
  input: Object.fromEntries(
    [join('cli', 'main.js'), ...workers].map(file => [basename(file, '.js'), join(dist, file)]),
  ),
  platform: 'node',
  external: /^[^./]/,
  output: { dir: join(dist, 'bin'), format: 'esm', entryFileNames: '[name].js', chunkFileNames: '[name].js' },
  logLevel: 'warn',
})
