// Lets the page work without a network after one visit, and lets out only requests to addresses that a
// person named.
//
// Each build has a cache of its own. A page keeps the build that it started with: another one takes over
// when the person says so, or when no page of the old one is open.
"use strict";

// Filled in after the build.
const BUILD = "{{build}}";
const FILES = {{files}};

const SCOPE = self.registration.scope;
// One host may have several copies of the page, each below a path of its own.
const PREFIX = `passgrid ${SCOPE} `;
const CACHE = PREFIX + BUILD;
const PAGE = new URL("./", SCOPE).href;
const SHARE = new URL("share", SCOPE).href;
// The files of this build, and names of those of earlier ones.
const OWN = new Set(FILES.map(({ url }) => new URL(url, SCOPE).href));
const KEPT = /[?&]kept$/;
const EARLIER = /^(passgrid|style|worker|favicon)[-_.]/;

// The origins that a person named, by the id of the page.
const named = new Map();
// What other programs shared, until the page asks for it.
let shared = [];

self.addEventListener("install", (event) => event.waitUntil(fill()));

async function fill() {
  const cache = await caches.open(CACHE);
  // One after the other, because the page has more urgent requests.
  for (const { url, isNamedByContent, isOptional } of FILES) {
    const address = new URL(url, SCOPE).href;
    const response = await fetch(address, { cache: isNamedByContent ? "default" : "no-cache" });
    // A host that is being updated may have files of two builds.
    const isOther = address === PAGE && !(await response.clone().text()).includes(BUILD);
    if (response.ok && !isOther) await cache.put(address, response);
    else if (!isOptional) throw new Error(`${address} is missing, or of another build`);
  }
}

self.addEventListener("activate", (event) => event.waitUntil(takeOver()));

async function takeOver() {
  const own = (await caches.keys()).filter((name) => name.startsWith(PREFIX));
  // The last one before stays for pages that are still open.
  const before = own.filter((name) => name !== CACHE).slice(0, -1);
  await Promise.all(before.map((name) => caches.delete(name)));
  await self.clients.claim();
}

self.addEventListener("message", (event) => {
  const { name, allow, port = event.ports[0] } = event.data ?? {};
  if (name === "take over") self.skipWaiting();
  if (name === "shared") port.postMessage(shared.splice(0));
  if (name === "allow") {
    const page = event.source.id;
    named.set(page, (named.get(page) ?? new Set()).add(new URL(allow).origin));
    port.postMessage(true);
  }
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) {
    if (!isNamed(event, url)) event.respondWith(Response.error());
    return;
  }
  if (!url.href.startsWith(SCOPE)) return;
  if (request.method === "POST" && url.href === SHARE) event.respondWith(receive(request));
  if (request.method !== "GET") return;
  const isPage = request.mode === "navigate" && [PAGE, `${PAGE}index.html`].includes(url.origin + url.pathname);
  // Results are never from a cache of this worker.
  const isOwn = OWN.has(url.href) || EARLIER.test(url.href.slice(SCOPE.length));
  if (isPage) event.respondWith(answer(request, PAGE));
  // Browsers keep compiled modules only if these come from the network or its cache. Without an answer from
  // there, the page asks for what is kept.
  else if (url.pathname.endsWith(".wasm") && !KEPT.test(url.href)) return;
  else if (isOwn || KEPT.test(url.href)) event.respondWith(answer(request, url.href.replace(KEPT, "")));
});

// Pages that this one shows in frames, and tabs that a link opens, are not its requests.
function isNamed(event, url) {
  return event.request.mode === "navigate" || (named.get(event.clientId)?.has(url.origin) ?? false);
}

async function answer(request, address) {
  const own = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  for (const name of [CACHE, ...own.reverse()]) {
    const cached = await (await caches.open(name)).match(address);
    if (cached) return cached;
  }
  return fetch(request);
}

async function receive(request) {
  const form = await request.formData();
  shared.push(...form.getAll("files"));
  return Response.redirect(`${PAGE}?shared`, 303);
}
