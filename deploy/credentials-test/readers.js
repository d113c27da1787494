// Two readers of content credentials: the reference implementation as WebAssembly, and one in TypeScript.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { initSync, WasmReader } from "@contentauth/c2pa-wasm";
import { JPEG, PNG } from "@trustnxt/c2pa-ts/asset";
import { SuperBox } from "@trustnxt/c2pa-ts/jumbf";
import { ManifestStore, ValidationResult } from "@trustnxt/c2pa-ts/manifest";

initSync({ module: readFileSync(fileURLToPath(import.meta.resolve("@contentauth/c2pa-wasm/c2pa.wasm"))) });

const TYPES = { png: "image/png", jpg: "image/jpeg", webp: "image/webp", gif: "image/gif", mp4: "video/mp4" };

/** What both say of our files alone: that nobody whom they trust has signed them. */
export const UNTRUSTED = "signingCredential.untrusted";

/** The files that a test of the handler has left in a folder: their names, in order, and what reads them. */
export function left(folder, pattern) {
  const path = join(import.meta.dirname, "../../handler/target", folder);
  return { names: readdirSync(path).filter((name) => pattern.test(name)).sort(), read: (name) => readFileSync(join(path, name)) };
}

/** What c2pa-rs finds: {state, failures, store}; a file that it cannot read has the state "unreadable". */
export async function reference(name, bytes) {
  let reader;
  try {
    reader = await WasmReader.fromBytes(TYPES[name.split(".").pop()], new Uint8Array(bytes));
    const store = JSON.parse(reader.json());
    const results = store.validation_results ?? {};
    const all = [results.activeManifest, ...(results.ingredientDeltas ?? []).map((one) => one.validationDeltas)];
    const failures = all.flatMap((one) => one?.failure ?? []).map((one) => one.code);
    return { state: store.validation_state, failures, store };
  } catch (error) {
    return { state: "unreadable", failures: [String(error)] };
  } finally {
    reader?.free();
  }
}

/** The place of the credentials in a file, their frame with it, and that of the boxes in it: {start, end, boxes: {start, end}}. */
export function place(name, bytes) {
  if (name.endsWith(".png")) {
    const start = bytes.indexOf("caBX") - 4;
    const end = start + 12 + bytes.readUInt32BE(start);
    return { start, end, boxes: { start: start + 8, end: end - 4 } };
  }
  if (name.endsWith(".webp")) {
    const start = bytes.indexOf("C2PA");
    const end = start + 8 + bytes.readUInt32LE(start + 4);
    return { start, end, boxes: { start: start + 8, end } };
  }
  const start = bytes.indexOf(Buffer.from([0xff, 0xeb]));
  const end = start + 2 + bytes.readUInt16BE(start + 2);
  assert.notEqual(bytes.readUInt16BE(end), 0xffeb, `${name}: credentials in more than one segment`);
  return { start, end, boxes: { start: start + 12, end } };
}

/** The places of what is signed in the file's own manifest: the content of its assertions and claim, and the signature's last 64 bytes. */
export function signedParts(name, bytes) {
  const manifest = boxes(bytes, boxes(bytes, place(name, bytes).boxes)[0]).at(-1);
  const [assertions, claim, signature] = boxes(bytes, manifest);
  const contents = [...boxes(bytes, assertions), claim].flatMap((box) => inner(bytes, box).filter(({ type }) => type === "cbor"));
  return [...contents, { start: signature.end - 64, end: signature.end }];
}

/** Superboxes in a JUMBF box. */
function boxes(bytes, box) {
  return inner(bytes, box).filter(({ type }) => type === "jumb");
}

function inner(bytes, { start, end }) {
  const found = [];
  for (let at = start; at < end; at += bytes.readUInt32BE(at)) {
    found.push({ type: bytes.toString("latin1", at + 4, at + 8), start: at + 8, end: at + bytes.readUInt32BE(at) });
  }
  return found;
}

/** What the reader in TypeScript finds, for JPEG and PNG: the codes of what is wrong. */
export async function other(name, bytes) {
  const asset = name.endsWith(".png") ? new PNG(new Uint8Array(bytes)) : new JPEG(new Uint8Array(bytes));
  const jumbf = asset.getManifestJUMBF();
  if (!jumbf) return ["there are none"];
  try {
    const result = await ManifestStore.read(SuperBox.fromBuffer(jumbf)).validate(asset);
    return result.statusEntries.filter((entry) => !entry.success).map((entry) => entry.code);
  } catch (error) {
    return [String(ValidationResult.fromError(error).statusEntries[0]?.code ?? error)];
  }
}
