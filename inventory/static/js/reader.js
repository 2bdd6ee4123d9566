// Reads barcodes from pictures: with the browser's own BarcodeDetector, or with the WebAssembly one beside us.
const WANTED = ["qr_code", "data_matrix", "code_128", "ean_13", "ean_8", "upc_a", "itf"];
const NEEDED = ["qr_code", "data_matrix"];
let loading = null;

// `where` names our copies: { reader, readerIntegrity, wasm, wasmIntegrity }.
export async function readerFor(where) {
  const own = await formatsOf(globalThis.BarcodeDetector);
  if (NEEDED.every((format) => own.includes(format))) {
    return new globalThis.BarcodeDetector({ formats: WANTED.filter((format) => own.includes(format)) });
  }
  loading ??= load(where);
  try {
    const { BarcodeDetector } = await loading;
    return new BarcodeDetector({ formats: WANTED });
  } catch (error) {
    loading = null; // The next tap tries again.
    throw error;
  }
}

async function formatsOf(detector) {
  try {
    return (await detector?.getSupportedFormats()) ?? [];
  } catch {
    return [];
  }
}

async function load({ reader, readerIntegrity, wasm, wasmIntegrity }) {
  const [answer] = await Promise.all([fetch(wasm, { integrity: wasmIntegrity }), script(reader, readerIntegrity)]);
  if (!answer.ok) throw new Error(`The reader answered ${answer.status}.`);
  const api = globalThis.BarcodeDetectionAPI;
  const wasmBinary = await answer.arrayBuffer();
  await api.prepareZXingModule({ overrides: { wasmBinary, locateFile: () => wasm }, fireImmediately: true });
  return api;
}

function script(src, integrity) {
  return new Promise((done, failed) => {
    const element = Object.assign(document.createElement("script"), { src, integrity });
    element.onload = done;
    element.onerror = () => failed(new Error("The reader could not be loaded."));
    document.head.append(element);
  });
}
