// Starts the worker's module. A classic script: module workers do not work everywhere that the
// page does. The page asks for it as `worker-loader.js?build=ID`, where ID is its own build.
//
// What the page sends before the module is up is kept in `self.earlyMessages`. The module drains
// that when it starts, in the same turn in which it sets its own `self.onmessage`.
//
// If the worker cannot start, the page gets { "passgrid-worker-failed": TEXT }, and nothing else.
"use strict";

(async () => {
  self.earlyMessages = [];
  self.onmessage = (event) => self.earlyMessages.push(event);

  try {
    // Filled in when the build is done. A host may have been given a new build since the page
    // was loaded: the page would then talk to a worker that it does not understand.
    const built = "{{build}}";
    const wanted = new URLSearchParams(self.location.search).get("build");
    if (wanted !== built) {
      throw new Error(`the page is of build ${wanted}, its worker of build ${built}: reload the page`);
    }
    // Trunk gives the worker's files plain names, so the build is what tells caches apart.
    const query = `?build=${built}`;
    importScripts(`worker.js${query}`);
    await wasm_bindgen({ module_or_path: `worker_bg.wasm${query}` });
  } catch (error) {
    self.onmessage = null;
    self.postMessage({ "passgrid-worker-failed": String(error) });
  }
})();
