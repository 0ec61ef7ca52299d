#!/usr/bin/env node
import { main } from '../dist/bin/main.js'

// Ended here, not by an empty event loop: Node waits there for its compiler threads and can lock up (nodejs/node#54918).
process.exit(await main(process.argv.slice(2)))
