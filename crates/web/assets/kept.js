// Answers without a connection for the pages that are kept on this phone: the door's list, somebody's code. A page says by
// x-kept-until that it may be kept, and how long. Signing out deletes all of it (Clear-Site-Data).

const NAME = "kept";
// Somebody waits at the door: a page that does not come within this time is taken from here.
const PATIENCE = 6000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

// A search is not kept: without a connection it is made among those who are.
const plain = (address) => {
  const url = new URL(address);
  for (const name of ["q", "guest", "lang"]) url.searchParams.delete(name);
  return url.href;
};

async function kept(address) {
  // Not by open(), which makes what signing out deleted.
  const hit = await caches.match(plain(address), { cacheName: NAME }) ?? await caches.match(plain(address), { cacheName: NAME, ignoreSearch: true });
  if (!hit) return undefined;
  if (Date.now() < Number(hit.headers.get("x-kept-until"))) return hit;
  const cache = await caches.open(NAME);
  await cache.delete(plain(address), { ignoreSearch: true });
  return undefined;
}

async function page(request) {
  const fetched = fetch(request).then(async (answer) => {
    const keep = answer.ok && !answer.redirected && answer.headers.has("x-kept-until") && plain(request.url) === request.url;
    if (keep) await (await caches.open(NAME)).put(request.url, answer.clone());
    return answer;
  });
  const waited = new Promise((resolve) => setTimeout(() => resolve(kept(request.url)), PATIENCE));
  try {
    return await Promise.race([fetched, waited.then((hit) => hit ?? fetched)]);
  } catch {
    return await kept(request.url) ?? Response.error();
  }
}

async function asset(request) {
  return await caches.match(request, { cacheName: NAME }) ?? fetch(request);
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (new URL(request.url).pathname.startsWith("/assets/")) event.respondWith(asset(request));
});
