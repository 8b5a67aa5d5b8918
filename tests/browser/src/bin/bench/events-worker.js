// Runs `count_events` of PASSGRID_EVENTS over a file. See the benchmark's documentation.
"use strict";

onmessage = async ({ data: file }) => {
  try {
    importScripts("events.js");
    await wasm_bindgen({ module_or_path: "events_bg.wasm" });
    const start = performance.now();
    const bytes = new Uint8Array(await file.arrayBuffer());
    const read = performance.now();
    const events = wasm_bindgen.count_events(bytes);
    const end = performance.now();
    postMessage({ ms: end - read, withReadingMs: end - start, events });
  } catch (error) {
    postMessage({ error: String(error) });
  }
};
