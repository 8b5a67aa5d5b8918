// Starts the page where it is one file, which holds all of its parts as texts; see
// xtask/src/one_file.rs. It hands them to the app as blob URLs, and with them what a report brings.
const one = {
  // The URLs of the page's parts, by name.
  files: {},
  // What the report shows: a zip file, or null.
  data: null,
  // The whole file without data.
  viewer: null,
};

// A part has seven bits per character, because HTML has no way to hold bytes. Three of the 128
// characters have a meaning in HTML: they stand 0xC0 higher.
async function bytesOf(text) {
  const piece = 1 << 20;
  const bytes = new Uint8Array(Math.floor((text.length * 7) / 8));
  let [at, left, bits] = [0, 0, 0];
  for (let start = 0; start < text.length; start += piece) {
    // A large report must not stop the page for long.
    if (start) await new Promise((resolve) => setTimeout(resolve));
    const end = Math.min(start + piece, text.length);
    for (let index = start; index < end; index++) {
      const code = text.charCodeAt(index);
      left = ((left << 7) | (code < 0xc0 ? code : code - 0xc0)) & 0x3fff;
      bits += 7;
      if (bits > 7) {
        bits -= 8;
        bytes[at++] = left >> bits;
      }
    }
  }
  return bytes;
}
async function unpack(text) {
  const { XzReadableStream } = self["xz-decompress"];
  const bytes = await bytesOf(text);
  // Not a blob's stream, which WebKit cannot read in the worker of a page from a disk.
  const packed = new ReadableStream({
    start(controller) {
      controller.enqueue(bytes);
      controller.close();
    },
  });
  return new Response(new XzReadableStream(packed)).arrayBuffer();
}
// WebKit refuses that to the worker of a page from a disk.
async function readsFiles() {
  try {
    await new Blob(["x"]).text();
  } catch {
    throw "this browser reads no files for a page from a disk. Open it in Chrome, Edge or Firefox, or from a web server";
  }
}
const part = (name) => document.querySelector(`script[data-part="${name}"]`).textContent;
const script = (...texts) => URL.createObjectURL(new Blob(texts, { type: "text/javascript" }));
const textOf = async (name) => new TextDecoder().decode(await unpack(part(name)));

// A worker of a page without an origin cannot load anything: its script has all that it needs.
const worker = async () => {
  const [bindings, loader] = await Promise.all([textOf("worker.js"), textOf("worker-loader.js")]);
  const engine = `self.passgridEngine = () => readsFiles().then(() => unpack(${JSON.stringify(part("worker.wasm"))}));`;
  return script([part("unpacker"), bytesOf, unpack, readsFiles, engine, bindings, loader].join("\n"));
};

const root = document.documentElement;
const data = document.getElementById("passgrid-data");
const packed = data.textContent;
// The address of a report that was just opened is the one under which it was saved.
const query = data.dataset.query;
data.textContent = "";
delete data.dataset.query;
const pristine = root.cloneNode(true);
for (const name of ["data-start", "data-theme", "data-kept", "data-browser", "style"]) {
  pristine.removeAttribute(name);
}
// A report of a site's page shows its own results.
pristine.removeAttribute("data-source");
one.viewer = () => `${MARK}${pristine.outerHTML}`;
window.passgridOneFile = one;

try {
  if (packed) root.dataset.start = "loading";
  if (query && !location.search) {
    try {
      history.replaceState(null, "", query);
    } catch {
      // The view is the overview, then.
    }
  }
  const [page, code, engine, charts] = await Promise.all([
    textOf("page.js"),
    unpack(part("page.wasm")),
    worker(),
    textOf("plotly.js"),
  ]);
  one.files = { "worker-loader.js": engine, "plotly.js": script(charts) };
  if (packed) one.data = new Blob([await bytesOf(packed)], { type: "application/zip" });
  const app = await import(script(page));
  await app.default({ module_or_path: await WebAssembly.compile(code) });
} catch (error) {
  console.error(error);
  if (root.dataset.passgrid === "starting") {
    root.dataset.passgrid = "failed";
    document.getElementById("start-error").textContent = String(error);
    document.getElementById("start-failed").hidden = false;
  }
}
