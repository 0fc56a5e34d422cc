/** A worker thread that runs one slow check; `runInWorker` ends it when its time limit passes. */
import { parentPort, workerData } from 'node:worker_threads'
import { runCheckTask, type CheckTask } from './check-task.ts'

/* oxlint-disable unicorn/require-post-message-target-origin -- this is the port of a thread, not of a window */
parentPort?.postMessage({ started: true })
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `runInWorker` passes a CheckTask
parentPort?.postMessage({ result: runCheckTask(workerData as CheckTask) })
