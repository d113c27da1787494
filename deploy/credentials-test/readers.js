// Two readers of content credentials: the reference implementation as WebAssembly, and one in TypeScript.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { initSync, WasmReader } from "@contentauth/c2pa-wasm";
import { JPEG, PNG } from "@trustnxt/c2pa-ts/asset";
import { SuperBox } from "@trustnxt/c2pa-ts/jumbf";
import { ManifestStore, ValidationResult } from "@trustnxt/c2pa-ts/manifest";

initSync({ module: readFileSync(fileURLToPath(import.meta.resolve("@contentauth/c2pa-wasm/c2pa.wasm"))) });

const TYPES = { png: "image/png", jpg: "image/jpeg", webp: "image/webp" };

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

/** The place of the credentials in a PNG file. */
export function chunk(bytes) {
  const start = bytes.indexOf("caBX") - 4;
  return { start, end: start + 12 + bytes.readUInt32BE(start) };
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
