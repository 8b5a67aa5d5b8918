// Starts a worker's module. This is a classic script, because module workers do not work everywhere
// that the page does. The page loads it as `worker-loader.js?build=ID`, where ID is the page's own
// build.
//
// Messages that arrive before the module is up are kept in `self.earlyMessages`. The module takes
// them when it starts, in the same turn in which it sets its own `self.onmessage`.
//
// Where the page is one file, all of this worker is in one script: `self.passgridEngine()` gives the module.
//
// If the worker cannot start, the page gets { "passgrid-worker-failed": TEXT }, and nothing else.
"use strict";

(async () => {
  self.earlyMessages = [];
  self.onmessage = (event) => self.earlyMessages.push(event);

  try {
    // Filled in after the build. A host may have a newer build than the page, which would not
    // understand that build's messages.
    const built = "{{build}}";
    const wanted = new URLSearchParams(self.location.search).get("build");
    if (wanted !== built && !self.passgridEngine) {
      throw new Error(`the page is of build ${wanted}, its worker of build ${built}: reload the page`);
    }
    // Trunk does not put hashes into the names of the worker's files: the build id keeps caches apart.
    const query = `?build=${built}`;
    // Both at once: loading the script blocks this thread, but not the network.
    // Without a network, the service worker has the module.
    const module = `worker_bg.wasm${query}`;
    const kept = () => fetch(`${module}&kept`);
    const fetched = () => fetch(module).then((answer) => (answer.ok ? answer : kept()), kept);
    const code = self.passgridEngine?.() ?? fetched();
    code.catch(() => {});
    if (!self.passgridEngine) importScripts(`worker.js${query}`);
    await wasm_bindgen({ module_or_path: code });
  } catch (error) {
    self.onmessage = null;
    self.postMessage({ "passgrid-worker-failed": String(error) });
  }
})();
