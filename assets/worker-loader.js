// Starts a worker's module. A classic script: module workers do not work everywhere that the
// page does. The page asks for it as `worker-loader.js?module=NAME&build=ID`, where NAME is
// `worker` (the engine) or `reader`, and ID is its own build.
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
    const asked = new URLSearchParams(self.location.search);
    const wanted = asked.get("build");
    const module = asked.get("module") === "reader" ? "reader" : "worker";
    if (wanted !== built) {
      throw new Error(`the page is of build ${wanted}, its worker of build ${built}: reload the page`);
    }
    // Trunk gives the worker's files plain names, so the build is what tells caches apart.
    const query = `?build=${built}`;
    importScripts(`${module}.js${query}`);
    await wasm_bindgen({ module_or_path: `${module}_bg.wasm${query}` });
  } catch (error) {
    self.onmessage = null;
    self.postMessage({ "passgrid-worker-failed": String(error) });
  }
})();
