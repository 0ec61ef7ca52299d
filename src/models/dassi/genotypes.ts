/** The operations that DASSI's search chose among, by the names it gives them. */
export type OperationName =
  | 'max_pool_3x3'
  | 'avg_pool_3x3'
  | 'sep_conv_3x3'
  | 'sep_conv_5x5'
  | 'sep_conv_7x7'
  | 'dil_conv_3x3'
  | 'dil_conv_5x5'
  | 'conv_7x1_1x7'

/** An operation and the state it is applied to: 0 and 1 are the inputs of the cell, 2 to 5 its nodes. */
export type CellEdge = readonly [operation: OperationName, state: number]

/** What a cell computes: two edges into each of its nodes, in the nodes' order. A node is the sum of its two. */
export type CellEdges = readonly CellEdge[]

/** The two cells that a network is stacked of. */
export interface Genotype {
  normal: CellEdges
  reduction: CellEdges
}

export const SITES = ['acceptor', 'donor'] as const
export type DassiSite = (typeof SITES)[number]

/**
 * The cells found for each site.
 * Source: Moosa et al., BioData Mining 14:15, 2021, Figures 3 and 4.
 */
export const GENOTYPES: Readonly<Record<DassiSite, Genotype>> = {
  acceptor: {
    normal: [
      ['avg_pool_3x3', 1],
      ['conv_7x1_1x7', 0],
      ['sep_conv_3x3', 0],
      ['dil_conv_3x3', 2],
      ['sep_conv_5x5', 2],
      ['avg_pool_3x3', 1],
      ['dil_conv_3x3', 2],
      ['sep_conv_7x7', 4],
    ],
    reduction: [
      ['sep_conv_7x7', 1],
      ['conv_7x1_1x7', 0],
      ['sep_conv_7x7', 2],
      ['conv_7x1_1x7', 0],
      ['sep_conv_7x7', 3],
      ['sep_conv_3x3', 2],
      ['sep_conv_7x7', 4],
      ['dil_conv_5x5', 2],
    ],
  },
  donor: {
    normal: [
      ['dil_conv_5x5', 1],
      ['dil_conv_5x5', 0],
      ['conv_7x1_1x7', 0],
      ['sep_conv_5x5', 1],
      ['avg_pool_3x3', 0],
      ['conv_7x1_1x7', 1],
      ['max_pool_3x3', 0],
      ['max_pool_3x3', 2],
    ],
    reduction: [
      ['sep_conv_7x7', 1],
      ['avg_pool_3x3', 0],
      ['sep_conv_7x7', 2],
      ['dil_conv_5x5', 1],
      ['dil_conv_3x3', 3],
      ['avg_pool_3x3', 1],
      ['sep_conv_7x7', 2],
      ['avg_pool_3x3', 0],
    ],
  },
}
