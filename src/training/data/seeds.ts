/** Purposes, the first counter. */
export const ORDER_STREAM = 1
export const MASK_STREAM = 2
export const DROPOUT_STREAM = 3
export const INITIAL_STREAM = 4
