/**
 * Returns the URL of a worker's compiled file beside the module at `moduleUrl`. Node runs workers from JavaScript, so a
 * module run from TypeScript source, as the tests do, uses the worker that the last build left in `dist`.
 */
export function builtWorkerUrl(name: string, moduleUrl: string): URL {
  const url = new URL(`./${name}.js`, moduleUrl)
  return moduleUrl.endsWith('.ts') ? new URL(url.href.replace(/\/src\/(?=[^/]+\/[^/]+$)/, '/dist/')) : url
}
