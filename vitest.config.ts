import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    // Two cores and native libraries: more forks only fight each other.
    maxWorkers: 2,
  },
})
