import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isOn } from '../src/settings.js'

test('a switch is on, off, or refused', () => {
  for (const word of ['yes', 'YES', 'true', 'on', '1', 'yes\n']) {
    assert.equal(isOn('DARKROOM_SIGNED', word), true, word)
  }
  for (const word of ['', 'no', 'false', 'off', '0']) {
    assert.equal(isOn('DARKROOM_SIGNED', word), false, word)
  }
  assert.throws(() => isOn('DARKROOM_SIGNED', 'ja'), /DARKROOM_SIGNED: must be yes or no, not 'ja'/)
})
