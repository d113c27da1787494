// A worker reads what the reference implementation has written, and the other way round, of pictures that both had in hand.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { reference, UNTRUSTED } from "../readers.js";
import { signed, signer } from "../writer.js";

const url = process.env.DARKROOM_URL;
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

for (const alg of ["ps256", "ed25519"]) {
  test(`a file that another maker signs by ${alg} is valid, and not once it was changed`, async () => {
    const { bytes: plain } = await drawn({ prompt: "a red circle", size: "128x128" });
    const bytes = await signed(await signer("A Camera", alg), "image/png", plain, "digitalCapture");
    const said = await verify(bytes);
    assert.equal(said.credentials.valid, true, said.verdict);

    bytes[bytes.indexOf("Another Program")] ^= 1; // in the claim: the signature itself must be checked
    const changed = await verify(bytes);
    assert.ok(changed.credentials.faults.some((fault) => fault.code === "claimSignature.mismatch"), changed.verdict);
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

for (const [format, type] of [["mp4", "video/mp4"], ["gif", "image/gif"], ["webp", "image/webp"]]) {
  test(`a film in ${format} is valid for others, and what they make of it is valid here`, async () => {
    const film = { type: "animation", prompt: "a red circle", size: "64x64", max_frames: 3, zoom: "0:(1.04)", output_format: format };
    const own = (await drawn(film)).bytes;
    const found = await reference(`film.${format}`, own);
    assert.equal(found.state, "Valid", `${found.failures}`);
    assert.deepEqual([...new Set(found.failures)], [UNTRUSTED]);

    const bytes = await signed(camera, type, own, "composite", { title: "a film", type, bytes: own });
    const said = await verify(bytes);
    assert.equal(said.credentials.valid, true, said.verdict);
    assert.equal(said.credentials.generator, "Another Program 2.0");
    assert.equal(said.credentials.ingredients[0].valid, true);

    const changed = Buffer.from(bytes);
    changed[changed.length - 5] ^= 1;
    assert.equal((await verify(changed)).credentials.valid, false);
  });
}
