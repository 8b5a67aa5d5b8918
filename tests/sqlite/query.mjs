// Makes a database of a script, as the page's worker does, or reads one, and answers queries.
// Standard input is JSON: { script, queries } or { file, queries }, with a list of SQL texts and a path. Prints a list
// of { columns, rows }. With a path as argument, the database of a script is written there, too.
import { readFile, writeFile } from "node:fs/promises";
import { json } from "node:stream/consumers";
import start from "@sqlite.org/sqlite-wasm";

const [target] = process.argv.slice(2);
const { script, file, queries } = await json(process.stdin);
const sqlite3 = await start();

async function make() {
  const worker = await readFile(new URL("../../assets/sqlite-worker.js", import.meta.url), "utf8");
  const fill = new Function("self", `${worker}; return fill;`)({});
  const made = new sqlite3.oo1.DB(":memory:");
  // In pieces that end anywhere.
  const pieces = function* () {
    for (let at = 0; at < script.length; at += 10_007) yield script.slice(at, at + 10_007);
  };
  await fill(made, pieces());
  return sqlite3.capi.sqlite3_js_db_export(made);
}

const bytes = file ? new Uint8Array(await readFile(file)) : await make();
if (target) await writeFile(target, bytes);

// The queries read the exported bytes, and not the database that made them.
const database = new sqlite3.oo1.DB(":memory:");
const memory = sqlite3.wasm.allocFromTypedArray(bytes);
const flags = sqlite3.capi.SQLITE_DESERIALIZE_FREEONCLOSE;
database.checkRc(
  sqlite3.capi.sqlite3_deserialize(database.pointer, "main", memory, bytes.length, bytes.length, flags),
);
const answer = (sql) => {
  const columns = [];
  return { columns, rows: database.exec({ sql, columnNames: columns, returnValue: "resultRows" }) };
};
console.log(JSON.stringify(queries.map(answer)));
