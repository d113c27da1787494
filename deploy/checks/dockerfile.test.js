import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { DockerfileParser } from 'dockerfile-ast'
import { validate } from 'dockerfile-utils'
import { root, text } from './files.js'

const dockerfile = DockerfileParser.parse(text('Dockerfile.cuda'))

function copiedFromContext() {
  return dockerfile
    .getCOPYs()
    .filter(copy => copy.getFlags().every(flag => flag.getName() !== 'from'))
    .flatMap(copy => copy.getArguments().slice(0, -1).map(String))
}

test('the linter has nothing to say', () => {
  const found = validate(text('Dockerfile.cuda'), { instructionCasing: 1 })
  assert.deepEqual(found.map(({ message, range }) => `line ${range.start.line + 1}: ${message}`), [])
})

test('all that is copied is there, and the context holds it', () => {
  const ignored = text('.dockerignore').split('\n').filter(line => line !== '' && !line.startsWith('**'))
  const paths = copiedFromContext()
  assert.ok(paths.length >= 6)
  for (const path of paths) {
    assert.ok(existsSync(join(root, path)), path)
    assert.ok(!ignored.some(name => path === name || path.startsWith(`${name}/`)), `${path} is ignored`)
  }
})

test('stages that are copied from exist', () => {
  const stages = dockerfile.getFROMs().map(from => from.getBuildStage())
  for (const copy of dockerfile.getCOPYs()) {
    const from = copy.getFlags().find(flag => flag.getName() === 'from')?.getValue()
    assert.ok(from === undefined || stages.includes(from), from)
  }
})

test('layers come in the order in which they change, and what changes with every commit comes last', () => {
  const source = text('Dockerfile.cuda')
  const order = [
    'apt-get install',
    'COPY --from=libtorch ',
    'COPY --from=jre ',
    'COPY --from=build /src/handler/target/quarkus-app ',
    'COPY --from=build /src/own ',
    'COPY entrypoint.sh',
    'COPY test-payloads',
    'entrypoint.sh --payload|train-cache',
    'ARG MODEL=',
    'ARG REVISION',
    'LABEL ',
  ].map(what => source.search(new RegExp(what)))
  assert.ok(order.every(place => place > 0), String(order))
  assert.deepEqual(order, order.toSorted((a, b) => a - b))
})

test('the packaging chooses between two stages', () => {
  const stages = dockerfile.getFROMs().map(from => from.getBuildStage())
  assert.match(text('Dockerfile.cuda'), /^ARG PACKAGING=jvm$/m)
  assert.match(text('Dockerfile.cuda'), /^FROM worker-\$\{PACKAGING\}$/m)
  assert.ok(['worker-jvm', 'worker-native'].every(stage => stages.includes(stage)))
})

test('the image runs as a user of its own, who owns /data, and Kubernetes runs it as the same', () => {
  const last = dockerfile.getFROMs().at(-1).getRange().start.line
  const users = dockerfile.getInstructions().filter(instruction => instruction.getKeyword() === 'USER' && instruction.getRange().start.line > last)
  assert.equal(users.length, 1)
  assert.equal(users[0].getArgumentsContent(), '${RUN_AS}')
  const source = text('Dockerfile.cuda')
  const [, user] = source.match(/^ARG RUN_AS=(\d+):\d+$/m)
  assert.notEqual(user, '0')
  assert.ok(source.includes(`--uid ${user} `) && source.includes(`chown ${user}:${user} /data`))
  assert.ok(text('deploy/kubernetes/worker.yaml').includes(`runAsUser: ${user}`))
  assert.ok(text('deploy/compose/compose.yaml').includes(`WORKER_USER:-${user}:${user}`))
})

test('it listens on all addresses, for which the worker wants a key', () => {
  assert.match(text('Dockerfile.cuda'), /^ +HOST=0\.0\.0\.0 /m)
  assert.doesNotMatch(text('Dockerfile.cuda'), /DARKROOM_HTTP_OPEN|DARKROOM_HTTP_API_KEY/)
})

test('the archive that is downloaded is checked', () => {
  const download = dockerfile.getInstructions().find(instruction => instruction.getRawArgumentsContent()?.includes('curl'))
  assert.match(download.getRawArgumentsContent(), /curl [\s\S]*sha256sum --check[\s\S]*jar --extract --file libtorch.zip/)
  assert.match(text('Dockerfile.cuda'), /^ARG LIBTORCH_SHA256=[0-9a-f]{64}$/m)
})

test('cuBLAS and cuDNN are in the image once: with libtorch, and not in what it builds on', () => {
  const [, base] = text('Dockerfile.cuda').match(/^ARG BASE_IMAGE=(\S+)$/m)
  assert.match(base, /^nvidia\/cuda:12\.8\.\d+-base-ubuntu22\.04$/)
})
