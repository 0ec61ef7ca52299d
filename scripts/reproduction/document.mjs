// docs/reproductions.md from the results there are.
import { table } from '../writing/markdown.mjs'

/** @typedef {import('./results.mjs').Result} Result */

const HEAD = `# Reproductions

The papers' comparisons, made again with the networks of this tool at the size that public data allow. Numbers of a paper stand beside ours; where the data differ, so may the numbers, and each section
says how the data differ. Every number here comes from

\`\`\`bash
SPLICE_SCORE_DATA=DIR npm run reproduce -- NAME           # a result in scripts/reproduce/results, and this page
SPLICE_SCORE_DATA=DIR npm run reproduce -- NAME --fast    # minutes: less data, shorter training; printed only
\`\`\`

\`DIR\` holds the public data sets. Seeds are fixed, training is on one thread, and the commands are those a user has; the same data and version give the same numbers on one kind of machine. A run that was ended goes
on where it was (\`--work DIR\` says where runs are kept, \`--jobs 2\` runs two trainings at once). Time is that of all commands, training and evaluation.`

/**
 * Returns the page.
 * @param {readonly Result[]} results
 */
export function documentText(results) {
  return `${[HEAD, ...results.map(resultText)].join('\n\n')}\n`
}

/**
 * Returns the part of one result.
 * @param {Result} result
 */
export function resultText({ name, size, title, paper, data, toolVersion, machine, minutes, sections }) {
  const command = `\`npm run reproduce -- ${name}${size === 'fast' ? ' --fast' : ''}\``
  const facts = [
    `- Paper: ${paper}`,
    `- Data: ${data}`,
    `- Made by ${command}, version ${toolVersion}: ${minutes.cpu.toFixed(1)} minutes of processor time, ${minutes.wall.toFixed(1)} minutes by the clock, on ${machine}`,
  ]
  return [`## ${title}`, facts.join('\n'), ...sections.map(sectionText)].join('\n\n')
}

/** @param {import('./results.mjs').Section} section */
function sectionText({ heading, paragraphs, table: found }) {
  const numbers =
    found === undefined
      ? []
      : [
          table(
            found.columns,
            found.rows.map(row => row.map(cellText)),
          ),
        ]
  return [`### ${heading}`, ...paragraphs, ...numbers].join('\n\n')
}

/** @param {string | number} cell */
function cellText(cell) {
  return typeof cell === 'number' ? String(Number(cell.toPrecision(6))) : cell.replaceAll('|', '\\|')
}
