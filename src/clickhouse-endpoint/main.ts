/**
 * The embedded ClickHouse endpoint as a process of its own.
 *
 * `node main.ts --data DIR --port N --host 127.0.0.1 --database exectrail --credentials FILE`
 *
 * FILE (mode 0600) holds `{"users":[{"name","password","access":"full"|"read"|"caller","role":"internal"|"user"}…]}`; with `-` it is the first line of
 * stdin, and the end of stdin stops the process as SIGTERM does. `--listen-fd N` serves on that socket, which the
 * spawner has bound to host and port; `--memory-bytes N` caps the engine. The spawner sets `UV_THREADPOOL_SIZE=24`.
 * When it is ready it prints one JSON line `{"url"}` on stdout. SIGTERM and SIGINT stop it cleanly. When it cannot start,
 * it prints one line on stderr and exits with 1.
 */
import { enableCompileCache } from 'node:module'

// On before anything else is loaded, which is a quarter of what a start costs.
enableCompileCache()
await import('./run-endpoint.ts')
