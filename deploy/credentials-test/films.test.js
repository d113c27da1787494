// The films that SignedFilmsTest has left, read by the reference implementation.
import assert from "node:assert/strict";
import { test } from "node:test";
import { left, reference, UNTRUSTED } from "./readers.js";

const { names, read } = left("credentials-test-films", /\.(mp4|gif|webp)$/); // by SignedFilmsTest

test("the reference implementation calls films valid but for trust", async () => {
  assert.equal(names.length, 9);
  for (const name of names) {
    const found = await reference(name, read(name));
    assert.equal(found.state, "Valid", `${name}: ${found.failures}`);
    assert.deepEqual([...new Set(found.failures)], [UNTRUSTED], name);
    const active = found.store.manifests[found.store.active_manifest];
    assert.equal(active.claim_generator_info[0].name, "Darkroom", name);
    const bound = active.ingredients?.length ?? 0;
    assert.equal(bound, name.startsWith("film1") ? 1 : 0, name);
  }
});

// Left out are the credentials' own place, where not all is signed, and in MP4 the first box, which C2PA leaves out.
test("the reference implementation finds a flipped byte anywhere in a film", async () => {
  for (const name of names) {
    const bytes = read(name);
    const { start, end } = place(name, bytes);
    const first = name.endsWith(".mp4") ? bytes.readUInt32BE(0) : 16;
    for (let i = 0; i < 40; i++) {
      const at = first + Math.floor(((bytes.length - first) * i) / 40);
      if (at >= start && at < end) continue;
      const changed = Buffer.from(bytes);
      changed[at] ^= 0x10;
      const found = await reference(name, changed);
      assert.notEqual(found.state, "Valid", `${name}, byte ${at} of ${bytes.length}`);
    }
    const claim = Buffer.from(bytes);
    claim[claim.indexOf("claim_generator_info") + 4] ^= 0x10;
    assert.notEqual((await reference(name, claim)).state, "Valid", `${name}, its claim`);
  }
});

/** The place of the credentials: {start, end}. */
function place(name, bytes) {
  if (name.endsWith(".mp4")) {
    const start = bytes.indexOf(Buffer.from("d8fec3d61b0e483c92975828877ec481", "hex")) - 8;
    return { start, end: start + bytes.readUInt32BE(start) };
  }
  if (name.endsWith(".webp")) {
    const start = bytes.indexOf("C2PA");
    return { start, end: start + 8 + bytes.readUInt32LE(start + 4) };
  }
  const start = bytes.indexOf("C2PA_GIF") - 3;
  let end = start + 14;
  while (bytes[end] !== 0) end += 1 + bytes[end];
  return { start, end: end + 1 };
}
