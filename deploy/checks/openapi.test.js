import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { json, root } from './files.js'

const here = join(root, 'deploy/checks')
const generator = join(root, 'handler/target/openapi-generator-cli.jar')
const run = (command, ...options) => {
  try {
    return execFileSync(command, options, { cwd: root, encoding: 'utf8', stdio: 'pipe' })
  } catch (e) {
    return assert.fail(`${e.stdout}${e.stderr}`)
  }
}

// what an author would write with it
const program = `
import { Configuration, InputOutputFormatEnum, JobsApi, JobStatus, WorkerApi, type Image } from './client'

export async function draw(address: string, key: string): Promise<Image[]> {
  const configuration = new Configuration({ basePath: address, accessToken: key })
  const jobs = new JobsApi(configuration)
  const accepted = await jobs.run({
    request: { input: { prompt: 'a red circle', seed: 7, outputFormat: InputOutputFormatEnum.Webp, loras: [{ path: 'a', scale: 0.5 }] } },
  })
  const job = await jobs.statusSync({ id: accepted.id, wait: 60_000 })
  const waiting: number | undefined = (await jobs.health()).jobs.inQueue
  const picture: Blob = await new WorkerApi(configuration).result({ name: 'a.png' })
  return job.status === JobStatus.Completed && waiting !== undefined && picture.size > 0 ? (job.output?.images ?? []) : []
}
`

test('a TypeScript client is generated from docs/openapi.json, and compiles', () => {
  if (!existsSync(generator)) {
    run(join(root, 'mvnw'), '-q', '-B', '-ntp', '-f', 'handler', 'dependency:copy@openapi-generator')
  }
  const folder = mkdtempSync(join(here, 'generated-'))
  try {
    const java = process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin/java') : 'java'
    run(java, '-jar', generator, 'generate', '-i', join(root, 'docs/openapi.json'), '-g', 'typescript-fetch', '-o', join(folder, 'client'))
    writeFileSync(join(folder, 'program.ts'), program)
    const options = ['--noEmit', '--strict', '--skipLibCheck', '--target', 'es2022', '--lib', 'es2022,dom', '--module', 'esnext', '--moduleResolution', 'bundler']
    run(process.execPath, join(here, 'node_modules/typescript/bin/tsc'), ...options, join(folder, 'program.ts'))
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('every operation has a name of its own, which becomes the method of a client', () => {
  const names = Object.values(json('docs/openapi.json').paths).flatMap(Object.values).map(({ operationId }) => operationId)
  assert.ok(names.length > 10)
  assert.deepEqual([...new Set(names)].filter(name => /^[a-z][A-Za-z]+$/.test(name)), names)
})
