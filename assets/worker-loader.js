// Starts a worker's module. This is a classic script, because module workers do not work everywhere
// that the page does. The page loads it as `worker-loader.js?build=ID`, where ID is the page's own
// build.
//
// Messages that the page sends before the module has started are kept in `self.earlyMessages`. The
// module takes them when it starts, in the same turn in which it sets its own `self.onmessage`.
//
// If the worker cannot start, the page gets { "passgrid-worker-failed": TEXT }, and nothing else.
"use strict";

(async () => {
  self.earlyMessages = [];
  self.onmessage = (event) => self.earlyMessages.push(event);

  try {
    // A hook of the build fills this in. If the host got a new build after the page was loaded, page
    // and worker would not understand each other.
    const built = "{{build}}";
    const wanted = new URLSearchParams(self.location.search).get("build");
    if (wanted !== built) {
      throw new Error(`the page is of build ${wanted}, its worker of build ${built}: reload the page`);
    }
    // Trunk gives the worker's files plain names, so caches need the build to distinguish them.
    const query = `?build=${built}`;
    // Both at once: loading the script blocks this thread, but not the network.
    const code = fetch(`worker_bg.wasm${query}`);
    code.catch(() => {});
    importScripts(`worker.js${query}`);
    await wasm_bindgen({ module_or_path: code });
  } catch (error) {
    self.onmessage = null;
    self.postMessage({ "passgrid-worker-failed": String(error) });
  }
})();
