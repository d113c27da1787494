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
    'COPY --from=files /files/test-payloads ',
    'COPY --from=build /src/own ',
    'COPY --from=files /files/entrypoint.sh ',
    'startup-checks/train-cache',
    'ARG MODEL=',
    'ARG REVISION',
    'LABEL ',
  ].map(what => source.search(new RegExp(what)))
  assert.ok(order.every(place => place > 0), String(order))
  assert.deepEqual(order, order.toSorted((a, b) => a - b))
})

// each stage by its name, the last one as '': its instructions, and the stages that it needs by FROM, COPY and mounts
function stages() {
  const found = new Map()
  for (const instruction of dockerfile.getInstructions()) {
    if (instruction.getKeyword() === 'FROM') {
      found.set(instruction.getBuildStage() ?? '', { instructions: [], needs: [instruction.getImage()] })
    }
    const stage = [...found.values()].at(-1)
    stage?.instructions.push(instruction)
    stage?.needs.push(...[...instruction.getTextContent().matchAll(/(?:--from=|,from=)([\w-]+)/g)].map(([, name]) => name))
  }
  return found
}

function reached(from) {
  const all = stages()
  const seen = new Set()
  const visit = name => {
    if (all.has(name) && !seen.has(name)) {
      seen.add(name)
      all.get(name).needs.forEach(visit)
    }
  }
  visit(from)
  return [...seen].map(name => ({ name, text: all.get(name).instructions.map(instruction => instruction.getTextContent()).join('\n') }))
}

test('libtorch does not depend on our sources, so that its layer stays as it is', () => {
  const needed = reached('libtorch')
  assert.ok(needed.length >= 2)
  assert.ok(needed.every(({ text }) => !/COPY (engine|handler)\/src/.test(text)))
  assert.ok(stages().get('libtorch').needs.includes('${BUILD_IMAGE}'), 'of a stage with our versions the layers would be made again with each of those')
})

test('no layer changes the modes of what an earlier one has brought', () => {
  for (const stage of ['ground', 'worker-jvm', 'worker-native', '']) {
    for (const instruction of stages().get(stage).instructions) {
      for (const [, what] of instruction.getTextContent().matchAll(/chmod -R \S+ ([^&;]*)/g)) {
        assert.equal(what.trim(), '"${DJL_CACHE_DIR}" handler/target/darkroom.aot*')
      }
      assert.ok(instruction.getKeyword() !== 'COPY' || / --from=/.test(instruction.getTextContent()), 'modes are those of the build context')
    }
  }
})

test('a build of the executable trains nothing, and brings the libraries that lie beside it and what those need', () => {
  const native = [...reached('worker-native'), ...reached('worker-jvm')]
  assert.ok(native.every(({ text }) => !text.includes('train-cache')))
  assert.ok(reached('').some(({ text }) => /if \[ -d handler\/target\/quarkus-app \]; then[\s\S]*startup-checks\/train-cache/.test(text)))
  const text = name => reached(name).find(stage => stage.name === name).text
  assert.match(text('native'), /mv handler\/target\/handler-\*-runner \/native\/[\s\S]*-name '\*\.so' -exec mv -t \/native\//)
  assert.match(text('worker-native'), /apt-get install .*libfreetype6 fontconfig/)
  assert.match(text('worker-native'), /COPY --from=native \/native handler\/target$/m)
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
