// Makes an SQLite database of a script, which `src/export/sqlite.rs` describes. The page starts this worker when a
// person saves such a file, and ends it after the answer: { file: BLOB }, or { error: TEXT }.
"use strict";

// Fills an open database (of `sqlite3.oo1`) with the script, which comes in pieces of text.
async function fill(database, pieces) {
  let insert = null;
  const run = (line) => {
    const value = JSON.parse(line);
    if (typeof value !== "string") {
      // A row of sessions has lists of columns.
      insert.bind(Array.isArray(value[0]) ? value.flat() : value).stepReset();
      return;
    }
    insert?.finalize();
    insert = value.startsWith("INSERT") ? database.prepare(value) : null;
    if (!insert) database.exec(value);
  };
  // Rows come by test and not by session, and nothing reads the file before it is whole.
  database.exec("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN");
  let rest = "";
  for await (const piece of pieces) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop();
    lines.forEach(run);
  }
  insert?.finalize();
  if (rest) throw new Error("the script ends within a line");
  database.exec("COMMIT; PRAGMA optimize");
}

async function* textOf(blob) {
  const reader = blob.stream().pipeThrough(new TextDecoderStream()).getReader();
  for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) yield value;
}

async function make(script) {
  const { default: start } = await import("./sqlite3.js");
  // Without a network, the service worker has the module.
  const get = (address) => fetch(address).then((answer) => (answer.ok ? answer : Promise.reject(answer.status)));
  const module = await get("sqlite3.wasm").catch(() => get("sqlite3.wasm?kept"));
  const sqlite3 = await start({ wasmBinary: await module.arrayBuffer() });
  const database = new sqlite3.oo1.DB(":memory:");
  await fill(database, textOf(script));
  return new Blob([sqlite3.capi.sqlite3_js_db_export(database)], { type: "application/vnd.sqlite3" });
}

self.onmessage = async ({ data }) => {
  try {
    self.postMessage({ file: await make(data) });
  } catch (error) {
    self.postMessage({ error: String(error) });
  }
};
