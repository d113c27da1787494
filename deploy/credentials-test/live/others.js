// A worker reads what the reference implementation has written, and the other way round, of pictures that both had in hand.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { reference } from "../readers.js";
import { signed, signer } from "../writer.js";

const url = process.env.DARKROOM_URL;
const UNTRUSTED = "signingCredential.untrusted";
let camera;
before(async () => (camera = await signer("A Camera")));

async function call(path, body, headers = {}) {
  const answer = await fetch(url + path, { method: "POST", body, headers });
  assert.equal(answer.status, 200, path);
  return answer.json();
}

async function verify(bytes) {
  const form = new FormData();
  form.append("file", new Blob([bytes]));
  return call("/verify", form);
}

async function drawn(input) {
  const body = JSON.stringify({ input: { seed: 3, num_inference_steps: 1, return: "base64", ...input } });
  const { output } = await call("/runsync", body, { "content-type": "application/json" });
  return { notes: output.notes ?? [], bytes: Buffer.from(output.images[0].image, "base64") };
}

for (const [format, type] of [["png", "image/png"], ["jpeg", "image/jpeg"], ["webp", "image/webp"]]) {
  test(`a ${format} file of another maker's is valid, and not once it was changed`, async () => {
    const plain = (await drawn({ prompt: "a red circle", size: "128x128", output_format: format })).bytes;
    const bytes = await signed(camera, type, plain, "digitalCapture");
    const said = await verify(bytes);

    assert.equal(said.credentials.valid, true, said.verdict);
    assert.equal(said.credentials.signer, "A Camera, Somebody Else");
    assert.equal(said.credentials.generator, "Another Program 2.0");
    assert.match(said.verdict, /^A camera took this picture, as signed by A Camera/);

    bytes[bytes.length - 40] ^= 1;
    assert.equal((await verify(bytes)).credentials.valid, false);
  });
}

test("another maker's edit of a worker's picture keeps the worker's credentials", async () => {
  const { bytes } = await drawn({ prompt: "a red circle", size: "128x128" });
  const parent = { title: "drawn.png", type: "image/png", bytes };
  const said = await verify(await signed(camera, "image/png", bytes, "compositeWithTrainedAlgorithmicMedia", parent));

  assert.equal(said.credentials.valid, true, said.verdict);
  assert.deepEqual(said.credentials.ingredients, [
    { title: "drawn.png", relationship: "parentOf", credentials: true, valid: true },
  ]);
});

test("a worker's edit of another maker's picture keeps the maker's credentials", async () => {
  const { bytes } = await drawn({ prompt: "a red circle", size: "128x128" });
  const photo = await signed(camera, "image/png", bytes, "digitalCapture");
  const edited = await drawn({ prompt: "make it blue", image: photo.toString("base64") });

  assert.ok(edited.notes.includes("image: it has content credentials of A Camera, Somebody Else"), `${edited.notes}`);
  const found = await reference("edited.png", edited.bytes);
  assert.equal(found.state, "Valid", `${found.failures}`);
  assert.deepEqual([...new Set(found.failures)], [UNTRUSTED]);
  assert.equal(Object.keys(found.store.manifests).length, 2);
});
