/** The marks of a chart that tests look at. */
export interface Marks {
  paths: { classes: string; points: [number, number][] }[]
  circles: [number, number][]
  lines: { classes: string; from: [number, number]; to: [number, number] }[]
  texts: { classes: string; x: number; y: number; text: string }[]
  width: number
  height: number
}

/** Returns the marks of SVG text as these charts write it. Throws: when tags are not balanced or a number is broken. */
export function readMarks(svg: string): Marks {
  checkWellFormed(svg)
  const pair = (x: string, y: string): [number, number] => [Number(x), Number(y)]
  const all = (pattern: RegExp) => [...svg.matchAll(pattern)]
  const [, width, height] = /<svg [^>]*viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg)!
  return {
    width: Number(width),
    height: Number(height),
    paths: all(/<path class="([^"]*)" d="([^"]*)"\/>/g).map(([, classes, d]) => ({
      classes: classes!,
      points: [...d!.matchAll(/[ML](-?[\d.]+) (-?[\d.]+)/g)].map(([, x, y]) => pair(x!, y!)),
    })),
    circles: all(/<circle [^>]*cx="([^"]*)" cy="([^"]*)"/g).map(([, x, y]) => pair(x!, y!)),
    lines: all(/<line class="([^"]*)" x1="([^"]*)" y1="([^"]*)" x2="([^"]*)" y2="([^"]*)"\/>/g).map(
      ([, classes, x1, y1, x2, y2]) => ({
        classes: classes!,
        from: pair(x1!, y1!),
        to: pair(x2!, y2!),
      }),
    ),
    texts: all(/<text class="([^"]*)" x="([^"]*)" y="([^"]*)">([^<]*)<\/text>/g).map(
      ([, classes, x, y, text]) => ({ classes: classes!, x: Number(x), y: Number(y), text: text! }),
    ),
  }
}

function checkWellFormed(svg: string): void {
  const open: string[] = []
  for (const [, close, name, self] of svg.matchAll(/<(\/?)([a-z]+)(?:\s[^<>]*?)?(\/?)>/g)) {
    if (close) {
      if (open.pop() !== name) {
        throw new Error(`unbalanced </${name}>`)
      }
    } else if (!self) {
      open.push(name!)
    }
  }
  if (
    open.length > 0 ||
    /NaN|Infinity|undefined/.test(svg.replaceAll(/<(title|desc|text)[\s\S]*?<\/\1>/g, ''))
  ) {
    throw new Error(`broken SVG: ${open} left open, or a number missing`)
  }
}
