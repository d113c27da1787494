// The files that CredentialFilesTest has left, read by others.
import assert from "node:assert/strict";
import { test } from "node:test";
import { left, other, place, reference, signedParts, UNTRUSTED } from "./readers.js";

const { names, read } = left("credentials-test", /^\d{3}\.(png|jpg|webp)$/); // by CredentialFilesTest

test("the reference implementation calls 200 files valid but for trust", async () => {
  assert.equal(names.length, 200);
  for (const name of names) {
    const found = await reference(name, read(name));
    assert.equal(found.state, "Valid", `${name}: ${found.failures}`);
    assert.deepEqual([...new Set(found.failures)], [UNTRUSTED], name);
    const active = found.store.manifests[found.store.active_manifest];
    assert.equal(active.claim_generator_info[0].name, "Darkroom", name);
  }
});

test("another implementation finds nothing wrong with those that it knows", async () => {
  for (const name of names.filter((one) => !one.endsWith(".webp"))) {
    const faults = await other(name, read(name));
    assert.deepEqual(faults.filter((code) => code !== UNTRUSTED), [], name);
  }
});

// Left out within the credentials: headers and descriptions of boxes around the signed parts, unprotected headers of the signature, their
// frame in the file. No signature covers those; our own reader refuses them where they are damaged, the reference reads what it can.
test("the reference implementation finds a flipped byte anywhere in the picture and in what is signed", async () => {
  for (const name of names.filter((_, index) => index % 40 < 3)) {
    const bytes = read(name);
    const { start, end } = place(name, bytes);
    for (let i = 0; i < 12; i++) {
      const at = 60 + Math.floor(((bytes.length - 60) * i) / 12);
      if (at < start || at >= end) await assertFlipIsFound(name, bytes, at);
    }
    const parts = signedParts(name, bytes);
    assert.ok(parts.length >= 4, name); // two assertions, a claim, a signature
    for (const part of parts) {
      for (const at of [part.start, (part.start + part.end) >> 1, part.end - 1]) await assertFlipIsFound(name, bytes, at);
    }
  }
});

async function assertFlipIsFound(name, bytes, at) {
  const changed = Buffer.from(bytes);
  changed[at] ^= 0x10;
  const found = await reference(name, changed);
  assert.notEqual(found.state, "Valid", `${name}, byte ${at} of ${bytes.length}`);
}
