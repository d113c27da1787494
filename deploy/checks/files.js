import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'

/** The repository's root. */
export const root = fileURLToPath(new URL('../..', import.meta.url))

export const text = path => readFileSync(join(root, path), 'utf8')
export const json = path => JSON.parse(text(path))
export const list = path => readdirSync(join(root, path))
