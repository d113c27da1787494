import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { hashOf, isSigned, isToken, newToken, TOLERANCE } from '../src/signature.js'

const body = Buffer.from('{"id":"a1","status":"COMPLETED"}')
const now = 1_800_000_000_000

function header(time: number, secret: string, signed: Buffer = body): string {
  return `t=${time},v1=${createHmac('sha256', secret).update(`${time}.`).update(signed).digest('hex')}`
}

test('a webhook signed now is accepted, up to the tolerance', () => {
  for (const age of [0, TOLERANCE, -TOLERANCE]) {
    assert.equal(isSigned(header(now / 1000 - age, 's3cret'), body, 's3cret', now), true, `${age} s`)
  }
})

test('the signature is the one that the contract spells out', () => {
  // printf '1800000000.{}' | openssl dgst -sha256 -hmac key
  const spelled = 't=1800000000,v1=7321475872b03ff21bdc2dfd86ea2d99ec29c479fbe4a77aa6acf4509505493f'
  assert.equal(isSigned(spelled, Buffer.from('{}'), 'key', now), true)
})

test('an old, early, altered or foreign signature is refused', () => {
  const good = header(now / 1000, 's3cret')
  assert.equal(isSigned(header(now / 1000 - TOLERANCE - 1, 's3cret'), body, 's3cret', now), false)
  assert.equal(isSigned(header(now / 1000 + TOLERANCE + 1, 's3cret'), body, 's3cret', now), false)
  assert.equal(isSigned(good, Buffer.from(body.toString().replace('a1', 'a2')), 's3cret', now), false)
  assert.equal(isSigned(good, body, 'other', now), false)
  assert.equal(isSigned(good.replace(/t=\d+/, `t=${now / 1000 + 1}`), body, 's3cret', now), false)
})

test('what is no signature is refused', () => {
  for (const strange of [undefined, '', 't=', 'v1=', 't=1,v1=zz', `t=${now / 1000}`, header(now / 1000, 's3cret').slice(0, -1), 't=NaN,v1=' + '0'.repeat(64)]) {
    assert.equal(isSigned(strange, body, 's3cret', now), false, strange)
  }
})

test('an empty secret signs nothing', () => {
  assert.equal(isSigned(header(now / 1000, ''), body, '', now), false)
})

test('while a secret is being changed one signature of two is enough', () => {
  const [time, fresh] = header(now / 1000, 'new').split(',')
  const [, old] = header(now / 1000, 'old').split(',')
  assert.equal(isSigned(`${time},${old},${fresh}`, body, 'new', now), true)
})

test('a token is known again by its hash, and no other is', () => {
  const token = newToken()
  assert.equal(isToken(token, hashOf(token)), true)
  assert.equal(isToken(newToken(), hashOf(token)), false)
  assert.equal(isToken('', hashOf(token)), false)
  assert.equal(isToken(token, ''), false)
  assert.ok(token.length >= 43)
})

test('white space around a secret is no part of it', () => {
  assert.equal(isSigned(header(now / 1000, 's3cret'), body, 's3cret\n', now), true)
  assert.equal(isSigned(header(now / 1000, ''), body, ' \n', now), false)
})
